# The tables of results.csv: for each setting a row per target, the last columns
# saying what squall's hits from memory are beside it.  Uses stats.awk.

function with_range(m, format)
{
	return sprintf(format " (" format "-" format ")", m, LOW, HIGH)
}

function milliseconds(setting, target, column)
{
	return sprintf("%.2f", figure(setting, target, column) / 1000)
}

function tenths(m)
{
	return m == "" || m == 0 ? "-" : sprintf("%.1f", m)
}

function row(setting, t, us,    hit, ratios, m, errors, r)
{
	for (r = 1; r <= rounds; r++)
		errors += value[setting, t, "errors", r]
	hit = figure(setting, t, "hit_ratio")
	m = ratio(setting, us, t, "requests_s")
	ratios = sprintf("%-18s", t == us || m == "" ? "" : \
	    with_range(m, "%.2f"))
	m = ratio(setting, us, t, "cpu_app_us")
	ratios = ratios (t == us || m == "" ? "" : with_range(m, "%.2f"))
	m = figure(setting, t, "requests_s")
	printf "%-29s%-22s%6s%7s%7s%8s%7s%7s%6s%7.1f%7.1f%4d  %s\n", \
	    label[t], with_range(m, "%.0f"), \
	    milliseconds(setting, t, "p50_us"), \
	    milliseconds(setting, t, "p99_us"), \
	    milliseconds(setting, t, "p999_us"), \
	    tenths(figure(setting, t, "cpu_app_us")), \
	    tenths(figure(setting, t, "cpu_nginx_us")), \
	    tenths(figure(setting, t, "cpu_store_us")), \
	    hit == "" ? "-" : sprintf("%.2f", hit), \
	    figure(setting, t, "pss_kb") / 1024, \
	    figure(setting, t, "rss_kb") / 1024, errors, ratios
}

function table(setting,    list, n, i)
{
	printf "\n%s\n", setting
	printf "%-51s%20s%22s%6s%14s     %s\n", "", "milliseconds    ", \
	    "CPU us per request  ", "", "MiB        ", "squall beside it"
	printf "%-29s%-22s%6s%7s%7s%8s%7s%7s%6s%7s%7s%4s  %-18s%s\n", "", \
	    "requests/s", "p50", "p99", "p99.9", "app", "nginx", "store", \
	    "hits", "PSS", "RSS", "err", "requests/s", "CPU of app"
	n = split(targets[setting], list, " ")
	for (i = 1; i <= n; i++)
		row(setting, list[i], "memory")
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
		table(order[s])
}
