# What squall is to show beside the others, and what it shows: from results.csv,
# sql.csv and fresh.csv.  Uses stats.awk.

function goal(what, wanted, least, measured, note,    met)
{
	if (measured == "")
		return
	met = least ? measured >= wanted : measured <= wanted
	missed += !met
	printf "%-66s %s %5.2f  %7.2f (%.2f-%.2f)  %s%s\n", what, \
	    least ? ">=" : "<=", wanted, measured, LOW, HIGH, \
	    met ? "yes" : "NO", met || note == "" ? "" : ": " note
}

function rate(setting, other)
{
	return ratio("hits: " setting, "memory", other, \
	    "requests_s")
}

# squall's CPU on another level than memory: from a store
function cpu(setting, target, other)
{
	return ratio("hits: " setting, target, other, \
	    "cpu_app_us")
}

function sql_ratio(with_packing,    r, n, list)
{
	for (r = 1; r <= rounds; r++)
		if (sql[r] > 0)
			list[++n] = miss[r] / \
			    (sql[r] + (with_packing ? packing[r] : 0))
	return summary(list, n)
}

function pool_memory(setting)
{
	return ratio("hits: table, gzip, " setting, "memory", "php", "pss_kb")
}

BEGIN {
	FS = ","
	asking = "the bare program asks nobody (see floor)"
	kernel = "half the instructions, more system calls (see floor)"
	read_labels()
}
FILENAME ~ /sql.csv$/ {
	miss[$1] = $2
	sql[$1] = $3
	packing[$1] = $4
	next
}
FILENAME ~ /fresh.csv$/ {
	fresh[$1] = $2
	fresh_order[++n_fresh] = $1
	next
}
{
	read_row()
}
END {
	printf "\n%-66s %8s  %s\n", "what squall is to show", "", \
	    "measured (range)"
	goal("requests/s against PHP-FPM + Memcached, gzip, 16 connections", \
	    10, 1, rate("table, gzip, c16", "php"))
	goal("  against Tornado + pymemcache", 25, 1, \
	    rate("table, gzip, c16", "tornado"))
	goal("  against nginx's fastcgi_cache with gzip on", 6, 1, \
	    rate("table, gzip, c16", "fastcgi_cache"))
	goal("  against PHP-FPM + Memcached, without gzip", 2, 1, \
	    rate("table, plain, c16", "php"))
	goal("CPU of a memory hit against the bare program, table page, plain", \
	    0.5, 0, cpu("table, plain, c16", "memory", "bare"))
	goal("  table page, gzip", 0.5, 0, \
	    cpu("table, gzip, c16", "memory", "bare"), kernel)
	goal("  small JSON row", 0.5, 0, \
	    cpu("row, gzip, c16", "memory", "bare"), kernel)
	goal("CPU of a Memcached hit against the bare program, table, plain", \
	    1, 0, cpu("table, plain, c16", "memcached", "bare"))
	goal("  table page, gzip", 1, 0, \
	    cpu("table, gzip, c16", "memcached", "bare"), asking)
	goal("  small JSON row", 1, 0, \
	    cpu("row, gzip, c16", "memcached", "bare"), asking)
	goal("CPU of a miss (table page) against its SQL in a bare C loop", \
	    2, 0, sql_ratio(0), \
	    "the loop makes no page, compresses none (see floor)")
	goal("  against that SQL and compressing the page", 2, 0, sql_ratio(1))
	goal("memory (PSS) of the pool against PHP-FPM's, 16 connections", \
	    0.25, 0, pool_memory("c16"))
	goal("  256 connections", 0.25, 0, pool_memory("c256"), \
	    "Debian's pool has 5 processes whatever is asked of it")
	for (i = 1; i <= n_fresh; i++)
		printf "%s%s %s", i == 1 ? \
		    "\na commit is on the page after, in milliseconds: " : \
		    ", ", label[fresh_order[i]], \
		    fresh[fresh_order[i]] == "" ? "(not within 2 s)" : \
		    fresh[fresh_order[i]]
	if (n_fresh > 0)
		print ""
}
