# shellcheck shell=bash disable=SC2034
# The parts of the bench.  Each starts its targets, lets them take turns, round
# by round, and stops them; its figures go to results.csv.  Sourced by run.

GZIP=(-H 'Accept-Encoding: gzip, deflate, br')

# What squall alone is compared with itself by, and everything.
SQUALLS=(memory memcached redis micro)
PEERS_OF_SQUALL=(bare php tornado tornado_redis fastcgi_cache nginx_memcached)
ALL=("${SQUALLS[@]}" "${PEERS_OF_SQUALL[@]}")
VARIANTS=(wal logged unmodified)

# The settings of the hits: a name, the page, whether clients accept gzip, how
# many there are, and whether squall's variants take part.
HITS=(
	'table, gzip, c16|table|gzip|16|variants'
	'table, plain, c16|table|plain|16|'
	'table, gzip, c1|table|gzip|1|'
	'table, gzip, c256|table|gzip|256|'
	'row, gzip, c16|row|gzip|16|variants'
)

# choose LIST: leaves of this array of targets those that ONLY names, if it does.
choose()
{
	local -n list=$1
	local target chosen=()

	for target in "${list[@]}"; do
		[[ " ${ONLY-$target} " != *" $target "* ]] || chosen+=("$target")
	done
	list=("${chosen[@]}")
}

# take_references: the two pages as squall sends them, for all to be held
# against, as bodies and, for the bare program, as whole replies.
take_references()
{
	local page form variable

	start_target memory
	SQUALL_ADDRESS=unix:$T/squall.sock
	for page in table row; do
		for form in gzip plain; do
			variable=()
			[[ $form == plain ]] ||
			    variable=(HTTP_ACCEPT_ENCODING=gzip)
			# made, and then from memory
			for _ in {1..8}; do
				fcgi GET "${PATH_OF[$page]}" \
				    "${variable[@]}" >"$TOP/reply.$page.$form"
			done
			sed '1,/^\r$/d' "$TOP/reply.$page.$form" \
			    >"$TOP/body.$page.$form"
		done
		[[ $(head -n 1 "$TOP/reply.$page.plain") == *'200 OK'* ]] ||
		    die "there is no page ${PATH_OF[$page]}"
	done
	stop_targets
	make_frame "$TOP/body.table.plain"
}

# target_of TARGET PAGE FORM: the bare program knows but one reply.
target_of()
{
	[[ $1 != bare ]] || set -- "bare.$2.$3"
	echo "$1"
}

# options_of TARGET FORM: for wrk and curl, in OPTIONS.
options_of()
{
	OPTIONS=()
	[[ $2 != gzip ]] || OPTIONS+=("${GZIP[@]}")
	[[ $1 != unmodified ]] || OPTIONS+=(-H 'If-None-Match: *')
}

# fill_memcached TARGET: puts both pages there, for nginx to find.
fill_memcached()
{
	local page

	for page in table row; do
		printf 'set %s 0 0 %d\r\n' "${PATH_OF[$page]}" \
		    "$(stat -c %s "$TOP/body.$page.plain")"
		cat "$TOP/body.$page.plain"
		printf '\r\n'
	done >"$TOP/pages"
	printf 'quit\r\n' >>"$TOP/pages"
	[[ $(curl -q -sS --max-time 5 --unix-socket \
	    "${FOLDER[$1]}/memcached.sock" telnet://localhost \
	    <"$TOP/pages" | grep -c STORED) == 2 ]] ||
	    die "$1: can't fill Memcached"
}

# set_of SETTING: splits a row of HITS; TARGETS are those that take part.
set_of()
{
	local variants

	IFS='|' read -r TITLE PAGE FORM CONNECTIONS variants <<<"$1"
	TARGETS=("${ALL[@]}")
	[[ -z $variants ]] || TARGETS+=("${VARIANTS[@]}")
	choose TARGETS
}

