#!/usr/bin/env bats
# The processes: workers that die are replaced, a master that ends ends them,
# and what was accepted is answered first.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/raw

teardown()
{
	hang_up_all
	end_test
}

# Far more than ending takes, and less than the 30 s that workers have for it.
SOON_S=25

# has_stopped: squall, which was told to, has ended, with status 0.  (`stop` tells
# it once more, which would disturb a sanitizer at work.)
has_stopped()
{
	wait_for are_gone "$(pid_of squall)"
	stop squall
}

# are_gone PID...
are_gone()
{
	local pid

	for pid; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done
}

# load_until FILE: requests without a pause, by four clients, until the file is
# there.  CLIENTS are their process ids, $T/codes has the results.
load_until()
{
	local i

	for i in {1..90}; do
		printf 'url = "%s/demo/notes?_size=%d"\noutput = "/dev/null"\n' \
		    "$URL" "$i"
	done >"$T/curl"
	CLIENTS=()
	for i in 1 2 3 4; do
		# shellcheck disable=SC2016
		bash -c 'until [[ -e $1 ]]; do
			curl -q -sS --max-time 300 -K "$2" -w "%{http_code}\n"
		    done' - "$1" "$T/curl" >>"$T/codes" 2>&1 3>&- &
		CLIENTS+=("$!")
	done
}

# has_successes COUNT: so many of the clients' requests were answered.
has_successes()
{
	(($(grep -c '^200$' "$T/codes") >= $1))
}

@test "workers killed under load are replaced, and requests go on" {
	local victim

	make_db "$T/demo.db"
	start_squall --workers=2 --memory=0 "$T/demo.db"
	start_nginx
	load_until "$T/enough"
	for _ in {1..5}; do
		victim=$(workers | head -n 1)
		kill -KILL "$victim"
		wait_for are_gone "$victim"
		wait_for has_workers 2
	done
	wait_for has_successes $(($(grep -c '^200$' "$T/codes") + 100))
	: >"$T/enough"
	wait "${CLIENTS[@]}"
	# nginx tries again, but may find no more than connections to the dead.
	(($(grep -vc '^200$' "$T/codes") <= 5 * 4))
	is "$(grep -c 'error master.*was killed by signal 9' \
	    "$T/squall.log")" 5
	is_running squall
}

has_workers()
{
	is "$(workers | wc -l)" "$1"
}

@test "all workers killed at once are replaced" {
	make_db "$T/demo.db"
	start_squall --workers=3 "$T/demo.db"
	local old

	old=$(workers)
	# shellcheck disable=SC2086
	kill -KILL $old
	page GET /demo/notes
	is "$STATUS" 200
	wait_for has_workers 3
	is "$(workers | grep -Fxc "$old")" 0
}

@test "a worker killed with a request in hand: the web server tries another" {
	make_db "$T/demo.db"
	start_squall --workers=2 "$T/demo.db"
	start_nginx
	lock_db "$T/demo.db"
	curl -q -sS --max-time "$MAX_S" -o "$T/slow" -w '%{http_code}' \
	    "$URL/demo/notes" >"$T/code" 3>&- &
	wait_for has_connections 1
	# whichever has it: one dies, and then the other
	for worker in $(workers); do
		kill -KILL "$worker"
		wait_for are_gone "$worker"
		wait_for has_workers 2
		wait_for has_connections 1
		break
	done
	unlock_db
	wait "$!"
	is "$(<"$T/code")" 200
	has "$(<"$T/slow")" third
}

@test "workers that die at once are not restarted in a tight loop" {
	make_db "$T/demo.db"
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	start_squall --workers=1 "$T/demo.db"
	# enough descriptors for the master, too few for another worker
	prlimit --nofile=7: --pid "$(pid_of squall)"
	kill -KILL "$(workers)"
	wait_for has_deaths 5
	is_running squall
	# the pauses grow: 0, 100, 200, 400 ms
	sed -n 's/^[^T]*T\([0-9:.]*\)Z error master.*ended with status 1$/\1/p' \
	    "$T/squall.log" | awk -F : '
		{ at = ($1 * 60 + $2) * 60 + $3 }
		NR > 1 && NR <= 5 {
			pause = at - last
			if (pause < 0)
				pause += 86400
			if (NR > 2 && pause < 0.1 * 2 ^ (NR - 3) - 0.02)
				exit failed = 1
		}
		{ last = at }
		END { exit failed || NR < 5 }'
	# and it recovers, once it can
	prlimit --nofile=64: --pid "$(pid_of squall)"
	wait_for squall_answers
}

has_deaths()
{
	(($(grep -c 'error master.*ended with status 1$' "$T/squall.log") >= $1))
}

