#!/usr/bin/env bats
# The demo's own pages, held against what sqlite3 says of its database.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

ATLAS=${ATLAS:-$BATS_TEST_DIRNAME/../../build/atlas.db}

# serve [OPTION]...: with a copy of the atlas, which may be changed.
serve()
{
	cp "$ATLAS" "$T/atlas.db"
	start_squall --workers=1 --site=atlas "$@" "$T/atlas.db"
	start_nginx
}

# asks SQL: what sqlite3 answers.
asks()
{
	sqlite3 -batch -bail "$T/atlas.db" "$1"
}

# found WORDS: the names that a search finds, the first ones first.
found()
{
	get "/search.json?size=${2-3}&q=$1"
	is "$STATUS" 200
	FOUND=$(jq -r '.results[].name' "$T/body" | paste -sd '|')
}

# Text as it stands in the body, without tags; by lines.
text()
{
	sed 's/<[^>]*>/ /g; s/  */ /g' "$T/body"
}

# The pictures of the last reply, which are XML, as one document.
pictures()
{
	echo '<all>'
	tr '\n' ' ' <"$T/body" | grep -o '<svg class="map.*</svg>' |
	    sed 's/<\/svg>/&\n/g' | sed -n 's/^.*\(<svg class="map.*\)/\1/p'
	echo '</all>'
}

@test "each page is there, its maps well-formed, and short enough" {
	local path

	serve
	for path in / /countries /countries/TR /countries/RU /countries/AQ \
	    /countries/UM /countries/FJ /places/745044 /places/3033881 /search \
	    '/search?q=paris' /atlas/places/-/map; do
		get --compressed "$path"
		is "$STATUS" 200 || fail "$path"
		has "$BODY" 'Natural Earth' || fail "$path"
		(($(gzip -c "$T/body" | wc -c) < 60000)) || fail "$path is long"
		pictures >"$T/pictures.xml"
		xmllint --noout "$T/pictures.xml" || fail "$path"
		hasnt "$(<"$T/pictures.xml")" 'style=' || fail "$path"
	done
	(($(grep -c '<svg' "$T/pictures.xml") > 0))
}

@test "what is not there is a 404 that leads on" {
	local path

	serve
	for path in /countries/XX /countries/tr /countries/ /places/1 /places/x \
	    /places/-745044 /places/99999999999999999999 /nothing /search/x; do
		page GET "$path"
		like "$STATUS" '^(404|301)$' || fail "$path"
	done
	page GET /places/1
	has "$BODY" 'There is no place with this number.'
	has "$BODY" '<a href="/">the front page</a>'
}

@test "the generic pages stay where they are, and the front page's JSON" {
	serve
	get /.json
	is "$(jq -r '.databases[0].name' "$T/body")" atlas
	get /atlas/places/745044.json
	is "$(jq -r '.rows[0].name' "$T/body")" Istanbul
	get /atlas
	is "$STATUS" 200
	get /-/databases
	has "$BODY" atlas
	get /places/745044.json
	is "$STATUS" 404
}

@test "without --site it is only the publisher; other sites there are none" {
	cp "$ATLAS" "$T/atlas.db"
	start_squall --workers=1 "$T/atlas.db"
	page GET /countries/TR
	is "$STATUS" 404
	page GET /
	hasnt "$BODY" 'World atlas'
	run timeout "$MAX_S" "$SQUALL" --check --site=moon "$T/atlas.db"
	is "$status" 2
	has "$output" 'there is no site "moon"; there is "atlas"'
	cp "$ATLAS" "$T/other.db"
	run timeout "$MAX_S" "$SQUALL" --check --site=atlas "$T/other.db"
	is "$status" 2
	has "$output" '--site=atlas takes a database published as "atlas"'
}

@test "a prefix goes before every address" {
	serve --prefix=/maps
	get /maps/places/745044
	is "$STATUS" 200
	is "$(grep -oE '(href|action|data-suggest)="/[^"]*' "$T/body" |
	    grep -vc '="/maps/')" 0
	get '/maps/search.json?q=istanbul'
	is "$(jq -r '.results[0].url' "$T/body")" /maps/places/745044
}

@test "pages are as fresh as all others" {
	serve
	get /places/745044
	hasnt "$BODY" '77,777,777'
	get /places/745044
	has "$(cache_status)" 'hit'
	asks 'UPDATE places SET population = 77777777 WHERE id = 745044'
	get /places/745044
	has "$BODY" '77,777,777'
	get /
	has "$BODY" '77,777,777'
	get /countries/TR
	has "$BODY" 'Istanbul: 77,777,777'
}

@test "search: accents, beginnings, ranks" {
	serve
	found 'sao%20paulo'
	like "$FOUND" '^São Paulo'
	found SAO+PAULO
	like "$FOUND" '^São Paulo'
	found 'istan' 1
	is "$FOUND" Istanbul
	found paris 1
	is "$FOUND" Paris
	found 'new+york' 1
	is "$FOUND" 'New York City'
	found zürich 1
	is "$FOUND" Zürich
	found zurich 1
	is "$FOUND" Zürich
	found 'york+new' 1
	is "$FOUND" 'New York City'
	found "l'aquila" 1
	is "$FOUND" "L'Aquila"
	# letters of their own, by those that people type for them
	found lodz 1
	is "$FOUND" Łódź
	found łódź 1
	is "$FOUND" Łódź
	found diyarbakir 1
	is "$FOUND" Diyarbakır
	found KIRIKKALE 1
	is "$FOUND" Kırıkkale
	found 'nam+dinh' 1
	is "$FOUND" 'Nam Định'
	found hafnarfjordur 1
	is "$FOUND" Hafnarfjörður
	found 'steinau+strasse' 1
	is "$FOUND" 'Steinau an der Straße'
	get '/search.json?q=istanbul&size=1'
	is "$(jq -c . "$T/body")" '{"ok":true,"results":[{"id":745044,"name":"Istanbul","detail":"Türkiye","population":14804116,"url":"/places/745044"}]}'
	get '/search?q=istanbul'
	has "$BODY" '<a href="/places/745044">Istanbul</a>'
	has "$BODY" 'value="istanbul"'
}

