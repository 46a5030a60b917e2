#!/usr/bin/env bats
# Starting: options, the INI file, databases and sockets, and what squall says
# of those that are wrong.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

# squall OPTION...: to its end.  Sets STATUS, OUT (standard output) and ERR.
# shellcheck disable=SC2034
squall()
{
	STATUS=0
	timeout "$MAX_S" "$SQUALL" "$@" </dev/null >"$T/squall.out" \
	    2>"$T/squall-start.log" || STATUS=$?
	OUT=$(<"$T/squall.out")
	ERR=$(<"$T/squall-start.log")
}

# fails STATUS TEXT OPTION...: with a line that has the TEXT, without binding.
fails()
{
	squall --listen="unix:$T/never.sock" "${@:3}"
	is "$STATUS" "$1" || return
	has "$ERR" "$2" || return
	like "$ERR" 'squall: ' || return
	is "$OUT" '' || return
	[[ ! -e $T/never.sock ]] || fail 'it has bound its socket'
}

@test "--help and --version" {
	squall --help
	is "$STATUS $ERR" '0 '
	like "$OUT" '^usage: squall '
	has "$OUT" '--access-log=off|on'
	first=$OUT
	squall -h
	is "$STATUS $OUT" "0 $first"
	# as configured elsewhere: what is asked for counts
	squall --workers=2 --help /no/such.db
	is "$STATUS $OUT" "0 $first"
	squall --version
	is "$STATUS" 0
	like "$OUT" '^squall [0-9]+\.[0-9]+\.[0-9]+$'
	squall -V
	is "$STATUS" 0
}

@test "wrong options are named, and what is expected instead" {
	make_db "$T/demo.db"
	fails 2 '--colour' --colour=blue "$T/demo.db"
	fails 2 '-x' -x "$T/demo.db"
	fails 2 '--ttl: it needs a value' "$T/demo.db" --ttl
	fails 2 '-w: it needs a value' "$T/demo.db" -w
	fails 2 '--workers: expected a whole number from 0 to 1024, got "many"' \
	    --workers=many "$T/demo.db"
	for value in -1 1025 '' 1.5 0x2 ' 2' 2x 99999999999999999999; do
		fails 2 '--workers: expected' --workers="$value" "$T/demo.db" ||
		    fail "--workers=$value"
	done
	fails 2 '--threads: expected' --threads=0 "$T/demo.db"
	fails 2 '--ttl: expected' --ttl=0 "$T/demo.db"
	fails 2 '--ttl: expected' --ttl=99999999 "$T/demo.db"
	fails 2 '--time-limit: expected' --time-limit=0 "$T/demo.db"
	fails 2 '--memory: expected a size like' --memory=64X "$T/demo.db"
	fails 2 '--memory: expected' --memory=-1 "$T/demo.db"
	fails 2 '--memory: expected' --memory=99999999G "$T/demo.db"
	fails 2 '--log: expected none, error, warn, info or debug, got "loud"' \
	    --log=loud "$T/demo.db"
	fails 2 '--access-log: expected off, on, combined or json' --access-log=1 "$T/demo.db"
	fails 2 '--prefix: expected' --prefix=data "$T/demo.db"
	fails 2 '--cache' --cache=gopher://x "$T/demo.db"
	fails 2 '--cache' --cache=memcached:// "$T/demo.db"
	fails 2 '--cache' --cache=memcached://host:port "$T/demo.db"
	fails 2 '--cache' --cache= "$T/demo.db"
	for address in nonsense unix: host: :80 127.0.0.1 127.0.0.1:0 \
	    127.0.0.1:99999 ::1:80 '[::1]' "unix:/$(printf '%0200d' 0)" ''; do
		fails 2 --listen "$T/demo.db" --listen="$address" ||
		    fail "--listen=$address"
	done
	fails 2 'no DATABASE'
}

