#!/usr/bin/env bats
# What a table can be asked for: each parameter with a request and the whole
# answer.  The database is helpers/fixtures.sql.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/answers

# serve [OPTION]...
serve()
{
	sqlite3 -batch -bail "$T/demo.db" <"$BATS_TEST_DIRNAME/helpers/fixtures.sql"
	start_squall --workers=1 "$@" "$T/demo.db"
	start_nginx
}

@test "each filter finds its rows" {
	serve
	sed -E 's|^([^ ]*) (.*)$|/demo/t.json?_shape=arrayfirst\&\1\n\2|' >"$T/list" <<'END'
n=5 [1,5]
n__exact=5 [1,5]
N=5 [1,5]
n=5.0 [1,5]
n=five []
n__not=5 [2,4]
n__gt=5 [2]
n__gte=5 [1,2,5]
n__lt=5 [4]
n__lte=5 [1,4,5]
n__in=10,-1 [2,4]
n__in=10,%20-1 [2,4]
n__in=[10,"-1"] [2,4]
n__notin=5 [2,4]
n__notin=[5] [2,4]
s__in=["a,b"] [5]
s__in=five,a [1]
s__notin=["a,b",""] [1,2]
s=five [1]
s=FIVE []
s= [4]
s__contains=e [1,2]
s__contains=%25 [1,2,4,5]
s__notcontains=e [4,5]
s__startswith=t [2]
s__endswith=E [1]
s__endswith=B [5]
s__like=%25E%25 [1,2]
s__like=f___ [1]
s__notlike=%25e%25 [4,5]
s__glob=*e* [1,2]
s__glob=[A-Z]* [2]
s__isnull=1 [3]
s__notnull=1 [1,2,4,5]
s__isblank=1 [3,4]
s__notblank=1 [1,2,5]
tags__arraycontains=a [1,5]
tags__arraycontains=5 [2]
tags__arraynotcontains=a [2,3,4]
day__date=2024-02-29 [1,2]
day__date=2024-03-01 [5]
x=5 [1,2]
x__gt=2 [1,2,5]
r__gt=5 [1,2,4]
r__lt=-1e308 [5]
a__b=p [1,4]
a__b__not=p [2,5]
_u__exact=u [1,5]
_u__in=u,w [1,2,5]
_u=ignored [1,2,3,4,5]
_nothing=ignored [1,2,3,4,5]
id__gt=1&n=5 [5]
n__gt=4&n__lt=9 [1,5]
n__not=5&n__not=10 [4]
n=5&n=5 [1,5]
n=5&n=10 []
%6e=%35 [1,5]
s=a%2Cb [5]
END
	answers <"$T/list"
	answers <<'END'
/demo/sums.json?_shape=arrays&n__gte=5
{"ok":true,"rows":[["five",5],["Ten%",10],["a,b",5]],"next":null,"next_url":null,"truncated":false}
/demo/sums.json?_shape=arrayfirst&n=10
["Ten%"]
/demo/bare.json?_shape=arrayfirst&rowid=2
[2]
/demo/bare.json?_shape=arrayfirst&with+"quotes"__startswith=a
[1]
/demo/pairs.json?_shape=arrays&a=x/y&b__gt=1
{"ok":true,"rows":[["x/y",2,"two"]],"next":null,"next_url":null,"truncated":false}
END
}

