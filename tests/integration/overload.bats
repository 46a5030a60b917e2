#!/usr/bin/env bats
# More misses than can be rendered: hits go on, what waits too long or too far
# back is refused at once, and what nobody waits for is not made.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases

# serve [OPTION]...: one renderer, which the locked database keeps.
serve()
{
	make_db "$T/demo.db"
	make_db "$T/other.db"
	start_squall --workers=1 --threads=1 --time-limit=600000 "$@" \
	    "$T/demo.db" "$T/other.db"
	# the renderer has opened both
	fcgi GET /demo/notes/3 >"$T/out"
	fcgi GET /other/notes/3 >"$T/out"
}

# ask NAME PATH: in the background; the reply is in $T/NAME.
ask()
{
	fcgi GET "$2" >"$T/$1" 3>&- &
	CLIENTS+=("$!")
}

# waiting COUNT: so many requests have come, and no reply has gone.
waiting()
{
	(($(connections) == $1))
}

# answered NAME...
answered()
{
	local name

	for name; do
		[[ -s $T/$name ]] || return 1
	done
}

# occupied: the only renderer is at work, and two more pages wait.
occupied()
{
	CLIENTS=()
	lock_db "$T/demo.db"
	ask busy /demo/notes
	wait_for waiting 1
	ask first /other/notes/1
	wait_for waiting 2
	ask second /other/notes/2
	wait_for waiting 3
}

refused()
{
	has "$(<"$T/$1")" 'Status: 503'
	has "$(<"$T/$1")" 'Retry-After: 5'
	has "$(<"$T/$1")" 'busy'
}

@test "a full queue: 503 at once, and hits as ever" {
	serve --queue=2
	occupied
	fcgi GET /other/notes >"$T/third"
	refused third
	fcgi GET /demo/notes/3 >"$T/out"
	has "$(<"$T/out")" 'hit; '
	unlock_db
	wait "${CLIENTS[@]}"
	has "$(<"$T/busy")" 'Status: 200'
	has "$(<"$T/first")" 'Status: 200'
	has "$(<"$T/second")" 'Status: 200'
	fcgi GET /other/notes >"$T/third"
	has "$(<"$T/third")" 'Status: 200'
}

@test "who waits too long gets a 503 within the wait" {
	serve --queue-wait=3000
	occupied
	wait_for answered first second
	refused first
	refused second
	[[ ! -s $T/busy ]]
	# by squall's own clock
	wait_for has_access_lines ' /other/notes/2 503 ' 1
	like "$(access_lines ' /other/notes/2 503 ')" ' [0-9]{0,7}us '
	unlock_db
	wait "${CLIENTS[@]}"
	has "$(<"$T/busy")" 'Status: 200'
}

@test "an older page stands in, if there is one" {
	serve --queue=1
	fcgi GET /other/notes/1 >"$T/out"
	sqlite3 "$T/other.db" "UPDATE notes SET title = 'new' WHERE id = 1"
	CLIENTS=()
	lock_db "$T/demo.db"
	ask busy /demo/notes
	wait_for waiting 1
	ask first /other/notes/2
	wait_for waiting 2
	fcgi GET /other/notes/1 >"$T/out"
	has "$(<"$T/out")" 'Status: 200'
	has "$(<"$T/out")" 'detail=stale-if-error'
	has "$(<"$T/out")" first
	unlock_db
	wait "${CLIENTS[@]}"
	fcgi GET /other/notes/1 >"$T/out"
	has "$(<"$T/out")" new
}

@test "what nobody waits for any more is not rendered" {
	serve
	occupied
	pkill -P "${CLIENTS[1]}"
	wait_for waiting 2
	unlock_db
	wait "${CLIENTS[0]}" "${CLIENTS[2]}"
	has "$(<"$T/second")" 'Status: 200'
	# that one would have been kept
	fcgi GET /other/notes/1 >"$T/out"
	has "$(<"$T/out")" 'fwd=uri-miss; stored'
}
