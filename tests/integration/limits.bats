#!/usr/bin/env bats
# Where something runs out: descriptors, room for the logs, and time.  Pages go
# on, and the log says what is wrong, once.
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

# start_limited LIMIT [OPTION]...: squall with a limit of prlimit(1).
start_limited()
{
	local limit=$1

	shift
	SQUALL_ADDRESS=${SQUALL_ADDRESS-unix:$T/squall.sock}
	start squall prlimit "$limit" -- "$SQUALL" \
	    --listen="$SQUALL_ADDRESS" "$@"
	wait_for squall_answers
}

# cpu_ms: the processor time of squall's workers so far.
cpu_ms()
{
	local pid

	for pid in $(workers); do
		cat "/proc/$pid/stat"
	done | awk -v hz="$(getconf CLK_TCK)" '
	    { sub(/^.*\) /, ""); ticks += $12 + $13 }
	    END { print int(ticks * 1000 / hz) }'
}

pauses()
{
	grep -c 'error.*accept: .*pausing' "$T/squall.log"
}

has_pauses()
{
	(($(pauses) >= $1))
}

@test "64 descriptors: with more connections than that it waits, and does not spin" {
	local before since

	make_db "$T/demo.db"
	SQUALL_ADDRESS=127.0.0.1:$(free_port)
	start_limited --nofile=64 --workers=1 "$T/demo.db"
	# on which nothing comes
	for _ in {1..100}; do
		dial
	done
	wait_for has_pauses 1
	before=$(cpu_ms)
	since=${EPOCHREALTIME/[.,]/}
	sleep 2 # which it waits, and no condition tells of
	say "at its limit for" \
	    "$(((${EPOCHREALTIME/[.,]/} - since) / 1000)) ms:" \
	    "$(($(cpu_ms) - before)) ms of processor time"
	(($(cpu_ms) - before < 500))
	is "$(pauses)" 1
	# room again: it goes on
	hang_up_all
	page GET /demo/notes
	is "$STATUS" 200
	dial
	ask GET /demo/notes
	is "$STATUS" 200
	is "$(pauses)" 1
}

@test "64 descriptors: idle kept connections make way" {
	local kept

	make_db "$T/demo.db"
	SQUALL_ADDRESS=127.0.0.1:$(free_port)
	start_limited --nofile=64 --workers=1 "$T/demo.db"
	request GET /demo/notes | sed 's/../\\x&/g' >"$T/escaped"
	for _ in {1..80}; do
		dial
		printf '%b' "$(<"$T/escaped")" >&"$FD"
	done
	# all are answered, although none hangs up
	for kept in "${DIALED[@]}"; do
		has "$(timeout "$MAX_S" head -c 64 <&"$kept" | tr -d '\0')" \
		    'Status: 200'
	done
}

@test "64 descriptors: what is accepted is answered, misses included" {
	make_db "$T/demo.db"
	make_db "$T/other.db"
	start_limited --nofile=64 --workers=2 --threads=4 --memory=0 \
	    --access-log=off "$T/demo.db" "$T/other.db"
	# shellcheck disable=SC2046
	press load 60 3600 keep $(misses) $(misses | sed s/demo/other/)
	start_nginx
	start_wrk web 3600 40 /demo/notes/1
	wait_for has_had 1000 table
	wait_for has_had 200 row
	end_wrk
	pressed
	say "100 clients and 64 descriptors a process:$(figures load \
	    answered failed broken unread refused)"
	wrk_had_no_errors web
	is "$(figure load failed)" 0
	is "$(figure load broken)" 0
	(($(figure load answered) > 300))
	# each of the workers said so
	(($(pauses) <= 2))
	hasnt "$(<"$T/squall.log")" "can't be opened"
}

# Each process's limit, as if the disk had become larger.
enlarge()
{
	local pid most

	most=$(prlimit --fsize -o HARD --noheadings --pid "$$")
	for pid in $(pid_of squall) $(workers); do
		prlimit --fsize="${most// /}:" --pid "$pid"
	done
}

# log_lines FILE TEXT: how many lines of it have the text.
log_lines()
{
	grep -c -- "$2" "$T/$1" || :
}

goes_on()
{
	page GET "/demo/notes?again"
	(($(log_lines access '?again') > 0))
}

