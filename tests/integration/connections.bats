#!/usr/bin/env bats
# Many connections, idle ones, slow ones: none may hold up another.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/raw

teardown()
{
	hang_up_all
	end_test
}

# A page far beyond what the buffers of a socket hold.
LARGE="CREATE TABLE large (id INTEGER PRIMARY KEY, body TEXT);
    INSERT INTO large VALUES (1, hex(zeroblob(6000000)) || 'end')"

@test "64 idle kept connections to one worker with one renderer hold up nobody" {
	local i length

	make_db "$T/demo.db"
	start_squall_tcp --workers=1 --threads=1 "$T/demo.db"
	dial
	ask OPTIONS /demo
	is "$STATUS" 405
	# all that was sent for it, to be read at once from here on
	length=$(($(wc -c <"$T/reply") + 3 * 8 + 8))
	request OPTIONS /demo | sed 's/../\\x&/g' >"$T/escaped"
	for i in {1..64}; do
		dial
		printf '%b' "$(<"$T/escaped")" >&"$FD"
	done
	for i in "${DIALED[@]:1}"; do
		timeout "$MAX_S" head -c "$length" <&"$i" >"$T/last"
	done
	has "$(tr -d '\0' <"$T/last")" 'Status: 405'
	# hits and misses, on new and on kept connections
	fcgi GET /demo >"$T/out"
	has "$(<"$T/out")" 'Status: 200'
	fcgi GET /demo >"$T/out"
	has "$(<"$T/out")" 'Status: 200'
	FD=${DIALED[30]}
	ask GET /demo/notes
	is "$STATUS" 200
	dial
	ask GET /demo/notes
	is "$STATUS" 200
}

@test "a page that waits for a lock holds up neither hits nor other databases" {
	make_db "$T/demo.db"
	make_db "$T/other.db"
	start_squall --workers=1 --threads=2 "$T/demo.db" \
	    "$T/other.db"
	start_lighttpd
	get /demo
	lock_db "$T/demo.db"
	curl -q -sS --max-time "$MAX_S" -o "$T/slow" "$URL/demo/notes" 3>&- &
	get /demo
	is "$STATUS" 200
	get /other/notes
	is "$STATUS" 200
	unlock_db
	wait "$!"
	has "$(<"$T/slow")" third
}

@test "a slow reader of a large page delays nobody and gets all of it" {
	local slow sum

	make_db "$T/large.db" "$LARGE"
	start_squall_tcp --workers=1 --threads=1 \
	    "$T/large.db"
	dial
	slow=$FD
	send "$slow" "$(request GET /large/large/1.json "$CLOSE")"
	wait_for has_access_lines /large/large/1.json 1
	for _ in 1 2 3; do
		fcgi GET /large >"$T/out"
		has "$(<"$T/out")" 'Status: 200'
	done
	fcgi GET /large/large/1.json | sed '1,/^\r$/d' >"$T/wanted"
	sum=$(sha256sum <"$T/wanted")
	is "$(jq -r '.rows[0].body[-3:]' "$T/wanted")" end
	reply_fast "$slow"
	is "$STATUS $(sha256sum <"$T/body")" "200 $sum"
	is_closed "$slow"
}

# reply_fast FD: as reply, for a reply of many records on a connection that is
# closed after it: takes the records apart where all of it is known.
reply_fast()
{
	local at=0 high low padding type

	timeout "$MAX_S" cat <&"$1" >"$T/records"
	: >"$T/reply"
	while read -r _ type _ _ high low padding _ < <(
	    od -An -v -w8 -tu1 -j "$at" -N 8 "$T/records") &&
	    ((type == STDOUT)); do
		tail -c +$((at + 9)) "$T/records" |
		    head -c $((high << 8 | low)) >>"$T/reply"
		((at += 8 + (high << 8 | low) + padding))
	done
	is "$type $(($(wc -c <"$T/records") - at))" "$END_REQUEST 16"
	parse_reply "$T/reply"
}

# slow_reader SERVER: the same through a web server, whose client stops reading.
slow_reader()
{
	local sum fd

	make_db "$T/large.db" "$LARGE"
	start_squall --workers=1 --threads=1 "$T/large.db"
	"start_$1"
	exec {fd}<>"/dev/tcp/127.0.0.1/${URL##*:}"
	printf 'GET /large/large/1 HTTP/1.0\r\n\r\n' >&"$fd"
	wait_for has_access_lines /large/large/1 1
	for _ in 1 2 3; do
		get /large
		is "$STATUS" 200
	done
	get /large/large/1
	is "$STATUS" 200
	sum=$(sha256sum <"$T/body")
	timeout "$MAX_S" cat <&"$fd" >"$T/slow"
	exec {fd}>&-
	has "$(head -n 1 "$T/slow")" ' 200 '
	is "$(sed '1,/^\r$/d' "$T/slow" | sha256sum)" "$sum"
}

@test "a slow reader behind nginx delays nobody and gets all of it" {
	slow_reader nginx
}

@test "a slow reader behind lighttpd delays nobody and gets all of it" {
	slow_reader lighttpd
}

@test "a reader that hangs up in the middle of a large page does no harm" {
	local worker

	make_db "$T/large.db" "$LARGE"
	start_squall_tcp --workers=1 --threads=1 \
	    "$T/large.db"
	worker=$(workers)
	dial
	send "$FD" "$(request GET /large/large/1)"
	head -c 100 <&"$FD" >"$T/some"
	hang_up "$FD"
	dial
	ask GET /large
	is "$STATUS" 200
	is "$(workers)" "$worker"
}

@test "more connections than descriptors: it goes on when some are closed" {
	make_db "$T/demo.db"
	SQUALL_ADDRESS=127.0.0.1:$(free_port)
	start squall prlimit --nofile=24 -- "$SQUALL" --workers=1 --threads=1 \
	    --listen="$SQUALL_ADDRESS" "$T/demo.db"
	wait_for squall_answers
	for _ in {1..40}; do
		dial
	done
	wait_for grep -q 'error.*accept: .*pausing' "$T/squall.log"
	hang_up_all
	fcgi GET /demo/notes >"$T/out"
	has "$(<"$T/out")" 'Status: 200'
	# it has waited, and not tried again and again
	(($(grep -c pausing "$T/squall.log") < 20))
}
