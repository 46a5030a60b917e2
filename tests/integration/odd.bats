#!/usr/bin/env bats
# Databases as they may come: whatever a table, a column or a key is called and
# whatever a value is, each page is sound and each link on it leads to a page.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/crawl

# make_odd FILE [PRAGMA]...: helpers/odd.sql, then a table for each name in it,
# with a column and rows of that name.
make_odd()
{
	{
		printf 'PRAGMA %s;\n' "${@:2}" encoding
		cat "$BATS_TEST_DIRNAME/helpers/odd.sql"
	} | sqlite3 -batch -bail "$1" >"$T/sqlite.log"
	# true and false are a case of their own, and so are control characters
	sqlite3 -batch "$1" "WITH n AS (SELECT name, iif(name GLOB '*[' ||
	    char(1) || '-' || char(31) || char(127) || ']*', 'c', name) AS c
	    FROM names WHERE name NOT IN ('rowid', 'true', 'false'))
	    SELECT format('CREATE TABLE \"%w\" (\"%w\" TEXT PRIMARY KEY, \"%w \" TEXT
	    REFERENCES names); INSERT INTO \"%w\" VALUES (%Q, %Q), (%Q, NULL);',
	    name, c, c, name, name, name, name || '/') FROM n" >"$T/tables.sql"
	sqlite3 -batch -bail "$1" <"$T/tables.sql"
}

# Filters and facets can be combined without end: a page with one parameter, a
# facet with one of its values, and any order of rows is enough.
CRAWLED='^[^?]*(\?(_(next|size|sort|sort_desc)=[^&]*&?)*)?$'
CRAWLED+='|^[^?]*\?[^&]*$|^[^?]*\?_facet[a-z_]*=[^&]*&[^&]*$'

# crawl_all FILE SERVER
crawl_all()
{
	start_squall --access-log=off --time-limit=20000 "$1"
	"start_$2"
	crawl / "$CRAWLED"
	((PAGES > 1500))
}

@test "odd names, keys and values: every link leads to a sound page, by nginx" {
	local i

	make_odd "$T/odd.db"
	{
		echo 'CREATE TABLE wide (c0 INTEGER PRIMARY KEY'
		for i in {1..199}; do echo ", c$i"; done
		echo '); INSERT INTO wide DEFAULT VALUES;'
	} | sqlite3 -batch -bail "$T/odd.db"
	crawl_all "$T/odd.db" nginx
}

@test "odd names, keys and values: and by lighttpd, in WAL mode, in UTF-16" {
	make_odd "$T/odd's 100% ~db.v2.sqlite" 'encoding = "UTF-16le"' \
	    'journal_mode = WAL'
	crawl_all "$T/odd's 100% ~db.v2.sqlite" lighttpd
}

@test "columns named true and false" {
	make_db "$T/demo.db" 'CREATE TABLE t (id INTEGER PRIMARY KEY,
	    "true" TEXT, "FALSE" TEXT); INSERT INTO t VALUES (1, 2, 3);
	    CREATE TABLE "true" ("true" TEXT PRIMARY KEY, "false");
	    INSERT INTO "true" VALUES (5, 6)'
	start_squall --workers=1 "$T/demo.db"
	page GET /demo/t.json
	is "$STATUS $(jq -c .rows <<<"$BODY")" \
	    '200 [{"id":1,"true":"2","FALSE":"3"}]'
	page GET '/demo/t.json?_sort=true'
	is "$STATUS" 200
	page GET /demo/true/5.json
	is "$STATUS $(jq -c .rows <<<"$BODY")" '200 [{"true":"5","false":6}]'
	page GET /demo/true
	is "$STATUS" 200
}

# leads_home TABLE: the link of each row leads to that row.
leads_home()
{
	local link

	get "/demo/$1"
	is "$STATUS" 200
	grep -oE "<tr><td[^>]*><a href=\"/demo/$1/[^\"]*" "$T/body" |
	    sed 's/.*"//' >"$T/links"
	get "/demo/$1.json"
	jq -c '.rows[]' "$T/body" >"$T/rows"
	is "$(wc -l <"$T/links")" "$(wc -l <"$T/rows")"
	while read -r link; do
		printf 'url = "%s%s.json"\n' "$URL" "$link"
	done <"$T/links" >"$T/curl"
	curl -q -sS -g -K "$T/curl" | jq -c '.rows[] // .error' >"$T/found"
	diff "$T/rows" "$T/found"
}

