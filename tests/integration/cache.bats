#!/usr/bin/env bats
# What is kept, for how long, and under which key: seen in Cache-Status, in
# Memcached's own numbers and in the SQL that squall runs, or doesn't.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

serve()
{
	[[ -e $T/demo.db ]] || make_db "$T/demo.db"
	start_squall "$@" "$T/demo.db"
}

is_hit()
{
	page GET "$1"
	[[ $(cache_status) == *'; hit; '* ]]
}

is_miss()
{
	page GET "$1"
	[[ $(cache_status) == *fwd=@(uri-miss|stale)* ]]
}

# statements: how many queries SQLite's trace in the log shows.
statements()
{
	grep -c ' debug db.*: SELECT' "$T/squall.log"
}

# sql URI: the numbers of SQL statements of the requests for it, in turn.
sql()
{
	access_lines " $1 " | sed -n 's/.* sql=\([0-9]*\)$/\1/p' | paste -sd ' '
}

@test "a miss, then a hit from memory that runs no SQL and asks no memcached" {
	local before after first

	start_memcached
	serve --workers=1 --cache="$MEMCACHED_URL" --log=debug
	before=$(statements)
	page GET /demo/notes
	is "$STATUS $(cache_status)" '200 squall; fwd=uri-miss; stored'
	first=$BODY
	# set: the lease, the page, and that the lease is done with
	is "$(memcached_stat cmd_get) $(memcached_stat cmd_set)" '1 3'
	wait_for has_access_lines ' /demo/notes ' 1
	after=$(statements)
	((after > before))

	page GET /demo/notes
	is "$STATUS" 200
	like "$(cache_status)" '^squall; hit; ttl=(599|[1-5]..); detail=memory$'
	is "$BODY" "$first"
	is "$(memcached_stat cmd_get) $(memcached_stat cmd_set)" '1 3'
	wait_for has_access_lines ' /demo/notes ' 2
	is "$(statements)" "$after"
	like "$(sql /demo/notes)" '^[1-9][0-9]* 0$'
	has "$(access_lines ' /demo/notes ' | tail -n 1)" ' hit-memory '
}

@test "without a memory tier the hit is memcached's, and runs no SQL" {
	start_memcached
	serve --workers=1 --memory=0 --cache="$MEMCACHED_URL" --log=debug
	page GET /demo/notes.json
	has "$(cache_status)" 'fwd=uri-miss; stored'
	first=$BODY
	after=$(statements)
	page GET /demo/notes.json
	like "$(cache_status)" '^squall; hit; ttl=[0-9]+; detail=memcached$'
	is "$(header Content-Type)" 'application/json; charset=utf-8'
	is "$BODY" "$first"
	is "$(memcached_stat cmd_get)" 2
	is "$(memcached_stat get_hits)" 1
	is "$(memcached_stat cmd_set)" 3
	is "$(statements)" "$after"
	wait_for has_access_lines ' /demo/notes.json ' 2
	like "$(sql /demo/notes.json)" '^[1-9][0-9]* 0$'
	has "$(access_lines ' /demo/notes.json ' | tail -n 1)" ' hit-memcached '
}

@test "with no cache at all every request is a miss" {
	serve --memory=0
	for _ in 1 2 3; do
		page GET /demo
		is "$STATUS $(cache_status)" '200 squall; fwd=uri-miss'
	done
}

@test "workers share what memcached holds" {
	local first second

	start_memcached
	serve --workers=2 --memory=0 --cache="$MEMCACHED_URL"
	read -r first second <<<"$(workers | paste -sd ' ')"
	# each in turn answers alone
	halt squall "$second"
	is_miss /demo/notes
	resume squall "$second"
	halt squall "$first"
	is_hit /demo/notes
	resume squall "$first"
	has "$(cache_status)" detail=memcached
	wait_for has_access_lines ' /demo/notes ' 2
	# a request's id begins with the process's
	is "$(access_lines ' /demo/notes ' | cut -d ' ' -f 3 |
	    sed 's/.\{8\}$//' | sort -u | wc -l)" 2
}

@test "separate squalls share what memcached holds" {
	start_memcached tcp
	serve --cache="$MEMCACHED_URL"
	is_miss /demo/notes
	NAME=squall2 serve --cache="$MEMCACHED_URL"
	is_hit /demo/notes
	has "$(cache_status)" detail=memcached
	is_hit /demo/notes
	has "$BODY" third
}

@test "squalls with different databases of one name share a memcached in peace" {
	start_memcached
	serve --cache="$MEMCACHED_URL" --memory=0
	is_miss /demo/notes/1.json
	mkdir "$T/2"
	make_db "$T/2/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY,
	    title TEXT, body TEXT); INSERT INTO notes VALUES (1, 'x', 'other')"
	NAME=squall2 start_squall --cache="$MEMCACHED_URL" --memory=0 \
	    "$T/2/demo.db"
	is_miss /demo/notes/1.json
	has "$BODY" other
	SQUALL_ADDRESS=unix:$T/squall.sock
	page GET /demo/notes/1.json
	has "$BODY" one
}

