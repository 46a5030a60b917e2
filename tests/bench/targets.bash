# shellcheck shell=bash disable=SC2034
# What the bench measures: each target is a folder with its processes, nginx
# before them, and a store behind those that have one.  Sourced by run.

PEERS=$ROOT/tests/bench/peers

# What start_target gives to all that it starts; a part may say otherwise.
DATABASE=$ATLAS
MEMORY=64M
STORE_MB=64
CACHE_ZONE=10m
CACHE_SIZE=256m
CONNECTIONS_MAX=256

declare -rA LABEL=(
	[memory]='squall, memory'
	[memcached]='squall, Memcached'
	[redis]='squall, Redis'
	[wal]='squall, memory, WAL database'
	[logged]='squall, memory, access log'
	[unmodified]='squall, memory, 304'
	[micro]='squall, nginx micro-cache'
	[uncached]='squall, no cache'
	[bare]='bare libfcgi program'
	[php]='PHP-FPM + Memcached'
	[tornado]='Tornado + pymemcache'
	[tornado_redis]='Tornado + redis-py'
	[fastcgi_cache]='nginx fastcgi_cache'
	[nginx_memcached]='nginx memcached module'
)
# A part of Cache-Status, by which a reply comes about as it should.
declare -rA WANTED=(
	[memory]='detail=memory'
	[wal]='detail=memory'
	[logged]='detail=memory'
	[unmodified]='detail=memory'
	[memcached]='detail=memcached'
	[redis]='detail=redis'
)
# Processes of Debian's pool of PHP-FPM, as it comes.
PHP_POOL='pm = dynamic
pm.max_children = 5
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3'

declare -A FOLDER=() FRONT=() APPLICATION=()

# start_target TARGET [REPLY]: with nginx before it.  What the stores and nginx's
# cache may hold is in STORE_MB and CACHE_SIZE, squall's memory in MEMORY; the
# database is DATABASE.
start_target()
{
	T=$(site_folder "$1")
	FOLDER[$1]=$T
	APPLICATION[$1]=squall
	case $1 in
	memory | wal | logged | unmodified | memcached | redis | micro | \
	    uncached) start_squall_target "$1" ;;
	bare.*) start_bare "$1" "$2" ;;
	php) start_php "$1" ;;
	tornado | tornado_redis) start_tornado "$1" ;;
	fastcgi_cache) start_fastcgi_cache "$1" ;;
	nginx_memcached)
		APPLICATION[$1]=none
		start_memcached unix -m "$STORE_MB" -a 666
		start_front "$1" "$PEERS/memcached.conf"
		;;
	esac
}

# wal_copy FILE: of DATABASE, in WAL mode.
wal_copy()
{
	cp "$DATABASE" "$1"
	sqlite3 "$1" 'PRAGMA journal_mode = WAL' >"$T/wal"
}

start_squall_target()
{
	local options=(--log=warn --access-log=off "--workers=$WORKERS"
		"--memory=$MEMORY")
	local database=$DATABASE conf=$SITE_DEPLOY/nginx.conf

	case $1 in
	wal)
		database=$T/atlas.db
		wal_copy "$database"
		;;
	logged)
		options+=(--access-log=on)
		ln -s /dev/null "$T/squall.log"
		;;
	memcached)
		start_memcached unix -m "$STORE_MB"
		options+=("--cache=$MEMCACHED_URL" --memory=0)
		;;
	redis)
		start_redis unix --maxmemory "${STORE_MB}mb" \
		    --maxmemory-policy allkeys-lru
		options+=("--cache=$REDIS_URL" --memory=0)
		;;
	uncached) options+=(--memory=0) ;;
	esac
	start_squall "${options[@]}" "$database"
	if [[ $1 == micro ]]; then
		conf=$T/micro.conf
		cat "$SITE_DEPLOY/nginx-microcache.conf" \
		    "$SITE_DEPLOY/nginx.conf" >"$conf"
		sed -i "s|/var/cache/nginx/squall|$T/cache|" "$conf"
	fi
	start_front "$1" "$conf"
}