@test "the link of a row leads to this row, whatever its key" {
	make_db "$T/demo.db" "CREATE TABLE texts (k TEXT PRIMARY KEY, v);
	    INSERT INTO texts VALUES ('', 1), ('~', 2), ('~7E', 3), ('a', 4),
		('A', 5), ('a ', 6), (' a', 7), ('1', 8), ('1.0', 9), ('+', 10),
		('%2B', 11), (',', 12), ('.json', 13), ('a.json', 14), ('é', 15),
		('e' || char(0x301), 16), ('a' || char(0), 17), (char(0), 18),
		('x/../a', 19), ('//', 20), (CAST(x'ff' AS TEXT), 21);
	    CREATE TABLE ints (k INT PRIMARY KEY, v);
	    INSERT INTO ints VALUES (9007199254740993, 1),
		(9007199254740992, 2), (-9223372036854775808, 3), (0, 4);
	    CREATE TABLE blobs (k BLOB PRIMARY KEY, v);
	    INSERT INTO blobs VALUES (x'', 1), (x'00', 2), (x'2c', 3),
		(x'7e', 4), (x'ff00', 5);
	    CREATE TABLE pairs (a TEXT, b TEXT, v, PRIMARY KEY (a, b));
	    INSERT INTO pairs VALUES ('', '', 1), (',', '', 2), ('', ',', 3),
		('~', '', 4), ('a,b', 'c', 5), ('a', 'b,c', 6), ('~2C', '', 7);
	    CREATE TABLE plain (v); INSERT INTO plain VALUES (1), (2), (1);"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	leads_home texts
	leads_home ints
	leads_home blobs
	leads_home pairs
	leads_home plain
}

@test "the link of a row with a REAL key leads to this row" {
	make_db "$T/demo.db" "CREATE TABLE reals (k REAL PRIMARY KEY, v);
	    INSERT INTO reals VALUES (1, 1), (0.5, 2), (1e300, 3), (-1e-300, 4),
		(0.1, 5), (0.1 + 0.2, 6), (1 / 3.0, 7), (123456789.123456789, 8)"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	leads_home reals
}

@test "the link of a row with an infinite key leads to this row" {
	make_db "$T/demo.db" "CREATE TABLE reals (k REAL PRIMARY KEY, v);
	    INSERT INTO reals VALUES (9e999, 1), (-9e999, 2);"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	leads_home reals
}

@test "the link of a row with a blob where numbers belong leads to this row" {
	make_db "$T/demo.db" "CREATE TABLE ints (k INT PRIMARY KEY, v);
	    INSERT INTO ints VALUES (x'01', 1), (x'31', 2), (1, 3)"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	leads_home ints
}

@test "keys that differ in type only lead to their own rows" {
	make_db "$T/demo.db" "CREATE TABLE mixed (k PRIMARY KEY, v);
	    INSERT INTO mixed VALUES (1, 1), ('1', 2), (x'31', 3), (1.5, 4),
		('1.5', 5)"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	leads_home mixed
}

@test "a table with as many columns as SQLite allows" {
	local i sql='CREATE TABLE widest (c0'

	for i in {1..1999}; do sql+=,c$i; done
	make_db "$T/demo.db" "$sql); INSERT INTO widest DEFAULT VALUES"
	start_squall --workers=1 "$T/demo.db"
	page GET /demo/widest.json
	is "$STATUS $(jq '.rows[0] | length >= 2000' <<<"$BODY")" '200 true'
	page GET /demo/widest
	is "$STATUS" 200
	page GET /demo
	is "$STATUS" 200
}

