# Packs outlines (db/atlas/README.md has their format) for the assembler: for each
# ring of at least three points how many there are, in which latitudes and
# longitudes it lies (south, north, west, east), and the points, latitude first;
# all of it in hundredths of a degree.  Points within `thin` degrees of the one
# before are left out.  The first line of the input is a heading.
function abs(x) { return x < 0 ? -x : x }
function hundredths(x) { return sprintf("%.0f", x * 100) }
NR > 1 {
	n_rings = split($3, rings, /[|;]/)
	for (i = 1; i <= n_rings; i++) {
		n = split(rings[i], points, ",")
		line = ""
		kept = 0
		for (j = 1; j <= n; j++) {
			split(points[j], p, " ")
			lon = p[1] + 0
			lat = p[2] + 0
			if (kept > 0 && abs(lon - x) < thin &&
			    abs(lat - y) < thin)
				continue
			if (kept++ == 0) {
				south = north = lat
				west = east = lon
			}
			if (lat < south) south = lat
			if (lat > north) north = lat
			if (lon < west) west = lon
			if (lon > east) east = lon
			line = line ", " hundredths(lat) ", " hundredths(lon)
			x = lon
			y = lat
		}
		if (kept > 2)
			print "\t.short " kept ", " hundredths(south) ", " \
			    hundredths(north) ", " hundredths(west) ", " \
			    hundredths(east) line
	}
}
