#!/usr/bin/env bats
# Stored queries: files of the operator that become pages.
# shellcheck disable=SC1112,SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

# query NAME LINE...: a file of the database demo.
query()
{
	mkdir -p "$T/pages/demo"
	printf '%s\n' "${@:2}" >"$T/pages/demo/$1.sql.new"
	mv "$T/pages/demo/$1.sql.new" "$T/pages/demo/$1.sql"
}

serve()
{
	[[ -e $T/demo.db ]] || make_db "$T/demo.db"
	start_squall --workers=1 --pages="$T/pages" "$@" "$T/demo.db"
}

# gives PATH BODY
gives()
{
	page GET "$1"
	is "$STATUS" 200
	is "$BODY" "$2"
}

titled()
{
	query titled '-- title: Notes <after>' '-- description: One' \
	    '-- description: Two' '-- an ordinary comment: yes' \
	    '-- param after: 1' '' '/* more */' \
	    'SELECT id, title FROM notes' \
	    "WHERE id > :after AND title <> :not AND ':x' <> ''"
}

@test "rows in every format, with parameters" {
	titled
	query spots 'SELECT id, id + 0.5 AS latitude, 2 AS long FROM notes LIMIT 1'
	serve
	gives /demo/spots.geojson '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[2.0,1.5]},"properties":{"id":1}}]}'
	gives /demo/titled.json '{"ok":true,"rows":[{"id":2,"title":"second"},
{"id":3,"title":"third"}],"truncated":false}'
	gives '/demo/titled.json?after=2' \
	    '{"ok":true,"rows":[{"id":3,"title":"third"}],"truncated":false}'
	gives '/demo/titled.json?after=0&not=third&_shape=array' \
	    '[{"id":1,"title":"first"},
{"id":2,"title":"second"}]'
	gives '/demo/titled.csv?not=second' $'id,title\r\n3,third\r'
	page GET '/demo/titled?after=2&not=%22'
	is "$STATUS" 200
	has "$BODY" '<h1>Notes &lt;after&gt;</h1>'
	has "$BODY" $'<p>One</p>\n<p>Two</p>'
	has "$BODY" '<label>after <input type="text" name="after" value="2"></label>'
	has "$BODY" 'name="not" value="&quot;"'
	is "$(grep -c '<input type="text"' <<<"$BODY")" 2
	has "$BODY" '<td>third</td>'
	hasnt "$BODY" '<td>second</td>'
	has "$BODY" '<pre>-- title: Notes &lt;after&gt;'
	has "$BODY" 'href="/demo/titled.csv?after=2&amp;not=%22"'
}

@test "the database's page lists them" {
	titled
	query plain '-- hide_sql: on' 'SELECT 1 AS one'
	serve
	page GET /demo.json
	is "$(jq -c '.queries[0]' <<<"$BODY")" \
	    '{"name":"plain","path":"/demo/plain","title":null,"description":null,"params":[]}'
	is "$(jq -c '.queries[1] | del(.sql)' <<<"$BODY")" \
	    '{"name":"titled","path":"/demo/titled","title":"Notes <after>","description":"One\nTwo","params":["after","not"]}'
	like "$(jq -r '.queries[1].sql' <<<"$BODY")" '^-- title: Notes'
	page GET /demo
	has "$BODY" '<a href="/demo/titled">Notes &lt;after&gt;</a>'
	has "$BODY" '<a href="/demo/plain">plain</a>'
	page GET /demo/plain
	hasnt "$BODY" 'SELECT'
	# in other databases there is no such page
	page GET /demo/nothing
	is "$STATUS" 404
}

@test "pages are kept by parameters, fresh, and for as long as the file says" {
	titled
	query forever '-- ttl: 86400' "SELECT count(*) AS n FROM notes"
	query now "SELECT datetime('now') AS t"
	query hourly '-- ttl: 3600' "SELECT datetime('now') AS t"
	serve
	page GET '/demo/titled.json?after=2'
	page GET '/demo/titled.json?x=1&after=2'
	like "$(cache_status)" '^squall; hit; ttl=5'
	# what it is unless it is given makes the same rows
	page GET /demo/forever.json
	page GET /demo/forever.json
	like "$(cache_status)" '^squall; hit; ttl=[78]....;'
	sqlite3 "$T/demo.db" 'DELETE FROM notes WHERE id = 3'
	gives /demo/forever.json \
	    '{"ok":true,"rows":[{"n":2}],"truncated":false}'
	page GET /demo/now.json
	page GET /demo/now.json
	is "$(cache_status)" 'squall; fwd=uri-miss'
	page GET /demo/hourly.json
	page GET /demo/hourly.json
	like "$(cache_status)" '^squall; hit; ttl=3[2-6]..;'
}