@test "what is no filter is a 400 that says so" {
	serve
	answers <<'END'
/demo/t.json?nosuch=1
{"ok":false,"error":"t has no column “nosuch” to filter by.","errors":["t has no column “nosuch” to filter by."],"status":400,"title":"That can’t be asked"}
/demo/t.json?nosuch__gt=1
{"ok":false,"error":"t has no column “nosuch” to filter by.","errors":["t has no column “nosuch” to filter by."],"status":400,"title":"That can’t be asked"}
/demo/t.json?n__like_that=1
{"ok":false,"error":"t has no column “n__like_that” to filter by.","errors":["t has no column “n__like_that” to filter by."],"status":400,"title":"That can’t be asked"}
/demo/t.json?n__in=[1
{"ok":false,"error":"n__in: expected values with commas between them, or a JSON array.","errors":["n__in: expected values with commas between them, or a JSON array."],"status":400,"title":"That can’t be asked"}
/demo/t.json?_where=1
{"ok":false,"error":"_where: conditions in SQL are not taken here.","errors":["_where: conditions in SQL are not taken here."],"status":400,"title":"That can’t be asked"}
/demo/t.csv?nosuch=1
t has no column “nosuch” to filter by.
END
	is "$(sort -u "$T/codes" | cut -d ' ' -f 1 | sort -u)" 400
}

@test "columns: _col, _nocol, _json, _json_infinity" {
	serve
	answers <<'END'
/demo/t.json?_size=1&_col=s&_col=n
{"ok":true,"rows":[{"id":1,"s":"five","n":5}],"next":"i1","next_url":"/demo/t.json?_size=1&_col=s&_col=n&_next=i1","truncated":false}
/demo/t.json?_shape=array&id=1&_col=s&_col=id&_col=s
[{"id":1,"s":"five"}]
/demo/t.json?_shape=array&id=1&_nocol=s&_nocol=n&_nocol=r&_nocol=x&_nocol=tags
[{"id":1,"day":"2024-02-29","city":2,"a__b":"p","_u":"u"}]
/demo/t.json?_shape=array&id=1&_col=s&_col=n&_nocol=n
[{"id":1,"s":"five"}]
/demo/bare.json?_shape=array&_size=1&_nocol=v
[{"rowid":1,"with \"quotes\"":"a \"b\""}]
/demo/pairs.json?_shape=array&_size=1&_col=v
[{"a":"x/y","b":1,"v":"one"}]
/demo/t.json?_shape=array&_col=tags&_json=tags
[{"id":1,"tags":["a","b"]},{"id":2,"tags":[5, null]},{"id":3,"tags":null},{"id":4,"tags":"no json"},{"id":5,"tags":{"k": "a"}}]
/demo/t.json?_shape=array&_nl=on&_col=tags&_json=tags&id=5
{"id":5,"tags":{"k": "a"}}
/demo/t.json?_shape=array&_col=tags&id=5
[{"id":5,"tags":"{\"k\":\n\"a\"}"}]
/demo/t.json?_shape=array&_col=r&id__gt=3
[{"id":4,"r":null},{"id":5,"r":null}]
/demo/t.json?_shape=array&_col=r&id__gt=3&_json_infinity=1
[{"id":4,"r":Infinity},{"id":5,"r":-Infinity}]
/demo/t.json?_col=nosuch
{"ok":false,"error":"_col: expected a column of t, got “nosuch”.","errors":["_col: expected a column of t, got “nosuch”."],"status":400,"title":"That can’t be asked"}
/demo/t.json?_nocol=id
{"ok":false,"error":"_nocol: id is part of the primary key, which is always shown.","errors":["_nocol: id is part of the primary key, which is always shown."],"status":400,"title":"That can’t be asked"}
/demo/t.json?_json=nosuch
{"ok":false,"error":"_json: expected a column of t, got “nosuch”.","errors":["_json: expected a column of t, got “nosuch”."],"status":400,"title":"That can’t be asked"}
END
}

@test "shapes: objects, arrays, array, arrayfirst, object, and lines" {
	serve
	answers <<'END'
/demo/pairs.json
{"ok":true,"rows":[{"a":"x/y","b":1,"v":"one"},{"a":"x/y","b":2,"v":"two"},{"a":"z","b":1,"v":null}],"next":null,"next_url":null,"truncated":false}
/demo/pairs.json?_shape=objects&a=z
{"ok":true,"rows":[{"a":"z","b":1,"v":null}],"next":null,"next_url":null,"truncated":false}
/demo/pairs.json?_shape=arrays
{"ok":true,"rows":[["x/y",1,"one"],["x/y",2,"two"],["z",1,null]],"next":null,"next_url":null,"truncated":false}
/demo/pairs.json?_shape=array&a=z
[{"a":"z","b":1,"v":null}]
/demo/pairs.json?_shape=array&a=nothing
[]
/demo/pairs.json?_shape=arrayfirst
["x/y","x/y","z"]
/demo/pairs.json?_shape=object
{"x~2Fy,1":{"a":"x/y","b":1,"v":"one"},"x~2Fy,2":{"a":"x/y","b":2,"v":"two"},"z,1":{"a":"z","b":1,"v":null}}
/demo/holes.json?_shape=object&a=1&b__notnull=1
{"1,2":{"a":1,"b":2}}
/demo/holes.json?_shape=object
{"ok":false,"error":"_shape: a row of holes has NULL in its primary key, and so no name: expected another shape than object.","errors":["_shape: a row of holes has NULL in its primary key, and so no name: expected another shape than object."],"status":400,"title":"That can’t be asked"}
/demo/bare.json?_shape=object&_col=v
{"1":{"rowid":1,"v":"first"},"2":{"rowid":2,"v":"second"}}
/demo/sums.json?_shape=object
{"ok":false,"error":"_shape: sums has no primary key to name its rows by: expected another shape than object.","errors":["_shape: sums has no primary key to name its rows by: expected another shape than object."],"status":400,"title":"That can’t be asked"}
/demo/t.json?_shape=rows
{"ok":false,"error":"_shape: expected objects, arrays, array, arrayfirst or object, got \"rows\".","errors":["_shape: expected objects, arrays, array, arrayfirst or object, got \"rows\"."],"status":400,"title":"That can’t be asked"}
END
	get '/demo/pairs.json?_shape=array&_nl=on'
	is "$BODY" '{"a":"x/y","b":1,"v":"one"}
{"a":"x/y","b":2,"v":"two"}
{"a":"z","b":1,"v":null}'
	is "$(header Content-Type)" 'application/x-ndjson; charset=utf-8'
}

@test "labels: _labels, _label" {
	serve
	answers <<'END'
/demo/t.json?_shape=array&_col=city&_labels=on
[{"id":1,"city":{"value":2,"label":"Los Angeles"}},{"id":2,"city":{"value":1,"label":"Detroit"}},{"id":3,"city":null},{"id":4,"city":9},{"id":5,"city":{"value":1,"label":"Detroit"}}]
/demo/t.json?_shape=array&_col=city&_label=city&id=2
[{"id":2,"city":{"value":1,"label":"Detroit"}}]
/demo/t.json?_shape=array&_col=city&_label=s&id=2
[{"id":2,"city":1}]
/demo/t.json?_shape=array&_col=city&_labels=off&id=2
[{"id":2,"city":1}]
/demo/t.json?_labels=maybe
{"ok":false,"error":"_labels: expected off, on, 0, 1, false or true, got \"maybe\".","errors":["_labels: expected off, on, 0, 1, false or true, got \"maybe\"."],"status":400,"title":"That can’t be asked"}
END
	get '/demo/t?id=2'
	has "$BODY" '<a href="/demo/cities/1">Detroit</a>'
	get '/demo/t?id=2&_labels=off'
	hasnt "$BODY" Detroit
}

@test "order and pages: _sort, _sort_desc, _size, _next, Link" {
	serve
	answers <<'END'
/demo/t.json?_shape=arrayfirst&_sort=n
[3,4,1,5,2]
/demo/t.json?_shape=arrayfirst&_sort_desc=n
[2,1,5,4,3]
/demo/t.json?_shape=arrayfirst&_sort=s&n__notnull=1
[4,2,5,1]
/demo/t.json?_size=2&_col=n&_sort_desc=n
{"ok":true,"rows":[{"id":2,"n":10},{"id":1,"n":5}],"next":"i5,i1","next_url":"/demo/t.json?_size=2&_sort_desc=n&_col=n&_next=i5%2Ci1","truncated":false}
/demo/t.json?_size=2&_col=n&_sort_desc=n&_next=i5%2Ci1
{"ok":true,"rows":[{"id":5,"n":5},{"id":4,"n":-1}],"next":"i-1,i4","next_url":"/demo/t.json?_size=2&_sort_desc=n&_col=n&_next=i-1%2Ci4","truncated":false}
/demo/t.json?_size=2&_col=n&_sort_desc=n&_next=i-1%2Ci4
{"ok":true,"rows":[{"id":3,"n":null}],"next":null,"next_url":null,"truncated":false}
/demo/t.json?_size=1&_col=n&_sort=n&n=5
{"ok":true,"rows":[{"id":1,"n":5}],"next":"i5,i1","next_url":"/demo/t.json?_size=1&_sort=n&_col=n&n=5&_next=i5%2Ci1","truncated":false}
/demo/t.json?_size=1&_sort=n&_col=n&n=5&_next=i5%2Ci1
{"ok":true,"rows":[{"id":5,"n":5}],"next":null,"next_url":null,"truncated":false}
/demo/sums.json?_size=2&_sort=n&n__gt=0
{"ok":true,"rows":[{"s":"five","n":5},{"s":"a,b","n":5}],"next":"o2","next_url":"/demo/sums.json?_size=2&_sort=n&n__gt=0&_next=o2","truncated":false}
/demo/sums.json?_size=2&_sort=n&n__gt=0&_next=o2
{"ok":true,"rows":[{"s":"Ten%","n":10}],"next":null,"next_url":null,"truncated":false}
/demo/t.json?_size=0
{"ok":true,"rows":[],"next":null,"next_url":null,"truncated":false}
/demo/t.json?_shape=arrayfirst&_size=max
[1,2,3,4,5]
/demo/t.json?_size=1001
{"ok":false,"error":"_size: expected a whole number from 0 to 1000 or max, got \"1001\".","errors":["_size: expected a whole number from 0 to 1000 or max, got \"1001\"."],"status":400,"title":"That can’t be asked"}
/demo/t.json?_next=x
{"ok":false,"error":"_next: expected what a page of this table, in this order, gave for its next page.","errors":["_next: expected what a page of this table, in this order, gave for its next page."],"status":400,"title":"That can’t be asked"}
END
	get '/demo/t.json?_size=2&_shape=array&n__notnull=1'
	is "$(header Link)" '</demo/t.json?_size=2&_shape=array&n__notnull=1&_next=i2>; rel="next"'
	get '/demo/t.json?_size=2&_shape=array&n__notnull=1&_next=i2'
	is "$(header Link || echo none)" none
	# a long one would be more than web servers take
	get "/demo/t.json?_size=1&s__not=$(printf '%03000d' 0)"
	is "$STATUS" 200
	is "$(header Link || echo none)" none
	like "$(jq -r .next_url <<<"$BODY")" '_next=i1$'
}

@test "_extra, and _nocount" {
	serve
	answers <<'END'
/demo/t.json?_size=0&_extra=count
{"ok":true,"rows":[],"next":null,"next_url":null,"count":5,"truncated":false}
/demo/t.json?_size=0&_extra=count&n__notnull=1&s__notblank=1
{"ok":true,"rows":[],"next":null,"next_url":null,"count":3,"truncated":false}
/demo/t.json?_size=0&_extra=count&_nocount=1
{"ok":true,"rows":[],"next":null,"next_url":null,"count":null,"truncated":false}
/demo/t.json?_size=0&_extra=count_sql&n=5
{"ok":true,"rows":[],"next":null,"next_url":null,"count_sql":"SELECT count(*) FROM \"t\" WHERE (\"t\".\"n\" = :p0)","truncated":false}
/demo/t.json?_size=0&_extra=human_description_en&s=CA&_sort=id
{"ok":true,"rows":[],"next":null,"next_url":null,"human_description_en":"where s = \"CA\" sorted by id","truncated":false}
/demo/t.json?_size=0&_extra=human_description_en&_sort_desc=id
{"ok":true,"rows":[],"next":null,"next_url":null,"human_description_en":"sorted by id descending","truncated":false}
/demo/t.json?_size=0&_extra=human_description_en
{"ok":true,"rows":[],"next":null,"next_url":null,"human_description_en":"","truncated":false}
/demo/t.json?_size=0&_extra=human_description_en&n__gt=1&s__contains=a&tags__isnull=1&x__in=1,2
{"ok":true,"rows":[],"next":null,"next_url":null,"human_description_en":"where n > 1, s contains \"a\", tags is null and x in [\"1\",\"2\"]","truncated":false}
/demo/t.json?_size=0&_extra=columns,all_columns&_extra=primary_keys&_col=n
{"ok":true,"rows":[],"next":null,"next_url":null,"columns":["id","n"],"all_columns":["id","n","r","s","x","tags","day","city","a__b","_u"],"primary_keys":["id"],"truncated":false}
/demo/bare.json?_size=0&_extra=columns,all_columns,primary_keys
{"ok":true,"rows":[],"next":null,"next_url":null,"columns":["rowid","v","with \"quotes\""],"all_columns":["rowid","v","with \"quotes\""],"primary_keys":["rowid"],"truncated":false}
/demo/sums.json?_size=0&_extra=columns,primary_keys,is_view
{"ok":true,"rows":[],"next":null,"next_url":null,"columns":["s","n"],"primary_keys":[],"is_view":true,"truncated":false}
/demo/cities.json?_size=0&_extra=display_columns
{"ok":true,"rows":[],"next":null,"next_url":null,"display_columns":[{"name":"id","sortable":true,"is_pk":true,"type":"INTEGER","notnull":0,"description":null,"column_type":null,"column_type_config":null},{"name":"name","sortable":true,"is_pk":false,"type":"TEXT","notnull":1,"description":null,"column_type":null,"column_type_config":null}],"truncated":false}
/demo/cities.json?_size=1&_extra=query&name__gt=A&_sort_desc=name&_next=tDetroit,i1
{"ok":true,"rows":[],"next":null,"next_url":null,"query":{"sql":"SELECT \"cities\".\"id\", \"cities\".\"name\" FROM \"cities\" WHERE (\"cities\".\"name\" > :p0) ORDER BY \"cities\".\"name\" DESC, \"cities\".\"id\" LIMIT 2","params":{"p0":"A"}},"truncated":false}
/demo/cities.json?_size=0&_extra=request&id=1&id__lt=5
{"ok":true,"rows":[],"next":null,"next_url":null,"request":{"path":"/demo/cities.json","full_path":"/demo/cities.json?_size=0&_extra=request&id=1&id__lt=5","args":{"_size":["0"],"_extra":["request"],"id":["1"],"id__lt":["5"]}},"truncated":false}
/demo/cities.json?_size=0&_extra=request&_extra=debug
{"ok":true,"rows":[],"next":null,"next_url":null,"debug":{"url_vars":{"database":"demo","table":"cities","format":"json"}},"request":{"path":"/demo/cities.json","full_path":"/demo/cities.json?_size=0&_extra=request&_extra=debug","args":{"_size":["0"],"_extra":["request","debug"]}},"truncated":false}
/demo/t.json?_col=city&_extra=render_cell&id__gt=1&id__lt=4
{"ok":true,"rows":[{"id":2,"city":1},{"id":3,"city":null}],"next":null,"next_url":null,"render_cell":[{"city":"<a href=\"/demo/cities/1\">Detroit</a> <small>1</small>"},{}],"truncated":false}
/demo/t.json?_col=city&_size=1&_next=i1&_extra=render_cell
{"ok":true,"rows":[{"id":2,"city":1}],"next":"i2","next_url":"/demo/t.json?_size=1&_col=city&_extra=render_cell&_next=i2","render_cell":[{"city":"<a href=\"/demo/cities/1\">Detroit</a> <small>1</small>"}],"truncated":false}
/demo/t.json?_col=n&_size=1&_extra=render_cell
{"ok":true,"rows":[{"id":1,"n":5}],"next":"i1","next_url":"/demo/t.json?_size=1&_col=n&_extra=render_cell&_next=i1","render_cell":[{}],"truncated":false}
/demo/t.json?_size=0&_extra=render_cell,column_types,set_column_type_ui,database_color
{"ok":true,"rows":[],"next":null,"next_url":null,"render_cell":[],"column_types":{},"set_column_type_ui":null,"database_color":"456330","truncated":false}
/demo/cities.json?_size=0&_extra=form_hidden_args&name=a%26b
{"ok":true,"rows":[],"next":null,"next_url":null,"form_hidden_args":[["_size","0"],["_extra","form_hidden_args"],["name","a&b"]],"truncated":false}
/demo/cities.json?_size=0&_extra=renderers
{"ok":true,"rows":[],"next":null,"next_url":null,"renderers":{"json":"/demo/cities.json?_size=0&_extra=renderers","csv":"/demo/cities.csv?_size=0&_extra=renderers"},"truncated":false}
/demo/cities.json?_size=0&_extra=database,table,private,is_view,table_definition,view_definition
{"ok":true,"rows":[],"next":null,"next_url":null,"database":"demo","table":"cities","table_definition":"CREATE TABLE cities (id INTEGER PRIMARY KEY, name TEXT NOT NULL)","view_definition":null,"is_view":false,"private":false,"truncated":false}
/demo/sums.json?_size=0&_extra=table_definition,view_definition
{"ok":true,"rows":[],"next":null,"next_url":null,"table_definition":null,"view_definition":"CREATE VIEW sums AS SELECT s, n + 0 AS n FROM t WHERE n IS NOT NULL","truncated":false}
/demo/t.json?_size=0&_extra=expandable_columns
{"ok":true,"rows":[],"next":null,"next_url":null,"expandable_columns":[[{"column":"city","other_table":"cities","other_column":"id"},"name"]],"truncated":false}
/demo/cities.json?_size=0&_extra=next_url
{"ok":true,"rows":[],"next":null,"next_url":null,"truncated":false}
/demo/cities.json?_size=0&_extra=count,nosuch
{"ok":false,"error":"_extra: there is no “nosuch”; _extra=extras lists what there is.","errors":["_extra: there is no “nosuch”; _extra=extras lists what there is."],"status":400,"title":"That can’t be asked"}
END
	get '/demo/cities.json?_size=0&_extra=extras,count'
	is "$(jq -c '.extras | map(select(.selected).name)' <<<"$BODY")" \
	    '["count","extras"]'
	# what `extras` lists is there
	get "/demo/t.json?_size=0&_extra=$(jq -r '.extras | map(.name) | join(",")' <<<"$BODY")"
	is "$STATUS" 200
	is "$(jq '.extras | length' <<<"$BODY")" "$(jq 'length - 4' <<<"$BODY")"
}

@test "CSV: _header, _dl, _labels" {
	serve
	get '/demo/t.csv?_col=city&_col=s&_labels=on&_size=max'
	is "$(header Content-Type)" 'text/csv; charset=utf-8'
	is "${BODY//$'\r'/}" 'id,city,city_label,s
1,2,Los Angeles,five
2,1,Detroit,Ten%
3,,,
4,9,,
5,1,Detroit,"a,b"'
	is "$(grep -c $'\r$' "$T/body")" 6
	get '/demo/bare.csv?_header=off'
	is "${BODY//$'\r'/}" '1,first,"a ""b"""
2,second,"c
d"'
	get '/demo/t.csv?_col=x&_col=r&_dl=1&id__gt=3'
	is "$(header Content-Disposition)" 'attachment; filename="t.csv"'
	is "${BODY//$'\r'/}" 'id,x,r
4,1.5,inf
5,NQA=,-inf'
	get '/demo/t.csv?_size=2&_col=n'
	is "$(header Link)" '</demo/t.csv?_size=2&_col=n&_next=i2>; rel="next"'
	get /demo/nosuch.csv
	is "$STATUS" 404
	is "$(header Content-Type)" 'text/plain; charset=utf-8'
	get /demo.csv
	is "$STATUS" 404
}

@test "CSV: --csv-formulas" {
	local option

	make_db "$T/demo.db" "CREATE TABLE t (\"=a\", b);
	    INSERT INTO t VALUES ('=1+1', -1), ('@x,y', '-1'), ('a=1', -1.5)"
	for option in keep quote; do
		start_squall --workers=1 --csv-formulas="$option" "$T/demo.db"
		start_nginx
		get '/demo/t.csv?_stream=on'
		cp "$T/body" "$T/$option"
		stop nginx
		stop squall
	done
	is "$(tr -d '\r' <"$T/keep")" 'rowid,=a,b
1,=1+1,-1
2,"@x,y",-1
3,a=1,-1.5'
	is "$(tr -d '\r' <"$T/quote")" "rowid,'=a,b
1,'=1+1,-1
2,\"'@x,y\",'-1
3,a=1,-1.5"
}

@test "CSV has as many rows as a page may have" {
	make_db "$T/demo.db" 'CREATE TABLE t (i INTEGER PRIMARY KEY);
	    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
	    LIMIT 1500) INSERT INTO t SELECT i FROM c'
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	get /demo/t.csv
	is "$(wc -l <"$T/body")" 1001
	is "$(header Link)" '</demo/t.csv?_next=i1000>; rel="next"'
	get '/demo/t.csv?_size=100'
	is "$(wc -l <"$T/body")" 101
	is "$(header Link)" '</demo/t.csv?_size=100&_next=i100>; rel="next"'
	get '/demo/t.csv?_size=max'
	is "$(wc -l <"$T/body")" 1001
}