@test "a restarted squall finds memcached warm" {
	start_memcached
	serve --cache="$MEMCACHED_URL"
	is_miss /demo/notes
	stop squall
	serve --cache="$MEMCACHED_URL"
	is_hit /demo/notes
}

# hits_with STATUS: the page comes from the cache again, as it says; on a busy
# machine it may take several requests until two are as near to each other.
hits_with()
{
	is_hit /demo/notes && [[ $(cache_status) == *"$1"* ]]
}

@test "pages expire from memory" {
	serve --workers=1 --ttl=4
	is_miss /demo/notes
	wait_for hits_with ttl=0
	wait_for is_miss /demo/notes
	is "$(cache_status)" 'squall; fwd=stale; stored; detail=expired'
	wait_for hits_with detail=memory
}

@test "pages expire from memcached" {
	start_memcached
	serve --memory=0 --ttl=4 --cache="$MEMCACHED_URL"
	is_miss /demo/notes
	wait_for is_miss /demo/notes
	(($(memcached_stat cmd_set) >= 2))
	# squall goes by its own clock, memcached's is a second wide
	wait_for is_hit /demo/notes
}

@test "parameters in another order, unknown ones and defaults share an entry" {
	local query

	serve --workers=1
	is_miss '/demo/notes?_size=2&_sort=title'
	for query in '_sort=title&_size=2' '_utm=x&_size=2&_sort=title' \
	    '_size=2&&_junk&_sort=title&_a=b=c&=&' '%5Fsize=2&_sort=t%69tle' \
	    '_size=2&_size=3&_sort=title' '_size=02&_sort=title'; do
		is_hit "/demo/notes?$query" || fail "$query"
	done
	is_miss '/demo/notes?_sort=title'
	for query in '_sort=title&_nocount=off' '_nocount=off&_fbclid=1&_sort=title'; do
		is_hit "/demo/notes?$query" || fail "$query"
	done
	is_miss /demo/notes/1
	for query in '?' '?x' '?_size=5' '?_next=whatever'; do
		is_hit "/demo/notes/1$query" || fail "$query"
	done
	# other ways to write a path
	is_hit /demo/notes/~31
	# what differs, differs
	is_miss '/demo/notes?_sort_desc=title'
	is_miss '/demo/notes.json?_sort=title'
	is_miss '/demo/notes?_size=3&_sort=title'
	is_miss /demo/notes/1.json
}

