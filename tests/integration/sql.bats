#!/usr/bin/env bats
# The SQL page: what it shows, in every format, and how it is cached.
# shellcheck disable=SC1112,SC2016,SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/sql
load helpers/answers

serve()
{
	make_db "$T/demo.db"
	config "$@"
	start_squall --config="$T/squall.ini"
}

@test "SQL is off unless the configuration turns it on" {
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	ask 'SELECT 1'
	is "$STATUS" 403
	is "$BODY" '{"ok":false,"error":"Queries in SQL are not turned on for the database demo.","errors":["Queries in SQL are not turned on for the database demo."],"status":403,"title":"Not allowed"}'
	page GET '/demo/-/query?sql=SELECT+1'
	is "$STATUS" 403
	page GET /demo
	hasnt "$BODY" '<form'
	page GET '/other/-/query.json?sql=SELECT+1'
	is "$STATUS $(error_text)" \
	    '404 There is no database named “other”.'
}

@test "rows in each shape" {
	local rows='"id":1,"title":"first"' all

	serve
	all="SELECT id, title FROM notes WHERE id < 3"
	gives "$all" '' '{"ok":true,"rows":[{'"$rows"'},
{"id":2,"title":"second"}],"truncated":false}'
	gives "$all" _shape=objects "$BODY"
	gives "$all" _shape=arrays '{"ok":true,"rows":[[1,"first"],
[2,"second"]],"truncated":false}'
	gives "$all" _shape=array "[{$rows},
{\"id\":2,\"title\":\"second\"}]"
	gives "$all" '_shape=array&_nl=on' "{$rows}
{\"id\":2,\"title\":\"second\"}"
	is "$(header Content-Type)" 'application/x-ndjson; charset=utf-8'
	gives "$all" _shape=arrayfirst '[1,
2]'
	gives 'SELECT 1 WHERE 0' '' '{"ok":true,"rows":[],"truncated":false}'
	gives "SELECT NULL AS a, 1.5 AS b, x'00ff' AS c, 9e999 AS d,
	    'é\"' AS e" '' \
	    '{"ok":true,"rows":[{"a":null,"b":1.5,"c":{"$base64":true,"encoded":"AP8="},"d":null,"e":"é\""}],"truncated":false}'
	# an object has a name once
	gives 'SELECT 1 AS a, 2 AS b, 3 AS a' '' \
	    '{"ok":true,"rows":[{"b":2,"a":3}],"truncated":false}'
	ask "$all" _shape=triangle
	is "$STATUS" 400
}

@test "extras of a statement" {
	serve
	gives 'SELECT :a AS x, 2 AS x' 'a=1&_extra=query,columns,metadata,request&b=2' \
	    '{"ok":true,"rows":[{"x":2}],"columns":["x","x"],"query":{"sql":"SELECT :a AS x, 2 AS x","params":{"a":"1"}},"request":{"path":"/demo/-/query.json","full_path":"/demo/-/query.json?sql=SELECT%20%3Aa%20AS%20x%2C%202%20AS%20x&_extra=query%2Ccolumns%2Cmetadata%2Crequest&a=1","args":{"sql":["SELECT :a AS x, 2 AS x"],"_extra":["query,columns,metadata,request"],"a":["1"]}},"metadata":{},"truncated":false}'
	gives 'SELECT 1' '_extra=query&_shape=arrays' \
	    '{"ok":true,"rows":[[1]],"query":{"sql":"SELECT 1","params":{}},"truncated":false}'
	gives 'SELECT 1' '_extra=query&_shape=arrayfirst' '[1]'
	gives 'SELECT 1' '_extra=debug,database_color,database' \
	    '{"ok":true,"rows":[{"1":1}],"database":"demo","database_color":"456330","debug":{"url_vars":{"database":"demo","format":"json"}},"truncated":false}'
	ask 'SELECT 1' _extra=nope
	is "$STATUS" 400
	is "$BODY" '{"ok":false,"error":"_extra: there is no “nope”; _extra=extras lists what there is.","errors":["_extra: there is no “nope”; _extra=extras lists what there is."],"status":400,"title":"That can’t be asked"}'
}