@test "no room for the logs: pages go on, standard error says so once, then logs do" {
	local worker i

	make_db "$T/demo.db"
	start_limited --fsize=16384: --workers=1 --log=debug --memory=0 \
	    --log-file="$T/events" --access-log-file="$T/access" "$T/demo.db"
	worker=$(workers)
	for i in {1..100}; do
		page GET "/demo/notes?_size=$i"
		is "$STATUS" 200
	done
	is "$(workers)" "$worker"
	(($(stat -c %s "$T/events") <= 16384))
	is "$(log_lines squall.log \
	    'error log.*/events: File too large; lines are lost$')" 1
	is "$(wc -l <"$T/squall.log")" 1
	# and when there is room again
	enlarge
	wait_for goes_on
	stop squall
	is "$(log_lines events 'warn log.*events: [0-9]* lines were lost$')" 1
	is "$(log_lines events 'master.*: stopped$')" 1
	is "$(wc -l <"$T/squall.log")" 1
}

@test "no room for the access log: the log says so once, and how much is lost" {
	local i

	make_db "$T/demo.db"
	start_limited --fsize=4096: --workers=1 \
	    --access-log-file="$T/access" "$T/demo.db"
	for i in {1..100}; do
		page GET "/demo/notes?_size=$i"
		is "$STATUS" 200
	done
	is "$(log_lines squall.log 'access log: File too large; lines are lost$')" 1
	enlarge
	wait_for goes_on
	stop squall
	is "$(log_lines squall.log 'access log: [0-9]* lines were lost$')" 1
	# none that is there is cut, but for the one at which the room ended
	(($(grep -Evc ' access [0-9a-f]+ [A-Z]+ /[^ ]* [0-9]+ [0-9]+ [-a-z]+ [0-9]+us sql=[0-9]+$' \
	    "$T/access") <= 1))
}

# cpu_us: the processor time of the only worker's threads so far, in which a
# busy machine has no part.
cpu_us()
{
	cat /proc/"$(workers)"/task/*/schedstat |
	    awk '{ ns += $1 } END { printf "%d\n", ns / 1000 }'
}

# in_time MS URI: a page that has this long is given up, and has taken no more
# than that, and 50 ms, of the processor's time.
in_time()
{
	local before used

	before=$(cpu_us)
	page GET "$2"
	used=$((($(cpu_us) - before) / 1000))
	like "$STATUS $BODY" '^(400|503) .*took (longer|too long)' || fail "$2" || return
	say "$1 ms: $used ms of processor time: ${2:0:60}"
	((used <= $1 + 50)) || fail "$used ms: $2"
}

@test "what SQLite does in one step is interrupted when its time is over" {
	local a i
	local -a statements

	make_db "$T/demo.db" "PRAGMA page_size = 512;
	    CREATE TABLE wide (id INTEGER PRIMARY KEY, pad TEXT);
	    WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
	    LIMIT 100000) INSERT INTO wide SELECT i, printf('%0400d', i) FROM c;
	    CREATE TABLE long (s TEXT);
	    INSERT INTO long VALUES (replace(hex(zeroblob(240000)), '0', 'a'));
	    CREATE VIRTUAL TABLE words USING fts5(x, content = '');
	    WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
	    LIMIT 100000) INSERT INTO words (rowid, x)
	    SELECT i, printf('a%d a%d', i, i * 7919 % 100003) FROM c"
	a=$(printf 'a%.0s' {1..190})
	statements=("SELECT s LIKE '%${a}b%' FROM long"
	    "SELECT s GLOB '*${a}b*' FROM long"
	    "SELECT trim(s, '${a//a/bcdefgh}a') FROM long"
	    'SELECT count(*) FROM wide'
	    "SELECT rowid FROM words WHERE words MATCH 'a*' LIMIT 1")
	mkdir -p "$T/pages/demo"
	for i in "${!statements[@]}"; do
		echo "${statements[i]}" >"$T/pages/demo/stored$i.sql"
	done
	printf '%s\n' workers=1 threads=1 pages="$T/pages" \
	    '[database demo]' "file = $T/demo.db" 'sql = on' >"$T/squall.ini"
	start_squall --config="$T/squall.ini"
	# what is read for the first time is read before
	page GET '/demo/wide.json?_size=1'
	is "$STATUS" 200
	for i in "${!statements[@]}"; do
		in_time 20 "/demo/-/query.json?_timelimit=20&sql=$(jq -rn \
			--arg s "${statements[i]}" '$s | @uri')"
		in_time 20 "/demo/stored$i.json?_timelimit=20"
	done
	in_time 20 "/demo/long.json?_timelimit=20&s__like=%25${a}b%25"
	in_time 20 "/demo/long.json?_timelimit=20&s__glob=*${a}b*"
	in_time 20 "/demo/long.json?_timelimit=20&s__contains=${a}b"
	# and what is in time is as it was
	page GET '/demo/wide.json?_size=1'
	is "$STATUS" 200
}
