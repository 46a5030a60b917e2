#!/usr/bin/env bats
# Memcached and Redis themselves gone, late, full, back again: pages come all the
# same, soon, each as it should be, and the store is used again once it answers.
# shellcheck disable=SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/stores

# serve KIND [unix|tcp] [OPTION]...: the store, filled.  It may take LATE_MS to
# answer, where that is set.
serve()
{
	start_store "$@"
	serve_notes ${LATE_MS:+--cache-timeout="$LATE_MS"}
	wait_for all_hits
	no_problems
	: >"$T/times"
}

# used_again WHAT: says how long the misses took meanwhile.
used_again()
{
	say_times "$KIND $1"
	wait_for all_hits
	no_problems
}

flush_store()
{
	case $KIND in
	memcached) is "$(memcached_ask flush_all)" OK ;;
	redis) is "$(redis_ask FLUSHALL)" OK ;;
	esac
}

absent_then_started()
{
	KIND=$1 STORE_URL=$1:$T/$1.sock
	# one thread, which finds out both
	serve_notes --workers=1 --threads=1
	ask_round
	has "$(<"$T/squall.log")" 'warn cache'
	start_store "$1"
	used_again 'absent, then started'
	has "$(<"$T/squall.log")" 'answers again'
}

nobody_there()
{
	KIND=$1 STORE_URL=$1://127.0.0.1:$(free_port)
	serve_notes
	ask_round
	commit
	ask_round
	say_times "$1 under an address where nobody is"
	no_problems
}

killed()
{
	serve "$1" tcp
	send_signal "$1" KILL
	ask_round
	commit
	ask_round
	# one for each renderer, not for each page
	(($(grep -c 'warn cache' "$T/squall.log") <= AT_ONCE))
	forget "$1"
	start_store "$1" tcp
	ask_round
	used_again 'killed, and started again'
}

restarted()
{
	serve "$1"
	send_signal "$1" KILL
	forget "$1"
	start_store "$1"
	commit
	ask_round
	used_again 'restarted between two requests'
	hasnt "$(<"$T/squall.log")" 'warn cache'
}

# closed_idle KIND OPTION...: connections that the store closed for being idle
# are opened again, and that is no failure.
closed_idle()
{
	serve "$1" tcp "${@:2}"
	case $1 in
	memcached) wait_for all_kicked ;;
	redis) (($(redis_ask CLIENT KILL TYPE normal) >= 1)) ;;
	esac
	ask_round
	is "$HITS" "$PAGES"
	no_problems
	hasnt "$(<"$T/squall.log")" 'warn cache'
}

# Who asks is there as well, and the listening socket counts.
all_kicked()
{
	(($(memcached_stat curr_connections) <= 2))
}

paused()
{
	LATE_MS=500 serve "$1"
	send_signal "$1" STOP
	ask_round
	commit
	ask_round
	send_signal "$1" CONT
	# the late replies are on their way now
	ask_round
	commit
	ask_round
	used_again paused
}

paused_again_and_again()
{
	local round

	LATE_MS=500 serve "$1" tcp
	for round in {1..4}; do
		send_signal "$1" STOP
		ask_round
		commit
		send_signal "$1" CONT
		ask_round
	done
	used_again 'paused again and again'
}

# no_backlog KIND OPTION...: no more than one connection waits to be accepted,
# and none ever is.
no_backlog()
{
	LATE_MS=500 serve "$1" unix "${@:2}"
	send_signal "$1" STOP
	for _ in {1..6}; do
		ask_round
	done
	send_signal "$1" CONT
	used_again 'paused, and nobody can connect'
}

flushed()
{
	serve "$1"
	for _ in 1 2 3; do
		flush_store
		ask_round
		is "$HITS" 0
		ask_round
	done
	used_again flushed
}

# more_notes: as many large ones that the store has no room for all.
more_notes()
{
	local i

	make_notes
	for i in {14..37}; do
		sqlite3 "$T/demo.db" "INSERT INTO notes
		    VALUES ($i, 'large', 0, hex(randomblob(80000)))"
		echo "$((++PAGES)) /demo/notes/$i" >>"$T/paths"
	done
}

