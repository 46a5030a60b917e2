#!/usr/bin/env bats
# Statements that mean harm: each is refused, in time and within bounds, and
# nobody else notices.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/sql

# sanitizers get more of it
LIMIT_MS=${LIMIT_MS:-500}
# half a million letters
BIG="replace(hex(zeroblob(250000)), '0', 'a')"

serve()
{
	make_db "$T/demo.db" "PRAGMA journal_mode = WAL;
	    CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT);
	    INSERT INTO notes VALUES (1, 'first');
	    CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('one');
	    CREATE VIRTUAL TABLE r USING rtree(id, a, b)"
	config "time-limit=$LIMIT_MS" threads=2 "$@"
	start_squall --config="$T/squall.ini"
	ask 'SELECT title FROM notes' _shape=arrayfirst
	is "$BODY" '["first"]'
	BEFORE=$(sqlite3 "$T/demo.db" .dump | cksum)
	PIDS=$(worker)
}

# The process that serves.
worker()
{
	workers | sort | paste -sd ' '
}

# All is as before: the data, the process, a page in memory, and a new one.
unharmed()
{
	is "$(sqlite3 "$T/demo.db" .dump | cksum)" "$BEFORE"
	is "$(worker)" "$PIDS"
	ask 'SELECT title FROM notes' _shape=arrayfirst
	is "$BODY" '["first"]'
	like "$(cache_status)" '^squall; hit'
	ask "SELECT $RANDOM$RANDOM"
	is "$STATUS" 200
	refute grep -E ' error | warn ' "$T/squall.log"
}

# refused MESSAGE SQL: with a 400 whose sentence matches, in time.
refused()
{
	local ms

	ask "$2"
	# what SQLite took of it, whatever else the machine has to do
	ms=$(header Server-Timing | sed 's/.*db;dur=\([0-9]*\).*/\1/')
	is "$STATUS" 400 || fail "$2: $BODY" || return
	like "$(error_text)" "$1" || fail "$2" || return
	((ms < LIMIT_MS * 60)) || fail "$ms ms: $2"
}

@test "writing, attaching, settings, more than one statement" {
	local sql

	serve
	while read -r sql; do
		refused '^not authorized$' "$sql" || return
	done <<-END
		INSERT INTO notes VALUES (2, 'x')
		INSERT INTO notes VALUES (2, 'x') RETURNING *
		WITH x AS (SELECT 1) UPDATE notes SET title = 'x' RETURNING *
		DELETE FROM notes
		REPLACE INTO notes VALUES (1, 'x')
		INSERT INTO f (f) VALUES ('rebuild')
		INSERT INTO r VALUES (1, 2, 3)
		DROP TABLE notes
		ALTER TABLE notes ADD COLUMN x
		CREATE TABLE x (a)
		CREATE TEMP TABLE x (a)
		CREATE TEMP VIEW x AS SELECT 1
		CREATE TEMP TRIGGER x AFTER INSERT ON notes BEGIN SELECT 1; END
		CREATE VIRTUAL TABLE temp.x USING fts5vocab(main, f, row)
		CREATE INDEX x ON notes (title)
		ATTACH '$T/x.db' AS x
		ATTACH ':memory:' AS x
		DETACH main
		BEGIN
		COMMIT
		ROLLBACK
		SAVEPOINT x
		REINDEX
		ANALYZE
		PRAGMA query_only = 0
		PRAGMA writable_schema = 1
		PRAGMA user_version = 7
		PRAGMA journal_mode = DELETE
		PRAGMA journal_mode
		PRAGMA database_list
		PRAGMA temp_store_directory = '/tmp'
		PRAGMA wal_checkpoint(TRUNCATE)
		PRAGMA hard_heap_limit = 1
		PRAGMA mmap_size = 1000000000
		EXPLAIN DELETE FROM notes
		SELECT * FROM pragma_database_list
	END
	for sql in VACUUM "VACUUM INTO '$T/x.db'"; do
		refused '^only a statement that gives rows is possible$' "$sql"
	done
	for sql in 'SELECT 1; SELECT 2' 'SELECT 1; DROP TABLE notes' \
	    "SELECT 1; ATTACH '$T/x.db' AS x" 'SELECT 1;;x'; do
		refused '^only one statement is possible at a time$' "$sql"
	done
	for sql in ';' '-- nothing' '/* nothing'; do
		refused '^there is no statement$' "$sql"
	done
	refused 'prohibited|no such table' 'SELECT * FROM sqlite_dbpage'
	refused 'prohibited|no such table' 'SELECT * FROM dbstat'
	[[ ! -e $T/x.db ]]
	unharmed
}

