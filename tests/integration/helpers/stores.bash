# shellcheck shell=bash
# Stores of either kind under the same names, and many pages asked for at once,
# each compared byte by byte with what squall sends without a cache.

# The squall that has no cache: its name, and the address of its web server.
PLAIN_SQUALL=squall-plain
# How many requests are on their way at a time: one for each renderer.
AT_ONCE=4

# start_store KIND [unix|tcp] [OPTION]...: memcached or redis.  Sets KIND and
# STORE_URL (for --cache).
start_store()
{
	KIND=$1
	"start_$KIND" "${@:2}"
	store_url
}

store_url()
{
	case $KIND in
	memcached) STORE_URL=$MEMCACHED_URL ;;
	redis) STORE_URL=$REDIS_URL ;;
	esac
}

# start_hostile KIND [unix|tcp]: a store that can be told to misbehave, see
# tests/tools/hostile-store.c; a good one for now.
start_hostile()
{
	local where=$T/hostile.sock

	KIND=$1
	STORE_URL=$KIND:$where
	if [[ ${2-unix} == tcp ]]; then
		where=127.0.0.1:$(free_port)
		STORE_URL=$KIND://$where
	fi
	start hostile "$TOOLS_DIR/hostile-store" "$KIND" "$where" "$T/hostile"
	wait_for hostile good
}

# hostile MODE [NUMBER]: how it answers from now on.
hostile()
{
	is "$(hostile_ask "mode $*")" ok
}

# hostile_count NAME: `spoilt` is of the current mode.
hostile_count()
{
	hostile_ask "count $1"
}

hostile_ask()
{
	site_memcached_ask "$T/hostile" "$1"
}

# many_pages FROM TO: asked for one after the other, each another one.
many_pages()
{
	[[ -n ${URL-} ]] || start_lighttpd
	curl -q -sS --noproxy '*' -w '%{stderr}%{http_code}\n' \
	    "$URL/demo/notes?id__gt=[$1-$2]" >"$T/pages" 2>"$T/codes"
	is "$(sort "$T/codes" | uniq -c | tr -s ' ')" " $(($2 - $1 + 1)) 200"
}

# answers_again FROM TO: has the log said so, now that these were asked for?
answers_again()
{
	many_pages "$1" "$2" && grep -q 'answers again' "$T/squall.log"
}

# another_build FROM TO: a copy of the program with another build ID.
another_build()
{
	local section=.note.gnu.build-id

	objcopy -O binary --only-section="$section" "$1" "$2.note"
	# the ID is its end
	{
		head -c -4 "$2.note"
		printf 'else'
	} >"$2.changed"
	objcopy --update-section "$section=$2.changed" "$1" "$2"
}

# make_notes: a database of 6 small rows and one whose page is more than the
# buffer of a socket holds.  Every page of it shows a number, which commits
# change.
make_notes()
{
	sqlite3 -batch -bail "$T/demo.db" "PRAGMA journal_mode = WAL;
	    CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, n, pad);
	    WITH RECURSIVE i(i) AS (VALUES (1) UNION ALL
	    SELECT i + 1 FROM i WHERE i < 6)
	    INSERT INTO notes SELECT i, 'note ' || i, 0,
	    hex(randomblob(i * i * 120)) FROM i;
	    INSERT INTO notes VALUES (7, 'large', 0, hex(randomblob(120000)))" \
	    >"$T/sqlite.log"
	printf '%s\n' /demo '/demo/notes?_size=5' /demo/notes.json?_size=5 \
	    /demo/notes/{1,3,5,7} /demo/notes/{1,3,5,7}.json |
	    nl -w 1 -s ' ' >"$T/paths"
	PAGES=$(wc -l <"$T/paths")
}

