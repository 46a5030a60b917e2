#!/usr/bin/env bats
# What a hostile Memcached says it has: see helpers/hostile.bash.
load ../lib
load helpers/databases
load helpers/stores
load helpers/hostile

@test "memcached: hangs up in mid-value" { misbehaves memcached cut; }
@test "memcached: another key's value" { misbehaves memcached other-value; }
@test "memcached: another key's value under its name" { misbehaves memcached other-name; }
@test "memcached: a name that is too long" { misbehaves memcached long-name; }
@test "memcached: an older value" { misbehaves memcached old; }
@test "memcached: one bit changed" { misbehaves memcached flip; }
@test "memcached: a length that is too small" { misbehaves memcached short; }
@test "memcached: a length that is too large" { misbehaves memcached long; }
@test "memcached: a length of -1" { misbehaves memcached negative 1; }
@test "memcached: a length of -2" { misbehaves memcached negative 2; }
@test "memcached: a length of -3" { misbehaves memcached negative 3; }
@test "memcached: a length of -10000" { misbehaves memcached negative 10000; }
@test "memcached: lengths that overflow" { misbehaves memcached overflow; }
@test "memcached: a length of 1 GB" { misbehaves memcached claims; }
@test "memcached: a value of 64 MB" { misbehaves memcached huge; }
@test "memcached: a line without end" { misbehaves memcached endless; }
@test "memcached: replies without end" { misbehaves memcached flood; }
