#!/usr/bin/env bats
# Seeing inside: /-/status, /-/metrics and /-/healthz, whatever the workers are
# busy with and whichever of them is asked.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/page
load helpers/raw

teardown()
{
	hang_up_all
	end_test
}

# status FILTER: what jq finds in the status.
status()
{
	page GET /-/status.json
	is "$STATUS" 200 || return
	jq -r "$1" <<<"$BODY"
}

# status_is FILTER VALUE
status_is()
{
	[[ $(status "$1") == "$2" ]]
}

# serve_without N PID...: so many workers serve, these not among them.
serve_without()
{
	local pids="${*:2}"

	status_is "([.workers[] | select(.state == \"serving\") | .pid] -
	    [${pids// /,}]) | length" "$1"
}

# route NAME: a filter for the requests of a route.
route()
{
	echo ".routes[] | select(.name == \"$1\") | .requests"
}

# metrics FILE: the metrics, which the parser of Prometheus's own client must
# take.  Debian's package of it is for Debian's Python.
metrics()
{
	page GET /-/metrics
	is "$STATUS" 200 || return
	printf '%s\n' "$BODY" >"$1"
	/usr/bin/python3 -c 'import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
	for s in family.samples:
		labels = ",".join(k + "=" + v for k, v in sorted(s.labels.items()))
		print(family.type, s.name + "{" + labels + "}", s.value, sep="\t")
' <"$1" >"$1.samples"
}

# sample FILE NAME{LABELS}: its value.
sample()
{
	awk -F '\t' -v name="$2" '$2 == name { print $3 + 0; found = 1 }
	    END { exit !found }' "$1.samples"
}

@test "the numbers of two workers add up" {
	local i before

	make_db "$T/demo.db"
	start_squall --workers=2 "$T/demo.db"
	for i in 1 2 3 4 5 6; do
		page GET /demo/notes
	done
	page GET /demo/notes/1
	page GET /demo/notes/2
	page GET /demo/notes/99
	is "$STATUS" 404
	page GET /a/b/c/d/e
	is "$STATUS" 404

	page GET /-/status.json
	is "$STATUS" 200
	has "$HEADERS" 'Content-Type: application/json'
	has "$HEADERS" 'Cache-Control: no-store'
	printf '%s' "$BODY" >"$T/json"
	is "$(jq -r .ok "$T/json")" true
	is "$(jq "$(route table)" "$T/json")" 6
	is "$(jq "$(route row)" "$T/json")" 3
	# each worker renders it once, at the most
	jq -e '.routes[] | select(.name == "table") |
	    .outcomes.memory + .outcomes.miss == 6 and .outcomes.miss <= 2 and
	    .outcomes.miss >= 1' "$T/json"
	# names of what does not hold
	is "$(jq -c '.totals as $t | {
	    workers: ($t.requests == ([.workers[].requests] | add)),
	    routes: ($t.requests == ([.routes[].requests] | add)),
	    outcomes: ($t.requests == ([$t.outcomes[]] | add)),
	    statuses: ($t.requests == ([$t.statuses[]] | add)),
	    latency: ($t.requests == ([.latency[].count] | add)),
	    renders: ($t.renders == $t.outcomes.miss),
	    connections: ($t.connections > $t.requests),
	    work: ($t.statements > 0 and $t.sent_bytes > 1000),
	    percentiles: (.latency.miss | .p50_us > 0 and .p50_us <= .p999_us),
	    resident: ([.workers[].resident_bytes] | min > 100000),
	    now: (.now.renderers == 8 and .now.renderers_busy == 0 and
		.now.jobs_queued == 0),
	    memory: (.now.memory_bytes > 0 and
		.now.memory_max_bytes == 2 * 64 * 1048576)
	    } | [to_entries[] | select(.value | not) | .key]' "$T/json")" '[]'
	is "$(jq -r '[.workers[].state] | unique[]' "$T/json")" serving
	is "$(jq '.workers[].pid' "$T/json" | sort)" "$(workers | sort)"
	is "$(jq -r .sqlite.version "$T/json")" "$(sqlite3 --version |
	    cut -d ' ' -f 1)"
	wait_for status_is .now.connections 1
	# never kept: the next one knows more
	before=$(status "$(route status)")
	is "$(status "$(route status)")" $((before + 1))
}

