#!/usr/bin/env bats
# What squall writes into its logs, where they are, and what it does not write.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/load
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
	page GET '/demo/notes.json?_size=2&_x=y'
	page GET '/demo/notes.json?_size=2&_x=y'
	page HEAD '/demo/notes.json?_size=2&_x=y'
	page GET /nowhere
	page POST /demo/notes
	wait_for has_access_lines 'POST /demo/notes' 1
	access_lines ' ' | grep -v ' OPTIONS ' >"$T/lines"
	page GET '/demo/notes.json?_size=2&_x=y'
	local n=$(($(printf %s "$BODY" | wc -c) + 1))
	mapfile -t lines <"$T/lines"
	local uri='/demo/notes\.json\?_size=2&_x=y'
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
		echo "url = \"$URL/demo/notes?_i=$i\""
		echo 'output = "/dev/null"'
	done >"$T/curl"
	curl -q -s -Z --parallel-immediate --parallel-max 20 -K "$T/curl" \
	    2>/dev/null
	wait_for has_access_lines '/demo/notes?_i=' 400
	is "$(grep -Ec "^$TIME access [0-9a-f]+ GET /demo/notes\?_i=[0-9]+ 200 [0-9]+ (miss|collapsed|hit-memory) [0-9]+us sql=[0-9]+$" \
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

# all_answered REQUESTS: so many long ones, none of which is to fail.
all_answered()
{
	timeout 300 "$TOOLS_DIR/fcgi-load" "$T/squall.sock" 8 "$1x" keep \
	    "/demo/notes?_x=$(printf '%0110d' 0)" >"$T/all.figures" || return
	is "$(figures all answered failed broken unread refused)" \
	    " $1 answered 0 failed 0 broken 0 unread 0 refused"
}

is_another()
{
	[[ $(workers | wc -l) == 1 && $(workers) != "$1" ]]
}

# log_to_pipe PIPE [OPTION]...: squall's standard error is a FIFO that has been
# opened for reading and is not read.  After more lines than it has room for,
# squall answers, replaces its worker, which the master has to say, and ends.
log_to_pipe()
{
	local pipe=$1 worker

	shift
	make_db "$T/demo.db"
	mkfifo "$pipe"
	exec {READ}<>"$pipe"
	# shellcheck disable=SC2016
	start squall bash -c 'exec "$@" 2>"$0"' "$pipe" "$SQUALL" \
	    --workers=1 --listen="unix:$T/squall.sock" "$@" "$T/demo.db"
	wait_for squall_answers
	all_answered 20000
	worker=$(workers)
	kill -KILL "$worker"
	wait_for is_another "$worker"
	page GET /demo/notes
	is "$STATUS" 200
	send_signal squall HUP
	stop squall
	exec {READ}>&-
}

@test "a reader of standard error that stalls is not waited for" {
	log_to_pipe "$T/pipe"
	rm "$T/demo.db"*
	log_to_pipe "$T/pipe2" --log=debug --access-log=json
}

@test "a FIFO as log file that nobody reads is not waited for" {
	local readers

	make_db "$T/demo.db"
	mkfifo "$T/events" "$T/access"
	start_squall --workers=1 --log-file="$T/events" --log=debug \
	    --access-log-file="$T/access" "$T/demo.db"
	all_answered 20000
	# there is room again, and the log says what was lost
	cat "$T/access" >"$T/lines" 3>&- &
	readers=("$!")
	cat "$T/events" >"$T/lines2" 3>&- &
	readers+=("$!")
	wait_for goes_on
	stop squall
	wait "${readers[@]}"
	like "$(<"$T/lines2")" \
	    'error log\[[0-9]+\]: access log: .*; lines are lost'
	like "$(<"$T/lines2")" \
	    'warn log\[[0-9]+\]: access log: [0-9]+ lines were lost'
}

goes_on()
{
	page GET '/demo/notes?again'
	grep -aq '?again' "$T/lines"
}

# A client's name that is to break a line, a field or a parser: in a shell's
# words, and as the formats write it.
HOSTILE=$'"x\\\n\e[31m\xff\xc3\xa9 y'

# has_requests N: there are so many lines in $T/access by now, without those of
# start_squall's question.  They are then in $T/lines.
has_requests()
{
	grep -av OPTIONS "$T/access" >"$T/lines"
	(($(wc -l <"$T/lines") >= $1))
}