@test "it stops at once while it waits to start a worker again" {
	make_db "$T/demo.db"
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	start squall prlimit --nofile=7 -- "$SQUALL" --workers=1 \
	    --listen="unix:$T/squall.sock" "$T/demo.db"
	wait_for has_deaths 5
	WAIT_S=$SOON_S stop squall
	[[ ! -e $T/squall.sock ]]
}

# stops_after SIGNAL WORKERS: with a request in hand, which is answered first.
stops_after()
{
	local pids client

	make_db "$T/demo.db"
	start_squall --workers="$2" "$T/demo.db"
	pids="$(pid_of squall) $(workers || :)"
	lock_db "$T/demo.db"
	fcgi GET /demo/notes >"$T/slow" 3>&- &
	client=$!
	wait_for has_connections 1
	# the connection may still be in the queue: wait for its request
	wait_for is_waiting_for_lock
	send_signal squall "$1"
	(($2 == 0)) || wait_for grep -q finishing "$T/squall.log"
	is_running squall
	[[ ! -s $T/slow ]]
	unlock_db
	wait "$client"
	has "$(<"$T/slow")" third
	# shellcheck disable=SC2086
	wait_for are_gone $pids
	has_stopped
	[[ ! -e $T/squall.sock ]]
}

# Does squall have the locked database open?
is_waiting_for_lock()
{
	# shellcheck disable=SC2046
	find /proc/"$(pid_of squall)"/fd $(workers |
	    sed 's|.*|/proc/&/fd|') -lname "$T/demo.db" | grep -q .
}

@test "SIGTERM: what is in hand is answered, then all ends with status 0" {
	stops_after TERM 2
}

@test "SIGINT does the same" {
	stops_after INT 1
}

@test "SIGTERM with --workers=0" {
	stops_after TERM 0
}

@test "SIGTERM twice is no other than once" {
	make_db "$T/demo.db"
	start_squall --workers=2 "$T/demo.db"
	lock_db "$T/demo.db"
	fcgi GET /demo/notes >"$T/slow" 3>&- &
	wait_for is_waiting_for_lock
	send_signal squall TERM
	send_signal squall TERM
	# shellcheck disable=SC2046
	kill -TERM $(workers)
	unlock_db
	wait "$!"
	has "$(<"$T/slow")" third
	has_stopped
}

@test "SIGTERM: idle kept connections are closed at once" {
	make_db "$T/demo.db"
	start_squall_tcp --workers=1 "$T/demo.db"
	for _ in 1 2 3; do
		dial
		ask GET /demo
		is "$STATUS" 200
	done
	WAIT_S=$SOON_S stop squall
	is_closed "$FD"
}

@test "SIGTERM: a connection on which nothing has come delays the end by little" {
	make_db "$T/demo.db"
	start_squall_tcp --workers=1 "$T/demo.db"
	dial
	WAIT_S=$SOON_S stop squall
}

@test "SIGTERM: a request of which half has come delays the end by little" {
	local half

	make_db "$T/demo.db"
	start_squall_tcp --workers=1 "$T/demo.db"
	dial
	half=$(request GET /demo)
	send "$FD" "${half:0:100}"
	WAIT_S=$SOON_S stop squall
}

@test "SIGTERM: a page that is being sent is sent to its end" {
	make_db "$T/demo.db" "CREATE TABLE large (id INTEGER PRIMARY KEY, body);
	    INSERT INTO large VALUES (1, hex(zeroblob(6000000)) || 'the end')"
	start_squall_tcp --workers=1 "$T/demo.db"
	dial
	send "$FD" "$(request GET /demo/large/1 "$CLOSE")"
	wait_for has_access_lines /demo/large/1 1
	send_signal squall TERM
	wait_for grep -q finishing "$T/squall.log"
	timeout "$MAX_S" cat <&"$FD" >"$T/out"
	has "$(tail -c 1000 "$T/out" | tr -d '\0')" 'the end'
	(($(wc -c <"$T/out") > 12000000))
	has_stopped
}

@test "a master that is killed takes its workers along" {
	local pids

	make_db "$T/demo.db"
	start_squall --workers=3 "$T/demo.db"
	pids=$(workers)
	is "$(wc -l <<<"$pids")" 3
	send_signal squall KILL
	# shellcheck disable=SC2086
	wait_for are_gone $pids
	forget squall
}

@test "a master that is killed: its workers finish what they have" {
	local pids

	make_db "$T/demo.db"
	start_squall --workers=2 "$T/demo.db"
	pids=$(workers)
	lock_db "$T/demo.db"
	fcgi GET /demo/notes >"$T/slow" 3>&- &
	wait_for is_waiting_for_lock
	send_signal squall KILL
	unlock_db
	wait "$!"
	has "$(<"$T/slow")" third
	# shellcheck disable=SC2086
	wait_for are_gone $pids
	forget squall
}
