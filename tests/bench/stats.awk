# What the tables are made with: medians, ranges, ratios of the same rounds.
# Included by the other programs here with -f.

function median(list, n,    i, j, x)
{
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
			x = list[j]
			list[j] = list[j - 1]
			list[j - 1] = x
		}
	return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

# The median of a list, "" if it is empty; LOW and HIGH are its range.
function summary(list, n,    m)
{
	if (n == 0)
		return ""
	m = median(list, n)
	LOW = list[1]
	HIGH = list[n]
	return m
}

# A column over the rounds, as a summary.
function figure(setting, target, column,    r, n, list)
{
	for (r = 1; r <= rounds; r++)
		if ((setting, target, column, r) in value &&
		    value[setting, target, column, r] != "")
			list[++n] = value[setting, target, column, r]
	return summary(list, n)
}

# A target's column beside another's, of the same rounds, as a summary.
function ratio(setting, target, other, column,    r, n, list)
{
	for (r = 1; r <= rounds; r++)
		if (value[setting, target, column, r] > 0 &&
		    value[setting, other, column, r] > 0)
			list[++n] = value[setting, target, column, r] / \
			    value[setting, other, column, r]
	return summary(list, n)
}

# The rows of results.csv: value[setting, target, column, round].  In a header's
# order; settings and their targets as they come.
function read_row(    i, setting)
{
	if (FNR == 1) {
		for (i = 1; i <= NF; i++)
			name[i] = $i
		return
	}
	# the settings have commas of their own
	setting = $1
	for (i = 2; i <= NF - 13; i++)
		setting = setting (i == 2 ? ": " : ",") $i
	if (!(setting in known))
		order[++settings] = setting
	known[setting] = 1
	if (!((setting, $(NF - 11)) in seen))
		targets[setting] = targets[setting] " " $(NF - 11)
	seen[setting, $(NF - 11)] = 1
	if ($(NF - 12) > rounds)
		rounds = $(NF - 12)
	for (i = 0; i <= 10; i++)
		value[setting, $(NF - 11), name[15 - i], $(NF - 12)] = $(NF - i)
}

function read_labels(    list, n, i, pair)
{
	n = split(labels, list, ";")
	for (i = 1; i < n; i++) {
		split(list[i], pair, "=")
		label[pair[1]] = pair[2]
	}
}
