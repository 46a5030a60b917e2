#!/usr/bin/env bats
# Databases of the shapes that people have, not of those that squall's own tests
# were made in: each row is shown as sqlite3 reads it, and each link leads to a
# sound page.  What is in them: helpers/trade.sql and helpers/music.sql.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/answers
load helpers/crawl
load helpers/same

# make_shape FILE NAME... [-- LINE...]: the databases helpers/NAME.sql in one
# file, made by a shell of SQLite that has been told these lines before.
make_shape()
{
	local file=$1 name
	local -a names=()

	shift
	while (($# > 0)) && [[ $1 != -- ]]; do
		names+=("$1")
		shift
	done
	{
		printf '%s\n' "${@:2}" 'PRAGMA synchronous = OFF;'
		for name in "${names[@]}"; do
			cat "$BATS_TEST_DIRNAME/helpers/$name.sql"
		done
	} | sqlite3 -batch -bail "$file" >"$T/sqlite.log"
}

# serve_shapes [OPTION]...: both of them, each in a file of its own.
serve_shapes()
{
	make_shape "$T/trade.db" trade
	make_shape "$T/music.db" music
	start_squall --workers=1 --access-log=off --time-limit=20000 "$@" \
	    "$T/trade.db" "$T/music.db"
	start_nginx
}

# as_sqlite FILE: reads pairs of lines, an address that answers with a list of
# values and a SELECT of them in the file.
as_sqlite()
{
	cat >"$T/pairs"
	sed -n '1~2p' "$T/pairs" >"$T/addresses"
	sed -n '2~2s/.*/WITH t (x) AS (&) SELECT json_group_array (x) FROM t;/p' \
	    "$T/pairs" | sqlite3 -batch -bail "$1" >"$T/lists"
	is "$(wc -l <"$T/lists")" "$(wc -l <"$T/addresses")"
	# what finds nothing, and is no mistake, would prove nothing
	refute grep -nxF '[]' "$T/lists"
	paste -d '\n' "$T/addresses" "$T/lists" | answers
}

# one_value: what as_sqlite asks for: the first column alone.
one_value()
{
	sed -E '1~2s|^([^?]*)\?|\1.json?_shape=arrayfirst\&|'
}

@test "every row is as sqlite3 reads it, and every link leads to a sound page" {
	serve_shapes
	same_rows "$T/trade.db" trade
	same_rows "$T/music.db" music
	# facets and filters can be combined without end
	crawl / '^[^?]*(\?[^&]*)?$|^[^?]*\?_facet[a-z_]*=[^&]*&[^&]*$'
	((PAGES > 2000))
}

@test "keys of several columns: rows, references both ways, paging" {
	local table next=

	serve_shapes
	answers <<'END'
/trade/Order+Details.json?OrderID=10248&_extra=count,primary_keys
{"ok":true,"rows":[{"OrderID":10248,"ProductID":1,"UnitPrice":4.25,"Quantity":12,"Discount":0.0},{"OrderID":10248,"ProductID":3,"UnitPrice":12.1,"Quantity":1,"Discount":0.15}],"next":null,"next_url":null,"count":2,"primary_keys":["OrderID","ProductID"],"truncated":false}
/trade/Order+Details/10248,3.json?_extra=columns
{"ok":true,"database":"trade","table":"Order Details","rows":[{"OrderID":10248,"ProductID":3,"UnitPrice":12.1,"Quantity":1,"Discount":0.15}],"primary_keys":["OrderID","ProductID"],"primary_key_values":["10248","3"],"columns":["OrderID","ProductID","UnitPrice","Quantity","Discount"],"truncated":false}
/trade/Stocktakes/2024-01-01,4,a~2Cb.json
{"ok":true,"database":"trade","table":"Stocktakes","rows":[{"Place":"a,b","Day":"2024-01-01","Product":4,"Found":10}],"primary_keys":["Day","Product","Place"],"primary_key_values":["2024-01-01","4","a,b"],"truncated":false}
/trade/Stocktakes.json?_size=3&_next=t2024-01-01%2Ci1%2Ctcellar&_shape=arrays
{"ok":true,"rows":[["a,b","2024-01-01",4,10],["cellar","2024-01-01",4,990],["attic","2024-01-02",1,4]],"next":"t2024-01-02,i1,tattic","next_url":"/trade/Stocktakes.json?_size=3&_shape=arrays&_next=t2024-01-02%2Ci1%2Ctattic","truncated":false}
/trade/Returned+Goods.csv?Order=10248&Product=3
Return No,Order,Product,Reason1,10248,3,dry2,10248,3,blue
END
	get '/trade/Order+Details?OrderID=10250&ProductID=4'
	has "$BODY" '<tr><td><a href="/trade/Order+Details/10250,4">10250, 4</a></td><td class="n"><a href="/trade/Orders/10250">10250</a></td><td class="n"><a href="/trade/Products/4">4</a></td>'
	# a reference of two columns is a link where there is such a row
	get /trade/Returned+Goods
	has "$BODY" '<td class="n">10248</td><td class="n"><a href="/trade/Order+Details/10248,3">3</a></td>'
	has "$BODY" '<td class="n">10250</td><td class="n">1</td><td>never ordered</td>'
	has "$BODY" '<td><span class="null">null</span></td><td class="n">3</td><td>?</td>'
	get /trade/Order+Details/10248,3
	has "$BODY" '<li><a rel="nofollow" href="/trade/Returned+Goods?Order=10248&amp;Product=3">2 rows of Returned Goods</a> by Order, Product</li>'
	get /trade/Order+Details/10248,1
	hasnt "$BODY" 'Returned'
	# and of three, which the other table has in another order
	get /trade/Losses
	has "$BODY" '<a href="/trade/Stocktakes/2024-01-01,4,a~2Cb">2024-01-01</a>'
	get /trade/Stocktakes/2024-01-01,4,cellar
	has "$BODY" 'href="/trade/Losses?Place=cellar&amp;Product=4&amp;Day=2024-01-01">2 rows of Losses</a> by Place, Product, Day'
	# page after page, in the order of the key or of the rowid
	for table in trade/Stocktakes trade/Log music/playlist_track; do
		: >"$T/rows"
		for _ in {1..9}; do
			get "/$table.json?_size=2${next:+&_next=$next}"
			jq -c '.rows[] | [.[]]' "$T/body" >>"$T/rows"
			next=$(jq -r '.next // "" | @uri' "$T/body")
			[[ -n $next ]] || break
		done
		is "$table $(jq -sc . "$T/rows")" "$table $(case $table in
		*/Stocktakes) sqlite3 "$T/trade.db" "SELECT json_group_array (
		    json_array (Place, Day, Product, Found)) FROM (SELECT *
		    FROM Stocktakes ORDER BY Day, Product, Place)" ;;
		*/Log) sqlite3 "$T/trade.db" "SELECT json_group_array (
		    json_array (rowid, Moment, Event)) FROM (SELECT rowid, *
		    FROM Log ORDER BY rowid)" | sed 's/1\.0\]/1]/' ;;
		*) sqlite3 "$T/music.db" "SELECT json_group_array (
		    json_array (playlist, track)) FROM (SELECT *
		    FROM playlist_track ORDER BY playlist, track)" ;;
		esac)"
	done
}

