#!/usr/bin/env bats
# Pages are never older than the database: once a commit has returned, whoever
# made it, the next request shows it.  And what a client has already is not sent
# again.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases

# sql STATEMENTS: another process's, which has the database for itself.
sql()
{
	sqlite3 -batch -bail -cmd '.timeout 60000' "${DB-$T/demo.db}" "$1" \
	    >"$T/sqlite.log"
}

# make_counter MODE [FILE]: a database with the number 0.
make_counter()
{
	DB=${2-$T/demo.db} sql "PRAGMA journal_mode = $1;
	    CREATE TABLE t (id INTEGER PRIMARY KEY, n, pad);
	    INSERT INTO t VALUES (1, 0, hex(zeroblob(1000)));"
}

# serve MODE [OPTION]...: the counter, with two workers, behind nginx.
serve()
{
	[[ -e $T/demo.db ]] || make_counter "$1"
	start_squall --workers=2 --threads=2 "${@:2}" "$T/demo.db"
	[[ -n ${URL-} ]] || start_nginx
}

commit()
{
	sql "UPDATE t SET n = $1"
}

# shows NUMBER: do the row and the table show it now?  Asked for several times
# at once, for there are two workers.
shows()
{
	local i shown

	for i in {1..3}; do
		printf '%s\t%s\n' "$T/shown.$i" "$URL/demo/t/1.json?x=$i" \
		    "$T/shown.$((i + 3))" "$URL/demo/t.json?_x=$((i + 3))"
	done | "$TOOLS_DIR/fetch" -l 6 -m "$MAX_S" >"$T/round" || return
	shown=$(grep -oh '"n":[0-9]*,' "$T"/shown.?)
	is "${shown//$'\n'/ }" \
	    "\"n\":$1, \"n\":$1, \"n\":$1, \"n\":$1, \"n\":$1, \"n\":$1,"
}

# is_hit DETAIL
is_hit()
{
	get /demo/t/1.json
	[[ $(cache_status) == *'; hit; '*"detail=$1" ]]
}

# commits_show [FROM]: numbers that are committed and seen one after the other.
commits_show()
{
	local i from=${1-1}

	for ((i = from; i < from + 5; i++)); do
		commit "$i"
		shows "$i" || return
	done
}

# seen MODE [OPTION]...: commits are; and what has not changed is a hit.
seen()
{
	serve "$@"
	shows 0
	commits_show
}

@test "WAL: a commit is seen at once" {
	seen WAL
	wait_for is_hit memory
}

@test "DELETE: a commit is seen at once" {
	seen DELETE
	wait_for is_hit memory
}

@test "WAL: a commit is seen at once, with memcached" {
	start_memcached
	seen WAL --cache="$MEMCACHED_URL"
	wait_for is_hit memory
}

@test "DELETE: a commit is seen at once, with memcached" {
	start_memcached
	seen DELETE --cache="$MEMCACHED_URL"
	wait_for is_hit memory
}

@test "WAL: a commit is seen at once, with memcached alone" {
	start_memcached
	seen WAL --memory=0 --cache="$MEMCACHED_URL"
	is_hit memcached
	# memcached has the old page: that is why it is a miss
	commit 77
	get /demo/t/1.json
	like "$(cache_status)" \
	    '^squall; fwd=stale; stored; detail="version [0-9a-f]{16}"$'
}

@test "DELETE: a commit is seen at once, with memcached alone" {
	start_memcached
	seen DELETE --memory=0 --cache="$MEMCACHED_URL"
	is_hit memcached
}

@test "a page of a database that has changed says so" {
	serve WAL --workers=1
	get /demo/t/1.json
	is "$(cache_status)" 'squall; fwd=uri-miss; stored'
	get /demo/t/1.json
	like "$(cache_status)" '^squall; hit; ttl=[0-9]+; detail=memory$'
	commit 1
	get /demo/t/1.json
	like "$(cache_status)" \
	    '^squall; fwd=stale; stored; detail="version [0-9a-f]{16}"$'
	get /demo/t/1.json
	like "$(cache_status)" '^squall; hit; ttl=[0-9]+; detail=memory$'
	# what commits nothing changes nothing
	sql 'BEGIN; UPDATE t SET n = 9; ROLLBACK; UPDATE t SET n = 9 WHERE id = 9;
	    SELECT * FROM t'
	get /demo/t/1.json
	has "$(cache_status)" '; hit; '
}

