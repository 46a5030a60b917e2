# shellcheck shell=bash
# Stores of either kind under the same names, and many pages asked for at once,
# each compared with what squall sends without a cache.

# The squall that has no cache: its name, and the address of its web server.
PLAIN_SQUALL=squall-plain
# The pages as they are to be: see expect_pages.
declare -gA WANTED
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
	"$TOOLS_DIR/tell" "$T/hostile" "$1" quit
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
	local default

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
	for default in --queue-wait=5000 --workers=2 --threads=$((AT_ONCE / 2)); do
		[[ " $*" == *" ${default%=*}="* ]] || set -- "$default" "$@"
	done
	start_squall --memory=0 --access-log=off --cache="$STORE_URL" "$@" \
	    "$T/demo.db"
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

# expect_pages: sets WANTED, the checksums of all pages by encoding and path.
expect_pages()
{
	local encoding status sum url

	WANTED=()
	for encoding in identity gzip; do
		ask_pages "$PLAIN" "$encoding" >"$T/expected" || return
		while IFS=$'\t' read -r status _ sum _ url _; do
			is "$status" 200 || return
			WANTED[$encoding ${url#"$PLAIN"}]=$sum
		done <"$T/expected"
	done
	is "${#WANTED[@]}" $((PAGES * 2))
}

# ask_pages URL ENCODING: all pages, in any order.  Prints what `fetch` says of
# each.
ask_pages()
{
	local path
	local -a paths

	mapfile -t paths < <(shuf "$T/paths")
	for path in "${paths[@]}"; do
		printf -- '-\t%s%s\n' "$1" "${path#* }"
	done | "$TOOLS_DIR/fetch" -l "$AT_ONCE" -m "$MAX_S" \
	    -H "Accept-Encoding: $2"
}

# ask_round: all pages once; what is wrong with them is a problem, which
# no_problems finds, so that asking again does not hide it.  Sets HITS, how many
# were the store's.
ask_round()
{
	local encoding=identity n=0 status sum url cache

	((ROUNDS++ % 2 == 0)) || encoding=gzip
	ask_pages "$URL" "$encoding" >"$T/round" || problem 'no whole reply'
	HITS=0
	while IFS=$'\t' read -r status _ sum _ url _ cache; do
		((n += 1))
		[[ $status == 200 ]] || problem "$status: $url"
		[[ $sum == "${WANTED[$encoding ${url#"$URL"}]-}" ]] ||
		    problem "not the right page: $url, in $encoding"
		[[ $cache != *'hit; '*"detail=$KIND"* ]] || ((HITS += 1))
	done <"$T/round"
	((n == PAGES)) || problem "$n replies"
	cat "$T/round" >>"$T/times"
}

problem()
{
	echo "round $ROUNDS: $*" >>"$T/problems"
}

# all_hits: a round where every page is the store's.
all_hits()
{
	ask_round
	((HITS == PAGES))
}

some_hits()
{
	ask_round
	((HITS > 0))
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
