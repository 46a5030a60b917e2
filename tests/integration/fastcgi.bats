#!/usr/bin/env bats
# The protocol, byte by byte: what well-behaved and less well-behaved web
# servers send, and what squall makes of it.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/raw

teardown()
{
	hang_up_all
	end_test
}

# One worker and one renderer: whatever is blocked would be noticed.
serve()
{
	make_db "$T/demo.db"
	start_squall_tcp --workers=1 --threads=1 "$@" "$T/demo.db"
	WORKER=$(workers)
	dial
}

# is_well: the worker is the one that was started, and answers at once.
is_well()
{
	is "$(workers)" "$WORKER"
	fcgi GET /demo/notes/2 >"$T/well"
	has "$(<"$T/well")" 'Status: 200'
}

# How many descriptors the worker has open.
descriptors()
{
	find "/proc/$WORKER/fd" -mindepth 1 | wc -l
}

has_descriptors()
{
	(($(descriptors) <= $1))
}

@test "requests in turn on one kept connection, each answered under its id" {
	serve
	for ID in 1 2 256 65535; do
		ask GET "/demo/notes.json?_size=1&_n=$ID"
		is "$STATUS $REPLY_ID" "200 $ID"
		is "$(value title)" first
	done
	ask HEAD /demo
	is "$STATUS" 200
	is "$BODY" ''
	ask GET /nowhere/at/all/or/so
	is "$STATUS" 404
}

@test "without the keep flag the connection is closed after the reply" {
	serve
	ask GET /demo "$CLOSE"
	is "$STATUS" 200
	is_closed "$FD"
}

@test "a request that comes in single bytes is answered" {
	serve
	local bytes

	bytes=$(request GET /demo/notes/3.json | sed 's/../\\x& /g')
	(for byte in $bytes; do printf '%b' "$byte"; done >&"$FD")
	reply "$FD"
	is "$STATUS" 200
	is "$(value body)" three
}

@test "records may be padded" {
	serve
	local params

	params=$(variables GET /demo/notes/1.json)
	send "$FD" "$(begin
	    record "$PARAMS" "$params" 255
	    record "$PARAMS" '' 7
	    record "$STDIN" "$(hex <<<abc)" 1
	    record "$STDIN" '' 3)"
	reply "$FD"
	is "$STATUS $(value title)" '200 first'
	ask GET /demo/notes/2.json
	is "$STATUS $(value title)" '200 second'
}

@test "the record that begins a request may be padded" {
	serve
	send "$FD" "$(record "$BEGIN_REQUEST" 0001010000000000 8
	    record "$PARAMS" "$(variables GET /demo/notes/1.json)"
	    record "$PARAMS"
	    record "$STDIN")"
	reply "$FD"
	is "$STATUS $(value title)" '200 first'
}

@test "parameters and body may be spread over records, lengths may be long" {
	serve
	local params long

	printf -v long '%0300d' 0
	params=$(variables GET "/demo/notes/1.json?x=$long" "HTTP_LONG=$long" \
	    HTTP_EMPTY=)
	send "$FD" "$(begin
	    record "$PARAMS" "${params:0:2}"
	    record "$PARAMS" "${params:2:60}" 2
	    record "$PARAMS" "${params:62}"
	    record "$PARAMS"
	    record "$STDIN" "$(hex <<<'some body')"
	    record "$STDIN" "$(hex <<<'and more')"
	    record "$STDIN")"
	reply "$FD"
	is "$STATUS" 200
	is "$(value title)" first
}

@test "a request that arrives while another is being answered waits its turn" {
	serve --time-limit=60000
	lock_db "$T/demo.db"
	send "$FD" "$(ID=1 request GET /demo/notes/1.json)"
	send "$FD" "$(ID=2 request GET /demo/notes/2.json)"
	unlock_db
	reply "$FD"
	is "$STATUS $REPLY_ID $(value title)" '200 1 first'
	reply "$FD"
	is "$STATUS $REPLY_ID $(value title)" '200 2 second'
}

