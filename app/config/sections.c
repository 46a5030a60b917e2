/*
 * Sections of the INI file, and databases from there and from the command
 * line.  Called by config.c.
 */
#include "app/config/sections.h"

#include <stdlib.h>
#include <string.h>

#include "app/config/ini.h"
#include "app/config/options.h"
#include "app/text/alloc.h"
#include "app/text/value.h"

static bool
no_memory(struct buf *why)
{
	buf_lit(why, "out of memory");
	return false;
}

static struct config_database *
database_named(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_databases; i++) {
		if (strcmp(c->databases[i].name, name) == 0)
			return &c->databases[i];
	}
	return NULL;
}

/* Adds a database; `file` is NULL while its section has not named it. */
static struct config_database *
add_database(struct config *c, const char *name, const char *file)
{
	struct config_database *d;

	d = alloc_resize(c->databases, c->n_databases + 1, sizeof(*d));
	if (d == NULL)
		return NULL;
	c->databases = d;
	d += c->n_databases;
	*d = (struct config_database){
	    .name = alloc_copy(name),
	    .file = file == NULL ? NULL : alloc_copy(file),
	    .metadata.allow_facet = -1,
	};
	c->n_databases++;
	return d->name == NULL || (file != NULL && d->file == NULL) ? NULL : d;
}

/* A section may have said of it all but where it is. */
static bool
add_named_file(
    struct config *c, const char *name, const char *file, struct buf *why)
{
	struct config_database *d = database_named(c, name);

	if (*name == '\0') {
		buf_printf(why, "%s: not the name of a file", file);
		return false;
	}
	if (d == NULL)
		return add_database(c, name, file) != NULL || no_memory(why);
	if (d->file == NULL)
		return value_copy(&d->file, file, why);
	buf_printf(why,
	    "%s: there is a database named %s already; give one of them a "
	    "[database NAME] section with another name",
	    file, name);
	return false;
}

bool
sections_add_file(struct config *c, const char *file, struct buf *why)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash == NULL ? file : slash + 1;
	const char *dot = strrchr(base, '.');
	size_t len =
	    dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base);
	char *name = alloc_text((struct str){base, len});
	bool ok;

	if (name == NULL)
		return no_memory(why);
	ok = add_named_file(c, name, file, why);
	free(name);
	return ok;
}

/* The INI file, while it is read. */
enum section { SECTION_NONE, SECTION_SITE, SECTION_DATABASE, SECTION_TABLE };

struct file_state {
	struct config *config;
	enum section section;
};

static bool
begin_database(struct file_state *st, const char *name, struct buf *why)
{
	struct config *c = st->config;

	if (database_named(c, name) != NULL) {
		buf_printf(why, "there is a database named %s already", name);
		return false;
	}
	st->section = SECTION_DATABASE;
	return add_database(c, name, NULL) != NULL || no_memory(why);
}

static bool
begin_table(struct file_state *st, const char *name, struct buf *why)
{
	struct config *c = st->config;
	struct table_metadata *t;

	for (size_t i = 0; i < c->n_tables; i++) {
		if (strcmp(c->tables[i].name, name) == 0) {
			buf_printf(
			    why, "there is a section [table %s] already", name);
			return false;
		}
	}
	t = alloc_resize(c->tables, c->n_tables + 1, sizeof(*t));
	if (t == NULL)
		return no_memory(why);
	c->tables = t;
	t += c->n_tables;
	*t = (struct table_metadata){.name = alloc_copy(name)};
	if (t->name == NULL)
		return no_memory(why);
	c->n_tables++;
	st->section = SECTION_TABLE;
	return true;
}

static bool
file_section(void *arg, const char *name, struct buf *why)
{
	static const char database[] = "database ", table[] = "table ";
	size_t database_len = sizeof(database) - 1;
	size_t table_len = sizeof(table) - 1;
	struct file_state *st = arg;

	if (strcmp(name, "site") == 0) {
		st->section = SECTION_SITE;
		return true;
	}
	if (strncmp(name, database, database_len) == 0 &&
	    name[database_len] != '\0')
		return begin_database(st, name + database_len, why);
	if (strncmp(name, table, table_len) == 0 &&
	    strchr(name + table_len, '.') != NULL)
		return begin_table(st, name + table_len, why);
	buf_printf(why, "unknown section [%s]", name);
	if (strncmp(name, table, table_len) == 0)
		buf_lit(why, ": expected [table DATABASE.TABLE]");
	return false;
}

