#!/usr/bin/env bats
# Pages about the site: versions, databases, schemas, the description of the
# API, robots.txt.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

serve()
{
	[[ -e $T/demo.db ]] || make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY,
	    a TEXT NOT NULL, \"b c\", _d REAL); CREATE INDEX i ON t (a);
	    CREATE TABLE \"{x}/y\" (k TEXT PRIMARY KEY) WITHOUT ROWID;
	    CREATE VIEW v AS SELECT a FROM t; CREATE TABLE secret (x);"
	mkdir -p "$T/pages/demo"
	printf '%s\n' '-- title: The top' '-- param n: 3' \
	    'SELECT * FROM t LIMIT :n' >"$T/pages/demo/top.sql"
	printf '%b\n' workers=1 "pages = $T/pages" "$@" '[site]' \
	    'title = A site' 'license = CC0' '[database demo]' \
	    "file = $T/demo.db" 'sql = on' '[table demo.t]' \
	    'column.a = What a is' '[table demo.secret]' 'hidden = on' \
	    >"$T/squall.ini"
	start_squall --config="$T/squall.ini"
}

@test "versions and databases" {
	serve
	page GET /-/versions.json
	is "$(jq -r '.ok, .squall.version' <<<"$BODY" | paste -sd ' ')" \
	    "true $("$SQUALL" --version | cut -d ' ' -f 2)"
	like "$(jq -r .sqlite.version <<<"$BODY")" '^3\.'
	has "$(jq -c .sqlite.compile_options <<<"$BODY")" THREADSAFE
	is "$(cache_status)" 'squall; fwd=uri-miss'
	page GET /-/versions
	is "$STATUS" 200
	has "$BODY" '<pre>{&quot;ok&quot;:true'
	page GET /-/databases.json
	is "$BODY" "[{\"name\":\"demo\",\"path\":\"demo.db\",\"size\":$(
	    stat -c %s "$T/demo.db"),\"is_mutable\":true,\"is_memory\":false,\"hash\":null}]"
	hasnt "$BODY" "$T"
	page GET /-/databases
	is "$STATUS" 200
}

@test "metadata" {
	serve
	page GET /-/metadata.json
	is "$BODY" '{"ok":true,"title":"A site","license":"CC0","databases":{"demo":{"tables":{"t":{"columns":{"a":"What a is"}},"secret":{"hidden":true}}}}}'
}

@test "schemas as JSON, Markdown and HTML" {
	local table='CREATE TABLE t (id INTEGER PRIMARY KEY,
	    a TEXT NOT NULL, "b c", _d REAL);'

	serve
	page GET /demo/-/schema.json
	is "$(jq -r .schema <<<"$BODY")" "$table
CREATE INDEX i ON t (a);
CREATE TABLE \"{x}/y\" (k TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIEW v AS SELECT a FROM t;
CREATE TABLE secret (x);"
	is "$(jq -c 'del(.schema)' <<<"$BODY")" '{"ok":true,"database":"demo"}'
	page GET /demo/t/-/schema.json
	is "$(jq -c 'del(.schema)' <<<"$BODY")" \
	    '{"ok":true,"database":"demo","table":"t"}'
	is "$(jq -r .schema <<<"$BODY")" "$table"$'\nCREATE INDEX i ON t (a);'
	page GET /demo/v/-/schema.md
	is "$(header Content-Type)" 'text/markdown; charset=utf-8'
	is "$BODY" '# Schema for demo.v

```sql
CREATE VIEW v AS SELECT a FROM t;
```'
	page GET /demo/~7Bx~7D~2Fy/-/schema
	has "$BODY" '<h1>Schema for demo.{x}/y</h1>'
	has "$BODY" '<pre>CREATE TABLE &quot;{x}/y&quot;'
	has "$BODY" 'href="/demo/~7Bx~7D~2Fy/-/schema.md"'
	page GET /-/schema.json
	is "$(jq -c '[.ok, (.schemas | length), .schemas[0].database]' \
	    <<<"$BODY")" '[true,1,"demo"]'
	page GET /-/schema.md
	like "$BODY" '^# Schema for demo'
	page GET /demo/nope/-/schema.json
	is "$STATUS" 404
	page GET /nope/-/schema.md
	is "$STATUS $BODY" '404 There is no database named “nope”.'
	page GET /demo/t.md
	is "$STATUS" 404
	# a schema that changes is another page
	sqlite3 "$T/demo.db" 'DROP VIEW v'
	page GET /demo/v/-/schema.json
	is "$STATUS" 404
}