@test "half a request that stalls holds up nobody" {
	serve
	local half

	half=$(request GET /demo)
	send "$FD" "${half:0:100}"
	for half in "${half:0:16}" "${half:0:6}" "${half:0:-16}"; do
		dial
		send "$FD" "$half"
	done
	is_well
}

@test "half a request whose sender hangs up is forgotten at once" {
	serve
	local half before

	before=$(descriptors)
	half=$(request GET /demo)
	send "$FD" "${half:0:100}"
	hang_up "$FD"
	wait_for has_descriptors $((before - 1))
	is_well
}

@test "two requests in one packet are answered in turn" {
	serve
	send "$FD" "$(ID=1 request GET /demo/notes/1.json
	    ID=2 request GET /demo/notes/2.json
	    ID=3 request HEAD /demo/notes/3.json)"
	for ID in 1 2 3; do
		reply "$FD"
		is "$STATUS $REPLY_ID" "200 $ID"
	done
}

@test "who hangs up in the middle of a slow page spoils it for nobody" {
	serve --time-limit=60000
	local first=$FD second

	lock_db "$T/demo.db"
	send "$first" "$(request GET /demo/notes.json)"
	dial
	second=$FD
	send "$second" "$(request GET /demo/notes.json)"
	hang_up "$first"
	unlock_db
	reply "$second"
	is "$STATUS" 200
	is "$(jq '.rows | length' <<<"$BODY")" 3
	is_well
}

# database_lines: how often SQLite's trace shows a statement.
database_lines()
{
	grep -c ' debug db' "$T/squall.log"
}

is_begun()
{
	(($(database_lines) > $1))
}

@test "a slow page that nobody waits for any more is kept for the next" {
	local before

	serve --time-limit=60000 --log=debug
	lock_db "$T/demo.db"
	before=$(database_lines)
	send "$FD" "$(request GET /demo/notes.json)"
	# what no renderer has begun would be dropped
	wait_for is_begun "$before"
	hang_up "$FD"
	unlock_db
	dial
	ask GET /demo/notes.json
	is "$STATUS" 200
	has "$(cache_status)" 'hit; '
	is "$(workers)" "$WORKER"
}

@test "FCGI_ABORT_REQUEST ends the request" {
	serve --time-limit=60000
	local params

	lock_db "$T/demo.db"
	send "$FD" "$(request GET /demo/notes.json)"
	send "$FD" "$(record "$ABORT_REQUEST")"
	is_ended
	# and before the request was complete
	params=$(record "$PARAMS" "$(variables GET /demo)")
	dial
	send "$FD" "$(begin; record "$ABORT_REQUEST")"
	is_ended
	dial
	send "$FD" "$(begin; echo -n "$params"; record "$ABORT_REQUEST")"
	is_ended
	unlock_db
	is_well
}

# is_busy: the one renderer waits for the database.
is_busy()
{
	fcgi GET /-/status.json >"$T/status"
	[[ $(sed '1,/^\r$/d' "$T/status" | jq .now.renderers_busy) == 1 ]]
}

# goes_on NAME REQUEST BYTES: a request is answered, whatever comes behind it
# while it waits.
goes_on()
{
	dial
	lock_db "$T/demo.db"
	cat "$2" >&"$FD"
	wait_for is_busy
	send "$FD" "$3"
	# the loop has had its turn with them
	wait_for is_busy
	unlock_db
	reply "$FD" || fail "$1"
	is "$STATUS" 200 || fail "$1"
	hang_up "$FD"
}

