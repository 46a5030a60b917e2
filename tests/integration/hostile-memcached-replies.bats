#!/usr/bin/env bats
# How a hostile Memcached replies, or does not: see helpers/hostile.bash.
load ../lib
load helpers/databases
load helpers/stores
load helpers/hostile

@test "memcached: answers too late" { misbehaves memcached late 1500; }
@test "memcached: answers about when it is too late" { misbehaves memcached jitter 1000; }
@test "memcached: dribbles" { misbehaves memcached dribble 20; }
@test "memcached: never answers" { misbehaves memcached silent; }
@test "memcached: accepts and never reads" { misbehaves memcached deaf; }
@test "memcached: hangs up at once" { misbehaves memcached close; }
@test "memcached: hangs up in mid-reply" { misbehaves memcached half; }
@test "memcached: garbage" { misbehaves memcached garbage; }
@test "memcached: errors" { misbehaves memcached error; }
@test "memcached: the reply to another command" { misbehaves memcached wrong-kind; }
@test "memcached: two replies to each request" { misbehaves memcached doubled; }
@test "memcached: a reply before there is a request" { misbehaves memcached early; }
@test "memcached: each reply with the next request" { misbehaves memcached held; }
@test "memcached: each reply once more for the next request" { misbehaves memcached shifted; }
@test "memcached: two connections' replies swapped" { misbehaves memcached swapped; }
@test "memcached: keeps nothing that it says it does" { misbehaves memcached forgetful; }
@test "memcached: refuses to keep anything" { misbehaves memcached full; }
@test "memcached: can only be read" { misbehaves memcached read-only; }
@test "memcached: slow, but in time" { slow_but_used memcached; }
@test "memcached: nothing ever expires" { expires_all_the_same memcached; }
@test "memcached: every lease is taken" { lease_taken memcached; }
@test "memcached: all that in turn" { all_in_turn memcached "${ALL[@]}" other-name; }