@test "other databases' pages stay" {
	make_counter WAL "$T/other.db"
	make_counter WAL
	start_squall --workers=1 "$T/demo.db" "$T/other.db"
	start_nginx
	get /other/t/1.json
	commit 1
	get /other/t/1.json
	has "$(cache_status)" '; hit; '
	get /demo/t/1.json
	is "$(value n)" 1
	# the front page is of both
	get /
	get /
	has "$(cache_status)" '; hit; '
	DB=$T/other.db sql 'UPDATE t SET n = 5'
	get /
	has "$(cache_status)" 'fwd=stale'
}

# tended MODE: commits between all that moves pages about.
tended()
{
	local i=0 what

	serve "$1"
	shows 0
	for what in 'PRAGMA wal_checkpoint(PASSIVE)' \
	    'PRAGMA wal_checkpoint(FULL)' 'PRAGMA wal_checkpoint(RESTART)' \
	    'PRAGMA wal_checkpoint(TRUNCATE)' VACUUM ANALYZE \
	    'CREATE INDEX i ON t(n)' 'ALTER TABLE t ADD COLUMN more' \
	    'PRAGMA wal_checkpoint(TRUNCATE); VACUUM' \
	    'INSERT INTO t(n, pad) VALUES (0, zeroblob(200000));
	    DELETE FROM t WHERE id > 1; VACUUM'; do
		commit $((++i))
		shows "$i" || fail "before $what"
		sql "$what"
		shows "$i" || fail "after $what"
		commit $((++i))
		shows "$i" || fail "next to $what"
		# the number that was there before, once more
		commit $((i - 1))
		shows $((i - 1)) || fail "back after $what"
	done
}

@test "WAL: across checkpoints, VACUUM and schema changes" {
	tended WAL
}

@test "DELETE: across VACUUM and schema changes" {
	tended DELETE
}

@test "a new table and a new column are seen at once" {
	serve WAL
	get /demo/u.json
	is "$STATUS" 404
	sql 'CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (7)'
	get /demo/u.json
	is "$STATUS" 200
	get /demo.json
	has "$(jq -c '[.tables[].name]' <<<"$BODY")" '"u"'
	sql 'ALTER TABLE u ADD COLUMN colour'
	get /demo/u/7.json
	has "$(jq -c '.rows[0]' <<<"$BODY")" colour
	sql 'DROP TABLE u'
	get /demo/u.json
	is "$STATUS" 404
}

@test "a database that changes to WAL while it is served" {
	serve DELETE
	commits_show
	sql 'PRAGMA journal_mode = WAL'
	shows 5
	commits_show 11
	wait_for is_hit memory
}

# restarted MODE: the unchanged page is memcached's, a changed one is not.
restarted()
{
	start_memcached
	serve "$1" --cache="$MEMCACHED_URL"
	commit 1
	shows 1
	stop squall
	serve "$1" --cache="$MEMCACHED_URL"
	is_hit memcached
	is "$(value n)" 1
	stop squall
	commit 2
	serve "$1" --cache="$MEMCACHED_URL"
	shows 2
	commits_show 3
	stop squall
	# nobody has it open: the log is emptied and removed
	sql 'SELECT 1'
	serve "$1" --cache="$MEMCACHED_URL"
	shows 7
}

@test "WAL: a restart of squall" {
	restarted WAL
}

@test "DELETE: a restart of squall" {
	restarted DELETE
}

@test "a static database in WAL mode stays warm over restarts" {
	start_memcached
	make_counter WAL
	for _ in 1 2 3; do
		serve WAL --cache="$MEMCACHED_URL"
		get /demo/t/1.json
		has "$(cache_status)" "${warm-fwd=uri-miss}"
		warm=detail=memcached
		stop squall
	done
}

@test "a restart of memcached" {
	start_memcached
	serve WAL --memory=0 --cache="$MEMCACHED_URL"
	commits_show
	is_hit memcached
	site_stop "$T" memcached 0 || :
	commits_show 11
	start_memcached
	commits_show 21
	wait_for is_hit memcached
}

is_over()
{
	((${EPOCHREALTIME/[.,]/} > $1))
}

