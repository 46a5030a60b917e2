/*
 * app/config/config.c: every option from the command line and from the INI
 * file, and what is said about those that are wrong.
 */
#include "app/config/config.h"

#include <unistd.h>

#include "app/watch/status.h"
#include "tests/unit/util.h"

enum { MAX_ARGS = 32 };

struct fixture {
	struct config config;
	struct buf why;
	bool ok;
	char file[64]; /* the INI file; "" if there is none */
};

static int
set_up(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return *state == NULL;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	config_release(&f->config);
	buf_release(&f->why);
	if (f->file[0] != '\0')
		unlink(f->file);
	free(f);
	return 0;
}

/* Reads a command line: the arguments up to a NULL, "squall" not among them. */
static bool
read_args(struct fixture *f, ...)
{
	char program[] = "squall";
	char *argv[MAX_ARGS + 2] = {program};
	int argc = 1;
	const char *arg;
	va_list ap;

	config_release(&f->config);
	buf_reset(&f->why);
	va_start(ap, f);
	while ((arg = va_arg(ap, const char *)) != NULL) {
		assert_true(argc <= MAX_ARGS);
		argv[argc] = strdup(arg);
		assert_non_null(argv[argc++]);
	}
	va_end(ap);
	f->ok = config_read(&f->config, argc, argv, &f->why);
	while (argc > 1)
		free(argv[--argc]);
	assert_int_equal(f->ok, f->why.len == 0);
	assert_null(memchr(buf_cstr(&f->why), '\n', f->why.len));
	return f->ok;
}

