/*
 * Fuzzes an INI file's way into the configuration: app/config/ini.c,
 * sections.c, metadata.c and options.c.  What is taken is within the bounds
 * that pages rely on, and each table's section has found its database; what is
 * refused has one line that says where.
 */
#include "app/config/metadata.h"

#include <sys/mman.h>

#include <strings.h>
#include <unistd.h>

#include "app/config/config.h"
#include "app/config/options.h"
#include "tests/fuzz/fuzz.h"

static char path[32];

/* Puts the input where a file's name leads to it. */
static void
write_file(struct str text)
{
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("squall.ini", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	CHECK(fd >= 0 && ftruncate(fd, 0) == 0);
	CHECK(pwrite(fd, text.s, text.len, 0) == (ssize_t)text.len);
}

static void
check_text(const char *s)
{
	CHECK(s == NULL || (*s != ' ' && *s != '\t'));
}

static void
check_url(const char *s)
{
	CHECK(s == NULL || strncasecmp(s, "http://", 7) == 0 ||
	    strncasecmp(s, "https://", 8) == 0);
}

static void
check_about(const struct about *a)
{
	check_text(a->title);
	check_text(a->description);
	check_text(a->source);
	check_text(a->license);
	check_text(a->about);
	check_url(a->source_url);
	check_url(a->license_url);
	check_url(a->about_url);
	CHECK(!metadata_about_is_empty(a) ||
	    (a->title == NULL && a->description == NULL && a->about == NULL));
}

static void
check_words(const struct words *words)
{
	CHECK(words->given || words->n == 0);
	for (size_t i = 0; i < words->n; i++) {
		CHECK(strchr(words->items[i], ',') == NULL);
		CHECK(metadata_words_have(words, str_of(words->items[i])));
	}
}

static void
check_table(const struct table_metadata *t)
{
	CHECK(t->name != NULL);
	CHECK(t->size >= 0 && t->size <= 1000000);
	CHECK(t->facet_size >= 0 && t->facet_size <= 1000000);
	CHECK(t->hidden == 0 || t->hidden == 1);
	CHECK(t->sort == NULL || t->sort_desc == NULL);
	check_about(&t->about);
	check_words(&t->sortable_columns);
	check_words(&t->facets);
	for (size_t i = 0; i < t->n_columns; i++) {
		struct str name = str_of(t->columns[i].column);

		CHECK(name.len > 0);
		CHECK(metadata_table_column(t, name) == &t->columns[i]);
		check_text(t->columns[i].unit);
	}
}

static void
check_database(const struct config_database *d)
{
	const struct database_metadata *m = &d->metadata;

	CHECK(d->name != NULL && d->file != NULL);
	CHECK(d->ttl_s >= 0 && d->ttl_s <= OPTIONS_MAX_TTL_S);
	CHECK(m->sql == 0 || m->sql == 1);
	CHECK(m->allow_facet >= -1 && m->allow_facet <= 1);
	check_about(&m->about);
	for (size_t i = 0; i < m->n_tables; i++)
		check_table(&m->tables[i]);
}

static void
check_config(const struct config *c)
{
	CHECK(c->workers >= -1 && c->workers <= CONFIG_WORKERS_MAX);
	CHECK(c->threads > 0 && c->memory >= 0 && c->queue >= 0);
	CHECK(c->ttl_s > 0 && c->fresh_s >= 0 && c->time_limit_ms > 0);
	CHECK(c->n_listen <= CONFIG_LISTEN_MAX);
	check_about(&c->site);
	for (size_t i = 0; i < c->n_databases; i++) {
		check_database(&c->databases[i]);
		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(c->databases[i].name,
				  c->databases[k].name) != 0);
	}
	for (size_t i = 0; i < c->n_tables; i++)
		CHECK(c->tables[i].name == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char program[] = "squall", database[] = "/srv/world.db";
	char config[] = "--config=/proc/self/fd/0000";
	char *argv[] = {program, config, database, NULL};
	struct config c = {0};
	struct buf why = {0};

	write_file((struct str){(const char *)data, size});
	snprintf(config, sizeof(config), "--config=%s", path);
	if (config_read(&c, 3, argv, &why)) {
		CHECK(why.len == 0);
		check_config(&c);
	} else {
		CHECK(why.len > 0 && !why.failed);
		CHECK(memchr(why.data, '\n', why.len) == NULL);
		CHECK(str_starts(str_of_buf(&why), str_of(path)) ||
		    str_starts(str_of_buf(&why), str_of(database)));
	}
	config_release(&c);
	buf_release(&why);
	return 0;
}