part_hits()
{
	local setting target t page form round all=("${ALL[@]}" "${VARIANTS[@]}")

	choose all
	for target in "${all[@]}"; do
		[[ $target == bare ]] || start_target "$target"
	done
	[[ ! -v FOLDER[nginx_memcached] ]] || fill_memcached nginx_memcached
	for page in table row; do
		for form in gzip plain; do
			start_target "bare.$page.$form" "$TOP/reply.$page.$form"
		done
	done
	for setting in "${HITS[@]}"; do
		set_of "$setting"
		[[ $TITLE == *"${SETTING-}"* ]] || continue
		progress "hits: $TITLE"
		for target in "${TARGETS[@]}"; do
			t=$(target_of "$target" "$PAGE" "$FORM")
			options_of "$target" "$FORM"
			load "$t" "${PATH_OF[$PAGE]}" 1 "$CONNECTIONS" \
			    "${OPTIONS[@]}" >/dev/null
			[[ $FORM != gzip ]] || OPTIONS+=(--compressed)
			check "$t" "${PATH_OF[$PAGE]}" \
			    "$TOP/body.$PAGE.plain" "${OPTIONS[@]}"
		done
		for ((round = 1; round <= ROUNDS; round++)); do
			for target in "${TARGETS[@]}"; do
				options_of "$target" "$FORM"
				measure hits "$TITLE" "$round" \
				    "$(target_of "$target" "$PAGE" "$FORM")" \
				    "${PATH_OF[$PAGE]}" "$CONNECTIONS" \
				    "${OPTIONS[@]}"
			done
		done
	done
	stop_targets
}

# A cache for a tenth of the row pages, asked for as the world asks: few of them
# often, most of them hardly ever.  A page takes about 1.4 KB of squall's memory
# and 0.6 KB of a store.
ZIPF_BYTES=14000000
ZIPF_STORE_MB=8

part_zipf()
{
	local targets=(memory memcached redis php tornado tornado_redis
		fastcgi_cache)
	local target round name='rows by Zipf 0.99, a tenth kept'

	choose targets
	zipf_paths >"$TOP/zipf"
	# squall's workers have a part each
	MEMORY=$((ZIPF_BYTES / WORKERS)) STORE_MB=$ZIPF_STORE_MB \
	    CACHE_ZONE=1m CACHE_SIZE=53m start_targets "${targets[@]}"
	for target in "${targets[@]}"; do
		progress "zipf: warming ${LABEL[$target]}"
		PATHS=$TOP/zipf load "$target" / "$ZIPF_WARM_S" 16 \
		    "${GZIP[@]}" >/dev/null
	done
	for ((round = 1; round <= ROUNDS; round++)); do
		progress "zipf: round $round"
		for target in "${targets[@]}"; do
			PATHS=$TOP/zipf START=$((round * 50000 + 100000)) \
			    measure zipf "$name" "$round" "$target" / 16 \
			    "${GZIP[@]}"
		done
	done
	stop_targets
}

start_targets()
{
	local target

	for target; do
		start_target "$target"
	done
}

# zipf_paths: half a million requests for row pages, by rank, in one order for
# all.
zipf_paths()
{
	sqlite3 "$ATLAS" 'SELECT id FROM places ORDER BY
	    (id * 7919) % 1000003, id' | awk -v n=500000 '
	    { id[NR] = $1; sum += NR ^ -0.99; upto[NR] = sum }
	    END {
		srand(1)
		while (n-- > 0) {
			r = rand() * sum
			low = 1
			high = NR
			while (low < high) {
				middle = int((low + high) / 2)
				if (upto[middle] < r)
					low = middle + 1
				else
					high = middle
			}
			print "/atlas/places/" id[low] ".json"
		}
	    }'
}

# Every page is another, and none is in any cache.
part_misses()
{
	local targets=(memory memcached redis uncached php tornado tornado_redis)
	local target round page

	choose targets
	miss_paths
	start_targets "${targets[@]}"
	for page in table row; do
		progress "misses: $page"
		for ((round = 1; round <= ROUNDS; round++)); do
			for target in "${targets[@]}"; do
				forget_pages "$target"
				PATHS=$TOP/misses.$page \
				    START=$((round * 40000)) \
				    measure misses "$page, all misses" \
				    "$round" "$target" / 16 "${GZIP[@]}"
			done
		done
	done
	stop_targets
	sql_loop
}