@test "a page follows its file, in the store as well" {
	start_memcached
	make_db "$T/demo.db"
	query which 'SELECT 1 AS n'
	serve --cache="$MEMCACHED_URL" --memory=0
	gives /demo/which.json '{"ok":true,"rows":[{"n":1}],"truncated":false}'
	page GET /demo/which.json
	like "$(cache_status)" hit
	query which 'SELECT 2 AS n'
	query more 'SELECT 3 AS n'
	# nothing is read again before somebody says so
	gives /demo/which.json '{"ok":true,"rows":[{"n":1}],"truncated":false}'
	send_signal squall HUP
	two()
	{
		page GET /demo/which.json
		[[ $BODY == *'{"n":2}'* ]]
	}
	wait_for two
	gives /demo/more.json '{"ok":true,"rows":[{"n":3}],"truncated":false}'
	# and back: what is there still is right
	query which 'SELECT 1 AS n'
	send_signal squall HUP
	one()
	{
		page GET /demo/which.json
		[[ $BODY == *'{"n":1}'* ]]
	}
	wait_for one
	# a bad file changes nothing
	query which 'SELEC 1'
	send_signal squall HUP
	wait_for grep -q 'which.sql:1: near "SELEC": syntax error' \
	    "$T/squall.log"
	wait_for grep -qE 'called off|not reloaded' "$T/squall.log"
	gives /demo/which.json '{"ok":true,"rows":[{"n":1}],"truncated":false}'
}

@test "they only read, and have the limits of all" {
	local sql

	make_db "$T/demo.db"
	query endless 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL
	    SELECT x + 1 FROM c) SELECT x FROM c WHERE x < 0'
	query many 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL
	    SELECT x + 1 FROM c LIMIT 1001) SELECT x FROM c'
	query large 'SELECT length(hex(zeroblob(4000000))) AS n'
	serve --time-limit=1000
	page GET /demo/endless.json
	is "$STATUS $(error_text)" \
	    '400 The query took longer than the 1000 milliseconds that it may.'
	page GET /demo/many.json
	is "$(jq -c '[(.rows | length), .truncated]' <<<"$BODY")" '[1000,true]'
	gives /demo/large.json \
	    '{"ok":true,"rows":[{"n":8000000}],"truncated":false}'
	for sql in 'DELETE FROM notes' "ATTACH 'x' AS y" 'PRAGMA query_only=0' \
	    'SELECT 1; SELECT 2' 'VACUUM' 'DELETE FROM notes RETURNING *'; do
		query bad "$sql"
		! "$SQUALL" --check --pages="$T/pages" "$T/demo.db" \
		    >"$T/out" 2>&1 || fail "$sql"
		has "$(<"$T/out")" "$T/pages/demo/bad.sql:1: "
	done
}

@test "what is wrong with a file is said at the start, with its line" {
	local file text sql

	make_db "$T/demo.db"
	while IFS='|' read -r file text sql; do
		rm -rf "$T/pages"
		query "$file" "$(printf '%b' "$sql")"
		! "$SQUALL" --check --pages="$T/pages" "$T/demo.db" \
		    >"$T/out" 2>&1 || fail "$sql"
		has "$(<"$T/out")" "$T/pages/demo/$file.sql$text" || return
	done <<-'END'
		a|:3: no such column: nope|-- title: x\nSELECT\n  nope\nFROM notes
		a|:2: no such table: nope|-- title: x\nSELECT * FROM nope
		a|:2: ttl: expected a whole number from 1 to 2592000, got "soon"|\n-- ttl: soon\nSELECT 1
		a|:2: title: it was given before|-- title: x\n-- title: y\nSELECT 1
		a|:1: hide_sql: expected on or off, got "1"|-- hide_sql: 1\nSELECT 1
		a|:1: param b: the statement has no parameter :b|-- param b: 1\nSELECT :a
		a|: a parameter can't be called :_a|SELECT :_a
		a|:1: its parameters need names, as :name|SELECT ?
		a|:2: there is no statement|-- title: x\n-- y\n
		notes|: the database demo has a table of this name: rename the file|SELECT 1
		NOTES|: the database demo has a table of this name: rename the file|SELECT 1
		two words|: a query's name has letters, digits, _ and - only|SELECT 1
	END
	rm -rf "$T/pages"
	query a 'SELECT 1'
	printf 'SELECT 1 -- \xff' >"$T/pages/demo/b.sql"
	run "$SQUALL" --check --pages="$T/pages" "$T/demo.db"
	is "$status" 2
	has "$output" 'b.sql: expected UTF-8 text'
	rm "$T/pages/demo/b.sql"
	"$SQUALL" --check --pages="$T/pages" "$T/demo.db" >"$T/out" 2>&1
	has "$(<"$T/out")" '1 stored queries'
	# no folder for a database is no queries
	rm -rf "$T/pages"
	mkdir "$T/pages"
	"$SQUALL" --check --pages="$T/pages" "$T/demo.db"
	# one for no database is probably a slip
	mkdir "$T/pages/demo" "$T/pages/deom" "$T/pages/.git"
	touch "$T/pages/README"
	"$SQUALL" --check --pages="$T/pages" "$T/demo.db" >"$T/out" 2>&1
	is "$(grep -c warn "$T/out")" 1
	has "$(<"$T/out")" "$T/pages/deom: there is no database of that name"
	"$SQUALL" --check --pages="$T/no" "$T/demo.db" >"$T/out" 2>&1
	has "$(<"$T/out")" "$T/no: No such file or directory"
}

