# shellcheck shell=bash
# Many requests, one server: what each address answers, as a list.

# answers: reads pairs of lines, an address and the whole body that it answers
# with, as one line; empty lines are skipped.  All are asked for at once.
answers()
{
	local url want i=0 got wrong=0
	local -a urls=() wants=()

	: >"$T/answers.curl"
	while read -r url; do
		[[ -n $url ]] || continue
		read -r want || fail "no answer to $url" || return
		urls+=("$url")
		wants+=("$want")
		printf 'url = "%s"\noutput = "%s"\n' "$URL${url//\"/%22}" \
		    "$T/answer.$i" >>"$T/answers.curl"
		((i += 1))
	done
	ask_all >"$T/codes" || return
	for i in "${!urls[@]}"; do
		got=$(tr -d '\r\n' <"$T/answer.$i")
		[[ $got == "${wants[i]}" ]] || {
			printf '%s\nexpected %s\n     got %s\n' "${urls[i]}" \
			    "${wants[i]}" "$got" >&2
			wrong=1
		}
	done
	((${#urls[@]} > 0 && wrong == 0))
}

# statuses STATUS...: reads addresses, one a line; each answers with one of the
# statuses.
statuses()
{
	local url n=0

	: >"$T/answers.curl"
	while read -r url; do
		[[ -n $url ]] || continue
		printf 'url = "%s"\noutput = "/dev/null"\n' "$URL$url" \
		    >>"$T/answers.curl"
		((n += 1))
	done
	ask_all >"$T/codes" || return
	is "$(wc -l <"$T/codes")" "$n" || return
	refute grep -m 20 -vE "^($(IFS='|' && echo "$*")) " "$T/codes"
}

# ask_all: fetches $T/answers.curl, and prints a line of status and address for
# each.
ask_all()
{
	curl -q -s -g -Z --parallel-max 8 --path-as-is --noproxy '*' \
	    --max-time "$MAX_S" -K "$T/answers.curl" \
	    -w '%{http_code} %{url_effective}\n' 2>/dev/null
}

# serve_search [SQL [OPTION]...]: the database helpers/search.sql, and what is
# added to it; with more options of squall.
serve_search()
{
	{
		cat "$BATS_TEST_DIRNAME/helpers/search.sql"
		printf '%s\n' "${1-}"
	} | sqlite3 -batch -bail "$T/demo.db"
	start_squall --workers=1 "${@:2}" "$T/demo.db"
	start_nginx
}
