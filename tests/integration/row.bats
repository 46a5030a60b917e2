#!/usr/bin/env bats
# A row's page: what it refers to and what refers to it, and its JSON.  The
# database is helpers/search.sql.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/answers

@test "a row in the whole answer, with what refers to it" {
	serve_search
	answers <<'END'
/demo/parts/a.json?_extra=foreign_key_tables,columns
{"ok":true,"database":"demo","table":"parts","rows":[{"id":"a","name":"Engine","parent":null}],"primary_keys":["id"],"primary_key_values":["a"],"columns":["id","name","parent"],"foreign_key_tables":[{"other_table":"parts","column":"id","other_column":"parent","count":2,"link":"/demo/parts?parent=a"}],"truncated":false}
/demo/facet_cities/1.json?_extra=foreign_key_tables
{"ok":true,"database":"demo","table":"facet_cities","rows":[{"id":1,"name":"San Francisco"}],"primary_keys":["id"],"primary_key_values":["1"],"foreign_key_tables":[{"other_table":"facetable","column":"id","other_column":"_city_id","count":null,"link":"/demo/facetable?_city_id__exact=1"}],"truncated":false}
/demo/attractions/4.json?_extra=foreign_key_tables
{"ok":true,"database":"demo","table":"attractions","rows":[{"pk":4,"name":"Bigfoot"}],"primary_keys":["pk"],"primary_key_values":["4"],"foreign_key_tables":[{"other_table":"attraction_characteristics","column":"pk","other_column":"attraction_id","count":2,"link":"/demo/attraction_characteristics?attraction_id=4"}],"truncated":false}
/demo/characteristics/2.json?_extra=foreign_key_tables
{"ok":true,"database":"demo","table":"characteristics","rows":[{"pk":2,"name":"Paranormal"}],"primary_keys":["pk"],"primary_key_values":["2"],"foreign_key_tables":[{"other_table":"attraction_characteristics","column":"pk","other_column":"characteristic_id","count":null,"link":"/demo/attraction_characteristics?characteristic_id=2"}],"truncated":false}
/demo/pairs/1,2.json?_extra=foreign_key_tables,private
{"ok":true,"database":"demo","table":"pairs","rows":[{"x":1,"y":2}],"primary_keys":["x","y"],"primary_key_values":["1","2"],"foreign_key_tables":[],"private":false,"truncated":false}
/demo/pairs/1,2.json?_extra=column_details,query,request,metadata
{"ok":true,"database":"demo","table":"pairs","rows":[{"x":1,"y":2}],"primary_keys":["x","y"],"primary_key_values":["1","2"],"column_details":{"x":{"type":"INTEGER","sqlite_type":"INTEGER","notnull":false,"default":null,"is_pk":true,"pk_position":1,"hidden":0},"y":{"type":"INTEGER","sqlite_type":"INTEGER","notnull":false,"default":null,"is_pk":true,"pk_position":2,"hidden":0}},"query":{"sql":"SELECT * FROM \"pairs\" WHERE \"x\" = :p0 AND \"y\" = :p1","params":{"p0":"1","p1":"2"}},"request":{"path":"/demo/pairs/1,2.json","full_path":"/demo/pairs/1,2.json?_extra=column_details%2Cquery%2Crequest%2Cmetadata","args":{"_extra":["column_details,query,request,metadata"]}},"metadata":{},"truncated":false}
/demo/four/2.json?_extra=query,column_details
{"ok":true,"database":"demo","table":"four","rows":[{"rowid":2,"a":"three","b":"one"}],"primary_keys":["rowid"],"primary_key_values":["2"],"column_details":{"a":{"type":"TEXT","sqlite_type":"TEXT","notnull":false,"default":null,"is_pk":false,"pk_position":0,"hidden":0},"b":{"type":"TEXT","sqlite_type":"TEXT","notnull":false,"default":null,"is_pk":false,"pk_position":0,"hidden":0}},"query":{"sql":"SELECT rowid, * FROM \"four\" WHERE \"rowid\" = :p0","params":{"p0":"2"}},"truncated":false}
/demo/articles/1.json
{"ok":true,"database":"demo","table":"articles","rows":[{"id":1,"title":"The rob","body":"barry cat"}],"primary_keys":["id"],"primary_key_values":["1"],"truncated":false}
/demo/four/2.json
{"ok":true,"database":"demo","table":"four","rows":[{"rowid":2,"a":"three","b":"one"}],"primary_keys":["rowid"],"primary_key_values":["2"],"truncated":false}
/demo/parts/a~2F1.json?_extra=render_cell,column_types,debug,database_color
{"ok":true,"database":"demo","table":"parts","rows":[{"id":"a/1","name":"Piston","parent":"a"}],"primary_keys":["id"],"primary_key_values":["a/1"],"render_cell":[{"parent":"<a href=\"/demo/parts/a\">Engine</a> <small>a</small>"}],"column_types":{},"database_color":"456330","debug":{"url_vars":{"database":"demo","table":"parts","pks":"a~2F1","format":"json"}},"truncated":false}
/demo/articles/1.json?_extra=nope
{"ok":false,"error":"_extra: there is no “nope”; _extra=extras lists what there is.","errors":["_extra: there is no “nope”; _extra=extras lists what there is."],"status":400,"title":"That can’t be asked"}
/demo/parts/a~2F1.json?_extra=extras
{"ok":true,"database":"demo","table":"parts","rows":[{"id":"a/1","name":"Piston","parent":"a"}],"primary_keys":["id"],"primary_key_values":["a/1"],"extras":[{"name":"columns","description":"The columns of the row","toggle_url":"/demo/parts/a~2F1.json?_extra=columns,extras","selected":false},{"name":"primary_keys","description":"The columns of the primary key","toggle_url":"/demo/parts/a~2F1.json?_extra=primary_keys,extras","selected":false},{"name":"database","description":"The name of the database","toggle_url":"/demo/parts/a~2F1.json?_extra=database,extras","selected":false},{"name":"table","description":"The name of the table","toggle_url":"/demo/parts/a~2F1.json?_extra=table,extras","selected":false},{"name":"column_details","description":"What SQLite tells of each column","toggle_url":"/demo/parts/a~2F1.json?_extra=column_details,extras","selected":false},{"name":"query","description":"The SQL that finds the row","toggle_url":"/demo/parts/a~2F1.json?_extra=query,extras","selected":false},{"name":"request","description":"What was asked for","toggle_url":"/demo/parts/a~2F1.json?_extra=request,extras","selected":false},{"name":"metadata","description":"What the operator says of the table","toggle_url":"/demo/parts/a~2F1.json?_extra=metadata,extras","selected":false},{"name":"foreign_key_tables","description":"What refers to the row","toggle_url":"/demo/parts/a~2F1.json?_extra=foreign_key_tables,extras","selected":false},{"name":"render_cell","description":"The HTML of references to other rows","toggle_url":"/demo/parts/a~2F1.json?_extra=render_cell,extras","selected":false},{"name":"column_types","description":"Types that columns have been given","toggle_url":"/demo/parts/a~2F1.json?_extra=column_types,extras","selected":false},{"name":"database_color","description":"A colour for the database, from its name","toggle_url":"/demo/parts/a~2F1.json?_extra=database_color,extras","selected":false},{"name":"debug","description":"The parts of the path","toggle_url":"/demo/parts/a~2F1.json?_extra=debug,extras","selected":false},{"name":"private","description":"Whether not everybody may see it","toggle_url":"/demo/parts/a~2F1.json?_extra=private,extras","selected":false},{"name":"extras","description":"What _extra may ask for","toggle_url":"/demo/parts/a~2F1.json","selected":true}],"truncated":false}
END
}