miss_paths()
{
	local order='SELECT id FROM places ORDER BY (id * 7919) % 1000003, id'

	sqlite3 "$ATLAS" "$order" | sed "s|.*|/atlas/places/&.json|" \
	    >"$TOP/misses.row"
	sqlite3 "$ATLAS" "$order" | sed "s|.*|$TABLE?_next=i&|" \
	    >"$TOP/misses.table"
}

# ids_of_misses: those after which pages that are counted or timed one by one
# begin.
ids_of_misses()
{
	sqlite3 "$ATLAS" 'SELECT id FROM places WHERE id % 1301 = 1'
}

# sql_loop: a miss of squall's beside the same SQL in a loop, and compressing the
# page, in CPU time, one request after the other.
sql_loop()
{
	local round before after ids

	start_target uncached
	SQUALL_ADDRESS=unix:$T/squall.sock
	mapfile -t ids < <(ids_of_misses)
	"$TOOLS_DIR/fcgi-load" "$T/squall.sock" 1 1 keep \
	    "${ids[@]/#/$TABLE?_next=i}" >/dev/null
	for ((round = 1; round <= ROUNDS; round++)); do
		before=$(cpu_ns uncached squall)
		"$TOOLS_DIR/fcgi-load" "$T/squall.sock" 1 "$BENCH_S" keep \
		    "${ids[@]/#/$TABLE?_next=i}" >"$TOP/figures"
		after=$(cpu_ns uncached squall)
		awk -v ns="$((after - before))" -v round="$round" \
		    -v loop="$("$BUILT/sql-loop" "$DATABASE" "$BENCH_S" \
		    "$TOP/body.table.plain" "${ids[@]}")" '
		    $1 == "answered" { n = $2 }
		    END {
			split(loop, l)
			printf "%d,%.1f,%.1f,%.1f\n", round, \
			    ns / 1000 / n, l[1], l[2]
		    }' "$TOP/figures" >>"$SQL_RESULTS"
	done
	stop_targets
}

# A writer commits so many times a second, to the database that all have open.
part_writer()
{
	local targets=(memory memcached micro php tornado fastcgi_cache)
	local target round rate WRITTEN=$TOP/written/atlas.db

	choose targets
	# PHP runs as nobody, and joins those who share the log
	mkdir "$TOP/written"
	cp "$ATLAS" "$WRITTEN"
	chmod 777 "$TOP/written"
	chmod 666 "$WRITTEN"
	sqlite3 "$WRITTEN" 'PRAGMA journal_mode = WAL' >/dev/null
	DATABASE=$WRITTEN start_targets "${targets[@]}"
	for target in "${targets[@]}"; do
		load "$target" "$TABLE" 1 16 "${GZIP[@]}" >/dev/null
	done
	for rate in 0 1 20; do
		progress "writer: $rate commits a second"
		T=$TOP
		((rate == 0)) || start writer "$PEERS/writer.py" \
		    "$WRITTEN" "$rate"
		for ((round = 1; round <= ROUNDS; round++)); do
			for target in "${targets[@]}"; do
				measure writer "$rate commits a second" \
				    "$round" "$target" "$TABLE" 16 "${GZIP[@]}"
			done
		done
		T=$TOP
		((rate == 0)) || site_stop "$TOP" writer 0 || :
	done
	for target in "${targets[@]}"; do
		fresh_within "$target" >>"$FRESH_RESULTS"
	done
	stop_targets
}

# fresh_within TARGET: how long after a commit its page shows it; looks for two
# seconds.
fresh_within()
{
	local mark=$((RANDOM + 1000000)) from to

	# so that there is one to be out of date
	fetch "$1" "$TABLE" --compressed
	fetch "$1" "$TABLE" --compressed
	sqlite3 -cmd '.timeout 10000' "$WRITTEN" "UPDATE places SET
	    population = $mark WHERE id = (SELECT min(id) FROM places)"
	from=${EPOCHREALTIME/[.,]/}
	to=$from
	while ((to - from < 2000000)); do
		fetch "$1" "$TABLE" --compressed
		to=${EPOCHREALTIME/[.,]/}
		if tr -d ',\342\200\257' <"$TOP/got" | grep -q "$mark"; then
			echo "$1,$(((to - from) / 1000))"
			return
		fi
	done
	echo "$1,"
}