# forgets KIND OPTION...: what was there makes room for what is new.
forgets()
{
	more_notes
	start_store "$1" unix "${@:2}"
	serve_notes
	for _ in {1..6}; do
		ask_round
	done
	((HITS < PAGES))
	wait_for some_hits
	say_times "$1 that forgets"
	no_problems
}

# full KIND OPTION...: it has room for a part, and forgets nothing for more.
full()
{
	more_notes
	start_store "$1" unix "${@:2}"
	serve_notes
	for _ in {1..4}; do
		ask_round
	done
	((HITS < PAGES))
	commit
	ask_round
	say_times "$1 that is full"
	no_problems
}

# connection_limit KIND OPTION...: fewer connections than renderers.
connection_limit()
{
	AT_ONCE=24
	start_store "$1" unix "${@:2}"
	serve_notes
	for _ in {1..3}; do
		ask_round
		commit
	done
	wait_for some_hits
	say_times "$1 at its limit of connections"
	no_problems
}

# size_limit KIND OPTION...: some pages are too large for it, but not for the
# memory of the workers.
size_limit()
{
	make_notes
	sqlite3 "$T/demo.db" "INSERT INTO notes
	    VALUES (14, 'huge', 0, hex(randomblob(1300000)))"
	echo "$((++PAGES)) /demo/notes/14" >>"$T/paths"
	start_store "$1" unix "${@:2}"
	serve_notes
	for _ in 1 2 3; do
		ask_round
	done
	wait_for some_hits
	((HITS < PAGES))
	say_times "$1 that takes no large pages"
	stop squall
	serve_notes --memory=64M
	wait_for hits_of_all_kinds
	# the small ones are other workers' as well
	stop squall
	serve_notes
	wait_for some_hits
	no_problems
}

hits_of_all_kinds()
{
	ask_round
	(($(grep -c 'hit; ' "$T/round") == PAGES)) &&
	    grep -q detail=memory "$T/round"
}

# What others put under squall's keys.
foreign_values()
{
	local key=squall::row:/demo/notes/1.json

	serve "$1"
	case $1 in
	memcached)
		is "$(memcached_ask "$(printf 'set %s 0 0 4\r\njunk' \
		    "$key")")" STORED
		;;
	redis)
		is "$(redis_ask SET "$key" junk)" OK
		is "$(redis_ask SET "${key/1./3.}" '')" OK
		redis_ask DEL "${key/1./5.}"
		is "$(redis_ask RPUSH "${key/1./5.}" a b)" 2
		;;
	esac
	ask_round
	((HITS >= PAGES - 3 && HITS < PAGES))
	used_again 'with values of others'
}

# serve_one KIND: one renderer, and a store that can be told to misbehave.
serve_one()
{
	make_db "$T/demo.db"
	start_hostile "$1"
	start_squall --workers=1 --threads=1 --memory=0 \
	    --cache-timeout=20000 --cache="$STORE_URL" "$T/demo.db"
	many_pages 0 9
}

# What it refuses is refused on the connection that there is, and logged once.
refused_once()
{
	local before

	serve_one "$1"
	before=$(hostile_count connections)
	hostile full
	many_pages 10 109
	is "$(hostile_count connections)" "$before"
	is "$(grep -c "$1 refuses what it is asked: " "$T/squall.log")" 1
	hasnt "$(<"$T/squall.log")" 'going on without it'
	hostile good
	many_pages 110 111
	(($(hostile_count sets) > 0))
}

# One that takes nothing is left alone, and tried now and then.
left_alone_if_read_only()
{
	local before

	serve_one "$1"
	before=$(hostile_count connections)
	hostile read-only
	many_pages 10 109
	(($(hostile_count connections) < before + 50))
	is "$(grep -c 'going on without it' "$T/squall.log")" 1
	hasnt "$(<"$T/squall.log")" 'answers again'
	hostile good
	wait_for answers_again 110 120
}

memory_goes_on()
{
	start_store "$1"
	make_db "$T/demo.db"
	start_squall --workers=1 --cache="$STORE_URL" "$T/demo.db"
	fcgi GET /demo/notes >"$T/out"
	send_signal "$1" STOP
	fcgi GET /demo/notes >"$T/out"
	has "$(<"$T/out")" 'detail=memory'
	# it is not even asked: that would take the whole timeout
	like "$(access_lines ' /demo/notes ' | tail -n 1)" \
	    ' [0-9]{1,7}us sql=0$'
}

