#!/usr/bin/env bats
# Another file is renamed to the path of a database in the middle of its life:
# within a second squall shows that one, and only that one.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases

# make_file FILE MODE NUMBER
make_file()
{
	sqlite3 -batch -bail "$1" "PRAGMA journal_mode = $2;
	    CREATE TABLE t (id INTEGER PRIMARY KEY, n);
	    INSERT INTO t VALUES (1, $3)"
}

# serve MODE: a file with the number 1, whose page is in memory.
serve()
{
	make_file "$T/demo.db" "$1" 1
	start_squall --workers=1 --threads=1 --time-limit=1000 --stale-if-error=0 "$T/demo.db"
	start_nginx
	get /demo/t/1.json
	get /demo/t/1.json
	has "$(header Cache-Status)" detail=memory
}

# A shell that has a database open, from open_shell to close_shell.
open_shell()
{
	coproc SHELL_PIPES { exec sqlite3 -batch "$1" 2>&1; }
	SHELL_PID=$!
}

# ask STATEMENTS: runs them to the end; the last line they print is REPLY.
ask()
{
	printf '%s;\n.print --\n' "$1" >&"${SHELL_PIPES[1]}"
	REPLY=
	while read -r line <&"${SHELL_PIPES[0]}" && [[ $line != -- ]]; do
		REPLY=$line
	done
}

close_shell()
{
	eval "exec ${SHELL_PIPES[1]}>&-"
	wait "$SHELL_PID"
}

is_over()
{
	((${EPOCHREALTIME/[.,]/} > $1))
}

# a_second_later: than now, or than the time given, squall has noticed.
a_second_later()
{
	wait_for is_over "$((${EPOCHREALTIME/[.,]/} + 1000000))"
}

# shows NUMBER: does the page?
shows()
{
	get /demo/t/1.json
	is "$(value n)" "$1"
}

@test "a new file that is locked: the old one is not shown for it" {
	serve WAL
	make_file "$T/new.db" DELETE 2
	open_shell "$T/new.db"
	ask 'BEGIN EXCLUSIVE'
	rm -f "$T/demo.db-wal" "$T/demo.db-shm"
	mv "$T/new.db" "$T/demo.db"
	a_second_later
	get /demo/t/1.json
	is "$STATUS" 503
	close_shell
	wait_for shows 2
}

# holds_index: has squall its lock on the WAL-index (walformat.html, 2.3.2: the
# one that says that somebody uses it)?
holds_index()
{
	local inode

	inode=$(stat -c %i "$T/demo.db-shm")
	grep -qE " $(workers) [0-9a-f:]+:$inode 128 128" \
	    /proc/locks
}

@test "from a rollback journal to WAL: the locks on the new index stay" {
	serve DELETE
	# requests without a pause, and a log that is there from the beginning
	start asking curl -q -sS --noproxy '*' -o /dev/null \
	    "$URL/demo/t/1.json?x=[1-1000000]"
	make_file "$T/new.db" WAL 2
	open_shell "$T/new.db"
	ask 'UPDATE t SET n = 3'
	mv "$T/new.db-shm" "$T/demo.db-shm"
	mv "$T/new.db-wal" "$T/demo.db-wal"
	mv "$T/new.db" "$T/demo.db"
	a_second_later
	holds_index
	ask 'UPDATE t SET n = 4'
	shows 4
	close_shell
}