@test "a description of the API, of which each path is there" {
	local path

	serve
	page GET /-/openapi.json
	is "$(header Content-Type)" 'application/json; charset=utf-8'
	is "$(jq -r '.openapi, .info.title, .info.license.name' <<<"$BODY" |
	    paste -sd ' ')" '3.1.0 A site CC0'
	jq -r '.paths | keys_unsorted[]' <<<"$BODY" >"$T/paths"
	is "$(sort "$T/paths" | paste -sd ' ')" "$(printf '%s\n' /.json \
	    /-/versions.json /-/databases.json /-/metadata.json \
	    /-/schema.json /demo.json /demo/-/query.json \
	    /demo/-/schema.json /demo/top.json /demo/t.json '/demo/t/{key}.json' \
	    /demo/t/-/schema.json /demo/~7Bx~7D~2Fy.json \
	    '/demo/~7Bx~7D~2Fy/{key}.json' /demo/~7Bx~7D~2Fy/-/schema.json \
	    /demo/v.json /demo/v/-/schema.json | sort | paste -sd ' ')"
	is "$(jq -c '[.paths["/demo/t.json"].get.parameters[].name | values]' \
	    <<<"$BODY")" '["id","a","b c"]'
	is "$(jq -c '.paths["/demo/t.json"].get.responses["200"].content[
	    "application/json"].schema.anyOf[0].properties.rows.items.anyOf[0]
	    .properties.a' \
	    <<<"$BODY")" \
	    '{"$ref":"#/components/schemas/text","description":"What a is"}'
	is "$(jq -c '.paths["/demo/top.json"].get | [.summary,
	    .parameters[-1].name, .parameters[-1].schema.default]' \
	    <<<"$BODY")" '["The top","n","3"]'
	# conditions in SQL, where they are taken
	is "$(jq -c '.components.parameters["table._where"].schema,
	    (.paths["/demo/t.json"].get.parameters |
	    map(select(."$ref" == "#/components/parameters/table._where")) |
	    length)' <<<"$BODY" | paste -sd ' ')" \
	    '{"type":"array","items":{"type":"string"}} 1'
	# references lead to something
	is "$(jq -c '[.. | objects | ."$ref"? | values] | unique | .[]' \
	    <<<"$BODY" | tr -d '"#' | while read -r path; do
		jq -r --arg p "${path#/}" 'getpath($p / "/") | type' <<<"$BODY"
	    done | sort -u)" object
	sed 's/{key}/1/' "$T/paths" | while read -r path; do
		page GET "$path$([[ $path != */query.json ]] ||
		    echo '?sql=SELECT+1')"
		[[ $STATUS == 200 || $path == */1.json ]] || fail "$path"
		jq -e . <<<"$BODY" >"$T/json"
	done
	sqlite3 "$T/demo.db" 'CREATE TABLE more (x)'
	page GET /-/openapi.json
	has "$BODY" '"/demo/more.json"'
	stop squall
	start_squall --workers=1 "$T/demo.db"
	page GET /-/openapi.json
	has "$BODY" '"/demo/more.json"'
	hasnt "$BODY" _where
}

@test "robots.txt" {
	serve
	page GET /robots.txt
	is "$BODY" $'User-agent: *\nDisallow: /*/-/query'
	is "$(header Content-Type)" 'text/plain; charset=utf-8'
	stop squall
	serve robots=deny
	page GET /robots.txt
	is "$BODY" $'User-agent: *\nDisallow: /'
}