@test "functions that reach out of the database" {
	local sql

	serve
	while read -r sql; do
		refused '^(not authorized to use function: |no such function: )' \
		    "SELECT $sql" || return
	done <<-END
		load_extension('$T/x.so')
		load_extension('$T/x.so', 'x')
		readfile('/etc/passwd')
		writefile('$T/x', 'x')
		edit('x')
		fts3_tokenizer('simple')
		fts3_tokenizer('simple', x'4141414141414141')
		sqlite_log(1, 'x')
		json_patch('{}', '{}')
	END
	[[ ! -e $T/x ]]
	unharmed
}

@test "more bytes than fit" {
	local sql

	serve
	while read -r sql; do
		refused 'too big$' "$sql" || return
	done <<-END
		SELECT randomblob(1000000000)
		SELECT zeroblob(1e9)
		SELECT $BIG || $BIG || $BIG
		SELECT hex(hex($BIG))
		SELECT replace($BIG, 'a', 'aaaa')
		WITH RECURSIVE c (s) AS (SELECT 'a' UNION ALL SELECT s || s FROM c) SELECT max(length(s)) FROM c
	END
	while read -r sql; do
		refused '^(it needs more memory than a query may have|The query took longer)' \
		    "$sql" || return
	done <<-END
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, hex(zeroblob(400000)) AS y FROM c ORDER BY y, x
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT DISTINCT hex(zeroblob(400000)) || x FROM c ORDER BY 1
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT group_concat(hex(zeroblob(100000))) FROM c
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) OVER (ORDER BY x) FROM c
	END
	# a width beyond all bounds is none
	ask "SELECT length(printf('%1000000000d', 1)) AS n"
	((STATUS == 200 || STATUS == 400))
	unharmed
	# and what all that has taken is given back, or may be used again
	is_small
}

@test "longer rows than fit" {
	LIMIT_MS=60000
	serve
	refused '^The rows are longer than the 16 MB' 'WITH RECURSIVE c (x) AS
	    (SELECT 1 UNION ALL SELECT x + 1 FROM c)
	    SELECT hex(zeroblob(200000)) FROM c'
	unharmed
}