@test "what a killed worker has counted remains" {
	local before killed

	make_db "$T/demo.db"
	start_squall --workers=2 "$T/demo.db"
	for _ in {1..20}; do
		page GET /demo/notes
	done
	before=$(status .totals.requests)
	mapfile -t killed < <(workers)
	kill -KILL "${killed[@]}"
	wait_for serve_without 2 "${killed[@]}"
	(($(status .totals.requests) > before))
	is "$(status "$(route table)")" 20
	# the new ones have answered little themselves
	(($(status '[.workers[].requests] | add') < 20 + 10))
	is "$(status '.workers[].pid' | sort)" "$(workers | sort)"
}

@test "a worker that has ended is shown as dead" {
	make_db "$T/demo.db"
	start_squall --workers=2 --threads=1 "$T/demo.db"
	# nobody replaces it
	send_signal squall STOP
	kill -KILL "$(status '.workers[0].pid')"
	wait_for status_is '[.workers[].state] | sort | join(" ")' 'dead serving'
	page GET /-/status
	has "$BODY" '1 worker ended'
	send_signal squall CONT
	wait_for status_is '[.workers[].state] | unique | join(" ")' serving
}

@test "replaced workers go, and what they have counted remains" {
	local before

	make_db "$T/demo.db"
	start_squall --workers=2 "$T/demo.db"
	page GET /demo/notes
	before=$(status "$(route table)")
	((before > 0))
	for _ in 1 2 3; do
		send_signal squall HUP
	done
	wait_for grep -q ': reloaded' "$T/squall.log"
	wait_for status_is '[.workers[].state] | join(" ")' 'serving serving'
	(($(status "$(route table)") >= before))
}

@test "for this machine alone, unless --status says otherwise" {
	local address path

	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	for path in /-/status /-/status.json /-/metrics; do
		for address in 192.0.2.1 ::ffff:192.0.2.1 '' -; do
			page GET "$path" REMOTE_ADDR="$address"
			is "$STATUS" 403 || fail "$address"
			hasnt "$BODY" "$(workers)"
		done
		for address in 127.0.0.1 ::1 ::ffff:127.0.0.1 unix:; do
			page GET "$path" REMOTE_ADDR="$address"
			is "$STATUS" 200 || fail "$address"
		done
	done
	page GET /-/status.json REMOTE_ADDR=192.0.2.1
	is "$(jq -r '[.ok, .status] | join(" ")' <<<"$BODY")" 'false 403'
	stop squall

	start_squall --workers=1 --status=all "$T/demo.db"
	page GET /-/metrics REMOTE_ADDR=192.0.2.1
	is "$STATUS" 200
	stop squall

	start_squall --workers=1 --status=none "$T/demo.db"
	page GET /-/status
	is "$STATUS" 403
	page GET /-/healthz
	is "$STATUS" 200
}

@test "behind nginx, the client's address counts" {
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	start_nginx
	get /-/status.json
	is "$STATUS" 200
	# what a client says of itself does not
	get -H 'X-Forwarded-For: 192.0.2.1' -H 'Remote-Addr: 192.0.2.1' \
	    /-/status.json
	is "$STATUS" 200
}

@test "it answers while all renderers are busy" {
	local clients=()

	make_db "$T/demo.db"
	start_squall --workers=1 --threads=2 "$T/demo.db"
	lock_db "$T/demo.db"
	for i in 1 2 3; do
		fcgi GET "/demo/notes/$i" >"$T/slow$i" 3>&- &
		clients+=("$!")
	done
	wait_for status_is '.now | "\(.renderers_busy) \(.jobs_queued)"' '2 1'
	# one of the connections is this one's, and earlier ones are closed soon
	shows_all()
	{
		page GET /-/status
		has "$BODY" '4 connections, 2 renderers busy, 1 page waits'
	}
	wait_for shows_all
	metrics "$T/metrics"
	is "$(sample "$T/metrics" 'squall_renderers_busy{}')" 2
	is "$(sample "$T/metrics" 'squall_renderers{}')" 2
	page GET /-/healthz
	is "$BODY" ready
	unlock_db
	wait "${clients[@]}"
	has "$(<"$T/slow3")" third
	wait_for status_is '.now | "\(.renderers_busy) \(.jobs_queued)"' '0 0'
}

