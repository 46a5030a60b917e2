/*
 * The configuration as a whole: the command line, the INI file that it names,
 * and the databases of both.  Called by main alone.
 */
#include "app/config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "app/ini.h"
#include "app/options.h"
#include "app/value.h"

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

	d = realloc(c->databases, (c->n_databases + 1) * sizeof(*d));
	if (d == NULL)
		return NULL;
	c->databases = d;
	d += c->n_databases;
	d->name = strdup(name);
	d->file = file == NULL ? NULL : strdup(file);
	d->ttl_s = 0;
	c->n_databases++;
	return d->name == NULL || (file != NULL && d->file == NULL) ? NULL : d;
}

/* "/srv/world.db" is published as "world". */
static bool
add_database_file(struct config *c, const char *file, struct buf *why)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash == NULL ? file : slash + 1;
	const char *dot = strrchr(base, '.');
	size_t len =
	    dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base);
	char *name = strndup(base, len);
	bool ok = false;

	if (name == NULL)
		buf_lit(why, "out of memory");
	else if (*name == '\0')
		buf_printf(why, "%s: not the name of a file", file);
	else if (database_named(c, name) != NULL)
		buf_printf(why,
		    "%s: there is a database named %s already; give one of "
		    "them a [database NAME] section with another name",
		    file, name);
	else if (add_database(c, name, file) == NULL)
		buf_lit(why, "out of memory");
	else
		ok = true;
	free(name);
	return ok;
}

/* The INI file, while it is read. */
struct file_state {
	struct config *config;
	bool in_section;
	struct config_database *database; /* the section's */
};

static bool
file_section(void *arg, const char *name, struct buf *why)
{
	static const char word[] = "database ";
	struct file_state *st = arg;
	const char *database = name + sizeof(word) - 1;

	st->in_section = true;
	if (strncmp(name, word, sizeof(word) - 1) != 0 || *database == '\0') {
		buf_printf(why, "unknown section [%s]", name);
		return false;
	}
	if (database_named(st->config, database) != NULL) {
		buf_printf(
		    why, "there is a database named %s already", database);
		return false;
	}
	st->database = add_database(st->config, database, NULL);
	if (st->database == NULL)
		buf_lit(why, "out of memory");
	return st->database != NULL;
}

static bool
file_database_key(struct config_database *d, const char *key, const char *value,
    struct buf *why)
{
	if (strcmp(key, "ttl") == 0) {
		if (value_number(value, &d->ttl_s) && d->ttl_s >= 1 &&
		    d->ttl_s <= OPTIONS_MAX_TTL_S)
			return true;
		buf_printf(why,
		    "ttl: expected a whole number from 1 to %d, got \"%s\"",
		    OPTIONS_MAX_TTL_S, value);
		return false;
	}
	if (strcmp(key, "file") != 0) {
		buf_printf(
		    why, "unknown key \"%s\" in [database %s]", key, d->name);
		return false;
	}
	if (d->file != NULL) {
		buf_printf(why, "[database %s] has a file already", d->name);
		return false;
	}
	return value_copy(&d->file, value, why);
}

static bool
file_key(void *arg, const char *key, const char *value, struct buf *why)
{
	struct file_state *st = arg;

	if (st->in_section)
		return file_database_key(st->database, key, value, why);
	return options_key(st->config, key, value, why);
}

static bool
read_file(struct config *c, const char *file, struct buf *why)
{
	struct file_state st = {.config = c};
	const struct ini_handler handler = {file_section, file_key, &st};

	if (!ini_read(file, &handler, why))
		return false;
	for (size_t i = 0; i < c->n_databases; i++) {
		if (c->databases[i].file == NULL) {
			buf_printf(why, "%s: [database %s] has no file", file,
			    c->databases[i].name);
			return false;
		}
	}
	return true;
}

/* The file first, so that the command line wins. */
bool
config_read(struct config *c, int argc, char *const argv[], struct buf *why)
{
	if (!options_defaults(c, why) ||
	    !options_read(c, argc, argv, true, why))
		return false;
	if (c->file != NULL && !c->help && !c->version &&
	    !read_file(c, c->file, why))
		return false;
	if (!options_read(c, argc, argv, false, why))
		return false;
	for (int i = optind; i < argc; i++) {
		if (!add_database_file(c, argv[i], why))
			return false;
	}
	return true;
}

void
config_release(struct config *c)
{
	for (size_t i = 0; i < c->n_databases; i++) {
		free(c->databases[i].name);
		free(c->databases[i].file);
	}
	free(c->databases);
	options_release(c);
	*c = (struct config){0};
}

void
config_usage(struct buf *b)
{
	buf_lit(b,
	    "usage: squall [OPTION]... DATABASE...\n"
	    "Puts SQLite databases on the web, behind a web server that "
	    "speaks FastCGI or CGI.\n\n");
	options_usage(b);
	buf_lit(b,
	    "\nSIGTERM or SIGINT: finish what was accepted, and stop.\n"
	    "SIGHUP: read the configuration again, and replace the workers.\n"
	    "SIGUSR1: open the logs anew.\n");
}
