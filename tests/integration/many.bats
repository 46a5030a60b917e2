#!/usr/bin/env bats
# Many databases in one process, and fewer descriptors than would have all of
# them open: every page comes, and those that nobody asks for cost nothing.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/load
load helpers/page

# all of them at once take a while on a busy machine
WAIT_S=60

# make_many N: $T/d1.db and so on, every third of them in WAL mode; sets FILES.
make_many()
{
	local i

	make_db "$T/delete"
	make_db "$T/wal" 'PRAGMA journal_mode = wal;
	    CREATE TABLE notes (id INTEGER PRIMARY KEY, title);
	    INSERT INTO notes VALUES (1, 1);' >"$T/sqlite.log"
	touch -d '2001-01-01' "$T/delete" "$T/wal"
	FILES=()
	for ((i = 1; i <= $1; i++)); do
		FILES+=("$T/d$i.db")
	done
	tee "${FILES[@]}" <"$T/delete" >"$T/copy"
	for ((i = 3; i <= $1; i += 3)); do
		echo "$T/d$i.db"
	done | xargs -n 1 cp "$T/wal"
	touch -d '2001-01-01' "${FILES[@]}"
}

# start_within N [OPTION]... [DATABASE]...: with so many descriptors, of which
# it has to ask for all but 64 itself.
start_within()
{
	SQUALL_ADDRESS=unix:$T/squall.sock
	start squall prlimit --nofile="64:$1" -- "$SQUALL" --workers=1 \
	    --listen="$SQUALL_ADDRESS" --access-log=off \
	    --time-limit="$PATIENCE_MS" "${@:2}"
	wait_for squall_answers
}

# the worker's, which serves as its event loop
worker()
{
	pgrep -P "$(pid_of squall)"
}

# resident NAME: kB
resident()
{
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$(pid_of "$1")/status"
}

@test "1000 databases and 1024 descriptors: every request is answered" {
	make_many 1000
	start_within 1024 --memory=0 "${FILES[@]}"
	has "$(<"$T/squall.log")" 'those not used for longest will be closed'
	for ((i = 1; i <= 1000; i++)); do
		echo "/d$i/notes.json"
		echo "/d$(((i * 7919) % 1000 + 1))/notes/1"
	done >"$T/uris"
	press all 8 4000x keep "@$T/uris"
	wait "$PRESS"
	say "1000 databases:$(figures all answered failed broken p50_us)"
	is "$(figure all failed)" 0
	is "$(figure all broken)" 0
	(($(figure all answered) >= 4000))
	page GET /.json
	is "$STATUS $(jq -c '[.databases[] | select(.tables_count == 1)] |
	    length' <<<"$BODY")" '200 1000'
	hasnt "$(<"$T/squall.log")" error
	# which the master needs no longer, once it has looked at them
	say "the master: $(resident squall) kB"
	(($(resident squall) < 20000))
}

@test "1000 databases and 1024 descriptors: pages are hits, of all of them too" {
	make_many 1000
	start_within 1024 "${FILES[@]}"
	for path in /d1/notes /d3/notes /; do
		page GET "$path"
		is "$STATUS" 200
	done
	for path in /d1/notes /d3/notes / /d3/notes; do
		page GET "$path"
		like "$(cache_status)" '^squall; hit;' || fail "$path"
	done
	# and fresh
	sqlite3 "$T/d1.db" "UPDATE notes SET title = 'new' WHERE id = 1"
	page GET /d1/notes
	has "$BODY" new
}

@test "descriptors: --check warns where there are too few, and then only" {
	make_many 30
	prlimit --nofile=64:64 -- "$SQUALL" --check --threads=2 \
	    "${FILES[@]}" 2>"$T/few"
	has "$(<"$T/few")" 'takes 50 descriptors for each of 3 threads'
	prlimit --nofile=64:1024 -- "$SQUALL" --check --threads=2 \
	    "${FILES[@]}" 2>"$T/many"
	is "$(<"$T/many")" ''
	start_within 1024 "${FILES[@]}"
	like "$(<"/proc/$(worker)/limits")" 'Max open files +1024 +1024'
}

switches()
{
	awk '$1 == "voluntary_ctxt_switches:" { print $2 }' "/proc/$1/status"
}

has_switched()
{
	(($(switches "$1") >= $2))
}

# cpu_us PID: what its first thread has taken.
cpu_us()
{
	local ns rest

	read -r ns rest <"/proc/$1/task/$1/schedstat"
	echo $((ns / 1000))
}

@test "an idle worker looks at none of its databases" {
	local pid before

	make_many 1000
	start_within 4096 --memory=0 "${FILES[@]}"
	printf '/d%d/notes\n' {1..1000} >"$T/uris"
	press all 4 1000x keep "@$T/uris"
	wait "$PRESS"
	is "$(figure all failed)" 0
	pid=$(worker)
	wait_for has_switched "$pid" $(($(switches "$pid") + 2))
	before=$(cpu_us "$pid")
	# ten turns are five seconds
	wait_for has_switched "$pid" $(($(switches "$pid") + 10))
	before=$(($(cpu_us "$pid") - before))
	say "1000 idle databases: $before us in ten turns"
	((before < 10000))
}
