#!/usr/bin/env bats
# _stream=on: all rows of a table as CSV, in parts that are made one after the
# other, so that neither a large table nor a slow reader costs memory.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

# serve [OPTION]...: a table of 100,000 rows, 7.5 MB as CSV.
serve()
{
	make_db "$T/demo.db" "PRAGMA journal_mode=WAL;
	    CREATE TABLE big (id INTEGER PRIMARY KEY, n INTEGER, s TEXT);
	    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
	    LIMIT 100000) INSERT INTO big SELECT i, i % 7,
	    printf('%060d', i) FROM c; CREATE INDEX big_n ON big (n);
	    CREATE VIEW few AS SELECT n, id FROM big WHERE id <= 2500;
	    CREATE TABLE fat (id INTEGER PRIMARY KEY, s TEXT);
	    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
	    LIMIT 20) INSERT INTO fat SELECT i, printf('%0500000d', i) FROM c;
	    CREATE TABLE none (a, b);" >"$T/made"
	start_squall --workers=1 --threads=2 "$@" "$T/demo.db"
}

# what SQLite itself writes
csv_of()
{
	sqlite3 -csv -header "$T/demo.db" "$1"
}

rss_kb()
{
	awk '/^VmRSS/ { print $2 }' "/proc/$(workers)/status"
}

# stream QUERY SQL: is the answer what SQLite writes for the SQL?
stream()
{
	get "/demo/$1"
	is "$STATUS" 200 || return
	csv_of "$2" | sed 's/\r*$/\r/' >"$T/wanted"
	cmp "$T/body" "$T/wanted"
}

@test "all rows, whatever the order, the filters and the table" {
	serve --time-limit=60000
	start_nginx
	stream 'big.csv?_stream=on' 'SELECT * FROM big'
	is "$(header Content-Length || echo none)" none
	is "$(header ETag || echo none)" none
	is "$(header Link || echo none)" none
	is "$(cache_status)" 'squall; fwd=bypass'
	stream 'big.csv?_stream=1&_size=5&_sort_desc=n&s__contains=9' \
	    "SELECT * FROM big WHERE s LIKE '%9%' ORDER BY n DESC, id"
	stream 'big.csv?_stream=on&_col=n&id__gt=99990' \
	    'SELECT id, n FROM big WHERE id > 99990'
	is "$(header Content-Length)" "$(wc -c <"$T/wanted")"
	stream 'few.csv?_stream=on&_sort=n' 'SELECT * FROM few ORDER BY n'
	stream 'fat.csv?_stream=on' 'SELECT * FROM fat'
	get '/demo/none.csv?_stream=on'
	is "${BODY//$'\r'/}" rowid,a,b
	get '/demo/big.csv?_stream=on&_header=off&id__lte=2'
	is "$(cut -c 1-4 "$T/body")" $'1,1,\n2,2,'
	get -I '/demo/big.csv?_stream=on'
	is "$STATUS" 200
	# one line for each in the access log, with all its bytes
	wait_for has_access_lines ' /demo/fat.csv' 1
	like "$(access_lines ' /demo/fat.csv')" ' 200 10000[0-9]+ bypass '
}

@test "a part of the data only is in memory, and others are served meanwhile" {
	local before slow

	serve --memory=0
	# each renderer's connection has a cache of its own, which fills once
	for _ in {1..4}; do
		fcgi GET '/demo/big.csv?_stream=on' >/dev/null
	done
	before=$(rss_kb)
	# a reader that takes nothing
	mkfifo "$T/pipe"
	fcgi GET '/demo/big.csv?_stream=on' >"$T/pipe" &
	slow=$!
	exec {READ}<"$T/pipe"
	head -c 1000 <&"$READ" >/dev/null
	for _ in {1..20}; do
		page GET '/demo/big.json?_size=1'
		is "$STATUS" 200
	done
	(($(rss_kb) < before + 3000)) || fail "$before $(rss_kb)"
	# then it takes all: nothing was lost, and nothing has grown
	cat <&"$READ" >"$T/rest"
	exec {READ}<&-
	wait "$slow"
	is "$(tail -n 1 "$T/rest")" \
	    $'100000,5,000000000000000000000000000000000000000000000000000000100000\r'
	(($(rss_kb) < before + 3000)) || fail "$before $(rss_kb)"
}

@test "what goes wrong on the way is no end" {
	local slow

	serve
	mkfifo "$T/pipe"
	fcgi GET '/demo/big.csv?_stream=on' >"$T/pipe" &
	slow=$!
	exec {READ}<"$T/pipe"
	head -c 1000 <&"$READ" >/dev/null
	sqlite3 "$T/demo.db" 'ALTER TABLE big RENAME TO gone'
	cat <&"$READ" >"$T/rest"
	exec {READ}<&-
	wait "$slow" || :
	(($(wc -c <"$T/rest") < 7000000))
	wait_for has_access_lines ' /demo/big.csv?_stream=on 404 ' 1
	page GET /demo/gone
	is "$STATUS" 200
}

@test "a reader that hangs up ends it" {
	serve
	mkfifo "$T/pipe"
	fcgi GET '/demo/big.csv?_stream=on' >"$T/pipe" &
	exec {READ}<"$T/pipe"
	head -c 1000 <&"$READ" >/dev/null
	kill %% 2>/dev/null || :
	exec {READ}<&-
	stop squall
	is "$(access_lines ' /demo/big.csv' | wc -l)" 0
}

@test "several at once, and a server that is told to stop, come to the end" {
	local i slow
	local -a clients=()

	serve
	start_nginx
	csv_of 'SELECT * FROM big' | sed 's/\r*$/\r/' >"$T/wanted"
	for i in 1 2 3; do
		curl -q -s --noproxy '*' "$URL/demo/big.csv?_stream=on" \
		    -o "$T/body.$i" &
		clients+=($!)
	done
	wait "${clients[@]}"
	for i in 1 2 3; do
		cmp "$T/body.$i" "$T/wanted"
	done
	mkfifo "$T/pipe"
	fcgi GET '/demo/big.csv?_stream=on' >"$T/pipe" &
	slow=$!
	exec {READ}<"$T/pipe"
	head -c 1000 <&"$READ" >"$T/rest"
	kill -TERM "$(<"$T/squall.pid")"
	wait_for grep -q finishing "$T/squall.log"
	cat <&"$READ" >>"$T/rest"
	exec {READ}<&-
	wait "$slow"
	sed '1,/^\r*$/d' "$T/rest" | cmp - "$T/wanted"
}

@test "the same by CGI" {
	make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY);
	    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
	    LIMIT 3500) INSERT INTO t SELECT i FROM c"
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET SCRIPT_NAME= \
	    PATH_INFO=/demo/t.csv QUERY_STRING=_stream=on \
	    "$SQUALL" --access-log=off "$T/demo.db" >"$T/reply"
	sed '1,/^\r*$/d' "$T/reply" | tr -d '\r' >"$T/body"
	{ echo id; seq 3500; } | cmp - "$T/body"
}
