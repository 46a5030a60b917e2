#!/usr/bin/env bats
# What only Redis has: databases, passwords, users.  What every store has to do
# is in stores.bats.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/stores

# serve URL [OPTION]...: without a memory tier, so every request asks redis.
serve()
{
	[[ -e $T/demo.db ]] || make_db "$T/demo.db"
	start_squall --workers=1 --memory=0 --cache-timeout=20000 \
	    --cache="$1" "${@:2}" "$T/demo.db"
}

# is_used: does a second request come from redis?
is_used()
{
	fcgi GET /demo/notes >"$T/out"
	fcgi GET /demo/notes >"$T/out"
	[[ $(<"$T/out") == *'Status: 200'*'; hit; '*detail=redis* ]]
}

# is_not_used: pages come, but not from redis.
is_not_used()
{
	fcgi GET /demo/notes >"$T/out"
	fcgi GET /demo/notes >"$T/out"
	has "$(<"$T/out")" 'Status: 200'
	has "$(<"$T/out")" 'fwd=uri-miss'
}

# keys_of DB: how many keys there are in a database of redis.
keys_of()
{
	redis_ask -n "$1" DBSIZE
}

@test "a database of redis, over TCP and over a unix socket" {
	start_redis tcp
	serve "$REDIS_URL/3"
	is_used
	is "$(keys_of 0)" 0
	(($(keys_of 3) > 0))
	stop squall
	forget redis
	start_redis unix
	serve "$REDIS_URL?db=5"
	is_used
	is "$(keys_of 0)" 0
	(($(keys_of 5) > 0))
}

@test "a database of redis that there is not" {
	start_redis
	serve "$REDIS_URL?db=99"
	is_not_used
	has "$(<"$T/squall.log")" 'redis: ERR DB index is out of range'
}

@test "pages expire in redis to the millisecond, and leases soon" {
	local key ms

	start_redis
	serve "$REDIS_URL"
	is_used
	for key in $(redis_ask KEYS 'squall:*'); do
		ms=$(redis_ask PTTL "$key")
		((ms > 500000 && ms <= 600000))
	done
	for key in $(redis_ask KEYS 'squall-lease:*'); do
		ms=$(redis_ask PTTL "$key")
		((ms <= 1000))
	done
}

@test "a password from a file" {
	start_redis unix --requirepass 'not easy'
	echo 'not easy' >"$T/password"
	serve "$REDIS_URL" --cache-password-file="$T/password"
	is_used
	# nobody sees it
	hasnt "$(tr '\0' ' ' <"/proc/$(pid_of squall)/cmdline")" 'not easy'
}

@test "a password from the environment, and one from a configuration file" {
	start_redis unix --requirepass secret
	SQUALL_CACHE_PASSWORD=secret serve "$REDIS_URL"
	is_used
	stop squall
	echo secret >"$T/password"
	printf '%s\n' "cache = $REDIS_URL" \
	    "cache-password-file = $T/password" >"$T/squall.ini"
	serve "$REDIS_URL" --config="$T/squall.ini"
	is_used
}

@test "no password, or a wrong one: pages come, and the log says why" {
	start_redis unix --requirepass secret
	serve "$REDIS_URL"
	is_not_used
	has "$(<"$T/squall.log")" 'redis: NOAUTH Authentication required'
	stop squall
	: >"$T/squall.log"
	SQUALL_CACHE_PASSWORD=wrong serve "$REDIS_URL"
	is_not_used
	has "$(<"$T/squall.log")" 'redis: WRONGPASS'
	hasnt "$(<"$T/squall.log")" ' wrong'
}

@test "a user of redis" {
	start_redis tcp
	redis_ask ACL SETUSER web on '>secret' '~squall*' +get +set +del
	SQUALL_CACHE_PASSWORD=secret serve "redis://web@127.0.0.1:$REDIS"
	is_used
	stop squall
	# one who may not write
	redis_ask ACL SETUSER reader on '>secret' '~*' +get
	: >"$T/squall.log"
	redis_ask FLUSHALL
	SQUALL_CACHE_PASSWORD=secret serve "redis://reader@127.0.0.1:$REDIS"
	is_not_used
	has "$(<"$T/squall.log")" 'NOPERM'
}

# store_counts NAME...: from /-/status.json.
store_counts()
{
	local name names=

	for name; do
		names+=", .store.$name"
	done
	fcgi GET /-/status.json | sed '1,/^\r$/d' | jq -c "[${names#, }]"
}

# clients: how many redis has had, this question's own included.
clients()
{
	redis_ask INFO stats | tr -d '\r' |
	    sed -n 's/^total_connections_received://p'
}