@test "wrong lines of the INI file are named with file and line" {
	local line text

	make_db "$T/demo.db"
	while IFS='|' read -r text line; do
		printf '; a comment\nworkers = 1\n%b\n' "$line" >"$T/squall.ini"
		fails 2 "$T/squall.ini:3: " -c "$T/squall.ini" \
		    "$T/demo.db" || fail "$line"
		has "$ERR" "$text"
	done <<-'END'
		unknown key "colour"|colour = blue
		unknown key "help"|help = on
		unknown key "config"|config = other.ini
		unknown key "Workers"|Workers = 2
		workers: expected a whole number|workers = many
		memory: expected a size|memory = lots
		access-log: expected off, on, combined or json|access-log = sometimes
		expected [section]|this is not a key
		expected [section]|[database
	END
	printf '[database a]\nfile = %s\ncolour = blue\n' "$T/demo.db" \
	    >"$T/squall.ini"
	fails 2 "$T/squall.ini:3: unknown key \"colour\" in [database a]" \
	    -c "$T/squall.ini"
	printf '\n[cache]\nurl = x\n' >"$T/squall.ini"
	fails 2 "$T/squall.ini:2: unknown section [cache]" -c "$T/squall.ini"
	printf 'prefix = /%05000d\n' 0 >"$T/squall.ini"
	fails 2 "$T/squall.ini:1: " -c "$T/squall.ini" "$T/demo.db"
	fails 2 "$T/none.ini: No such file" -c "$T/none.ini"
	fails 2 "$T: " -c "$T"
	printf 'ttl = 5' >"$T/squall.ini" # without a newline
	squall --check -c "$T/squall.ini" "$T/demo.db"
	is "$STATUS" 0
}

@test "a section without keys is not overlooked" {
	make_db "$T/demo.db"
	printf '[database x]\n' >"$T/squall.ini"
	fails 2 '[database x] has no file' -c "$T/squall.ini" "$T/demo.db"
	printf '[cache]\n' >"$T/squall.ini"
	fails 2 'unknown section [cache]' -c "$T/squall.ini" "$T/demo.db"
}

@test "a database can't have the name of squall's own pages" {
	make_db "$T/demo.db"
	printf '[database -]\nfile = %s\n' "$T/demo.db" >"$T/squall.ini"
	fails 2 '"-"' -c "$T/squall.ini"
}

@test "two databases of one name" {
	mkdir "$T/a" "$T/b"
	make_db "$T/a/demo.db"
	make_db "$T/b/demo.db"
	fails 2 "$T/b/demo.db" "$T/a/demo.db" "$T/b/demo.db"
	printf '[database demo]\nfile = %s\n' "$T/a/demo.db" >"$T/squall.ini"
	fails 2 "$T/b/demo.db" -c "$T/squall.ini" "$T/b/demo.db"
}

@test "the command line wins over the INI file" {
	make_db "$T/demo.db"
	make_db "$T/other.db"
	cat >"$T/squall.ini" <<-END
		listen = unix:$T/ini.sock
		access-log = off
		workers = 3
		log = none

		[database named]
		file = $T/other.db
	END
	start_squall -c "$T/squall.ini" --workers=1 "$T/demo.db"
	[[ ! -e $T/ini.sock ]]
	is "$(workers | wc -l)" 1
	page GET /named/notes
	is "$STATUS" 200
	page GET /demo/notes
	is "$STATUS" 200
	stop squall
	is "$(<"$T/squall.log")" ''
}

@test "databases that can't be served are named, with the reason" {
	make_db "$T/demo.db"
	fails 1 "$T/missing.db: there is no such file" "$T/missing.db"
	: >"$T/empty.db"
	fails 1 "$T/empty.db: it is empty" "$T/demo.db" "$T/empty.db"
	head -c 5000 "$SQUALL" >"$T/program.db"
	fails 1 "$T/program.db: it is not a SQLite database" "$T/program.db"
	echo 'too short' >"$T/short.db"
	fails 1 "$T/short.db: it is not a SQLite database" "$T/short.db"
	mkdir "$T/folder.db"
	fails 1 "$T/folder.db: it is not a file" "$T/folder.db"
	head -c 100 "$T/demo.db" >"$T/head.db"
	fails 1 "$T/head.db: " "$T/head.db"
	{
		head -c 100 "$T/demo.db"
		tail -c +101 "$T/demo.db" | tr '\0-\377' '\377'
	} >"$T/damaged.db"
	fails 1 "$T/damaged.db: it is damaged" "$T/damaged.db"
	# all of them at once
	squall --listen="unix:$T/never.sock" "$T/missing.db" "$T/demo.db" \
	    "$T/empty.db" "$T/short.db"
	is "$STATUS" 1
	for name in missing empty short; do
		has "$ERR" "$T/$name.db: "
	done
	has "$ERR" 'not started'
}

@test "a database that is locked at the start" {
	make_db "$T/demo.db"
	lock_db "$T/demo.db"
	fails 1 "$T/demo.db: it is locked" --check --time-limit=1000 "$T/demo.db"
	# that is no reason not to start: it passes
	start_squall --time-limit=1000 "$T/demo.db"
	has "$(<"$T/squall.log")" "$T/demo.db: it is locked"
	unlock_db
	wait_for squall_answers
}

@test "--check says what would be served, and starts nothing" {
	make_db "$T/demo.db"
	make_db "$T/other one.db" "CREATE VIEW v AS SELECT 1; CREATE TABLE t (a)"
	squall --check --listen="unix:$T/never.sock" "$T/demo.db" \
	    "$T/other one.db"
	is "$STATUS" 0
	has "$OUT" "demo: $T/demo.db, 1 table"
	has "$OUT" "$T/other one.db, 2 tables"
	[[ ! -e $T/never.sock ]]
	# nothing to listen on is needed
	squall --check "$T/demo.db"
	is "$STATUS" 0
	squall --check "$T/demo.db" "$T/missing.db"
	is "$STATUS" 1
	has "$ERR" "$T/missing.db: there is no such file"
	squall --check --ttl=no "$T/demo.db"
	is "$STATUS" 2
}

@test "nothing to listen on" {
	make_db "$T/demo.db"
	squall "$T/demo.db"
	((STATUS != 0))
	has "$ERR" 'nothing to listen on'
	has "$ERR" --listen
}

@test "the socket of a squall that runs is not taken from it" {
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	squall --listen="unix:$T/squall.sock" "$T/demo.db"
	is "$STATUS" 1
	has "$ERR" "$T/squall.sock: another process listens there"
	page GET /demo
	is "$STATUS" 200
	stop squall
	[[ ! -e $T/squall.sock ]]
}

@test "the socket that a killed squall left behind is replaced" {
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	send_signal squall KILL
	wait_for site_gone "-$(pid_of squall)"
	forget squall
	[[ -S $T/squall.sock ]]
	start_squall --workers=1 "$T/demo.db"
	page GET /demo
	is "$STATUS" 200
}

@test "a file that is no socket is not replaced" {
	make_db "$T/demo.db"
	echo precious >"$T/never.sock"
	squall --listen="unix:$T/never.sock" "$T/demo.db"
	is "$STATUS" 1
	has "$ERR" "$T/never.sock: there is a file that is no socket"
	is "$(<"$T/never.sock")" precious
	# and the sockets that were opened before it are removed
	squall --listen="unix:$T/first.sock" --listen="unix:$T/never.sock" \
	    "$T/demo.db"
	is "$STATUS" 1
	[[ ! -e $T/first.sock ]]
	is "$(<"$T/never.sock")" precious
}

@test "an address that can't be bound is named" {
	local port

	port=$(free_port)
	make_db "$T/demo.db"
	start_squall --listen="127.0.0.1:$port" "$T/demo.db"
	squall --listen="127.0.0.1:$port" "$T/demo.db"
	is "$STATUS" 1
	has "$ERR" "127.0.0.1:$port: Address already in use"
	squall --listen="unix:$T/no/such/folder.sock" "$T/demo.db"
	is "$STATUS" 1
	has "$ERR" "$T/no/such/folder.sock: No such file"
	squall --listen="no.such.host.invalid:80" "$T/demo.db"
	is "$STATUS" 1
	has "$ERR" 'no.such.host.invalid:80: '
}