@test "metrics are OpenMetrics, and counters never go back" {
	local victim

	make_db "$T/demo.db"
	cp "$T/demo.db" "$T/a\"b\\c.db"
	start_squall --workers=2 "$T/demo.db" "$T/a\"b\\c.db"
	page GET /demo/notes
	metrics "$T/1"
	has "$HEADERS" \
	    'Content-Type: application/openmetrics-text; version=1.0.0'
	is "$(tail -n 1 "$T/1")" '# EOF'
	page GET /demo/notes/2
	victim=$(workers | head -n 1)
	kill -KILL "$victim"
	wait_for serve_without 2 "$victim"
	metrics "$T/2"
	# every counter and every bucket of the first is in the second
	awk -F '\t' '$1 != "counter" && $1 != "histogram" { next }
	    NR == FNR { before[$2] = $3; n++; next }
	    $2 in before { if ($3 + 0 < before[$2] + 0) exit 1; n-- }
	    END { exit n != 0 }' "$T/1.samples" "$T/2.samples"
	is "$(sample "$T/2" \
	    'squall_requests_total{outcome=miss,route=row}')" 1
	is "$(sample "$T/2" 'squall_workers{state=draining}')" 0
	is "$(sample "$T/2" 'squall_memory_max_bytes{}')" $((2 * 64 << 20))
	(($(sample "$T/2" 'squall_database_bytes{database=a"b\c}') > 4096))
	(($(sample "$T/2" \
	    'squall_request_duration_seconds_count{outcome=miss}') >= 2))
	is "$(sample "$T/2" \
	    'squall_request_duration_seconds_bucket{le=+Inf,outcome=miss}')" \
	    "$(sample "$T/2" \
	    'squall_request_duration_seconds_count{outcome=miss}')"
}

@test "the page is sound, and a script of the site's renews it" {
	make_db "$T/<b>&.db"
	start_squall --workers=2 "$T/<b>&.db"
	page GET /-/status
	is "$STATUS" 200
	has "$HEADERS" 'Content-Type: text/html; charset=utf-8'
	has "$BODY" '<main id="main" data-refresh="5">'
	has "$BODY" '<script defer src="/-/static/script-'
	has "$BODY" '&lt;b&gt;&amp;'
	hasnt "$BODY" '<b>'
	hasnt "$BODY" '<script>'
	# xmllint knows no element of HTML 5, but how to open and close them
	xmllint --html --noout --nonet - <<<"$BODY" 2>&1 |
	    awk '/(parser|HTML).* (error|warning)/ && !/Tag [a-z]+ invalid/ {
		print
		bad = 1
	    }
	    END { exit bad }'
	page HEAD /-/status
	is "$STATUS" 200
	is "$BODY" ''
	page POST /-/status
	is "$STATUS" 405
}

@test "a bad file in a database's place, and a good one again" {
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	page GET /demo/notes
	is "$(status '.databases[0] | "\(.open) \(.bad)"')" 'true false'
	like "$(status '.databases[0].version')" '^[0-9a-f]{16}$'
	is "$(status '.databases[0].bytes')" "$(stat -c %s "$T/demo.db")"
	echo 'no database, but long enough to look at it' >"$T/bad"
	ln "$T/demo.db" "$T/good"
	mv "$T/bad" "$T/demo.db"
	wait_for status_is '.databases[0] | "\(.open) \(.bad)"' 'true true'
	page GET /-/status
	has "$BODY" 'its pages are still those of the file that it replaced'
	mv "$T/good" "$T/demo.db"
	wait_for status_is '.databases[0] | "\(.open) \(.bad)"' 'true false'
}