static void
write_ini(struct fixture *f, const char *text, size_t len)
{
	FILE *out;
	int fd;

	if (f->file[0] == '\0') {
		snprintf(f->file, sizeof(f->file), "%s/squall-unit.XXXXXX",
		    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
		fd = mkstemp(f->file);
		assert_true(fd >= 0);
		close(fd);
	}
	out = fopen(f->file, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
}

static bool
read_ini(struct fixture *f, const char *text)
{
	write_ini(f, text, strlen(text));
	return read_args(f, "-c", f->file, NULL);
}

/* That `why` is about this line of the file. */
static void
assert_line(struct fixture *f, int line)
{
	char where[96];

	snprintf(where, sizeof(where), "%s:%d: ", f->file, line);
	assert_false(f->ok);
	assert_has(buf_cstr(&f->why), where);
	assert_ptr_equal(strstr(buf_cstr(&f->why), where), f->why.data);
}

/* What an option makes of a value, from the command line and from a file. */
static void
assert_good(struct fixture *f, const char *option, const char *value)
{
	char text[256];

	snprintf(text, sizeof(text), "--%s=%s", option, value);
	if (!read_args(f, text, NULL))
		print_error("%s: %s\n", text, buf_cstr(&f->why));
	assert_true(f->ok);
	snprintf(text, sizeof(text), "; a comment\n%s = %s\n", option, value);
	if (!read_ini(f, text))
		print_error("%s: %s\n", text, buf_cstr(&f->why));
	assert_true(f->ok);
}

static void
assert_bad(struct fixture *f, const char *option, const char *value,
    const char *expected)
{
	char text[256], got[256];

	snprintf(got, sizeof(got), "got \"%s\"", value);
	snprintf(text, sizeof(text), "--%s=%s", option, value);
	if (read_args(f, text, NULL))
		print_error("%s was accepted\n", text);
	assert_false(f->ok);
	snprintf(text, sizeof(text), "--%s: ", option);
	assert_has(buf_cstr(&f->why), text);
	assert_has(buf_cstr(&f->why), expected);
	assert_has(buf_cstr(&f->why), got);

	snprintf(text, sizeof(text), "\n\n%s = %s\n", option, value);
	read_ini(f, text);
	assert_line(f, 3);
	snprintf(text, sizeof(text), ":3: %s: ", option);
	assert_has(buf_cstr(&f->why), text);
	assert_has(buf_cstr(&f->why), expected);
	assert_has(buf_cstr(&f->why), got);
}

static void
defaults(void **state)
{
	struct fixture *f = *state;
	struct config *c = &f->config;

	assert_true(read_args(f, NULL));
	assert_int_equal(c->n_listen, 0);
	assert_null(c->file);
	assert_int_equal(c->workers, -1);
	assert_int_equal(c->threads, 4);
	assert_string_equal(c->cache, "none");
	assert_int_equal(c->memory, 64 << 20);
	assert_int_equal(c->ttl_s, 600);
	assert_null(c->prefix);
	assert_int_equal(c->time_limit_ms, 1000);
	assert_memory_equal(
	    &c->settings, &settings_default, sizeof(c->settings));
	assert_int_equal(c->log, LOG_INFO);
	assert_int_equal(c->access_log, ACCESS_ON);
	assert_int_equal(c->status, STATUS_LOOPBACK);
	assert_null(c->log_file);
	assert_int_equal(c->slow_log_ms, 0);
	assert_null(c->access_log_file);
	assert_false(c->check || c->help || c->version);
	assert_int_equal(c->n_databases, 0);
}

static void
numbers_within_their_range(void **state)
{
	struct fixture *f = *state;

	assert_good(f, "workers", "0");
	assert_int_equal(f->config.workers, 0);
	assert_good(f, "workers", "1024");
	assert_int_equal(f->config.workers, 1024);
	assert_good(f, "threads", "1");
	assert_int_equal(f->config.threads, 1);
	assert_good(f, "threads", "256");
	assert_int_equal(f->config.threads, 256);
	assert_good(f, "ttl", "2592000");
	assert_int_equal(f->config.ttl_s, 2592000);
	assert_good(f, "time-limit", "3600000");
	assert_int_equal(f->config.time_limit_ms, 3600000);
	assert_good(f, "default-page-size", "7");
	assert_int_equal(f->config.settings.page_size, 7);
	assert_good(f, "default-facet-size", "8");
	assert_int_equal(f->config.settings.facet_size, 8);
	assert_good(f, "facet-time-limit", "9");
	assert_int_equal(f->config.settings.facet_limit_ms, 9);
	assert_good(f, "facet-suggest-time-limit", "3600000");
	assert_int_equal(f->config.settings.suggest_limit_ms, 3600000);
	assert_good(f, "allow-facet", "off");
	assert_int_equal(f->config.settings.allow_facet, 0);
	assert_good(f, "suggest-facets", "off");
	assert_int_equal(f->config.settings.suggest_facets, 0);
	assert_good(f, "nofollow", "off");
	assert_int_equal(f->config.settings.nofollow, 0);
	assert_good(f, "noindex", "off");
	assert_int_equal(f->config.settings.noindex, 0);
	assert_good(f, "csv-formulas", "quote");
	assert_int_equal(f->config.settings.csv_formulas, 1);
	assert_good(f, "csv-formulas", "keep");
	assert_int_equal(f->config.settings.csv_formulas, 0);
	assert_good(f, "cors", "on");
	assert_int_equal(f->config.cors, 1);
	assert_good(f, "cors", "off");
	assert_int_equal(f->config.cors, 0);
	assert_good(f, "slow-log", "250");
	assert_int_equal(f->config.slow_log_ms, 250);
	assert_good(f, "slow-log", "off");
	assert_int_equal(f->config.slow_log_ms, 0);
	assert_good(f, "ttl", "007");
	assert_int_equal(f->config.ttl_s, 7);
}

static void
numbers_out_of_their_range(void **state)
{
	struct fixture *f = *state;

	assert_bad(f, "workers", "1025", "from 0 to 1024");
	assert_bad(f, "workers", "-1", "from 0 to 1024");
	assert_bad(f, "threads", "0", "from 1 to 256");
	assert_bad(f, "threads", "257", "from 1 to 256");
	assert_bad(f, "ttl", "0", "from 1 to 2592000");
	assert_bad(f, "ttl", "2592001", "from 1 to 2592000");
	assert_bad(f, "time-limit", "0", "from 1 to 3600000");
	assert_bad(f, "time-limit", "3600001", "from 1 to 3600000");
	assert_bad(f, "default-page-size", "0", "from 1 to 1000000");
	assert_bad(f, "nofollow", "yes", "off");
	assert_bad(f, "cors", "*", "off");
	assert_bad(f, "slow-log", "3600001", "off or a whole number");
	assert_bad(f, "ttl", "9223372036854775808", "whole number");
	assert_bad(f, "ttl", "18446744073709551617", "whole number");
}

static void
what_is_no_whole_number(void **state)
{
	static const char *const values[] = {
	    "", "x", "1x", "1.5", "1e3", "+1", "0x10", "1 2", "1K", "--1"};

	for (size_t i = 0; i < COUNT_OF(values); i++)
		assert_bad(*state, "workers", values[i], "whole number");
}

static void
sizes_with_and_without_a_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} cases[] = {
	    {"0", 0},
	    {"1", 1},
	    {"500k", 500 << 10},
	    {"500K", 500 << 10},
	    {"64m", 64 << 20},
	    {"64M", 64 << 20},
	    {"2g", INT64_C(2) << 30},
	    {"2G", INT64_C(2) << 30},
	    {"1024G", INT64_C(1) << 40},
	    {"1099511627776", INT64_C(1) << 40},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_good(f, "memory", cases[i].text);
		assert_int_equal(f->config.memory, cases[i].bytes);
	}
}