@test "search: whatever is typed is words" {
	local q

	serve --log=warn --access-log=off
	for q in '' %20 %22 '%22%22' '*' '-' '%22a' 'a%22b' 'NEAR(a+b)' 'a+AND' \
	    'name:x' '^a' '(' '%27' 'a%00b' '%3Cscript%3E' "$(printf 'a+%.0s' {1..90})" \
	    '...' 'AND+OR+NOT' '{a}' 'a%2Bb' 🗺 %E2%80%AE \
	    "$(printf 'lillilli+%.0s' {1..22})" "$(printf 'l%.0s' {1..200})"; do
		get "/search.json?q=$q"
		like "$STATUS" '^(200|400)$' || fail "$q"
		get "/search?q=$q"
		like "$STATUS" '^(200|400)$' || fail "$q"
		hasnt "$BODY" '<script>' || fail "$q"
	done
	found ''
	is "$FOUND" ''
	get "/search?q=$(printf '%0201d' 0)"
	is "$STATUS" 400
	get '/search.json?q=a&size=101'
	is "$STATUS" 400
	is "$(cat "$T/squall.log")" ''
}

# The distance in km as the page has it, by sqlite3's functions.
KM="2 * 6371.0088 * asin(sqrt(pow(sin(radians(b.lat - a.lat) / 2), 2) +
    cos(radians(a.lat)) * cos(radians(b.lat)) *
    pow(sin(radians(b.lon - a.lon) / 2), 2)))"

@test "the nearest places are the nearest, also over the 180th meridian" {
	local id

	serve
	# Istanbul, Taveuni (Fiji), McMurdo, Longyearbyen
	for id in 745044 $(asks "SELECT id FROM places WHERE country = 'FJ'
	    ORDER BY lon DESC LIMIT 1") $(asks "SELECT id FROM places
	    ORDER BY lat LIMIT 1") $(asks "SELECT id FROM places
	    ORDER BY lat DESC LIMIT 1"); do
		get "/places/$id"
		is "$STATUS" 200
		sed -n '/Nearest places/,/<\/table>/p' "$T/body" |
		    sed -n 's/.*<td class="n">\([0-9.]* km\)<.*/\1/p' >"$T/got"
		asks "SELECT format('%.1f km', km) FROM (SELECT $KM AS km
		    FROM places AS a, places AS b WHERE a.id = $id
		    AND b.id <> a.id ORDER BY km LIMIT 20)" >"$T/wanted"
		diff "$T/wanted" "$T/got" || fail "$id"
	done
}

@test "ranks and the antipode" {
	serve
	get /places/745044
	text >"$T/text"
	has "$(<"$T/text")" "Rank in the country 1 "
	has "$(<"$T/text")" "Rank in the world $(asks 'SELECT count(*) + 1
	    FROM places WHERE population > 14804116') "
	has "$(<"$T/text")" '41.01° S, 151.05° W; nearest to it:'
	has "$BODY" "$(asks "SELECT b.name FROM (SELECT -41.01384 AS lat,
	    28.94966 - 180 AS lon) AS a, places AS b ORDER BY $KM LIMIT 1")"
}

@test "a country: its regions, capital and neighbours" {
	serve
	get /countries/TR
	has "$BODY" "$(asks "SELECT '<dd><a href=\"/places/' || id || '\">Ankara'
	    FROM places WHERE name = 'Ankara' AND country = 'TR'")"
	is "$(sed -n '/On its borders/p' "$T/body" | grep -o '/countries/..' |
	    cut -c 12- | sort | paste -sd ' ')" 'AM AZ BG GE GR IQ IR SY'
	is "$(grep -c '<th scope="row"><a href="/atlas/places' "$T/body")" \
	    "$(asks "SELECT count(*) FROM regions WHERE country = 'TR'")"
	# what a region's link leads to
	get '/atlas/places?_sort_desc=population&region=TR.34'
	has "$BODY" 'where region = &quot;TR.34&quot;'
	# its map is that of its mainland
	get /countries/FR
	hasnt "$BODY" '<title>Brazil</title>'
	has "$BODY" '<title>Spain</title>'
}

@test "rows on the map: filters and searches go with it" {
	serve
	get '/atlas/places/-/map?country=CH'
	has "$BODY" "$(printf "%'d points" "$(asks "SELECT count(*) FROM places
	    WHERE country = 'CH'")")" ||
	    has "$BODY" '1,415 points'
	get '/atlas/places?country=CH'
	has "$BODY" 'href="/atlas/places/-/map?country=CH">All rows'
	get '/atlas/places/-/map?_search=zurich'
	has "$BODY" 'on the map'
	get '/atlas/places/-/map?country=none'
	is "$STATUS" 200
	has "$BODY" 'No row has a place on the map.'
	get /atlas/countries/-/map
	is "$STATUS" 404
	has "$BODY" 'no columns called latitude and longitude'
	get --compressed /atlas/places/-/map
	(($(wc -c <"$T/body") < 100000))
	has "$BODY" '135,233 points'
}