@test "a value in JSON is what is in the database" {
	make_db "$T/demo.db" "CREATE TABLE kinds (id INTEGER PRIMARY KEY, v);
	    INSERT INTO kinds VALUES (1, NULL), (2, 1), (3, -1.5), (4, 'é<&\"\\'),
	    (5, x'00ff10'), (6, ''), (7, x''), (8, 9223372036854775807),
	    (9, 1e300), (10, 'a' || char(10) || char(0) || 'b'), (11, 2.0),
	    (12, 0.1), (13, CAST(x'61ff62' AS TEXT)), (14, '</script>'),
	    (15, 9e999)"
	start_squall --workers=1 "$T/demo.db"
	page GET /demo/kinds.json
	is "$(jq -c '.rows[:7] + .rows[8:] | map(.v)' <<<"$BODY")" \
	    "$(jq -c . <<-'END'
		[null, 1, -1.5, "é<&\"\\",
		{"$base64": true, "encoded": "AP8Q"}, "",
		{"$base64": true, "encoded": ""}, 1e300, "a\n\u0000b", 2.0, 0.1,
		"a\ufffdb", "</script>", null]
	END
	    )"
	# as they are written, where jq might round
	has "$BODY" '"v":9223372036854775807}'
	has "$BODY" '"v":2.0}'
	is "$(jq '.rows | map(.id) | add' <<<"$BODY")" 120
}

# walk: follows the pages of each line TABLE SORT SIZE of standard input (SORT
# may be -), as JSON, by their `next`: together they are one page of all rows,
# in the same order.
walk()
{
	local table sort size id=0 base

	mkdir "$T/walk"
	: >"$T/todo"
	while read -r table sort size; do
		base="/demo/$table.json?_x=1"
		[[ $sort == - ]] || base+="&$sort"
		((id += 1))
		echo "$id $base&_size=$size " >>"$T/todo"
		echo "$id $base&_size=1000 all" >>"$T/todo"
	done
	cp "$T/todo" "$T/walks"
	for ((round = 100; round < 160; round++)); do
		[[ -s $T/todo ]] || break
		# a page's file: ID.all.ROUND or ID.part.ROUND
		awk -v site="$URL" -v folder="$T/walk" -v round="$round" '{
			print "url = \"" site $2 "\""
			kind = $3 == "all" ? "all" : "part"
			print "output = \"" folder "/" $1 "." kind "." round "\""
		    }' "$T/todo" >"$T/curl"
		curl -q -s -g -Z --parallel-immediate --parallel-max 16 \
		    -K "$T/curl" -w '%{http_code} %{url_effective}\n' \
		    2>/dev/null >"$T/codes"
		! grep -v '^200 ' "$T/codes" || return 1
		jq -r 'select(.next) | "\(input_filename) \(.next | @uri)"' \
		    "$T/walk"/*.$round |
		    sed -E 's/.*\/([0-9]+)\.(part|all)\.[0-9]+ /\1 \2 /' |
		    awk 'NR == FNR { if ($3 != "all") base[$1] = $2; next }
			$2 == "all" { print "all rows are more than a page" }
			{ print $1, base[$1] "&_next=" $3 }' "$T/walks" - \
			>"$T/todo"
	done
	[[ ! -s $T/todo ]] || fail "no end: $(head -n 3 "$T/todo")" || return
	jq -r '(input_filename | capture("(?<id>[0-9]+)\\.(?<kind>[a-z]+)"))
	    as $f | .rows[] | "\($f.id) \($f.kind) \(tojson)"' \
	    "$T/walk"/* | sort -s -n -k 1,1 >"$T/rows"
	sed -n 's/^\([0-9]*\) part /\1 /p' "$T/rows" >"$T/parts"
	sed -n 's/^\([0-9]*\) all /\1 /p' "$T/rows" >"$T/wholes"
	cmp -s "$T/wholes" "$T/parts" && return
	id=$(diff "$T/wholes" "$T/parts" | sed -n 's/^[<>] \([0-9]*\).*/\1/p' |
	    head -n 1)
	fail "$(grep -m 1 "^$id " "$T/walks"):" \
	    "$(diff "$T/wholes" "$T/parts" | cut -c 1-200 | head -n 20)"
}