static void
what_is_no_size(void **state)
{
	static const char *const values[] = {"", "x", "K", "-1", "1T", "1KB",
	    "1 K", "1.5G", "1025G", "1099511627777", "9223372036854775807G",
	    "99999999999999999999", "36028797018963968K"};

	for (size_t i = 0; i < COUNT_OF(values); i++)
		assert_bad(*state, "memory", values[i], "a size like");
}

static void
choices(void **state)
{
	struct fixture *f = *state;

	assert_good(f, "log", "none");
	assert_int_equal(f->config.log, LOG_NONE);
	assert_good(f, "log", "error");
	assert_int_equal(f->config.log, LOG_ERROR);
	assert_good(f, "log", "warn");
	assert_int_equal(f->config.log, LOG_WARN);
	assert_good(f, "log", "info");
	assert_int_equal(f->config.log, LOG_INFO);
	assert_good(f, "log", "DEBUG");
	assert_int_equal(f->config.log, LOG_DEBUG);
	assert_good(f, "access-log", "off");
	assert_int_equal(f->config.access_log, ACCESS_OFF);
	assert_good(f, "access-log", "on");
	assert_int_equal(f->config.access_log, ACCESS_ON);
	assert_good(f, "access-log", "combined");
	assert_int_equal(f->config.access_log, ACCESS_COMBINED);
	assert_good(f, "access-log", "json");
	assert_int_equal(f->config.access_log, ACCESS_JSON);
	assert_good(f, "status", "all");
	assert_int_equal(f->config.status, STATUS_ALL);
	assert_good(f, "status", "none");
	assert_int_equal(f->config.status, STATUS_NONE);
	assert_good(f, "status", "loopback");
	assert_int_equal(f->config.status, STATUS_LOOPBACK);
}

static void
what_is_no_choice(void **state)
{
	struct fixture *f = *state;

	assert_bad(f, "log", "loud", "none, error, warn, info or debug");
	assert_bad(f, "log", "", "none, error, warn, info or debug");
	assert_bad(f, "log", "inf", "none, error, warn, info or debug");
	assert_bad(f, "access-log", "yes", "off, on, combined or json");
	assert_bad(f, "access-log", "1", "off, on, combined or json");
	assert_bad(f, "status", "local", "loopback, all or none");
}

static void
strings(void **state)
{
	struct fixture *f = *state;

	assert_good(f, "cache", "memcached://a:1,b:2");
	assert_string_equal(f->config.cache, "memcached://a:1,b:2");
	assert_good(f, "prefix", "/data");
	assert_string_equal(f->config.prefix, "/data");
	assert_good(f, "prefix", "/");
	assert_string_equal(f->config.prefix, "/");
}

static void
log_files(void **state)
{
	static const char expected[] =
	    "stderr, syslog or a path that begins with /";
	struct fixture *f = *state;

	assert_good(f, "log-file", "/var/log/squall.log");
	assert_string_equal(f->config.log_file, "/var/log/squall.log");
	assert_good(f, "access-log-file", "SYSLOG");
	assert_string_equal(f->config.access_log_file, "syslog");
	assert_good(f, "log-file", "stderr");
	assert_string_equal(f->config.log_file, "stderr");
	assert_bad(f, "log-file", "squall.log", expected);
	assert_bad(f, "access-log-file", "", expected);
	assert_bad(f, "prefix", "data", "expected a path that begins with /");
}

static void
the_last_of_an_option_counts(void **state)
{
	struct fixture *f = *state;

	assert_true(
	    read_args(f, "--ttl=1", "--cache=a", "--ttl=2", "--cache=b", NULL));
	assert_int_equal(f->config.ttl_s, 2);
	assert_string_equal(f->config.cache, "b");
}