# Each connection that nginx keeps has a process to itself: those of the clients
# at once, and those that the other workers of nginx keep idle.
start_bare()
{
	local n=$((CONNECTIONS_MAX + 16 * $(nproc)))

	APPLICATION[$1]=bare
	SQUALL_ADDRESS=unix:$T/bare.sock
	start bare "$BUILT/bare" -n "$n" -s "$T/bare.sock" "$2"
	site_ready "$T" bare 10 test -S "$T/bare.sock"
	start_front "$1" "$SITE_DEPLOY/nginx.conf"
}

start_php()
{
	local program user

	program=$(php_fpm)
	user=$(id -un)
	((EUID != 0)) || user=nobody
	APPLICATION[$1]=php
	start_memcached unix -m "$STORE_MB" -a 666
	SQUALL_ADDRESS=unix:$T/php.sock
	{
		printf '[global]\nerror_log = /dev/stderr\ndaemonize = no\n'
		printf '[www]\nuser = %s\ngroup = %s\n' "$user" \
		    "$(id -gn "$user")"
		printf 'listen = %s\nlisten.mode = 0666\n' "$T/php.sock"
		printf '%s\n' "$PHP_POOL"
		printf 'env[PEER_DATABASE] = %s\n' "$DATABASE"
		printf 'env[PEER_MEMCACHED] = %s\n' "$MEMCACHED"
		printf 'env[PEER_FRAME] = %s\n' "$FRAME"
	} >"$T/php-fpm.conf"
	start php "$program" --nodaemonize --fpm-config "$T/php-fpm.conf" \
	    --allow-to-run-as-root
	site_ready "$T" php 10 test -S "$T/php.sock"
	start_front "$1" "$PEERS/php.conf"
}

# php_fpm: Debian's program has its version in its name.
php_fpm()
{
	compgen -c php-fpm | sort -V | tail -n 1
}

start_tornado()
{
	local port store=memcached socket

	port=$(free_port)
	APPLICATION[$1]=tornado
	if [[ $1 == tornado_redis ]]; then
		start_redis unix --maxmemory "${STORE_MB}mb" \
		    --maxmemory-policy allkeys-lru
		store=redis
		socket=$REDIS
	else
		start_memcached unix -m "$STORE_MB"
		socket=$MEMCACHED
	fi
	start tornado "$PEERS/page.py" "$port" "$DATABASE" "$FRAME" \
	    "$store" "$socket"
	site_ready "$T" tornado 20 site_port_taken "$port"
	sed "s|@TORNADO@|127.0.0.1:$port|" "$PEERS/tornado.conf" \
	    >"$T/tornado.conf"
	start_front "$1" "$T/tornado.conf"
}

start_fastcgi_cache()
{
	start_squall --log=warn --access-log=off "--workers=$WORKERS" \
	    --memory=0 "$DATABASE"
	start_front "$1" "$PEERS/fastcgi-cache.conf"
}

# start_front TARGET CONF: nginx as it is shipped, and for all targets alike:
# one worker per CPU, compression of what comes without.
start_front()
{
	local port files

	port=$(free_port)
	files=$(ulimit -Hn)
	[[ $files != unlimited ]] || files=65536
	sed -e "s|@BENCH@|${PEERS%/*}|; s|@FOLDER@|$T|" \
	    -e "s|@ZONE@|${CACHE_ZONE}|; s|@SIZE@|${CACHE_SIZE}|" "$2" \
	    >"$T/front.conf"
	site_conf_nginx "$T" "$port" "${SQUALL_ADDRESS:-none}" "$T/front.conf"
	sed -i -e 's/^worker_processes .*/worker_processes auto;/' \
	    -e 's/^error_log .*/error_log stderr warn;/' \
	    -e "s/^worker_rlimit_nofile .*/worker_rlimit_nofile $files;/" \
	    -e "s/worker_connections .*;/worker_connections $files;/" \
	    -e 's|^	access_log off;|&\
	gzip on;\
	gzip_types application/json text/css text/csv;|' "$T/nginx.conf"
	site_start "$T" nginx nginx -p "$T" -c "$T/nginx.conf"
	site_ready "$T" nginx 10 site_port_taken "$port"
	FRONT[$1]=http://127.0.0.1:$port
}

