# shellcheck shell=bash
# What the integration tests share: `load ../lib` at the top of a .bats file
# gives each of its tests a folder $T, servers to start in it, and a teardown
# that stops them all, shows their logs if the test failed, and fails the test
# if squall ended badly or a sanitizer had something to report.  A file that
# needs a setup or teardown of its own calls begin_test and end_test there.

ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
# shellcheck source=deploy/site.bash disable=SC1091
. "$ROOT/deploy/site.bash"

SQUALL=${SQUALL:-build/squall}
[[ $SQUALL == /* ]] || SQUALL=$ROOT/$SQUALL
ATLAS=${ATLAS:-$ROOT/build/atlas.db}
# the programs of tests/tools
TOOLS_DIR=${TOOLS_DIR:-$ROOT/build/tests/tools}
[[ $TOOLS_DIR == /* ]] || TOOLS_DIR=$ROOT/$TOOLS_DIR
# seconds that one request may take
MAX_S=300
# seconds that wait_for and the starting of a server may take
WAIT_S=${WAIT_S:-60}
# milliseconds that pages, facets, suggestions, the queue and the store may take,
# where a test says nothing else; empty: what squall gives them by itself
PATIENCE_MS=${PATIENCE_MS-60000}
SANITIZER_REPORT='ERROR: AddressSanitizer|runtime error:|LeakSanitizer|ThreadSanitizer'

setup()
{
	begin_test
}

teardown()
{
	end_test
}

# begin_test: makes the folder $T.
begin_test()
{
	# Bats looks at each command, for the line that it reports, which takes up
	# to half of a test's time: a look at the one that failed is enough.
	if [[ -n ${BATS_TEST_SOURCE-} ]]; then
		trap - DEBUG
		BATS_DEBUG_LAST_STACK_TRACE=()
		BATS_DEBUG_LASTLAST_STACK_TRACE=()
		trap 'bats_error_trap; remember_place' ERR
		[[ -z ${BATS_TEST_TIMEOUT-} ]] ||
		    trap 'remember_place; bats_timeout_trap' ABRT
	fi
	T=$(site_folder squall-test)
	SQUALL_ADDRESS=unix:$T/squall.sock
	unset URL MEMCACHED MEMCACHED_URL REDIS REDIS_URL
	export T
}

# remember_place: bats reports the line that is being executed.
# shellcheck disable=SC2034
remember_place()
{
	bats_capture_stack_trace
	BATS_DEBUG_LASTLAST_STACK_TRACE=("${BATS_DEBUG_LAST_STACK_TRACE[@]}")
}

# end_test: stops everything and removes $T; fails as said at the top.
end_test()
{
	local rc=0

	stop_all || rc=1
	if grep -sEn "$SANITIZER_REPORT" "$T"/*.log; then
		echo 'a sanitizer reported the above'
		rc=1
	fi
	if ((rc != 0)) || [[ -z ${BATS_TEST_COMPLETED-} ]]; then
		show_logs
	fi
	free_ports
	rm -rf "$T"
	return "$rc"
}

# show_logs: the end of each log.
show_logs()
{
	local log

	for log in "$T"/*.log; do
		[[ ! -s $log ]] || {
			echo "--- ${log##*/}"
			tail -n 100 "$log"
		}
	done
}

# fail MESSAGE...
fail()
{
	echo "$*" >&2
	return 1
}

# refute COMMAND...: it has to fail.  (A failure of `! COMMAND` ends no test: the
# shell's `set -e` overlooks it.)
refute()
{
	! "$@" || fail "it succeeded: $*"
}

# is GOT WANTED: are the two equal?
is()
{
	[[ $1 == "$2" ]] || fail "got:    $1"$'\n'"wanted: $2"
}

# has TEXT PART, hasnt TEXT PART: is PART in TEXT?
has()
{
	[[ $1 == *"$2"* ]] || fail "no \"$2\" in:"$'\n'"$1"
}

hasnt()
{
	[[ $1 != *"$2"* ]] || fail "there is \"$2\" in:"$'\n'"$1"
}