@test "a row's page links to what refers to it, and counts it" {
	serve_search "CREATE TABLE \"odd <t>\" (\"_a\" REFERENCES articles, \"b__gt\"
	    REFERENCES articles); CREATE INDEX odd ON \"odd <t>\" (_a);
	    INSERT INTO \"odd <t>\" VALUES (1, 1), (1, 2);"
	get /demo/parts/a
	is "$STATUS" 200
	has "$BODY" '<li><a rel="nofollow" href="/demo/parts?parent=a">2 rows of parts</a> by parent</li>'
	get /demo/parts/a~2F1
	has "$BODY" '<td><a href="/demo/parts/a">Engine</a> <small>a</small></td>'
	hasnt "$BODY" 'What refers to it'
	get /demo/facet_cities/1
	has "$BODY" '<li><a rel="nofollow" href="/demo/facetable?_city_id__exact=1">Rows of facetable</a> by _city_id</li>'
	get /demo/pairs/1,2
	has "$BODY" '<li><a rel="nofollow" href="/demo/uses?x=1&amp;y=2">2 rows of uses</a> by x, y</li>'
	get /demo/articles/1
	has "$BODY" '<li><a rel="nofollow" href="/demo/odd+~3Ct~3E?_a__exact=1">2 rows of odd &lt;t&gt;</a> by _a</li>'
	has "$BODY" '<li><a rel="nofollow" href="/demo/odd+~3Ct~3E?b__gt__exact=1">Rows of odd &lt;t&gt;</a> by b__gt</li>'
	get '/demo/odd+~3Ct~3E.json?_a__exact=1&_extra=count'
	is "$(value count)" 2
	get '/demo/odd+~3Ct~3E.json?b__gt__exact=1&_extra=count'
	is "$(value count)" 1
}

@test "counting what refers to a row stops at a bound" {
	serve_search "CREATE TABLE many (city REFERENCES facet_cities, n,
	    PRIMARY KEY (city, n)) WITHOUT ROWID;
	    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL
	    SELECT x + 1 FROM c WHERE x < 10002)
	    INSERT INTO many SELECT 1 + (x > 10001), x FROM c;"
	get '/demo/facet_cities/1.json?_extra=foreign_key_tables'
	is "$(jq -c '.foreign_key_tables[1]' <<<"$BODY")" \
	    '{"other_table":"many","column":"id","other_column":"city","count":10000,"count_truncated":true,"link":"/demo/many?city=1"}'
	get '/demo/facet_cities/2.json?_extra=foreign_key_tables'
	is "$(jq -c '.foreign_key_tables[1].count' <<<"$BODY")" 1
	get /demo/facet_cities/1
	has "$BODY" '>more than 10,000 rows of many</a> by city</li>'
}
