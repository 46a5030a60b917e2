# Thins outlines (db/atlas/README.md has their format): leaves out points that are
# within a degree of the one before, and rings of which too little remains.
function abs(x) { return x < 0 ? -x : x }
{
	line = ""
	n_polygons = split($0, polygons, "|")
	for (i = 1; i <= n_polygons; i++) {
		n_rings = split(polygons[i], rings, ";")
		for (j = 1; j <= n_rings; j++) {
			n = split(rings[j], points, ",")
			ring = ""
			kept = 0
			for (k = 1; k <= n; k++) {
				split(points[k], p, " ")
				if (kept > 0 && abs(p[1] - x) < 1 &&
				    abs(p[2] - y) < 1)
					continue
				ring = ring (kept++ ? "," : "") points[k]
				x = p[1]
				y = p[2]
			}
			if (kept > 2)
				line = line (line == "" ? "" : "|") ring
		}
	}
	if (line != "")
		print line
}
