# Bash: a pool behind nginx, what it logs, and load on it.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154

# serve [KEY=VALUE]...: two workers, configured by a file, behind nginx.
serve()
{
	[[ -e $T/demo.db ]] || make_db "$T/demo.db"
	configure "$@"
	start_squall --config="$T/squall.ini"
	[[ -n ${URL-} ]] || start_nginx
}

# configure [KEY=VALUE]...
configure()
{
	printf '%s\n' workers=2 access-log=off "$@" '[database demo]' \
	    "file = $T/demo.db" ${MORE:+"$MORE"} >"$T/new.ini"
	mv "$T/new.ini" "$T/squall.ini"
}

# logged TEXT [TIMES]: does it stand in the log?
logged()
{
	(($(grep -c -- "$1" "$T/squall.log") >= ${2-1}))
}

# under_load TIMES COMMAND...: runs the command so often while clients ask through
# nginx, none of which may see a failure.  Prints what they saw.  The load
# outlasts the commands: idle connections would be kept.
under_load()
{
	local times=$1 n load

	shift
	wrk -t 1 -c 16 -d 3600s --timeout 300s "$URL/demo/notes" >"$T/wrk" \
	    3>&- &
	load=$!
	for ((n = 0; n < times; n++)); do
		"$@" || {
			kill "$load"
			return 1
		}
	done
	kill -INT "$load" # which ends it well
	wait "$load"
	echo "# $BATS_TEST_DESCRIPTION: $n times;" \
	    "$(sed -n 's/^ *\([0-9]* requests\).*/\1/p' "$T/wrk")" >&3
	hasnt "$(<"$T/wrk")" 'Non-2xx' || return
	hasnt "$(<"$T/wrk")" 'Socket errors' || return
	has "$(<"$T/wrk")" 'Requests/sec'
}

workers_are()
{
	[[ $(workers | sort | paste -sd ' ') == "$1" ]]
}
