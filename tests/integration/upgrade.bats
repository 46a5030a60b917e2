#!/usr/bin/env bats
# SIGUSR2: the process goes on with the program as it is on disk now, and no
# request is lost; a program that fails changes nothing.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/pool
load helpers/stores

setup()
{
	begin_test
	mkdir "$T/bin"
	PROGRAM=$SQUALL
	SQUALL=$T/bin/squall
	install "$PROGRAM"
}

# install FILE: as the program on disk, from one moment to the next.
install()
{
	cp "$1" "$T/bin/new"
	chmod 755 "$T/bin/new"
	mv "$T/bin/new" "$T/bin/squall"
}

# Is the process's program the one on disk?
is_new()
{
	[[ $(readlink "/proc/$1/exe") == "$T/bin/squall" ]]
}

# The master and all of the workers, so many, are of the program on disk.
all_are_new()
{
	local pid n=0

	get /demo/notes
	is_new "$(pid_of squall)" || return
	for pid in $(workers); do
		is_new "$pid" || return
		n=$((n + 1))
	done
	((n == $1))
}

upgrade()
{
	install "$PROGRAM"
	send_signal squall USR2
	wait_for all_are_new 2
}

# call_off FILE: SIGUSR2 with a file as the program, which fails.
call_off()
{
	local before

	before=$(grep -c 'the new program failed' "$T/squall.log") || :
	install "$1"
	send_signal squall USR2
	wait_for logged 'the new program failed; going on as before' \
	    $((before + 1))
}

@test "SIGUSR2: the same process goes on with another program" {
	local before master

	serve
	before=$(workers | sort | paste -sd ' ')
	master=$(pid_of squall)
	# Linux's name for a program that has been replaced on disk
	install "$PROGRAM"
	is "$(readlink "/proc/$master/exe")" "$T/bin/squall (deleted)"
	upgrade
	is "$(pid_of squall)" "$master"
	is_running squall
	[[ -S $T/squall.sock ]]
	hasnt "$(workers | sort | paste -sd ' ')" "${before%% *}"
	hasnt "$(workers | sort | paste -sd ' ')" "${before##* }"
	get /demo/notes
	is "$STATUS" 200
	# what it is asked for by signals works as before
	send_signal squall HUP
	wait_for logged ': reloaded$'
	stop squall
	[[ ! -e $T/squall.sock ]]
}

@test "SIGUSR2: pages that the old program has put into the store are its own" {
	local asset kind uri

	for kind in memcached redis; do
		install "$PROGRAM"
		start_store "$kind"
		serve memory=0 cache="$STORE_URL" cache-timeout=20000
		get /
		asset=$(grep -oE '/-/static/style[^"]+' <<<"$BODY")
		for uri in / /demo/notes/1.json "$asset"; do
			wait_for hits "$uri"
		done
		another_build "$PROGRAM" "$T/other"
		PROGRAM=$T/other upgrade
		for uri in / /demo/notes/1.json "$asset"; do
			get "$uri"
			is "$STATUS" 200
			like "$(cache_status)" 'fwd=(stale|uri-miss)'
			wait_for hits "$uri"
		done
		stop squall
		rm "$T/squall.log"
	done
}

# hits URI: it is the store's.
hits()
{
	get "$1"
	like "$(cache_status)" "; hit; ttl=[0-9]+; detail=$KIND\$"
}

@test "a file of another program's is answered with the present one, for now" {
	local asset bytes other present

	serve
	for asset in style script; do
		get /-/status
		present=$(grep -oE "/-/static/${asset}[^\"]+" <<<"$BODY")
		get "$present"
		is "$STATUS" 200
		is "$(header Cache-Control)" \
		    'public, max-age=31536000, immutable'
		bytes=$(sha256sum <"$T/body")
		for other in 1 4294967295; do
			other=${present%-*}-$other.${present##*.}
			get "$other"
			is "$STATUS" 200
			is "$(header Cache-Control)" no-cache
			is "$(sha256sum <"$T/body")" "$bytes"
			get -H "If-None-Match: $(header ETag)" "$other"
			is "$STATUS" 304
			is "$(header Cache-Control)" no-cache
		done
		for other in '' 12345678901 1a -1; do
			get "${present%-*}-$other.${present##*.}"
			is "$STATUS" 404
		done
		get "${present%.*}.map"
		is "$STATUS" 404
	done
}

@test "SIGUSR2 under load: no request is lost" {
	serve
	under_load 5 upgrade
	logged 'trying the new program' 5
}

@test "a program that fails changes nothing" {
	local before

	serve
	before=$(workers | sort | paste -sd ' ')
	call_off /bin/false
	call_off /bin/true
	echo 'no program' >"$T/nothing"
	call_off "$T/nothing"
	printf '#!/bin/sh\necho "squall: quite another" >&2\nexit 1\n' \
	    >"$T/script"
	call_off "$T/script"
	has "$(<"$T/squall.log")" 'squall: quite another'
	rm "$T/bin/squall"
	send_signal squall USR2
	wait_for logged 'the new program failed' 5
	has "$(<"$T/squall.log")" "$T/bin/squall can't be executed: No such file"
	workers_are "$before"
	get /demo/notes
	is "$STATUS" 200
	upgrade
}

@test "a configuration that the new program does not take changes nothing" {
	local before

	serve log-file="$T/events"
	before=$(workers | sort | paste -sd ' ')
	configure log-file="$T/events" memory=lots
	send_signal squall USR2
	wait_for grep -q 'going on as before' "$T/events"
	# and stands in the log, though it could not yet be read where that is
	has "$(<"$T/events")" 'squall.ini:4: memory: expected a size'
	workers_are "$before"
	get /demo/notes
	is "$STATUS" 200
	configure log-file="$T/events"
	upgrade
}

@test "a socket that squall was started with is handed on" {
	make_db "$T/demo.db"
	start squall spawn-fcgi -n -M 0666 -s "$T/squall.sock" -- "$SQUALL" \
	    --workers=2 "$T/demo.db"
	SQUALL_ADDRESS=unix:$T/squall.sock
	export SQUALL_ADDRESS
	wait_for squall_answers
	start_nginx
	upgrade
	upgrade
	get /demo/notes
	is "$STATUS" 200
}

@test "SIGUSR2 while it reloads, SIGHUP while a program is tried" {
	serve
	install "$PROGRAM"
	send_signal squall HUP
	send_signal squall USR2
	wait_for all_are_new 2
	install "$PROGRAM"
	send_signal squall USR2
	send_signal squall HUP
	wait_for logged 'the new program has taken over' 2
	wait_for all_are_new 2
	get /demo/notes
	is "$STATUS" 200
}

@test "without workers there is nothing to go on meanwhile" {
	make_db "$T/demo.db"
	start_squall --workers=0 "$T/demo.db"
	send_signal squall USR2
	wait_for logged 'SIGUSR2 is for a squall with workers'
	is_running squall
}
