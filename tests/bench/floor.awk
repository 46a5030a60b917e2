# Whose instructions those of `n` misses are, from callgrind_annotate's inclusive
# counts: a function may stand there in several lines, as whatever its file is
# called, and the largest is all of it.

{
	count = $1
	gsub(",", "", count)
}
/PROGRAM TOTALS/ {
	all = count
}
match($0, /:[A-Za-z0-9_]+( \[|$)/) {
	name = substr($0, RSTART + 1, RLENGTH - 1)
	sub(/ \[$/, "", name)
	if (count + 0 > of[name])
		of[name] = count + 0
}

function part(what, instructions)
{
	printf "  %-48s %12d  %2.0f %%\n", what, instructions / n, \
	    100 * instructions / all
	rest -= instructions
}

END {
	sql = of["sqlite3_step"] + of["sqlite3_prepare_v3"] + \
	    of["sqlite3_prepare_v2"]
	packing = of["libdeflate_gzip_compress"]
	rest = all
	if (all == 0 || sql == 0 || packing == 0) {
		print "floor: callgrind has counted nothing" >"/dev/stderr"
		exit 1
	}
	printf "\n%-50s %12d\n", "a miss of the table page", all / n
	part("SQLite", sql)
	part("compressing the page", packing)
	part("its map", of["points_map"])
	part("its cells and their links", of["cell_reference"] + of["cell_html"])
	part("the rest", rest)
	printf "so a compressed page without anything on it takes %.1f times " \
	    "its SQL\n", (sql + packing) / sql
}
