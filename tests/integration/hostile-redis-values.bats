#!/usr/bin/env bats
# What a hostile Redis says it has: see helpers/hostile.bash.
load ../lib
load helpers/databases
load helpers/stores
load helpers/hostile

@test "redis: hangs up in mid-value" { misbehaves redis cut; }
@test "redis: another key's value" { misbehaves redis other-value; }
@test "redis: an older value" { misbehaves redis old; }
@test "redis: one bit changed" { misbehaves redis flip; }
@test "redis: a length that is too small" { misbehaves redis short; }
@test "redis: a length that is too large" { misbehaves redis long; }
@test "redis: a length of -1" { misbehaves redis negative 1; }
@test "redis: a length of -2" { misbehaves redis negative 2; }
@test "redis: a length of -3" { misbehaves redis negative 3; }
@test "redis: a length of -10000" { misbehaves redis negative 10000; }
@test "redis: lengths that overflow" { misbehaves redis overflow; }
@test "redis: a length of 1 GB" { misbehaves redis claims; }
@test "redis: a value of 64 MB" { misbehaves redis huge; }
@test "redis: a line without end" { misbehaves redis endless; }
@test "redis: replies without end" { misbehaves redis flood; }
