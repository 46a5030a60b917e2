#!/usr/bin/env bats
# Holds the documents against the program: each option, key and parameter stands
# in its manual, and no other, and each parameter in a test; links and commands
# of the README work.
load ../lib

# The long options of --help, one a line.
options()
{
	"$SQUALL" --help | sed -nE 's/^ +(-[a-z], |-[A-Z], )? *--([a-z-]+).*/\2/p' |
	    sort -u
}

# same LIST LIST: two files of sorted lines.
same()
{
	(($(wc -l <"$1") > 5)) || fail "nothing in $1" || return
	diff "$1" "$2"
}

# section MANUAL NAME: its lines.
section()
{
	awk -v head=".Sh $2" '/^\.Sh / { inside = $0 == head } inside' \
	    "$ROOT/deploy/$1"
}

# items MANUAL SECTION: the heads of its lists, one a line.
items()
{
	section "$@" | grep '^\.It '
}

# default_of OPTION: what the manual says of it.
default_of()
{
	awk -v option="$1" '
	    /^\.It / { inside = $0 ~ "Fl -" option "( |$)" }
	    inside && /^Default: / { print; exit }' "$ROOT/deploy/squall.1"
}

@test "the manual has every option, and its default" {
	local name default

	items squall.1 OPTIONS | sed -nE 's/.*Fl -([a-z-]+).*/\1/p' |
	    sort >"$T/manual"
	options >"$T/options"
	same "$T/options" "$T/manual"
	"$SQUALL" --help |
	    sed -nE 's/.* --([a-z-]+)=.*[(; ]default ([a-z0-9M]+).*/\1 \2/p' \
		>"$T/defaults"
	(($(wc -l <"$T/defaults") > 15))
	while read -r name default; do
		default_of "$name" | grep -qw -- "$default" ||
		    fail "--$name: its default is $default"
	done < <(grep -v '^pages ' "$T/defaults")
}

@test "the example configuration has every key, and squall takes it" {
	sed -nE '/^;\[/q; s/^;?([a-z-]+) = ?.*/\1/p' \
	    "$ROOT/deploy/squall.ini" | sort >"$T/example"
	options | grep -vx -e help -e version -e check -e config >"$T/options"
	same "$T/options" "$T/example"
	# and with its defaults it is what it is without them
	sed -E '/^;\[/q; s/^;([a-z-]+ = .+)/\1/' "$ROOT/deploy/squall.ini" |
	    grep -vE '^(;|listen|user|group)' >"$T/squall.ini"
	sqlite3 "$T/demo.db" 'CREATE TABLE t (a)'
	"$SQUALL" --check --config="$T/squall.ini" "$T/demo.db"
}

@test "the manual has every key of the sections" {
	sed -nE 's/^ *\{"([a-z_]+)", KEY_.*/\1/p' "$ROOT/app/config/metadata.c" |
	    sort -u >"$T/keys"
	(($(wc -l <"$T/keys") > 15))
	items squall.ini.5 DESCRIPTION >"$T/items"
	while read -r key; do
		grep -qE -- "[ ,]$key( |\$)" "$T/items" || fail "no word of $key"
	done <"$T/keys"
}

@test "the manual has every parameter of a table's page, and no other" {
	items squall-api.7 TABLES | grep -oE 'Cm _[a-z_]+' | cut -c 4- |
	    grep -vx -e _search_ | sort -u >"$T/manual"
	{
		parameters
		printf '%s\n' _header _dl _stream
	} | sort >"$T/table"
	same "$T/table" "$T/manual"
}

@test "the manual has every comparison and every extra" {
	items squall-api.7 TABLES >"$T/words"
	comparisons | has_words
	section squall-api.7 EXTRAS >"$T/words"
	extras | has_words
}

@test "the manual has every parameter of a query" {
	section squall-api.7 QUERIES >"$T/words"
	grep -oE '\{"_[a-z_]+"' "$ROOT/handlers/sql/result.h" | tr -d '{"' |
	    sort >"$T/parameters"
	(($(wc -l <"$T/parameters") > 5))
	has_words <"$T/parameters"
}

# has_words: each line of the input is a word of $T/words that stands out.
has_words()
{
	local name n=0

	while read -r name; do
		grep -qE -- "(Cm|,) $name( |\$)" "$T/words" ||
		    fail "no word of $name"
		((n += 1))
	done
	((n > 5))
}

