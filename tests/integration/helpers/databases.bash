# shellcheck shell=bash
# Databases to serve, and what may happen to them.

# make_db FILE [SQL]: makes a database with the SQL, or else one with the table
# notes of three rows: a small one, where any will do.
make_db()
{
	local sql=${2-}

	[[ -n $sql ]] || sql="CREATE TABLE notes (
		id INTEGER PRIMARY KEY, title TEXT, body TEXT);
		INSERT INTO notes VALUES (1, 'first', 'one'),
		    (2, 'second', 'two'), (3, 'third', 'three');"
	sqlite3 -batch -bail "$1" <<<"$sql"
}

# ENDLESS: a query that never ends, in a view that a page can ask for.
# shellcheck disable=SC2034
ENDLESS='CREATE VIEW endless AS WITH RECURSIVE c(x) AS
    (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS n FROM c;'

# start_sqlite NAME FILE: the shell of SQLite, which does what is written to the
# descriptor SQLITE.
start_sqlite()
{
	rm -f "$T/$1.in"
	mkfifo "$T/$1.in"
	# shellcheck disable=SC2016
	start "$1" bash -c 'exec sqlite3 -batch "$1" <"$2"' - "$2" "$T/$1.in"
	exec {SQLITE}>"$T/$1.in"
}

# lock_db FILE: as if another process wrote a large transaction, until
# unlock_db: nobody else can read the file.  Pages of it wait, without work, for
# as long as --time-limit allows.
lock_db()
{
	LOCKED=$1
	start_sqlite locker "$1"
	LOCK=$SQLITE
	# it may meet somebody who looks whether it is locked
	printf '%s\n' '.timeout 60000' 'BEGIN EXCLUSIVE;' >&"$LOCK"
	wait_for is_locked "$1"
}

unlock_db()
{
	echo 'ROLLBACK;' >&"$LOCK"
	exec {LOCK}>&-
	wait_for is_free "$LOCKED"
	forget locker
}

is_locked()
{
	[[ $(sqlite3 -batch "$1" 'PRAGMA schema_version' 2>&1) == *'is locked'* ]]
}

is_free()
{
	sqlite3 -batch "$1" 'PRAGMA schema_version'
}

# workers [NAME]: the process ids of a squall's workers, one a line.
workers()
{
	local pid
	local -a pids

	read -r pid <"$T/${1-squall}.pid"
	read -ra pids <"/proc/$pid/task/$pid/children" || :
	((${#pids[@]} > 0)) && printf '%s\n' "${pids[@]}"
}

# halt NAME PID: a worker does nothing, until resume NAME PID; nor does the master,
# which would take it for hung after ten seconds.
halt()
{
	send_signal "$1" STOP
	kill -STOP "$2"
}

resume()
{
	kill -CONT "$2"
	send_signal "$1" CONT
}

# connections: how many there are to squall's unix socket.
connections()
{
	awk -v path="${SQUALL_ADDRESS#unix:}" \
	    '$8 == path && $6 == "03" { n++ } END { print n + 0 }' \
	    /proc/net/unix
}

has_connections()
{
	(($(connections) >= $1))
}

# access_lines TEXT: the lines of the access log with this in them.  Lines are
# gathered while squall is busy, so wait for them.
access_lines()
{
	grep -aF -- "$1" "$T/${NAME:-squall}.log" | grep -a ' access '
}

has_access_lines()
{
	(($(access_lines "$1" | wc -l) >= $2))
}
