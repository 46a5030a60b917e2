#!/usr/bin/env bats
# Charts and maps of results, the page about columns, and facets' bars.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

DATA="CREATE TABLE towns (name TEXT PRIMARY KEY, people INTEGER NOT NULL,
	area REAL, latitude, longitude, day TEXT, land TEXT
	REFERENCES lands (code)) WITHOUT ROWID;
    CREATE INDEX by_people ON towns (people, area);
    CREATE TABLE lands (code TEXT PRIMARY KEY);
    INSERT INTO towns VALUES ('<b>&\"A\"', 1200, 3.5, 50, 8, '2024-01-01', 'x'),
	('B', -400, NULL, 51, 9, '2024-01-02', 'x'),
	('C', 99000, 1, NULL, NULL, '2024-01-03', 'y');"

# query NAME LINE...: a file of the database demo.
query()
{
	mkdir -p "$T/pages/demo"
	printf '%s\n' "${@:2}" >"$T/pages/demo/$1.sql"
}

serve()
{
	make_db "$T/demo.db" "$DATA"
	mkdir -p "$T/pages"
	printf '[database demo]\nsql = on\n' >"$T/squall.ini"
	start_squall --workers=1 --config="$T/squall.ini" \
	    --pages="$T/pages" "$@" "$T/demo.db"
}

# sql STATEMENT [PARAMETERS]: its page of a visitor's.
sql()
{
	page GET "/demo/-/query?sql=$(jq -rn --arg s "$1" '$s | @uri')${2-}"
}

# shows: the page has one chart, which is XML, CHART; nothing is styled in it.
shows()
{
	is "$STATUS" 200
	CHART=$(sed -n '/<svg class="chart"/,/<\/svg>/p' <<<"$BODY")
	xmllint --noout - <<<"$CHART"
	is "$(grep -c '<svg' <<<"$CHART")" 1
	hasnt "$BODY" 'style='
	hasnt "$BODY" '<style'
	has "$CHART" 'role="img" aria-labelledby="chart-title chart-text">'
}

@test "charts of each kind, by the columns that are asked for or the first" {
	local all='SELECT name, people, area, day FROM towns'

	serve
	sql "$all"
	is "$STATUS" 200
	hasnt "$BODY" '<svg'
	has "$BODY" '<summary>Draw a chart</summary>'
	sql "$all" '&_chart=bar'
	shows
	has "$CHART" 'Bars: people by name</title>'
	has "$CHART" '3 values of people, from −400 (B) to 99,000 (C).</desc>'
	has "$CHART" '&lt;b&gt;&amp;&quot;A&quot;</text>'
	is "$(grep -c '<rect class="bar' <<<"$CHART")" 3
	# it stands before the table
	like "${BODY//$'\n'/ }" '<svg class="chart".*<table>'
	sql "$all" '&_chart=bar&_x=day&_y=area'
	shows
	has "$CHART" 'from 1 (2024-01-03) to 3.5 (2024-01-01)'
	has "$BODY" '1 row has no number and is left out.'
	sql "$all" '&_chart=line&_x=day'
	shows
	has "$CHART" 'A line: people by day</title>'
	is "$(grep -c '<circle' <<<"$CHART")" 3
	sql "$all" '&_chart=scatter&_x=people&_y=area'
	shows
	is "$(grep -c '<circle' <<<"$CHART")" 2
	sql "$all" '&_chart=histogram&_x=people'
	shows
	has "$CHART" '3 values of people, from −400 to 99,000; most of them, 1'
	sql 'SELECT 3 AS n UNION ALL SELECT 4' '&_chart=line'
	shows
	has "$CHART" '2 values of n, from 3 (1) to 4 (2)'
	# other formats have none
	page GET '/demo/-/query.csv?sql=SELECT+7+AS+n&_chart=bar&_x=no'
	is "$BODY" $'n\r\n7\r'
}

@test "what can't be drawn is said" {
	serve
	sql 'SELECT name, people FROM towns' '&_chart=pie'
	is "$STATUS" 400
	has "$BODY" '_chart: expected none, bar, line, scatter or histogram'
	sql 'SELECT name, people FROM towns' '&_chart=bar&_x=nmae'
	is "$STATUS" 400
	has "$BODY" 'role="alert">_x: there is no column called &quot;nmae&quot;. There are: name, people.'
	has "$BODY" '<textarea'
	sql 'SELECT name, people FROM towns' '&_chart=bar&_y=name'
	is "$STATUS" 400
	has "$BODY" '_y: the column &quot;name&quot; has no number that could be drawn. There are: name, people.'
	sql 'SELECT name, day FROM towns' '&_chart=bar'
	is "$STATUS" 400
	has "$BODY" '_chart: no column has a number that could be drawn, of: name, day.'
	# nothing to draw is no fault
	sql 'SELECT name, people FROM towns WHERE people = 0' '&_chart=bar'
	is "$STATUS" 200
	has "$BODY" 'There are no rows.'
	hasnt "$BODY" '<svg'
}

@test "the form keeps what the page was asked for" {
	serve
	sql 'SELECT name, people FROM towns WHERE :least <> people' \
	    '&least=%221%22&_chart=line&_y=people'
	shows
	has "$BODY" '<input type="hidden" name="least" value="&quot;1&quot;">'
	has "$BODY" '<input type="hidden" name="sql" value="SELECT name'
	has "$BODY" '<option value="line" selected>line</option>'
	has "$BODY" '<option value="people" selected>people</option>'
	hasnt "$BODY" '<input type="hidden" name="_chart"'
}