static void
short_options_and_separate_values(void **state)
{
	struct fixture *f = *state;

	assert_true(read_args(f, "-l", "a:1", "-w2", "-t", "3", "--ttl", "4",
	    "-hV", "--check", NULL));
	assert_int_equal(f->config.n_listen, 1);
	assert_string_equal(f->config.listen[0], "a:1");
	assert_int_equal(f->config.workers, 2);
	assert_int_equal(f->config.threads, 3);
	assert_int_equal(f->config.ttl_s, 4);
	assert_true(f->config.help && f->config.version && f->config.check);
}

static void
flags_are_off_unless_given(void **state)
{
	struct fixture *f = *state;

	assert_true(read_args(f, "--version", NULL));
	assert_true(f->config.version);
	assert_false(f->config.help || f->config.check);
	assert_true(read_args(f, "--help", NULL));
	assert_true(f->config.help);
	assert_false(f->config.version || f->config.check);
}

static void
a_prefix_that_is_no_path(void **state)
{
	struct fixture *f = *state;

	assert_false(read_args(f, "--prefix=data", NULL));
	assert_has(buf_cstr(&f->why), "--prefix: ");
	assert_has(buf_cstr(&f->why), "got \"data\"");
	assert_false(read_args(f, "--prefix=", NULL));
	assert_has(buf_cstr(&f->why), "--prefix: ");
}

static void
a_prefix_in_the_file_that_is_no_path_names_its_line(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "ttl = 5\nprefix = data\n");
	assert_line(f, 2);
	assert_has(buf_cstr(&f->why), "got \"data\"");
}

static void
unknown_options_are_named(void **state)
{
	struct fixture *f = *state;

	assert_false(read_args(f, "--bogus", NULL));
	assert_has(buf_cstr(&f->why), "--bogus: unknown option");
	assert_false(read_args(f, "--bogus=1", "a.db", NULL));
	assert_has(buf_cstr(&f->why), "--bogus=1: unknown option");
	assert_false(read_args(f, "a.db", "-z", NULL));
	assert_has(buf_cstr(&f->why), "-z: unknown option");
	assert_false(read_args(f, "--ttl=5", "--bogus", NULL));
	assert_has(buf_cstr(&f->why), "--bogus: unknown option");
}

/* getopt has not left the argument yet when it finds the letter. */
static void
unknown_letters_in_a_cluster_are_named(void **state)
{
	struct fixture *f = *state;

	assert_false(read_args(f, "-zh", NULL));
	assert_has(buf_cstr(&f->why), "z");
	assert_lacks(buf_cstr(&f->why), "squall: unknown");
	assert_false(read_args(f, "a.db", "-hzh", NULL));
	assert_has(buf_cstr(&f->why), "z");
}

static void
options_without_their_value_are_named(void **state)
{
	struct fixture *f = *state;

	assert_false(read_args(f, "--ttl", NULL));
	assert_has(buf_cstr(&f->why), "--ttl: it needs a value");
	assert_false(read_args(f, "-l", NULL));
	assert_has(buf_cstr(&f->why), "-l: it needs a value");
	assert_false(read_args(f, "-c", NULL));
	assert_has(buf_cstr(&f->why), "-c: it needs a value");
}

static void
flags_take_no_value(void **state)
{
	struct fixture *f = *state;

	assert_false(read_args(f, "--check=1", NULL));
	assert_has(buf_cstr(&f->why), "--check=1");
}

