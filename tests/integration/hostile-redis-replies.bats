#!/usr/bin/env bats
# How a hostile Redis replies, or does not: see helpers/hostile.bash.
load ../lib
load helpers/databases
load helpers/stores
load helpers/hostile

@test "redis: answers too late" { misbehaves redis late 1500; }
@test "redis: answers about when it is too late" { misbehaves redis jitter 1000; }
@test "redis: dribbles" { misbehaves redis dribble 20; }
@test "redis: never answers" { misbehaves redis silent; }
@test "redis: accepts and never reads" { misbehaves redis deaf; }
@test "redis: hangs up at once" { misbehaves redis close; }
@test "redis: hangs up in mid-reply" { misbehaves redis half; }
@test "redis: garbage" { misbehaves redis garbage; }
@test "redis: errors" { misbehaves redis error; }
@test "redis: the reply to another command" { misbehaves redis wrong-kind; }
@test "redis: arrays" { misbehaves redis arrays; }
@test "redis: two replies to each request" { misbehaves redis doubled; }
@test "redis: a reply before there is a request" { misbehaves redis early; }
@test "redis: each reply with the next request" { misbehaves redis held; }
@test "redis: each reply once more for the next request" { misbehaves redis shifted; }
@test "redis: two connections' replies swapped" { misbehaves redis swapped; }
@test "redis: keeps nothing that it says it does" { misbehaves redis forgetful; }
@test "redis: refuses to keep anything" { misbehaves redis full; }
@test "redis: can only be read" { misbehaves redis read-only; }
@test "redis: slow, but in time" { slow_but_used redis; }
@test "redis: nothing ever expires" { expires_all_the_same redis; }
@test "redis: every lease is taken" { lease_taken redis; }
@test "redis: all that in turn" { all_in_turn redis "${ALL[@]}" arrays; }