@test "what only looks like FCGI_ABORT_REQUEST ends no request" {
	serve --time-limit=60000 --memory=0
	local abort file name bytes big=$T/big padded=$T/padded whole=$T/whole

	abort=$(record "$ABORT_REQUEST")
	request GET /demo/notes.json | unhex >"$whole"
	# over 1 MiB of a body, which is not waited for, up to mid-record
	{
		begin
		record "$PARAMS" "$(variables GET /demo/notes.json)"
		record "$PARAMS"
	} | unhex >"$big"
	for _ in {1..16}; do
		printf '%02x%02x%04x%04x0000' 1 "$STDIN" 1 65528 | unhex
		head -c 65528 /dev/zero
	done >>"$big"
	cp "$big" "$padded"
	{
		printf '%02x%02x%04x%04x%02x00' 1 "$STDIN" 1 1000 0
		printf '%0400d' 0
	} | unhex >>"$big"
	# the last record's content is there, its padding is not
	{
		printf '%02x%02x%04x%04x%02x00' 1 "$STDIN" 1 200 200
		printf '%0400d' 0
	} | unhex >>"$padded"
	while read -r name file bytes; do
		goes_on "$name" "$file" "$bytes"
	done <<-END
		body-of-2s $big 0202020202020202
		body-like-it $big $abort
		padding-like-it $padded $abort
		of-another-request $whole $(ID=2 record "$ABORT_REQUEST")
		of-request-257 $whole $(ID=257 record "$ABORT_REQUEST")
		another-version $whole $(VERSION=2 record "$ABORT_REQUEST")
		a-part-of-it $whole ${abort:0:14}
		the-next-request $whole $(request GET /demo)
	END
	is_well
}

@test "FCGI_ABORT_REQUEST in two pieces, with padding, and behind a body" {
	serve --time-limit=60000
	local abort

	abort=$(record "$ABORT_REQUEST" '' 8)
	lock_db "$T/demo.db"
	send "$FD" "$(request GET /demo/notes.json)${abort:0:6}"
	wait_for is_busy
	send "$FD" "${abort:6}"
	is_ended
	dial
	send "$FD" "$(request GET /demo/notes/1 "$KEEP" 0202020202020202)"
	send "$FD" "${abort:0:4}"
	send "$FD" "${abort:4}"
	is_ended
	unlock_db
	is_well
}

# is_ended: the aborted request is, with FCGI_END_REQUEST or with the
# connection, and nothing else comes of it.
is_ended()
{
	local rc=0

	timeout "$MAX_S" head -c 24 <&"$FD" >"$T/end" 2>/dev/null || rc=$?
	((rc != 124)) || fail 'the connection is still open' || return
	like "$(hex <"$T/end")" '^(01030001000800000000000000000000)?$'
}

@test "what is no FastCGI is hung up on" {
	serve
	local name bytes params

	params=$(variables GET /demo)
	while read -r name bytes; do
		dial
		send "$FD" "$bytes" || : # it may have hung up already
		is_closed "$FD" || fail "after $name"
	done <<-END
		HTTP $(printf 'GET / HTTP/1.0\r\n\r\n' | hex)
		zeros $(printf '%0100d' 0)
		noise $(head -c 500 "$SQUALL" | tr '\0\1' '\7' | hex)
		version-0 $(VERSION=0 request GET /demo)
		version-2 $(VERSION=2 request GET /demo)
		request-0 $(ID=0 begin)
		short-begin $(record 1 0001)
		two-begins $(begin; begin)
		body-first $(begin; record 5; record 4 "$params"; record 4)
		params-after $(begin; record 4; record 4 "$params")
	END
	is_well
}

@test "another request on a busy connection is refused, the first is answered" {
	serve
	local params

	params=$(record "$PARAMS" "$(variables GET /demo/notes/1.json)")
	send "$FD" "$(begin
	    echo -n "$params"
	    ID=2 request GET /demo/notes/2.json
	    record "$PARAMS"
	    record "$STDIN")"
	ended "$FD" "$CANT_MPX_CONN"
	is "$REPLY_ID" 2
	reply "$FD"
	is "$REPLY_ID $STATUS" '1 200'
	is "$(value title)" first
	is_well
}

@test "records that belong to no request are ignored" {
	serve
	send "$FD" "$(ID=5 record "$PARAMS" "$(variables GET /demo/notes/2)"
	    ID=5 record "$PARAMS"
	    ID=5 record "$STDIN"
	    ID=6 record "$ABORT_REQUEST")"
	ask GET /demo/notes/1.json
	is "$REPLY_ID $STATUS" '1 200'
	is "$(value title)" first
}