# Does the worker occupy less than all its bounds together?
is_small()
{
	local kb

	[[ $SQUALL != *san/* ]] || return 0
	kb=$(awk '/VmHWM/ { print $2 }' "/proc/$PIDS/status")
	echo "# at most $kb kB" >&3
	((kb < 400000))
}

@test "more time than there is" {
	local i sql joins=notes

	serve
	for i in {1..30}; do joins+=", c AS c$i"; done
	while read -r sql; do
		refused '^The query took longer than the [0-9]+ milliseconds that it may\.$' \
		    "$sql" || return
	done <<-END
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT 1 FROM c) SELECT x FROM c WHERE x = 2
		WITH c (x) AS (VALUES (1), (2), (3)) SELECT count(*) FROM $joins
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT sum($BIG || x LIKE '%' || substr($BIG, 1, 190) || 'b%') FROM c
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT sum($BIG || x GLOB '*' || substr($BIG, 1, 190) || 'b*') FROM c
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT sum(instr($BIG || x, substr($BIG, 1, 250000) || 'b')) FROM c
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT sum(length(replace($BIG || x, substr($BIG, 1, 250000) || 'b', ''))) FROM c
		WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT sum(length(trim($BIG || x, 'bcdefghijklmnopqrstuvwxyz1234567890'))) FROM c
	END
	# one call of each can't take long
	for sql in "instr($BIG, substr($BIG, 1, 250000) || 'b')" \
	    "length(replace($BIG, substr($BIG, 1, 250000) || 'b', ''))" \
	    "trim($BIG, substr($BIG, 1, 1000))" \
	    "$BIG LIKE '%a%a%a%a%a%a%a%a%a%a%a%a%a%b'"; do
		ask "SELECT $sql AS x"
		is "$STATUS" 200
	done
	refused 'pattern too complex' "SELECT 'a' LIKE substr($BIG, 1, 1000)"
	unharmed
}

@test "statements that are too much to compile" {
	local i sql deep nested=x sums=1 calls=1 terms='SELECT 1' ctes

	serve
	deep="$(printf '(%.0s' {1..1000})1$(printf ')%.0s' {1..1000})"
	refused 'stack overflow|too deep|maximum depth' "SELECT $deep"
	for i in {1..500}; do
		sums+=+1
		terms+=" UNION SELECT $i"
	done
	refused 'maximum depth' "SELECT $sums"
	refused 'too many terms' "$terms"
	for i in {1..300}; do calls+=,lower\(1\); done
	refused 'too many functions' "SELECT $calls"
	ctes='a0 AS (SELECT 1)'
	for i in {1..40}; do
		ctes+=", a$i AS (SELECT 1 FROM a$((i - 1)) x, a$((i - 1)) y)"
	done
	refused 'memory|took longer' "WITH $ctes SELECT count(*) FROM a40"
	refused 'overflow|malformed|too big' \
	    "SELECT json('$(printf '[%.0s' {1..3000})')"
	for i in {1..2100}; do nested+=,1; done
	refused 'too many columns' "SELECT 1 AS $nested"
	unharmed
}

@test "pages that are there come at once while all renderers are attacked" {
	local i us clients=()

	serve
	for i in 1 2 3 4; do
		fcgi GET "/demo/-/query.json?sql=$(encoded "WITH RECURSIVE c (x)
		    AS (SELECT $i UNION ALL SELECT x + 1 FROM c)
		    SELECT count(*) FROM c")" >"$T/attack$i" 3>&- &
		clients+=("$!")
	done
	for i in {1..20}; do
		page GET "/demo/-/query.json?sql=SELECT%20title%20FROM%20notes&_shape=arrayfirst"
		is "$STATUS" 200
		like "$(cache_status)" '^squall; hit'
	done
	# by the server's own clock, since starting a client takes longer
	us=$(sed -n 's/.* hit-memory \([0-9]*\)us .*/\1/p' "$T/squall.log" |
	    sort -n | tail -n 1)
	((us < LIMIT_MS * 1000)) || fail "$us us"
	wait "${clients[@]}"
	for i in 1 2 3 4; do has "$(<"$T/attack$i")" 'took longer'; done
	unharmed
}

@test "bytes that are no text, and parameters of all kinds" {
	serve
	page GET '/demo/-/query.json?sql=SELECT+1%00'
	is "$STATUS $(error_text)" '400 there is a zero byte in it'
	page GET '/demo/-/query.json?sql=SELECT+%FF'
	is "$STATUS" 400
	page GET '/demo/-/query.json?sql=SELECT+:a&a=%FF'
	is "$STATUS" 400
	ask 'SELECT :sql AS x'
	is "$STATUS" 200
	unharmed
}

@test "conditions of a table's page are held to the same" {
	local condition message

	serve
	while IFS='|' read -r message condition; do
		page GET "/demo/notes.json?_extra=count&_facet=title&_where=$(encoded "$condition")"
		is "$STATUS" 400 || fail "$condition" || return
		like "$(error_text)" "^_where: $message\.$" ||
		    fail "$condition" || return
	done <<-'END'
		its parentheses don't match|1) UNION SELECT (1
		its parentheses don't match|0) OR (1
		its parentheses don't match|')' = ')') OR (1
		only one condition is possible|1; DROP TABLE notes
		comments are not possible here|(0 OR 1 --
		comments are not possible here|1 /*
		parameters are not possible here|:a(')') OR 1
		a string or a name has no end|'
		not authorized|EXISTS (SELECT 1 FROM pragma_database_list)
		not authorized to use function: load_extension|load_extension('x')
		.*sqlite_dbpage.*|EXISTS (SELECT data FROM sqlite_dbpage)
		near "DELETE": syntax error|DELETE FROM notes
		string or blob too big|length(hex(zeroblob(1000000)))
		.* may( have)?|(WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1000) SELECT y > '' FROM (SELECT hex(zeroblob(100000)) || x AS y FROM c ORDER BY y LIMIT 1 OFFSET 900))
		the page took longer than the .* milliseconds that it may|(WITH RECURSIVE c (x) AS (SELECT id UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c)
	END
	page GET '/demo/notes.json?_where=1%00'
	is "$STATUS" 400
	# virtual tables, which prepare statements of their own that write
	page GET "/demo/notes.json?_col=id&_where=$(encoded \
	    "id IN (SELECT rowid FROM f WHERE f MATCH 'one') AND NOT EXISTS (SELECT 1 FROM r)")"
	is "$STATUS $BODY" '200 {"ok":true,"rows":[{"id":1}],"next":null,"next_url":null,"truncated":false}'
	unharmed
}
