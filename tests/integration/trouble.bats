#!/usr/bin/env bats
# Databases that are locked, deleted, replaced or damaged while squall runs:
# only their own pages fail, and not for longer than that lasts.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

# Without a cache, so that every request reads.
serve()
{
	make_db "$T/demo.db"
	make_db "$T/other.db"
	start_squall --workers=1 --threads=2 --memory=0 "$@" \
	    "$T/demo.db" "$T/other.db"
	is_fine
}

# is_down TEXT: every page of demo is a 503 that has the TEXT; other is fine,
# and the front page tells.
is_down()
{
	local uri

	for uri in /demo /demo/notes /demo/notes/1 /demo.json; do
		page GET "$uri"
		is "$STATUS" 503 || fail "$uri" || return
		has "$BODY" "$1" || return
		has "$HEADERS" $'\nRetry-After: ' || return
	done
	page GET /other/notes/1.json
	is "$STATUS" 200 || return
	page GET /.json
	is "$STATUS" 200 || return
	has "$(jq -r '.databases[] | select(.name == "demo").error' \
	    <<<"$BODY")" "$1" || return
	is "$(jq -r '.databases[] | select(.name == "other").error' \
	    <<<"$BODY")" null
}

is_fine()
{
	page GET /demo/notes.json
	is "$STATUS" 200 || return
	has "$BODY" third || return
	page GET /.json
	hasnt "$BODY" error
}

@test "locked by another process" {
	serve --time-limit=1000
	lock_db "$T/demo.db"
	is_down locked
	unlock_db
	is_fine
}

@test "locked for a moment: the page waits" {
	serve
	lock_db "$T/demo.db"
	fcgi GET /demo/notes >"$T/waited" 3>&- &
	wait_for has_connections 1
	unlock_db
	wait "$!"
	has "$(<"$T/waited")" third
}

@test "a reader or a pending write does not get in its way" {
	serve
	start_sqlite reader "$T/demo.db"
	echo "BEGIN IMMEDIATE; UPDATE notes SET title = 'changed' WHERE id = 1; .shell touch $T/done" \
	    | sed 's/; /;\n/g' >&"$SQLITE"
	wait_for test -e "$T/done"
	is_fine
	page GET /demo/notes/1
	has "$BODY" first
	echo 'COMMIT;' >&"$SQLITE"
	exec {SQLITE}>&-
	wait_for is_free "$T/demo.db"
	is_fine
}

@test "deleted, and made anew" {
	serve
	rm "$T/demo.db"
	is_down 'no such file'
	make_db "$T/demo.db"
	is_fine
}

@test "replaced by another database" {
	serve
	make_db "$T/new.db" "CREATE TABLE news (id INTEGER PRIMARY KEY);
	    INSERT INTO news VALUES (42)"
	mv "$T/new.db" "$T/demo.db"
	page GET /demo/news/42
	is "$STATUS" 200
	page GET /demo/notes
	is "$STATUS" 404
	page GET /demo.json
	is "$(jq -r '.tables[].name' <<<"$BODY")" news
}

# One thread, so that it has had the database open before.
@test "replaced by what is no database: the old one goes on" {
	local bad

	serve --threads=1
	head -c 100000 "$SQUALL" >"$T/program"
	: >"$T/empty"
	for bad in program empty; do
		mv "$T/$bad" "$T/demo.db"
		is_fine
		page GET /demo/notes/1
		has "$BODY" first
		has "$(cache_status)" fwd=uri-miss
	done
	wait_for grep -q 'going on with the old one' "$T/squall.log"
	make_db "$T/new.db"
	sqlite3 "$T/new.db" "UPDATE notes SET title = 'new' WHERE id = 1"
	mv "$T/new.db" "$T/demo.db"
	page GET /demo/notes/1
	has "$BODY" new
	is_fine
}

# stands_in: a page that is in memory, after an error.
stands_in()
{
	page GET /demo/notes/1
	is "$STATUS" 200 || return
	has "$BODY" first || return
	is "$(cache_status)" \
	    'squall; fwd=stale; fwd-status=503; detail=stale-if-error'
}

