#!/usr/bin/env bats
# The system's clock is set back or forward while squall runs: pages live for as
# long as they should, and nothing hangs or spins.  libfaketime stands between
# squall and the clock, the steady one excepted.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page

# set_clock OFFSET: by so many seconds, +N or -N, from what it really is.
set_clock()
{
	echo "$1" >"$T/clock.new"
	mv "$T/clock.new" "$T/clock"
}

# serve [OPTION]...: squall, with a clock that can be set.
serve()
{
	local library

	library=$(dpkg -L libfaketime | grep '/libfaketimeMT\.so')
	[[ -e $T/demo.db ]] || make_db "$T/demo.db"
	set_clock +0
	start squall env LD_PRELOAD="$library" NO_FAKE_STAT=1 \
	    FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1 \
	    FAKETIME_NO_CACHE=1 FAKETIME_TIMESTAMP_FILE="$T/clock" \
	    "$SQUALL" --listen="unix:$T/squall.sock" --workers=1 "$@" \
	    "$T/demo.db"
	wait_for squall_answers
}

# logged_ahead: the last line of the log is of so many seconds from now, more or
# less.
logged_ahead()
{
	local at

	page GET /demo/notes/2
	at=$(date -d "$(tail -n 1 "$T/squall.log" | cut -d ' ' -f 1)" +%s)
	((at - EPOCHSECONDS > $1 - 60 && at - EPOCHSECONDS < $1 + 60))
}

hit()
{
	page GET "$1"
	is "$STATUS" 200
	has "$HEADERS" 'squall; hit'
}

missed()
{
	page GET "$1"
	is "$STATUS" 200
	has "$HEADERS" 'squall; fwd='
}

@test "the clock is set back an hour: a page expires when it should" {
	serve --ttl=3
	missed /demo/notes
	set_clock -3600
	wait_for logged_ahead -3600
	wait_for missed /demo/notes
}

@test "the clock is set forward an hour: nothing is the worse for it" {
	serve --ttl=600
	missed /demo/notes
	set_clock +3600
	wait_for logged_ahead 3600
	hit /demo/notes
	# and back: what was made meanwhile lives no longer
	missed /demo/notes/1
	set_clock +0
	wait_for logged_ahead 0
	hit /demo/notes/1
}

@test "the clock is set back: --fresh=2 is two seconds all the same" {
	serve --fresh=2
	missed /demo/notes/1
	set_clock -3600
	wait_for logged_ahead -3600
	sqlite3 "$T/demo.db" "UPDATE notes SET title = 'new' WHERE id = 1"
	sleep 2.5 # of the time that it may be behind
	page GET /demo/notes/1
	has "$BODY" new
}

@test "the clock is set back: a page stands in for errors no longer than it may" {
	serve --stale-if-error=2
	missed /demo/notes
	set_clock -3600
	wait_for logged_ahead -3600
	mv "$T/demo.db" "$T/gone.db"
	sleep 2.5 # of the time that it may stand in
	page GET /demo/notes
	is "$STATUS" 503
	mv "$T/gone.db" "$T/demo.db"
	set_clock +0
	wait_for shows_notes
}

shows_notes()
{
	page GET /demo/notes
	is "$STATUS" 200
}

@test "the clock is set back: a page in a store does not outlive its time" {
	start_memcached
	serve --memory=0 --ttl=600 --cache="$MEMCACHED_URL"
	missed /demo/notes
	hit /demo/notes
	set_clock -3600
	wait_for logged_ahead -3600
	# made in an hour, it seems: nobody knows how old it is
	missed /demo/notes
	hit /demo/notes
	set_clock +0
	wait_for logged_ahead 0
	missed /demo/notes
	hit /demo/notes
}

# cpu_ticks: of all processes.
cpu_ticks()
{
	local pid

	for pid in $(pid_of squall) $(workers); do
		cat "/proc/$pid/stat"
	done | awk '{ sub(/^.*\) /, ""); n += $12 + $13 } END { print n }'
}

@test "the clock is set to and fro: nothing spins, no worker is replaced" {
	local worker before offset

	serve
	worker=$(workers)
	for offset in -3600 +86400 -86400 +3600 +0; do
		set_clock "$offset"
		wait_for logged_ahead "$offset"
		page GET /demo
		is "$STATUS" 200
	done
	before=$(cpu_ticks)
	sleep 2 # of nothing to do
	(($(cpu_ticks) - before < $(getconf CLK_TCK) / 2))
	is "$(workers)" "$worker"
	stop squall
	hasnt "$(<"$T/squall.log")" error
}
