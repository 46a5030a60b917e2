# shellcheck shell=bash
# A private site for the demo and the tests: starts and stops its processes, and
# runs lighttpd or nginx on the configurations shipped here, unchanged but for
# the address of squall and the port.  Sourced by deploy/demo.sh and
# tests/lib.bash.  A site is a folder; NAME.pid and NAME.log in it belong to its
# process NAME, `started` lists them in order.

SITE_DEPLOY=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# where Debian keeps the servers, and not in every user's PATH
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# site_folder PREFIX: makes the folder of a site and prints its path.  It is
# closed to others; when root starts a site its web server runs as nobody, whose
# group may enter, and is the group of the sockets made there.
site_folder()
{
	local folder

	folder=$(mktemp -d "${TMPDIR:-/tmp}/$1.XXXXXX") || return
	if ((EUID == 0)); then
		chgrp "$(id -gn nobody)" "$folder"
		chmod 2710 "$folder"
	fi
	echo "$folder"
}

# site_wait SECONDS COMMAND...: runs the command until it succeeds, with pauses
# that grow from 10 to 366 ms; fails when that takes longer.
site_wait()
{
	local deadline pause pause_ms=10

	deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@" >/dev/null 2>&1; do
		((${EPOCHREALTIME/[.,]/} < deadline)) || return 1
		printf -v pause '0.%03d' "$pause_ms"
		sleep "$pause"
		((pause_ms >= 320)) || ((pause_ms += pause_ms / 2))
	done
}

# site_start FOLDER NAME COMMAND...: starts the command in the background, in a
# process group of its own (so a Ctrl-C is for its parent to handle), without
# input, its output added to NAME.log.  It is asked to stop should the shell
# that calls this die, so call it in no subshell.
site_start()
{
	local folder=$1 name=$2 had=$-

	shift 2
	set -m
	setpriv --pdeathsig TERM -- "$@" \
	    </dev/null >>"$folder/$name.log" 2>&1 3>&- 4>&- &
	echo "$!" >"$folder/$name.pid"
	[[ $had == *m* ]] || set +m
	echo "$name" >>"$folder/started"
}

# site_pid FOLDER NAME: prints the process id; fails if NAME was not started.
site_pid()
{
	[[ -e $1/$2.pid ]] && echo "$(<"$1/$2.pid")"
}

# site_running FOLDER NAME
site_running()
{
	local pid

	pid=$(site_pid "$1" "$2") && kill -0 "$pid" 2>/dev/null
}

# site_ready FOLDER NAME SECONDS COMMAND...: waits until the command succeeds,
# which it must do while NAME runs.  Else shows the log of NAME and fails.
site_ready()
{
	local folder=$1 name=$2 seconds=$3 late=0

	shift 3
	site_wait "$seconds" site_ready_or_dead "$folder" "$name" "$@" || late=1
	if ! site_running "$folder" "$name"; then
		echo "$name ended:"
	elif ((late)); then
		echo "$name is not ready after $seconds s:"
	else
		return 0
	fi >&2
	sed 's/^/    /' "$folder/$name.log" >&2
	return 1
}

site_ready_or_dead()
{
	! site_running "$1" "$2" || "${@:3}"
}

# site_stop FOLDER NAME [SECONDS]: asks the process to stop (SIGTERM), and ends
# its whole group by force after so many seconds (5), or if it leaves children
# behind.  Returns its exit status, if it was started by this shell, or 1 if
# force was needed.
site_stop()
{
	local folder=$1 name=$2 pid rc=0

	pid=$(site_pid "$folder" "$name") || return 0
	kill -CONT -- "-$pid" 2>/dev/null || :
	kill -TERM "$pid" 2>/dev/null || :
	if site_wait "${3-5}" site_gone "$pid"; then
		wait "$pid" 2>/dev/null || rc=$?
		# 127: not this shell's child
		((rc != 127)) || rc=0
		# the children get a moment to follow
		site_wait 1 site_gone "-$pid" || ((rc != 0)) || rc=1
	else
		rc=1
	fi
	kill -KILL -- "-$pid" 2>/dev/null || :
	site_wait 5 site_gone "-$pid" || :
	rm -f "$folder/$name.pid"
	return "$rc"
}

# site_gone PID|-GROUP: is there no such process, or none in the group?  A dead
# process that waits for an absent-minded init does not count.
site_gone()
{
	local file line state group

	kill -0 -- "$1" 2>/dev/null || return 0
	[[ $1 == -* ]] || return 1
	for file in /proc/[0-9]*/stat; do
		# PID (NAME) STATE PARENT GROUP ...
		{ read -r line <"$file"; } 2>/dev/null || continue
		read -r state _ group _ <<<"${line##*) }"
		[[ $group != "${1#-}" || $state == [ZX] ]] || return 1
	done
}