@test "a page that is in memory stands in for an error" {
	serve --memory=1M --cache=none
	page GET /demo/notes/1
	has "$(cache_status)" fwd=uri-miss
	mv "$T/demo.db" "$T/away"
	stands_in
	stands_in
	# what is not in memory has nothing to stand in
	page GET /demo/notes/2
	is "$STATUS" 503
	mv "$T/away" "$T/demo.db"
	page GET /demo/notes/1
	is "$STATUS" 200
	hasnt "$(cache_status)" fwd-status
	lock_db "$T/demo.db"
	sqlite3 "$T/other.db" "UPDATE notes SET title = 'new' WHERE id = 1"
	page GET /other/notes/1
	has "$BODY" new
	unlock_db
	: >"$T/demo.db"
	stands_in
}

@test "without --stale-if-error an error is an error" {
	serve --memory=1M --cache=none --stale-if-error=0
	page GET /demo/notes/1
	has "$(cache_status)" fwd=uri-miss
	rm "$T/demo.db"
	page GET /demo/notes/1
	is "$STATUS" 503
}

@test "overwritten with garbage where it is, and then with itself" {
	serve
	cp "$T/demo.db" "$T/copy"
	tr '\0-\377' '\7' <"$T/copy" >"$T/garbage"
	cat "$T/garbage" >"$T/demo.db"
	is_down 'SQLite database'
	cat "$T/copy" >"$T/demo.db"
	is_fine
}

@test "emptied, and filled again" {
	serve
	cp "$T/demo.db" "$T/copy"
	: >"$T/demo.db"
	is_down empty
	cat "$T/copy" >"$T/demo.db"
	is_fine
}

@test "replaced by a directory" {
	serve
	mv "$T/demo.db" "$T/copy"
	mkdir "$T/demo.db"
	is_down 'not a file'
	rmdir "$T/demo.db"
	mv "$T/copy" "$T/demo.db"
	is_fine
}

@test "damaged inside: the pages that read it fail, and no others" {
	serve
	sqlite3 "$T/demo.db" "CREATE TABLE good AS SELECT 1 AS id;
	    INSERT INTO notes SELECT id + 10, title, hex(zeroblob(500))
	    FROM notes, (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1
	    FROM n WHERE i < 1) SELECT i FROM n)"
	read -r root size <<<"$(sqlite3 -separator ' ' "$T/demo.db" \
	    "SELECT rootpage, (SELECT page_size FROM pragma_page_size)
	    FROM sqlite_schema WHERE name = 'notes'")"
	head -c "$size" /dev/zero | tr '\0' '\377' |
	    dd of="$T/demo.db" bs="$size" seek=$((root - 1)) conv=notrunc \
	    status=none
	page GET /demo/good
	is "$STATUS" 200
	page GET /demo/notes
	is "$STATUS" 503
	has "$BODY" damaged
	page GET /other/notes
	is "$STATUS" 200
	page GET /
	is "$STATUS" 200
}

@test "cut off in the middle" {
	serve
	sqlite3 "$T/demo.db" "CREATE TABLE more AS SELECT hex(zeroblob(50000))"
	cp "$T/demo.db" "$T/copy"
	truncate -s 10000 "$T/demo.db"
	page GET /demo/more
	is "$STATUS" 503
	page GET /other/notes
	is "$STATUS" 200
	cat "$T/copy" >"$T/demo.db"
	is_fine
	page GET /demo/more
	is "$STATUS" 200
}

# Every thread has seen that it is gone, when some requests at once have.
is_missing()
{
	local i

	for i in {1..20}; do
		page GET "/demo/notes/$i"
		[[ $STATUS == 503 ]] || return
	done
}

