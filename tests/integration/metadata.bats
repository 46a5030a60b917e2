#!/usr/bin/env bats
# What the configuration says of the site, of databases, tables and columns:
# shown in every format, and held against what there is.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

# said LINE...: squall.ini, behind its first lines.
said()
{
	printf '%b\n' workers=1 "$@" >"$T/squall.ini"
}

serve()
{
	make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT,
	    name TEXT, code TEXT); CREATE TABLE u (t_id REFERENCES t);
	    CREATE TABLE secret (x); CREATE VIEW v AS SELECT a FROM t;
	    INSERT INTO t VALUES (1, 'x', 'one', 'I'), (2, 'y', 'two', 'II'),
	    (3, 'z', 'three', 'III'); INSERT INTO u VALUES (2);"
	said "$@"
	start_squall --config="$T/squall.ini"
}

# The main part of the page, in one line.
shown()
{
	page GET "$1"
	is "$STATUS" 200
	MAIN=$(sed -n '/<main[ >]/,/<\/main>/p' <<<"$BODY" | paste -sd ' ')
}

@test "title, description, source, licence and more" {
	serve '[site]' 'title = All & sundry' 'license = CC0' \
	    'license_url = https://example.org/cc0' \
	    '[database demo]' "file = $T/demo.db" 'title = The <demo>' \
	    'description = One "line"' 'description = and another' \
	    'source_url = https://example.org/?a=1&b=2' \
	    '[table demo.t]' 'title = The t' 'description = Of t' \
	    'source = Tea' 'about = More' 'about_url = http://example.org/' \
	    'column.a = What a is' 'column.a = And more' 'units.id = m' \
	    'column.ID = Counted'
	page GET /.json
	is "$(jq -c .metadata <<<"$BODY")" \
	    '{"title":"All & sundry","license":"CC0","license_url":"https://example.org/cc0"}'
	page GET /demo.json
	is "$(jq -c .metadata <<<"$BODY")" \
	    '{"title":"The <demo>","description":"One \"line\"\nand another","source_url":"https://example.org/?a=1&b=2"}'
	page GET '/demo/t.json?_extra=metadata'
	is "$(jq -c .metadata <<<"$BODY")" \
	    '{"title":"The t","description":"Of t","source":"Tea","about":"More","about_url":"http://example.org/","columns":{"a":"What a is\nAnd more","id":"Counted"},"units":{"id":"m"}}'
	page GET '/demo/u.json?_extra=metadata'
	is "$(jq -c .metadata <<<"$BODY")" '{}'

	shown /
	has "$MAIN" '<h1>All &amp; sundry</h1>'
	has "$MAIN" '<a href="/demo">The &lt;demo&gt;</a></h2> <p>One &quot;line&quot;</p> <p>and another</p>'
	has "$MAIN" '<p class="origin">Data license: <a href="https://example.org/cc0">CC0</a></p>'
	shown /demo
	has "$MAIN" '<h1>The &lt;demo&gt;</h1> <p>One &quot;line&quot;</p>'
	has "$MAIN" '<p class="origin">Data source: <a href="https://example.org/?a=1&amp;b=2">https://example.org/?a=1&amp;b=2</a> · Data license: <a href="https://example.org/cc0">CC0</a></p>'
	shown /demo/t
	has "$MAIN" '<h1>The t</h1> <p>Of t</p>'
	has "$MAIN" '<dt>a</dt><dd>TEXT: What a is'
	has "$MAIN" '<dt>id</dt><dd>INTEGER, primary key, in m: Counted</dd>'
	# each as a whole from the table, the database or the site
	has "$MAIN" '<p class="origin">Data source: Tea · Data license: <a href="https://example.org/cc0">CC0</a> · About: <a href="http://example.org/">More</a></p>'
	shown /demo/u
	has "$MAIN" '<h1>u</h1>'
	has "$MAIN" 'Data source: <a href="https://example.org/?a=1&amp;b=2">'
}

@test "nothing said is nothing shown" {
	serve '[database demo]' "file = $T/demo.db"
	page GET /.json
	is "$(jq -c .metadata <<<"$BODY")" '{}'
	page GET /demo.json
	is "$(jq -c '[.metadata, .queries]' <<<"$BODY")" '[{},[]]'
	shown /demo
	hasnt "$MAIN" origin
	has "$MAIN" '<h1>demo</h1>'
}

@test "hidden tables are not in the list, and are there" {
	serve '[database demo]' "file = $T/demo.db" '[table demo.secret]' \
	    'hidden = on' '[table demo.v]' 'hidden = true'
	page GET /.json
	is "$(jq -c '.databases[0] | [.tables_count, .views_count]' \
	    <<<"$BODY")" '[2,0]'
	page GET /demo.json
	is "$(jq -c '[.tables[] | select(.hidden) | .name]' <<<"$BODY")" \
	    '["secret","v"]'
	page GET /demo/secret.json
	is "$STATUS" 200
}

