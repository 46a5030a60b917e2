#!/usr/bin/env bats
# Full-text search and filters through other tables: each parameter with a
# request and the whole answer.  The database is helpers/search.sql.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/answers

# serve [OPTION]...
serve()
{
	sqlite3 -batch -bail "$T/demo.db" <"$BATS_TEST_DIRNAME/helpers/search.sql"
	start_squall --workers=1 "$@" "$T/demo.db"
	start_nginx
}

@test "what is searched for is found" {
	serve
	sed -E 's|^([a-z_]+)\?([^ ]*) (.*)$|/demo/\1.json?_shape=arrayfirst\&\2\n\3|' \
	    >"$T/list" <<'END'
articles?_search=rob [1,3]
articles?_search=rob* [1,2,3]
articles?_search=ROB*%20CAT [1,2]
articles?_search="barry+cat" [1]
articles?_search="barry [1]
articles?_search=AND [2]
articles?_search=NOT [3]
articles?_search=rob's [3]
articles?_search=title:rob []
articles?_search=nothing []
articles?_search= [1,2,3]
articles?_search=%20%22%22* [1,2,3]
articles?_search_title=rob* [1,2]
articles?_search_BODY=rob [3]
articles?_search_title=robert&_search=dog [2]
articles?_search_title= [1,2,3]
articles?_search=rob&_sort_desc=id [3,1]
articles?_search=rob*&id__gt=1 [2,3]
articles?_search=rob*&_size=1&_next=i1 [2]
articles?_searchmode=raw&_search=rob+AND+barry [1]
articles?_searchmode=raw&_search=rob+NOT+barry [3]
articles?_searchmode=raw&_search=title:rob* [1,2]
articles?_searchmode=raw&_search_body=cat+OR+dog [1,2,3]
articles?_searchmode=escaped&_search=rob+NOT+barry []
recent?_fts_table=articles'+index&_fts_pk=nr&_search=rob* [2,3]
facet_cities?_fts_table=articles'+index&_search=cat [1,2]
four?_search=one [1,2]
four?_search=tw* [1]
four?_search_b=one [2]
four?_search=one+-+two [1]
three?_search=one [1,2]
three?_search_a=th* [2]
phraseless?_search=fo* [1]
END
	answers <"$T/list"
}

@test "a search in the whole answer: JSON, next page, words, SQL, CSV" {
	serve
	answers <<'END'
/demo/articles.json?_search=rob*&_size=1&_extra=count,human_description_en
{"ok":true,"rows":[{"id":1,"title":"The rob","body":"barry cat"}],"next":"i1","next_url":"/demo/articles.json?_size=1&_search=rob%2A&_extra=count%2Chuman_description_en&_next=i1","count":3,"human_description_en":"where search matches \"rob*\"","truncated":false}
/demo/articles.json?_search_title=Robert&_col=title&_extra=count_sql
{"ok":true,"rows":[{"id":2,"title":"Robert"}],"next":null,"next_url":null,"count_sql":"SELECT count(*) FROM \"articles\" WHERE (\"articles\".\"id\" IN (SELECT rowid FROM \"articles' index\" WHERE \"title\" MATCH :p0))","truncated":false}
/demo/articles.json?_searchmode=raw&_search=rob*+NOT+barry&_col=title&_size=1
{"ok":true,"rows":[{"id":2,"title":"Robert"}],"next":"i2","next_url":"/demo/articles.json?_size=1&_search=rob%2A%20NOT%20barry&_searchmode=raw&_col=title&_next=i2","truncated":false}
/demo/recent.json?_fts_table=articles'+index&_fts_pk=nr&_search=rob*
{"ok":true,"rows":[{"nr":2,"title":"Robert"},{"nr":3,"title":"NOT this"}],"next":null,"next_url":null,"truncated":false}
END
	get '/demo/articles.csv?_search=barry'
	is "$STATUS $BODY" $'200 id,title,body\r\n1,The rob,barry cat\r'
}