@test "a table that refers to itself, many to many, and to what is not there" {
	printf '%s\n' '[table trade.Employees]' 'label_column = LastName' \
	    '[table trade.Products]' 'label_column = ProductName' >"$T/ini"
	serve_shapes --config="$T/ini"
	answers <<'END'
/trade/Employees.json?_labels=on&_col=ReportsTo
{"ok":true,"rows":[{"EmployeeID":1,"ReportsTo":null},{"EmployeeID":2,"ReportsTo":{"value":1,"label":"Okafor"}},{"EmployeeID":3,"ReportsTo":{"value":1,"label":"Okafor"}},{"EmployeeID":4,"ReportsTo":{"value":3,"label":"Sato"}}],"next":null,"next_url":null,"truncated":false}
/trade/Employees/1.json?_extra=foreign_key_tables
{"ok":true,"database":"trade","table":"Employees","rows":[{"EmployeeID":1,"LastName":"Okafor","FirstName":"Ada","Title":"Owner","BirthDate":"1970-02-28","Photo":{"$base64":true,"encoded":"/9j/4A=="},"ReportsTo":null}],"primary_keys":["EmployeeID"],"primary_key_values":["1"],"foreign_key_tables":[{"other_table":"EmployeeTerritories","column":"EmployeeID","other_column":"EmployeeID","count":0,"link":"/trade/EmployeeTerritories?EmployeeID=1"},{"other_table":"Employees","column":"EmployeeID","other_column":"ReportsTo","count":2,"link":"/trade/Employees?ReportsTo=1"},{"other_table":"Orders","column":"EmployeeID","other_column":"EmployeeID","count":null,"link":"/trade/Orders?EmployeeID=1"}],"truncated":false}
/trade/Customers/~C3~96~2F~2E~2C~7E.json?_extra=foreign_key_tables
{"ok":true,"database":"trade","table":"Customers","rows":[{"CustomerID":"Ö/.,~","CompanyName":"<Öl>","City":"Åmål"}],"primary_keys":["CustomerID"],"primary_key_values":["Ö/.,~"],"foreign_key_tables":[{"other_table":"Orders","column":"CustomerID","other_column":"CustomerID","count":1,"link":"/trade/Orders?CustomerID=%C3%96%2F.%2C~"}],"truncated":false}
/music/track/10.json?_extra=foreign_key_tables
{"ok":true,"database":"music","table":"track","rows":[{"id":10,"name":"Dry river","album":1,"composer":"Anna Svensson","seconds":245,"bytes":9007199254740993,"price":0.99}],"primary_keys":["id"],"primary_key_values":["10"],"foreign_key_tables":[{"other_table":"playlist_track","column":"id","other_column":"track","count":2,"link":"/music/playlist_track?track=10"},{"other_table":"tagged","column":"id","other_column":"track","count":null,"link":"/music/tagged?track=10"}],"truncated":false}
/music/playlist_track.json?_labels=on&playlist=2&track__gt=10
{"ok":true,"rows":[{"playlist":{"value":2,"label":"Morning"},"track":{"value":20,"label":"River of rivers"}},{"playlist":{"value":2,"label":"Morning"},"track":{"value":50,"label":"Ember's \"end\""}}],"next":null,"next_url":null,"truncated":false}
/music/tagged.json?_labels=on&_size=3
{"ok":true,"rows":[{"rowid":1,"track":{"value":10,"label":"Dry river"},"tag":"a b","lost":1,"lost2":1,"seen":7},{"rowid":2,"track":{"value":20,"label":"River of rivers"},"tag":"rock/roll","lost":2,"lost2":1,"seen":7},{"rowid":3,"track":99,"tag":"none","lost":null,"lost2":null,"seen":null}],"next":"i3","next_url":"/music/tagged.json?_size=3&_labels=on&_next=i3","truncated":false}
/music/sleeve.json?_labels=on
{"ok":true,"rows":[{"album":{"value":1,"label":"Water"},"cover":1,"blurb":{"value":1,"label":"Loud"}},{"album":{"value":2,"label":"water music"},"cover":2,"blurb":2},{"album":{"value":3,"label":"Fire"},"cover":3,"blurb":3}],"next":null,"next_url":null,"truncated":false}
/trade/Territories.json?_shape=arrayfirst&_through={"table":"EmployeeTerritories","column":"EmployeeID","value":"2"}
["01581","1581"]
/music/artist.json?_shape=arrayfirst&_through={"table":"album","column":"title","value":"FIRE"}
[3]
END
	get '/trade/Orders.json?_size=0&_facet=EmployeeID'
	is "$(jq -c '[.facet_results.results.EmployeeID.results[].label]' \
	    "$T/body")" '["Okafor","Lindqvist","Sato",9]'
	get /music/sleeve
	has "$BODY" '<a href="/music/cover/1">1</a></td><td class="n"><a href="/music/blurb/1">Loud</a> <small>1</small></td>'
	has "$BODY" '<td class="n"><a href="/music/blurb/2">2</a></td>'
	get /trade/Employees/4
	has "$BODY" '<h1>de la Cruz</h1>'
	has "$BODY" '<a href="/trade/Employees/3">Sato</a> <small>3</small>'
	get /music/tagged
	has "$BODY" '<td class="n"><a href="/music/track/20">River of rivers</a> <small>20</small></td><td><a href="/music/tag/rock~2Froll">rock/roll</a></td><td class="n">2</td><td class="n">1</td><td class="n">7</td>'
	get '/trade/Order+Details/10250,4'
	has "$BODY" '<a href="/trade/Products/4">hemp rope</a> <small>4</small>'
	# nobody is employee 9
	get /trade/Orders/10250
	has "$BODY" '<th scope="row">EmployeeID</th><td>9</td>'
}