@test "not readable for squall's user" {
	local user=()

	((EUID != 0)) || user=(setpriv --reuid=nobody --regid=nogroup
	    --clear-groups --)
	make_db "$T/demo.db"
	make_db "$T/other.db"
	mkdir -m 777 "$T/run"
	cp "$SQUALL" "$T/program"
	chmod 755 "$T/program"
	chmod 644 "$T"/*.db
	SQUALL_ADDRESS=unix:$T/run/squall.sock
	start squall "${user[@]}" "$T/program" --memory=0 --workers=1 --threads=1 \
	    --listen="$SQUALL_ADDRESS" "$T/demo.db" "$T/other.db"
	wait_for squall_answers
	is_fine
	# squall may keep what it has open, but not open it anew
	mv "$T/demo.db" "$T/away.db"
	wait_for is_missing
	cp "$T/away.db" "$T/unreadable"
	chmod 000 "$T/unreadable"
	mv "$T/unreadable" "$T/demo.db"
	is_down 'opened'
	chmod 644 "$T/demo.db"
	is_fine
}

# What is said of databases in WAL mode holds with writers at work, and after
# the last one has closed it.
@test "WAL: a writer does not get in its way, and its commits are seen" {
	make_db "$T/demo.db" "PRAGMA journal_mode = WAL;
	    CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT);
	    INSERT INTO notes VALUES (1, 'first')" >"$T/sqlite.log"
	start_squall --workers=1 --memory=0 "$T/demo.db"
	page GET /demo/notes/1
	has "$BODY" first
	start_sqlite writer "$T/demo.db"
	printf '%s\n' 'BEGIN EXCLUSIVE;' \
	    "INSERT INTO notes VALUES (2, 'second');" ".shell touch $T/done1" \
	    >&"$SQLITE"
	wait_for test -e "$T/done1"
	page GET /demo/notes/1
	is "$STATUS" 200
	page GET /demo/notes/2
	is "$STATUS" 404
	printf '%s\n' 'COMMIT;' ".shell touch $T/done2" >&"$SQLITE"
	wait_for test -e "$T/done2"
	page GET /demo/notes/2
	has "$BODY" second
	exec {SQLITE}>&-
	page GET '/demo/notes/2?again'
	is "$STATUS" 200
	sqlite3 "$T/demo.db" "INSERT INTO notes VALUES (3, 'third');
	    PRAGMA wal_checkpoint(TRUNCATE)" >"$T/sqlite.log"
	page GET /demo/notes/3
	has "$BODY" third
	sqlite3 "$T/demo.db" "PRAGMA journal_mode = DELETE" >"$T/sqlite.log" ||
	    : # squall has it open
	page GET /demo/notes/3
	is "$STATUS" 200
}

@test "WAL: left by a writer that was killed" {
	make_db "$T/demo.db" "PRAGMA journal_mode = WAL;
	    CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT);" \
	    >"$T/sqlite.log"
	start_sqlite writer "$T/demo.db"
	printf '%s\n' "INSERT INTO notes VALUES (1, 'in the WAL only');" \
	    ".shell touch $T/done" >&"$SQLITE"
	wait_for test -e "$T/done"
	send_signal writer KILL
	exec {SQLITE}>&-
	[[ -s $T/demo.db-wal ]]
	start_squall --workers=1 "$T/demo.db"
	page GET /demo/notes/1
	has "$BODY" 'in the WAL only'
}

@test "a hot journal, left by a writer that was killed, is rolled back" {
	make_db "$T/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY, title);
	    INSERT INTO notes VALUES (1, 'kept'), (2, hex(zeroblob(20000)))"
	make_db "$T/other.db"
	start_squall --workers=1 --memory=0 "$T/demo.db" \
	    "$T/other.db"
	page GET /demo/notes/1
	has "$BODY" kept
	start_sqlite writer "$T/demo.db"
	# so small a cache that pages are written before the commit
	printf '%s\n' 'PRAGMA cache_size = 2;' 'BEGIN;' \
	    "UPDATE notes SET title = 'lost' || title;" \
	    "UPDATE notes SET title = title || title;" \
	    ".shell touch $T/done" >&"$SQLITE"
	wait_for test -e "$T/done"
	[[ -s $T/demo.db-journal ]]
	send_signal writer KILL
	exec {SQLITE}>&-
	# squall only reads; it says so, or recovers
	page GET /demo/notes/1
	like "$STATUS" '^(200|503)$'
	hasnt "$BODY" lost
	page GET /other/notes
	is "$STATUS" 200
	# the next writer recovers it
	sqlite3 "$T/demo.db" 'SELECT count(*) FROM notes' >"$T/sqlite.log"
	page GET /demo/notes/1
	is "$STATUS" 200
	has "$BODY" kept
}
