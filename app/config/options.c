/*
 * One table of options: the command line, the keys of the INI file, their
 * errors and the usage text follow from it.  Called by config.c and sections.c.
 */
#include "app/config/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "app/text/value.h"
#include "app/watch/status.h"

enum option_type {
	OPTION_FLAG,   /* bool; the command line only */
	OPTION_STRING, /* char * */
	OPTION_PATH,   /* char *: begins with '/', or is a word */
	OPTION_LIST,   /* the listening addresses */
	OPTION_NUMBER, /* int64_t from min to max; a word stands for 0 */
	OPTION_SIZE,   /* int64_t: bytes, or with K, M or G */
	OPTION_CHOICE, /* int64_t: the index of a word */
};

struct option_row {
	const char *name;
	char letter;
	enum option_type type;
	size_t offset;
	int64_t min, max;
	const char *const *words; /* of choices, ending with NULL */
	const char *value;        /* its name in the usage text */
	const char *help;
};

static const char *const log_words[] = {
    [LOG_NONE] = "none",
    [LOG_ERROR] = "error",
    [LOG_WARN] = "warn",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
    NULL,
};

static const char *const access_words[] = {
    [ACCESS_OFF] = "off",
    [ACCESS_ON] = "on",
    [ACCESS_COMBINED] = "combined",
    [ACCESS_JSON] = "json",
    NULL,
};

static const char *const status_words[] = {
    [STATUS_LOOPBACK] = "loopback",
    [STATUS_ALL] = "all",
    [STATUS_NONE] = "none",
    NULL,
};

static const char *const switch_words[] = {"off", "on", NULL};
static const char *const sink_words[] = {"stderr", "syslog", NULL};
static const char *const robots_words[] = {"allow", "deny", NULL};
static const char *const formula_words[] = {"keep", "quote", NULL};
static const char *const fresh_words[] = {"exact", NULL};
static const char *const off_words[] = {"off", NULL};

#define FIELD(f) .offset = offsetof(struct config, f)