# serve_notes [OPTION]...: them, behind lighttpd, by two workers that keep no
# page themselves; and beside it the squall that has no cache.
serve_notes()
{
	ROUNDS=0
	: >"$T/problems"
	: >"$T/times"
	[[ -e $T/demo.db ]] || make_notes
	if [[ -z ${PLAIN-} ]]; then
		NAME=$PLAIN_SQUALL start_squall --workers=1 --threads=2 \
		    --memory=0 --access-log=off "$T/demo.db"
		start_nginx
		PLAIN=$URL
		expect_pages
	fi
	# a lease that nobody ends any more is over soon
	[[ " $*" == *' --queue-wait='* ]] || set -- --queue-wait=5000 "$@"
	start_squall --workers=2 --threads=$((AT_ONCE / 2)) --memory=0 \
	    --access-log=off --cache="$STORE_URL" "$@" "$T/demo.db"
	WORKERS=$(workers)
	[[ -e $T/lighttpd.pid ]] || start_lighttpd
}

# commit: changes all pages.
commit()
{
	sqlite3 -batch -bail -cmd '.timeout 60000' "$T/demo.db" \
	    'UPDATE notes SET n = n + 1'
	expect_pages
}

expect_pages()
{
	ask_pages "$PLAIN" "$T/plain" identity >"$T/expected"
	ask_pages "$PLAIN" "$T/plain-gzip" gzip >>"$T/expected"
	is "$(grep -c '^200 ' "$T/expected")" $((PAGES * 2))
}

# ask_pages URL FOLDER ENCODING: all pages, in any order; what comes is in the
# folder, under the page's number.  Prints `STATUS SECONDS CACHE-STATUS` of
# each.
ask_pages()
{
	local n path

	mkdir -p "$2"
	while read -r n path; do
		printf 'url = "%s%s"\noutput = "%s/%d"\n' "$1" "$path" "$2" "$n"
	done < <(shuf "$T/paths") >"$2.curl"
	curl -q -sS -g -Z --no-progress-meter --parallel-immediate \
	    --parallel-max "$AT_ONCE" --noproxy '*' --max-time "$MAX_S" \
	    --stderr "$T/curl.log" -H "Accept-Encoding: $3" -K "$2.curl" \
	    -w '%{http_code} %{time_total} %header{cache-status}\n'
}

# ask_round: all pages once; what is wrong with them is a problem, which
# no_problems finds, so that asking again does not hide it.
ask_round()
{
	local encoding=identity wanted=$T/plain codes

	if ((ROUNDS++ % 2)); then
		encoding=gzip wanted=$T/plain-gzip
	fi
	rm -rf "$T/got"
	ask_pages "$URL" "$T/got" "$encoding" >"$T/round" ||
	    problem "curl: status $?, $(<"$T/curl.log")"
	cat "$T/round" >>"$T/times"
	codes=$(cut -d ' ' -f 1 "$T/round" | sort | uniq -c | tr -s ' \n' ' ')
	[[ $codes == " $PAGES 200 " ]] || problem "statuses:$codes"
	diff -rq "$wanted" "$T/got" >>"$T/problems" 2>&1 ||
	    problem 'not the right pages'
}

problem()
{
	echo "round $ROUNDS: $*" >>"$T/problems"
}

# all_hits: a round where every page is the store's.
all_hits()
{
	ask_round
	(($(round_hits) == PAGES))
}

some_hits()
{
	ask_round
	(($(round_hits) > 0))
}

round_hits()
{
	grep -c "hit; .*detail=$KIND" "$T/round" || :
}

# no_problems: all pages were right, and the workers are those of the start.
no_problems()
{
	[[ ! -s $T/problems ]] || fail "$(head -n 40 "$T/problems")" || return
	is "$(workers)" "$WORKERS"
}

# say_times WHAT: how long the misses took, since the last time.
say_times()
{
	awk -v what="$1" '
	    / fwd=/ { print $2 * 1000 | "sort -n >\"" ENVIRON["T"] "/sorted\"" }
	    / hit; / { hits++ }
	    END {
		close("sort -n >\"" ENVIRON["T"] "/sorted\"")
		while ((getline ms <(ENVIRON["T"] "/sorted")) > 0)
			misses[++n] = ms
		if (n > 0)
			printf "# %s: %d misses, median %d ms, maximum %d ms; " \
			    "%d hits\n", what, n, misses[int((n + 1) / 2)],
			    misses[n], hits
		else
			printf "# %s: %d hits\n", what, hits
	    }' "$T/times" >&3
	: >"$T/times"
}