static void
databases_are_named_after_their_files(void **state)
{
	static const struct {
		const char *file, *name;
	} cases[] = {
	    {"/srv/world.db", "world"},
	    {"world.sqlite3", "world"},
	    {"a.b.db", "a.b"},
	    {"plain", "plain"},
	    {"/srv.d/plain", "plain"},
	    {".hidden", ".hidden"},
	    {"with space.db", "with space"},
	    {"./x.db", "x"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_true(read_args(f, cases[i].file, NULL));
		assert_int_equal(f->config.n_databases, 1);
		assert_string_equal(f->config.databases[0].name, cases[i].name);
		assert_string_equal(f->config.databases[0].file, cases[i].file);
	}
}

static void
databases_may_stand_among_options(void **state)
{
	struct fixture *f = *state;

	assert_true(
	    read_args(f, "a.db", "--ttl=5", "b.db", "--", "--c.db", NULL));
	assert_int_equal(f->config.ttl_s, 5);
	assert_int_equal(f->config.n_databases, 3);
	assert_string_equal(f->config.databases[0].name, "a");
	assert_string_equal(f->config.databases[1].name, "b");
	assert_string_equal(f->config.databases[2].file, "--c.db");
}

static void
a_folder_is_no_database(void **state)
{
	struct fixture *f = *state;

	assert_false(read_args(f, "/srv/", NULL));
	assert_has(buf_cstr(&f->why), "/srv/: ");
	assert_false(read_args(f, "", NULL));
}

static void
two_databases_of_one_name_on_the_command_line(void **state)
{
	struct fixture *f = *state;

	assert_false(read_args(f, "/a/world.db", "/b/world.sqlite", NULL));
	assert_has(buf_cstr(&f->why), "/b/world.sqlite: ");
	assert_has(buf_cstr(&f->why), "named world");
	assert_true(read_args(f, "/a/world.db", "/b/World.db", NULL));
	assert_int_equal(f->config.n_databases, 2);
}

static void
two_databases_of_one_name_in_file_and_command_line(void **state)
{
	struct fixture *f = *state;

	assert_true(read_ini(f, "[database world]\nfile = /a.db\n"));
	assert_false(read_args(f, "-c", f->file, "/b/world.db", NULL));
	assert_has(buf_cstr(&f->why), "named world");
}

/* One of the two would silently not be published. */
static void
two_databases_of_one_name_in_the_file(void **state)
{
	struct fixture *f = *state;

	read_ini(f,
	    "[database world]\nfile = /a.db\n"
	    "[database world]\nfile = /b.db\n");
	assert_line(f, 3);
	assert_has(buf_cstr(&f->why), "world");
}

static void
two_files_of_one_database(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "[database world]\nfile = /a.db\nfile = /b.db\n");
	assert_line(f, 3);
	assert_has(buf_cstr(&f->why), "[database world]");
}

static void
a_database_section_without_a_name(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "\n[database ]\nfile = /a.db\n");
	assert_line(f, 2);
}

static void
the_file_describes_databases(void **state)
{
	struct fixture *f = *state;

	assert_true(read_ini(f,
	    "ttl = 5\n"
	    "\n"
	    "[database world]\n"
	    "file = /srv/w.db\n"
	    "[database two words]\n"
	    "file = /srv/2.db\n"));
	assert_int_equal(f->config.n_databases, 2);
	assert_string_equal(f->config.databases[0].name, "world");
	assert_string_equal(f->config.databases[0].file, "/srv/w.db");
	assert_string_equal(f->config.databases[1].name, "two words");
	assert_string_equal(f->config.databases[1].file, "/srv/2.db");
	assert_true(read_args(f, "-c", f->file, "other.db", NULL));
	assert_int_equal(f->config.n_databases, 3);
}

static void
a_database_section_without_its_file(void **state)
{
	struct fixture *f = *state;

	assert_false(read_ini(f, "[database world]\n"));
	assert_has(buf_cstr(&f->why), "[database world]");
	assert_has(buf_cstr(&f->why), f->file);
	assert_false(
	    read_ini(f, "[database a]\n[database b]\nfile = /srv/b.db\n"));
	assert_has(buf_cstr(&f->why), "[database a]");
}

static void
a_database_section_with_another_key(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "[database world]\nfile = x\nfiel = y\n");
	assert_line(f, 3);
	assert_has(buf_cstr(&f->why), "unknown key \"fiel\"");
	assert_has(buf_cstr(&f->why), "[database world]");
	read_ini(f, "[database world]\nmemory = 5\n");
	assert_line(f, 2);
	assert_has(buf_cstr(&f->why), "unknown key \"memory\"");
}

static void
a_database_has_an_expiry_of_its_own(void **state)
{
	static const char *const bad[] = {"", "0", "-1", "2592001", "1h", "x"};
	struct fixture *f = *state;
	char text[80];

	assert_true(read_ini(f,
	    "[database a]\nfile = x\nttl = 86400\n[database b]\nfile = y\n"));
	assert_int_equal(f->config.databases[0].ttl_s, 86400);
	assert_int_equal(f->config.databases[1].ttl_s, 0);
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		snprintf(text, sizeof(text),
		    "[database a]\nfile = x\nttl = %s\n", bad[i]);
		assert_false(read_ini(f, text));
		assert_line(f, 3);
		assert_has(buf_cstr(&f->why), "ttl");
	}
}

