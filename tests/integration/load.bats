#!/usr/bin/env bats
# What becomes of requests when squall is stopped, killed or overrun while they
# come as fast as they can.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/load
load helpers/page

# answered_lines COUNT: that many are in the access log.
answered_lines()
{
	(($(grep -c 'GET /demo/notes' "$T/access") == $1))
}

# many_answered: enough to say that there is load.
many_answered()
{
	(($(grep -c 'GET /demo/notes' "$T/access") >= 300))
}

# sigterm keep|close: in the middle of misses for 32 clients at a time.  What
# squall has read is answered whole; the rest it has left unread, which its
# clients can tell (see tests/tools/fcgi-load.c).
sigterm()
{
	make_db "$T/demo.db"
	start_squall --workers=2 --memory=0 --access-log-file="$T/access" \
	    "$T/demo.db"
	# shellcheck disable=SC2046
	press load 32 3600 "$1" $(misses)
	wait_for many_answered
	stop squall
	wait "$PRESS"
	say "SIGTERM, $1:$(figures load answered broken unread refused)"
	is "$(figure load broken)" 0
	is "$(figure load failed)" 0
	# and all clients were at it to the end
	(($(figure load refused) >= 32))
	# every line of the log is a reply that has come
	answered_lines "$(figure load answered)"
}

@test "SIGTERM under load, kept connections: all that was read is answered" {
	sigterm keep
}

@test "SIGTERM under load, a connection a request: all that was read is answered" {
	sigterm close
}

@test "SIGKILL of the master under load: its workers answer what they have read" {
	local pids

	make_db "$T/demo.db"
	start_squall --workers=2 --memory=0 --access-log-file="$T/access" \
	    "$T/demo.db"
	pids=$(workers)
	# shellcheck disable=SC2046
	press load 32 3600 keep $(misses)
	wait_for many_answered
	send_signal squall KILL
	wait "$PRESS"
	say "SIGKILL of the master:$(figures load answered broken unread \
	    refused)"
	is "$(figure load broken)" 0
	is "$(figure load failed)" 0
	answered_lines "$(figure load answered)"
	# shellcheck disable=SC2086
	wait_for are_gone $pids
	forget squall
	# and the socket's file is replaced by who comes next
	start_squall --workers=1 "$T/demo.db"
	page GET /demo/notes
	is "$STATUS" 200
}

# are_gone PID...
are_gone()
{
	local pid

	for pid; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done
}

@test "a master that was killed makes way at once, whatever its workers still do" {
	local old

	make_db "$T/demo.db"
	make_db "$T/other.db"
	start_squall --workers=2 "$T/demo.db"
	old=$(workers)
	lock_db "$T/demo.db"
	fcgi GET /demo/notes >"$T/slow" 3>&- &
	wait_for opened "$T/demo.db" 1
	send_signal squall KILL
	wait_for nobody_listens
	NAME=squall2 start_squall --workers=1 --listen="unix:$T/squall.sock" \
	    "$T/other.db"
	page GET /other/notes
	is "$STATUS" 200
	[[ ! -s $T/slow ]]
	unlock_db
	wait_for test -s "$T/slow"
	has "$(<"$T/slow")" third
	# shellcheck disable=SC2086
	wait_for are_gone $old
	forget squall
	# they leave the new one's socket alone
	page GET /other/notes
	is "$STATUS" 200
}

# nobody_listens: at the socket whose file is still there.
nobody_listens()
{
	[[ -S $T/squall.sock ]] &&
	    awk -v path="$T/squall.sock" '$8 == path && $4 == "00010000" { n++ }
		END { exit n > 0 }' /proc/net/unix
}

# ask_many COUNT: so many pages at once, through the web server.  A line for each in $T/replies, the first answered first:
# STATUS MILLISECONDS RETRY-AFTER [busy].
ask_many()
{
	local i status s after file

	mkdir "$T/bodies"
	for ((i = 1; i <= $1; i++)); do
		printf 'url = "%s/demo/notes?_size=%d"\noutput = "%s/%d"\n' \
		    "$URL" "$i" "$T/bodies" "$i"
	done >"$T/many.curl"
	curl -q -sS -g -Z --parallel-immediate --parallel-max "$1" \
	    --no-progress-meter --max-time "$MAX_S" -K "$T/many.curl" -w \
	    '%{http_code} %{time_total} %header{retry-after} %{filename_effective}\n' |
	    while read -r status s after file; do
		printf '%d %.0f %s %s\n' "$status" "${s}e3" "$after" \
		    "$(grep -om 1 busy "$file" || :)"
	    done | sort -n -k 2 >"$T/replies"
}

# opened FILE TIMES: so many descriptors of the workers are of this file.
opened()
{
	# shellcheck disable=SC2046
	(($(find $(workers | sed 's|.*|/proc/&/fd|') -lname "$1" |
	    wc -l) >= $2))
}

@test "renderers all busy: who is too many gets a 503 in time" {
	local clients=()

	make_db "$T/demo.db"
	start_squall --workers=1 --threads=2 --queue=4 --queue-wait=10000 \
	    --time-limit=600000 "$T/demo.db"
	start_nginx
	lock_db "$T/demo.db"
	for i in 98 99; do
		fcgi GET "/demo/notes?_size=$i" >"$T/slow$i" 3>&- &
		clients+=("$!")
	done
	# the event loop has it open, and both renderers
	wait_for opened "$T/demo.db" 3
	ask_many 18
	# Four wait for a renderer.  The others were refused at once.
	is "$(grep -c '^503 [0-9]* [1-9][0-9]*' "$T/replies")" 18
	grep busy "$T/replies" >"$T/busy"
	say "a full queue: $(wc -l <"$T/busy") of 18 are refused, after (ms)" \
	    "$(cut -d ' ' -f 2 "$T/busy" | paste -sd ' ')"
	(($(wc -l <"$T/busy") == 18))
	(($(sed -n '14s/^503 \([0-9]*\).*/\1/p' "$T/busy") < 8000))
	(($(sed -n '15s/^503 \([0-9]*\).*/\1/p' "$T/busy") > 8000))
	unlock_db
	wait "${clients[@]}"
	has "$(<"$T/slow99")" third
}
