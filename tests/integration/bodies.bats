#!/usr/bin/env bats
# Requests with a body.  squall wants none, but it must read it to the end:
# what stays behind on a kept connection would be taken for the next request,
# and whoever may send a form could forge one, REMOTE_USER included.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/raw

teardown()
{
	hang_up_all
	end_test
}

serve()
{
	make_db "$T/demo.db"
	start_squall --workers=1 --threads=1 "$T/demo.db"
}

serve_tcp()
{
	make_db "$T/demo.db"
	start_squall_tcp --workers=1 --threads=1 "$T/demo.db"
}

# A second request as the content of a body.
forged()
{
	ID=${1-1} request GET /demo/forged
}

# Nothing came of the forged request, and the worker is at peace.
is_unforged()
{
	fcgi GET /demo/notes/2 >"$T/well"
	has "$(<"$T/well")" 'Status: 200'
	wait_for has_access_lines /demo/notes/2 1
	hasnt "$(<"$T/squall.log")" forged
}

# is_refused: with 405 and what is allowed.
is_refused()
{
	is "$STATUS" 405
	is "$(header Allow)" 'GET, HEAD'
}

@test "a forged request in a body is not taken for a request" {
	serve_tcp
	local id

	dial
	for id in 1 2; do
		send "$FD" "$(request POST /demo "$KEEP" "$(forged "$id")")"
		reply "$FD"
		is "$STATUS $REPLY_ID" '405 1'
		ID=7 ask GET /demo/notes/1.json
		is "$STATUS $REPLY_ID" '200 7'
		is "$(value title)" first
	done
	# nor in the body of a method that is answered
	send "$FD" "$(request GET /demo "$KEEP" "$(forged)")"
	reply "$FD"
	is "$STATUS" 200
	ask GET /demo/notes/3.json
	is "$(value title)" third
	is_unforged
	is "$(access_lines ' POST ' | wc -l)" 2
}

# However much of the body squall reads before it answers, what follows must
# not be a request.
@test "forged requests all over a large body are not taken for requests" {
	serve_tcp
	local one all=''

	one=$(forged)
	while ((${#all} < 65000 * 2 - ${#one})); do
		all+=$one
	done
	one=$(record "$STDIN" "$all")
	dial
	send "$FD" "$(begin
	    record "$PARAMS" "$(variables POST /demo)"
	    record "$PARAMS"
	    echo -n "$one$one$one$one"
	    record "$STDIN")" &
	reply "$FD"
	wait "$!" || : # squall need not read it all
	is_refused
	is_unforged
}

@test "a forged request posted through a web server stays a body" {
	serve
	local server

	forged | sed 's/../\\x&/g' >"$T/escaped"
	printf '%b' "$(<"$T/escaped")" >"$T/post"
	for server in nginx lighttpd; do
		"start_$server"
		for _ in 1 2; do
			get --data-binary "@$T/post" /demo
			is_refused
			get /demo/notes/1.json
			is "$STATUS $(value title)" \
			    '200 first'
		done
	done
	is_unforged
	is "$(access_lines ' POST ' | wc -l)" 4
}

# post_sizes: bodies of all sizes are refused alike, and soon.
post_sizes()
{
	local size

	for size in 1 50000 130000 200000 1000000; do
		head -c "$size" /dev/zero >"$T/post"
		get --data-binary "@$T/post" /demo ||
		    fail "$size bytes" || return
		is_refused || fail "$size bytes" || return
		get /demo.json
		is "$STATUS" 200
	done
}

@test "large bodies get a 405 through nginx" {
	serve
	start_nginx
	post_sizes
}

@test "large bodies get a 405 through lighttpd" {
	serve
	start_lighttpd
	post_sizes
}

@test "large bodies get a 405 through nginx over TCP" {
	serve_tcp
	start_nginx
	post_sizes
}

@test "large bodies get a 405 through lighttpd over TCP" {
	serve_tcp
	start_lighttpd
	post_sizes
}

@test "a body in hundreds of small pieces gets a 405" {
	serve
	# shellcheck disable=SC2016
	bash -c 'mkfifo "$1"; exec 4<>"$1"
	    for i in {1..300}; do printf x; read -rt 0.001 -u 4; done' \
	    - "$T/never" 3>&- |
	    env -i REQUEST_METHOD=POST CONTENT_LENGTH=300 SCRIPT_NAME= \
	    PATH_INFO=/demo QUERY_STRING= timeout "$MAX_S" \
	    "$(command -v cgi-fcgi)" -bind -connect "$T/squall.sock" >"$T/out"
	has "$(<"$T/out")" 'Status: 405'
}

@test "a body without an end holds up nobody" {
	serve_tcp
	local flood

	dial
	record "$STDIN" "$(printf '%0131070d' 0)" | sed 's/../\\x&/g' \
	    >"$T/escaped"
	printf '%b' "$(<"$T/escaped")" >"$T/record"
	for _ in {1..64}; do cat "$T/record"; done >"$T/records"
	send "$FD" "$(begin
	    record "$PARAMS" "$(variables POST /demo)"
	    record "$PARAMS")"
	# for as long as squall takes it
	# shellcheck disable=SC2016
	bash -c 'trap "" PIPE; while cat "$1" "$1" "$1" "$1"; do :; done' \
	    - "$T/records" >&"$FD" 2>"$T/flood" 3>&- &
	flood=$!
	reply "$FD"
	is_refused
	for _ in {1..5}; do
		fcgi GET /demo/notes >"$T/out"
		has "$(<"$T/out")" 'Status: 200'
	done
	# and it ends
	hang_up "$FD"
	wait_for site_gone "$flood" || {
		kill "$flood"
		fail 'squall takes the body without an end'
	}
}