@test "generated columns, views, prices, days, texts that look like numbers" {
	serve_shapes
	one_value <<'END' | as_sqlite "$T/trade.db"
/trade/Products?Worth__gt=50.5&_sort_desc=Worth
SELECT ProductID FROM Products WHERE Worth > 50.5 ORDER BY Worth DESC
/trade/Products?Worth=0
SELECT ProductID FROM Products WHERE Worth = 0
/trade/Products?Worth__isnull=1
SELECT ProductID FROM Products WHERE Worth IS NULL
/trade/Products?Shelf=B-2
SELECT ProductID FROM Products WHERE Shelf = 'B-2'
/trade/Products?Shelf__startswith=b&_sort_desc=Shelf
SELECT ProductID FROM Products WHERE Shelf LIKE 'b%' ORDER BY Shelf DESC
/trade/Products?UnitPrice=12.10
SELECT ProductID FROM Products WHERE UnitPrice = 12.10
/trade/Products?UnitPrice__lt=1e-2&_sort=UnitPrice
SELECT ProductID FROM Products WHERE UnitPrice < 1e-2 ORDER BY UnitPrice
/trade/Products?Discontinued=0&UnitPrice__gte=3
SELECT ProductID FROM Products WHERE NOT +Discontinued AND UnitPrice >= 3 ORDER BY 1
/trade/Territories?TerritoryID=1581
SELECT TerritoryID FROM Territories WHERE TerritoryID = '1581'
/trade/Customers?CustomerID=00012
SELECT CustomerID FROM Customers WHERE CustomerID = '00012'
/trade/Categories?CategoryName=Tea
SELECT CategoryID FROM Categories WHERE CategoryName = 'Tea'
/trade/Orders?OrderDate__date=2024-03-01
SELECT OrderID FROM Orders WHERE date (OrderDate) = '2024-03-01'
/trade/Orders?OrderDate__gte=2024-03-01&_sort_desc=OrderDate
SELECT OrderID FROM Orders WHERE OrderDate >= '2024-03-01' ORDER BY OrderDate DESC
/trade/Orders?Freight=11.50
SELECT OrderID FROM Orders WHERE Freight = 11.5
/trade/Orders?Ship+Via__in=1,3
SELECT OrderID FROM Orders WHERE "Ship Via" IN (1, 3)
/trade/Order+Subtotals?Lines=2
SELECT OrderID FROM "Order Subtotals" WHERE "Lines" = 2
/trade/Order+Subtotals?Subtotal__gt=15&_sort=Subtotal
SELECT OrderID FROM "Order Subtotals" WHERE Subtotal > 15 ORDER BY Subtotal
/trade/Products+and+Categories?CategoryID:1=1&_sort_desc=ProductID
SELECT ProductID FROM Products WHERE CategoryID = 1 ORDER BY ProductID DESC
/trade/Chain+of+Command?depth__in=1,2&_sort_desc=id
SELECT id FROM "Chain of Command" WHERE depth IN (1, 2) ORDER BY id DESC
/trade/Sales+by+Category?ProductSales__gte=10&CategoryName=Tea&_sort=ProductSales
SELECT CategoryID FROM "Sales by Category" WHERE ProductSales >= 10 AND CategoryName = 'Tea'
END
	one_value <<'END' | as_sqlite "$T/music.db"
/music/measured?twice=42
SELECT id FROM measured WHERE twice = 42
/music/measured?twice__lt=0
SELECT id FROM measured WHERE twice < 0
/music/measured?both=b21
SELECT id FROM measured WHERE both = 'b21'
/music/measured?a=1&_sort_desc=a
SELECT id FROM measured WHERE a IN (1, '1') ORDER BY a DESC
/music/box?x0__gt=0.5
SELECT id FROM box WHERE x0 > 0.5
/music/grid?x1__lte=3&_sort=x0
SELECT id FROM grid WHERE x1 <= 3 ORDER BY x0
/music/album?title=WATER
SELECT id FROM album WHERE title = 'WATER'
/music/album?_sort_desc=title
SELECT id FROM album ORDER BY title DESC
/music/word?term__gt=r&_sort=term
SELECT term FROM word WHERE term > 'r' ORDER BY term
/music/term?term=river&documents=1&_sort=col
SELECT term FROM term WHERE term = 'river' AND documents = 1
END
	get /trade/Products.csv
	is "${BODY//$'\r'/}" "$(sqlite3 -csv -header "$T/trade.db" \
	    'SELECT * FROM Products' | tr -d '\r"')"
	# the schema is what makes such a database again
	get /trade/-/schema.json
	jq -r .schema "$T/body" | sqlite3 -batch -bail "$T/again"
	is "$(sqlite3 "$T/again" .schema)" "$(sqlite3 "$T/trade.db" .schema)"
	get /music/measured/-/schema.json
	is "$(jq -r .schema "$T/body")" "$(sqlite3 "$T/music.db" "SELECT
	    group_concat (sql || ';', char (10)) FROM sqlite_schema
	    WHERE tbl_name = 'measured'")"
}

