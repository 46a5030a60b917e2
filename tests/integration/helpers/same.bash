# shellcheck shell=bash
# Whether squall shows what is in a file, as sqlite3 itself reads it.

# Bytes in hexadecimal digits, as helpers/rows.sql writes them.
# shellcheck disable=SC2016
HEX='def sextets: explode | map(
	if . >= 97 then . - 71 elif . >= 65 then . - 65 elif . == 61 then empty
	elif . >= 48 then . + 4 elif . == 43 then 62 else 63 end);
def hex: sextets as $s | ($s | length) as $n
    | [range(0; $n; 2) | $s[.] * 64 + ($s[. + 1] // 0)
	| (. / 256 | floor), (. / 16 | floor) % 16, . % 16]
    | map("0123456789ABCDEF"[.:. + 1])[:($n * 3 / 4 | floor) * 2] | add // "";
def plain: map_values(if type == "object" then {hex: (.encoded | hex)}
    else . end);'

# same_rows FILE DATABASE: all rows of all tables and views of the file, which
# is published as DATABASE, come on the pages of the tables, three a page, and
# are counted; and those that have a key or a rowid to be known by come, each by
# its link, on a page of its own.
same_rows()
{
	local file=$1 round

	rm -rf "$T/same"
	mkdir "$T/same"
	sqlite3 -batch -bail "$file" <"$BATS_TEST_DIRNAME/helpers/rows.sql" |
	    sqlite3 -batch -bail "$file" | jq -c . | sort >"$T/same/wanted"
	[[ -s $T/same/wanted ]] || fail "$file has no rows" || return
	sqlite3 -batch -bail "$file" "SELECT json_array(l.name, l.type = 'view'
	    OR ifnull(s.sql LIKE '%USING fts5vocab%' OR
	    s.sql LIKE '%USING fts4aux%', 0))
	    FROM pragma_table_list AS l LEFT JOIN sqlite_schema AS s USING (name)
	    WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite\\_%'
	    ESCAPE '\\'" >"$T/same/tables"
	jq -r --arg database "$2" '"/" + $database + "/" + (.[0] | @uri
	    | gsub("~"; "%7E") | gsub("\\."; "%2E") | gsub("%20"; "+")
	    | gsub("%"; "~"))' "$T/same/tables" >"$T/same/paths"

	sed 's/$/.json?_size=3\&_extra=table,count/' "$T/same/paths" \
	    >"$T/same/todo"
	for ((round = 1; round < 200; round++)); do
		[[ -s $T/same/todo ]] || break
		ask "$round" || return
		# the last one of a page, behind its rows
		sed -nE 's/.*"next_url":"([^"]*)".*/\1/p' \
		    "$T/same/page.$round".* >"$T/same/todo"
	done
	find "$T/same" -name 'page.*' -print0 | xargs -0 jq -c "$HEX"'
	    .table as $t | .rows[] | [$t, plain]' | sort >"$T/same/got"
	diff "$T/same/wanted" "$T/same/got" || return
	find "$T/same" -name 'page.*' -print0 | xargs -0 jq -r '
	    select(.count > 0) | "\(.count) \(.table)"' | sort -u \
	    >"$T/same/counts"
	diff <(jq -r '.[0]' "$T/same/wanted" | sort | uniq -c |
	    sed 's/^ *//' | sort) "$T/same/counts" || return

	sed 's/$/?_size=1000/' "$T/same/paths" >"$T/same/todo"
	ask table || return
	# a link to a row is what follows the table's path, and no more
	awk -v page="$T/same/page.table" '{
		file = page "." NR
		while ((getline line <file) > 0)
			while (match(line, /href="[^"]*"/)) {
				link = substr(line, RSTART + 6, RLENGTH - 7)
				line = substr(line, RSTART + RLENGTH)
				if (index(link, $0 "/") == 1 &&
				    substr(link, length($0) + 2) !~ "/")
					print link ".json"
			}
	    }' "$T/same/paths" | sort -u >"$T/same/todo"
	ask row || return
	find "$T/same" -name 'page.row.*' -print0 | xargs -0 jq -c "$HEX"'
	    .table as $t | .rows[] | [$t, plain]' | sort >"$T/same/got"
	jq -rc 'select(.[1] == 0)[0] | [.]' "$T/same/tables" |
	    sed 's/]$/,/' >"$T/same/begins"
	diff <(grep -Ff "$T/same/begins" "$T/same/wanted") "$T/same/got"
}

# ask NAME: fetches the addresses in $T/same/todo to $T/same/page.NAME.NUMBER.
ask()
{
	awk -v site="$URL" -v file="$T/same/page.$1" '{
		print file "." NR "\t" site $0
	    }' "$T/same/todo" | "$TOOLS_DIR/fetch" -l 8 -m "$MAX_S" \
	    >"$T/same/codes" || return
	refute grep -v '^200	' "$T/same/codes"
}