@test "size, order and what may be sorted by" {
	serve '[database demo]' "file = $T/demo.db" '[table demo.t]' \
	    'size = 2' 'sort_desc = A' 'sortable_columns = a, name' \
	    '[table demo.u]' 'sortable_columns ='
	rows()
	{
		page GET "/demo/$1"
		is "$STATUS $(jq -c '[.rows[].id]' <<<"$BODY")" "200 $2"
	}
	rows t.json '[3,2]'
	is "$(jq -r .next_url <<<"$BODY" | grep -c _next=)" 1
	rows "t.json?_next=$(jq -r .next <<<"$BODY")" '[1]'
	rows 't.json?_size=100' '[3,2,1]'
	rows 't.json?_size=1' '[3]'
	rows 't.json?_sort=name' '[1,3]'
	page GET '/demo/t.json?_sort=code'
	is "$STATUS" 400
	like "$(error_text)" '^t can.*t be sorted by code\.$'
	page GET '/demo/u.json?_sort=t_id'
	is "$STATUS" 400
	shown /demo/t
	has "$MAIN" '<th scope="col" aria-sort="descending"><a rel="nofollow"'
	has "$MAIN" '<th scope="col">code</th>'
}

@test "the label of rows" {
	serve '[database demo]' "file = $T/demo.db" '[table demo.t]' \
	    'label_column = code'
	shown /demo/u
	has "$MAIN" '<a href="/demo/t/2">II</a>'
	shown /demo/t/2
	has "$MAIN" '<h1>II</h1>'
}

@test "sections for a database of the command line, and names with dots" {
	make_db "$T/a.b.db"
	make_db "$T/a.db" 'CREATE TABLE "b.notes" (x)'
	said '[table a.b.notes]' 'title = Notes' '[database a]' 'title = A'
	start_squall --config="$T/squall.ini" "$T/a.b.db" "$T/a.db"
	page GET '/a~2Eb/notes.json?_extra=metadata'
	is "$(jq -c .metadata <<<"$BODY")" '{"title":"Notes"}'
	page GET /a.json
	is "$(jq -c .metadata <<<"$BODY")" '{"title":"A"}'
}

@test "what is wrong is named, and what is not there is warned of" {
	local text line

	make_db "$T/demo.db"
	while IFS='|' read -r text line; do
		said '[database demo]' "file = $T/demo.db" "$line"
		! "$SQUALL" --check -c "$T/squall.ini" >"$T/out" 2>&1 ||
		    fail "$line"
		has "$(<"$T/out")" "$text" || return
	done <<-'END'
		:4: unknown key "titel" in [database demo]|titel = x
		:5: unknown key "sql" in [table demo.notes]|[table demo.notes]\nsql = on
		:5: unknown key "size" in [site]|[site]\nsize = 5
		:5: title: it was given before|title = x\ntitle = y
		:5: sql: it was given before|sql = off\nsql = off
		:5: ttl: it was given before|ttl = 5\nttl = 6
		:6: hidden: it was given before|[table demo.notes]\nhidden = off\nhidden = on
		:6: size: it was given before|[table demo.notes]\nsize = 5\nsize = 6
		:6: searchmode: it was given before|[table demo.notes]\nsearchmode = raw\nsearchmode = raw
		:4: source_url: expected an address that begins with https://|source_url = javascript:alert(1)
		:4: sql: expected on or off, got "maybe"|sql = maybe
		:5: size: expected a whole number from 1 to 1000000, got "0"|[table demo.notes]\nsize = 0
		:5: searchmode: expected raw or escaped, got "x"|[table demo.notes]\nsearchmode = x
		:6: sort and sort_desc: expected one of the two|[table demo.notes]\nsort = a\nsort_desc = b
		:5: unknown key "column." in [table demo.notes]|[table demo.notes]\ncolumn. = x
		:4: unknown section [table notes]: expected [table DATABASE.TABLE]|[table notes]
		:5: there is a section [table demo.notes] already|[table demo.notes]\n[table demo.notes]
		: [table other.notes]: there is no database of that name|[table other.notes]
	END
	said '[database demo]' "file = $T/demo.db" '[table demo.notes]' \
	    'sort = a' 'facets = title, b' 'column.c = x' 'label_column = d' \
	    '[table demo.note]' 'hidden = on'
	"$SQUALL" --check -c "$T/squall.ini" >"$T/out" 2>&1
	has "$(<"$T/out")" 'warn config'
	for text in 'sort: there is no column named a' \
	    'facets: there is no column named b' \
	    'column: there is no column named c' \
	    'label_column: there is no column named d' \
	    '[table demo.note]: there is no such table'; do
		has "$(<"$T/out")" "$text"
	done
	is "$(grep -c warn "$T/out")" 5
}

@test "a page that was stored under another configuration is not served" {
	start_memcached
	make_db "$T/demo.db"
	title()
	{
		said "cache=$MEMCACHED_URL" 'memory=0' '[site]' "$2" \
		    '[database demo]' "file = $T/demo.db" "title = $1" "$3"
	}
	title one '' ''
	start_squall --config="$T/squall.ini"
	asked()
	{
		page GET /demo.json
		[[ $(jq -r .metadata.title <<<"$BODY") == "$1" ]]
	}
	asked one
	asked one
	like "$(cache_status)" 'hit'
	title two '' ''
	send_signal squall HUP
	wait_for asked two
	title two 'license = X' ''
	send_signal squall HUP
	licensed()
	{
		page GET / && [[ $BODY == *'Data license: X'* ]]
	}
	page GET /
	wait_for licensed
}
