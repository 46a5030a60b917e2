# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# What a request costs and what of that can't be spared: instructions and system
# calls of a hit beside the bare program's, and whose instructions those of a
# miss are.  Counted, so no other load matters.  Sourced by run.

# shellcheck source=tests/counting.bash disable=SC1091
. "$ROOT/tests/counting.bash"

FLOOR_HITS=2000
FLOOR_MISSES=40

part_floor()
{
	local page

	progress floor
	{
		printf '\n%-50s %12s  %s\n' 'floor: one request, without nginx' \
		    instructions 'system calls'
		for page in table row; do
			floor_of_hits "$page" bare
			floor_of_hits "$page" memory
			floor_of_hits "$page" wal
			floor_of_hits "$page" memcached
		done
		floor_of_misses
	} >"$FLOOR"
}

# program TARGET PAGE: what to start as `program`, in COMMAND.
program()
{
	local database=$DATABASE

	T=$(site_folder floor)
	FOLDER[floor]=$T
	case $1 in
	bare)
		COMMAND=("$BUILT/bare" -n 1 -s "$T/program.sock"
			"$TOP/reply.$2.gzip")
		return
		;;
	wal)
		database=$T/atlas.db
		wal_copy "$database"
		;;
	memcached) start_memcached unix ;;
	esac
	COMMAND=("$SQUALL" --workers=0 --threads=1 --log=warn --access-log=off
		--time-limit=60000 --facet-suggest-time-limit=60000
		"--listen=unix:$T/program.sock")
	case $1 in
	memcached) COMMAND+=("--cache=$MEMCACHED_URL" --memory=0) ;;
	uncached) COMMAND+=(--memory=0) ;;
	esac
	COMMAND+=("$database")
}

floor_of_hits()
{
	local path=${PATH_OF[$1]} each calls

	program "$2" "$1"
	start_counted program "${COMMAND[@]}"
	site_ready "$T" program 60 test -S "$T/program.sock"
	each=$(instructions program "$FLOOR_HITS" "$path")
	stop_targets
	program "$2" "$1"
	start program strace -DD -f -c -o "$T/calls" "${COMMAND[@]}"
	site_ready "$T" program 60 test -S "$T/program.sock"
	ask program "$FLOOR_HITS" "$path"
	site_stop "$T" program 10 || : # by a signal, as the bare one does
	wait_for grep -q total "$T/calls"
	calls=$(calls_of "$T/calls")
	stop_targets
	printf '%-50s %12d  %s\n' "${LABEL[$2]}: $1" "$each" "$calls"
}

# calls_of FILE: of strace's table those that each request makes.
calls_of()
{
	awk -v n="$FLOOR_HITS" '
	    $4 ~ /^[0-9]+$/ && $NF != "total" {
		each = int($4 / n + 0.5)
		if (each > 0) {
			all += each
			list = list " " $NF (each > 1 ? "*" each : "")
		}
	    }
	    END { printf "%d:%s\n", all, list }' "$1"
}

floor_of_misses()
{
	local ids

	mapfile -t ids < <(ids_of_misses)
	program uncached
	start_counted program "${COMMAND[@]}"
	site_ready "$T" program 60 test -S "$T/program.sock"
	ask program 5 "${ids[@]/#/$TABLE?_next=i}"
	control program -z
	ask program "$FLOOR_MISSES" "${ids[@]/#/$TABLE?_next=i}"
	control program -d
	callgrind_annotate --inclusive=yes --threshold=100 \
	    "$T"/callgrind.out.* >"$T/annotated" 2>"$T/annotate.log" ||
	    die "callgrind_annotate: $(<"$T/annotate.log")"
	awk -v n="$FLOOR_MISSES" -f "$ROOT/tests/bench/floor.awk" "$T/annotated"
	stop_targets
}
