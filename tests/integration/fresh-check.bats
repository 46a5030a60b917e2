#!/usr/bin/env bats
# No page is older than the database, whatever happens: tests/tools/fresh-check
# reads pages by the thousand while other processes commit and do all that might
# upset the reading of versions, and squall and its cache are restarted.
#
# The scenarios share out FRESH_READS right replies, or, if that is set, FRESH_S
# seconds.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib

FRESH_READS=${FRESH_READS-60000}
# so many replies after which squall or its cache is restarted
RESTART_READS=3000

# check [OPTION]...: in the background, as process `check`.
check()
{
	start check "$TOOLS_DIR/fresh-check" --file="$T/demo.db" \
	    --port="${URL##*:}" --writers=3 --pause=15 "$@"
}

# checked: the exit status of the check, when it has ended.
checked()
{
	local rc=0

	wait "$(pid_of check)" || rc=$?
	SUMMARY=$(tail -n 1 "$T/check.log")
	sed -i '/^so far: /d' "$T/check.log"
	return "$rc"
}

# so_far NAME: how many of them the check has told of.
so_far()
{
	sed -n 's/^so far: //p' "$T/check.log" | tail -n 1 | tr , '\n' |
	    awk -v name="$1" '$1 == name { n = $2 } END { print n + 0 }'
}

is_done()
{
	! is_running check || (($(so_far "$1") >= $2))
}

# wait_for_more N NAME: until N more are done; fails if the check ends before.
wait_for_more()
{
	site_wait 600 is_done "$2" "$(($(so_far "$2") + $1))" &&
	    is_running check
}

# start_cache KIND: memory, memcached or redis alone, or memory+memcached or
# memory+redis.  Sets OPTIONS, for squall, and STORE, what is restarted.
start_cache()
{
	OPTIONS=() STORE=
	case $1 in
	memory) return ;;
	*memcached)
		STORE=memcached
		start_memcached
		OPTIONS=(--cache="$MEMCACHED_URL")
		;;
	*redis)
		STORE=redis
		start_redis
		OPTIONS=(--cache="$REDIS_URL")
		;;
	esac
	[[ $1 == memory+* ]] || OPTIONS+=(--memory=0)
}

# where squall listens, if not where it usually does
SOCKET=

# may_not_write: squall runs as nobody, if the tests run as root, and may write
# nothing but its socket; no index for a WAL, that is.
may_not_write()
{
	((EUID == 0)) || return 0
	install -d -o nobody "$T/run"
	cp "$SQUALL" "$T/run/program"
	printf '#!/bin/sh\nexec %s %s "$@"\n' \
	    "setpriv --reuid=nobody --regid=nogroup --clear-groups" \
	    "$T/run/program" >"$T/run/squall"
	chmod 755 "$T/run/squall"
	SQUALL=$T/run/squall
	SOCKET=$T/run/squall.sock
}

# serve [OPTION]...: an old page must not stand in for an error here.
serve()
{
	start_squall --listen="unix:${SOCKET:-$T/squall.sock}" \
	    --workers=2 --threads=2 --access-log=off --stale-if-error=0 \
	    "${OPTIONS[@]}" "$@" "$T/demo.db"
}

# begin JOURNAL CACHE [OPTION]...: a database, and a site.
begin()
{
	"$TOOLS_DIR/fresh-check" --init --file="$T/demo.db" --journal="$1"
	start_cache "$2"
	serve "${@:3}"
	start_nginx
}

restart_squall()
{
	stop squall
	# what it knows of the database is to be out of date
	wait_for_more 20 commits || :
	serve
}

restart_store()
{
	[[ -n $STORE ]] || return 0
	site_stop "$T" "$STORE" 0 || :
	wait_for_more 500 reads || :
	"start_$STORE"
}

# share: what a scenario has to do, as options of the check.
share()
{
	local n

	n=$(grep -c '^@test .* scenario ' "$BATS_TEST_FILENAME")
	if [[ -n ${FRESH_S-} ]]; then
		echo "--seconds=$((FRESH_S / n + 1)) --limit=$((FRESH_S + 60))"
	else
		echo "--reads=$((FRESH_READS / n + 1)) --limit=800"
	fi
}

# scenario JOURNALS CACHE [DISTURBANCES]
scenario()
{
	local options

	read -ra options < <(share)
	begin "${1%%,*}" "$2"
	check --journal="$1" --disturb="${3-all}" "${options[@]}"
	while wait_for_more "$RESTART_READS" reads; do
		restart_squall
		wait_for_more "$RESTART_READS" reads || break
		restart_store
	done
	checked
	echo "# $BATS_TEST_DESCRIPTION: $SUMMARY" >&3
	like "$SUMMARY" ', wrong 0, .*, faults 0,'
	[[ ${3-} != *rename* ]] || like "$SUMMARY" ', renames [1-9]'
	is "$(grep -E 'damaged|was killed' "$T/squall.log")" ''
}

ROLLBACK=DELETE,TRUNCATE,PERSIST

@test "WAL, memory" { scenario WAL memory; }
@test "WAL, memcached" { scenario WAL memcached; }
@test "WAL, redis" { scenario WAL redis; }
@test "WAL, both, renames" { scenario WAL memory+memcached all,rename; }
@test "WAL, not writable" { may_not_write; scenario WAL memory+redis; }
@test "rollback, memory" { scenario $ROLLBACK memory; }
@test "rollback, memcached" { scenario $ROLLBACK memcached; }
@test "rollback, both, renames" { scenario $ROLLBACK memory+redis all,rename; }
@test "WAL or not, renames" { scenario WAL,DELETE memory+memcached all,rename; }

@test "pages that are behind are found" {
	local rc=0

	begin WAL memory --fresh=5
	check --seconds=2
	checked || rc=$?
	is "$rc" 1
	like "$SUMMARY" ', wrong [1-9]'
	has "$(<"$T/check.log")" 'detail=behind'
}