@test "--access-log=combined: NCSA's format, outcome and microseconds" {
	local time='\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\]'

	make_db "$T/demo.db"
	start_squall_tcp --workers=1 --access-log=combined \
	    --access-log-file="$T/access" "$T/demo.db"
	page GET '/demo/notes?_x="y' REMOTE_USER='j doe' \
	    HTTP_REFERER=http://x/ HTTP_USER_AGENT='Mozilla/5.0 (X11)'
	local n=$(($(printf %s "$BODY" | wc -c) + 1))
	page GET '/demo/notes?_x="y' HTTP_USER_AGENT="$HOSTILE"
	page GET /nowhere REMOTE_ADDR=2001:db8::1
	# a client whose request was too long to be read is told as well
	page GET "/$(printf '%020000d' 0)" HTTP_USER_AGENT=long
	wait_for has_requests 4
	mapfile -t lines <"$T/lines"
	like "${lines[0]}" \
	    "^127\.0\.0\.1 - j\\\\x20doe $time \"GET /demo/notes\?_x=\\\\x22y HTTP/1\.1\" 200 $n \"http://x/\" \"Mozilla/5\.0 \(X11\)\" miss [0-9]+$"
	like "${lines[1]}" \
	    "^127\.0\.0\.1 - - $time \"GET /demo/notes\?_x=\\\\x22y HTTP/1\.1\" 200 $n \"-\" \"\\\\x22x\\\\x5C\\\\x0A\\\\x1B\[31m\\\\xFF\\\\xC3\\\\xA9 y\" hit-memory [0-9]+$"
	like "${lines[2]}" \
	    "^2001:db8::1 - - $time \"GET /nowhere HTTP/1\.1\" 404 [0-9]+ \"-\" \"-\" miss [0-9]+$"
	like "${lines[3]}" \
	    "^127\.0\.0\.1 - - $time \"- - HTTP/1\.1\" 414 [0-9]+ \"-\" \"long\" bypass [0-9]+$"
}

@test "--access-log=json: an object a line, whatever the client says" {
	make_db "$T/demo.db"
	start_squall_tcp --workers=1 --access-log=json \
	    --access-log-file="$T/access" "$T/demo.db"
	page GET /demo/notes.json REMOTE_USER=me HTTP_REFERER=http://x/ \
	    HTTP_USER_AGENT="$HOSTILE"
	page GET /demo/notes.json
	page POST $'/demo/\xff'
	wait_for has_requests 3
	is "$(wc -l <"$T/lines")" 3
	# jq replaces what is not UTF-8, iconv does not
	iconv -f UTF-8 -t UTF-8 "$T/lines" >"$T/utf8"
	is "$(jq -c '[.method, .uri, .status, .outcome, .sql > 0, .remote_addr,
	    .remote_user, .protocol, .referer, .user_agent]' "$T/lines")" \
	    '["GET","/demo/notes.json",200,"miss",true,"127.0.0.1","me","HTTP/1.1","http://x/","\"x\\\n\u001b[31m�é y"]
["GET","/demo/notes.json",200,"hit-memory",false,"127.0.0.1",null,"HTTP/1.1",null,null]
["POST","/demo/�",405,"bypass",false,"127.0.0.1",null,"HTTP/1.1",null,null]'
	is "$(jq -s --arg time "^$TIME\$" 'all(.[]; (.time | test($time)) and
	    (.id | test("^[0-9a-f]+$")) and .bytes > 0 and
	    (.us | type == "number"))' "$T/lines")" true
	is "$(jq -s 'map(.id) | unique | length' "$T/lines")" 3
}

@test "log files: every line of two workers under load is whole" {
	local i

	make_db "$T/demo.db"
	start_squall --workers=2 --access-log=json --log=debug \
	    --log-file="$T/events" --access-log-file="$T/access" \
	    --memory=0 "$T/demo.db"
	is "$(stat -c %a "$T/events" "$T/access" | sort -u)" 640
	start_nginx
	for i in {1..600}; do
		echo "url = \"$URL/demo/notes?_i=$i\""
		echo 'output = "/dev/null"'
	done >"$T/curl"
	curl -q -s -Z --parallel-immediate --parallel-max 30 -K "$T/curl" \
	    2>/dev/null
	stop squall
	is "$(jq -c 'select(.uri | startswith("/demo/notes?_i=")) | .status' \
	    "$T/access" | sort | uniq -c | tr -d ' ')" 600200
	is "$(grep -Evac "^$TIME (info|debug|warn|error) [a-z]+\[[0-9]+\]: " \
	    "$T/events")" 0
	is "$(<"$T/squall.log")" ''
}

@test "a full disk loses lines, not pages, and the log says so" {
	local i

	make_db "$T/demo.db"
	start_squall --workers=1 --log-file="$T/events" \
	    --access-log-file=/dev/full "$T/demo.db"
	for i in 1 2 3; do
		page GET "/demo/notes/$i"
		is "$STATUS" 200
	done
	stop squall
	is "$(grep -c 'access log: No space left on device; lines are lost$' \
	    "$T/events")" 1
	NAME=squall2 start_squall --workers=1 --log=debug \
	    --log-file=/dev/full --access-log-file=/dev/full "$T/demo.db"
	page GET /demo/notes/1
	is "$STATUS" 200
	stop squall2
	# by the master, before it had a worker
	is "$(sed 's/.*\]: //' "$T/squall2.log" | sort | uniq -c | tr -s ' ')" \
	    ' 1 /dev/full: No space left on device; lines are lost'
}