@test "rows as CSV" {
	serve
	page GET "/demo/-/query.csv?sql=$(encoded \
	    "SELECT id, title || ', \"' || :x AS \"a,b\", NULL AS n FROM notes
	    LIMIT 1")&x=y"
	is "$STATUS $(header Content-Type)" '200 text/csv; charset=utf-8'
	is "$BODY" $'id,"a,b",n\r\n1,"first, ""y",\r'
	page GET '/demo/-/query.csv?sql=SELECT+1&_header=off&_dl=on'
	is "$BODY" $'1\r'
	is "$(header Content-Disposition)" 'attachment; filename="query.csv"'
}

@test "rows as GeoJSON, where they are on the map" {
	serve
	page GET "/demo/-/query.geojson?sql=$(encoded 'SELECT id, 41.5 AS lat,
	    id * 100.25 AS Longitude, title FROM notes WHERE id < 3')"
	is "$STATUS $(header Content-Type)" '200 application/geo+json; charset=utf-8'
	is "$BODY" '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[100.25,41.5]},"properties":{"id":1,"title":"first"}},
{"type":"Feature","geometry":null,"properties":{"id":2,"title":"second"}}]}'
	page GET '/demo/-/query.geojson?sql=SELECT+1+AS+lat'
	is "$STATUS" 404
	is "$(error_text)" \
	    'The rows are not on the map: they have no columns called latitude and longitude.'
	page GET '/demo/-/query.geojson?sql=SELECT+nope+AS+lat,1+AS+lon'
	is "$STATUS $(error_text)" '400 no such column: nope'
}

@test "named parameters are texts, and fields of the form" {
	local sql='SELECT :a || @b AS x, typeof($a) AS t'

	serve
	gives "$sql" 'a=1&b=%C3%A9%26' \
	    '{"ok":true,"rows":[{"x":"1é&","t":"text"}],"truncated":false}'
	gives "$sql" 'b=2' \
	    '{"ok":true,"rows":[{"x":"2","t":"text"}],"truncated":false}'
	page GET "/demo/-/query?sql=$(encoded "$sql -- :c ':d' \":e\"")&a=%3Cb%3E"
	is "$STATUS" 200
	is "$(grep -c '<input type="text"' <<<"$BODY")" 2
	has "$BODY" '<label>a <input type="text" name="a" value="&lt;b&gt;"></label>'
	has "$BODY" '<label>b <input type="text" name="b" value=""></label>'
	has "$BODY" '<textarea name="sql"'
	refuses 'SELECT ?' 'a parameter needs a name, as :name'
	refuses 'SELECT :_a' "a parameter's name can't begin with _"
}

@test "the page has a form, links to its other formats, and keeps the SQL when that is wrong" {
	serve
	page GET /demo
	has "$BODY" 'action="/demo/-/query"'
	page GET /demo/-/query
	is "$STATUS" 200
	hasnt "$BODY" '<table'
	page GET '/demo/-/query?sql=SELECT+title+FROM+notes+WHERE+id=:id&id=2&no=1'
	is "$STATUS" 200
	has "$BODY" '<td>second</td>'
	has "$BODY" '<a href="/demo/-/query.json?sql=SELECT%20title%20FROM%20notes%20WHERE%20id%3D%3Aid&amp;id=2">JSON</a>'
	page GET '/demo/-/query?sql=SELECT+%3Cb%3E'
	is "$STATUS" 400
	has "$BODY" '>SELECT &lt;b&gt;</textarea>' ||
	    has "$BODY" $'\nSELECT &lt;b&gt;</textarea>'
	has "$BODY" 'near &quot;&lt;&quot;: syntax error'
	page GET /demo/-/query.json
	is "$STATUS $(error_text)" \
	    '400 sql: expected a statement that gives rows.'
	page GET '/demo/-/query.csv?sql=SELECT+nope'
	is "$STATUS $BODY" '400 no such column: nope'
}

