#!/usr/bin/env bats
# Memcached gone, late, back again: pages come all the same, each its own, and
# memcached is used again once it answers.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases

# There is no memory tier, so every request asks memcached.
serve()
{
	make_db "$T/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY,
	    title TEXT, pad TEXT); WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL
	    SELECT i + 1 FROM n WHERE i < 2000)
	    INSERT INTO notes SELECT i, 'note ' || i || '.',
	    hex(randomblob(1000)) FROM n"
	start_squall --workers=1 --threads=2 --memory=0 \
	    --cache="$MEMCACHED_URL" "$T/demo.db"
	start_lighttpd
}

# notes FROM TO: all of them come, soon, and none is another's.
notes()
{
	local i

	for ((i = $1; i <= $2; i++)); do
		printf 'url = "%s/demo/notes/%d.json"\noutput = "%s/%d.json"\n' \
		    "$URL" "$i" "$T" "$i"
	done >"$T/curl"
	is "$(curl -q -sS --max-time 5 -K "$T/curl" -w '%{http_code}\n' |
	    sort | uniq -c | tr -s ' ')" " $(($2 - $1 + 1)) 200"
	for ((i = $1; i <= $2; i++)); do
		cat "$T/$i.json"
	done >"$T/all"
	is "$(jq -r '.rows[0].title' "$T/all")" \
	    "$(seq -f 'note %g.' "$1" "$2")"
}

# is_used: does a second request come from memcached?
is_used()
{
	get /demo/notes && get /demo/notes &&
	    [[ $(cache_status) == *'hit; '*detail=memcached* ]]
}

@test "absent from the start, then started" {
	MEMCACHED=$T/memcached.sock
	MEMCACHED_URL=memcached:$MEMCACHED
	serve
	notes 1 20
	has "$(<"$T/squall.log")" 'warn cache'
	start_memcached
	wait_for is_used
	has "$(<"$T/squall.log")" 'answers again'
	notes 1 20
	notes 1 20
}

@test "absent under an address where nothing answers" {
	MEMCACHED_URL=memcached://127.0.0.1:$(free_port)
	serve
	notes 1 20
}

@test "stopped in the middle, then restarted empty" {
	start_memcached tcp
	serve
	notes 1 20
	wait_for is_used
	site_stop "$T" memcached 0 || :
	notes 1 30
	start_memcached tcp
	wait_for is_used
	notes 1 30
	# no warning for every page
	(($(grep -c 'warn cache' "$T/squall.log") < 10))
}

@test "stopped and restarted between two requests" {
	start_memcached
	serve
	notes 1 20
	site_stop "$T" memcached 0 || :
	start_memcached
	notes 1 20
	wait_for is_used
}

@test "paused: pages come soon, and none is another's when it goes on" {
	start_memcached
	serve
	notes 1 20
	send_signal memcached STOP
	notes 1 20
	notes 21 40
	send_signal memcached CONT
	# the late replies are on their way now
	notes 5 60
	wait_for is_used
	notes 1 60
}

@test "paused and resumed again and again under load" {
	local round

	start_memcached tcp
	serve
	for round in {1..4}; do
		send_signal memcached STOP
		notes $((round * 10)) $((round * 10 + 15))
		send_signal memcached CONT
		notes $((round * 10 - 5)) $((round * 10 + 25))
	done
	wait_for is_used
	notes 1 65
}

@test "full: it forgets, and pages come" {
	start_memcached unix -m 1 -I 512k
	serve
	notes 1 800
	(($(memcached_stat evictions) > 0))
	notes 1 20
	wait_for is_used
}

@test "a page it refuses for its size is sent, and the next pages are kept" {
	start_memcached
	serve
	make_db "$T/demo.db" "CREATE TABLE large AS SELECT 1 AS id,
	    hex(randomblob(1500000)) || 'end' AS body"
	for _ in 1 2; do
		get /demo/large/1.json
		is "$STATUS" 200
		is "$(cache_status)" 'squall; fwd=uri-miss'
		is "$(jq -r '.rows[0].body[-3:]' "$T/body")" end
		get /demo/notes/7.json
		is "$(jq -r '.rows[0].title' <<<"$BODY")" 'note 7.'
	done
	has "$(cache_status)" 'hit; '
}

@test "what others put under squall's keys is no page" {
	start_memcached
	serve
	get /demo/notes/1.json
	is "$(memcached_ask "$(printf \
	    'set squall::row:/demo/notes/1.json 0 0 4\r\njunk')")" STORED
	get /demo/notes/1.json
	is "$(jq -r '.rows[0].title' <<<"$BODY")" 'note 1.'
	is "$(cache_status)" 'squall; fwd=uri-miss; stored'
	get /demo/notes/1.json
	has "$(cache_status)" 'hit; '
	memcached_ask flush_all
	get /demo/notes/1.json
	is "$(cache_status)" 'squall; fwd=uri-miss; stored'
}

@test "memory goes on answering without memcached" {
	start_memcached
	make_db "$T/demo.db"
	start_squall --workers=1 --cache="$MEMCACHED_URL" "$T/demo.db"
	fcgi GET /demo/notes >"$T/out"
	send_signal memcached STOP
	fcgi GET /demo/notes >"$T/out"
	has "$(<"$T/out")" 'detail=memory'
	like "$(access_lines ' /demo/notes ' | tail -n 1)" ' [0-9]{1,4}us sql=0$'
}
