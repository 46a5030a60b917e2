#!/usr/bin/env bats
# What is refused, and how: the status, in HTML and in JSON, with what was wrong
# and what was expected; where it is the client's turn, how to do better.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

# refused STATUS PATH QUERY [TEXT]: with this status and a sentence that has the
# TEXT, as an HTML page and, with .json, as an object.
refused()
{
	page "${METHOD-GET}" "$2$3"
	is "$STATUS" "$1" || return
	has "$HEADERS" $'\nContent-Type: text/html; charset=utf-8\n' || return
	has "$BODY" "</html>" || return
	has "$BODY" "${4-}" || return
	page "${METHOD-GET}" "$2.json$3"
	is "$STATUS" "$1" || return
	has "$HEADERS" $'\nContent-Type: application/json; charset=utf-8\n' ||
	    return
	like "$(jq -r '"\(.ok) \(.status) \(.error)"' <<<"$BODY")" \
	    "^false $1 .*${4-}"
}

# serve [OPTION]...
serve()
{
	[[ -e $T/demo.db ]] || make_db "$T/demo.db"
	start_squall --workers=1 "$@" "$T/demo.db"
}

@test "404: no route, no database, no table, no row" {
	local key

	serve
	refused 404 /demo/notes/1/2 ''
	refused 404 /-/nothing ''
	refused 404 /-/static/nothing/at/all ''
	refused 404 /nodb '' nodb
	refused 404 /nodb/notes '' nodb
	refused 404 /nodb/notes/1 '' nodb
	refused 404 /demo/nothing '' nothing
	refused 404 /demo/nothing/1 '' nothing
	refused 404 /demo/sqlite_schema '' sqlite_schema
	refused 404 /demo/NOTES '' NOTES
	for key in 99 -1 x 1.5 1,2 "," '~' 99999999999999999999; do
		refused 404 "/demo/notes/$key" '' || fail "$key"
	done
	page GET /-/static/style.css
	is "$STATUS" 404
	page GET /favicon.ico
	is "$STATUS" 404
	page GET /demo.html
	is "$STATUS" 404
}

@test "404 for a path longer than any page's, in the format that was asked for" {
	serve
	refused 404 /a/b/c/d/e/f/g/h/i/j/k ''
}

@test "404: files that are no databases' can't be reached" {
	serve
	for path in /../demo.db /demo.db /%2e%2e/demo.db /..%2fdemo.db \
	    /~2E~2E/demo /./demo '/~2F' "/$T/demo.db" /demo~00; do
		page GET "$path"
		is "$STATUS" 404 || fail "$path"
		hasnt "$BODY" 'third'
	done
}

@test "405, with what is allowed" {
	local METHOD

	serve
	for METHOD in POST PUT DELETE OPTIONS PATCH get 'GET,POST' ''; do
		refused 405 /demo ''
		is "$(header Allow)" 'GET, HEAD'
		refused 405 /nothing/here ''
		is "$(header Allow)" 'GET, HEAD'
	done
	METHOD='<script>alert(1)</script>'
	page "$METHOD" /demo
	is "$STATUS" 405
	hasnt "$BODY" '<script'
}

@test "400 names the parameter and what is expected" {
	local size

	serve
	for size in x -1 1001 1.5 '' 1e2 99999999999999999999 '1%002' +5 ٣; do
		refused 400 /demo/notes "?_size=$size" \
		    '_size: expected a whole number from 0 to 1000' ||
		    fail "_size=$size"
	done
	refused 400 /demo/notes '?_size=abc' abc
	refused 400 /demo/notes '?_size' _size
	refused 400 /demo/notes '?_sort=nothing' '_sort: expected a column'
	refused 400 /demo/notes '?_sort=nothing' nothing
	refused 400 /demo/notes '?_sort_desc=nothing' \
	    '_sort_desc: expected a column'
	refused 400 /demo/notes '?_sort=id&_sort_desc=id' \
	    '_sort and _sort_desc: expected one'
	refused 400 /demo/notes '?_sort=%ff' '_sort: expected UTF-8'
	for next in x i i1,i2 i1x "t1," ",,," r o5 i99999999999999999999; do
		refused 400 /demo/notes "?_next=$next" '_next: expected' ||
		    fail "_next=$next"
	done
	# the sort's value is missing
	refused 400 /demo/notes '?_sort=title&_next=i1' '_next: expected'
	page GET '/demo/notes?_size=%3Cscript%3Ealert(1)%3C/script%3E'
	is "$STATUS" 400
	hasnt "$BODY" '<script'
}