@test "GeoJSON: points of latitude and longitude" {
	serve
	answers <<'END'
/demo/spots.geojson
{"type":"FeatureCollection","features":[{"type":"Feature","id":"1","geometry":{"type":"Point","coordinates":[29.0,41.5]},"properties":{"id":1,"name":"here"}},{"type":"Feature","id":"2","geometry":null,"properties":{"id":2,"name":"nowhere"}},{"type":"Feature","id":"3","geometry":null,"properties":{"id":3,"name":"beyond"}},{"type":"Feature","id":"4","geometry":null,"properties":{"id":4,"name":"words"}}]}
/demo/spots.geojson?_col=name&id=1
{"type":"FeatureCollection","features":[{"type":"Feature","id":"1","geometry":{"type":"Point","coordinates":[29.0,41.5]},"properties":{"id":1,"name":"here"}}]}
/demo/t.geojson
{"ok":false,"error":"t is not on the map: it has no columns called latitude and longitude.","errors":["t is not on the map: it has no columns called latitude and longitude."],"status":404,"title":"Not found"}
END
	get /demo/spots.geojson
	is "$(header Content-Type)" 'application/geo+json; charset=utf-8'
}

@test "_ttl and _timelimit" {
	serve
	answers <<'END'
/demo/cities.json?_size=1&_ttl=60&_timelimit=20000
{"ok":true,"rows":[{"id":1,"name":"Detroit"}],"next":"i1","next_url":"/demo/cities.json?_size=1&_ttl=60&_timelimit=20000&_next=i1","truncated":false}
/demo/cities.json?_shape=array&_ttl=0&id=3
[{"id":3,"name":"Memnonia"}]
/demo/cities.json?_timelimit=0
{"ok":false,"error":"_timelimit: expected a whole number from 1 to 3600000, got \"0\".","errors":["_timelimit: expected a whole number from 1 to 3600000, got \"0\"."],"status":400,"title":"That can’t be asked"}
END
	get '/demo/t.json?_ttl=60'
	is "$(header Cache-Control)" max-age=60
	get -H "If-None-Match: $(header ETag)" '/demo/t.json?_ttl=60'
	is "$STATUS" 304
	is "$(header Cache-Control)" max-age=60
	get '/demo/t.json?_ttl=0'
	is "$(header Cache-Control)" no-cache
	get '/demo/t.json?_ttl=-1'
	is "$STATUS" 400
	sqlite3 "$T/demo.db" "$ENDLESS"
	stop squall
	start_squall --workers=1 --time-limit=3600000 "$T/demo.db"
	get '/demo/endless.json?_timelimit=1000'
	is "$STATUS" 503
	has "$BODY" 'took too long'
	# it lowers the limit, and never raises it
	stop squall
	start_squall --workers=1 --time-limit=1000 "$T/demo.db"
	get '/demo/endless.json?_timelimit=3600000'
	is "$STATUS" 503
}

