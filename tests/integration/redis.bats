#!/usr/bin/env bats
# What only Redis has: databases, passwords, users.  What every store has to do
# is in stores.bats.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases

# serve URL [OPTION]...: without a memory tier, so every request asks redis.
serve()
{
	[[ -e $T/demo.db ]] || make_db "$T/demo.db"
	start_squall --workers=1 --memory=0 --cache="$1" "${@:2}" "$T/demo.db"
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