# refuses REASON: 200 pages that redis does not take are 200 pages, on the
# connection that there is, and the log says why, once.
refuses()
{
	local before

	fcgi GET /demo >"$T/out"
	before=$(clients)
	many_pages 1 100
	many_pages 101 200
	is "$(clients)" $((before + 1))
	is "$(grep -c 'redis refuses' "$T/squall.log")" 1
	has "$(grep 'redis refuses' "$T/squall.log")" "$1"
	like "$(store_counts refused errors breaker_opened)" \
	    '^\[[2-9][0-9]{2},0,0\]$'
	like "$(fcgi GET /-/metrics)" 'squall_store_refused_total [2-9][0-9]{2}'
	has "$(fcgi GET /-/status)" '>Refused</th>'
}

@test "a SET under another name: logged once, and the connection stays" {
	start_redis unix --rename-command SET ''
	serve "$REDIS_URL" --threads=1
	refuses "ERR unknown command 'SET'"
}

@test "a GET under another name, likewise" {
	start_redis unix --rename-command GET ''
	serve "$REDIS_URL" --threads=1
	refuses "ERR unknown command 'GET'"
}

@test "a user who may not SET, until that changes" {
	start_redis tcp
	redis_ask ACL SETUSER web on '>secret' '~squall*' +get +del
	SQUALL_CACHE_PASSWORD=secret serve "redis://web@127.0.0.1:$REDIS" \
	    --threads=1
	refuses 'NOPERM '
	redis_ask ACL SETUSER web +set
	is_used
	# another reason is told at once
	redis_ask ACL SETUSER web -set
	redis_ask CONFIG SET maxmemory 1
	redis_ask ACL SETUSER web +set
	many_pages 201 203
	is "$(grep -c 'redis refuses' "$T/squall.log")" 2
	has "$(tail -n 1 <(grep 'redis refuses' "$T/squall.log"))" 'OOM '
}

@test "a user who may not have squall's keys" {
	start_redis tcp
	redis_ask ACL SETUSER web on '>secret' '~other*' +get +set +del
	SQUALL_CACHE_PASSWORD=secret serve "redis://web@127.0.0.1:$REDIS" \
	    --threads=1
	refuses 'NOPERM '
}

@test "no room and no eviction" {
	start_redis unix --maxmemory 1 --maxmemory-policy noeviction
	serve "$REDIS_URL" --threads=1
	refuses 'OOM '
}

# fails REASON: redis is left, and left alone for a while; the log says so
# once, and the status as long as it is so.
fails()
{
	local before

	fcgi GET '/demo/notes?_size=999' >"$T/out"
	before=$(clients)
	many_pages 1 100
	# now and then it is tried
	(($(clients) < before + 50))
	is "$(grep -c 'redis: .*going on without it' "$T/squall.log")" 1
	has "$(grep 'going on without it' "$T/squall.log")" "redis: $1"
	like "$(store_counts breakers_open breaker_opened refused)" \
	    '^\[1,1,0\]$'
	hasnt "$(<"$T/squall.log")" 'answers again'
}

@test "a master that becomes a replica is left, until it is a master again" {
	start_redis
	serve "$REDIS_URL" --threads=1
	is_used
	redis_ask REPLICAOF 127.0.0.1 1
	fails READONLY
	redis_ask REPLICAOF NO ONE
	wait_for answers_again 1 5
	is_used
}

@test "another master under the same address" {
	start_redis
	ln -s "$REDIS" "$T/master.sock"
	serve "redis:$T/master.sock" --threads=1
	is_used
	redis_ask REPLICAOF 127.0.0.1 1
	start redis2 redis-server --port 0 --unixsocket "$T/redis2.sock" \
	    --dir "$T" --save ''
	REDIS=$T/redis2.sock
	wait_for redis_answers
	ln -sfn "$REDIS" "$T/master.sock"
	wait_for answers_again 1 5
	is_used
	(($(keys_of 0) > 0))
	has "$(<"$T/squall.log")" 'redis: READONLY'
}

@test "a replica without its master" {
	start_redis unix --replica-serve-stale-data no
	serve "$REDIS_URL" --threads=1
	is_used
	redis_ask REPLICAOF 127.0.0.1 1
	fails MASTERDOWN
}

@test "a cluster's node that is not its keys'" {
	start_redis unix --cluster-enabled yes
	serve "$REDIS_URL" --threads=1
	fails CLUSTERDOWN
}

@test "a password where none belongs" {
	make_db "$T/demo.db"
	run "$SQUALL" --cache=redis://:secret@localhost "$T/demo.db"
	is "$status" 2
	has "$output" '--cache-password-file'
	hasnt "$output" secret
	echo secret >"$T/password"
	run "$SQUALL" --cache=none --cache-password-file="$T/password" \
	    "$T/demo.db"
	is "$status" 2
	has "$output" 'a password is for redis'
	run "$SQUALL" --cache=redis://localhost \
	    --cache-password-file="$T/nothing" "$T/demo.db"
	is "$status" 2
	has "$output" "$T/nothing: No such file"
}
