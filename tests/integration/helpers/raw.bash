# shellcheck shell=bash
# FastCGI by hand, for what no web server would send: records are strings of
# hexadecimal digits, put together by the functions below and sent over TCP.
# The numbers are those of the FastCGI specification 1.0, section 8.
# shellcheck disable=SC2001,SC2034

BEGIN_REQUEST=1
ABORT_REQUEST=2
END_REQUEST=3
PARAMS=4
STDIN=5
STDOUT=6
GET_VALUES=9
GET_VALUES_RESULT=10
UNKNOWN_TYPE=11
# of FCGI_BEGIN_REQUEST
KEEP=1
CLOSE=0
# of FCGI_END_REQUEST
REQUEST_COMPLETE=0
CANT_MPX_CONN=1
UNKNOWN_ROLE=3
DIALED=()

# hex: standard input in hexadecimal.
hex()
{
	od -An -v -tx1 | tr -d ' \n'
}

# unhex: standard input from hexadecimal.
unhex()
{
	printf '%b' "$(sed 's/../\\x&/g')"
}

# record TYPE [CONTENT [PADDING]]: one record of request $ID (1) with version
# $VERSION (1); CONTENT is hexadecimal, PADDING a number of bytes.
record()
{
	local content=${2-} padding=${3-0} zeros=

	((padding == 0)) || printf -v zeros '%0*d' $((padding * 2)) 0
	printf '%02x%02x%04x%04x%02x00%s%s' "${VERSION-1}" "$1" "${ID-1}" \
	    $((${#content} / 2)) "$padding" "$content" "$zeros"
}

# begin [KEEP|CLOSE]: the record that begins a request; role $ROLE (1).
begin()
{
	record "$BEGIN_REQUEST" \
	    "$(printf '%04x%02x0000000000' "${ROLE-1}" "${1-$KEEP}")"
}

# pairs NAME=VALUE...: as PARAMS records have them, the long form where need be.
pairs()
{
	LC_ALL=C awk '
	    function length_of(s,	n) {
		n = length(s)
		return n < 128 ? sprintf("%02x", n) : sprintf("80%06x", n)
	    }
	    function hex_of(s,	i, out) {
		for (i = 1; i <= length(s); i++)
			out = out hex[substr(s, i, 1)]
		return out
	    }
	    BEGIN {
		for (i = 1; i < 256; i++)
			hex[sprintf("%c", i)] = sprintf("%02x", i)
		for (i = 1; i < ARGC; i++) {
			at = index(ARGV[i], "=")
			name = substr(ARGV[i], 1, at - 1)
			value = substr(ARGV[i], at + 1)
			printf "%s%s%s%s", length_of(name), length_of(value),
			    hex_of(name), hex_of(value)
		}
	    }' "$@"
}

# variables METHOD URI [NAME=VALUE]...: what a web server with squall at "/" says
# of a request.
variables()
{
	local query=

	[[ $2 != *\?* ]] || query=${2#*\?}
	pairs "REQUEST_METHOD=$1" "REQUEST_URI=$2" SCRIPT_NAME= \
	    "PATH_INFO=${2%%\?*}" "QUERY_STRING=$query" \
	    SERVER_PROTOCOL=HTTP/1.1 "${@:3}"
}

# request METHOD URI [KEEP|CLOSE [BODY]]: a whole one; BODY is hexadecimal, and
# as long as one record may be.
request()
{
	begin "${3-$KEEP}"
	record "$PARAMS" "$(variables "$1" "$2")"
	record "$PARAMS"
	[[ -z ${4-} ]] || record "$STDIN" "$4"
	record "$STDIN"
}

# start_squall_tcp [OPTION]... DATABASE...: start_squall on 127.0.0.1.
start_squall_tcp()
{
	start_squall --listen="127.0.0.1:$(free_port)" "$@"
}

# dial: a connection to SQUALL_ADDRESS; sets FD.
dial()
{
	exec {FD}<>"/dev/tcp/${SQUALL_ADDRESS%:*}/${SQUALL_ADDRESS##*:}"
	DIALED+=("$FD")
}

# hang_up FD
hang_up()
{
	local fd=$1

	exec {fd}>&-
}

# hang_up_all: every connection that was dialled.
hang_up_all()
{
	local fd

	for fd in "${DIALED[@]}"; do
		hang_up "$fd"
	done
	DIALED=()
}

# send FD HEX: in a process of its own, should the other side have hung up.
send()
{
	(unhex <<<"$2" >&"$1") 2>/dev/null
}

# next_record FD: reads one record, waiting for $MAX_S seconds at most.  Sets TYPE,
# REPLY_ID and LENGTH; the content is in $T/content.  Fails if the connection
# ends instead.
next_record()
{
	local version high low length1 length0 padding=

	read -r version TYPE high low length1 length0 padding _ < <(
	    timeout "$MAX_S" head -c 8 <&"$1" | od -An -v -w8 -tu1)
	[[ -n $padding ]] || fail 'no whole record came' || return
	is "$version" 1 || return
	REPLY_ID=$((high << 8 | low))
	LENGTH=$((length1 << 8 | length0))
	timeout "$MAX_S" head -c $((LENGTH + padding)) <&"$1" >"$T/content"
	truncate -s "$LENGTH" "$T/content"
}

# reply FD: reads one reply, up to the end of the request.  Sets REPLY_ID,
# STATUS (from the Status line), HEADERS and BODY as `get` does; the body as it
# came is in $T/body.  Fails if the connection ends or something else comes.
reply()
{
	: >"$T/reply"
	for (( ; ; )); do
		next_record "$1" || return
		case $TYPE in
		"$STDOUT") cat "$T/content" >>"$T/reply" ;;
		"$END_REQUEST") break ;;
		*) fail "a record of type $TYPE" || return ;;
		esac
	done
	parse_reply "$T/reply"
}

# parse_reply FILE: as `reply` says, from the content of STDOUT records.
parse_reply()
{
	HEADERS=$(LC_ALL=C sed -n '/^\r$/q; s/\r$//; p' "$1")
	LC_ALL=C sed '1,/^\r$/d' "$1" >"$T/body"
	BODY=$(tr -d '\0' <"$T/body")
	STATUS=$(header Status) || return
	STATUS=${STATUS%% *}
}

# ask METHOD URI [KEEP|CLOSE]: a request on $FD and its reply.
ask()
{
	send "$FD" "$(request "$@")"
	reply "$FD"
}

# ended FD PROTOCOL_STATUS: the request was ended with this.
ended()
{
	next_record "$1" || return
	is "$TYPE" "$END_REQUEST" || return
	is "$(hex <"$T/content")" "$(printf '00000000%02x000000' "$2")"
}

# is_closed FD: squall has hung up, or does within $MAX_S seconds, and sends nothing.
is_closed()
{
	local rc=0

	timeout "$MAX_S" head -c 64 <&"$1" >"$T/rest" 2>/dev/null || rc=$?
	((rc != 124)) || fail 'the connection is still open' || return
	[[ ! -s $T/rest ]] || fail "before it was closed came $(hex <"$T/rest")"
}