static const struct option_row rows[] = {
    {"listen", 'l', OPTION_LIST, .value = "ADDR",
	.help = "unix:/path.sock, HOST:PORT or [IPv6]:PORT (default: the "
		"socket that squall was started with)"},
    {"listen-owner", 0, OPTION_STRING, FIELD(listen_owner), .value = "USER",
	.help = "owner of the unix sockets (default: --user)"},
    {"listen-group", 0, OPTION_STRING, FIELD(listen_group), .value = "GROUP",
	.help = "group of the unix sockets (default: --group)"},
    {"listen-mode", 0, OPTION_STRING, FIELD(listen_mode), .value = "MODE",
	.help = "mode of the unix sockets: who may connect (default 0660)"},
    {"user", 0, OPTION_STRING, FIELD(user), .value = "USER",
	.help = "user that root becomes once the sockets are open"},
    {"group", 0, OPTION_STRING, FIELD(group), .value = "GROUP",
	.help = "group that root becomes (default: the user's)"},
    {"config", 'c', OPTION_STRING, FIELD(file), .value = "FILE",
	.help = "INI file with these options as keys, and [database NAME] "
		"sections"},
    {"workers", 'w', OPTION_NUMBER, FIELD(workers), 0, CONFIG_WORKERS_MAX,
	.value = "N",
	.help = "worker processes (default: one for two CPUs); 0 serves in "
		"this process, unsupervised"},
    {"threads", 't', OPTION_NUMBER, FIELD(threads), 1, 256, .value = "N",
	.help = "renderers per worker (default 4)"},
    {"cache", 0, OPTION_STRING, FIELD(cache), .value = "URL",
	.help = "memcached://HOST:PORT[,HOST:PORT]..., memcached:/path.sock, "
		"redis://HOST:PORT[/DB], redis:/path.sock or none (default)"},
    {"cache-password-file", 0, OPTION_STRING, FIELD(cache_password_file),
	.value = "FILE",
	.help = "file with the password of redis (or in the environment: "
		"SQUALL_CACHE_PASSWORD)"},
    {"cache-timeout", 0, OPTION_NUMBER, FIELD(cache_timeout_ms), 1, 60 * 1000,
	.value = "MS",
	.help = "how long connecting to the store may take, and each "
		"answer (default 100)"},
    {"memory", 0, OPTION_SIZE, FIELD(memory), 0, INT64_C(1) << 40,
	.value = "SIZE",
	.help = "memory for pages in each worker (default 64M; 0 turns it "
		"off)"},
    {"ttl", 0, OPTION_NUMBER, FIELD(ttl_s), 1, OPTIONS_MAX_TTL_S,
	.value = "SECONDS", .help = "expiry of a cached page (default 600)"},
    {"fresh", 0, OPTION_NUMBER, FIELD(fresh_s), 1, 24 * 3600, fresh_words,
	"exact|SECONDS",
	"how far a cached page may be behind the database (default exact)"},
    {"stale-if-error", 0, OPTION_NUMBER, FIELD(stale_if_error_s), 0,
	30 * 24 * 3600, .value = "SECONDS",
	.help = "how long an old page may stand in for an error "
		"(default 3600)"},
    {"prefix", 0, OPTION_PATH, FIELD(prefix), .value = "PATH",
	.help = "where squall is mounted (default: as the web server says; "
		"\"/\": at the root)"},
    {"cors", 0, OPTION_CHOICE, FIELD(cors), .words = switch_words,
	.value = "on|off",
	.help = "lets scripts of other sites read JSON, CSV and the like "
		"(default off)"},
    {"time-limit", 0, OPTION_NUMBER, FIELD(time_limit_ms), 1, 3600 * 1000,
	.value = "MS",
	.help = "how long the queries of a page may take (default 1000)"},
    {"max-returned-rows", 0, OPTION_NUMBER, FIELD(settings.max_rows), 1,
	1000000, .value = "N",
	.help = "rows of a page or query, values of a facet (default 1000)"},
    {"default-page-size", 0, OPTION_NUMBER, FIELD(settings.page_size), 1,
	1000000, .value = "N", .help = "rows of a table's page (default 100)"},
    {"default-facet-size", 0, OPTION_NUMBER, FIELD(settings.facet_size), 1,
	1000000, .value = "N", .help = "values of a facet (default 30)"},
    {"facet-time-limit", 0, OPTION_NUMBER, FIELD(settings.facet_limit_ms), 1,
	3600 * 1000, .value = "MS",
	.help = "how long a facet may take (default 200)"},
    {"facet-suggest-time-limit", 0, OPTION_NUMBER,
	FIELD(settings.suggest_limit_ms), 1, 3600 * 1000, .value = "MS",
	.help = "how long suggesting facets may take (default 50)"},
    {"allow-facet", 0, OPTION_CHOICE, FIELD(settings.allow_facet),
	.words = switch_words, .value = "on|off",
	.help = "lets visitors choose columns to facet by (default on)"},
    {"suggest-facets", 0, OPTION_CHOICE, FIELD(settings.suggest_facets),
	.words = switch_words, .value = "on|off",
	.help = "suggests facets on pages (default on)"},
    {"nofollow", 0, OPTION_CHOICE, FIELD(settings.nofollow),
	.words = switch_words, .value = "on|off",
	.help = "marks links to other orders, filters and facets with "
		"rel=nofollow (default on)"},
    {"noindex", 0, OPTION_CHOICE, FIELD(settings.noindex),
	.words = switch_words, .value = "on|off",
	.help = "asks search engines not to index filtered pages "
		"(default on)"},
    {"csv-formulas", 0, OPTION_CHOICE, FIELD(settings.csv_formulas),
	.words = formula_words, .value = "keep|quote",
	.help = "quote puts a ' before text in CSV that spreadsheets take "
		"for a formula (default keep)"},
    {"pages", 0, OPTION_PATH, FIELD(pages), .value = "DIR",
	.help = "folder of stored queries: DIR/DATABASE/NAME.sql"},
    {"site", 0, OPTION_STRING, FIELD(site_name), .value = "NAME",
	.help = "custom pages to serve beside the generic ones (atlas: "
		"the demo's)"},
    {"robots", 0, OPTION_CHOICE, FIELD(settings.robots), .words = robots_words,
	.value = "allow|deny",
	.help = "answer of /robots.txt (default allow: all but queries in "
		"SQL)"},
    {"queue", 0, OPTION_NUMBER, FIELD(queue), 1, 1000000, .value = "N",
	.help = "pages that may wait for a renderer, in each worker "
		"(default 1000); over it: 503"},
    {"queue-wait", 0, OPTION_NUMBER, FIELD(queue_wait_ms), 1, 3600 * 1000,
	.value = "MS",
	.help = "how long a page may wait for a renderer, or for another "
		"worker (default 5000)"},
    {"max-requests", 0, OPTION_NUMBER, FIELD(max_requests), 0, INT32_MAX,
	.value = "N",
	.help = "requests after which a worker is replaced, less up to a "
		"tenth (default 0: never)"},
    {"max-rss", 0, OPTION_SIZE, FIELD(max_rss), 0, INT64_C(1) << 40,
	.value = "SIZE",
	.help = "resident memory at which a worker is replaced (default 0: "
		"never)"},
    {"drain-limit", 0, OPTION_NUMBER, FIELD(drain_limit_s), 0, 30 * 24 * 3600,
	.value = "SECONDS",
	.help = "how long a replaced worker may finish sending (default 0: "
		"as long as it takes)"},
    {"log", 0, OPTION_CHOICE, FIELD(log), .words = log_words, .value = "LEVEL",
	.help = "events to log: none, error, warn, info (default) or debug"},
    {"access-log", 0, OPTION_CHOICE, FIELD(access_log), .words = access_words,
	.value = "off|on|combined|json",
	.help =
	    "a line for each request: squall's own (on, default), NCSA's or "
	    "JSON"},
    {"log-file", 0, OPTION_PATH, FIELD(log_file), .words = sink_words,
	.value = "PATH",
	.help = "where events go: a file, syslog or stderr (default)"},
    {"access-log-file", 0, OPTION_PATH, FIELD(access_log_file),
	.words = sink_words, .value = "PATH",
	.help = "where access lines go: a file, syslog or stderr (default)"},
    {"slow-log", 0, OPTION_NUMBER, FIELD(slow_log_ms), 0, 3600 * 1000,
	off_words, "MS",
	"logs where the time went when a page takes longer (default 0: off)"},
    {"status", 0, OPTION_CHOICE, FIELD(status), .words = status_words,
	.value = "WHO",
	.help = "who may see /-/status and /-/metrics: loopback (clients on "
		"this machine; default), all or none"},
    {"check", 0, OPTION_FLAG, FIELD(check),
	.help = "checks configuration and databases, says what would be "
		"served, exits"},
    {"help", 'h', OPTION_FLAG, FIELD(help), .help = "prints this, exits"},
    {"version", 'V', OPTION_FLAG, FIELD(version),
	.help = "prints the version, exits"},
};

