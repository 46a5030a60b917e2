#!/usr/bin/env bats
# Workers are replaced, the new one first, and no request is lost: by SIGHUP,
# after so many requests, at so much memory, when one hangs.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/pool

reload()
{
	local before

	before=$(grep -c ': reloaded$\|: not reloaded\|called off' \
	    "$T/squall.log") || :
	send_signal squall HUP
	wait_for logged ': reloaded$\|: not reloaded\|called off' \
	    $((before + 1))
}

# n_workers COUNT: are there so many?  Old ones stay until their connections have
# had one more reply.
n_workers()
{
	get /demo/notes
	(($(workers | wc -l) == $1))
}

# answers STATUS PATH: the first reply after a reload may be an old worker's.
answers()
{
	get "$2" && [[ $STATUS == "$1" ]]
}

@test "SIGHUP: the configuration is read anew" {
	local before

	serve
	before=$(workers | sort | paste -sd ' ')
	get /demo/notes
	is "$(header Cache-Control)" no-cache
	make_db "$T/more.db"
	MORE="[database more]
file = $T/more.db" configure fresh=60 workers=3
	reload
	has "$(<"$T/squall.log")" 'reloaded'
	wait_for n_workers 3
	wait_for answers 200 /more/notes
	get /demo/notes
	has "$(header Cache-Control)" max-age
	hasnt "$(workers | sort | paste -sd ' ')" "${before%% *}"
	# and fewer of them again
	configure workers=1
	reload
	wait_for n_workers 1
	wait_for answers 404 /more/notes
}

@test "SIGHUP under load: no request is lost" {
	serve
	under_load 5 reload
	logged ': reloaded$' 5
}

@test "SIGHUP: idle kept connections are closed only after one more reply" {
	local before

	serve
	get /demo/notes
	wait_for has_connections 1
	before=$(connections)
	reload
	(($(connections) >= before))
	for _ in 1 2 3 4 5 6; do
		get /demo/notes
		is "$STATUS" 200
	done
}

# begin_stream: a client has the beginning of a _stream in $T/got, and reads no
# more of it until finish_stream; $T/wanted is all of it.
begin_stream()
{
	mkfifo "$T/pipe"
	fcgi GET '/demo/big.csv?_stream=on' >"$T/pipe" 3>&- &
	CLIENT=$!
	exec {READ}<"$T/pipe"
	head -c 1000 <&"$READ" >"$T/got"
}

finish_stream()
{
	cat <&"$READ" >>"$T/got"
	exec {READ}<&-
	wait "$CLIENT" || :
	sed '1,/^\r*$/d' "$T/got" | tr -d '\r' >"$T/rows"
}

serve_big()
{
	make_db "$T/demo.db" "PRAGMA journal_mode=WAL;
	    CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT);
	    CREATE TABLE big (id INTEGER PRIMARY KEY, s TEXT);
	    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
	    LIMIT 200000) INSERT INTO big SELECT i, printf('%060d', i) FROM c" \
	    >"$T/made"
	sqlite3 -csv -header "$T/demo.db" 'SELECT * FROM big' >"$T/wanted"
	serve "$@"
}

@test "a _stream outlasts reloads, and ends right" {
	local worker

	serve_big workers=1
	worker=$(workers)
	begin_stream
	for _ in 1 2 3; do
		reload
	done
	send_signal squall USR2
	wait_for logged 'the new program has taken over'
	reload
	kill -0 "$worker"
	finish_stream
	cmp "$T/rows" "$T/wanted"
	wait_for gone "$worker"
	hasnt "$(<"$T/squall.log")" 'killing it'
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

@test "--drain-limit: a _stream that takes longer is cut, and the log says so" {
	local worker

	serve_big workers=1 drain-limit=1
	worker=$(workers)
	begin_stream
	reload
	wait_for gone "$worker"
	logged "worker $worker does not finish; killing it"
	finish_stream
	(($(wc -c <"$T/rows") < $(wc -c <"$T/wanted")))
	get /demo/notes
	is "$STATUS" 200
}

@test "a replaced worker that hangs is killed, although there is no limit" {
	local worker

	serve_big workers=1
	worker=$(workers)
	begin_stream
	reload
	kill -STOP "$worker"
	WAIT_S=60 wait_for gone "$worker"
	logged "worker $worker hangs; killing it"
	finish_stream
}

@test "SIGHUP with a bad configuration changes nothing" {
	local before

	serve
	before=$(workers | sort | paste -sd ' ')
	configure memory=lots
	reload
	logged "squall.ini:3: memory: expected a size"
	logged 'not reloaded; going on as before'
	configure workers=0
	reload
	logged 'can only be changed by a restart'
	rm "$T/squall.ini"
	reload
	logged 'No such file'
	workers_are "$before"
	get /demo/notes
	is "$STATUS" 200
}

@test "SIGHUP with a database that can't be read is called off" {
	local before

	serve
	before=$(workers | sort | paste -sd ' ')
	echo nonsense >"$T/bad.db"
	MORE="[database bad]
file = $T/bad.db" configure
	reload
	logged 'the reload is called off'
	workers_are "$before"
	get /demo/notes
	is "$STATUS" 200
	# and the next one, with a good one, is not
	make_db "$T/good.db"
	MORE="[database good]
file = $T/good.db" configure
	reload
	logged ': reloaded$'
	wait_for answers 200 /good/notes
}

replaced()
{
	! workers_are "$1"
}

@test "recycling after so many requests, under load: no request is lost" {
	local before

	serve max-requests=500
	before=$(workers | sort | paste -sd ' ')
	under_load 1 wait_for replaced "$before"
	hasnt "$(<"$T/squall.log")" error
}

@test "recycling at so much memory" {
	local before

	serve max-rss=1M
	before=$(workers | sort | paste -sd ' ')
	wait_for replaced "$before"
	get /demo/notes
	is "$STATUS" 200
}

# kill_one: a worker dies in mid-work, and another takes its place.
kill_one()
{
	local victim

	victim=$(workers | shuf -n 1)
	kill -KILL "$victim"
	wait_for is_replaced "$victim"
}

is_replaced()
{
	! workers | grep -qx "$1" && (($(workers | wc -l) >= 2))
}

@test "workers killed one after the other under load: no client notices" {
	serve
	under_load 20 kill_one
}

@test "a worker that hangs is killed and replaced" {
	local pid

	serve
	pid=$(workers | head -n 1)
	kill -STOP "$pid"
	wait_for is_replaced "$pid"
	has "$(<"$T/squall.log")" "worker $pid hangs; killing it"
	get /demo/notes
	is "$STATUS" 200
}

is_told()
{
	grep -qx -- "$1" "$T/notify.log"
}

@test "the service manager hears of it" {
	start notify "$TOOLS_DIR/notify-socket" "$T/notify.sock"
	wait_for test -S "$T/notify.sock"
	export NOTIFY_SOCKET=$T/notify.sock WATCHDOG_USEC=400000
	serve
	wait_for is_told READY=1
	wait_for is_told WATCHDOG=1
	unset NOTIFY_SOCKET WATCHDOG_USEC
	reload
	is_told RELOADING=1
	stop squall
	is_told STOPPING=1
}
