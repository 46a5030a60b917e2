#!/usr/bin/env bats
# How much it bears, in figures: latencies while the renderers have more than
# they can do, and memory with thousands of connections.  Sanitizers would
# measure themselves.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/load

# more_descriptors: for the 2,000 clients; squall has to do with what there is.
more_descriptors()
{
	local limit

	limit=$(ulimit -Hn)
	[[ $limit == unlimited ]] || ((limit < 8192)) || limit=8192
	ulimit -n "$limit"
}

@test "2,000 clients through nginx and 500 kept connections: memory" {
	local pss rss

	more_descriptors
	start_squall --workers=2 --access-log=off "$ATLAS"
	start_nginx
	read -r pss rss _ < <(memory)
	say "at the start: PSS $((pss / 1024)) MB, RSS $((rss / 1024)) MB"
	# shellcheck disable=SC2046
	press kept 500 3600 keep $(printf '/atlas/places?_size=%d\n' {1..100})
	start_wrk clients 3600 2000 /atlas/places
	wait_for has_connections 501 # the kept ones, and some of nginx's
	wait_for has_had 20000
	end_wrk
	read -r pss rss _ < <(memory)
	pressed
	say "with 2,000 clients, 500 connections kept and 100 pages of the atlas:" \
	    "PSS $((pss / 1024)) MB, RSS $((rss / 1024)) MB;" \
	    "$(wrk_requests clients) requests through nginx," \
	    "$(figure kept answered) on kept connections"
	wrk_had_no_errors clients
	is "$(figure kept broken)" 0
	is "$(figure kept failed)" 0
	is "$(figure kept refused)" 0
	is "$(figure kept unread)" 0
	((pss < 40 * 1024))
}

is_larger()
{
	local pss

	read -r pss _ < <(memory)
	((pss > $1))
}

is_smaller()
{
	local pss

	read -r pss _ < <(memory)
	((pss < $1))
}

@test "renderers with nothing to do give back what SQLite kept" {
	local before after

	start_squall --workers=1 --threads=4 --memory=1M "$ATLAS"
	read -r before _ < <(memory)
	# shellcheck disable=SC2046
	press pages 8 3600 keep $(printf '/atlas/places?_size=%d\n' {1..100})
	wait_for is_larger $((before + 6144))
	read -r before _ < <(memory)
	pressed
	is "$(figure pages failed)" 0
	wait_for is_smaller $((before - 3072))
	read -r after _ < <(memory)
	say "PSS after many pages: $((before / 1024)) MB," \
	    "at rest: $((after / 1024)) MB"
	has "$(fcgi GET '/atlas/places?_size=7')" 'Status: 200'
}


@test "hits do not wait for renderers that are busy" {
	make_db "$T/demo.db"
	start_squall --workers=2 --threads=4 --access-log=off --time-limit=1000 \
	    "$T/demo.db"
	start_nginx
	get /demo/notes
	start_wrk warm 1 4 /demo/notes
	wait "$WRK"
	start_wrk idle 3 4 /demo/notes
	wait "$WRK"
	# each page takes a second, which a lock keeps it waiting
	lock_db "$T/demo.db"
	# shellcheck disable=SC2046
	press misses 16 3600 keep $(misses)
	wait_for logged 'notes?_size=.*503'
	start_wrk busy 3 4 /demo/notes
	wait "$WRK"
	pressed
	unlock_db
	say "hits, renderers idle: p50 $(wrk_us idle 50) us," \
	    "p99 $(wrk_us idle 99) us, $(wrk_requests idle) requests;" \
	    "8 renderers busy: p50 $(wrk_us busy 50) us," \
	    "p99 $(wrk_us busy 99) us, $(wrk_requests busy) requests"
	wrk_had_no_errors idle
	wrk_had_no_errors busy
	# the renderers were at it all the time, for a second at a page
	(($(figure misses answered) >= 8))
	is "$(figure misses answered)" "$(figure misses failed)"
	# and hits were the more by far
	(($(wrk_requests busy) > 3 * $(figure misses answered)))
}

logged()
{
	grep -q -- "$1" "$T/squall.log"
}
