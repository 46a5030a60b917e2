# shellcheck shell=bash
# Following links as a robot would: every address on a page must lead to a page.

# crawl URI [PATTERN]: the page and all that can be reached from it, as far as
# the addresses match the extended regular expression PATTERN.  Every page must
# be there, under an address that is properly encoded, and sound: HTML without
# errors and without a script, JSON that parses.  Sets PAGES, how many there
# were; the addresses are in $T/seen.
crawl()
{
	follow 50 "${2-.}" "$1" || return
	[[ ! -s $T/todo ]] || fail "no end in sight after $PAGES pages"
}

# check_links URI...: these pages, and all that they lead to.
check_links()
{
	follow 2 . "$@"
}

# follow DEPTH PATTERN URI...: leaves in $T/todo what lies deeper.
follow()
{
	local -x LC_ALL=C
	local depth=$1 pattern=$2

	shift 2
	rm -rf "$T/pages"
	mkdir "$T/pages"
	: >"$T/seen"
	printf '%s\n' "$@" >"$T/todo"
	: >"$T/fetched"
	PAGES=0
	for ((ROUND = 1; ROUND <= depth; ROUND++)); do
		[[ -s $T/todo ]] || break
		fetch_all <"$T/todo" >"$T/round"
		sort -u "$T/seen" "$T/todo" -o "$T/seen"
		check_round || return
		cat "$T/round" >>"$T/fetched"
		grep -E -- "$pattern" "$T/links" | comm -23 - "$T/seen" \
		    >"$T/todo" || :
	done
	check_pages
}

# fetch_all: the addresses of standard input, as they stand.  Prints what `fetch`
# says of each.
fetch_all()
{
	awk -v folder="$T/pages/$ROUND" -v site="$URL" '{
		print folder "-" NR "\t" site $0
	    }' | "$TOOLS_DIR/fetch" -l 16 -m "$MAX_S"
}

# of_type TYPE [LIST]: the files of this round, or of the list, with this content
# type, each ending with a NUL.
of_type()
{
	awk -F '\t' -v type="$1" 'index($6, type) == 1 { print $4 }' \
	    "${2-$T/round}" | tr '\n' '\0'
}

# links_in_round: the addresses in this round's pages, as a browser takes them.
links_in_round()
{
	of_type text/html | xargs -r0 grep -hoE '(href|src|action)="[^"]*"' |
	    sed -E "s/^[a-z]+=\"//; s/\"\$//; s/&quot;/\"/g; s/&#39;/'/g
		s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g" |
	    grep -vE '^(data:,|#[a-z]+)$'
}

# check_round: what was fetched is as it should be.  Leaves the addresses in it
# in $T/links.
check_round()
{
	local bad
	local -a fetched todo

	mapfile -t fetched <"$T/round"
	mapfile -t todo <"$T/todo"
	is "${#fetched[@]} pages" "${#todo[@]} pages" || return
	((PAGES += ${#fetched[@]}))
	bad=$(grep -v '^200	' "$T/round" | head -n 20)
	[[ -z $bad ]] || fail "$bad" || return
	links_in_round | sort -u >"$T/links"
	# shellcheck disable=SC2016
	bad=$(grep -vE -m 20 '^/[][A-Za-z0-9._~/%?&=+,;:@!$()*-]*$' \
	    "$T/links") || :
	[[ -z $bad ]] || fail "these are no addresses: $bad"
}

# check_pages: all that was fetched is sound.
check_pages()
{
	local bad

	of_type application/json "$T/fetched" | xargs -r0 jq .ok >"$T/ok" || return
	hasnt "$(sort -u "$T/ok")" false || return
	bad=$(of_type text/html "$T/fetched" | xargs -r0 grep -liE -m 1 \
	    '<script|<[a-z][^>]* on[a-z]+=|javascript:' | head -n 5) || :
	[[ -z $bad ]] || fail "a script in $bad" || return
	# xmllint knows no element of HTML 5, but how to open and close them
	bad=$(of_type text/html "$T/fetched" | xargs -r0 xmllint --html --noout --nonet 2>&1 |
	    awk '/(parser|HTML).* (error|warning)/ && !/Tag [a-z]+ invalid/' |
	    head -n 20) || :
	[[ -z $bad ]] || fail "$bad"
}