# like TEXT REGEX: does the extended regular expression match?
like()
{
	[[ $1 =~ $2 ]] || fail "nothing like \"$2\" in:"$'\n'"$1"
}

# wait_for COMMAND...: until the command succeeds, for $WAIT_S at most.
wait_for()
{
	site_wait "$WAIT_S" "$@" || {
		show_logs >&2
		fail "waited $WAIT_S s in vain for: $*"
	}
}

# free_port: prints a port nobody listens on, below those that the kernel gives
# to clients, and keeps it from the tests that run at the same time: by a
# symbolic link, which one process can make.
free_port()
{
	local try port

	for try in {1..500}; do
		port=$((20000 + RANDOM % 12000))
		ln -sT "$T" "/tmp/squall-port.$port" 2>/dev/null || continue
		echo "$port" >>"$T/ports"
		if ! site_port_taken "$port"; then
			echo "$port"
			return
		fi
	done
	fail "no free port in $try tries"
}

free_ports()
{
	local port

	[[ -e $T/ports ]] || return 0
	while read -r port; do
		rm -f "/tmp/squall-port.$port"
	done <"$T/ports"
}

# start NAME COMMAND...: any process of a test's own, as site_start does it:
# log in $T/NAME.log, stopped in teardown.  Call it in no subshell (no `run`).
start()
{
	site_start "$T" "$@"
}

# stop NAME: SIGTERM, and waits for the end; fails if the process had to be
# killed after $WAIT_S, left children behind, or ended with another status
# than 0.
stop()
{
	site_stop "$T" "$1" "$WAIT_S" ||
	    fail "$1 did not stop as it should: status $?"
}

# stop_all: the last started first; fails only for what `stop` says of a squall.
stop_all()
{
	local name rc=0

	[[ -e $T/started ]] || return 0
	while read -r name; do
		case $name in
		squall*) stop "$name" || rc=1 ;;
		# has nothing to lose, and takes a second when asked nicely
		memcached* | redis*) site_stop "$T" "$name" 0 || : ;;
		*) site_stop "$T" "$name" 2 || : ;;
		esac
	done < <(tac "$T/started")
	return "$rc"
}

# send_signal NAME SIGNAL: to the process itself, not to its children.
send_signal()
{
	kill -"$2" "$(pid_of "$1")"
}

# pid_of NAME, is_running NAME
pid_of()
{
	site_pid "$T" "$1"
}

is_running()
{
	site_running "$T" "$1"
}

# forget NAME: it is to be dead by now, and that is as it should be.
forget()
{
	site_stop "$T" "$1" 0 || :
}

# start_memcached [unix|tcp] [OPTION]...: sets MEMCACHED (a path, or HOST:PORT)
# and MEMCACHED_URL (for --cache).  Once stopped it can be started again, at the
# same address.
start_memcached()
{
	local kind=${1:-unix}

	shift || :
	case $kind in
	unix)
		MEMCACHED=$T/memcached.sock
		MEMCACHED_URL=memcached:$MEMCACHED
		;;
	tcp)
		[[ ${MEMCACHED-} == *:* ]] || MEMCACHED=127.0.0.1:$(free_port)
		MEMCACHED_URL=memcached://$MEMCACHED
		;;
	*) fail "start_memcached: unix or tcp, not $kind" ;;
	esac
	export MEMCACHED MEMCACHED_URL
	site_start_memcached "$T" "$MEMCACHED" "$@" &&
	    wait_for memcached_stat pid
}