@test "414 for more than is read" {
	local long

	serve
	printf -v long '%017000d' 0
	page GET "/demo?x=$long"
	is "$STATUS" 414
	has "$BODY" '</html>'
	page GET "/$long"
	is "$STATUS" 414
	# what is just as long as is read
	page GET "/demo?x=${long:0:16000}"
	is "$STATUS" 200
}

# moved URI LOCATION [NAME=VALUE]...
moved()
{
	page GET "$1" "${@:3}"
	is "$STATUS $(header Location)" "301 $2"
	has "$BODY" "$(sed 's/&/\&amp;/g; s/</\&lt;/; s/>/\&gt;/' <<<"$2")"
}

@test "301 from a slash too many, with the query" {
	serve
	moved /demo/ /demo
	moved /demo/notes/ /demo/notes
	moved '/demo/notes/?_size=2&_sort=title' \
	    '/demo/notes?_size=2&_sort=title'
	moved '/demo/notes/1/?a=%20&b=<>' '/demo/notes/1?a=%20&b=<>'
	moved /data/demo/ /data/demo SCRIPT_NAME=/data PATH_INFO=/demo/
	page HEAD /demo/
	is "$STATUS $(header Location) $BODY" '301 /demo '
}

@test "no redirect leads to another host, or into another header" {
	local uri

	serve
	for uri in //evil.example/ ///evil.example/ //evil.example/demo/ \
	    '/\evil.example/' '/\/evil.example/' '//evil.example//' \
	    '//evil.example/?x' /%2fevil.example/ '/ /evil.example/' \
	    $'/\tevil.example/' $'/x\r\nSet-Cookie: a=b/' \
	    $'/demo/?x\r\nSet-Cookie: a=b' 'http://evil.example/' \
	    '@evil.example/' '/.//evil.example/' '/..//evil.example/'; do
		page GET "$uri"
		hasnt "$HEADERS" $'\nSet-Cookie'
		if [[ $STATUS == 301 ]]; then
			like "$(header Location)" '^/[^/\]' || fail "$uri"
			hasnt "$(header Location)" '/../'
		else
			is "$STATUS" 404 || fail "$uri"
			hasnt "$HEADERS" Location
		fi
	done
	# as the prefix as well
	page GET //evil.example/demo/ SCRIPT_NAME=//evil.example \
	    PATH_INFO=/demo/
	hasnt "$HEADERS" 'Location: //'
}

@test "no redirect leads to another host behind nginx and lighttpd" {
	local server uri

	serve
	for server in nginx lighttpd; do
		"start_$server"
		for uri in //evil.example/ ///evil.example/demo/ \
		    '/%5Cevil.example/' /%2Fevil.example/ /%0D%0ASet-Cookie:x/ \
		    '/demo/?x%0D%0ASet-Cookie:x'; do
			get --path-as-is "$uri"
			like "$STATUS" '^(301|404|400)$'
			hasnt "$HEADERS" 'Location: //'
			hasnt "$HEADERS" 'evil.example/'$'\n'
			like "$(header Location || :)" '^(/[^/\].*|http://127.*|)$'
			hasnt "$(grep -i '^set-cookie' <<<"$HEADERS")" x
		done
	done
}

@test "500 and 503 carry no secrets, and say when to come again" {
	make_db "$T/demo.db" "CREATE TABLE t (j); INSERT INTO t VALUES ('{');
	    CREATE VIEW fails AS SELECT json(j) AS j FROM t; $ENDLESS"
	serve --time-limit=1000
	refused 500 /demo/fails ''
	hasnt "$BODY" "$T"
	# the page names its request, and so does the log
	like "$(jq -r .request <<<"$BODY")" '^[0-9a-f]+$'
	wait_for has_access_lines "$(jq -r .request <<<"$BODY")" 1
	refused 503 /demo/endless '' 'time limit'
	hasnt "$BODY" "$T"
	like "$(header Retry-After)" '^[1-9][0-9]*$'
	mv "$T/demo.db" "$T/gone.db"
	refused 503 /demo '' 'no such file'
	hasnt "$BODY" "$T"
	like "$(header Retry-After)" '^[1-9][0-9]*$'
}