@test "as many rows as the configuration has it, and whether there are more" {
	local count='WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL
	    SELECT x + 1 FROM c LIMIT %d) SELECT x FROM c' sql

	serve max-returned-rows=5
	# shellcheck disable=SC2059
	printf -v sql "$count" 5
	ask "$sql" _shape=arrays
	is "$(jq -c '[.rows[][0]], .truncated' <<<"$BODY" | paste -sd ' ')" \
	    '[1,2,3,4,5] false'
	# shellcheck disable=SC2059
	printf -v sql "$count" 6
	ask "$sql" _shape=arrays
	is "$(jq -c '[.rows[][0]], .truncated' <<<"$BODY" | paste -sd ' ')" \
	    '[1,2,3,4,5] true'
	page GET "/demo/-/query?sql=$(encoded "$sql")"
	has "$BODY" 'first 5 rows; there are more'
}

@test "pages are kept by statement and parameters, and never older than the data" {
	serve
	ask 'SELECT count(*) AS n FROM notes WHERE id > :min' 'min=1'
	has "$(cache_status)" 'fwd=uri-miss; stored'
	# what the statement does not name makes no other page
	ask 'SELECT count(*) AS n FROM notes WHERE id > :min' 'x=1&min=1&_z=2'
	like "$(cache_status)" '^squall; hit'
	is "$(jq -c .rows <<<"$BODY")" '[{"n":2}]'
	ask 'SELECT count(*) AS n FROM notes WHERE id > :min' 'min=2'
	has "$(cache_status)" 'fwd=uri-miss; stored'
	is "$(jq -c .rows <<<"$BODY")" '[{"n":1}]'
	sqlite3 "$T/demo.db" "INSERT INTO notes VALUES (4, 'fourth', '')"
	ask 'SELECT count(*) AS n FROM notes WHERE id > :min' 'min=1'
	has "$(cache_status)" 'fwd=stale'
	is "$(jq -c .rows <<<"$BODY")" '[{"n":3}]'
	# mistakes, and what time and chance make, are never kept
	for sql in 'SELECT nope' "SELECT datetime('now')" 'SELECT random()' \
	    'SELECT 1 WHERE EXISTS (SELECT current_date)'; do
		ask "$sql"
		ask "$sql"
		is "$(cache_status)" 'squall; fwd=uri-miss' || fail "$sql"
	done
}

@test "a view that is as old as its time is not kept either" {
	make_db "$T/demo.db" "CREATE VIEW v AS SELECT julianday('now') AS t"
	config
	start_squall --config="$T/squall.ini"
	ask 'SELECT t FROM v'
	ask 'SELECT t FROM v'
	is "$STATUS $(cache_status)" '200 squall; fwd=uri-miss'
}

@test "full-text and R*Tree tables, a WAL database, one that is replaced" {
	make_db "$T/demo.db" "PRAGMA journal_mode = WAL;
	    CREATE VIRTUAL TABLE f USING fts5(x);
	    INSERT INTO f VALUES ('one two'), ('three');
	    CREATE VIRTUAL TABLE g USING fts4(x); INSERT INTO g VALUES ('four');
	    CREATE VIRTUAL TABLE r USING rtree(id, a, b);
	    INSERT INTO r VALUES (1, 2, 3);"
	config
	start_squall --config="$T/squall.ini"
	gives 'SELECT x FROM f WHERE f MATCH :q ORDER BY bm25(f)' 'q=two' \
	    '{"ok":true,"rows":[{"x":"one two"}],"truncated":false}'
	gives 'SELECT id FROM r WHERE a < 3' '' \
	    '{"ok":true,"rows":[{"id":1}],"truncated":false}'
	gives "SELECT snippet(g) AS s FROM g WHERE g MATCH 'four'" '' \
	    '{"ok":true,"rows":[{"s":"<b>four</b>"}],"truncated":false}'
	make_db "$T/new.db" 'CREATE TABLE t (a); INSERT INTO t VALUES (7)'
	rm -f "$T/demo.db-wal" "$T/demo.db-shm"
	mv "$T/new.db" "$T/demo.db"
	replaced()
	{
		ask 'SELECT a FROM t' && [[ $STATUS == 200 ]]
	}
	wait_for replaced
	is "$BODY" '{"ok":true,"rows":[{"a":7}],"truncated":false}'
}