/* 60 bytes are a fine name for a file. */
static void
a_long_database_name_is_not_cut(void **state)
{
	static const char name[] =
	    "a123456789b123456789c123456789d123456789e123456789f123456789";
	struct fixture *f = *state;
	char text[200];

	snprintf(text, sizeof(text), "[database %s]\nfile = x\n", name);
	if (!read_ini(f, text))
		return; /* refusing it is clear as well */
	assert_int_equal(f->config.n_databases, 1);
	assert_string_equal(f->config.databases[0].name, name);
}

static void
unknown_keys_are_named_with_their_line(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "# one\n\nbogus = 1\n");
	assert_line(f, 3);
	assert_has(buf_cstr(&f->why), "unknown key \"bogus\"");
	read_ini(f, "TTL = 5\n");
	assert_line(f, 1);
}

static void
the_command_lines_own_options_are_no_keys(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "check = on\n");
	assert_line(f, 1);
	read_ini(f, "help = 1\n");
	assert_line(f, 1);
	read_ini(f, "config = other.ini\n");
	assert_line(f, 1);
	assert_has(buf_cstr(&f->why), "unknown key \"config\"");
}

static void
unknown_sections_are_named_with_their_line(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "ttl = 5\n[server]\nttl = 6\n");
	assert_false(f->ok);
	assert_has(buf_cstr(&f->why), f->file);
	assert_has(buf_cstr(&f->why), "unknown section [server]");
	read_ini(f, "[database]\nfile = x\n");
	assert_false(f->ok);
	assert_has(buf_cstr(&f->why), "unknown section [database]");
}

static void
unknown_sections_without_keys_are_an_error_too(void **state)
{
	struct fixture *f = *state;

	assert_false(read_ini(f, "[databse world]\n"));
	assert_has(buf_cstr(&f->why), "[databse world]");
}

static void
lines_that_are_neither_section_nor_key(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "ttl = 5\nnonsense\n");
	assert_line(f, 2);
	assert_has(buf_cstr(&f->why), "expected");
	read_ini(f, "= 5\n[x]\n");
	assert_false(f->ok);
	read_ini(f, "[database world");
	assert_line(f, 1);
}

/* What follows it is misunderstood, and not to blame. */
static void
a_section_that_does_not_end_is_the_error_that_is_told(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "[database world\nfile = x\n");
	assert_line(f, 1);
}

/* inih takes it for more of the value before. */
static void
an_indented_key_is_not_swallowed(void **state)
{
	struct fixture *f = *state;

	if (!read_ini(f, "cache = none\n  ttl = 5\n")) {
		assert_line(f, 2);
		return;
	}
	assert_string_equal(f->config.cache, "none");
	assert_int_equal(f->config.ttl_s, 5);
}

static void
the_first_error_is_the_one_that_is_told(void **state)
{
	struct fixture *f = *state;

	read_ini(f, "ttl = 0\nbogus = 1\nnonsense\n");
	assert_line(f, 1);
	assert_has(buf_cstr(&f->why), ":1: ttl: ");
	assert_lacks(buf_cstr(&f->why), "bogus");
}

static void
long_line(struct fixture *f, const char *start, size_t len)
{
	struct buf text = {0};

	buf_lit(&text, "ttl = 5\n");
	buf_str(&text, start);
	while (text.len < len + 8)
		buf_char(&text, 'x');
	buf_lit(&text, "\nthreads = 2\n");
	write_ini(f, text.data, text.len);
	buf_release(&text);
	read_args(f, "-c", f->file, NULL);
}

static void
over_long_lines_are_named(void **state)
{
	struct fixture *f = *state;

	long_line(f, "cache = ", 500);
	assert_line(f, 2);
	assert_has(buf_cstr(&f->why), "too long");
	long_line(f, "cache = ", 5000);
	assert_line(f, 2);
	assert_has(buf_cstr(&f->why), "too long");
	long_line(f, "[database ", 500);
	assert_line(f, 2);
}

/* Whatever the limit is, a line is read whole or refused. */
static void
no_value_is_ever_cut(void **state)
{
	struct fixture *f = *state;
	size_t accepted = 0;

	for (size_t len = 150; len < 260; len++) {
		long_line(f, "cache = ", len);
		if (!f->ok) {
			assert_line(f, 2);
			assert_has(buf_cstr(&f->why), "too long");
			continue;
		}
		assert_int_equal(strlen(f->config.cache), len - 8);
		assert_int_equal(f->config.threads, 2);
		accepted++;
	}
	assert_true(accepted > 0);
}