@test "links lead to files, and to other manuals" {
	local text link n=0

	while IFS=: read -r text link; do
		link=${link%)}
		link=${link#](}
		[[ $link != http*://* ]] || continue
		[[ -e $ROOT/${text%/*}/${link%%#*} ]] ||
		    fail "$text: there is no $link"
		((n += 1))
	done < <(cd "$ROOT" && find . -path ./build -prune -o \
	    -path '*/node_modules' -prune -o -name '*.md' \
	    -exec grep -HoE '\]\([^)]+\)' {} +)
	((n > 20))
	while read -r link; do
		[[ -e $ROOT/deploy/$link ]] || fail "there is no $link"
	done < <(sed -nE 's/^\.Xr (squall[a-z.-]*) ([0-9]).*/\1.\2/p' \
	    "$ROOT"/deploy/*.[157])
}

@test "the folders' READMEs have every room" {
	local room n=0

	while read -r room; do
		grep -q "^| \`${room#*/}/*\`" "$ROOT/${room%%/*}/README.md" ||
		    fail "no word of $room"
		((n += 1))
	done < <(sed -n '/^rooms=(/,/^)/p' "$ROOT/tests/lint" |
	    grep -oE '[a-z]+/[a-z]+')
	((n > 15))
}

# squeezed: the input in one line, with a single space between words.
squeezed()
{
	tr -s '[:space:]' ' '
}

@test "the README's C stands in the demo's pages" {
	local code block n=0

	code=$(cat "$ROOT"/handlers/atlas/*.c | squeezed)
	# shellcheck disable=SC2016
	while read -r block; do
		has "$code" "$block"
		((n += 1))
	done < <(sed -n '/^ *```c$/,/^ *```$/p' "$ROOT/README.md" | squeezed |
	    sed 's/ *```c */\n/g; s/ *```//g' | grep .)
	is "$n" 3
}

@test "functions that the documents name are in the sources" {
	local name n=0

	for name in $(cd "$ROOT" && grep -hoE '\b[a-z]+_[a-z_]*[a-z]\b' \
	    {app,db,handlers}/README.md tests/HACKING.md | sort -u); do
		grep -rqw --include='*.[ch]' -e "$name" "$ROOT"/{app,db,handlers} \
		    "$ROOT/tests" || fail "there is no $name"
		((n += 1))
	done
	((n > 20))
}

@test "the README's lines publish a database" {
	local pid

	# as they stand, but in $T and without root; squall is built already
	sed -n '/^## Publish/,/^Then/s/^    //p' "$ROOT/README.md" |
	    sed "s@ /srv/@ $T/@; s@ /run/@ $T/@; s@\\([ =]\\)/usr@\\1$T/usr@" \
		>"$T/lines"
	is "$(wc -l <"$T/lines")" 3
	sqlite3 "$T/world.db" 'CREATE TABLE cities (name TEXT);
	    INSERT INTO cities VALUES ("Bombay")'
	make()
	{
		[[ $# == 0 ]] || env -u MAKEFLAGS -u MAKELEVEL \
		    make -C "$ROOT" BUILD="${SQUALL%/*}" -o all "$@"
	}
	sudo()
	{
		"$@"
	}
	# shellcheck disable=SC1091
	PATH=$T/usr/bin:$PATH . "$T/lines" >"$T/output" 3>&-
	pid=$(sed -nE 's/.*PID: ([0-9]+)$/\1/p' "$T/output")
	echo "$pid" >"$T/squall.pid"
	echo squall >>"$T/started"
	# shellcheck disable=SC2034
	SQUALL_ADDRESS=unix:$T/squall.sock
	wait_for squall_answers
	has "$(fcgi GET /world/cities.csv)" Bombay
	has "$(<"$T/output")" world
	[[ -e $T/usr/share/man/man7/squall-api.7 ]]
}

# parameters: of a table's JSON, one a line.
parameters()
{
	sed -nE 's/^ *(\[[A-Z_]+\] = )?\{"(_[a-z_]+)", .*/\2/p' \
	    "$ROOT/handlers/table/table.c" | grep -vx -e '_filter_[a-z]*' \
	    -e _header -e _dl -e _stream
}

# extras: of a table's JSON and of a row's, one a line.
extras()
{
	sed -nE 's/^    \{"([a-z_]+)", "[A-Z].*/\1/p' \
	    "$ROOT/handlers/table/table_extras.c" "$ROOT/handlers/table/row.c" |
	    sort -u
}

# comparisons: the operations of filters, one a line.
comparisons()
{
	sed -nE 's/^    \{"([a-z]+)", "[^"]+", (true|false),.*/\1/p' \
	    "$ROOT/db/rows/filter.c"
}

# answered: the addresses that tests have the whole good JSON of, one a line.
answered()
{
	awk '/^\/[^ ]*$/ { address = $0; next }
	    address != "" && /^[[{]/ && !/^{"ok":false/ { print address }
	    { address = "" }' "$ROOT"/tests/integration/*.bats
}

@test "each parameter, comparison and extra has a test of its whole answer" {
	local name

	answered >"$T/answered"
	(($(parameters | wc -l) > 25))
	for name in $(parameters); do
		grep -q "[?&]$name=" "$T/answered" || fail "$name"
	done
	extras >"$T/extras"
	(($(wc -l <"$T/extras") > 30))
	while read -r name; do
		grep -qE "_extra=([a-z_]+,)*$name\>" "$T/answered" ||
		    fail "_extra=$name"
	done <"$T/extras"
	comparisons >"$T/comparisons"
	(($(wc -l <"$T/comparisons") > 20))
	while read -r name; do
		grep -qE "__$name=.* \[[0-9,]*\]$" \
		    "$ROOT/tests/integration/table.bats" || fail "__$name"
	done <"$T/comparisons"
}
