# shellcheck shell=bash
# What a program does for a request, counted, so that no other load on the
# machine matters: instructions by callgrind, system calls by strace.  Sourced,
# after lib.bash, by `budget` and `bench/floor`, which have a function `die`.

# start_counted NAME COMMAND...: with callgrind around it, listening at
# $T/NAME.sock.
start_counted()
{
	start "$1" valgrind --quiet --tool=callgrind \
	    --callgrind-out-file="$T/callgrind.out" "${@:2}"
}

# control NAME OPTION: callgrind's -d (another file of counts), -z (from zero).
control()
{
	callgrind_control "$2" "$(pid_of "$1")" >"$T/control" 2>&1 || {
		cat "$T/control" >&2
		die 'callgrind does not answer'
	}
}

# counted NAME: its instructions so far.
counted()
{
	control "$1" -d
	cat "$T"/callgrind.out.* | awk '
	    $1 == "summary:" || $1 == "totals:" { n[$1] += $2 }
	    END {
		name = n["summary:"] > 0 ? "summary:" : "totals:"
		printf "%.0f\n", n[name]
	    }'
}

# ask NAME N PAGE...: so many requests to the program, over one connection.
ask()
{
	"$TOOLS_DIR/fcgi-load" "$T/$1.sock" 1 "$2x" keep "${@:3}" >"$T/figures"
	[[ $(awk '$1 == "answered" { n = $2 } $1 == "failed" { n -= $2 }
	    END { print n }' "$T/figures") == "$2" ]] ||
		die "$3 failed: $(tail -n 3 "$T/$1.log")"
}

# instructions NAME N PAGE: of one request, once the program knows the page.
instructions()
{
	local before after

	ask "$1" 100 "$3"
	before=$(counted "$1")
	ask "$1" "$2" "$3"
	after=$(counted "$1")
	echo $(((after - before) / $2))
}
