#!/usr/bin/env bats
# What squall promises of its pages, whichever store it has or none: one contract,
# the same for all of them.  And the addresses that stores may have.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/stores

# sql STATEMENTS [FILE]
sql()
{
	sqlite3 -batch -bail -cmd '.timeout 60000' "${2-$T/demo.db}" "$1" \
	    >"$T/sqlite.log"
}

# serve KIND [OPTION]...: the store, unless it is there or is to be none; a
# squall whose workers keep nothing themselves, and a web server.
serve()
{
	KIND=$1
	if [[ -z ${STORE_URL-} ]]; then
		STORE_URL=none
		[[ $KIND == none ]] || start_store "$KIND"
	fi
	[[ -e $T/demo.db ]] || make_db "$T/demo.db"
	start_squall --workers=2 --threads=2 --memory=0 \
	    --cache="$STORE_URL" "${@:2}" "$T/demo.db"
	[[ -n ${URL-} ]] || start_lighttpd
}

# serve_second KIND [OPTION]... DATABASE: another squall with the same store;
# SECOND is its web server.
serve_second()
{
	local url=$URL

	NAME=squall2 start_squall --workers=1 --memory=0 \
	    --cache="$STORE_URL" "${@:2}"
	start_nginx
	SECOND=$URL URL=$url
}

# remember: sets REPLY to what squall said the last time, but for its way and its
# time.
remember()
{
	local line

	REPLY="$STATUS $SUM"
	while read -r line; do
		case ${line,,} in
		content-* | cache-control:* | etag:* | referrer* | vary:* | x-*)
			REPLY+=$'\n'$line
			;;
		esac
	done <<<"$HEADERS"
}

# same REPLY: does squall say it once more?
same()
{
	remember
	is "$REPLY" "$1"
}

# is_miss, is_hit: what was the last reply?  Without a store all are misses.
is_miss()
{
	if [[ $KIND == none ]]; then
		cache_is 'squall; fwd=uri-miss'
	else
		# an older page may still be there
		cache_is 'squall; fwd=(uri-miss|stale); stored(; detail=[^;]+)?'
	fi
}

# cache_is REGEX: is this what Cache-Status says?
cache_is()
{
	local line said=

	while read -r line; do
		[[ ${line,,} != cache-status:* ]] || said+=${line#*: }
	done <<<"$HEADERS"
	like "$said" "^$1\$"
}

is_hit()
{
	if [[ $KIND == none ]]; then
		is_miss
	else
		cache_is "squall; hit; ttl=[0-9]+; detail=$KIND"
	fi
}

# hits URI [CURL OPTION]...: for wait_for.
hits()
{
	get "${@:2}" "$1" && is_hit
}

misses()
{
	get "${@:2}" "$1" && is_miss
}

# is_kept URI: a miss first, from then on hits, the same in all forms of it.
is_kept()
{
	local first packed

	get "$1"
	is_miss
	remember
	first=$REPLY
	cp "$T/body" "$T/first"
	get "$1"
	is_hit
	same "$first"
	get -H 'Accept-Encoding: gzip' "$1"
	is_hit
	remember
	packed=$REPLY
	if [[ $HEADERS == *'Content-Encoding: gzip'* ]]; then
		gzip -dc "$T/body" | cmp - "$T/first"
	else
		is "$packed" "$first"
	fi
	get -H 'Accept-Encoding: gzip' "$1"
	is_hit
	same "$packed"
	get -I "$1"
	is_hit
	# but for the first line, which has the sum
	remember
	is "$STATUS"$'\n'"${REPLY#*$'\n'}" "${first%% *}"$'\n'"${first#*$'\n'}"
}

kept()
{
	local uri

	serve "$1"
	for uri in / /.json /demo /demo.json /demo/notes /demo/notes.json \
	    '/demo/notes?_size=2' '/demo/notes.json?_sort_desc=title' \
	    /demo/notes/1 /demo/notes/1.json; do
		is_kept "$uri"
		is "$STATUS" 200
	done
}

# Of each media type that the program's table has: a page with it; but for the
# metrics, which are never kept.
media_types()
{
	local asset before type uri

	make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY, lat, lon);
	    INSERT INTO t VALUES (1, 51.5, 4.25)"
	start_store "$1"
	serve "$1" --workers=1 --threads=1 --cache-timeout=20000
	get /demo/t
	before=$(clients)
	get /-/status
	asset=$(grep -oE '/-/static/[^"]+' <<<"$BODY" | paste -sd ' ')
	: >"$T/types"
	for uri in /demo /demo.json /demo/t.csv /demo/t.geojson \
	    '/demo/t.json?_shape=array&_nl=on' /demo/t/1.json /robots.txt \
	    /demo/t/-/schema.md /demo/-/schema.json /-/openapi.json \
	    $asset; do
		is_kept "$uri"
		header Content-Type >>"$T/types"
	done
	while read -r type; do
		grep -qxF "$type" "$T/types" || fail "no page of $type"
	done < <(sed -n 's/.*"\(.*; charset=.*\)".*/\1/p' "$ROOT/app/http/media.c" |
	    grep -v openmetrics)
	# the connection is still the first one
	is "$(clients)" $((before + 1))
	# and another process has them from the store
	serve_second "$1" "$T/demo.db"
	get "$SECOND/demo/t.csv"
	is_hit
}