@test "full-text indexes: with content elsewhere, in views, with none" {
	serve_shapes
	one_value <<'END' | as_sqlite "$T/music.db"
/music/track?_search=river
SELECT rowid FROM track_words ('river') ORDER BY rowid
/music/track?_search=bats*
SELECT id FROM track WHERE name = 'Båtsång'
/music/track?_search_composer=river&_sort_desc=seconds
SELECT t.id FROM track_words ('composer: river') AS w JOIN track AS t ON t.id = w.rowid ORDER BY seconds DESC
/music/track?_search=river&price__gt=1&_size=1
SELECT id FROM track WHERE id IN (SELECT rowid FROM track_words ('river')) AND price > 1 ORDER BY id LIMIT 1
/music/track_words?_search=anna+river
SELECT rowid FROM track_words ('anna river')
/music/page?_search=rivers
SELECT docid FROM page_index WHERE page_index MATCH 'rivers'
/music/page?_search_text=rivers
SELECT docid FROM page_index WHERE text MATCH 'rivers'
/music/page_index?_search=wat*
SELECT docid FROM page_index WHERE page_index MATCH 'wat*'
/music/single?_search=rivers
SELECT rowid FROM singlequoted ('rivers')
/music/memo?_search=river
SELECT rowid FROM memo_fts ('river')
/music/memo_fts?_search=dry
SELECT rowid FROM memo_fts ('dry')
/music/renamed?_search=river
SELECT rowid FROM renamed_words ('river')
/music/renamed?_search_the+text=river
SELECT rowid FROM renamed_words ('"the text": river')
/music/letter?_search=river
SELECT rowid FROM letter WHERE letter MATCH 'river'
/music/letter?lang=river
SELECT rowid FROM letter WHERE lang = 'river'
/music/found?_sort=good
SELECT id FROM found ORDER BY good
/music/found?where__contains=[river]
SELECT id FROM found WHERE "where" LIKE '%[river]%'
/music/found_pages?places__endswith=6
SELECT nr FROM found_pages WHERE places LIKE '%6'
/music/often?doc__gt=3
SELECT term FROM often WHERE doc > 3
/music/columns?column=composer&_sort=table
SELECT "table" FROM columns WHERE "column" = 'composer' ORDER BY 1
END
	answers <<'END'
/music/track.json?_search=river&_search_composer=svensson&_col=name
{"ok":true,"rows":[{"id":10,"name":"Dry river"}],"next":null,"next_url":null,"truncated":false}
/music/memo_fts.json?_search=river
{"ok":true,"rows":[{"rowid":1,"body":null},{"rowid":3,"body":null}],"next":null,"next_url":null,"truncated":false}
/music/word.json?_sort=term&_size=2&_next=o8
{"ok":true,"rows":[{"term":"river","doc":4,"cnt":4},{"term":"rivers","doc":1,"cnt":1}],"next":"o10","next_url":"/music/word.json?_size=2&_sort=term&_next=o10","truncated":false}
END
}