# replaced MODE: by another file, which a rename puts in its place; every worker
# has noticed it after a second.
replaced()
{
	local due i

	serve "$1"
	commits_show
	for i in 100 200 300; do
		make_counter "$1" "$T/new.db"
		DB=$T/new.db commit "$i"
		# the old log must not be the new file's
		sql 'PRAGMA wal_checkpoint(TRUNCATE)'
		mv "$T/new.db" "$T/demo.db"
		due=$((${EPOCHREALTIME/[.,]/} + 1000000))
		wait_for is_over "$due"
		shows "$i"
	done
	wait_for is_hit memory
}

@test "DELETE: replaced by a rename" {
	replaced DELETE
	commits_show 301
}

@test "WAL: replaced by a rename" {
	replaced WAL
}

# reader FILE: asks until there is $T/stop.  What a reply shows must be no older
# than what had been committed before it was asked for.
reader()
{
	local before got n=0

	until [[ -e $T/stop ]]; do
		read -r before <"$T/committed"
		got=$(curl -q -sS --noproxy '*' --max-time "$MAX_S" \
		    "$URL/demo/t/1.json") || got=
		[[ $got =~ '"n":'([0-9]+), && ${BASH_REMATCH[1]} -ge before ]] ||
		    echo "${got:-nothing} after $before"
		echo $((++n)) >"$1.n"
	done >"$1"
}

# all_have_read: 1 once each reader has had some replies.
all_have_read()
{
	local i n

	for i in 1 2 3 4; do
		{ read -r n <"$T/reader$i.n"; } 2>/dev/null || n=0
		((n > 5)) || break
	done
	echo $((n > 5))
}

# race MODE [OPTION]...: readers, and a writer.
race()
{
	local i readers=()

	serve "$@"
	echo 0 >"$T/committed"
	for i in 1 2 3 4; do
		reader "$T/reader$i" 3>&- &
		readers+=("$!")
	done
	for ((i = 1; i <= 60 || ! $(all_have_read); i++)); do
		commit "$i"
		echo "$i" >"$T/next"
		mv "$T/next" "$T/committed"
		((i % 10 != 0)) || sql 'PRAGMA wal_checkpoint(TRUNCATE)'
		((i % 15 != 0)) || sql VACUUM
	done
	: >"$T/stop"
	wait "${readers[@]}"
	is "$(cat "$T"/reader?)" ''
	shows $((i - 1))
}

@test "WAL: readers race with a writer" {
	race WAL
}

@test "DELETE: readers race with a writer" {
	race DELETE
}

@test "WAL: readers race with a writer, with memcached alone" {
	start_memcached
	race WAL --memory=0 --cache="$MEMCACHED_URL"
}

@test "--fresh=SECONDS: the old page once more, while a new one is made" {
	serve WAL --workers=1 --fresh=3600
	get /demo/t/1.json
	commit 1
	get /demo/t/1.json
	is "$(value n)" 0
	is "$(cache_status)" 'squall; hit; ttl=0; detail=behind'
	like "$(header Cache-Control)" '^max-age=[1-9][0-9]*, stale-while-revalidate=[1-9][0-9]*, stale-if-error=3600$'
	wait_for shows 1
	is_hit memory
}

# joins NUMBER: asks until the old page may not be shown any more, so that this
# one waits for the page that is being made.
joins()
{
	until fcgi GET /demo/t/1.json >"$T/joined$1" &&
	    [[ $(<"$T/joined$1") != *'; detail=behind'* ]]; do
		:
	done
}

# gives_up: a request that is not answered within a second.
gives_up()
{
	[[ -z $(MAX_S=1 fcgi GET /demo/t/1.json) ]]
}

@test "--fresh=SECONDS: requests join the page that is made anew" {
	local client clients=() i

	serve DELETE --workers=1 --fresh=3 --time-limit=120000
	get /demo/t/1.json
	commit 1
	lock_db "$T/demo.db"
	get /demo/t/1.json
	is "$(cache_status)" 'squall; hit; ttl=0; detail=behind'
	wait_for gives_up
	for i in 1 2 3; do
		joins "$i" 3>&- &
		clients+=("$!")
	done
	wait_for has_connections 3
	unlock_db
	for client in "${clients[@]}"; do
		wait "$client"
	done
	for i in 1 2 3; do
		has "$(<"$T/joined$i")" 'Status: 200'
		has "$(<"$T/joined$i")" '"n":1'
	done
	wait_for is_hit memory
}

