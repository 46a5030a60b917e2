#!/usr/bin/env bats
# Schemas of any size: what a page takes depends on what it shows, and not on
# how many tables there are besides.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

# many_tables N: statements that make a table and N more that refer to it.
many_tables()
{
	echo "BEGIN; CREATE TABLE hub (id INTEGER PRIMARY KEY, name TEXT);
	    INSERT INTO hub VALUES (1, 'x');"
	seq -f 'CREATE TABLE t%.0f (id INTEGER PRIMARY KEY,
	    hub INTEGER REFERENCES hub, v TEXT);' "$1"
	echo 'COMMIT;'
}

# is_kept URI: is the page in memory when it is asked for again?
is_kept()
{
	page GET "$1"
	is "$STATUS" 200 || return
	page GET "$1"
	is "$STATUS" 200 || return
	like "$(cache_status)" '^squall; hit;' || fail "$1"
}

@test "pages of a database with 500 objects are hits, and those of all databases" {
	local mode i

	for mode in delete wal; do
		{
			echo "PRAGMA journal_mode = $mode;"
			many_tables 400
			for i in {1..50}; do
				echo "CREATE INDEX i$i ON t$i (v);
				    CREATE VIEW v$i AS SELECT * FROM t$i;"
			done
		} | sqlite3 -batch -bail "$T/$mode.db" >"$T/sqlite.log"
	done
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/delete.db" "$T/demo.db" "$T/wal.db"
	for mode in delete wal; do
		is_kept "/$mode"
		is_kept "/$mode/t7.json"
		is_kept "/$mode/v8"
		is_kept "/$mode/hub/1"
	done
	is_kept /
	is_kept /.json
	is_kept /-/openapi.json
	hasnt "$(<"$T/squall.log")" error
}

@test "pages of a database with 3000 tables, and of the row that they refer to" {
	many_tables 3000 | sqlite3 -batch -bail "$T/many.db"
	start_squall --workers=1 "$T/many.db"
	page GET /many.json
	is "$STATUS $(jq '.tables | length' <<<"$BODY")" '200 3001'
	page GET /many/hub/1
	is "$STATUS" 200
	has "$BODY" 'href="/many/t3000?hub=1"'
	is_kept /many/hub/1.json
	is_kept /many/t3000
}

@test "a small time limit is for pages: squall starts and checks all the same" {
	many_tables 3000 | sqlite3 -batch -bail "$T/many.db"
	"$SQUALL" --check --time-limit=1 "$T/many.db"
	start_squall --workers=1 --time-limit=1 "$T/many.db"
}