# start_redis [unix|tcp] [OPTION]...: sets REDIS (a path, or a port) and
# REDIS_URL (for --cache).  Once stopped it can be started again, likewise.
start_redis()
{
	local kind=${1:-unix} where

	shift || :
	case $kind in
	unix)
		REDIS=$T/redis.sock
		REDIS_URL=redis:$REDIS
		where=(--port 0 --unixsocket "$REDIS")
		;;
	tcp)
		[[ ${REDIS-} =~ ^[0-9]+$ ]] || REDIS=$(free_port)
		REDIS_URL=redis://127.0.0.1:$REDIS
		where=(--port "$REDIS" --bind 127.0.0.1)
		;;
	*) fail "start_redis: unix or tcp, not $kind" ;;
	esac
	export REDIS REDIS_URL
	start redis redis-server "${where[@]}" --dir "$T" --save '' \
	    --appendonly no --daemonize no "$@" &&
	    wait_for redis_answers
}

# site_memcached_ask ADDRESS COMMAND: as deploy/site.bash has it, and faster.
site_memcached_ask()
{
	"$TOOLS_DIR/tell" "$1" "$2" quit
}

# redis_ask COMMAND...: what redis-cli prints.
redis_ask()
{
	local where=(-s "$REDIS")

	[[ $REDIS == /* ]] || where=(-p "$REDIS")
	redis-cli "${where[@]}" --raw "$@"
}

# A password that it wants is an answer as well.
redis_answers()
{
	local address=$REDIS

	[[ $REDIS == /* ]] || address=127.0.0.1:$REDIS
	[[ $("$TOOLS_DIR/tell" "$address" PING QUIT 2>&1) == @(+PONG|-NOAUTH)* ]]
}

# memcached_ask COMMAND: sends a command, prints the reply without its CRs.
memcached_ask()
{
	site_memcached_ask "$MEMCACHED" "$1"
}

# memcached_stat NAME: one number of `stats`: cmd_get, get_hits, curr_items ...
memcached_stat()
{
	[[ $(memcached_ask stats) =~ 'STAT '"$1 "([^$'\n']*) ]] &&
	    echo "${BASH_REMATCH[1]}"
}

# fcgi METHOD URI [NAME=VALUE]...: asks squall itself, without a web server, and
# prints the reply as it stands: headers, empty line, body.  The variables are
# those of a server that has squall at "/"; NAME=VALUE adds to them.
fcgi()
{
	local method=$1 uri=$2 query=

	shift 2
	hash cgi-fcgi
	[[ $uri != *\?* ]] || query=${uri#*\?}
	env -i GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 \
	    SERVER_NAME=localhost SERVER_PORT=80 REMOTE_ADDR=127.0.0.1 \
	    HTTP_HOST=localhost REQUEST_METHOD="$method" REQUEST_URI="$uri" \
	    SCRIPT_NAME= PATH_INFO="${uri%%\?*}" QUERY_STRING="$query" "$@" \
	    timeout "$MAX_S" "${BASH_CMDS[cgi-fcgi]}" \
	    -bind -connect "${SQUALL_ADDRESS#unix:}" </dev/null
}

squall_answers()
{
	[[ $SQUALL_ADDRESS != unix:* || -S ${SQUALL_ADDRESS#unix:} ]] &&
	    [[ -n $(fcgi OPTIONS /) ]]
}

# patience OPTION...: options that give pages and the store more time than they
# have by default, since a busy machine must fail no test.  Tests of limits set
# theirs, among the options or in the configuration.
patience()
{
	local argument limit said="$* "

	[[ -n $PATIENCE_MS ]] || return 0
	for argument; do
		case $argument in
		--config=*) said+=$(sed 's/^/--/; s/ *= */=/' "${argument#*=}") ;;
		esac
	done
	for limit in {,facet-,facet-suggest-}time-limit queue-wait cache-timeout
	do
		[[ $said == *--$limit=* ]] || echo "--$limit=$PATIENCE_MS"
	done
}

# start_squall [OPTION]... [DATABASE]...: at unix:$T/squall.sock unless there is
# a --listen=ADDR; log in $T/squall.log.  Waits until it answers, to an OPTIONS
# request, which no cache keeps.  With NAME=squall2 before it a second one can
# be started ($T/squall2.sock).  SQUALL_ADDRESS is where the last one listens,
# and where the web servers started after it go.
start_squall()
{
	local name=${NAME:-squall} argument listen=''
	local -a limits

	mapfile -t limits < <(patience "$@")
	for argument; do
		[[ $argument != --listen=* ]] || listen=$argument
	done
	set -- "${limits[@]}" "$@"
	if [[ -z $listen ]]; then
		listen=--listen=unix:$T/$name.sock
		set -- "$listen" "$@"
	fi
	SQUALL_ADDRESS=${listen#--listen=}
	export SQUALL_ADDRESS
	site_start "$T" "$name" "$SQUALL" "$@"
	site_ready "$T" "$name" "$WAIT_S" squall_answers
}

# start_nginx [CONF], start_lighttpd [CONF]: in front of SQUALL_ADDRESS, with
# deploy/nginx.conf or deploy/lighttpd.conf, or with a file CONF instead, where
# the same places (default socket, port 80) are replaced.  Sets URL.  nginx gets
# more time for squall than its file says: a busy machine may need it.
start_nginx()
{
	sed -E 's/(_timeout) [0-9]+s;/\1 600s;/' \
	    "${1-$ROOT/deploy/nginx.conf}" >"$T/patient.conf"
	start_web nginx "$T/patient.conf"
}

start_lighttpd()
{
	start_web lighttpd "$@"
}

start_web()
{
	local port

	port=$(free_port)
	URL=http://127.0.0.1:$port
	export URL
	site_start_web "$T" "$1" "$port" "$SQUALL_ADDRESS" "${@:2}"
}

# get [OPTION]... URL: a URL that begins with / is one of $URL.  Sets STATUS,
# HEADERS and BODY (so not under `run`), and SUM to a checksum of the body; the
# body as it came is in $T/body.  Fails only if there was no reply.  The options
# are -I and -H, or long ones of curl.
# shellcheck disable=SC2034
get()
{
	local url=${*: -1} said

	[[ $url != /* ]] || url=$URL$url
	if [[ " $*" == *' --'* ]]; then
		get_by_curl "${@:1:$#-1}" "$url" || return
	else
		said=$("$TOOLS_DIR/fetch" -m "$MAX_S" "${@:1:$#-1}" "$url" \
		    "$T/headers" "$T/body") || return
		STATUS=${said%% *}
		SUM=${said#* }
	fi
	HEADERS=$(<"$T/headers")
	HEADERS=${HEADERS//$'\r'/}
	read_body
}

# shellcheck disable=SC2034
get_by_curl()
{
	: >"$T/body"
	STATUS=$(curl -q -sS -g --noproxy '*' --max-time "$MAX_S" -D "$T/headers" \
	    -o "$T/body" -w '%{http_code}' "$@") || return
	SUM=
}

# read_body: sets BODY to what is in $T/body, without its NULs.
read_body()
{
	{ BODY=$(<"$T/body"); } 2>/dev/null
}

# value NAME: the first value of this name in BODY, which is JSON as squall writes
# it; of strings, those without an escape.  (jq takes ten times as long to start
# as all else that a request takes.)
value()
{
	[[ $BODY =~ '"'"$1"'":'('"'([^\"]*)'"'|[^],}\"]+) ]] ||
	    fail "no $1 in: $BODY" || return
	echo "${BASH_REMATCH[2]-}${BASH_REMATCH[1]#'"'*'"'}"
}

# error_text: the sentence of an error in JSON, where " alone is escaped.
error_text()
{
	local text=${BODY#*'"error":"'}

	text=${text%%'","errors":'*}
	echo "${text//'\"'/'"'}"
}

# header NAME: the value of a header of the last reply, each on a line if there
# are several; fails if there is none.
header()
{
	local line value found=1

	while read -r line; do
		[[ ${line,,} == "${1,,}:"* ]] || continue
		value=${line#*:}
		echo "${value#"${value%%[! $'\t']*}"}"
		found=0
	done <<<"$HEADERS"
	return "$found"
}

# cache_status: the Cache-Status of the last reply, such as
# `squall; hit; ttl=598; detail=memory`.
cache_status()
{
	header Cache-Status
}
