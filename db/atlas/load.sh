#!/bin/sh
# Builds the demo database from the .tsv.gz files beside this script.
#
# usage: load.sh OUTPUT.db
#
# The database is built and checked in a temporary file beside OUTPUT, which
# takes OUTPUT's name only when it is complete. Needs gzip and the sqlite3
# shell, 3.38 or newer, with FTS5 and R*Tree.
set -eu

fail() {
	printf 'atlas: %s\n' "$*" >&2
	exit 1
}

progress() { # no line feed: the step's result comes to stand behind it
	printf 'atlas: %s … ' "$*" >&2
}

# A user's ~/.sqliterc must not change what the script means, and no statement
# may run after one that failed.
sqlite() {
	sqlite3 -batch -bail -init /dev/null "$@"
}

require_tools() {
	for tool in gzip sqlite3; do
		command -v "$tool" >/dev/null ||
			fail "$tool is not installed (or not in PATH)"
	done
	require "format(), which came with 3.38" "SELECT format('%d', 1)"
	require "FTS5" "CREATE VIRTUAL TABLE t USING fts5 (a)"
	require "R*Tree" "CREATE VIRTUAL TABLE t USING rtree (a, b, c)"
}

require() { # require NAME STATEMENT
	sqlite :memory: "$2" >/dev/null 2>&1 ||
		fail "sqlite3 $(sqlite3 --version | cut -d ' ' -f 1) lacks $1"
}

# load TABLE [STATEMENT]: fill TABLE from its file, by way of a temporary table
# "raw" that STATEMENT may correct. The file's header names the columns.
load() {
	table=$1
	file=$(printf '%s' "$table" | tr _ -).tsv.gz
	progress "$table"

	gzip -t "$file"
	lines=$(($(gzip -dc "$file" | wc -l) - 1))
	counts="$counts${counts:+,}('$table', $lines, (SELECT count(*) FROM $table))"
	columns=$(gzip -dc "$file" | sed -n 1p | tr '\t' ',')
	values=$(printf '%s' "$columns" | sed "s/[a-z0-9]\{1,\}/nullif(&, '')/g")

	# Mode ascii, since the others give double quotes a meaning. It drops a
	# line whose first field is empty, hence the line numbers. "raw" has the
	# types of the table, so that numbers are sorted as numbers: FTS5 is slow
	# unless its rows come in the order of their ids.
	sqlite "$part" <<-SQL >&2
		PRAGMA synchronous = OFF;
		PRAGMA temp_store = MEMORY;
		CREATE TEMP TABLE step AS SELECT julianday('now') AS began;
		CREATE TEMP TABLE raw AS
			SELECT 0 AS line, $columns FROM $table LIMIT 0;
		.mode ascii
		.separator "\t" "\n"
		.import --skip 1 "|gzip -dc $file | cat -n" raw
		.mode list
		${2-}
		INSERT INTO $table ($columns)
			SELECT $values FROM raw ORDER BY 1;
		SELECT format('%,d rows (%.1f s)', count(*),
			(julianday('now') - began) * 86400) FROM $table, step;
	SQL
}

# borders: the pairs of countries whose outlines share points, both ways round.
# One shared point is a corner, where they only touch; and on the 180th meridian,
# where outlines are cut, sharing means nothing.
borders() {
	gzip -dc outlines-50m.tsv.gz | awk -F '\t' '
		NR == 1 || $1 == "" { next }
		{
			n = split($3, points, /[|;,]/)
			for (i = 1; i <= n; i++) {
				p = points[i]
				if (p ~ /^-?180[. ]/ || index(owners[p], $1))
					continue
				m = split(owners[p], others, " ")
				for (j = 1; j <= m; j++)
					shared[others[j] "\t" $1]++
				owners[p] = owners[p] " " $1
			}
		}
		END {
			for (pair in shared) {
				if (shared[pair] < 2)
					continue
				split(pair, c, "\t")
				print c[1] "\t" c[2]
				print c[2] "\t" c[1]
			}
		}'
}

