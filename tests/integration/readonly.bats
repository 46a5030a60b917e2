#!/usr/bin/env bats
# Databases that squall may read, in folders where it may write nothing: no
# WAL-index, no log.  They are served, fresh, and kept where that is safe.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases

# As root the tests run squall as nobody; else they take the permission to write
# from the folder, and writers get it back for as long as they need it.
setup()
{
	begin_test
	chmod 711 "$T"
	mkdir "$T/data" "$T/run"
	cp "$SQUALL" "$T/run/squall"
	AS=()
	if ((EUID == 0)); then
		AS=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
		chown -R nobody "$T/run"
	fi
}

teardown()
{
	chmod -R u+w "$T"
	end_test
}

close_folder()
{
	((EUID == 0)) || chmod a-w "$T/data"
}

open_folder()
{
	chmod u+w "$T/data"
}

# make_counter MODE [FILE]
make_counter()
{
	sqlite3 -batch -bail "${2-$T/data/demo.db}" "PRAGMA journal_mode = $1;
	    CREATE TABLE t (id INTEGER PRIMARY KEY, n);
	    INSERT INTO t VALUES (1, 0);"
}

serve()
{
	close_folder
	SQUALL_ADDRESS=unix:$T/run/squall.sock
	start squall "${AS[@]}" "$T/run/squall" --workers=1 \
	    --listen="$SQUALL_ADDRESS" "$T/data/demo.db"
	wait_for squall_answers
}

# shows NUMBER: does the row show it now?
shows()
{
	fcgi GET /demo/t/1.json >"$T/reply"
	BODY=$(sed '1,/^\r$/d' "$T/reply")
	is "$(value n)" "$1"
}

# is_kept NUMBER: it is a hit from memory, and the right one.
is_kept()
{
	shows "$1" && [[ $(<"$T/reply") == *detail=memory* ]]
}

commit()
{
	open_folder
	sqlite3 -batch -bail -cmd '.timeout 60000' "$T/data/demo.db" \
	    "UPDATE t SET n = $1"
	close_folder
}

@test "WAL without a log: served, kept, and commits are seen at once" {
	local i

	make_counter WAL
	[[ ! -e $T/data/demo.db-wal ]]
	serve
	shows 0
	wait_for is_kept 0
	[[ ! -e $T/data/demo.db-wal ]]
	for i in 1 2 3; do
		commit "$i"
		shows "$i"
		shows "$i"
	done
	wait_for is_kept 3
}

has_log()
{
	[[ -s $T/data/demo.db-wal ]]
}

# is_shown NUMBER
is_shown()
{
	[[ $(sqlite3 -readonly "$T/data/demo.db" 'SELECT n FROM t') == "$1" ]]
}

@test "WAL while a writer has it open, and after that is killed" {
	make_counter WAL
	serve
	shows 0
	open_folder
	start_sqlite writer "$T/data/demo.db"
	echo 'UPDATE t SET n = 1;' >&"$SQLITE"
	wait_for is_shown 1
	shows 1
	wait_for is_kept 1
	echo 'UPDATE t SET n = 2;' >&"$SQLITE"
	wait_for is_shown 2
	shows 2
	is_kept 2
	exec {SQLITE}>&-
	forget writer
	has_log
	shows 2
	wait_for is_kept 2
	# nobody has it open but squall, and then nobody at all
	stop squall
	serve
	shows 2
	wait_for is_kept 2
	commit 3
	shows 3
	wait_for is_kept 3
}

@test "a file that may not be written to, and never was WAL" {
	make_counter DELETE
	chmod a-w "$T/data/demo.db"
	serve
	shows 0
	is_kept 0
}

@test "a name with the characters of a URI" {
	make_counter WAL "$T/data/a?b#c%41.db"
	close_folder
	SQUALL_ADDRESS=unix:$T/run/squall.sock
	start squall "${AS[@]}" "$T/run/squall" --workers=1 \
	    --listen="$SQUALL_ADDRESS" "$T/data/a?b#c%41.db"
	wait_for squall_answers
	fcgi GET '/a~3Fb~23c~2541/t/1.json' >"$T/reply"
	has "$(<"$T/reply")" '"n":0'
}

@test "a log that squall can't read is an error, and no older page" {
	make_counter WAL
	open_folder
	start_sqlite writer "$T/data/demo.db"
	echo 'UPDATE t SET n = 1;' >&"$SQLITE"
	wait_for is_shown 1
	site_stop "$T" writer 0 || :
	has_log
	# the index is gone, the log is not
	rm "$T/data/demo.db-shm"
	close_folder
	run "${AS[@]}" "$T/run/squall" --check "$T/data/demo.db"
	is "$status" 1
	like "$output" "can.t be opened|write permission"
}