@test "the store: what it is asked, and when it is left alone" {
	make_db "$T/demo.db"
	start_memcached
	start_squall --workers=1 --threads=1 --memory=0 \
	    --cache="$MEMCACHED_URL" "$T/demo.db"
	page GET /demo/notes
	page GET /demo/notes
	page GET /demo/notes
	is "$(status '.store | "\(.kind) \(.gets) \(.hits) \(.sets)",
	    "\(.errors) \(.breakers_open)"' | paste -sd ' ')" \
	    'memcached 3 2 1 0 0'
	is "$(status '.routes[] | select(.name == "table") | .outcomes.store')" 2
	stop memcached
	for i in 1 2 3 4 5; do
		page GET "/demo/notes/$i"
	done
	is "$(status '.store | "\(.breakers_open) \(.breaker_opened)"')" '1 1'
	(($(status .store.errors) > 0))
	page GET /-/status
	has "$BODY" 'The store does not answer: 1 renderer leaves it alone'
	start_memcached
	answers_again()
	{
		page GET /demo/notes
		status_is .store.breakers_open 0
	}
	wait_for answers_again
}

@test "listening sockets: how many connections wait to be accepted" {
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	is "$(status '.listeners[0] | "\(.address) \(.waiting)"')" \
	    "unix:$T/squall.sock 0"
	(($(status '.listeners[0].max') >= 1024))
	stop squall
	start_squall_tcp --workers=1 --status=all "$T/demo.db"
	is "$(status '.listeners[0] | "\(.address) \(.waiting)"')" \
	    "$SQUALL_ADDRESS 0"
	(($(status '.listeners[0].max') > 0))
	metrics "$T/metrics"
	is "$(sample "$T/metrics" \
	    "squall_listen_queue{address=$SQUALL_ADDRESS}")" 0
}

@test "healthz: ready for everybody, and not kept" {
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	page GET /-/healthz REMOTE_ADDR=192.0.2.1
	is "$STATUS" 200
	is "$BODY" ready
	has "$HEADERS" 'Content-Type: text/plain'
	has "$HEADERS" 'Cache-Control: no-store'
	has "$(cache_status)" fwd=bypass
}

@test "healthz: draining, once squall is to end" {
	local idle whole

	make_db "$T/demo.db"
	start_squall_tcp --workers=1 "$T/demo.db"
	dial
	ask GET /-/healthz
	is "$BODY" ready
	idle=$FD
	dial
	whole=$(request GET /-/healthz "$CLOSE")
	send "$FD" "${whole:0:100}"
	send_signal squall TERM
	is_closed "$idle"
	send "$FD" "${whole:100}"
	reply "$FD"
	is "$STATUS" 503
	is "$BODY" draining
	wait_for squall_has_ended
	stop squall
}

squall_has_ended()
{
	! kill -0 "$(pid_of squall)" 2>/dev/null
}

@test "by CGI, where the address is missing or empty" {
	local address

	make_db "$T/demo.db"
	for address in '' REMOTE_ADDR=; do
		env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET \
		    SCRIPT_NAME= PATH_INFO=/-/metrics QUERY_STRING= \
		    ${address:+"$address"} "$SQUALL" "$T/demo.db" >"$T/cgi" \
		    2>/dev/null
		like "$(head -n 1 "$T/cgi")" '^Status: 403'
	done
}

@test "by CGI, and mounted under a prefix" {
	make_db "$T/demo.db"
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET \
	    SCRIPT_NAME=/cgi-bin/squall PATH_INFO=/-/status.json \
	    QUERY_STRING= REMOTE_ADDR=127.0.0.1 \
	    "$SQUALL" "$T/demo.db" >"$T/cgi" 2>/dev/null
	like "$(head -n 1 "$T/cgi")" '^Status: 200'
	jq -e '.workers | length == 1' <(sed '1,/^\r$/d' "$T/cgi")
	start_squall --workers=1 --prefix=/data "$T/demo.db"
	page GET /data/-/status
	has "$BODY" 'href="/data/-/status.json"'
	has "$BODY" 'href="/data/demo"'
}