@test "values and pages that are too large are refused, and harm no other" {
	make_db "$T/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY);
	    CREATE VIEW value AS SELECT hex(zeroblob(20000000)) AS x;
	    CREATE VIEW page AS WITH n(i) AS (VALUES (1), (2), (3))
	    SELECT hex(zeroblob(15000000)) AS x FROM n"
	start_squall --workers=1 "$T/demo.db"
	refused 500 /demo/value '' 'too large'
	page GET /demo/page.json
	is "$STATUS" 503
	has "$BODY" 'too large'
	page GET /demo/notes
	is "$STATUS" 200
	page GET /demo.json
	is "$STATUS" 200
}

@test "a page over the time limit ends soon after it, and delays no other" {
	make_db "$T/demo.db" "CREATE TABLE notes (id); $ENDLESS"
	start_squall --workers=1 --threads=2 --time-limit=1000 "$T/demo.db"
	start_nginx
	curl -q -s -o "$T/slow" -w '%{http_code} %{time_total}' \
	    "$URL/demo/endless" >"$T/time" 3>&- &
	get /demo/notes
	is "$STATUS" 200
	wait "$!"
	# within a second and a half, on a busy machine many more
	like "$(<"$T/time")" '^503 [12]?[0-9]\.'
}

@test "endless views spoil neither their database's page nor the front page" {
	local i sql=$ENDLESS

	for i in {1..40}; do
		sql+=${ENDLESS/endless/endless$i}
	done
	make_db "$T/demo.db" "$sql CREATE TABLE notes (id)"
	start_squall --workers=1 "$T/demo.db"
	page GET /demo.json
	is "$STATUS" 200
	is "$(jq '.views | length' <<<"$BODY")" 41
	page GET /demo
	is "$STATUS" 200
	page GET /
	is "$STATUS" 200
}

@test "views and tables that can't be read spoil no other page" {
	make_db "$T/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY);
	    INSERT INTO notes VALUES (1);
	    CREATE TABLE t (j); INSERT INTO t VALUES ('{');
	    CREATE VIEW fails AS SELECT json(j) AS j FROM t WHERE json(j) > 0;
	    CREATE VIEW orphan AS SELECT * FROM missing;
	    CREATE VIRTUAL TABLE search USING fts5 (x);
	    CREATE VIEW found AS SELECT x FROM search WHERE search MATCH 'a';
	    CREATE VIEW alien AS SELECT alien(1) AS x;
	    CREATE VIEW circle AS SELECT * FROM circle2;
	    CREATE VIEW circle2 AS SELECT * FROM circle;
	    PRAGMA writable_schema = on; INSERT INTO sqlite_schema VALUES
	    ('table', 'unknown', 'unknown', 0,
	    'CREATE VIRTUAL TABLE unknown USING some_module(x)')"
	serve
	for uri in /demo /demo.json / /.json /demo/notes /demo/notes/1 /demo/t; do
		page GET "$uri"
		is "$STATUS" 200 || fail "$uri: $BODY"
	done
	for uri in /demo/orphan /demo/alien /demo/circle /demo/found /demo/unknown; do
		page GET "$uri"
		like "$STATUS" '^(200|404|500|503)$'
	done
}

# Each view reads the one before it twice, and to list them SQLite looks at each
# as a whole.
@test "a table that takes long to describe is neither missing nor broken" {
	local i sql='CREATE TABLE notes (id INTEGER PRIMARY KEY);
	    INSERT INTO notes VALUES (1); CREATE VIEW v0 AS SELECT id FROM notes;'

	for i in {1..12}; do
		sql+="CREATE VIEW v$i AS SELECT id FROM v$((i - 1))
		    UNION ALL SELECT id FROM v$((i - 1));"
	done
	make_db "$T/demo.db" "$sql"
	start_squall --workers=1 --threads=1 "$T/demo.db"
	for uri in /demo/notes/1.json /demo/notes /demo/notes/1; do
		page GET "$uri"
		is "$STATUS" 200 || fail "$uri: $BODY"
	done
}
