#!/usr/bin/env bats
# Facets, their suggestions, and counts: each parameter with a request and the
# whole answer.  The database is helpers/search.sql.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/answers

@test "facets in the whole answer" {
	serve_search
	answers <<'END'
/demo/facetable.json?_size=0&_facet=state
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0","results":[{"value":"CA","label":"CA","count":3,"toggle_url":"/demo/facetable.json?_size=0&_facet=state&state=CA","selected":false},{"value":"MI","label":"MI","count":2,"toggle_url":"/demo/facetable.json?_size=0&_facet=state&state=MI","selected":false},{"value":"MC","label":"MC","count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet=state&state=MC","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_facet=STATE&_facet_size=1
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=1","results":[{"value":"CA","label":"CA","count":3,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=1&_facet=STATE&state=CA","selected":false}],"truncated":true}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_facet=state&_facet_size=max&state=CA
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=1000&state=CA","results":[{"value":"CA","label":"CA","count":3,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=1000&_facet=state","selected":true}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_facet=_city_id&_city_id__exact=1&_facet_size=2
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"_city_id":{"name":"_city_id","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=2&_city_id__exact=1","results":[{"value":1,"label":"San Francisco","count":2,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=2&_facet=_city_id","selected":true}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_facet=a__b
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"a__b":{"name":"a__b","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0","results":[{"value":1.5,"label":1.5,"count":2,"toggle_url":"/demo/facetable.json?_size=0&_facet=a__b&a__b__exact=1.5","selected":false},{"value":0.1,"label":0.1,"count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet=a__b&a__b__exact=0.1","selected":false},{"value":2.5,"label":2.5,"count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet=a__b&a__b__exact=2.5","selected":false},{"value":1e+300,"label":1e+300,"count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet=a__b&a__b__exact=1e%2B300","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_facet_array=tags&tags__arraycontains=tag1
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"tags":{"name":"tags","type":"array","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&tags__arraycontains=tag1","results":[{"value":"tag1","label":"tag1","count":3,"toggle_url":"/demo/facetable.json?_size=0&_facet_array=tags","selected":true},{"value":"tag2","label":"tag2","count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet_array=tags&tags__arraycontains=tag1&tags__arraycontains=tag2","selected":false},{"value":"tag3","label":"tag3","count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet_array=tags&tags__arraycontains=tag1&tags__arraycontains=tag3","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_facet_date=created&_facet=created&state=MI
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"created":{"name":"created","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_facet_date=created&state=MI","results":[{"value":"2019-01-16 08:00:00","label":"2019-01-16 08:00:00","count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet=created&_facet_date=created&state=MI&created=2019-01-16%2008%3A00%3A00","selected":false}],"truncated":false},"created_2":{"name":"created","type":"date","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_facet=created&state=MI","results":[{"value":"2019-01-16","label":"2019-01-16","count":1,"toggle_url":"/demo/facetable.json?_size=0&_facet=created&_facet_date=created&state=MI&created__date=2019-01-16","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_facet=state&_nofacet=1
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_facet=_city_id&_extra=sorted_facet_results&_facet=state&state=MC
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"_city_id":{"name":"_city_id","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&_facet=state&state=MC","results":[{"value":4,"label":"Memnonia","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&_facet=_city_id&_facet=state&state=MC&_city_id__exact=4","selected":false}],"truncated":false},"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&_facet=_city_id&state=MC","results":[{"value":"MC","label":"MC","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&_facet=_city_id&_facet=state","selected":true}],"truncated":false}},"timed_out":[]},"sorted_facet_results":[{"name":"_city_id","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&_facet=state&state=MC","results":[{"value":4,"label":"Memnonia","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&_facet=_city_id&_facet=state&state=MC&_city_id__exact=4","selected":false}],"truncated":false},{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&_facet=_city_id&state=MC","results":[{"value":"MC","label":"MC","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&_facet=_city_id&_facet=state","selected":true}],"truncated":false}],"truncated":false}
/demo/facetable.json?_size=0&_facet=state&_extra=facets_timed_out&state=MC&_next=i1
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_extra=facets_timed_out&state=MC","results":[{"value":"MC","label":"MC","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=facets_timed_out&_facet=state","selected":true}],"truncated":false}},"timed_out":[]},"facets_timed_out":[],"truncated":false}
/demo/facetable.json?_size=0&_extra=suggested_facets
{"ok":true,"rows":[],"next":null,"next_url":null,"suggested_facets":[{"name":"created","type":"date","toggle_url":"/demo/facetable.json?_size=0&_extra=suggested_facets&_facet_date=created"},{"name":"state","toggle_url":"/demo/facetable.json?_size=0&_extra=suggested_facets&_facet=state"},{"name":"_city_id","toggle_url":"/demo/facetable.json?_size=0&_extra=suggested_facets&_facet=_city_id"},{"name":"tags","toggle_url":"/demo/facetable.json?_size=0&_extra=suggested_facets&_facet=tags"},{"name":"tags","type":"array","toggle_url":"/demo/facetable.json?_size=0&_extra=suggested_facets&_facet_array=tags"},{"name":"a__b","toggle_url":"/demo/facetable.json?_size=0&_extra=suggested_facets&_facet=a__b"}],"truncated":false}
/demo/facetable.json?_size=0&_extra=suggested_facets&_facet=state&_facet_date=created&state__not=MC&_facet_size=1
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=1&_extra=suggested_facets&_facet_date=created&state__not=MC","results":[{"value":"CA","label":"CA","count":3,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=1&_extra=suggested_facets&_facet=state&_facet_date=created&state__not=MC&state=CA","selected":false}],"truncated":true},"created":{"name":"created","type":"date","hideable":true,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=1&_extra=suggested_facets&_facet=state&state__not=MC","results":[{"value":"2019-01-14","label":"2019-01-14","count":2,"toggle_url":"/demo/facetable.json?_size=0&_facet_size=1&_extra=suggested_facets&_facet=state&_facet_date=created&state__not=MC&created__date=2019-01-14","selected":false}],"truncated":true}},"timed_out":[]},"suggested_facets":[{"name":"_city_id","toggle_url":"/demo/facetable.json?_size=0&_facet_size=1&_extra=suggested_facets&_facet=state&_facet_date=created&state__not=MC&_facet=_city_id"},{"name":"tags","type":"array","toggle_url":"/demo/facetable.json?_size=0&_facet_size=1&_extra=suggested_facets&_facet=state&_facet_date=created&state__not=MC&_facet_array=tags"},{"name":"a__b","toggle_url":"/demo/facetable.json?_size=0&_facet_size=1&_extra=suggested_facets&_facet=state&_facet_date=created&state__not=MC&_facet=a__b"}],"truncated":false}
/demo/facetable.json?_size=0&_extra=suggested_facets&_nosuggest=1
{"ok":true,"rows":[],"next":null,"next_url":null,"suggested_facets":[],"truncated":false}
/demo/facetable.json?_size=0&_extra=suggested_facets&_next=i1
{"ok":true,"rows":[],"next":null,"next_url":null,"suggested_facets":[],"truncated":false}
/demo/facetable.json?_size=1&_shape=array&_facet=state
[{"pk":1,"created":"2019-01-14 08:00:00","state":"CA","_city_id":1,"tags":"[\"tag1\",\"tag2\"]","a__b":1.5}]
/demo/recent.json?_size=0&_facet=nr
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"nr":{"name":"nr","type":"column","hideable":true,"toggle_url":"/demo/recent.json?_size=0","results":[{"value":2,"label":2,"count":1,"toggle_url":"/demo/recent.json?_size=0&_facet=nr&nr=2","selected":false},{"value":3,"label":3,"count":1,"toggle_url":"/demo/recent.json?_size=0&_facet=nr&nr=3","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/boxes.json?_size=0&_facet=x0
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"x0":{"name":"x0","type":"column","hideable":true,"toggle_url":"/demo/boxes.json?_size=0","results":[{"value":0.0,"label":0.0,"count":2,"toggle_url":"/demo/boxes.json?_size=0&_facet=x0&x0=0.0","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/articles.json?_size=0&_facet=title&_search=barry
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"title":{"name":"title","type":"column","hideable":true,"toggle_url":"/demo/articles.json?_size=0&_search=barry","results":[{"value":"The rob","label":"The rob","count":1,"toggle_url":"/demo/articles.json?_size=0&_search=barry&_facet=title&title=The%20rob","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_facet=nope
{"ok":false,"error":"_facet: expected a column of facetable, got “nope”.","errors":["_facet: expected a column of facetable, got “nope”."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_facet_array=nope
{"ok":false,"error":"_facet_array: expected a column of facetable, got “nope”.","errors":["_facet_array: expected a column of facetable, got “nope”."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_facet_size=0
{"ok":false,"error":"_facet_size: expected a whole number from 1 to 1000 or max, got \"0\".","errors":["_facet_size: expected a whole number from 1 to 1000 or max, got \"0\"."],"status":400,"title":"That can’t be asked"}
/demo/facetable.json?_facet_size=1001
{"ok":false,"error":"_facet_size: expected a whole number from 1 to 1000 or max, got \"1001\".","errors":["_facet_size: expected a whole number from 1 to 1000 or max, got \"1001\"."],"status":400,"title":"That can’t be asked"}
END
}

@test "facets beside the rows: counts, ways to choose and to be rid of them" {
	serve_search
	get '/demo/facetable?_facet=state&_facet_array=tags&_facet=_city_id&state=CA'
	is "$STATUS" 200
	has "$BODY" '<h2>state <a rel="nofollow" href="/demo/facetable?_facet=_city_id&amp;_facet_array=tags&amp;state=CA">remove</a></h2>'
	has "$BODY" '<li><a rel="nofollow" aria-current="true" href="/demo/facetable?_facet=state&amp;_facet=_city_id&amp;_facet_array=tags">CA</a> <small>3</small><svg class="meter"'
	has "$BODY" '<li><a rel="nofollow" href="/demo/facetable?_facet=state&amp;_facet=_city_id&amp;_facet_array=tags&amp;state=CA&amp;_city_id__exact=1">San Francisco</a> <small>2</small><svg class="meter"'
	has "$BODY" '<h2>tags <small>by array</small>'
	has "$BODY" '<p class="suggested">Suggested facets: <a rel="nofollow" href="/demo/facetable?_facet=state&amp;_facet=_city_id&amp;_facet_array=tags&amp;state=CA&amp;_facet_date=created">created</a> (date)'
	get '/demo/facetable?_nofacet=1&_facet=state'
	hasnt "$BODY" '<section>'
	hasnt "$BODY" 'Suggested'
	get '/demo/facetable?_nosuggest=1'
	hasnt "$BODY" 'Suggested'
	hasnt "$BODY" '<aside'
}

@test "odd values and names: facets escape them, and their links find them" {
	local link

	serve_search "CREATE TABLE \"a<b\" (\"c&d\" TEXT); INSERT INTO \"a<b\" VALUES
	    ('<script>'), ('a&b=c'), ('é'), ('+'), ('%41'), ('_x'), ('');"
	get '/demo/a~3Cb?_facet=c%26d'
	is "$STATUS" 200
	has "$BODY" '&lt;script&gt;</a> <small>1</small>'
	hasnt "$BODY" '<script>'
	grep -o 'href="/demo/a~3Cb?_facet=[^"]*c%26d=[^"]*' "$T/body" |
	    sed 's/href="//; s/&amp;/\&/g; s/?/.json?_extra=count\&/' >"$T/links"
	is "$(wc -l <"$T/links")" 7
	while read -r link; do
		get "$link"
		is "$STATUS $(jq -c '[.count, (.rows | length)]' <<<"$BODY")" \
		    '200 [1,1]'
	done <"$T/links"
}

@test "a facet that takes too long is left out, and said so" {
	serve_search "CREATE VIEW numbers AS WITH RECURSIVE c(x) AS
	    (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, x % 3 AS y FROM c;" \
	    --facet-time-limit=200
	answers <<'END'
/demo/numbers.json?_size=2&_facet=y&_facet_array=x&_extra=facets_timed_out,suggested_facets,sorted_facet_results
{"ok":true,"rows":[{"x":1,"y":1},{"x":2,"y":2}],"next":"o2","next_url":"/demo/numbers.json?_size=2&_extra=facets_timed_out%2Csuggested_facets%2Csorted_facet_results&_facet=y&_facet_array=x&_next=o2","facet_results":{"results":{},"timed_out":["y","x"]},"sorted_facet_results":[],"facets_timed_out":["y","x"],"suggested_facets":[],"truncated":false}
/demo/numbers.json?_size=0&_extra=suggested_facets
{"ok":true,"rows":[],"next":null,"next_url":null,"suggested_facets":[{"name":"y","toggle_url":"/demo/numbers.json?_size=0&_extra=suggested_facets&_facet=y"}],"truncated":false}
END
	get '/demo/numbers?_facet=y'
	is "$STATUS" 200
	has "$BODY" '<p>This took too long.</p>'
	has "$BODY" '<td class="n">100</td>'
}

@test "counts stop at a bound, and are left out when asked to" {
	serve_search "CREATE TABLE many (a, b); WITH RECURSIVE c(x) AS (SELECT 1
	    UNION ALL SELECT x + 1 FROM c WHERE x < 10001)
	    INSERT INTO many SELECT x, 1 FROM c;"
	answers <<'END'
/demo/facetable.json?_size=0&_extra=count,count_truncated
{"ok":true,"rows":[],"next":null,"next_url":null,"count":6,"count_truncated":false,"truncated":false}
/demo/facetable.json?_size=0&_extra=count,count_truncated&_nocount=1
{"ok":true,"rows":[],"next":null,"next_url":null,"count":null,"count_truncated":false,"truncated":false}
/demo/facetable.json?_size=0&_extra=count&state=CA
{"ok":true,"rows":[],"next":null,"next_url":null,"count":3,"truncated":false}
/demo/many.json?_size=0&_extra=count,count_truncated
{"ok":true,"rows":[],"next":null,"next_url":null,"count":10001,"count_truncated":false,"truncated":false}
/demo/many.json?_size=0&_extra=count,count_truncated&b=1
{"ok":true,"rows":[],"next":null,"next_url":null,"count":10000,"count_truncated":true,"truncated":false}
/demo/many.json?_size=0&_extra=count,count_truncated&a__lt=10001
{"ok":true,"rows":[],"next":null,"next_url":null,"count":10000,"count_truncated":false,"truncated":false}
END
	# what is not counted in a moment is left out for some seconds
	shows()
	{
		get "$1" && [[ $BODY == *"$2"* ]]
	}
	wait_for shows /demo/many 'Table of 10,001 rows</p>'
	wait_for shows '/demo/many?b=1' \
	    'Table of more than 10,000 rows where b = 1</p>'
	get '/demo/many?b=1&_nocount=1'
	has "$BODY" '<p class="meta">Table where b = 1</p>'
}

@test "a sort that takes too long says which index would help" {
	serve_search "CREATE TABLE \"slow t\" (id INTEGER PRIMARY KEY,
	    y AS (length(hex(zeroblob(id % 7 + 50000)))), z);
	    CREATE INDEX z ON \"slow t\" (z);
	    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL
	    SELECT x + 1 FROM c WHERE x < 24000)
	    INSERT INTO \"slow t\" (id, z) SELECT x, x FROM c;"
	answers <<'END'
/demo/slow+t.json?_sort=y&_timelimit=300
{"ok":false,"error":"This page of the database demo took too long: the query was over its time limit. To sort slow t by y in time, an index would help: CREATE INDEX \"slow t_y\" ON \"slow t\" (\"y\");","errors":["This page of the database demo took too long: the query was over its time limit. To sort slow t by y in time, an index would help: CREATE INDEX \"slow t_y\" ON \"slow t\" (\"y\");"],"status":503,"title":"Not at the moment"}
/demo/slow+t.json?_sort=z&y=1&_timelimit=300
{"ok":false,"error":"This page of the database demo took too long: the query was over its time limit.","errors":["This page of the database demo took too long: the query was over its time limit."],"status":503,"title":"Not at the moment"}
END
	get '/demo/slow+t?_sort_desc=y&_timelimit=300'
	is "$STATUS" 503
	has "$BODY" 'CREATE INDEX &quot;slow t_y&quot; ON &quot;slow t&quot; (&quot;y&quot;);'
	sqlite3 "$T/demo.db" 'CREATE INDEX "slow t_y" ON "slow t" ("y")'
	get '/demo/slow+t.json?_sort=y&_size=1'
	is "$STATUS" 200
}

@test "facets of the configuration are there unasked, and stay" {
	make_db "$T/open.db" "CREATE TABLE t (a); INSERT INTO t VALUES (1);"
	cat >"$T/squall.ini" <<-END
		allow-facet = off
		default-facet-size = 1
		suggest-facets = on
		[table demo.facetable]
		facets = state, array:tags
		facets = date:created, nope, state
		facet_size = 2
		[table demo.recent]
		facets = title
		[database open]
		file = $T/open.db
		allow_facet = on
	END
	serve_search '' --config="$T/squall.ini"
	answers <<'END'
/demo/facetable.json?_size=0
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":false,"toggle_url":"/demo/facetable.json?_size=0","results":[{"value":"CA","label":"CA","count":3,"toggle_url":"/demo/facetable.json?_size=0&state=CA","selected":false},{"value":"MI","label":"MI","count":2,"toggle_url":"/demo/facetable.json?_size=0&state=MI","selected":false}],"truncated":true},"tags":{"name":"tags","type":"array","hideable":false,"toggle_url":"/demo/facetable.json?_size=0","results":[{"value":"tag1","label":"tag1","count":3,"toggle_url":"/demo/facetable.json?_size=0&tags__arraycontains=tag1","selected":false},{"value":"tag2","label":"tag2","count":1,"toggle_url":"/demo/facetable.json?_size=0&tags__arraycontains=tag2","selected":false}],"truncated":true},"created":{"name":"created","type":"date","hideable":false,"toggle_url":"/demo/facetable.json?_size=0","results":[{"value":"2019-01-14","label":"2019-01-14","count":2,"toggle_url":"/demo/facetable.json?_size=0&created__date=2019-01-14","selected":false},{"value":"2019-01-16","label":"2019-01-16","count":2,"toggle_url":"/demo/facetable.json?_size=0&created__date=2019-01-16","selected":false}],"truncated":true}},"timed_out":[]},"truncated":false}
/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"state":{"name":"state","type":"column","hideable":false,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC","results":[{"value":"MC","label":"MC","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results","selected":true}],"truncated":false},"tags":{"name":"tags","type":"array","hideable":false,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC","results":[],"truncated":false},"created":{"name":"created","type":"date","hideable":false,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC","results":[{"value":"2019-01-16","label":"2019-01-16","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC&created__date=2019-01-16","selected":false}],"truncated":false}},"timed_out":[]},"sorted_facet_results":[{"name":"state","type":"column","hideable":false,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC","results":[{"value":"MC","label":"MC","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results","selected":true}],"truncated":false},{"name":"tags","type":"array","hideable":false,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC","results":[],"truncated":false},{"name":"created","type":"date","hideable":false,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC","results":[{"value":"2019-01-16","label":"2019-01-16","count":1,"toggle_url":"/demo/facetable.json?_size=0&_extra=sorted_facet_results&state=MC&created__date=2019-01-16","selected":false}],"truncated":false}],"truncated":false}
/demo/facetable.json?_size=0&_nofacet=1
{"ok":true,"rows":[],"next":null,"next_url":null,"truncated":false}
/demo/facetable.json?_size=0&_nofacet=1&_extra=facet_results
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{},"timed_out":[]},"truncated":false}
/demo/recent.json?_size=0
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"title":{"name":"title","type":"column","hideable":false,"toggle_url":"/demo/recent.json?_size=0","results":[{"value":"NOT this","label":"NOT this","count":1,"toggle_url":"/demo/recent.json?_size=0&title=NOT%20this","selected":false}],"truncated":true}},"timed_out":[]},"truncated":false}
/demo/recent.json?_size=0&_facet=nr
{"ok":false,"error":"_facet= is not allowed.","errors":["_facet= is not allowed."],"status":400,"title":"That can’t be asked"}
/demo/recent.json?_size=0&_facet_size=2
{"ok":false,"error":"_facet= is not allowed.","errors":["_facet= is not allowed."],"status":400,"title":"That can’t be asked"}
/demo/recent.json?_shape=array&_size=1
[{"nr":2,"title":"Robert"}]
/open/t.json?_facet=a&_size=0
{"ok":true,"rows":[],"next":null,"next_url":null,"facet_results":{"results":{"a":{"name":"a","type":"column","hideable":true,"toggle_url":"/open/t.json?_size=0","results":[{"value":1,"label":1,"count":1,"toggle_url":"/open/t.json?_size=0&_facet=a&a=1","selected":false}],"truncated":false}},"timed_out":[]},"truncated":false}
END
	get '/demo/facetable.json?_extra=suggested_facets'
	is "$STATUS $(jq -c .suggested_facets <<<"$BODY")" '200 []'
	get /demo/facetable
	is "$STATUS" 200
	has "$BODY" '<h2>state</h2>'
	has "$BODY" '<h2>tags <small>by array</small></h2>'
	has "$BODY" '<a rel="nofollow" href="/demo/facetable?state=CA">CA</a>'
	hasnt "$BODY" Suggested
	hasnt "$BODY" noindex
	is "$(grep -c '\[table demo.facetable\]: facets: there is no column named nope' \
	    "$T/squall.log")" 1
}

@test "what a slow moment left out is there again soon" {
	local tag

	# a view that does not end before a certain time
	serve_search "CREATE TABLE until (t); INSERT INTO until VALUES (0);
	    CREATE VIEW slow AS WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL
	    SELECT x + 1 FROM c WHERE x < 3 OR
	    strftime('%s', 'now') < (SELECT t FROM until)) SELECT x FROM c;" \
	    --facet-time-limit=200
	slow_moment()
	{
		sqlite3 "$T/demo.db" "UPDATE until
		    SET t = CAST(strftime('%s', 'now') + 2 AS TEXT)" || return
		get '/demo/slow.json?_size=0&_facet=x&_ttl=60'
		[[ $(jq -c .facet_results.timed_out <<<"$BODY") == '["x"]' ]]
	}
	wait_for slow_moment
	is "$STATUS $(header Cache-Control)" '200 max-age=5'
	tag=$(header ETag)
	over()
	{
		get -H "If-None-Match: $tag" '/demo/slow.json?_size=0&_facet=x&_ttl=60'
		[[ $STATUS != 304 ]]
	}
	wait_for over
	is "$STATUS $(header Cache-Control)" '200 max-age=60'
	is "$(jq -c '[.facet_results | .results.x.results[].value, .timed_out]' \
	    <<<"$BODY")" '[1,2,3,[]]'
	get '/demo/slow.json?_size=0&_facet=x&_ttl=60'
	like "$(cache_status)" '^squall; hit; ttl=5[0-9][0-9]; detail=memory$'
}