# clients: how many the store has had, this question's own included.
clients()
{
	case $KIND in
	memcached) memcached_stat total_connections ;;
	redis)
		redis_ask INFO stats | tr -d '\r' |
		    sed -n 's/^total_connections_received://p'
		;;
	esac
}

# sizes: of the smallest pages, of those at the limit for compression, of those
# larger than a socket's buffer, and nearly of what Memcached takes.
sizes()
{
	local n

	make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT);
	    WITH n(n) AS (VALUES (0), (1), (497), (503), (4096), (65536),
	    (900000), (1500000))
	    INSERT INTO t SELECT n, substr(hex(randomblob(n / 2 + 1)), 1, n)
	    FROM n"
	serve "$1"
	while read -r n; do
		is_kept "/demo/t/$n.json"
		get "/demo/t/$n.json"
		is "$(jq '.rows[0].s | length' "$T/body")" "$n"
	done < <(sqlite3 "$T/demo.db" 'SELECT id FROM t')
	is_kept /demo/t/900000
}

not_found()
{
	local uri

	serve "$1"
	for uri in /nodb /demo/notable.json /demo/notes/99 /demo/notes/99.json
	do
		is_kept "$uri"
		is "$STATUS" 404
		get "$uri"
		[[ $KIND == none ]] || like "$(cache_status)" 'ttl=[0-9];'
		hasnt "$HEADERS" ETag
	done
}

after_a_restart()
{
	local first

	serve "$1"
	get /demo/notes
	is_miss
	remember
	first=$REPLY
	stop squall
	serve "$1"
	get /demo/notes
	is_hit
	same "$first"
}

of_another_squall()
{
	local first

	serve "$1"
	serve_second "$1" "$T/demo.db"
	get /demo/notes
	is_miss
	remember
	first=$REPLY
	get "$SECOND/demo/notes"
	is_hit
	same "$first"
	# and the other way about, with the memory that squall usually has
	stop squall2
	serve_second "$1" --memory=64M "$T/demo.db"
	get "$SECOND/demo/notes/1.json"
	[[ $KIND == none ]] || is_miss
	get /demo/notes/1.json
	is_hit
}

# What another program has made is not taken for one's own, whatever it shows.
of_another_build()
{
	local asset uri program=$SQUALL

	serve "$1"
	get /demo/notes
	asset=$(grep -oE '/-/static/style[^"]+' <<<"$BODY")
	for uri in / /demo/notes.json "$asset" /nodb; do
		is_kept "$uri"
	done
	another_build "$program" "$T/squall-other"
	SQUALL=$T/squall-other serve_second "$1" "$T/demo.db"
	for uri in / /demo/notes.json "$asset" /nodb; do
		get "$SECOND$uri"
		is_miss
		get "$SECOND$uri"
		is_hit
		get "$uri"
		is_miss
	done
	stop squall2
	# while the same program under another name has them
	cp "$program" "$T/squall-same"
	SQUALL=$T/squall-same serve_second "$1" "$T/demo.db"
	for uri in / /demo/notes.json "$asset" /nodb; do
		get "$SECOND$uri"
		is_hit
	done
}

expires()
{
	serve "$1" --ttl=4
	get /demo/notes
	is_miss
	remember
	first=$REPLY
	wait_for misses /demo/notes
	same "$first"
	wait_for hits /demo/notes
}

# Under another prefix the links are others.
by_prefix()
{
	serve "$1" --prefix=/
	get /demo/notes
	is_miss
	has "$BODY" '"/demo/notes/1"'
	stop squall
	serve "$1" --prefix=/data
	get /data/demo/notes
	is_miss
	has "$BODY" '"/data/demo/notes/1"'
	stop squall
	serve "$1" --prefix=/
	get /demo/notes
	is_hit
	has "$BODY" '"/demo/notes/1"'
}