# site_stop_all FOLDER: stops all that runs, the last started first.
site_stop_all()
{
	local name

	[[ -e $1/started ]] || return 0
	while read -r name; do
		site_stop "$1" "$name" || :
	done < <(tac "$1/started")
}

# site_port_taken PORT: is somebody listening there on 127.0.0.1?
site_port_taken()
{
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# site_start_memcached FOLDER ADDRESS [OPTION]...: memcached at a path or at
# HOST:PORT, as process `memcached`.
site_start_memcached()
{
	local folder=$1 address=$2 where=(-s "$2") user=()

	shift 2
	[[ $address == /* ]] || where=(-l "${address%:*}" -p "${address##*:}" -U 0)
	((EUID != 0)) || user=(-u root)
	site_start "$folder" memcached memcached "${where[@]}" "${user[@]}" "$@"
	site_ready "$folder" memcached 10 \
	    site_memcached_ask "$address" version
}

# site_memcached_ask ADDRESS COMMAND: sends one command, prints the reply.
site_memcached_ask()
{
	local where=("telnet://$1")

	[[ $1 != /* ]] || where=(--unix-socket "$1" telnet://localhost)
	printf '%s\r\nquit\r\n' "$2" |
	    curl -q -sS --noproxy '*' --max-time 5 "${where[@]}" | tr -d '\r'
}

# site_start_web FOLDER SERVER PORT ADDRESS [CONF]: lighttpd or nginx on
# 127.0.0.1:PORT, as process SERVER, with deploy/SERVER.conf or CONF, in which
# the default socket is replaced by ADDRESS (unix:/path or HOST:PORT).
site_start_web()
{
	local folder=$1 server=$2 port=$3

	"site_conf_$server" "$folder" "$port" "$4" \
	    "${5-$SITE_DEPLOY/$server.conf}" || return
	case $server in
	lighttpd)
		site_start "$folder" lighttpd \
		    lighttpd -D -f "$folder/lighttpd.conf" ;;
	nginx)
		site_start "$folder" nginx \
		    nginx -p "$folder" -c "$folder/nginx.conf" ;;
	esac
	site_ready "$folder" "$server" 10 site_port_taken "$port"
}

# The main configuration around the shipped one: what lighttpd.conf of a
# distribution would say.
site_conf_lighttpd()
{
	local folder=$1 port=$2 address=$3 host socket

	host=${address%:*}
	host=${host#[}
	case $address in
	unix:*) socket="\"socket\" => \"${address#unix:}\"" ;;
	*) socket="\"host\" => \"${host%]}\", \"port\" => ${address##*:}" ;;
	esac
	sed "s|\"socket\" => \"/run/squall/squall.sock\"|$socket|" "$4" \
	    >"$folder/lighttpd-squall.conf" || return
	mkdir -p "$folder/upload"
	((EUID != 0)) || chown nobody "$folder/upload"
	{
		echo "server.document-root = \"$folder/upload\""
		echo 'server.bind = "127.0.0.1"'
		echo "server.port = $port"
		echo "server.upload-dirs = ( \"$folder/upload\" )"
		if ((EUID == 0)); then
			echo 'server.username = "nobody"'
			echo "server.groupname = \"$(id -gn nobody)\""
		fi
		echo "include \"$folder/lighttpd-squall.conf\""
	} >"$folder/lighttpd.conf"
}

# Likewise for nginx; its stock fastcgi_params must stand beside nginx.conf.
site_conf_nginx()
{
	local folder=$1 port=$2 address=$3 stock kind

	sed -e "s|unix:/run/squall/squall.sock|$address|" \
	    -e "s|listen 80;|listen 127.0.0.1:$port;|" "$4" \
	    >"$folder/nginx-squall.conf" || return
	stock=$(nginx -V 2>&1 | sed -n 's/.*--conf-path=\([^ ]*\).*/\1/p')
	cp "${stock%/*}/fastcgi_params" "$folder/" || return
	{
		echo 'daemon off;'
		echo 'worker_processes 2;'
		echo "pid $folder/nginx.run;"
		echo 'error_log stderr notice;'
		if ((EUID == 0)); then
			echo "user nobody $(id -gn nobody);"
		fi
		echo 'worker_rlimit_nofile 8192;'
		echo 'events { worker_connections 4096; }'
		echo 'http {'
		echo '	access_log off;'
		for kind in client_body fastcgi proxy scgi uwsgi; do
			echo "	${kind}_temp_path $folder/nginx-$kind;"
		done
		echo "	include $folder/nginx-squall.conf;"
		echo '}'
	} >"$folder/nginx.conf"
}