@test "keys of any length and with any character are kept apart" {
	local long

	make_db "$T/demo.db" "CREATE TABLE t (k TEXT PRIMARY KEY) WITHOUT ROWID;
	    WITH n(i) AS (VALUES (1), (2)) INSERT INTO t
	    SELECT printf('%.300c', 'k') || i FROM n;
	    INSERT INTO t VALUES ('a b'), ('a' || char(10) || 'b'), ('a')"
	start_memcached
	serve --memory=0 --cache="$MEMCACHED_URL"
	printf -v long '%0300d' 0
	long=${long//0/k}
	for key in "${long}1" "${long}2" a+b a~0Ab a; do
		is_miss "/demo/t/$key.json"
	done
	for key in "${long}1" "${long}2" a+b a~0Ab a; do
		wait_for is_hit "/demo/t/$key.json"
		is "$STATUS" 200
	done
	page GET "/demo/t/${long}2.json"
	is "$(jq -r '.rows[0].k' <<<"$BODY")" "${long}2"
	page GET /demo/t/a~0Ab.json
	is "$(jq -r '.rows[0].k' <<<"$BODY")" $'a\nb'
}

@test "a 404 is kept, for a short time only" {
	local uri

	start_memcached
	serve --workers=1 --cache="$MEMCACHED_URL"
	for uri in /nodb /demo/notable /demo/notes/99 /demo/notes/99.json; do
		is_miss "$uri"
		is "$STATUS" 404
		is_hit "$uri"
		is "$STATUS" 404
		like "$(cache_status)" 'ttl=[0-9];'
	done
	stop squall
	serve --workers=1 --cache="$MEMCACHED_URL"
	page GET /demo/notes/99
	is "$STATUS" 404
	like "$(cache_status)" 'hit; ttl=[0-9]; detail=memcached'
}

# never_kept STATUS URI: asked twice, it has that status and is no hit.
never_kept()
{
	for _ in 1 2; do
		page GET "$2"
		is "$STATUS" "$1" || return
		hasnt "$(cache_status)" hit || return
		hasnt "$(cache_status)" stored || return
	done
}

@test "a 301, 400, 405, 500 or 503 is never kept" {
	make_db "$T/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY);
	    CREATE TABLE t (j); INSERT INTO t VALUES ('{');
	    CREATE VIEW fails AS SELECT json(j) AS j FROM t; $ENDLESS"
	start_memcached
	serve --time-limit=1000 --cache="$MEMCACHED_URL"
	never_kept 301 /demo/
	never_kept 400 '/demo/notes?_size=x'
	never_kept 400 '/demo/notes?_sort=nothing'
	never_kept 400 '/demo/notes.json?_next=junk'
	never_kept 404 /demo/notes/1/too/long
	never_kept 500 /demo/fails.json
	never_kept 503 /demo/endless.json
	for _ in 1 2; do
		page DELETE /demo
		is "$STATUS" 405
		hasnt "$(cache_status)" hit
	done
	# not even a lease
	is "$(memcached_stat curr_items)" 0
}

@test "a front page that shows a failing database is not kept" {
	make_db "$T/demo.db"
	make_db "$T/gone.db"
	start_memcached
	start_squall --cache="$MEMCACHED_URL" "$T/demo.db" "$T/gone.db"
	mv "$T/gone.db" "$T/back.db"
	never_kept 200 /
	has "$BODY" 'no such file'
	is "$(memcached_stat curr_items)" 0
	mv "$T/back.db" "$T/gone.db"
	page GET /
	hasnt "$BODY" 'no such file'
	is "$(cache_status)" 'squall; fwd=uri-miss; stored'
}

@test "50 requests at once for a cold page: one renders it" {
	local i

	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	lock_db "$T/demo.db"
	for i in {1..50}; do
		printf 'url = "%s/demo/notes?_i=%d"\noutput = "%s/%d.html"\n' \
		    "$URL" "$i" "$T" "$i"
	done >"$T/curl"
	curl -q -sS -Z --parallel-immediate --parallel-max 50 --max-time "$MAX_S" -K "$T/curl" \
	    -w '%{http_code}\n' >"$T/codes" 3>&- &
	wait_for has_connections 50
	unlock_db
	wait "$!"
	is "$(sort "$T/codes" | uniq -c | tr -s ' ')" ' 50 200'
	is "$(sha256sum <"$T/1.html")" "$(sha256sum <"$T/50.html")"
	wait_for has_access_lines ' /demo/notes?_i=' 50
	is "$(access_lines ' /demo/notes?_i=' | grep -c ' miss ')" 1
	(($(access_lines ' /demo/notes?_i=' | grep -c ' collapsed ') > 30))
	is "$(access_lines ' /demo/notes?_i=' | grep -Evc \
	    ' (miss|collapsed|hit-memory) ')" 0
}

# head_and_get URI: a HEAD has the headers of a GET, and no body; a miss first,
# then a hit.
head_and_get()
{
	local head

	get -I "$1"
	is "$BODY" ''
	head="$STATUS $(grep -iv '^\(date\|cache-status\|server-timing\):' <<<"$HEADERS")"
	get "$1"
	is "$STATUS $(grep -iv '^\(date\|cache-status\|server-timing\):' <<<"$HEADERS")" "$head"
	is "$(header Content-Length)" "$(wc -c <"$T/body")"
	get -I "$1"
	is "$STATUS $(grep -iv '^\(date\|cache-status\|server-timing\):' <<<"$HEADERS")" "$head"
	is "$BODY" ''
}

@test "HEAD has the headers of GET and no body" {
	local server

	serve --workers=1
	for server in nginx lighttpd; do
		"start_$server"
		head_and_get "/demo/notes"
		like "$(cache_status)" 'hit; '
		head_and_get "/demo/notes.json"
		head_and_get "/nodb"
		head_and_get "/demo/notes/"
	done
	# squall itself sends none either
	page HEAD /demo/notes
	is "$STATUS $BODY" '200 '
	page HEAD '/demo/notes?_size=2'
	is "$STATUS $BODY" '200 '
	(($(header Content-Length) > 0))
}

# ttl_of PATH: the seconds that a page of it has, of those it is given.
ttl_of()
{
	page GET "$1"
	page GET "$1"
	[[ $(cache_status) =~ ';'\ ttl=([0-9]+)';' ]]
	echo "${BASH_REMATCH[1]}"
}

@test "a database has an expiry of its own, but not for what changes with time" {
	make_db "$T/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY);
	    INSERT INTO notes VALUES (1);
	    CREATE VIEW fixed AS SELECT id FROM notes;
	    CREATE VIEW now AS SELECT id, datetime('now') AS t FROM notes;
	    CREATE VIEW chance AS SELECT id FROM notes ORDER BY random();"
	make_db "$T/other.db"
	printf '%s\n' '[database demo]' "file = $T/demo.db" 'ttl = 86400' \
	    '[database other]' "file = $T/other.db" >"$T/squall.ini"
	start_squall --workers=1 --config="$T/squall.ini" --ttl=100
	for path in /demo/notes /demo/notes/1.json /demo/fixed; do
		(($(ttl_of "$path") > 70000)) || fail "$path"
	done
	for path in /demo/now /demo/now.json /demo/chance.json /other/notes; do
		(($(ttl_of "$path") <= 100)) || fail "$path"
	done
}

@test "pages that are made together don't expire together" {
	local i

	serve --workers=1
	for i in 1 2 3; do
		ttl_of "/demo/notes/$i"
		ttl_of "/demo/notes/$i.json"
	done >"$T/ttls"
	(($(sort -u "$T/ttls" | wc -l) > 2))
	while read -r i; do
		((i >= 535 && i <= 600))
	done <"$T/ttls"
}