# Values of all types, each three times over, to be sorted by.
VALUES="(1), (1), (1), (NULL), (NULL), (NULL), (2.5), (2.5), (2.5), ('a'),
    ('a'), ('a'), (x'61'), (x'61'), (x'61'), (''), (''), (''), (x''), (x''),
    (x''), (-0.0), (0), (9e999), (-9e999), (1e15 + 0.3), ('A'), ('b/,~'),
    (9223372036854775807), (9223372036854775806), (9223372036854775807.0)"

# for_all TABLE COLUMN...: lines for `walk`: both directions, some sizes.
for_all()
{
	local column

	echo "$1 - 1"
	echo "$1 - 4"
	for column in "${@:2}"; do
		echo "$1 _sort=$column 2"
		echo "$1 _sort=$column 7"
		echo "$1 _sort_desc=$column 2"
		echo "$1 _sort_desc=$column 5"
	done
}

@test "pages in any order show each row once" {
	make_db "$T/demo.db" "CREATE TABLE source (v);
	    INSERT INTO source VALUES $VALUES;
	    CREATE TABLE plain (a, b TEXT, c INT, d REAL, e NUMERIC);
	    INSERT INTO plain SELECT v, v, v, v, v FROM source;
	    CREATE TABLE keyed (id INTEGER PRIMARY KEY, v, w TEXT NOT NULL);
	    INSERT INTO keyed SELECT rowid * 3, v, ifnull(v, 'n') FROM source;
	    CREATE TABLE texts (k TEXT PRIMARY KEY, v);
	    INSERT INTO texts SELECT nullif(v, 1) || rowid, v FROM source;
	    CREATE TABLE pairs (a, b, v, PRIMARY KEY (a, b));
	    INSERT INTO pairs SELECT v, rowid % 5, v FROM source
		WHERE typeof(v) <> 'null' GROUP BY v, rowid % 5;
	    INSERT INTO pairs VALUES (NULL, NULL, 1), (NULL, NULL, 2),
		(NULL, 3, 3), (3, NULL, 4), (NULL, 3, 5);
	    CREATE TABLE strict_pairs (a TEXT, b INT, v, PRIMARY KEY (b, a))
		WITHOUT ROWID;
	    INSERT INTO strict_pairs SELECT rowid, rowid % 3, v FROM source;
	    CREATE TABLE nocase (k TEXT PRIMARY KEY COLLATE NOCASE,
		v TEXT COLLATE NOCASE, w COLLATE RTRIM);
	    INSERT INTO nocase SELECT 'k' || rowid, v, v || ' ' FROM source;
	    CREATE VIEW seen AS SELECT v, rowid AS n FROM source;
	    CREATE TABLE no_rowid (rowid, oid, _rowid_);
	    INSERT INTO no_rowid SELECT v, v, v FROM source;"
	start_squall --workers=1 --threads=2 --access-log=off "$T/demo.db"
	start_nginx
	{
		for_all plain a b c d e
		for_all keyed id v w
		for_all texts k v
		for_all pairs a b v
		for_all strict_pairs a b v
		for_all nocase k v w
		for_all seen n
		for_all no_rowid
		# the same, of the rows that filters leave
		for_all plain a c | awk '$2 != "-" {
			print $1, $2 "&b__notnull=1", $3
			print $1, $2 "&a__gte=1&rowid__lt=25", $3 }'
		for_all keyed v w | awk '$2 != "-" { print $1, $2 "&v__in=1,2.5,a", $3
			print $1, $2 "&v__isblank=1", $3 }'
		for_all pairs a v | awk '$2 != "-" { print $1, $2 "&b__not=3", $3
			print $1, $2 "&a__isnull=1", $3 }'
		for_all seen n | awk '$2 != "-" { print $1, $2 "&n__gt=4", $3 }'
	} >"$T/list"
	walk <"$T/list"
}

