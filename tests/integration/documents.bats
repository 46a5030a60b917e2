#!/usr/bin/env bats
# What is written about squall, against the program: each option, key and
# parameter stands where it is to be found, and no other, and each parameter in
# a test.
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

# The first cells of the README's tables that have this heading.
cells()
{
	awk -F ' [|] ' -v heading="| $1 " '
	    index($0, heading) == 1 { inside = 1; next }
	    !/^[|]/ { inside = 0 }
	    inside && !/^[|] ---/ { sub(/^[|] /, "", $1); print $1 }
	    ' "$ROOT/README.md"
}

@test "the README has every option, and its default" {
	local name default

	cells option | grep -oE -- '--[a-z-]+' | cut -c 3- | sort >"$T/readme"
	options | grep -vx -e help -e version >"$T/options"
	same "$T/options" "$T/readme"
	"$SQUALL" --help |
	    sed -nE 's/.* --([a-z-]+)=.*[(; ]default ([a-z0-9M]+).*/\1 \2/p' \
		>"$T/defaults"
	(($(wc -l <"$T/defaults") > 15))
	while read -r name default; do
		grep -E -- "^[|] .*--$name=.*[|] " "$ROOT/README.md" |
		    sed 's/.* | \([^|]*\) |$/\1/' | grep -qw -- "$default" ||
		    fail "--$name: its default is $default"
	done < <(grep -v '^pages ' "$T/defaults")
}

@test "the manual has every option" {
	sed -nE '/^\.It Fl/s/.*Fl -([a-z-]+).*/\1/p' "$ROOT/deploy/squall.1" |
	    sort >"$T/manual"
	options >"$T/options"
	same "$T/options" "$T/manual"
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

@test "the README has every key of the sections" {
	sed -nE 's/^ *\{"([a-z_]+)", KEY_.*/\1/p' "$ROOT/app/config/metadata.c" |
	    sort -u >"$T/keys"
	(($(wc -l <"$T/keys") > 15))
	while read -r key; do
		grep -qE -- "(^|\`)$key( =|\`)" "$ROOT/README.md" ||
		    fail "no word of $key"
	done <"$T/keys"
}

@test "the README has every parameter of a table's page" {
	cells parameter | grep -oE '`_[a-z_]+' | cut -c 2- |
	    grep -vx -e _search_ | sort -u >"$T/readme"
	{
		parameters
		printf '%s\n' _header _dl _stream
	} | sort >"$T/table"
	same "$T/table" "$T/readme"
}

# parameters: of a table's JSON, one a line.
parameters()
{
	sed -nE 's/^ *(\[[A-Z_]+\] = )?\{"(_[a-z_]+)", .*/\2/p' \
	    "$ROOT/handlers/table/table.c" | grep -vx -e '_filter_[a-z]*' \
	    -e _header -e _dl -e _stream
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
	sed -nE 's/^    \{"([a-z_]+)", "[A-Z].*/\1/p' \
	    "$ROOT/handlers/table/table_extras.c" "$ROOT/handlers/table/row.c" |
	    sort -u >"$T/extras"
	(($(wc -l <"$T/extras") > 30))
	while read -r name; do
		grep -qE "_extra=([a-z_]+,)*$name\>" "$T/answered" ||
		    fail "_extra=$name"
	done <"$T/extras"
	sed -nE 's/^    \{"([a-z]+)", "[^"]+", (true|false),.*/\1/p' \
	    "$ROOT/db/rows/filter.c" >"$T/comparisons"
	(($(wc -l <"$T/comparisons") > 20))
	while read -r name; do
		grep -qE "__$name=.* \[[0-9,]*\]$" \
		    "$ROOT/tests/integration/table.bats" || fail "__$name"
	done <"$T/comparisons"
}