@test "memcached: absent from the start, then started" {
	absent_then_started memcached
}

@test "redis: absent from the start, then started" {
	absent_then_started redis
}

@test "memcached: absent under an address where nobody answers" {
	nobody_there memcached
}

@test "redis: absent under an address where nobody answers" {
	nobody_there redis
}

@test "memcached: killed under load, and started again" {
	killed memcached
}

@test "redis: killed under load, and started again" {
	killed redis
}

@test "memcached: restarted between two requests" {
	restarted memcached
}

@test "redis: restarted between two requests" {
	restarted redis
}

@test "memcached: connections closed for being idle" {
	closed_idle memcached -o idle_timeout=1
}

@test "redis: connections closed for being idle" {
	closed_idle redis
}

@test "memcached: paused, and going on with late replies" {
	paused memcached
}

@test "redis: paused, and going on with late replies" {
	paused redis
}

@test "memcached: paused again and again" {
	paused_again_and_again memcached
}

@test "redis: paused again and again" {
	paused_again_and_again redis
}

@test "memcached: paused, and its backlog full" {
	no_backlog memcached -b 1
}

@test "redis: paused, and its backlog full" {
	no_backlog redis --tcp-backlog 1
}

@test "memcached: flushed" {
	flushed memcached
}

@test "redis: flushed" {
	flushed redis
}

@test "memcached: forgets what it has no room for" {
	forgets memcached -m 1 -I 512k
}

@test "redis: forgets what it has no room for" {
	forgets redis --maxmemory 2mb --maxmemory-policy allkeys-lru
}

@test "memcached: out of memory" {
	full memcached -M -m 1 -I 512k
}

@test "redis: out of memory, and with more" {
	full redis --maxmemory 2mb --maxmemory-policy noeviction
	is "$(redis_ask CONFIG SET maxmemory 0)" OK
	used_again 'with enough memory'
}

@test "memcached: refuses pages, which is logged once" {
	refused_once memcached
}

@test "redis: refuses pages, which is logged once" {
	refused_once redis
}

@test "memcached: can only be read" {
	left_alone_if_read_only memcached
}

@test "redis: can only be read" {
	left_alone_if_read_only redis
}

@test "memcached: the limit of connections reached" {
	connection_limit memcached -t 1 -c 16
}

@test "redis: the limit of connections reached" {
	connection_limit redis --maxclients 4
}

@test "memcached: pages that are larger than it takes" {
	size_limit memcached -I 512k
}

@test "redis: pages that are larger than it takes" {
	size_limit redis --proto-max-bulk-len 1mb
}

@test "memcached: what others put under squall's keys is no page" {
	foreign_values memcached
}

@test "redis: what others put under squall's keys is no page" {
	foreign_values redis
}

@test "memcached: memory goes on answering without it" {
	memory_goes_on memcached
}

@test "redis: memory goes on answering without it" {
	memory_goes_on redis
}

@test "redis: turned into a replica, and back" {
	serve redis
	is "$(redis_ask REPLICAOF 127.0.0.1 1)" OK
	commit
	ask_round
	ask_round
	is "$(redis_ask REPLICAOF NO ONE)" OK
	used_again 'that can only be read'
}

@test "redis: suddenly wants a password" {
	serve redis
	is "$(redis_ask CONFIG SET requirepass secret)" OK
	export REDISCLI_AUTH=secret
	redis_ask CLIENT KILL TYPE normal
	ask_round
	commit
	ask_round
	is "$(redis_ask CONFIG SET requirepass '')" OK
	used_again 'that wants a password'
}

@test "redis: busy with a script" {
	serve redis
	redis_ask CONFIG SET busy-reply-threshold 1
	redis_ask EVAL 'while true do end' 0 >"$T/script.log" 2>&1 3>&- &
	wait_for is_busy
	ask_round
	commit
	ask_round
	is "$(redis_ask SCRIPT KILL)" OK
	wait "$!" || :
	used_again 'busy with a script'
}

is_busy()
{
	[[ $(redis_ask PING 2>&1) == BUSY* ]]
}