# boxes: a line for each outline: its name, and between which degrees it lies.
boxes() {
	gzip -dc outlines-50m.tsv.gz | awk -F '\t' '
		NR > 1 {
			n = split($3, points, /[|;,]/)
			for (i = 1; i <= n; i++) {
				split(points[i], p, " ")
				if (i == 1) {
					west = east = p[1]
					south = north = p[2]
				}
				if (p[1] + 0 < west + 0) west = p[1]
				if (p[1] + 0 > east + 0) east = p[1]
				if (p[2] + 0 < south + 0) south = p[2]
				if (p[2] + 0 > north + 0) north = p[2]
			}
			print $2 "\t" south "\t" north "\t" west "\t" east
		}'
}

# What follows from the outlines.
derive() {
	progress "borders"
	borders >"$part-borders"
	boxes >"$part-boxes"
	sqlite "$part" <<-SQL >&2
		PRAGMA synchronous = OFF;
		CREATE TEMP TABLE box (name TEXT, s REAL, n REAL, w REAL, e REAL);
		.mode ascii
		.separator "\t" "\n"
		.import "$part-borders" borders
		.import "$part-boxes" box
		.mode list
		INSERT INTO outlines_50m_position
			(min_lat, max_lat, min_lon, max_lon, name)
			SELECT s, n, w, e, name FROM box;
		SELECT format('%d of %d countries', count(DISTINCT country),
			(SELECT count(*) FROM countries)) FROM borders;
	SQL
}

# Pack the file and gather the planner's statistics. This is the one step with
# synchronous on: it puts the whole file on the disk.
finish() {
	progress "packing and analysing"
	sqlite "$part" <<-SQL >&2
		CREATE TEMP TABLE step AS SELECT julianday('now') AS began;
		INSERT INTO places_fts (places_fts) VALUES ('optimize');
		VACUUM;
		ANALYZE;
		PRAGMA optimize;
		SELECT format('done (%.1f s)',
			(julianday('now') - began) * 86400) FROM step;
	SQL
}

# Each row of the answer is something wrong; FTS5 reports by an error instead.
check() {
	progress "checking"
	wrong=$(sqlite "$part" <<-SQL
		INSERT INTO places_fts (places_fts, rank)
		VALUES ('integrity-check', 1);

		SELECT integrity_check FROM pragma_integrity_check
		WHERE integrity_check <> 'ok';

		SELECT "table" || ': a row of ' || parent || ' is missing'
		FROM pragma_foreign_key_check;

		SELECT answer FROM (SELECT rtreecheck('places_position') AS answer)
		WHERE answer <> 'ok';

		WITH counts (name, lines, rows) AS (VALUES $counts)
		SELECT format('%s: %d rows from %d lines', name, rows, lines)
		FROM counts WHERE rows <> lines;

		SELECT 'borders: of ' || country || ' with ' || neighbour ||
			' go one way' FROM borders AS a
		WHERE NOT EXISTS (SELECT 1 FROM borders AS b
			WHERE b.country = a.neighbour
			AND b.neighbour = a.country);

		SELECT 'outlines_50m_position: not as many as outlines'
		WHERE (SELECT count(*) FROM outlines_50m_position)
			<> (SELECT count(*) FROM outlines_50m);

		SELECT 'places_position: not as many as places'
		WHERE (SELECT count(*) FROM places_position)
			<> (SELECT count(*) FROM places);
	SQL
	) || fail "the check failed"
	[ -z "$wrong" ] || fail "the database is wrong: $wrong"
	echo "good" >&2
}

case ${1-} in
'' | -*) set -- ;;
esac
[ $# -eq 1 ] || {
	echo "usage: load.sh OUTPUT.db" >&2
	exit 2
}
require_tools

folder=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd) ||
	fail "no such folder: $(dirname -- "$1")"
output=$folder/$(basename -- "$1")
[ ! -d "$output" ] || fail "$output is a folder"
# SQLite would replay what is left of the old database into the new one.
for log in "$output-wal" "$output-journal"; do
	[ ! -e "$log" ] ||
		fail "$log exists: $output is in use, or was left by a crash"
done

cd -- "$(dirname -- "$0")"
part=$(mktemp "$output.XXXXXX")
trap 'rm -f -- "$part" "$part-journal" "$part-borders" "$part-boxes"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
chmod +r "$part" # mktemp's is its owner's alone; a web server reads this one

sqlite "$part" <schema.sql
counts=
load countries
load regions
load places "UPDATE raw SET population = NULL WHERE population = 0;"
load outlines_110m
load outlines_50m
derive
finish
check
mv -f -- "$part" "$output"
