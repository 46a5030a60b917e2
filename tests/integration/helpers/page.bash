# shellcheck shell=bash

# page METHOD URI [NAME=VALUE]...: asks squall itself, as `fcgi` does.  Sets
# STATUS, HEADERS and BODY as `get` does; for small pages of text.
page()
{
	local reply

	{ reply=$(fcgi "$@"; echo .); } 2>/dev/null # of the NULs that it left out
	BODY=${reply#*$'\r\n\r\n'}
	BODY=${BODY%.}
	BODY=${BODY%$'\n'}
	HEADERS=${reply%%$'\r\n\r\n'*}
	HEADERS=${HEADERS//$'\r'/}
	[[ $HEADERS =~ ^Status:\ ([0-9]+) ]] || fail "no reply: $reply" ||
	    return
	# shellcheck disable=SC2034
	STATUS=${BASH_REMATCH[1]}
}