enum { N_ROWS = sizeof(rows) / sizeof(*rows) };

static void
expected_choice(const struct option_row *row, struct buf *why)
{
	buf_lit(why, "expected ");
	for (size_t i = 0; row->words[i] != NULL; i++)
		buf_printf(why, "%s%s",
		    i == 0                  ? ""
			: row->words[i + 1] ? ", "
					    : " or ",
		    row->words[i]);
}

static void
expected_path(const struct option_row *row, struct buf *why)
{
	buf_lit(why, "expected ");
	for (size_t i = 0; row->words != NULL && row->words[i] != NULL; i++)
		buf_printf(why, "%s%s", row->words[i],
		    row->words[i + 1] ? ", " : " or ");
	buf_lit(why, "a path that begins with /");
}

/* Sets one option.  `why` gets what is wrong with the value. */
static bool
set(struct config *c, const struct option_row *row, const char *s,
    struct buf *why)
{
	void *field = (char *)c + row->offset;
	int64_t value = 0;

	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return true;
	case OPTION_STRING:
		return value_copy(field, s, why);
	case OPTION_PATH:
		if (*s == '/')
			return value_copy(field, s, why);
		if (row->words != NULL && value_choice(s, row->words, &value))
			return value_copy(field, row->words[value], why);
		expected_path(row, why);
		goto got;
	case OPTION_LIST:
		if (c->n_listen < CONFIG_LISTEN_MAX)
			return value_copy(&c->listen[c->n_listen++], s, why);
		buf_printf(why, "more than %d addresses", CONFIG_LISTEN_MAX);
		return false;
	case OPTION_NUMBER:
		if ((value_number(s, &value) && value >= row->min &&
			value <= row->max) ||
		    (row->words != NULL && value_choice(s, row->words, &value)))
			break;
		if (row->words != NULL)
			buf_printf(why, "expected %s or a", row->words[0]);
		else
			buf_lit(why, "expected a");
		buf_printf(why, " whole number from %" PRId64 " to %" PRId64,
		    row->min, row->max);
		goto got;
	case OPTION_SIZE:
		if (value_size(s, &value) && value <= row->max)
			break;
		buf_lit(why, "expected a size like 500K, 64M or 1G");
		goto got;
	case OPTION_CHOICE:
		if (value_choice(s, row->words, &value))
			break;
		expected_choice(row, why);
		goto got;
	}
	*(int64_t *)field = value;
	return true;
got:
	buf_printf(why, ", got \"%s\"", s);
	return false;
}

static const struct option_row *
row_named(const char *name)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

