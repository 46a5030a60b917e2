# shellcheck shell=bash
# Asking in SQL.

# encoded TEXT: as a value of a query string.
encoded()
{
	local LC_ALL=C text=$1 c i out=

	for ((i = 0; i < ${#text}; i++)); do
		c=${text:i:1}
		case $c in
		[A-Za-z0-9._~!*\'\(\)-]) out+=$c ;;
		*)
			printf -v c '%%%02X' "'$c"
			# of a byte above 127, the number is a negative one
			out+=%${c: -2}
			;;
		esac
	done
	echo "$out"
}

# ask SQL [PARAMETERS]: the page of the statement as JSON.  Sets STATUS, HEADERS
# and BODY.
ask()
{
	page GET "/demo/-/query.json?sql=$(encoded "$1")${2:+&$2}"
}

# gives SQL PARAMETERS BODY, refuses SQL MESSAGE: what comes of asking it.
gives()
{
	ask "$1" "$2"
	is "$STATUS" 200 || fail "$BODY" || return
	is "$BODY" "$3"
}

refuses()
{
	ask "$1"
	is "$STATUS $(error_text)" "400 $2"
}

# config LINE...: what squall.ini says, with the database demo at its end.
config()
{
	printf '%b\n' workers=1 "$@" '[database demo]' "file = $T/demo.db" \
	    "sql = on" >"$T/squall.ini"
}