# tag_of [CURL OPTION]...: the entity tag of the page.
tag_of()
{
	get "$@" /demo/t/1
	is "$STATUS" 200 || return
	TAG=$(header ETag)
}

# not_modified IF_NONE_MATCH [CURL OPTION]...
not_modified()
{
	get "${@:2}" -H "If-None-Match: $1" /demo/t/1
	is "$STATUS $(wc -c <"$T/body")" '304 0' || return
	is "$(header ETag)" "$TAG" || return
	is "$(header Cache-Control)" no-cache || return
	hasnt "$HEADERS" 'Content-Encoding'
}

modified()
{
	get "${@:2}" -H "If-None-Match: $1" /demo/t/1
	is "$STATUS" 200 || return
	(($(wc -c <"$T/body") > 0))
}

@test "If-None-Match in all its forms" {
	local bare

	serve WAL
	tag_of
	bare=${TAG//\"/}
	not_modified "$TAG"
	not_modified "W/$TAG"
	not_modified "\"$bare-gzip\""
	not_modified "W/\"$bare-gzip\""
	not_modified '*'
	not_modified "\"x\", W/\"y,z\" , $TAG"
	not_modified "$TAG" -I
	modified '"x"'
	modified "$bare"
	modified "\"${bare}x\""
	modified '"x", "y"'
	# an error is no such page
	get -H 'If-None-Match: *' /demo/t/99
	is "$STATUS" 404
	hasnt "$HEADERS" ETag
}

@test "a 304 is of the page as it is now" {
	local old

	serve WAL
	tag_of
	old=$TAG
	not_modified "$old"
	commit 1
	modified "$old"
	tag_of
	[[ $TAG != "$old" ]]
	not_modified "$TAG"
	# the contents are the old ones again, and so is their tag
	commit 0
	tag_of
	is "$TAG" "$old"
	not_modified "$old"
}

@test "gzip and identity: the same page, each with a strong tag of its own" {
	local plain plain_tag

	serve WAL
	tag_of
	plain_tag=$TAG
	plain=$(sha256sum <"$T/body")
	hasnt "$HEADERS" 'Content-Encoding'
	is "$(header Vary)" Accept-Encoding
	is "$(header Content-Length)" "$(wc -c <"$T/body")"
	tag_of -H 'Accept-Encoding: gzip'
	is "$(header Content-Encoding)" gzip
	is "$(header Vary)" Accept-Encoding
	is "$(header Content-Length)" "$(wc -c <"$T/body")"
	is "$(gzip -dc "$T/body" | sha256sum)" "$plain"
	like "$plain_tag" '^"[0-9a-f]{32}"$'
	is "$TAG" "${plain_tag%\"}-gzip\""
	not_modified "$TAG" -H 'Accept-Encoding: gzip'
	has "$HEADERS" 'Vary: Accept-Encoding'
	# who refuses it, or likes the other more, gets none
	for accepted in 'gzip;q=0' identity br 'gzip;q=0.1, identity' '*;q=0'; do
		tag_of -H "Accept-Encoding: $accepted"
		is "$TAG" "$plain_tag"
		is "$(sha256sum <"$T/body")" "$plain"
		hasnt "$HEADERS" 'Content-Encoding'
	done
	tag_of -H 'Accept-Encoding: br, *'
	is "$(header Content-Encoding)" gzip
	# a HEAD tells of the same
	get -I -H 'Accept-Encoding: gzip' /demo/t/1
	is "$(header ETag)" "${plain_tag%\"}-gzip\""
	is "$(header Content-Encoding)" gzip
}

@test "from memcached, both forms are as they were" {
	local packed plain

	start_memcached
	serve WAL --memory=0 --cache="$MEMCACHED_URL"
	get /demo/t/1
	plain=$(sha256sum <"$T/body") tag=$(header ETag)
	get /demo/t/1
	has "$(cache_status)" detail=memcached
	is "$(sha256sum <"$T/body") $(header ETag)" "$plain $tag"
	get -H 'Accept-Encoding: gzip' /demo/t/1
	has "$(cache_status)" detail=memcached
	packed=$(gzip -dc "$T/body" | sha256sum)
	is "$packed $(header ETag)" "$plain ${tag%\"}-gzip\""
	TAG=$tag
	not_modified "$tag"
}
