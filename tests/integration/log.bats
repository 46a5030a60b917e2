#!/usr/bin/env bats
# What squall writes on standard error, and what it does not.
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

TIME='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'

@test "--log=none --access-log=off: not a word" {
	make_db "$T/demo.db"
	start_squall --workers=2 --log=none --access-log=off \
	    --cache="memcached:$T/none.sock" "$T/demo.db"
	for uri in / /demo /demo/notes/1 /nodb '/demo/notes?_size=x' /demo/; do
		page GET "$uri"
	done
	page POST /demo
	mv "$T/demo.db" "$T/gone.db"
	page GET /demo/notes
	is "$STATUS" 503
	kill -KILL "$(workers | head -n 1)"
	wait_for squall_answers
	stop squall
	is "$(<"$T/squall.log")" ''
}

@test "an access line has time, id, method, URI, status, bytes, outcome, time" {
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	page GET '/demo/notes.json?_size=2&x=y'
	page GET '/demo/notes.json?_size=2&x=y'
	page HEAD '/demo/notes.json?_size=2&x=y'
	page GET /nowhere
	page POST /demo/notes
	wait_for has_access_lines 'POST /demo/notes' 1
	access_lines ' ' | grep -v ' OPTIONS ' >"$T/lines"
	page GET '/demo/notes.json?_size=2&x=y'
	local n=$((${#BODY} + 1))
	mapfile -t lines <"$T/lines"
	local uri='/demo/notes\.json\?_size=2&x=y'
	like "${lines[0]}" \
	    "^$TIME access [0-9a-f]+ GET $uri 200 $n miss [0-9]+us sql=[1-9][0-9]*$"
	like "${lines[1]}" \
	    "^$TIME access [0-9a-f]+ GET $uri 200 $n hit-memory [0-9]+us sql=0$"
	like "${lines[2]}" \
	    "^$TIME access [0-9a-f]+ HEAD $uri 200 0 hit-memory [0-9]+us sql=0$"
	like "${lines[3]}" \
	    "^$TIME access [0-9a-f]+ GET /nowhere 404 [0-9]+ miss [0-9]+us sql=0$"
	like "${lines[4]}" \
	    "^$TIME access [0-9a-f]+ POST /demo/notes 405 [0-9]+ bypass [0-9]+us sql=0$"
	# no two requests share an id
	is "$(cut -d ' ' -f 3 "$T/lines" | sort | uniq -d)" ''
}

@test "control characters and forged lines in a request break no line" {
	local forged

	make_db "$T/demo.db"
	start_squall_tcp --workers=1 --log=debug "$T/demo.db"
	forged=$'/demo/notes\n2001-01-01T00:00:00.000Z access 1 GET /forged 200'
	page GET / REQUEST_URI="$forged"
	page GET / REQUEST_URI=$'/\e[31mred\a\b\r\x7f\x9b'
	page $'GET\n2001-01-01T00:00:00.000Z access' /demo
	page GET $'/demo/notes/\n2001-01-01T00:00:00.000Z error'
	page GET $'/no\ndb'
	wait_for has_access_lines 'no?db' 1
	hasnt "$(cut -c 1-4 "$T/squall.log" | sort -u)" 2001
	is "$(grep -Evac "^$TIME (access|info|debug|warn|error) " \
	    "$T/squall.log")" 0
	is "$(tr -d '\n\040-\176\200-\377' <"$T/squall.log" | wc -c)" 0
}

@test "--log=LEVEL: errors, warnings, information, and every statement" {
	local level

	make_db "$T/demo.db"
	for level in error warn info debug; do
		NAME=squall-$level start_squall --workers=1 --log="$level" \
		    --access-log=off "$T/demo.db"
		mv "$T/demo.db" "$T/gone.db"
		page GET "/demo/notes"
		mv "$T/gone.db" "$T/demo.db"
		page GET "/demo/notes"
		stop "squall-$level"
	done
	is "$(levels error)" 'error'
	is "$(levels warn)" 'error warn'
	is "$(levels info)" 'error info warn'
	is "$(levels debug)" 'debug error info warn'
	has "$(<"$T/squall-debug.log")" 'FROM "notes"'
}

levels()
{
	grep -Eo "^$TIME [a-z]+ " "$T/squall-$1.log" | cut -d ' ' -f 2 |
	    sort -u | paste -sd ' '
}

@test "lines of several workers do not mix" {
	local i

	make_db "$T/demo.db"
	start_squall --workers=4 "$T/demo.db"
	start_nginx
	for i in {1..400}; do
		echo "url = \"$URL/demo/notes?i=$i\""
		echo 'output = "/dev/null"'
	done >"$T/curl"
	curl -q -s -Z --parallel-immediate --parallel-max 20 -K "$T/curl" \
	    2>/dev/null
	wait_for has_access_lines '/demo/notes?i=' 400
	is "$(grep -Ec "^$TIME access [0-9a-f]+ GET /demo/notes\?i=[0-9]+ 200 [0-9]+ (miss|collapsed|hit-memory) [0-9]+us sql=[0-9]+$" \
	    "$T/squall.log")" 400
}

@test "nobody reads the log: squall goes on" {
	make_db "$T/demo.db"
	mkfifo "$T/pipe"
	head -c 10 <"$T/pipe" >"$T/some" 3>&- &
	local reader=$!
	# shellcheck disable=SC2016
	start squall bash -c 'exec "$@" 2>"$0"' "$T/pipe" "$SQUALL" \
	    --workers=1 --listen="unix:$T/squall.sock" "$T/demo.db"
	wait_for squall_answers
	wait "$reader"
	for _ in 1 2 3; do
		page GET /demo/notes
		is "$STATUS" 200
	done
	is "$(workers | wc -l)" 1
}