@test "names of databases in all their encodings" {
	make_db "$T/my db.db"
	mkdir -p "$T/pages/my db"
	echo 'SELECT 1 AS n' >"$T/pages/my db/q.sql"
	start_squall --workers=1 --pages="$T/pages" "$T/my db.db"
	gives /my+db/q.json '{"ok":true,"rows":[{"n":1}],"truncated":false}'
	gives '/my db/q.json' "$BODY"
	gives /my~20db/q.json "$BODY"
}

@test "extras of stored queries" {
	query named '-- title: Notes' '-- param q: 1' \
	    'SELECT id, title FROM notes WHERE id = :q OR title = :t'
	query hidden '-- hide_sql: on' 'SELECT 1 AS one'
	serve
	gives '/demo/named.json?t=second&_extra=columns,query&_extra=metadata,request' \
	    '{"ok":true,"rows":[{"id":1,"title":"first"},
{"id":2,"title":"second"}],"columns":["id","title"],"query":{"sql":"-- title: Notes\n-- param q: 1\nSELECT id, title FROM notes WHERE id = :q OR title = :t\n","params":{"q":"1","t":"second"}},"request":{"path":"/demo/named.json","full_path":"/demo/named.json?t=second&_extra=columns%2Cquery&_extra=metadata%2Crequest","args":{"t":["second"],"_extra":["columns,query","metadata,request"]}},"metadata":{"database":"demo","name":"named","title":"Notes","description":null,"params":["q","t"],"sql":"-- title: Notes\n-- param q: 1\nSELECT id, title FROM notes WHERE id = :q OR title = :t\n","hide_sql":false},"truncated":false}'
	gives '/demo/hidden.json?_extra=query,metadata,columns,private,database' \
	    '{"ok":true,"rows":[{"one":1}],"columns":["one"],"query":{"sql":null,"params":{}},"metadata":{"database":"demo","name":"hidden","title":null,"description":null,"params":[],"hide_sql":true},"database":"demo","private":false,"truncated":false}'
	gives '/demo/hidden.json?_extra=extras,columns' \
	    '{"ok":true,"rows":[{"one":1}],"columns":["one"],"extras":[{"name":"columns","description":"The columns of these rows","toggle_url":"/demo/hidden.json?_extra=extras","selected":true},{"name":"query","description":"The statement, and its parameters","toggle_url":"/demo/hidden.json?_extra=columns,query,extras","selected":false},{"name":"request","description":"What was asked for","toggle_url":"/demo/hidden.json?_extra=columns,request,extras","selected":false},{"name":"metadata","description":"What the operator says of the query","toggle_url":"/demo/hidden.json?_extra=columns,metadata,extras","selected":false},{"name":"database","description":"The name of the database","toggle_url":"/demo/hidden.json?_extra=columns,database,extras","selected":false},{"name":"database_color","description":"A colour for the database, from its name","toggle_url":"/demo/hidden.json?_extra=columns,database_color,extras","selected":false},{"name":"debug","description":"The parts of the path","toggle_url":"/demo/hidden.json?_extra=columns,debug,extras","selected":false},{"name":"private","description":"Whether not everybody may see it","toggle_url":"/demo/hidden.json?_extra=columns,private,extras","selected":false},{"name":"extras","description":"What _extra may ask for","toggle_url":"/demo/hidden.json?_extra=columns","selected":true}],"truncated":false}'
	page GET '/demo/hidden.json?_extra=count'
	is "$STATUS" 400
	is "$BODY" '{"ok":false,"error":"_extra: there is no “count”; _extra=extras lists what there is.","errors":["_extra: there is no “count”; _extra=extras lists what there is."],"status":400,"title":"That can’t be asked"}'
}
