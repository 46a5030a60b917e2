# shellcheck shell=bash disable=SC2034,SC2119,SC2120
# A store that misbehaves in every way one could think of: pages come, soon, all
# of them right, and the store is used again once it has come to its senses.

# warm: the store has all pages, and of each an older one, which it remembers.
warm()
{
	wait_for all_hits
	commit
	wait_for all_hits
	no_problems
}

# bad_times [TIMES]: rounds and commits until the misbehaviour has been met that
# often.  Who fails is left alone for a while, which is why that takes time.
bad_times()
{
	local round

	for round in {1..100}; do
		((round % 2)) || commit
		ask_round
		if [[ -s $T/problems ]] ||
		    ((round > 2 && $(hostile_count spoilt) >= ${1-6})); then
			return
		fi
	done
	fail "met only $(hostile_count spoilt) times"
}

# recovers: it is good again, and soon each page is the store's.  Nor does
# squall find at its end that its memory has been spoilt.
recovers()
{
	hostile good
	wait_for all_hits
	no_problems
	stop squall
	hasnt "$(<"$T/squall.log")" 'by signal'
}

# misbehaves KIND MODE [NUMBER]
misbehaves()
{
	# lengths that can't be are for squall to survive
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:allocator_may_return_null=1
	start_hostile "$1"
	# many replies that are wrong are too late as well, or never complete
	serve_notes --cache-timeout=500
	warm
	: >"$T/times"
	hostile "${@:2}"
	bad_times
	say_times "$*"
	recovers
}

# slow_but_used KIND: what is late by less than --cache-timeout is a hit, although
# it is late by more than the timeout is unless one is set.
slow_but_used()
{
	start_hostile "$1"
	serve_notes
	warm
	hostile late 150
	wait_for all_hits
	say_times "$1 late 150"
	no_problems
}

is_over()
{
	((${EPOCHREALTIME/[.,]/} > $1))
}

# expires_all_the_same KIND: squall itself looks when a page has expired.
expires_all_the_same()
{
	local due

	start_hostile "$1"
	serve_notes --ttl=2
	hostile immortal
	ask_round
	# a store counts in seconds, and may round them up
	due=$((${EPOCHREALTIME/[.,]/} + 4000000))
	wait_for is_over "$due"
	ask_round
	is "$HITS" 0
	(($(hostile_count spoilt) > 0))
	no_problems
}

# lease_taken KIND: somebody else has the lease of every page, and never makes
# one: they are waited for, but not for ever.
lease_taken()
{
	make_notes
	sed -i '9,$d' "$T/paths"
	PAGES=8
	start_hostile "$1"
	serve_notes --queue-wait=1500
	warm
	commit
	hostile leased
	: >"$T/times"
	ask_round
	say_times "$1 leased"
	(($(hostile_count spoilt) >= PAGES))
	recovers
}

# all_in_turn KIND MODE...: in the life of one squall, from its first request,
# and over TCP.
all_in_turn()
{
	local mode

	export ASAN_OPTIONS=${ASAN_OPTIONS-}:allocator_may_return_null=1
	start_hostile "$1" tcp
	hostile silent
	serve_notes --cache-timeout=500
	ask_round
	for mode in "${@:2}"; do
		hostile good
		wait_for some_hits
		hostile "$mode"
		ask_round
		commit
		ask_round
		[[ ! -s $T/problems ]] || fail "$mode: $(head "$T/problems")"
	done
	say_times "$1, all in turn"
	recovers
}

ALL=(late dribble silent half other-value old flip negative garbage wrong-kind
    doubled shifted swapped full read-only)