@test "functions do as SQLite's own do" {
	local sql

	serve
	while read -r sql; do
		ask "SELECT $sql AS x" _shape=arrayfirst
		echo "$BODY" >>"$T/bodies"
		echo "SELECT $sql AS x;" >>"$T/statements"
	done <<-'END'
		instr('abcabc', 'ca')
		instr('äöü', 'ü')
		instr('abc', '')
		instr('abc', 'x')
		instr(NULL, 'x')
		instr(12345, 34)
		instr(x'0102c3a4', x'a4')
		replace('abcabc', 'b', 'xy')
		replace('abcabc', 'abc', '')
		replace('abc', '', 'x')
		replace('abc', 'b', NULL)
		replace(1212, 1, 3)
		typeof(replace(1212, '', 3))
		trim('  a b  ')
		trim('xxaxyx', 'xy')
		ltrim('xxaxyx', 'xy')
		rtrim('xxaxyx', 'xy')
		trim('ääaä', 'ä')
		trim('aaa', 'a')
		trim('abc', '')
		trim(NULL, 'a')
		'abc' LIKE 'A%'
		'abc' LIKE '_B_'
		'a%c' LIKE 'a\%c' ESCAPE '\'
		'abc' LIKE 'a\%c' ESCAPE '\'
		'ä' LIKE 'Ä'
		NULL LIKE 'a'
		'abc' NOT LIKE 'b%'
		'abc' GLOB 'a*'
		'abc' GLOB 'A*'
		'abc' GLOB '[a-c]?c'
		12 LIKE 1
	END
	jq -c '.[0]' "$T/bodies" >"$T/values"
	paste -d ' ' "$T/statements" "$T/values" >"$T/got"
	# there is a value to each
	refute grep '; $' "$T/got"
	sqlite3 -batch -bail -json :memory: <"$T/statements" |
	    jq -c '.[0].x' >"$T/values"
	paste -d ' ' "$T/statements" "$T/values" >"$T/wanted"
	diff "$T/wanted" "$T/got"
}