# In one squall under other names, and in two under the same.
by_database()
{
	make_db "$T/other.db"
	sql "UPDATE notes SET title = 'other'" "$T/other.db"
	serve "$1" "$T/other.db"
	is_kept /demo/notes/1.json
	get /demo/notes/1.json
	has "$BODY" first
	is_kept /other/notes/1.json
	get /other/notes/1.json
	has "$BODY" other
	mkdir "$T/2"
	make_db "$T/2/demo.db"
	sql "UPDATE notes SET title = 'second'" "$T/2/demo.db"
	serve_second "$1" "$T/2/demo.db"
	for _ in 1 2 3; do
		get "$SECOND/demo/notes/1.json"
		has "$BODY" second
		get /demo/notes/1.json
		has "$BODY" first
	done
}

# Keys of rows that are too long for a store's key, or have in them what may
# not be in one.
odd_keys()
{
	local round uri

	make_db "$T/demo.db" "CREATE TABLE t (k TEXT PRIMARY KEY) WITHOUT ROWID;
	    WITH n(i) AS (VALUES (1), (2), (10), (11)) INSERT INTO t
	    SELECT printf('%.300c', 'k') || i FROM n;
	    WITH RECURSIVE n(i) AS (VALUES (180) UNION ALL
	    SELECT i + 1 FROM n WHERE i < 260) INSERT INTO t
	    SELECT printf('%.*c', i, 'x') FROM n WHERE i % 20 = 0 OR i > 215;
	    INSERT INTO t VALUES (printf('%.2000c', 'y')), ('a b'), ('a'),
	    ('a' || char(10) || 'b'), ('a' || char(13, 10) || 'b'),
	    (char(1)), (char(127)), ('Größe'), ('数据'), ('🎈'), ('%'),
	    ('%0d%0a'), ('a' || char(9)), (' '), ('~'), ('get a'), ('/'),
	    ('''\"'), ('{}*'), ('\$-1'), ('#0123')"
	serve "$1"
	get '/demo/t.json?_size=1000'
	jq -r '.rows[].k | @json' "$T/body" >"$T/keys"
	(($(wc -l <"$T/keys") > 70))
	# of each row, by the link to it
	get '/demo/t?_size=1000'
	grep -o 'href="/demo/t/[^"]*"' "$T/body" | cut -d '"' -f 2 |
	    grep -v '/-/' | sort -u >"$T/uris"
	is "$(wc -l <"$T/uris")" "$(wc -l <"$T/keys")"
	for round in 1 2; do
		while read -r uri; do
			printf 'url = "%s%s.json"\noutput = -\n' "$URL" "$uri"
		done <"$T/uris" >"$T/curl"
		curl -q -sS -g --path-as-is --noproxy '*' -K "$T/curl" \
		    -w '%{stderr}%header{cache-status}\n' >"$T/all" \
		    2>"$T/statuses"
		is "$(jq -r '.rows[].k | @json' "$T/all" | sort)" \
		    "$(sort "$T/keys")"
		((round == 2)) || continue
		[[ $KIND == none ]] ||
		    is "$(grep -c "hit; .*detail=$KIND" "$T/statuses")" \
			"$(wc -l <"$T/keys")"
	done
}

# committed MODE KIND: what a commit has changed is not served once more, nor
# is there another version of it, ever.
committed()
{
	local i

	make_db "$T/demo.db" "PRAGMA journal_mode = $2;
	    CREATE TABLE t (id INTEGER PRIMARY KEY, n);
	    INSERT INTO t VALUES (1, 0)" >"$T/sqlite.log"
	serve "$1"
	serve_second "$1" "$T/demo.db"
	for i in {1..10}; do
		sql "UPDATE t SET n = $i"
		for url in "$URL" "$SECOND" "$URL" "$SECOND"; do
			get "$url/demo/t/1.json"
			is "$(value n)" "$i"
			get "$url/demo/t"
			has "$BODY" ">$i<"
		done
		is_hit
	done
}

@test "none: pages are the same in all forms" { kept none; }
@test "memcached: pages are kept, in all forms" { kept memcached; }
@test "redis: pages are kept, in all forms" { kept redis; }

@test "memcached: pages of all media types" { media_types memcached; }
@test "redis: pages of all media types" { media_types redis; }

@test "none: pages of all sizes" { sizes none; }
@test "memcached: pages of all sizes" { sizes memcached; }
@test "redis: pages of all sizes" { sizes redis; }

@test "none: what is not there" { not_found none; }
@test "memcached: what is not there, for a short time" { not_found memcached; }
@test "redis: what is not there, for a short time" { not_found redis; }

@test "none: a restart of squall" { after_a_restart none; }
@test "memcached: a restart of squall" { after_a_restart memcached; }
@test "redis: a restart of squall" { after_a_restart redis; }

@test "none: two squalls" { of_another_squall none; }
@test "memcached: two squalls share pages" { of_another_squall memcached; }
@test "redis: two squalls share pages" { of_another_squall redis; }

@test "memcached: pages are kept apart by build" { of_another_build memcached; }
@test "redis: pages are kept apart by build" { of_another_build redis; }

@test "none: --ttl" { expires none; }
@test "memcached: pages expire" { expires memcached; }
@test "redis: pages expire" { expires redis; }

@test "none: by prefix" { by_prefix none; }
@test "memcached: pages are kept apart by prefix" { by_prefix memcached; }
@test "redis: pages are kept apart by prefix" { by_prefix redis; }

@test "none: by database" { by_database none; }
@test "memcached: pages are kept apart by database" { by_database memcached; }
@test "redis: pages are kept apart by database" { by_database redis; }

@test "none: long and odd keys" { odd_keys none; }
@test "memcached: long and odd keys" { odd_keys memcached; }
@test "redis: long and odd keys" { odd_keys redis; }

@test "none: commits, WAL" { committed none WAL; }
@test "memcached: commits, WAL" { committed memcached WAL; }
@test "redis: commits, WAL" { committed redis WAL; }

@test "none: commits, DELETE" { committed none DELETE; }
@test "memcached: commits, DELETE" { committed memcached DELETE; }
@test "redis: commits, DELETE" { committed redis DELETE; }

# uses URL: a squall with this store keeps pages there.
uses()
{
	STORE_URL=$1 serve "$KIND"
	is_kept /demo/notes
	stop squall
}

# on_address KIND: by path, number and name, and IPv6 where there is any.
on_address()
{
	local port

	start_store "$1" unix
	uses "$STORE_URL"
	forget "$1"
	start_store "$1" tcp
	uses "$STORE_URL"
	flush_store
	port=${STORE_URL##*:}
	uses "$1://localhost:$port"
	if grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; then
		forget "$1"
		start_at_ipv6 "$1" "$port"
		uses "$1://[::1]:$port"
	fi
}

start_at_ipv6()
{
	local user=()

	((EUID != 0)) || user=(-u root)
	case $1 in
	memcached)
		start memcached memcached -l ::1 -p "$2" -U 0 "${user[@]}"
		;;
	redis)
		start redis redis-server --bind ::1 --port "$2" --save '' \
		    --dir "$T"
		;;
	esac
	wait_for answers_at_ipv6 "$2"
}

answers_at_ipv6()
{
	(exec 3<>"/dev/tcp/::1/$1")
}

flush_store()
{
	case $KIND in
	memcached) is "$(memcached_ask flush_all)" OK ;;
	redis) is "$(redis_ask FLUSHALL)" OK ;;
	esac
}

@test "memcached: a path, a number, a name, IPv6" { on_address memcached; }
@test "redis: a path, a number, a name, IPv6" { on_address redis; }

# start_several N: so many memcacheds; STORE_URL has them all.
start_several()
{
	local i

	STORE_URL=
	for ((i = 1; i <= $1; i++)); do
		PORTS[i]=$(free_port)
		start_one "$i"
		STORE_URL+=,127.0.0.1:${PORTS[i]}
	done
	STORE_URL=memcached://${STORE_URL#,}
}

start_one()
{
	local user=()

	((EUID != 0)) || user=(-u root)
	start "memcached$1" memcached -l 127.0.0.1 -p "${PORTS[$1]}" -U 0 \
	    "${user[@]}"
	wait_for site_port_taken "${PORTS[$1]}"
}

# pages_of N: how many of the rows' pages that one has.
pages_of()
{
	(
		exec 3<>"/dev/tcp/127.0.0.1/${PORTS[$1]}"
		printf 'get %s\r\nquit\r\n' "$(sed 's/.* /squall::row:/' \
		    "$T/paths" | paste -sd ' ')" >&3
		LC_ALL=C grep -ac '^VALUE ' <&3 || :
	)
}

@test "memcached: three servers, of which one is gone and comes back" {
	local i n=()
	local -a PORTS

	KIND=memcached
	make_notes
	printf '%s\n' /demo/notes/{1..7} /demo/notes/{1..7}.json |
	    nl -w 1 -s ' ' >"$T/paths"
	PAGES=$(wc -l <"$T/paths")
	start_several 3
	serve_notes
	wait_for all_hits
	for i in 1 2 3; do
		n[i]=$(pages_of "$i")
	done
	is $((n[1] + n[2] + n[3])) "$PAGES"
	forget memcached2
	ask_round
	# those of the others are hits as before, each time
	for i in 1 2 3; do
		ask_round
		is "$HITS" $((PAGES - n[2]))
	done
	say_times 'memcached, one of three gone'
	commit
	ask_round
	ask_round
	is "$HITS" $((PAGES - n[2]))
	start_one 2
	wait_for all_hits
	no_problems
}