# by_cgi METHOD URI [NAME=VALUE]...: as `fcgi`, but of a squall that is started
# for it, with OPTIONS.
by_cgi()
{
	local path=${2%%\?*} query=

	[[ $2 != *\?* ]] || query=${2#*\?}
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD="$1" SCRIPT_NAME= \
	    PATH_INFO="$path" QUERY_STRING="$query" REMOTE_ADDR=127.0.0.1 \
	    "${@:3}" "$SQUALL" "${OPTIONS[@]}" "$T/demo.db" 2>"$T/cgi.log"
}

# allows_origin WANTED METHOD URI [NAME=VALUE]...: the same in both ways.
allows_origin()
{
	local way got

	for way in fcgi by_cgi; do
		"$way" "${@:2}" >"$T/reply"
		got=$(tr -d '\r' <"$T/reply" |
		    sed -n '/^$/q; s/^Access-Control-Allow-Origin: //p')
		is "$got" "$1" || fail "$way ${*:2}"
	done
}

@test "--cors: who may read data, by FastCGI and by CGI" {
	local path tag
	local -a OPTIONS=(--cors=on)

	serve "${OPTIONS[@]}"
	for path in /.json /demo/t.json /demo/t.csv /demo/spots.geojson \
	    '/demo/t.csv?_stream=on' '/demo/t.json?_shape=array&_nl=on' \
	    /demo/t/1.json /robots.txt /demo/-/schema.json \
	    /-/openapi.json /-/versions.json /-/databases.json \
	    /-/status.json /-/metrics /-/healthz '/demo/t.json?nosuch=1' \
	    '/demo/t.json?_size=x' '/demo/t.csv?_size=x' /nope.json \
	    /demo/nope.json '/-/status.json?nosuch=1' \
	    /demo/-/query.json?sql=nonsense; do
		allows_origin '*' GET "$path"
		allows_origin '*' HEAD "$path"
	done
	allows_origin '*' OPTIONS /demo/t.json
	allows_origin '*' GET /-/status.json REMOTE_ADDR=192.0.2.1
	tag=$(fcgi GET /demo/t.json | tr -d '\r' | sed -n 's/^ETag: //p')
	allows_origin '*' GET /demo/t.json HTTP_IF_NONE_MATCH="$tag"
	has "$(head -n 1 "$T/reply")" 304
	for path in / /demo/t /-/status '/demo/t?_size=x' /nope; do
		allows_origin '' GET "$path"
	done
	stop squall
	OPTIONS=(--cors=off)
	start_squall --workers=1 "${OPTIONS[@]}" "$T/demo.db"
	for path in /demo/t.json /-/status.json /nope.json; do
		allows_origin '' GET "$path"
	done
}

@test "the form: filters without JavaScript" {
	serve
	get '/demo/t?n=5&_sort=s'
	has "$BODY" '<meta name="robots" content="noindex">'
	has "$BODY" 'Table of 2 rows where n = 5 sorted by s'
	has "$BODY" '<li>n = 5 <a rel="nofollow" href="/demo/t?_sort=s">remove</a></li>'
	has "$BODY" '<input type="hidden" name="n" value="5">'
	has "$BODY" '<option value="a__b">a__b</option>'
	xmllint --html --noout "$T/body"
	# what the form sends
	get '/demo/t?n=5&_sort=s&_next=x&_filter_column=a__b&_filter_op=startswith&_filter_value=%26+p'
	is "$STATUS" 302
	is "$(header Location)" "$URL/demo/t?_sort=s&a__b__startswith=%26%20p&n=5" ||
	    is "$(header Location)" '/demo/t?_sort=s&n=5&a__b__startswith=%26%20p'
	get --location '/demo/t?_filter_column=_u&_filter_op=exact&_filter_value=w'
	is "$STATUS" 200
	has "$BODY" 'Table of 1 row where _u = &quot;w&quot;'
	get '/demo/t?_filter_column=&_filter_op=exact&_filter_value='
	has "$(header Location)" /demo/t
	hasnt "$(header Location)" exact
	get --location '/demo/t?_filter_column=nosuch&_filter_op=gt&_filter_value=1'
	is "$STATUS" 400
	get "/demo/t?_filter_column=s&_filter_value=$(printf '%04000d' 0)"
	is "$STATUS" 414
	get '/demo/t?id__lt=3'
	is "$(header Link)" '</demo/t.json?id__lt=3>; rel="alternate"; type="application/json+datasette"'
	get /demo/t
	hasnt "$BODY" noindex
}

@test "filters have one key, whatever order they come in" {
	serve
	get '/demo/t.json?n=5&s__contains=e&_col=n&_col=s'
	like "$(cache_status)" 'fwd=uri-miss'
	for query in 's__contains=e&n=5&_col=n&_col=s' \
	    '_col=n&n=5&_col=s&_junk=1&s__contains=e&n=5' \
	    '_col=n&_col=s&_shape=objects&%6E=5&s__contains=%65'; do
		get "/demo/t.json?$query"
		like "$(cache_status)" 'hit;.*detail=memory' || fail "$query"
	done
	get '/demo/t.json?n=5&s__contains=e&_col=s&_col=n'
	like "$(cache_status)" 'fwd=uri-miss'
	sqlite3 "$T/demo.db" "INSERT INTO t (id, n, s) VALUES (6, 5, 'new')"
	get '/demo/t.json?n=5&s__contains=e&_shape=arrayfirst'
	is "$BODY" $'[1,\n6]'
}

# Whatever stands in a value.
HOSTILE_VALUES=("'" '"' '`' "' OR 1=1 --" '1; DROP TABLE t' '") UNION SELECT 1 --'
    '%' '_' '*' '[' '[[' '[1,' '{"a":1}' '[null]' '[[1]]' '[1e999]' 'x,y,,' ','
    '-1' '0' '1e999' '-9e99999' '99999999999999999999999999999999' '1.' '.' 'e'
    '0x1F' 'NaN' 'inf' 'null' 'on' 'max' 'object' 'id' 'nosuch' 'i1' 'i1,i2'
    'o9223372036854775807' 'k' 'b' '..' '/' "\\" 'ü' '<script>' '&amp;' '?' ':p0'
    '$a' '@a' '../../etc/passwd' 'count,count,,count' 'now' '2024-02-30')

# The same as parts of an address, and what is no text.
hostile_values()
{
	printf '%s\0' "${HOSTILE_VALUES[@]}" | jq -Rr 'split("\u0000")[:-1][] | @uri'
	printf '%s\n' '' %00 a%00b %FF %C3 %ED%A0%80 %0A %0D%0ASet-Cookie:x %25%00 \
	    %F0%9F%98%80 "$(printf '%02000d' 0)" "$(printf '%%25%.0s' {1..500})" \
	    "$(printf '%%5B%.0s' {1..500})"
}

@test "no parameter and no value makes an error of squall's own" {
	local op path

	serve --access-log=off --memory=0
	hostile_values >"$T/values"
	{
		printf '%s\n' _next _size _sort _sort_desc _col _nocol _labels \
		    _label _nocount _shape _nl _json _json_infinity _extra \
		    _header _dl _ttl _timelimit _where _filter_column \
		    _filter_op _filter_value _junk nosuch n s x r id \
		    _u__exact _facet _facet_array _facet_date _facet_size \
		    _nofacet _nosuggest _search _search_s _searchmode \
		    _fts_table _fts_pk _through
		for op in exact not contains notcontains startswith endswith \
		    gt gte lt lte like notlike glob in notin arraycontains \
		    arraynotcontains date isnull notnull isblank notblank \
		    nosuch; do
			printf '%s__%s\n' tags "$op" x "$op" n "$op"
		done
	} >"$T/names"
	awk 'NR == FNR { values[NR] = $0; next }
	    { for (i in values) print "/demo/t.json?" $0 "=" values[i] }' \
	    "$T/values" "$T/names" >"$T/list"
	# names that are values, and the other formats and tables
	for path in t bare.json sums.json pairs.csv t.csv spots.geojson; do
		sed "s|.*|/demo/$path?&=1\n/demo/$path?v=&\&_sort=&\n/demo/$path?s__in=&\&_col=&\n/demo/$path?v__like=&|" \
		    "$T/values" >>"$T/list"
	done
	(($(wc -l <"$T/list") > 7000))
	statuses 200 302 400 404 414 <"$T/list"
	# 404 is for what is not on the map only
	is "$(grep '^404 ' "$T/codes" | grep -vc '/demo/[^?]*geojson' || :)" 0
	is "$(grep -cE ' (error|warn) ' "$T/squall.log" || :)" 0
}

@test "more parameters and longer values than anybody needs" {
	local name query long

	make_db "$T/demo.db" 'CREATE TABLE t (n); INSERT INTO t VALUES (1)'
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	for name in n n__in n__like _sort _col _extra _next _junk; do
		long=$(printf '%0100000d' 0)
		page GET "/demo/t.json?$name=$long"
		is "$STATUS" 414 || fail "$name"
		page GET "/demo/t.json?$name=${long:0:16000}"
		like "$STATUS" '^(200|400)$' || fail "$name"
		get "/demo/t.json?$name=$long"
		is "$STATUS" 414 || fail "$name"
	done
	printf -v query '&n__gt=-%d' {1..10000}
	page GET "/demo/t.json?${query:1}"
	is "$STATUS" 414
	printf -v query '&n=%d' {1..101}
	page GET "/demo/t.json?${query:1}"
	is "$STATUS" 400
	has "$BODY" 'too many parameters'
	printf -v query '&n__gt=-%d' {1..100}
	page GET "/demo/t.json?_shape=arrayfirst$query"
	is "$STATUS" 200
	is "$BODY" '[1]'
	# what is ignored may be as many as fit
	query=$(printf '&_%.0s' {1..5000})
	page GET "/demo/t.json?_shape=arrayfirst$query"
	is "$BODY" '[1]'
}

@test "settings: rows, facets, and what search engines are told" {
	serve_search '' --max-returned-rows=4 --default-page-size=3 \
	    --default-facet-size=1 --suggest-facets=off --nofollow=off \
	    --noindex=off
	answers <<'END'
/demo/facetable.json?_col=pk
{"ok":true,"rows":[{"pk":1},{"pk":2},{"pk":3}],"next":"i3","next_url":"/demo/facetable.json?_col=pk&_next=i3","truncated":false}
/demo/facetable.json?_col=pk&_size=max
{"ok":true,"rows":[{"pk":1},{"pk":2},{"pk":3},{"pk":4}],"next":"i4","next_url":"/demo/facetable.json?_size=4&_col=pk&_next=i4","truncated":false}
/demo/facetable.json?_size=5
{"ok":false,"error":"_size: expected a whole number from 0 to 4 or max, got \"5\".","errors":["_size: expected a whole number from 0 to 4 or max, got \"5\"."],"status":400,"title":"That can’t be asked"}
/demo/facetable.csv?_col=pk&_header=off
1234
/demo/facetable.csv?_col=pk&_header=off&_stream=on
123456
/demo/facetable.json?_size=0&_facet=state&_extra=suggested_facets
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_extra=suggested_facets","results":[{"value":"CA","label":"CA","count":3,"toggle_url":"/demo/facetable.json?_size=0&_extra=suggested_facets&_facet=state&state=CA","selected":false}],"truncated":true}},"timed_out":[]},"suggested_facets":[],"truncated":false}
/demo/facetable.json?_size=0&_facet=state&_facet_size=max
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=4","results":[{"value":"CA","label":"CA","count":3,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=4&_facet=state&state=CA","selected":false},{"value":"MI","label":"MI","count":2,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=4&_facet=state&state=MI","selected":false},{"value":"MC","label":"MC","count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=4&_facet=state&state=MC","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_facet_size=5
{"ok":false,"error":"_facet_size: expected a whole number from 1 to 4 or max, got \"5\".","errors":["_facet_size: expected a whole number from 1 to 4 or max, got \"5\"."],"status":400,"title":"That can’t be asked"}
END
	get '/demo/facetable?_facet=state&state=CA&_sort=pk'
	is "$STATUS $(grep -c 'nofollow' <<<"$BODY")" '200 1'
	has "$BODY" '<a rel="nofollow" href="/demo/facetable.csv?'
	hasnt "$BODY" noindex
	get /demo/parts/a
	hasnt "$BODY" nofollow
	get /-/openapi.json
	is "$(jq .components.parameters'["table._size"].schema.maximum' \
	    "$T/body")" 4
}