@test "conditions in SQL choose a table's rows" {
	printf '%s\n' '[database demo]' 'sql = on' >"$T/squall.ini"
	serve_search '' --config="$T/squall.ini"
	answers <<'END'
/demo/facetable.json?_col=pk&_where=_city_id=3&_where=state+like+%22%25i%22&_extra=query,count,count_sql,human_description_en,extra_wheres_for_ui,suggested_facets,form_hidden_args
{"ok":true,"rows":[{"pk":4},{"pk":5}],"next":null,"next_url":null,"count":2,"count_sql":"SELECT count(*) FROM \"facetable\" WHERE (_city_id=3) AND (state like \"%i\")","suggested_facets":[{"name":"created","type":"date","toggle_url":"/demo/facetable.json?_col=pk&_extra=query%2Ccount%2Ccount_sql%2Chuman_description_en%2Cextra_wheres_for_ui%2Csuggested_facets%2Cform_hidden_args&_where=_city_id%3D3&_where=state%20like%20%22%25i%22&_facet_date=created"},{"name":"tags","type":"array","toggle_url":"/demo/facetable.json?_col=pk&_extra=query%2Ccount%2Ccount_sql%2Chuman_description_en%2Cextra_wheres_for_ui%2Csuggested_facets%2Cform_hidden_args&_where=_city_id%3D3&_where=state%20like%20%22%25i%22&_facet_array=tags"}],"human_description_en":"where _city_id=3 and state like \"%i\"","query":{"sql":"SELECT \"facetable\".\"pk\" FROM \"facetable\" WHERE (_city_id=3) AND (state like \"%i\") ORDER BY \"facetable\".\"pk\" LIMIT 101","params":{}},"form_hidden_args":[["_col","pk"],["_extra","query,count,count_sql,human_description_en,extra_wheres_for_ui,suggested_facets,form_hidden_args"],["_where","_city_id=3"],["_where","state like \"%i\""]],"extra_wheres_for_ui":[{"text":"_city_id=3","remove_url":"/demo/facetable.json?_col=pk&_extra=query%2Ccount%2Ccount_sql%2Chuman_description_en%2Cextra_wheres_for_ui%2Csuggested_facets%2Cform_hidden_args&_where=state%20like%20%22%25i%22"},{"text":"state like \"%i\"","remove_url":"/demo/facetable.json?_col=pk&_extra=query%2Ccount%2Ccount_sql%2Chuman_description_en%2Cextra_wheres_for_ui%2Csuggested_facets%2Cform_hidden_args&_where=_city_id%3D3"}],"truncated":false}
/demo/facetable.json?_col=pk&_where=_city_id+in+(select+id+from+facet_cities+where+name+!=+%22Detroit%22)&_facet=state&_size=2&pk__gt=1
{"ok":true,"rows":[{"pk":2},{"pk":3}],"next":"i3","next_url":"/demo/facetable.json?_size=2&_col=pk&_where=_city_id%20in%20%28select%20id%20from%20facet_cities%20where%20name%20%21%3D%20%22Detroit%22%29&_facet=state&pk__gt=1&_next=i3","facet_results":{"results":{"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=2&_col=pk&_where=_city_id%20in%20%28select%20id%20from%20facet_cities%20where%20name%20%21%3D%20%22Detroit%22%29&pk__gt=1","results":[{"value":"CA","label":"CA","count":2,"toggle_url":"/demo/facetable.json?_size=2&_col=pk&_where=_city_id%20in%20%28select%20id%20from%20facet_cities%20where%20name%20%21%3D%20%22Detroit%22%29&_facet=state&pk__gt=1&state=CA","selected":false},{"value":"MC","label":"MC","count":1,"toggle_url":"/demo/facetable.json?_size=2&_col=pk&_where=_city_id%20in%20%28select%20id%20from%20facet_cities%20where%20name%20%21%3D%20%22Detroit%22%29&_facet=state&pk__gt=1&state=MC","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_col=pk&_where=facetable._city_id=3+and+%22facetable%22.%22state%22=%22MI%22
{"ok":true,"rows":[{"pk":4},{"pk":5}],"next":null,"next_url":null,"truncated":false}
/demo/facetable.json?_col=pk&_where=pk+=+(select+max(f.pk)+from+facetable+f+where+f.state+=+facetable.state)&pk__lt=6
{"ok":true,"rows":[{"pk":3},{"pk":5}],"next":null,"next_url":null,"truncated":false}
/demo/facetable.json?_col=pk&_where=r.pk=3
{"ok":false,"error":"_where: no such column: r.pk.","errors":["_where: no such column: r.pk."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=1)+UNION+SELECT+(1
{"ok":false,"error":"_where: its parentheses don't match.","errors":["_where: its parentheses don't match."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=0)+OR+(1
{"ok":false,"error":"_where: its parentheses don't match.","errors":["_where: its parentheses don't match."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=')'+--
{"ok":false,"error":"_where: comments are not possible here.","errors":["_where: comments are not possible here."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=1+/*
{"ok":false,"error":"_where: comments are not possible here.","errors":["_where: comments are not possible here."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=:a(')')+or+1
{"ok":false,"error":"_where: parameters are not possible here.","errors":["_where: parameters are not possible here."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where='abc
{"ok":false,"error":"_where: a string or a name has no end.","errors":["_where: a string or a name has no end."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=[abc
{"ok":false,"error":"_where: a string or a name has no end.","errors":["_where: a string or a name has no end."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=nope=1
{"ok":false,"error":"_where: no such column: nope.","errors":["_where: no such column: nope."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=count(*)>1
{"ok":false,"error":"_where: misuse of aggregate function count().","errors":["_where: misuse of aggregate function count()."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=1,2
{"ok":false,"error":"_where: row value misused.","errors":["_where: row value misused."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=select+1
{"ok":true,"rows":[{"pk":1},{"pk":2},{"pk":3},{"pk":4},{"pk":5},{"pk":6}],"next":null,"next_url":null,"truncated":false}
/demo/facetable.json?_col=pk&_where=json_extract(tags,'$[0]')='tag1'
{"ok":true,"rows":[{"pk":1},{"pk":2},{"pk":5}],"next":null,"next_url":null,"truncated":false}
/demo/facetable.json?_col=pk&_where=json_extract(state,'$')='x'
{"ok":false,"error":"_where: malformed JSON.","errors":["_where: malformed JSON."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_col=pk&_where=length(hex(zeroblob(1000000)))
{"ok":false,"error":"_where: string or blob too big.","errors":["_where: string or blob too big."],"status":400,"title":"That can’t be asked"}
/demo/articles.json?_col=id&_where=id>1&_search=rob
{"ok":true,"rows":[{"id":3}],"next":null,"next_url":null,"truncated":false}
/demo/four.json?_where=rowid=2&_search=one
{"ok":true,"rows":[{"rowid":2,"a":"three","b":"one"}],"next":null,"next_url":null,"truncated":false}
/demo/boxes.json?_where=x1>1
{"ok":true,"rows":[{"rowid":2,"id":2,"x0":0.0,"x1":2.0}],"next":null,"next_url":null,"truncated":false}
/demo/recent.json?_where=nr>2
{"ok":true,"rows":[{"nr":3,"title":"NOT this"}],"next":null,"next_url":null,"truncated":false}
/demo/facetable.json?_col=pk&_where=
{"ok":true,"rows":[{"pk":1},{"pk":2},{"pk":3},{"pk":4},{"pk":5},{"pk":6}],"next":null,"next_url":null,"truncated":false}
/demo/facetable.json?_col=pk&_where=pk>4&_shape=array
[{"pk":5},{"pk":6}]
/demo/nope.json?_where=1
{"ok":false,"error":"There is no table named “nope” in the database demo.","errors":["There is no table named “nope” in the database demo."],"status":404,"title":"Not found"}
/nope/t.json?_where=1
{"ok":false,"error":"There is no database named “nope”.","errors":["There is no database named “nope”."],"status":404,"title":"Not found"}
END
	# a word in double quotes that is no column is a text, and no name of
	# squall's own in any of its statements
	for word in r t f o p c0 c1 p0 v i n value squall; do
		get "/demo/facetable.json?_col=pk&_where=%22$word%22='$word'&_where=state='MC'&_facet=state&_facet_array=tags&_facet_date=created&_labels=on&_extra=count,suggested_facets"
		is "$STATUS" 200 || fail "$word: $BODY"
		is "$(jq -c '[.count, (.rows | length),
		    (.facet_results.results | map(.results | length)),
		    (.facet_results.timed_out | length)]' "$T/body")" \
		    "$(sqlite3 "$T/demo.db" "SELECT json_array(count(*),
		    count(*), json_array(count(DISTINCT state),
		    max(json_array_length(tags)), count(DISTINCT date(created))), 0)
		    FROM facetable WHERE state = 'MC'")" || fail "$word"
	done
	get '/demo/facetable.csv?_col=pk&_where=pk>4&_stream=on'
	is "$STATUS $BODY" $'200 pk\r\n5\r\n6\r'
	get '/demo/facetable?_where=pk>4&_where=state=%27MC%27&_sort=pk'
	is "$STATUS" 200
	has "$BODY" '<p class="meta">Table of 1 row where pk&gt;4 and state=&#39;MC&#39;'
	has "$BODY" '<li>pk&gt;4 <a rel="nofollow" href="/demo/facetable?_sort=pk&amp;_where=state%3D%27MC%27">remove</a></li>'
	has "$BODY" '<input type="hidden" name="_where" value="pk&gt;4">'
	has "$BODY" noindex
	# kept, and fresh; but not what depends on time or chance
	get '/demo/facetable.json?_where=pk>4&_extra=count'
	get '/demo/facetable.json?_where=pk>4&_extra=count'
	like "$(cache_status)" '^squall; hit'
	sqlite3 "$T/demo.db" 'DELETE FROM facetable WHERE pk = 6'
	get '/demo/facetable.json?_where=pk>4&_extra=count'
	is "$(value count)" 1
	get '/demo/facetable.json?_where=random()>0'
	is "$STATUS" 200
	get "/demo/facetable.json?_where=datetime('now')>''"
	is "$STATUS $(cache_status)" '200 squall; fwd=uri-miss'
}