@test "a stored query names its chart, and an address another" {
	query bars '-- chart: bar x=day y=people' \
	    'SELECT name, day, people FROM towns'
	query lost '-- chart: bar x=no' 'SELECT name, people FROM towns'
	query words '-- chart: bar' 'SELECT name, day FROM towns'
	serve
	page GET /demo/bars
	shows
	has "$CHART" 'Bars: people by day</title>'
	page GET '/demo/bars?_chart=line'
	shows
	has "$CHART" 'A line: people by day</title>'
	page GET '/demo/bars?_x=name'
	shows
	has "$CHART" 'Bars: people by name</title>'
	page GET '/demo/bars?_chart=none'
	is "$STATUS" 200
	hasnt "$BODY" '<svg'
	# the page without a parameter is still another one
	page GET /demo/bars
	shows
	page GET '/demo/bars?_x=no'
	is "$STATUS" 400
	# a file's mistake is not the visitor's
	for name in lost words; do
		page GET "/demo/$name"
		is "$STATUS" 200
		hasnt "$BODY" '<svg'
		has "$BODY" '<table>'
	done
	wait_for grep -q \
	    'lost.sql:1: chart: there is no column named no' "$T/squall.log"
}

@test "what is wrong with a chart comment is said with its line" {
	make_db "$T/demo.db" "$DATA"
	while IFS='|' read -r comment said; do
		query bad '-- title: Bad' "-- chart: $comment" 'SELECT 1 AS a'
		! "$SQUALL" --check --pages="$T/pages" "$T/demo.db" \
		    >"$T/out" 2>&1 || fail "$comment"
		has "$(<"$T/out")" "$T/pages/demo/bad.sql:2: chart: $said"
	done <<-'END'
		pie|expected bar, line, scatter or histogram, got "pie"
		none|expected bar, line, scatter or histogram, got "none"
		bar of a|expected x=COLUMN or y=COLUMN, got "of"
		bar x=|x: expected the name of a column
		bar y=a y=a|y was given before
	END
	query bad '-- chart: bar x=b y="a"' 'SELECT 1 AS a'
	"$SQUALL" --check --pages="$T/pages" "$T/demo.db" >"$T/out" 2>&1
	has "$(<"$T/out")" "$T/pages/demo/bad.sql:1: chart: there is no column named b"
	hasnt "$(<"$T/out")" 'named a'
}

@test "rows with places have a map" {
	serve
	sql 'SELECT name, latitude, longitude FROM towns'
	is "$STATUS" 200
	has "$BODY" 'These rows on the map</title>'
	has "$BODY" '2 points, from 50.0° to 51.0° north'
	hasnt "$BODY" 'class="chart"'
	sql 'SELECT name, latitude FROM towns'
	hasnt "$BODY" 'on the map'
}

@test "the page about columns, and bars of facets" {
	make_db "$T/demo.db" "$DATA"
	{
		printf '[table demo.towns]\n'
		printf 'column.people = Who lives there\n'
	} >"$T/squall.ini"
	start_squall --workers=1 --config="$T/squall.ini" "$T/demo.db"
	page GET /demo/towns
	has "$BODY" 'href="/demo/towns/-/columns">More about the columns</a>'
	page GET /demo/towns/-/columns
	is "$STATUS" 200
	has "$BODY" 'TEXT, primary key'
	has "$BODY" 'Who lives there'
	has "$BODY" 'by_people <small>with more columns</small>'
	has "$BODY" '<a href="/demo/lands">lands</a> (code)'
	has "$BODY" '<td class="n">−400</td><td class="n">99,000</td>'
	is "$(grep -c '<svg class="bins"' <<<"$BODY")" 4
	has "$BODY" 'aria-label="3 values, most of them, 2, from −400 to 4,570"'
	sed -n 's/.*\(<svg class="bins".*<\/svg>\).*/\1/p' <<<"$BODY" |
	    head -n 1 | xmllint --noout -
	page GET /demo/nothing/-/columns
	is "$STATUS" 404
	page GET '/demo/towns?_facet=land'
	has "$BODY" '<small>2</small><svg class="meter"'
	has "$BODY" 'd="M0 0h100v8'
	has "$BODY" 'd="M0 0h50v8'
}

@test "the atlas's queries are right for their charts" {
	local file n=0

	"$SQUALL" --check --pages="$PWD/db/atlas/pages" build/atlas.db \
	    >"$T/out" 2>&1
	hasnt "$(<"$T/out")" 'warn'
	start_squall --workers=1 --site=atlas --pages="$PWD/db/atlas/pages" \
	    build/atlas.db
	for file in db/atlas/pages/atlas/*.sql; do
		file=${file##*/}
		page GET "/atlas/${file%.sql}"
		shows
		n=$((n + 1))
	done
	((n >= 8))
	# two facts that are known
	page GET '/atlas/lonely-cities.json?_shape=arrays'
	like "$BODY" '^\{"ok":true,"rows":\[\["Perth",2131,"Adelaide"'
	page GET '/atlas/neighbours.json?_shape=arrays'
	like "$BODY" '^\{"ok":true,"rows":\[\["China",16,'
	page GET '/atlas/common-names?continent=Oceania'
	shows
}