@test "the folder of the log vanishes: squall goes on" {
	make_db "$T/demo.db"
	mkdir "$T/logs"
	start_squall --workers=1 --log-file="$T/logs/events" \
	    --access-log-file="$T/logs/access" "$T/demo.db"
	rm -r "$T/logs"
	page GET /demo/notes
	is "$STATUS" 200
}

@test "a log that can't be opened: squall does not start, and says why" {
	make_db "$T/demo.db"
	run "$SQUALL" --listen="unix:$T/squall.sock" \
	    --log-file="$T/none/events" "$T/demo.db"
	is "$status" 1
	is "$output" "squall: $T/none/events: No such file or directory"
	run "$SQUALL" --log-file=events "$T/demo.db"
	is "$status" 2
	has "$output" 'expected stderr, syslog or a path that begins with /'
	# --check opens none: it may run as another user
	run "$SQUALL" --check --log-file="$T/events" "$T/demo.db"
	is "$status" 0
	[[ ! -e $T/events ]]
}

@test "--slow-log=MS: the statement that took the time, and its plan" {
	make_db "$T/demo.db"
	sqlite3 "$T/demo.db" 'CREATE VIEW slow AS WITH RECURSIVE c(x) AS
	    (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000)
	    SELECT count(*) AS n FROM c'
	start_squall --workers=1 --slow-log=20 "$T/demo.db"
	page GET /demo/notes
	# without what is left out when it takes long: that page expires soon
	page GET '/demo/slow.json?_nocount=on'
	is "$STATUS" 200
	page GET '/demo/slow.json?_nocount=on'
	stop squall
	grep ' slow\[' "$T/squall.log" >"$T/slow"
	# whatever took longer has a line, and nothing else
	is "$(wc -l <"$T/slow")" \
	    "$(access_lines ' ' | grep -cE ' ([2-9][0-9]{4}|[1-9][0-9]{5,})us ')"
	grep ' /demo/slow' "$T/slow" >"$T/slow1"
	mv "$T/slow1" "$T/slow"
	is "$(wc -l <"$T/slow")" 1
	local ms='[0-9]+\.[0-9]ms'
	like "$(<"$T/slow")" \
	    "^$TIME warn slow\[[0-9]+\]: [0-9a-f]+ GET /demo/slow\.json\?_nocount=on total=[0-9]{2,}\.[0-9]ms queue=$ms store=$ms sql=[0-9]{2,}\.[0-9]ms render=$ms; slowest: sql=[0-9]{2,}\.[0-9]ms runs=1 rows=[01]: SELECT .*\"slow\".*; plan: .*RECURSIVE STEP \(SCAN c\).*$"
}

@test "--slow-log=MS: a page that was over its time limit, and none without it" {
	make_db "$T/demo.db" "$ENDLESS"
	start_squall --workers=1 --slow-log=100 --time-limit=1000 "$T/demo.db"
	page GET /demo/endless
	is "$STATUS" 503
	stop squall
	is "$(grep -c ' slow\[.* GET /demo/endless .*RECURSIVE STEP' \
	    "$T/squall.log")" 1
	NAME=squall2 start_squall --workers=1 --time-limit=1000 "$T/demo.db"
	page GET /demo/endless
	is "$STATUS" 503
	stop squall2
	hasnt "$(<"$T/squall2.log")" ' slow['
}

# is_in FILE TEXT
is_in()
{
	grep -q -- "$2" "$1"
}

@test "SIGUSR1: master and workers open their logs anew" {
	make_db "$T/demo.db"
	start_squall --workers=2 --log-file="$T/events.log" --log=debug \
	    --access-log-file="$T/access.log" "$T/demo.db"
	fcgi GET /demo/notes/1 >"$T/out"
	wait_for is_in "$T/access.log" /demo/notes/1
	mv "$T/access.log" "$T/access.1"
	mv "$T/events.log" "$T/events.1"
	send_signal squall USR1
	wait_for test -e "$T/access.log"
	wait_for test -e "$T/events.log"
	# each of the workers has
	for _ in {1..8}; do
		fcgi GET /demo/notes/2 >"$T/out"
	done
	wait_for is_in "$T/access.log" /demo/notes/2
	# what was sent before a worker had done it stands in the old one
	(($(grep -c /demo/notes/2 "$T/access.log") +
	    $(grep -c /demo/notes/2 "$T/access.1" || :) == 8))
	stop squall
	is_in "$T/events.log" stopped
}