@test "what can't be searched for is a 400 that says so" {
	serve
	answers <<'END'
/demo/articles.json?_searchmode=raw&_search=rob+AND
{"ok":false,"error":"_search: this can’t be searched for: fts5: syntax error near \"\".","errors":["_search: this can’t be searched for: fts5: syntax error near \"\"."],"status":400,"title":"That can’t be asked"}
/demo/articles.json?_searchmode=raw&_search=nope:x
{"ok":false,"error":"_search: this can’t be searched for: no such column: nope.","errors":["_search: this can’t be searched for: no such column: nope."],"status":400,"title":"That can’t be asked"}
/demo/four.json?_searchmode=raw&_search=(
{"ok":false,"error":"_search: this can’t be searched for: malformed MATCH expression: [(].","errors":["_search: this can’t be searched for: malformed MATCH expression: [(]."],"status":400,"title":"That can’t be asked"}
/demo/phraseless.json?_search=foo-bar
{"ok":false,"error":"_search: this can’t be searched for: fts5: phrase queries are not supported (detail!=full).","errors":["_search: this can’t be searched for: fts5: phrase queries are not supported (detail!=full)."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_search=x
{"ok":false,"error":"_search: facetable has no full-text index.","errors":["_search: facetable has no full-text index."],"status":400,"title":"That can’t be asked"}
/demo/articles.json?_search_nope=x
{"ok":false,"error":"_search_nope: there is no such column in articles' index.","errors":["_search_nope: there is no such column in articles' index."],"status":400,"title":"That can’t be asked"}
/demo/recent.json?_search=x
{"ok":false,"error":"_search: recent has no full-text index.","errors":["_search: recent has no full-text index."],"status":400,"title":"That can’t be asked"}
/demo/recent.json?_fts_table=four&_search=x
{"ok":false,"error":"_fts_table: “four” is no full-text index that goes with recent by that column (_fts_pk).","errors":["_fts_table: “four” is no full-text index that goes with recent by that column (_fts_pk)."],"status":400,"title":"That can’t be asked"}
/demo/articles.json?_searchmode=other&_search=x
{"ok":false,"error":"_searchmode: expected escaped or raw, got \"other\".","errors":["_searchmode: expected escaped or raw, got \"other\"."],"status":400,"title":"That can’t be asked"}
END
}

@test "the search box, on tables that can be searched" {
	serve
	get '/demo/articles?_search="rob<&_sort=id'
	is "$STATUS" 200
	has "$BODY" '<label>Search <input type="search" name="_search" value="&quot;rob&lt;"></label>'
	has "$BODY" '<input type="hidden" name="_sort" value="id">'
	has "$BODY" '<li>search matches &quot;&quot;rob&lt;&quot; <a rel="nofollow" href="/demo/articles?_sort=id">remove</a></li>'
	get /demo/facetable
	hasnt "$BODY" 'type="search"'
	get '/demo/recent?_fts_table=articles%27+index&_fts_pk=nr'
	has "$BODY" 'type="search"'
}

@test "through another table, in the whole answer" {
	serve
	sed -E 's|"|%22|g' >"$T/urls" <<'END'
/demo/attractions.json?_through={"table":"attraction_characteristics","column":"characteristic_id","value":"1"}&_extra=human_description_en
/demo/attractions.json?_through={"table":"attraction_characteristics","column":"characteristic_id","value":2}&name__startswith=M
/demo/attractions.json?_shape=arrayfirst&_through={"table":"attraction_characteristics","column":"characteristic_id","value":1}&_through={"table":"attraction_characteristics","column":"characteristic_id","value":2}
/demo/parts.json?_through={"table":"parts","column":"name","value":"Valve"}
/demo/attractions.json?_through={"table":"facetable","column":"pk","value":"1"}
/demo/attractions.json?_through={"table":"attraction_characteristics","column":"x","value":"1"}
/demo/attractions.json?_through=[1]
END
	cat >"$T/bodies" <<'END'
{"ok":true,"rows":[{"pk":3,"name":"Pez Museum"},{"pk":4,"name":"Bigfoot"}],"next":null,"next_url":null,"human_description_en":"where attraction_characteristics.characteristic_id = \"1\"","truncated":false}
{"ok":true,"rows":[{"pk":1,"name":"Mystery Spot"},{"pk":2,"name":"Mansion"}],"next":null,"next_url":null,"truncated":false}
[4]
{"ok":true,"rows":[{"id":"a","name":"Engine","parent":null}],"next":null,"next_url":null,"truncated":false}
{"ok":false,"error":"_through: “facetable” does not refer to attractions.","errors":["_through: “facetable” does not refer to attractions."],"status":400,"title":"That can’t be asked"}
{"ok":false,"error":"_through: “attraction_characteristics” has no column “x”.","errors":["_through: “attraction_characteristics” has no column “x”."],"status":400,"title":"That can’t be asked"}
{"ok":false,"error":"_through: expected {\"table\":…,\"column\":…,\"value\":…}.","errors":["_through: expected {\"table\":…,\"column\":…,\"value\":…}."],"status":400,"title":"That can’t be asked"}
END
	paste -d '\n' "$T/urls" "$T/bodies" >"$T/list"
	answers <"$T/list"
	get "$(head -n 1 "$T/urls" | sed 's/\.json//')"
	has "$BODY" '<li>attraction_characteristics.characteristic_id = &quot;1&quot; <a rel="nofollow" href="/demo/attractions?_extra=human_description_en">remove</a></li>'
}

# corpus: strings that might be taken for something else, encoded for a URL.
corpus()
{
	jq -Rr '@uri' <<'END'
'
"
''
'"
\
%
;
--
/*
*/
' OR 1=1 --
" OR ""="
') UNION SELECT sql FROM sqlite_schema --
"; DROP TABLE articles; --
* FROM sqlite_schema
a" MATCH "b
"a" OR "b"
a AND
NEAR(a b, 5)
NEAR
{a b} : c
{
}
(
((((((((((((((((((((
)
^a
a ^b
-a
+a
a + b
a*b*
**
*a
:
a:b
::
"":""
rank MATCH 'bm25(10)'
'* optimize'
<script>alert(1)</script>
&amp;
${x}
$(id)
../../etc/passwd
[a]
`a`
[
]
{"table":"articles"}
{"table":"articles","column":"id","value":{}}
{"table":"x\"y","column":"z'w","value":"\u0000"}
[[[[[[[[[[
0
-1
1e309
9223372036854775808
NaN
NULL
true
rowid
_rowid_
id
title
articles' index
sqlite_schema
sqlite_sequence
pragma_table_list
json_each
é
😀
‮abc
ﷺ
END
	printf '%s\n' '%00' 'a%00b' '%22%00%22' '%C3' '%FF%FE' '%C0%80' \
	    '%ED%A0%80' '%0A' '%0D%0A' '+' '%09'
	printf 'a%.0s' {1..2000}
	echo
	printf '%%22%.0s' {1..999}
	echo
	printf 'a+OR+%.0s' {1..500}
	echo
	printf '%%28%.0s' {1..800}
	echo
}

@test "whatever stands in a parameter, the answer is 200 or 400" {
	local text parameter table

	serve --access-log=off
	corpus >"$T/corpus"
	for table in articles four three phraseless recent facetable boxes; do
		while read -r text; do
			printf '/demo/%s.json?_search=%s\n' "$table" "$text"
		done <"$T/corpus"
	done >"$T/list"
	for parameter in _search_title _search_%22 '_searchmode=raw&_search' \
	    '_searchmode=raw&_search_body' _fts_table \
	    '_search=a&_fts_table' '_search=a&_fts_pk' \
	    '_fts_table=four_index&_search=a&_fts_pk' _through _facet \
	    _facet_array _facet_date _facet_size _nofacet _nosuggest \
	    '_facet=id&_facet_size' _searchmode; do
		while read -r text; do
			printf '/demo/articles.json?%s=%s\n' "$parameter" "$text"
		done <"$T/corpus"
	done >>"$T/list"
	while read -r text; do
		printf '/demo/four.json?_searchmode=raw&_search=%s\n' "$text"
		printf '/demo/facetable?_facet=%s&_search_x=%s\n' "$text" "$text"
		printf '/demo/articles?_search=%s\n' "$text"
		printf '/demo/articles/1.json?_extra=%s\n' "$text"
	done <"$T/corpus" >>"$T/list"
	(($(wc -l <"$T/list") > 2000))
	statuses 200 400 <"$T/list"
	# in the ordinary way, nothing is an error of syntax
	grep '^/demo/\(articles\|four\|three\).json?_search=' "$T/list" |
	    grep -v '&\|%C3$\|%FF\|%C0\|%ED' >"$T/escaped"
	statuses 200 <"$T/escaped"
	is "$(sqlite3 "$T/demo.db" 'SELECT count(*) FROM articles')" 3
	[[ ! -s $T/squall.log ]] || ! grep -v ' access ' "$T/squall.log"
}

@test "the index of the configuration, and queries as FTS has them" {
	cat >"$T/squall.ini" <<-END
		[table demo.recent]
		fts_table = articles' index
		fts_pk = nr
		searchmode = raw
		[table demo.articles]
		fts_pk = nope
		[table demo.four]
		fts_table = articles
	END
	serve_search '' --config="$T/squall.ini"
	answers <<'END'
/demo/recent.json?_search=robert+OR+nothing&_extra=query
{"ok":true,"rows":[{"nr":2,"title":"Robert"}],"next":null,"next_url":null,"query":{"sql":"SELECT \"recent\".\"nr\", \"recent\".\"title\" FROM \"recent\" WHERE (\"recent\".\"nr\" IN (SELECT rowid FROM \"articles' index\" WHERE \"articles' index\" MATCH :p0)) LIMIT 101","params":{"p0":"robert OR nothing"}},"truncated":false}
/demo/recent.json?_search=robert+OR+nothing&_searchmode=escaped
{"ok":true,"rows":[],"next":null,"next_url":null,"truncated":false}
/demo/recent.json?_search=%22
{"ok":false,"error":"_search: this can’t be searched for: unterminated string.","errors":["_search: this can’t be searched for: unterminated string."],"status":400,"title":"That can’t be asked"}
/demo/recent.json?_fts_table=four_index&_search=x
{"ok":false,"error":"_fts_table: “four_index” is no full-text index that goes with recent by that column (_fts_pk).","errors":["_fts_table: “four_index” is no full-text index that goes with recent by that column (_fts_pk)."],"status":400,"title":"That can’t be asked"}
/demo/four.json?_search=one
{"ok":false,"error":"_search: four has no full-text index.","errors":["_search: four has no full-text index."],"status":400,"title":"That can’t be asked"}
/demo/articles.json?_search=rob
{"ok":false,"error":"_search: articles has no full-text index.","errors":["_search: articles has no full-text index."],"status":400,"title":"That can’t be asked"}
/demo/articles.json?_search=rob&_col=id&_fts_table=articles'+index
{"ok":true,"rows":[{"id":1},{"id":3}],"next":null,"next_url":null,"truncated":false}
END
	get '/demo/recent?_search=robert+OR+x'
	is "$STATUS" 200
	has "$BODY" 'name="_search" value="robert OR x"'
	has "$BODY" '<td>Robert</td>'
	get /demo/four
	hasnt "$BODY" 'name="_search"'
	is "$(grep -c 'fts_pk: no full-text index goes with it like that' \
	    "$T/squall.log")" 2
}
