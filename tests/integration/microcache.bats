#!/usr/bin/env bats
# deploy/nginx-microcache.conf: nginx answers by itself for a second; here for
# some more, since two requests within one are too much for a busy machine.
# shellcheck disable=SC2034,SC2119,SC2153
load ../lib
load helpers/databases

start_micro()
{
	make_db "$T/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY,
	    title TEXT); INSERT INTO notes VALUES (1, 'first')"
	start_squall "$T/demo.db"
	cat "$SITE_DEPLOY/nginx-microcache.conf" "$SITE_DEPLOY/nginx.conf" |
	    sed "s|/var/cache/nginx/squall|$T/cache|; s/ 1s;/ 4s;/" \
		>"$T/micro.conf"
	start_nginx "$T/micro.conf"
}

# shows TEXT PATH
shows()
{
	get "$2" && has "$BODY" "$1"
}

requests()
{
	[[ $(fcgi GET /-/status.json) =~ '"totals":{"requests":'([0-9]+) ]] &&
	    echo "${BASH_REMATCH[1]}"
}

@test "nginx answers alone, and a commit is on the page soon" {
	start_micro
	shows first /demo/notes.json
	# once more, sooner or later, two within that time
	asked_once()
	{
		local before

		get /demo/notes.json
		before=$(requests)
		get /demo/notes.json
		# but for the question itself
		(($(requests) == before + 1))
	}
	wait_for asked_once
	sqlite3 "$T/demo.db" "UPDATE notes SET title = 'second'"
	wait_for shows second /demo/notes.json
}

@test "while squall is away, pages that nginx has are shown" {
	start_micro
	shows first /demo/notes.json
	stop squall
	shows first /demo/notes.json
}

@test "a HEAD request leaves no empty page behind" {
	start_micro
	get -I /demo/notes.json
	is "$STATUS" 200
	shows first /demo/notes.json
}

@test "each encoding has its own page" {
	make_db "$T/demo.db" "CREATE TABLE notes (id INTEGER PRIMARY KEY,
	    title TEXT); WITH RECURSIVE i(i) AS (VALUES (1) UNION ALL
	    SELECT i + 1 FROM i WHERE i < 90) INSERT INTO notes
	    SELECT i, 'note ' || i FROM i"
	start_squall "$T/demo.db"
	cat "$SITE_DEPLOY/nginx-microcache.conf" "$SITE_DEPLOY/nginx.conf" |
	    sed "s|/var/cache/nginx/squall|$T/cache|; s/ 1s;/ 4s;/" \
		>"$T/micro.conf"
	start_nginx "$T/micro.conf"
	get -H 'Accept-Encoding: gzip' /demo/notes
	is "$(header Content-Encoding)" gzip
	get /demo/notes
	has "$BODY" 'note 90'
}

@test "what may not be stored is not" {
	local first

	start_micro
	get /-/status.json
	first=$(jq .totals.requests "$T/body")
	get /-/status.json
	(($(jq .totals.requests "$T/body") > first))
}