/* getopt's tables, from ours. */
static void
getopt_tables(struct option longs[N_ROWS + 1], char shorts[2 * N_ROWS + 2])
{
	*shorts++ = ':';
	for (size_t i = 0; i < N_ROWS; i++) {
		bool flag = rows[i].type == OPTION_FLAG;

		longs[i] = (struct option){rows[i].name,
		    flag ? no_argument : required_argument, NULL,
		    (int)i + UCHAR_MAX + 1};
		if (rows[i].letter == 0)
			continue;
		*shorts++ = rows[i].letter;
		if (!flag)
			*shorts++ = ':';
	}
	longs[N_ROWS] = (struct option){0};
	*shorts = '\0';
}

static const struct option_row *
row_of(int option)
{
	if (option > UCHAR_MAX)
		return &rows[option - UCHAR_MAX - 1];
	for (size_t i = 0; i < N_ROWS; i++) {
		if (option != 0 && rows[i].letter == option)
			return &rows[i];
	}
	return NULL;
}

/* getopt has gone past a word, but not past a letter among letters. */
static void
bad_option(int option, const char *word, struct buf *why)
{
	char letter[] = {'-', (char)optopt, '\0'};
	bool is_letter = optopt > 0 && optopt <= UCHAR_MAX;

	buf_printf(why, "%s: %s (see squall --help)", is_letter ? letter : word,
	    option == ':' ? "it needs a value" : "unknown option");
}

bool
options_read(struct config *c, int argc, char *const argv[], bool only_file,
    struct buf *why)
{
	struct option longs[N_ROWS + 1];
	char shorts[2 * N_ROWS + 2];
	bool listens = false;
	int option;

	getopt_tables(longs, shorts);
	opterr = 0;
	optind = 0; /* start anew (glibc, musl) */
	while ((option = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_row *row = row_of(option);
		bool is_file;

		if (option == '?' || option == ':') {
			bad_option(option, argv[optind - 1], why);
			return false;
		}
		is_file = row->type == OPTION_STRING &&
		    row->offset == offsetof(struct config, file);
		/* Whoever asks for help gets it, whatever the file is like. */
		if (is_file != only_file && row->type != OPTION_FLAG)
			continue;
		/* Addresses replace those of the file. */
		if (row->type == OPTION_LIST && !listens) {
			listens = true;
			while (c->n_listen > 0) {
				free(c->listen[--c->n_listen]);
				c->listen[c->n_listen] = NULL;
			}
		}
		if (!set(c, row, optarg, why)) {
			struct buf what = *why;

			*why = (struct buf){0};
			buf_printf(why, "--%s: %s", row->name, buf_cstr(&what));
			buf_release(&what);
			return false;
		}
	}
	return true;
}

bool
options_key(
    struct config *c, const char *key, const char *value, struct buf *why)
{
	const struct option_row *row = row_named(key);
	struct buf what = {0};
	bool ok;

	if (row == NULL || row->type == OPTION_FLAG ||
	    row->offset == offsetof(struct config, file)) {
		buf_printf(why, "unknown key \"%s\"", key);
		return false;
	}
	ok = set(c, row, value, &what);
	if (!ok)
		buf_printf(why, "%s: %s", key, buf_cstr(&what));
	buf_release(&what);
	return ok;
}

bool
options_defaults(struct config *c, struct buf *why)
{
	*c = (struct config){
	    .workers = -1,
	    .threads = 4,
	    .cache_timeout_ms = 100,
	    .memory = 64 << 20,
	    .ttl_s = 600,
	    .stale_if_error_s = 3600,
	    .time_limit_ms = 1000,
	    .settings = settings_default,
	    .queue = 1000,
	    .queue_wait_ms = 5000,
	    .log = LOG_INFO,
	    .access_log = 1,
	};
	return value_copy(&c->cache, "none", why);
}

void
options_release(struct config *c)
{
	for (size_t i = 0; i < c->n_listen; i++)
		free(c->listen[i]);
	for (size_t i = 0; i < N_ROWS; i++) {
		if (rows[i].type == OPTION_STRING ||
		    rows[i].type == OPTION_PATH)
			free(*(char **)((char *)c + rows[i].offset));
	}
}

void
options_usage(struct buf *b)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct option_row *row = &rows[i];
		size_t start = b->len;

		if (row->letter != 0)
			buf_printf(b, "  -%c, ", row->letter);
		else
			buf_lit(b, "      ");
		buf_printf(b, "--%s", row->name);
		if (row->value != NULL)
			buf_printf(b, "=%s", row->value);
		while (b->len < start + 26)
			buf_char(b, ' ');
		buf_printf(b, " %s\n", row->help);
	}
}