static void
the_last_line_needs_no_line_feed(void **state)
{
	struct fixture *f = *state;

	for (size_t len = 20; len <= 198; len++) {
		struct buf text = {0};

		buf_lit(&text, "cache = ");
		while (text.len < len)
			buf_char(&text, 'x');
		assert_true(read_ini(f, buf_cstr(&text)));
		assert_int_equal(strlen(f->config.cache), len - 8);
		buf_release(&text);
	}
}

static void
an_empty_file_changes_nothing(void **state)
{
	struct fixture *f = *state;

	assert_true(read_ini(f, ""));
	assert_int_equal(f->config.ttl_s, 600);
	assert_true(read_ini(f, "\n; nothing\n# here\n"));
	assert_int_equal(f->config.ttl_s, 600);
}

static void
a_byte_order_mark_and_crlf_are_read_over(void **state)
{
	struct fixture *f = *state;

	assert_true(read_ini(f, "\xef\xbb\xbfttl = 5\r\nthreads = 2\r\n"));
	assert_int_equal(f->config.ttl_s, 5);
	assert_int_equal(f->config.threads, 2);
}

static void
a_file_that_can_not_be_read_is_named(void **state)
{
	struct fixture *f = *state;

	assert_false(read_args(f, "--config=/nonexistent/x.ini", NULL));
	assert_has(buf_cstr(&f->why), "/nonexistent/x.ini: No such file");
	assert_false(read_args(f, "--config=/", NULL));
	assert_has(buf_cstr(&f->why), "/: ");
}

static void
the_command_line_wins_over_the_file(void **state)
{
	struct fixture *f = *state;

	assert_true(read_ini(
	    f, "ttl = 5\nthreads = 6\ncache = a\nmemory = 1M\nlog = none\n"));
	assert_true(read_args(f, "--ttl=7", "--cache=b", "-c", f->file,
	    "--memory=2M", "--log=debug", NULL));
	assert_int_equal(f->config.ttl_s, 7);
	assert_int_equal(f->config.threads, 6);
	assert_string_equal(f->config.cache, "b");
	assert_int_equal(f->config.memory, 2 << 20);
	assert_int_equal(f->config.log, LOG_DEBUG);
}

static void
listen_adds_up(void **state)
{
	struct fixture *f = *state;

	assert_true(read_args(f, "--listen=a:1", "-l", "b:2", NULL));
	assert_int_equal(f->config.n_listen, 2);
	assert_string_equal(f->config.listen[0], "a:1");
	assert_string_equal(f->config.listen[1], "b:2");
	assert_true(read_ini(f, "listen = a:1\nlisten = b:2\n"));
	assert_int_equal(f->config.n_listen, 2);
	assert_string_equal(f->config.listen[1], "b:2");
}

static void
listen_on_the_command_line_replaces_the_files(void **state)
{
	struct fixture *f = *state;

	assert_true(read_ini(f, "listen = a:1\nlisten = b:2\n"));
	assert_true(read_args(f, "-l", "c:3", "-c", f->file, NULL));
	assert_int_equal(f->config.n_listen, 1);
	assert_string_equal(f->config.listen[0], "c:3");
	assert_true(
	    read_args(f, "-c", f->file, "-l", "c:3", "-l", "d:4", NULL));
	assert_int_equal(f->config.n_listen, 2);
	assert_string_equal(f->config.listen[0], "c:3");
	assert_string_equal(f->config.listen[1], "d:4");
}

static void
addresses_that_are_replaced_do_not_count(void **state)
{
	struct fixture *f = *state;

	assert_true(read_ini(f,
	    "listen=1\nlisten=2\nlisten=3\nlisten=4\nlisten=5\nlisten=6\n"
	    "listen=7\nlisten=8\n"));
	assert_true(read_args(f, "-l9", "-c", f->file, NULL));
	assert_int_equal(f->config.n_listen, 1);
	assert_string_equal(f->config.listen[0], "9");
}

