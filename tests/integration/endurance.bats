#!/usr/bin/env bats
# The pool under load for ENDURANCE_S seconds a test: `make soak` takes longer.
# No request may fail, and nothing may grow.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/load

S=${ENDURANCE_S:-6}

# serve [KEY=VALUE]...: two workers behind nginx, hits and misses for S seconds,
# or more, and somebody who writes meanwhile.
serve()
{
	make_db "$T/demo.db"
	# nobody waits for a commit, nor for a machine that has much else to do
	sqlite3 "$T/demo.db" 'PRAGMA journal_mode = WAL' >"$T/out"
	printf '%s\n' workers=2 time-limit=20000 queue-wait=20000 access-log-file="$T/access" \
	    log-file="$T/events" "$@" '[database demo]' "file = $T/demo.db" \
	    >"$T/squall.ini"
	start_squall --config="$T/squall.ini"
	sed "/listen 80;/a access_log $T/nginx-access upstream if=\$failed;" \
	    "$ROOT/deploy/nginx.conf" >"$T/conf" # what to look at, should any fail
	# shellcheck disable=SC2016
	sed -i '1i log_format upstream "$status $upstream_status $request_time $upstream_response_time $request"; map $status $failed { ~^2 0; default 1; }' \
	    "$T/conf"
	start_nginx "$T/conf"
	cat >"$T/misses.lua" <<-'LUA'
		local n = 0
		request = function()
			n = n + 1
			return wrk.format("GET", "/demo/notes?_size=" .. n % 90 + 1)
		end
	LUA
	# shellcheck disable=SC2016
	start write bash -c 'while sleep 0.1; do
	    sqlite3 -cmd ".timeout 60000" "$1" \
		"UPDATE notes SET body = body + 1 WHERE id = 1"
	    done' - "$T/demo.db"
	END_S=$((SECONDS + S))
	start_wrk hits 36000 8 /demo/notes/2
	CLIENTS=("$WRK")
	start_wrk misses 36000 8 / -s "$T/misses.lua"
	CLIENTS+=("$WRK")
}

# go_on: is there time left?
go_on()
{
	((SECONDS < END_S))
}

# nobody_failed: ends the load, which went well.
nobody_failed()
{
	kill -INT "${CLIENTS[@]}"
	wait "${CLIENTS[@]}" || return
	wrk_had_no_errors hits && wrk_had_no_errors misses && return
	echo 'what squall and nginx say of it:'
	grep -hE ' 5[0-9]{2} [0-9]+ ' "$T"/access* | tail -n 20
	grep -hE ' (warn|error) ' "$T"/events* | grep -v 'signal 9' | tail -n 40
	grep -hE ' 50[0-9] ' "$T/nginx-access" | tail -n 20
	return 1
}

# events TEXT: how many lines of the log have it.
events()
{
	grep -c -- "$1" "$T/events" || :
}

has_events()
{
	(($(events "$1") >= $2))
}

reload()
{
	local before

	before=$(events 'master.*: reloaded$')
	send_signal squall HUP
	WAIT_S=60 wait_for has_events 'master.*: reloaded$' $((before + 1))
}

kill_one()
{
	local victim

	victim=$(workers | shuf -n 1)
	kill -KILL "$victim" 2>/dev/null || : # it may just have ended
	wait_for is_replaced "$victim"
}

is_replaced()
{
	! workers | grep -qx "$1" && (($(workers | wc -l) >= 2))
}

rotate()
{
	mv "$T/access" "$T/access.$1"
	mv "$T/events" "$T/events.$1"
	send_signal squall USR1
	wait_for test -e "$T/events"
}

@test "reloads, kills, recycling and log rotation in turn: no request fails" {
	local n=0 before after recycled

	serve max-requests=3000
	reload
	read -r _ _ before < <(memory "$(pid_of squall)")
	while ((n == 0)) || go_on; do
		reload
		kill_one
		rotate "$n"
		n=$((n + 1))
	done
	nobody_failed
	read -r _ _ after < <(memory "$(pid_of squall)")
	say "$S s: $n reloads, kills and rotations;" \
	    "$(wrk_requests hits) and $(wrk_requests misses) requests," \
	    "none failed; the master's memory $before KB, then $after KB"
	((n > 0))
	((after < before + 256))
}

@test "two workers under load: their memory does not grow" {
	local before after pids

	serve memory=4M # which is full soon
	pids=$(workers)
	sleep $((S / 2)) # until there is all that is to be there
	# shellcheck disable=SC2086
	read -r _ _ before < <(memory $pids)
	sleep $((S / 2))
	nobody_failed
	# shellcheck disable=SC2086
	read -r _ _ after < <(memory $pids)
	say "$S s: $(wrk_requests hits) and $(wrk_requests misses) requests;" \
	    "the workers' memory after half of it $before KB, then $after KB"
	is "$(workers)" "$pids"
	((after < before + before / 4 + 1024))
}