static bool
database_key(struct config_database *d, const char *key, const char *value,
    struct buf *why)
{
	if (strcmp(key, "ttl") == 0 && d->ttl_s != 0) {
		buf_lit(why, "ttl: it was given before");
		return false;
	}
	if (strcmp(key, "ttl") == 0) {
		if (value_number(value, &d->ttl_s) && d->ttl_s >= 1 &&
		    d->ttl_s <= OPTIONS_MAX_TTL_S)
			return true;
		buf_printf(why,
		    "ttl: expected a whole number from 1 to %d, got \"%s\"",
		    OPTIONS_MAX_TTL_S, value);
		return false;
	}
	if (strcmp(key, "file") != 0)
		return metadata_database_set(&d->metadata, key, value, why);
	if (d->file == NULL)
		return value_copy(&d->file, value, why);
	buf_printf(why, "[database %s] has a file already", d->name);
	return false;
}

/* Says of an unknown key where it stands. */
static void
name_section(const struct config *c, enum section section, struct buf *why)
{
	if (!str_starts(str_of_buf(why), str_of("unknown key")))
		return;
	if (section == SECTION_SITE)
		buf_lit(why, " in [site]");
	else if (section == SECTION_DATABASE)
		buf_printf(why, " in [database %s]",
		    c->databases[c->n_databases - 1].name);
	else
		buf_printf(
		    why, " in [table %s]", c->tables[c->n_tables - 1].name);
}

static bool
file_key(void *arg, const char *key, const char *value, struct buf *why)
{
	struct file_state *st = arg;
	struct config *c = st->config;
	bool ok = false;

	switch (st->section) {
	case SECTION_NONE:
		return options_key(c, key, value, why);
	case SECTION_SITE:
		ok = metadata_about_set(&c->site, key, value, why);
		break;
	case SECTION_DATABASE:
		ok = database_key(
		    &c->databases[c->n_databases - 1], key, value, why);
		break;
	case SECTION_TABLE:
		ok = metadata_table_set(
		    &c->tables[c->n_tables - 1], key, value, why);
		break;
	}
	if (!ok)
		name_section(c, st->section, why);
	return ok;
}

bool
sections_read(struct config *c, struct buf *why)
{
	struct file_state st = {.config = c};
	const struct ini_handler handler = {file_section, file_key, &st};

	return ini_read(c->file, &handler, why);
}

/* The database of "NAME.TABLE", of which any name may hold a dot. */
static struct config_database *
database_of(const struct config *c, const char *section)
{
	struct config_database *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < c->n_databases; i++) {
		struct config_database *d = &c->databases[i];
		size_t len = strlen(d->name);

		if (strncmp(section, d->name, len) == 0 &&
		    section[len] == '.' && (best == NULL || len > best_len)) {
			best = d;
			best_len = len;
		}
	}
	return best;
}

/* Moves a table's section to its database. */
static bool
give_table(struct config_database *d, struct table_metadata *t, struct buf *why)
{
	struct database_metadata *m = &d->metadata;
	char *name = alloc_copy(t->name + strlen(d->name) + 1);
	struct table_metadata *more =
	    alloc_resize(m->tables, m->n_tables + 1, sizeof(*more));

	if (more != NULL)
		m->tables = more;
	if (more == NULL || name == NULL) {
		free(name);
		return no_memory(why);
	}
	free(t->name);
	t->name = name;
	more[m->n_tables++] = *t;
	*t = (struct table_metadata){0};
	return true;
}

bool
sections_finish(struct config *c, struct buf *why)
{
	for (size_t i = 0; i < c->n_databases; i++) {
		if (c->databases[i].file == NULL) {
			buf_printf(why, "%s: [database %s] has no file",
			    c->file, c->databases[i].name);
			return false;
		}
	}
	for (size_t i = 0; i < c->n_tables; i++) {
		struct table_metadata *t = &c->tables[i];
		struct config_database *d = database_of(c, t->name);

		if (d == NULL) {
			buf_printf(why,
			    "%s: [table %s]: there is no database of that "
			    "name",
			    c->file, t->name);
			return false;
		}
		if (!give_table(d, t, why))
			return false;
	}
	return true;
}

void
sections_release(struct config *c)
{
	for (size_t i = 0; i < c->n_databases; i++) {
		free(c->databases[i].name);
		free(c->databases[i].file);
		metadata_database_release(&c->databases[i].metadata);
	}
	for (size_t i = 0; i < c->n_tables; i++)
		metadata_table_release(&c->tables[i]);
	free(c->databases);
	free(c->tables);
	metadata_about_release(&c->site);
}
