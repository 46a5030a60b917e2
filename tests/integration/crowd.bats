#!/usr/bin/env bats
# However many want a page at once, one renders it: within a worker by waiting
# for the one that does, between workers by a lease in the store.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases

# start_store memcached|redis: sets STORE_URL.
start_store()
{
	"start_$1"
	case $1 in
	memcached) STORE_URL=$MEMCACHED_URL ;;
	redis) STORE_URL=$REDIS_URL ;;
	esac
}

# serve STORE [OPTION]...
serve()
{
	make_db "$T/demo.db"
	make_db "$T/other.db"
	start_store "$1"
	start_squall --cache="$STORE_URL" --log=debug "${@:2}" "$T/demo.db" \
	    "$T/other.db"
}

# renders: how often the rows of notes were read, says SQLite's trace.
renders()
{
	grep -c 'debug db.* demo: SELECT t.*FROM "notes"' "$T/squall.log"
}

# crowd STORE: a thousand requests for a page that is not there; it can't be
# made before they have come.
crowd()
{
	local i clients=()

	serve "$1" --workers=4 --time-limit=600000 --queue-wait=600000
	start_nginx
	lock_db "$T/demo.db"
	for i in 1 2 3 4 5; do
		curl -q -sS -Z --parallel-immediate --parallel-max 200 \
		    --no-progress-meter --noproxy '*' --max-time "$MAX_S" \
		    -w '%{http_code} %{size_download}\n' -o /dev/null \
		    "$URL/demo/notes?_x=[1-200]" >"$T/clients.$i" 3>&- &
		clients+=("$!")
	done
	wait_for has_connections 1000
	unlock_db
	wait "${clients[@]}"
	cat "$T"/clients.* | sort | uniq -c | tr -s ' ' >"$T/replies"
	like "$(<"$T/replies")" '^ 1000 200 [1-9][0-9]+$'
	wait_for has_access_lines ' /demo/notes?_x=' 1000
	is "$(renders)" 1
	is "$(access_lines ' /demo/notes?_x=' | grep -c ' miss ')" 1
	is "$(access_lines ' /demo/notes?_x=' | grep -vc ' sql=0$')" 1
}

@test "memcached: a thousand at once for a page, one render" {
	crowd memcached
}

@test "redis: a thousand at once for a page, one render" {
	crowd redis
}

@test "without a store, one render in each worker" {
	make_db "$T/demo.db"
	start_squall --workers=2 --log=debug "$T/demo.db"
	start_nginx
	curl -q -sS -Z --parallel-immediate --parallel-max 200 \
	    --no-progress-meter --noproxy '*' --max-time "$MAX_S" -o /dev/null \
	    "$URL/demo/notes?_x=[1-200]"
	wait_for has_access_lines ' /demo/notes?_x=' 200
	(($(renders) == 1 || $(renders) == 2))
}

# sets: how often the store has been given something, leases included.
sets()
{
	case $STORE_URL in
	redis*) redis_ask INFO commandstats |
	    sed -n 's/^cmdstat_set:calls=\([0-9]*\).*/\1/p' ;;
	*) memcached_stat cmd_set ;;
	esac
}

# asked: how often the store has been asked for something.
asked()
{
	case $STORE_URL in
	redis*) redis_ask INFO commandstats |
	    sed -n 's/^cmdstat_get:calls=\([0-9]*\).*/\1/p' ;;
	*) memcached_stat cmd_get ;;
	esac
}

has_sets()
{
	(($(sets) >= $1))
}

has_asked()
{
	(($(asked) >= $1))
}

# waiting STORE [OPTION]...: two workers with a renderer each; the one renders a page, which
# takes as long as the database is locked, the other waits for it.  Sets OWNER,
# its client CLIENTS[0] and the other's CLIENTS[1], and how many pages were
# RENDERED before.
waiting()
{
	local other before

	serve "$1" --workers=2 --threads=1 "${@:2}"
	read -r OWNER other <<<"$(workers | paste -sd ' ')"
	# both have opened the database before it is locked
	halt squall "$OWNER"
	fcgi GET /demo/notes/1 >"$T/out"
	resume squall "$OWNER"
	halt squall "$other"
	fcgi GET /demo/notes/2 >"$T/out"
	RENDERED=$(renders)
	lock_db "$T/demo.db"
	before=$(sets)
	fcgi GET /demo/notes >"$T/first" 3>&- &
	CLIENTS=("$!")
	wait_for has_sets $((before + 1))
	kill -STOP "$OWNER"
	kill -CONT "$other" # and the master stays halted
	before=$(asked)
	fcgi GET /demo/notes >"$T/second" 3>&- &
	CLIENTS+=("$!")
	wait_for has_asked $((before + 3))
	# the renderer is free for other pages meanwhile
	fcgi GET /other/notes >"$T/out"
	has "$(<"$T/out")" 'Status: 200'
	has "$(<"$T/out")" 'fwd=uri-miss; stored'
}

# handed_over STORE: the one that waits gets what the other has made.
handed_over()
{
	waiting "$1"
	unlock_db
	resume squall "$OWNER"
	wait "${CLIENTS[@]}"
	has "$(<"$T/first")" 'fwd=uri-miss; stored'
	has "$(<"$T/second")" "fwd=uri-miss; collapsed; detail=$1"
	is "$(renders)" $((RENDERED + 1))
}

@test "memcached: a worker waits for another's page, without a thread" {
	handed_over memcached
}

@test "redis: a worker waits for another's page, without a thread" {
	handed_over redis
}

# abandoned STORE: the one that has the lease dies; the other takes over when the
# lease ends, and does not wait for as long as the page might have taken.
abandoned()
{
	waiting "$1" --time-limit=3600000 --queue-wait=10000
	kill -KILL "$OWNER"
	unlock_db
	wait "${CLIENTS[1]}"
	has "$(<"$T/second")" 'Status: 200'
	has "$(<"$T/second")" 'fwd=uri-miss; stored'
	send_signal squall CONT
	wait "${CLIENTS[0]}" || :
}

@test "memcached: who waits for a worker that is killed renders soon" {
	abandoned memcached
}

@test "redis: who waits for a worker that is killed renders soon" {
	abandoned redis
}

@test "a store that dies leaves nobody waiting" {
	waiting redis
	site_stop "$T" redis 0 || :
	unlock_db
	wait "${CLIENTS[1]}"
	has "$(<"$T/second")" 'Status: 200'
	resume squall "$OWNER"
	wait "${CLIENTS[0]}"
	has "$(<"$T/first")" 'Status: 200'
}
