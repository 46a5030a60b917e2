# shellcheck shell=bash
# One run against a target, and whether it sends what it should.  Sourced by run.

declare -rA PATH_OF=([table]=/atlas/places [row]=/atlas/places/745044.json)
TABLE=${PATH_OF[table]}

# The columns of results.csv; times in microseconds, memory in KiB, all as of one
# run of one target.
COLUMNS=part,setting,round,target,requests_s,p50_us,p99_us,p999_us
COLUMNS+=,cpu_app_us,cpu_nginx_us,cpu_store_us,hit_ratio,errors,pss_kb,rss_kb

# load TARGET PATH SECONDS CONNECTIONS [WRK OPTION]...: prints the figures.
# With PATHS and START from the environment it asks for those in turn.
load()
{
	wrk -t 1 -c "$4" -d "$3s" --timeout 10s -s "$ROOT/tests/bench/load.lua" \
	    "${@:5}" "${FRONT[$1]}$2" | sed -n '/^requests /,$p'
}

# counters TARGET: CPU time of application, nginx and store, then `served`.
counters()
{
	echo "$(cpu_ns "$1" "${APPLICATION[$1]}") $(cpu_ns "$1" nginx)" \
	    "$(cpu_ns "$1" store) $(served "$1")"
}

# measure PART SETTING ROUND TARGET PATH CONNECTIONS [WRK OPTION]...: one run, a
# line of results.csv.  The target bare.NAME is called bare there.
measure()
{
	local before after said kind=${APPLICATION[$4]}

	case $4 in
	fastcgi_cache | micro) kind=nginx ;;
	bare.*) kind=bare ;;
	esac
	before=$(counters "$4")
	said=$(load "$4" "$5" "$BENCH_S" "$6" "${@:7}")
	after=$(counters "$4")
	awk -v head="$1,$2,$3,${4%%.*}" -v before="$before" -v after="$after" \
	    -v kind="$kind" -v memory="$(memory_kb "$4")" '
	    { value[$1] = $2 }
	    END {
		n = value["requests"]
		if (n == 0)
			exit 1
		split(before, b)
		split(after, a)
		split(memory, kb)
		asked = a[4] - b[4]
		hits = a[5] - b[5]
		if (kind == "nginx") {
			asked = n
			hits = n > a[4] - b[4] ? n - (a[4] - b[4]) : 0
		}
		printf "%s,%.0f,%d,%d,%d", head, \
		    n * 1e6 / value["duration"], \
		    value["p50"], value["p99"], value["p999"]
		for (i = 1; i <= 3; i++)
			printf ",%.2f", (a[i] - b[i]) / 1000 / n
		ratio = asked > 0 ? sprintf("%.4f", hits / asked) : ""
		printf ",%s,%d,%d,%d\n", ratio, value["errors"], kb[1], kb[2]
	    }' <<<"$said" >>"$RESULTS" ||
	    die "$4: can't read what wrk said: $said"
}

# fetch TARGET PATH [CURL OPTION]...: the body goes to $TOP/got, its headers to
# $TOP/got.head.
fetch()
{
	curl -q -sSf --noproxy '*' --max-time 10 -D "$TOP/got.head" \
	    -o "$TOP/got" "${@:3}" "${FRONT[$1]}$2"
}

# check TARGET PATH REFERENCE [CURL OPTION]...: does the target send this page,
# and is it made as it should be?  squall and what only passes its pages on: the
# very bytes.  Others: JSON of the same value, HTML with the same rows, as large
# within 3 %.
check()
{
	local target=$1 path=$2 reference=$3 made wanted sizes

	shift 3
	wanted=${WANTED[$target]-}
	# a worker that had no request yet has no page yet
	for _ in {1..20}; do
		fetch "$target" "$path" "$@"
		made=$(sed -n 's/^Cache-Status: //p' "$TOP/got.head" |
		    tr -d '\r')
		[[ $made != *"$wanted"* ]] || break
	done
	[[ $made == *"$wanted"* ]] ||
	    die "$target: $path did not come as it should: $made"
	if [[ $target == unmodified ]]; then
		[[ $(head -n 1 "$TOP/got.head") == *' 304 '* ]] ||
		    die "$target: $path is not answered with 304"
	elif [[ $target != php && $target != tornado* ]]; then
		cmp "$TOP/got" "$reference" || die "$target: another $path"
	elif [[ $path == *.json ]]; then
		cmp <(jq -S . "$TOP/got") <(jq -S . "$reference") ||
		    die "$target: another $path"
	else
		"$PEERS/rows.py" "$DATABASE" "$TOP/got" ||
		    die "$target: $path has other rows"
		sizes="$(stat -c %s "$TOP/got") $(stat -c %s "$reference")"
		awk '{ exit $1 < $2 * 0.97 || $1 > $2 * 1.03 }' <<<"$sizes" ||
		    die "$target: $path is of another size: $sizes"
	fi
}

# make_frame PAGE: from squall's page what the peers put around their rows, in
# $FRAME.head and .foot: that page's beginning and end, and as much of its rows,
# as a comment, as brings theirs to the same size.
make_frame()
{
	local spare=0 rows

	rows=$(sed -n '/<tbody/,/<\/tbody/p' "$1" | sed 's/--*/-/g')
	sed '/<tbody/q' "$1" | sed 's/\(<tbody[^>]*>\).*/\1/' >"$FRAME.head"
	sed -n '/<\/tbody/,$p' "$1" | sed '1s/.*<\/tbody/<\/tbody/' \
	    >"$TOP/foot"
	cp "$TOP/foot" "$FRAME.foot"
	chmod 644 "$FRAME".*
	start_target php
	fetch php "$TABLE"
	spare=$(($(stat -c %s "$1") - $(stat -c %s "$TOP/got") - 9))
	stop_targets
	((spare <= 0)) || {
		printf '<!-- '
		head -c "$spare" <<<"$rows"
		printf -- '-->\n'
		cat "$TOP/foot"
	} >"$FRAME.foot"
}
