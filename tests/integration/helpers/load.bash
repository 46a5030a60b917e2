# shellcheck shell=bash
# Load on squall itself and through a web server, and what became of it.

# misses: addresses of as many pages of make_db's table.
misses()
{
	printf '/demo/notes?_size=%d\n' {1..90}
}

# press NAME CLIENTS SECONDS keep|close URI...: tests/tools/fcgi-load in the
# background, which figure tells of when it has ended; COUNTx for SECONDS: so
# many requests.
press()
{
	local name=$1

	shift
	"$TOOLS_DIR/fcgi-load" "${SQUALL_ADDRESS#unix:}" "$@" \
	    >"$T/$name.figures" 3>&- &
	# shellcheck disable=SC2034
	PRESS=$!
}

# pressed: ends the load, and waits for its last replies.
pressed()
{
	kill -TERM "$PRESS"
	wait "$PRESS"
}

# figure NAME FIGURE: one number of it.
figure()
{
	awk -v name="$2" '$1 == name { print $2; found = 1 }
	    END { exit !found }' "$T/$1.figures"
}

# figures NAME FIGURE...: several, in a line to be read.
figures()
{
	local name=$1 figure

	shift
	for figure; do
		printf ' %s %s' "$(figure "$name" "$figure")" "$figure"
	done
}

# start_wrk NAME SECONDS CONNECTIONS PATH [OPTION]...: wrk through the web server,
# in the background, for so long or until end_wrk.
start_wrk()
{
	wrk -t 1 -c "$3" -d "$2s" --timeout 300s --latency "${@:5}" "$URL$4" \
	    >"$T/$1.wrk" 2>&1 3>&- &
	# shellcheck disable=SC2034
	WRK=$!
}

end_wrk()
{
	kill -INT "$WRK" # which ends it well
	wait "$WRK"
}

# has_had REQUESTS [ROUTE]: squall has had so many, of all or of a route.
has_had()
{
	local before='"totals":{'

	[[ -z ${2-} ]] || before="\"name\":\"$2\","
	[[ $(fcgi GET /-/status.json) =~ "$before"'"requests":'([0-9]+) ]] &&
	    ((BASH_REMATCH[1] >= $1))
}

# wrk_requests NAME
wrk_requests()
{
	sed -n 's/^ *\([0-9]*\) requests in .*/\1/p' "$T/$1.wrk"
}

# wrk_us NAME PERCENT: the latency that so many per cent had at most.
wrk_us()
{
	awk -v percent="$2%" '
	    $1 == percent {
		unit = $2
		sub(/^[0-9.]*/, "", unit)
		sub(/[a-z]*$/, "", $2)
		printf "%d\n", $2 * (unit == "us" ? 1 : unit == "ms" ? 1e3 : 1e6)
		found = 1
	    }
	    END { exit !found }' "$T/$1.wrk"
}

# wrk_had_no_errors NAME
wrk_had_no_errors()
{
	hasnt "$(<"$T/$1.wrk")" 'Non-2xx' || return
	hasnt "$(<"$T/$1.wrk")" 'Socket errors' || return
	(($(wrk_requests "$1") > 0))
}

# memory [PID...]: what the pool, or these processes occupy, in KB: PSS, RSS, and
# what is anonymous in them.  The pages that processes share (the program,
# libraries) count once in the first, and for each of them in the second.
memory()
{
	local pid

	# shellcheck disable=SC2046
	(($# > 0)) || set -- $(pid_of squall) $(workers)
	for pid; do
		cat "/proc/$pid/smaps_rollup"
	done | awk '
	    $1 == "Pss:" { pss += $2 }
	    $1 == "Rss:" { rss += $2 }
	    $1 == "Anonymous:" { anonymous += $2 }
	    END { print pss, rss, anonymous }'
}

# say WORDS...: a figure for whoever reads the tests' output.
say()
{
	echo "# $*" >&3
}