static void
too_many_addresses(void **state)
{
	struct fixture *f = *state;

	assert_true(read_args(
	    f, "-l1", "-l2", "-l3", "-l4", "-l5", "-l6", "-l7", "-l8", NULL));
	assert_int_equal(f->config.n_listen, CONFIG_LISTEN_MAX);
	assert_false(read_args(f, "-l1", "-l2", "-l3", "-l4", "-l5", "-l6",
	    "-l7", "-l8", "-l9", NULL));
	assert_has(buf_cstr(&f->why), "--listen: more than 8");
	read_ini(f,
	    "listen=1\nlisten=2\nlisten=3\nlisten=4\nlisten=5\nlisten=6\n"
	    "listen=7\nlisten=8\nlisten=9\n");
	assert_line(f, 9);
	assert_has(buf_cstr(&f->why), ":9: listen: more than 8");
}

static void
release_leaves_an_empty_configuration(void **state)
{
	static const struct config empty;
	struct fixture *f = *state;

	assert_true(read_args(f, "-l", "a:1", "--prefix=/x", "x.db", NULL));
	config_release(&f->config);
	assert_memory_equal(&f->config, &empty, sizeof(empty));
	config_release(&f->config);
}

static void
usage_names_every_option(void **state)
{
	static const char *const options[] = {"-l, --listen=ADDR",
	    "-c, --config=FILE", "-w, --workers=N", "-t, --threads=N",
	    "--cache=URL", "--memory=SIZE", "--ttl=SECONDS", "--prefix=PATH",
	    "--time-limit=MS", "--log=LEVEL",
	    "--access-log=off|on|combined|json", "--status=WHO", "--check ",
	    "-h, --help", "-V, --version"};
	struct buf b = {0};

	(void)state;
	config_usage(&b);
	assert_false(b.failed);
	for (size_t i = 0; i < COUNT_OF(options); i++)
		assert_has(buf_cstr(&b), options[i]);
	buf_release(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(defaults),
	    TEST(numbers_within_their_range),
	    TEST(numbers_out_of_their_range),
	    TEST(what_is_no_whole_number),
	    TEST(sizes_with_and_without_a_unit),
	    TEST(what_is_no_size),
	    TEST(choices),
	    TEST(what_is_no_choice),
	    TEST(strings),
	    TEST(log_files),
	    TEST(the_last_of_an_option_counts),
	    TEST(short_options_and_separate_values),
	    TEST(flags_are_off_unless_given),
	    TEST(a_prefix_that_is_no_path),
	    TEST(a_prefix_in_the_file_that_is_no_path_names_its_line),
	    TEST(unknown_options_are_named),
	    TEST(unknown_letters_in_a_cluster_are_named),
	    TEST(options_without_their_value_are_named),
	    TEST(flags_take_no_value),
	    TEST(databases_are_named_after_their_files),
	    TEST(databases_may_stand_among_options),
	    TEST(a_folder_is_no_database),
	    TEST(two_databases_of_one_name_on_the_command_line),
	    TEST(two_databases_of_one_name_in_file_and_command_line),
	    TEST(two_databases_of_one_name_in_the_file),
	    TEST(two_files_of_one_database),
	    TEST(a_database_section_without_a_name),
	    TEST(the_file_describes_databases),
	    TEST(a_database_section_without_its_file),
	    TEST(a_database_section_with_another_key),
	    TEST(a_database_has_an_expiry_of_its_own),
	    TEST(a_long_database_name_is_not_cut),
	    TEST(unknown_keys_are_named_with_their_line),
	    TEST(the_command_lines_own_options_are_no_keys),
	    TEST(unknown_sections_are_named_with_their_line),
	    TEST(unknown_sections_without_keys_are_an_error_too),
	    TEST(lines_that_are_neither_section_nor_key),
	    TEST(a_section_that_does_not_end_is_the_error_that_is_told),
	    TEST(an_indented_key_is_not_swallowed),
	    TEST(the_first_error_is_the_one_that_is_told),
	    TEST(over_long_lines_are_named),
	    TEST(no_value_is_ever_cut),
	    TEST(the_last_line_needs_no_line_feed),
	    TEST(an_empty_file_changes_nothing),
	    TEST(a_byte_order_mark_and_crlf_are_read_over),
	    TEST(a_file_that_can_not_be_read_is_named),
	    TEST(the_command_line_wins_over_the_file),
	    TEST(listen_adds_up),
	    TEST(listen_on_the_command_line_replaces_the_files),
	    TEST(addresses_that_are_replaced_do_not_count),
	    TEST(too_many_addresses),
	    TEST(release_leaves_an_empty_configuration),
	    TEST(usage_names_every_option),
	};

	return RUN("config", tests);
}