@test "pages of a table whose INTEGER PRIMARY KEY DESC has NULLs show each row" {
	make_db "$T/demo.db" "CREATE TABLE t (k INTEGER PRIMARY KEY DESC, v);
	    INSERT INTO t VALUES (1, 1), (NULL, 2), (NULL, 3), (NULL, 4), (2, 5)"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	for_all t k v >"$T/list"
	walk <"$T/list"
}

@test "pages sorted by long text show each row once" {
	make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
	    INSERT INTO t VALUES (1, printf('%.50000c', 'a') || 1),
	    (2, printf('%.50000c', 'a') || 2), (3, printf('%.20000c', 'é')),
	    (4, printf('%.3000c', '/')), (5, 'short'), (6, NULL)"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	for_all t v >"$T/list"
	walk <"$T/list"
}

@test "pages sorted by long text: the row that one ended with is deleted" {
	local next

	make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
	    INSERT INTO t VALUES (1, printf('%.20000c', 'a')),
	    (2, printf('%.20000c', 'b')), (3, printf('%.20000c', 'c'))"
	start_squall --workers=1 --memory=0 "$T/demo.db"
	page GET '/demo/t.json?_sort=v&_size=1'
	next=$(jq -r '.next | @uri' <<<"$BODY")
	sqlite3 "$T/demo.db" 'DELETE FROM t WHERE id = 1'
	page GET "/demo/t.json?_sort=v&_size=5&_next=$next"
	# what follows it, or a refusal: but no end where there is none
	if [[ $STATUS == 200 ]]; then
		is "$(jq -c '[.rows[].id]' <<<"$BODY")" '[2,3]'
	else
		is "$STATUS" 400
		has "$BODY" _next
	fi
}

@test "a table read while it changes: no row that stays is shown twice" {
	local next=

	make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY, v);
	    WITH RECURSIVE n(i) AS (VALUES (2) UNION ALL SELECT i + 2 FROM n
	    WHERE i < 60) INSERT INTO t SELECT i, i FROM n"
	start_squall --workers=1 --memory=0 "$T/demo.db"
	: >"$T/ids"
	for _ in {1..10}; do
		page GET "/demo/t.json?_size=7${next:+&_next=$next}"
		is "$STATUS" 200
		jq '.rows[].id' <<<"$BODY" >>"$T/ids"
		next=$(jq -r '.next // ""' <<<"$BODY")
		[[ -n $next ]] || break
		# rows before, in and after the page come and go
		sqlite3 "$T/demo.db" "INSERT INTO t VALUES
		    ((SELECT min(id) FROM t) - 1, 0);
		    DELETE FROM t WHERE id = (SELECT max(id) FROM t)"
	done
	is "$next" ''
	is "$(sort -n "$T/ids" | uniq -d)" ''
	is "$(seq 2 2 40 | grep -vxFf "$T/ids")" ''
}

@test "columns named with control characters" {
	make_db "$T/demo.db" "$(printf 'CREATE TABLE t (id INTEGER PRIMARY KEY,
	    "a\nb", "\tc", "\001"); INSERT INTO t VALUES (1, 2, 3, 4)')"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	crawl / "$CRAWLED"
	((PAGES > 20))
}

@test "characters that HTML does not allow are replaced" {
	make_db "$T/demo.db" "CREATE TABLE t (id INTEGER PRIMARY KEY, v);
	    INSERT INTO t VALUES (1, char(1, 8, 11, 12, 14, 31, 127)),
	    (2, char(0x80, 0x9f)), (3, char(0xfdd0, 0xfffe, 0xffff, 0x1ffff))"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	crawl /
	get /demo/t
	# the controls of ASCII, those of Latin 1, the noncharacters
	is "$(LC_ALL=C.UTF-8 grep -oP '[\x01-\x08\x0b-\x1f\x7f]' \
	    "$T/body" | wc -l)" 0
	is "$(LC_ALL=C.UTF-8 grep -oP '[\x{80}-\x{9f}]' "$T/body" | wc -l)" 0
	is "$(LC_ALL=C.UTF-8 grep -oP '[\x{fdd0}\x{fffe}\x{ffff}]' \
	    "$T/body" | wc -l)" 0
}