@test "however SQLite keeps them: encodings, page sizes, journals, old formats" {
	local name

	make_shape "$T/le.db" trade music -- 'PRAGMA encoding = "UTF-16le";' \
	    'PRAGMA page_size = 512;' 'PRAGMA auto_vacuum = FULL;'
	make_shape "$T/be.db" trade music -- 'PRAGMA encoding = "UTF-16be";' \
	    'PRAGMA page_size = 65536;' 'PRAGMA journal_mode = WAL;'
	make_shape "$T/old.db" trade music -- \
	    '.dbconfig legacy_file_format on' '.filectrl reserve_bytes 40' \
	    'PRAGMA auto_vacuum = INCREMENTAL;' \
	    'PRAGMA journal_mode = PERSIST;'
	# a row that is in the log only
	start_sqlite writer "$T/be.db"
	printf '%s\n' 'PRAGMA wal_autocheckpoint = 0;' \
	    "INSERT INTO Log VALUES ('Å', 'in the log');" >&"$SQLITE"
	wait_for has_row "$T/be.db" "Log WHERE Event = 'in the log'"
	[[ -s $T/be.db-wal && -e $T/old.db-journal ]]
	start_squall --workers=1 --access-log=off "$T"/*.db
	start_nginx
	for name in le be old; do
		same_rows "$T/$name.db" "$name"
		one_value <<-END | as_sqlite "$T/$name.db"
			/$name/track?_search=batsang
			SELECT rowid FROM track_words ('batsang')
			/$name/track?name__contains=%C3%A5
			SELECT id FROM track WHERE name LIKE '%å%'
			/$name/tag?name__gt=r&_sort_desc=name
			SELECT name FROM tag WHERE name > 'r' ORDER BY name DESC
			/$name/tag?name=%C3%96
			SELECT name FROM tag WHERE name = 'Ö'
		END
	done
	get '/be/Log.json?Moment=%C3%85'
	is "$(jq -c '.rows[0].Event' "$T/body")" '"in the log"'
	exec {SQLITE}>&-
}

# has_row FILE TABLE: whether there is a row.
has_row()
{
	[[ -n $(sqlite3 -batch "$1" "SELECT 1 FROM $2") ]]
}

# bytes NUMBER...: each as four bytes, the highest first.
bytes()
{
	printf '%b' "$(printf '%s\n' "$@" | awk '{ printf "\\x%02x\\x%02x\\x%02x\\x%02x",
	    $1 / 16777216, $1 / 65536 % 256, $1 / 256 % 256, $1 % 256 }')"
}

# make_sparse FILE: makes what is an empty database of two gigabytes to SQLite,
# all its pages free, and takes next to nothing: fileformat2.html, 1.5.  Those
# that are used first lie behind the second gigabyte.
make_sparse()
{
	local size=65536 pages=33100 used leaves at=0 trunk n
	local -ar counts=(300 11000 11000 11000)

	sqlite3 -batch "$1" "PRAGMA page_size = $size; VACUUM"
	used=$(sqlite3 -batch "$1" 'PRAGMA page_count')
	truncate -s $((pages * size)) "$1"
	# the trunks, then leaves, without the page that is kept for locks
	mapfile -t leaves < <(seq "$pages" -1 $((used + ${#counts[@]} + 1)) |
	    grep -vx $((1073741824 / size + 1)))
	for trunk in "${!counts[@]}"; do
		n=${counts[trunk]}
		((at + n <= ${#leaves[@]})) || n=$((${#leaves[@]} - at))
		bytes $((trunk < 3 ? used + trunk + 2 : 0)) "$n" \
		    "${leaves[@]:at:n}" |
		    dd of="$1" bs="$size" seek=$((used + trunk)) \
			conv=notrunc status=none iflag=fullblock
		at=$((at + n))
	done
	bytes "$pages" $((used + 1)) $((at + ${#counts[@]})) |
	    dd of="$1" bs=1 seek=28 conv=notrunc status=none
}

@test "a file of two gigabytes" {
	make_sparse "$T/far.db"
	make_shape "$T/far.db" trade music
	sqlite3 -batch "$T/far.db" 'CREATE TABLE large (id INTEGER PRIMARY KEY,
	    data); INSERT INTO large VALUES (1, zeroblob (3000000))'
	is "$(sqlite3 -batch "$T/far.db" 'PRAGMA integrity_check')" ok
	(($(stat -c %s "$T/far.db") > 2 ** 31))
	(($(sqlite3 -batch "$T/far.db" "SELECT min(rootpage)
	    FROM sqlite_schema WHERE rootpage > 0") * 65536 > 2 ** 31))
	start_squall --workers=1 --access-log=off "$T/far.db"
	start_nginx
	get /far/large/1
	has "$BODY" '3,000,000 bytes'
	sqlite3 -batch "$T/far.db" 'UPDATE large SET data = 1.5'
	same_rows "$T/far.db" far
}

@test "collations that only the program of a database knows" {
	make_db "$T/own.db" "CREATE TABLE contact (id INTEGER PRIMARY KEY,
		name TEXT COLLATE NOCASE, phone TEXT);
	    CREATE INDEX by_name ON contact (name);
	    INSERT INTO contact VALUES (1, 'Zoë', '1'), (2, 'adam', '2'),
		(3, 'Bert', '2');
	    CREATE TABLE word (w TEXT PRIMARY KEY COLLATE NOCASE, n);
	    INSERT INTO word VALUES ('b', 1), ('A', 2);
	    CREATE TABLE tight (w TEXT PRIMARY KEY COLLATE NOCASE, n)
		WITHOUT ROWID;
	    INSERT INTO tight SELECT * FROM word;
	    CREATE TABLE loose (w TEXT COLLATE NOCASE);
	    INSERT INTO loose SELECT w FROM word;
	    CREATE TABLE uses (id INTEGER PRIMARY KEY, w REFERENCES word,
		c REFERENCES contact);
	    INSERT INTO uses VALUES (1, 'B', 1);
	    CREATE VIEW sorted AS SELECT name FROM contact ORDER BY name;
	    PRAGMA writable_schema = on;
	    UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'LOCALIZED')"
	start_squall --workers=1 --access-log=off "$T/own.db"
	start_nginx
	# they are shown, in the order of their indexes as well
	answers <<'END'
/own/contact.json
{"ok":true,"rows":[{"id":1,"name":"Zoë","phone":"1"},{"id":2,"name":"adam","phone":"2"},{"id":3,"name":"Bert","phone":"2"}],"next":null,"next_url":null,"truncated":false}
/own/contact/2.json
{"ok":true,"database":"own","table":"contact","rows":[{"id":2,"name":"adam","phone":"2"}],"primary_keys":["id"],"primary_key_values":["2"],"truncated":false}
/own/contact.json?_shape=arrayfirst&_sort=name
[2,3,1]
/own/contact.json?_shape=arrayfirst&name__contains=A&phone=2
[2]
/own/word.json?_shape=arrayfirst
["b","A"]
/own/sorted.json?_shape=arrayfirst
["adam","Bert","Zoë"]
/own/uses.json?_labels=on
{"ok":true,"rows":[{"id":1,"w":"B","c":{"value":1,"label":"Zoë"}}],"next":null,"next_url":null,"truncated":false}
END
	statuses 200 <<'END'
/own
/own/contact
/own/contact?_facet=name
/own/contact/1
/own/word
/own/uses/1
END
	# a key is found by what it is, and pages follow each other
	answers <<'END'
/own/word/A.json
{"ok":true,"database":"own","table":"word","rows":[{"w":"A","n":2}],"primary_keys":["w"],"primary_key_values":["A"],"truncated":false}
/own/word/a.json
{"ok":false,"error":"word has no row with the key a.","errors":["word has no row with the key a."],"status":404,"title":"Not found"}
/own/word.json?_shape=arrays&_size=1
{"ok":true,"rows":[["b",1]],"next":"i1","next_url":"/own/word.json?_size=1&_shape=arrays&_next=i1","truncated":false}
/own/word.json?_shape=arrays&_size=1&_next=i1
{"ok":true,"rows":[["A",2]],"next":null,"next_url":null,"truncated":false}
/own/tight/A.json
{"ok":true,"database":"own","table":"tight","rows":[{"w":"A","n":2}],"primary_keys":["w"],"primary_key_values":["A"],"truncated":false}
/own/tight.json?_shape=arrays&_size=1
{"ok":true,"rows":[["A",2]],"next":"o1","next_url":"/own/tight.json?_size=1&_shape=arrays&_next=o1","truncated":false}
/own/tight.json?_shape=arrays&_size=1&_next=o1
{"ok":true,"rows":[["b",1]],"next":null,"next_url":null,"truncated":false}
/own/contact.json?_shape=arrayfirst&_sort_desc=name&_size=2&_next=o2
[2]
/own/contact.json?_shape=arrayfirst&name__notnull=1&name__glob=*d*
[2]
/own/word.json?_sort=n&_shape=arrayfirst&_size=1&_next=i1,i1
["A"]
END
	# but nothing else is compared, which would miss rows
	answers <<'END'
/own/contact.json?name=adam
{"ok":false,"error":"name compares by a collation that SQLite does not know, so that only contains, like, glob and isnull can be asked for.","errors":["name compares by a collation that SQLite does not know, so that only contains, like, glob and isnull can be asked for."],"status":400,"title":"That can’t be asked"}
/own/loose.json?_sort=w
{"ok":false,"error":"loose can’t be sorted by w.","errors":["loose can’t be sorted by w."],"status":400,"title":"That can’t be asked"}
END
	for op in not gt gte lt lte in notin isblank notblank; do
		echo "/own/contact?name__$op=b"
	done | statuses 400
	for op in contains notcontains startswith endswith like notlike glob \
	    arraycontains arraynotcontains date isnull notnull; do
		echo "/own/contact?name__$op=b"
	done | statuses 200
}

@test "what is broken in a database spoils no other page of it" {
	make_db "$T/broken.db" "CREATE TABLE a (id INTEGER PRIMARY KEY, body);
	    INSERT INTO a VALUES (1, 'a river'), (2, 'no');
	    CREATE VIRTUAL TABLE a_words USING fts5 (body, content=a,
		content_rowid=id);
	    INSERT INTO a_words (a_words) VALUES ('rebuild');
	    ALTER TABLE a RENAME COLUMN body TO text;
	    CREATE TABLE gone (id INTEGER PRIMARY KEY, body TEXT);
	    INSERT INTO gone VALUES (1, 'a river');
	    CREATE VIRTUAL TABLE gone_words USING fts4 (body, content=\"gone\");
	    INSERT INTO gone_words (gone_words) VALUES ('rebuild');
	    ALTER TABLE gone RENAME TO here;
	    CREATE VIEW no_table AS SELECT * FROM nowhere;
	    CREATE VIEW no_function AS SELECT unheard_of (id) FROM a;
	    CREATE VIEW extends AS SELECT load_extension ('x');
	    CREATE VIEW pages AS SELECT pgno, data FROM sqlite_dbpage;
	    CREATE TABLE refers (id INTEGER PRIMARY KEY, a REFERENCES a,
		v REFERENCES no_table (id), w REFERENCES a_words (body));
	    INSERT INTO refers VALUES (1, 2, 3, 4);
	    PRAGMA writable_schema = on;
	    INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)
		VALUES ('table', 'alien', 'alien', 0,
		'CREATE VIRTUAL TABLE alien USING nothing_known (x)')"
	start_squall --workers=1 --access-log=off "$T/broken.db"
	start_nginx
	statuses 500 <<'END'
/broken/no_table
/broken/no_function.json
/broken/alien
/broken/alien.csv
/broken/extends
/broken/pages.json
/broken/a_words.json
/broken/gone_words
END
	statuses 200 <<'END'
/
/broken
/broken.json
/broken/-/schema
/broken/alien/-/schema
/broken/a
/broken/a_words_data
/broken/here
/broken/refers
/broken/refers/1
/-/openapi.json
END
	answers <<'END'
/broken/no_table/-/schema.json
{"ok":true,"database":"broken","table":"no_table","schema":"CREATE VIEW no_table AS SELECT * FROM nowhere;"}
/broken/a.json?_search=river
{"ok":true,"rows":[{"id":1,"text":"a river"}],"next":null,"next_url":null,"truncated":false}
/broken/a/2.json?_extra=foreign_key_tables
{"ok":true,"database":"broken","table":"a","rows":[{"id":2,"text":"no"}],"primary_keys":["id"],"primary_key_values":["2"],"foreign_key_tables":[{"other_table":"refers","column":"id","other_column":"a","count":null,"link":"/broken/refers?a=2"}],"truncated":false}
/broken/here.json
{"ok":true,"rows":[{"id":1,"body":"a river"}],"next":null,"next_url":null,"truncated":false}
END
}