@test "a role that is not the responder's is refused" {
	serve
	send "$FD" "$(ROLE=2 begin)"
	ended "$FD" "$UNKNOWN_ROLE"
	dial
	send "$FD" "$(ROLE=9 begin)"
	ended "$FD" "$UNKNOWN_ROLE"
	is_well
}

@test "management records: what squall is asked about itself" {
	serve
	# FCGI_MPXS_CONNS is 0: one request at a time
	send "$FD" "$(ID=0 record "$GET_VALUES" \
	    "$(pairs FCGI_MAX_CONNS= FCGI_MPXS_CONNS= NONSENSE=)")"
	next_record "$FD"
	is "$TYPE $REPLY_ID" "$GET_VALUES_RESULT 0"
	has "$(hex <"$T/content")" "$(pairs FCGI_MPXS_CONNS=0)"
	hasnt "$(tr -d '\0' <"$T/content")" NONSENSE
	# a type that nobody knows
	send "$FD" "$(ID=0 record 77 0011)"
	next_record "$FD"
	is "$TYPE $REPLY_ID $(hex <"$T/content")" \
	    "$UNKNOWN_TYPE 0 4d00000000000000"
	ask GET /demo
	is "$STATUS" 200
}

@test "parameters that claim more than there is do no harm" {
	serve
	local params

	# lengths: cut off, beyond the record, huge, and such that their sum
	# overflows an int
	for params in 80 0e 0e03 8000 ff 7f7f41414141 0f0f52455155 \
	    ffffffff4142434445464748 \
	    ffffffffffffffff"$(head -c 9000 /dev/zero | hex)" \
	    80ffffff004142434445464748 \
	    fffffffffffffffe"$(head -c 30000 /dev/zero | hex)"; do
		dial
		send "$FD" "$(begin "$CLOSE"
		    record "$PARAMS" "$params"
		    record "$PARAMS"
		    record "$STDIN")"
		# any answer will do, or none
		timeout "$MAX_S" cat <&"$FD" >"$T/out" 2>&1 || (($? != 124))
	done
	is_well
}

@test "odd but possible variables: none, empty, twice, without '='" {
	serve
	local params

	for params in '' "$(pairs REQUEST_METHOD=)" "$(pairs "=")" \
	    "$(pairs REQUEST_METHOD=GET REQUEST_METHOD=POST)" \
	    "$(pairs REQUEST_METHOD=GET PATH_INFO=nowhere)" \
	    "$(pairs REQUEST_METHOD=GET SCRIPT_NAME=x PATH_INFO=/)"; do
		dial
		send "$FD" "$(begin
		    [[ -z $params ]] || record "$PARAMS" "$params"
		    record "$PARAMS"
		    record "$STDIN")"
		reply "$FD"
		like "$STATUS" '^(200|30[0-9]|40[0-9])$'
	done
	is_well
}

@test "thousands of requests in one go, without a stack for each" {
	local n=16384 reader

	make_db "$T/demo.db"
	SQUALL_ADDRESS=127.0.0.1:$(free_port)
	start squall prlimit --stack=262144 -- "$SQUALL" --workers=1 \
	    --access-log=off --listen="$SQUALL_ADDRESS" "$T/demo.db"
	wait_for squall_answers
	WORKER=$(workers)
	dial

	(begin; record "$PARAMS"; record "$STDIN") |
	    sed 's/../\\x&/g' >"$T/escaped"
	printf '%b' "$(<"$T/escaped")" >"$T/one"
	for ((i = 1; i < n; i *= 2)); do
		cat "$T/one" "$T/one" >"$T/all"
		mv "$T/all" "$T/one"
	done
	cat <&"$FD" >"$T/replies" &
	reader=$!
	cat "$T/one" >&"$FD"
	wait_for has_replies "$n"
	kill "$reader"
	is "$(workers)" "$WORKER"
}

# There is a Status line in every reply.
has_replies()
{
	(($(grep -ac 'Status: 405' "$T/replies") == $1))
}
