# shellcheck shell=bash
# Asking in SQL.

# encoded TEXT: as a value of a query string.
encoded()
{
	jq -rn --arg s "$1" '$s | @uri'
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
	is "$STATUS $(jq -r .error <<<"$BODY")" "400 $2"
}

# config LINE...: what squall.ini says, with the database demo at its end.
config()
{
	printf '%b\n' workers=1 "$@" '[database demo]' "file = $T/demo.db" \
	    "sql = on" >"$T/squall.ini"
}
