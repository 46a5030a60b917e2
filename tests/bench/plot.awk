# A plot for each setting, as SVG in the folder OUT: a bar for each target's
# requests per second, with a line for its range.  Uses stats.awk.

function xml(s)
{
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	return s
}

function file_of(setting)
{
	gsub(/[^A-Za-z0-9.]+/, "-", setting)
	return out "/" setting ".svg"
}

function text(to, x, y, anchor, what)
{
	printf "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", \
	    x, y, anchor, xml(what) > to
}

function bar(to, y, t, m, low, high, scale)
{
	text(to, 225, y + 15, "end", label[t])
	printf "<rect x=\"235\" y=\"%d\" width=\"%.1f\" height=\"20\" " \
	    "fill=\"%s\"/>\n", y, m * scale, \
	    label[t] ~ /^squall/ ? "#1b6ca8" : "#9aa5b1" > to
	printf "<path d=\"M%.1f %dH%.1f\" stroke=\"#222\"/>\n", \
	    235 + low * scale, y + 10, 235 + high * scale > to
	text(to, 245 + high * scale, y + 15, "start", sprintf("%.0f", m))
}

function plot(setting,    list, n, i, most, to, m)
{
	n = split(targets[setting], list, " ")
	for (i = 1; i <= n; i++) {
		figure(setting, list[i], "requests_s")
		if (HIGH > most)
			most = HIGH
	}
	to = file_of(setting)
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" " \
	    "height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n" \
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", \
	    n * 28 + 50 > to
	text(to, 15, 25, "start", setting ": requests per second")
	for (i = 1; i <= n; i++) {
		m = figure(setting, list[i], "requests_s")
		bar(to, 14 + i * 28, list[i], m, LOW, HIGH, \
		    480 / (most > 0 ? most : 1))
	}
	print "</svg>" > to
	close(to)
}

BEGIN {
	FS = ","
	read_labels()
}
{
	read_row()
}
END {
	for (s = 1; s <= settings; s++)
		plot(order[s])
}