# stop_targets: those that are running, and forgets them.
stop_targets()
{
	local target rc=0

	for target in "${!FOLDER[@]}"; do
		T=${FOLDER[$target]}
		if ! stop_all >"$TOP/stopping" 2>&1; then
			cat "$TOP/stopping" >&2
			rc=1
		fi
		((${1-0} == 0)) || show_logs >&2
		free_ports
		rm -rf "$T"
		unset "FOLDER[$target]" "FRONT[$target]" "APPLICATION[$target]"
	done
	return "$rc"
}

# group TARGET NAME: the process group of one of its processes; fails if it has
# no such.
group()
{
	[[ $2 != store || ! -e ${FOLDER[$1]}/redis.pid ]] ||
	    set -- "$1" redis
	[[ $2 != store ]] || set -- "$1" memcached
	site_pid "${FOLDER[$1]}" "$2"
}

# cpu_ns TARGET NAME: the CPU time of the process NAME and its children, all
# their threads; in clock ticks, each of many processes would lose what is less
# than one.
cpu_ns()
{
	local group pid

	if ! group=$(group "$@"); then
		echo 0
		return
	fi
	# what ends while it is read is of no interest
	for pid in $(pgrep -g "$group"); do
		printf '%s\n' "/proc/$pid/task"/*/schedstat
	done | xargs cat 2>/dev/null | awk '
	    { ns += $1 } END { printf "%.0f\n", ns }' || :
}

# memory_kb TARGET: PSS and RSS of the application's processes together.
memory_kb()
{
	local group pid

	group=$(group "$1" "${APPLICATION[$1]}") || {
		echo '0 0'
		return
	}
	for pid in $(pgrep -g "$group"); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null || :
	done | awk '$1 == "Pss:" { pss += $2 } $1 == "Rss:" { rss += $2 }
	    END { print pss + 0, rss + 0 }'
}

# served TARGET: how many requests its cache has had, and how many of them it
# answered; nginx's cache has those that squall did not get.
served()
{
	local MEMCACHED=${FOLDER[$1]}/memcached.sock
	local REDIS=${FOLDER[$1]}/redis.sock

	T=${FOLDER[$1]}
	case ${APPLICATION[$1]} in
	squall)
		SQUALL_ADDRESS=unix:$T/squall.sock
		fcgi GET /-/status.json | sed '1,/^\r$/d' | jq -r '.totals |
		    "\(.requests - .outcomes.bypass)
		    \(.outcomes.memory + .outcomes.store + .outcomes.behind)"' |
		    paste -sd ' '
		;;
	bare) echo '0 0' ;;
	*)
		if [[ -S $REDIS ]]; then
			redis_ask INFO stats | tr -d '\r' | awk -F : '
			    $1 == "keyspace_hits" { h = $2 }
			    $1 == "keyspace_misses" { m = $2 }
			    END { print h + m, h }'
		else
			memcached_ask stats | awk '
			    $2 == "get_hits" { h = $3 }
			    $2 == "get_misses" { m = $3 }
			    END { print h + m, h }'
		fi
		;;
	esac
}

# forget_pages TARGET: empties its store.
forget_pages()
{
	local MEMCACHED=${FOLDER[$1]}/memcached.sock
	local REDIS=${FOLDER[$1]}/redis.sock

	[[ ! -S $MEMCACHED ]] || memcached_ask flush_all >/dev/null
	[[ ! -S $REDIS ]] || redis_ask FLUSHALL >/dev/null
}
