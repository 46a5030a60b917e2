/*
 * From the command line and the configuration file to what is served.  Called
 * by main, at the start and for each reload.
 */
#include "app/service.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/cache/store.h"
#include "app/config/secret.h"
#include "app/inspect.h"
#include "app/process/listener.h"
#include "app/render/descriptors.h"
#include "app/watch/log.h"
#include "db/schema/table.h"
#include "db/sqlite/look.h"
#include "handlers/page/about.h"
#include "handlers/routes.h"
#include "handlers/sites.h"
#include "handlers/sql/stored_page.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	SOCKET_MODE = 0660,
	CHECK_TRIES = 5,        /* to read a database at the start */
	CHECK_LIMIT_MS = 30000, /* for which nobody waits but the operator */
	CHECK_PAUSE_MS = 100,
};

static bool
is_published(const struct config *config, const char *name)
{
	size_t i = 0;

	while (i < config->n_databases &&
	    strcmp(config->databases[i].name, name) != 0)
		i++;
	return i < config->n_databases;
}

/* The custom site, if one is wanted, and what it takes. */
static bool
check_site(const struct config *config, struct buf *why)
{
	const struct custom_site *site = sites_find(config->site_name);

	if (config->site_name == NULL)
		return true;
	if (site == NULL) {
		buf_printf(why, "--site: there is no site \"%s\"; there is ",
		    config->site_name);
		sites_list(why);
		return false;
	}
	if (is_published(config, site->database))
		return true;
	buf_printf(why, "--site=%s takes a database published as \"%s\"",
	    site->name, site->database);
	return false;
}

/* Everything about the configuration that needs more than its own values. */
static bool
check_config(const struct config *config, struct buf *why)
{
	if (config->n_databases == 0) {
		buf_lit(why,
		    "there is no DATABASE to serve (see squall "
		    "--help)");
		return false;
	}
	for (size_t i = 0; i < config->n_databases; i++) {
		if (strcmp(config->databases[i].name, "-") == 0) {
			buf_lit(why, "a database can't be published as \"-\"");
			return false;
		}
	}
	for (size_t i = 0; i < config->n_listen; i++) {
		if (!listener_check(config->listen[i], why))
			return false;
	}
	return check_site(config, why);
}

/* The user of the process, and the owner of its sockets. */
static bool
read_identity(struct service *s, struct buf *why)
{
	const struct config *c = &s->config;
	const char *owner = c->listen_owner == NULL ? c->user : c->listen_owner;
	const char *group =
	    c->listen_group == NULL ? c->group : c->listen_group;
	struct buf what = {0};
	const char *option = "user, --group";
	bool ok = identity_find(&s->identity, c->user, c->group, &what);

	if (ok) {
		option = "listen-owner, --listen-group";
		ok = identity_find(&s->access.owner, owner, group, &what);
	}
	s->access.mode = SOCKET_MODE;
	if (ok && c->listen_mode != NULL) {
		option = "listen-mode";
		ok =
		    listener_parse_mode(c->listen_mode, &s->access.mode, &what);
	}
	if (!ok)
		buf_printf(why, "--%s: %s", option, buf_cstr(&what));
	buf_release(&what);
	return ok;
}

/* The store of pages, as the configuration has it. */
static bool
read_store(struct service *s, struct buf *why)
{
	const struct config *config = &s->config;
	struct buf what = {0};
	struct store *handle;
	bool ok;

	if (config->cache_password_file != NULL &&
	    strncmp(config->cache, "redis:", strlen("redis:")) != 0) {
		buf_printf(why,
		    "--cache-password-file: a password is for redis, not for "
		    "\"%s\"",
		    config->cache);
		return false;
	}
	if (!secret_read(config->cache_password_file, "SQUALL_CACHE_PASSWORD",
		&s->password, why))
		return false;
	s->site.store = (struct store_config){
	    config->cache, config->cache_timeout_ms, s->password};
	ok = store_open(&handle, &s->site.store, &what);
	if (!ok)
		buf_printf(why, "--cache: %s", buf_cstr(&what));
	store_close(handle);
	buf_release(&what);
	return ok;
}

/*
 * A number for all that pages show of the configuration, so that none that was
 * kept under another one is taken for up to date.
 */
static bool
fingerprint(const struct published *p, uint64_t *number)
{
	struct buf b = {0};
	bool ok;

	about_json(&b, p->site);
	about_database_json(&b, p->metadata);
	buf_printf(
	    &b, "%d %d ", (int)p->metadata->sql, (int)p->metadata->allow_facet);
	/* Numbers of one size, so it has no holes. */
	buf_add(&b, (const char *)p->settings, sizeof(*p->settings));
	for (size_t i = 0; i < p->queries->n; i++)
		buf_printf(&b, " %s %" PRIx64, p->queries->list[i].name,
		    p->queries->list[i].hash);
	ok = !b.failed;
	*number = XXH3_64bits(buf_cstr(&b), b.len);
	buf_release(&b);
	return ok;
}

static bool
no_memory(struct buf *why)
{
	buf_lit(why, "out of memory");
	return false;
}

static bool
publish(struct service *s, struct buf *why)
{
	const struct config *config = &s->config;
	size_t n = config->n_databases;

	s->databases = calloc(n, sizeof(*s->databases));
	s->queries = calloc(n, sizeof(*s->queries));
	if (s->databases == NULL || s->queries == NULL)
		return no_memory(why);
	for (size_t i = 0; i < n; i++) {
		const struct config_database *d = &config->databases[i];
		struct published *p = &s->databases[i];

		*p = (struct published){
		    .name = d->name,
		    .file = d->file,
		    .ttl_s = d->ttl_s,
		    .metadata = &d->metadata,
		    .site = &config->site,
		    .settings = &config->settings,
		    .queries = &s->queries[i],
		};
		if (config->pages != NULL &&
		    !stored_read(&s->queries[i], config->pages, d->name, why))
			return false;
		if (!fingerprint(p, &p->fingerprint))
			return no_memory(why);
	}
	return true;
}

static bool
count_segments(struct routes *routes)
{
	unsigned char *depths = malloc(routes->n);

	if (depths == NULL)
		return false;
	for (size_t i = 0; i < routes->n; i++)
		depths[i] = route_depth(&routes->rows[i]);
	routes->depths = depths;
	return true;
}

/*
 * The custom site's routes come first, since the publisher has a front page as
 * well; then the stored queries', since a table's would match them.
 */
static bool
make_routes(struct service *s, struct buf *why)
{
	const struct routes *always = &routes_publisher;
	const struct custom_site *custom = sites_find(s->config.site_name);
	struct route *rows;
	size_t n = always->n;

	if (custom != NULL)
		s->n_custom = custom->routes->n;
	n += s->n_custom;
	for (size_t i = 0; i < s->config.n_databases; i++)
		n += s->queries[i].n;
	rows = calloc(n, sizeof(*rows));
	if (rows == NULL)
		return no_memory(why);
	s->routes.rows = rows;
	if (custom != NULL)
		memcpy(rows, custom->routes->rows, s->n_custom * sizeof(*rows));
	rows += s->n_custom;
	for (size_t i = 0; i < s->config.n_databases; i++) {
		for (size_t j = 0; j < s->queries[i].n; j++) {
			if (!stored_page_route(&rows[s->n_own++],
				s->databases[i].name, &s->queries[i].list[j]))
				return no_memory(why);
		}
	}
	rows += s->n_own;
	memcpy(rows, always->rows, always->n * sizeof(*rows));
	s->routes.n = n;
	s->routes.error = always->error;
	for (size_t i = 0; i < always->n; i++) {
		if (always->rows[i].params == NULL)
			continue;
		rows[i].params = params_within(
		    always->rows[i].params, s->config.settings.max_rows);
		if (rows[i].params == NULL)
			return no_memory(why);
	}
	return count_segments(&s->routes) || no_memory(why);
}

static void
release_published(struct service *s)
{
	struct route *rows = (struct route *)s->routes.rows + s->n_custom;
	size_t n = s->routes.n == 0 ? 0 : s->routes.n - s->n_custom;

	for (size_t i = 0; i < s->n_own; i++)
		stored_page_route_release(&rows[i]);
	for (size_t i = s->n_own; i < n; i++) {
		if (rows[i].params !=
		    routes_publisher.rows[i - s->n_own].params)
			free((void *)rows[i].params);
	}
	free((void *)s->routes.rows);
	free((void *)s->routes.depths);
	for (size_t i = 0; s->queries != NULL && i < s->config.n_databases; i++)
		stored_release(&s->queries[i]);
	free(s->queries);
	free(s->databases);
}

static void
describe_site(struct service *s)
{
	const struct config *c = &s->config;
	struct site *site = &s->site;

	site->routes = &s->routes;
	site->databases = s->databases;
	site->n_databases = c->n_databases;
	site->prefix = c->prefix;
	site->cors = c->cors != 0;
	site->memory_bytes = (size_t)c->memory;
	site->threads = (size_t)c->threads;
	site->ttl_s = c->ttl_s;
	site->fresh_s = c->fresh_s;
	site->stale_if_error_s = c->stale_if_error_s;
	site->time_limit_ms = c->time_limit_ms;
	site->status = (enum status_access)c->status;
	site->slow_ms = c->slow_log_ms;
	site->queue = (size_t)c->queue;
	site->queue_wait_ms = c->queue_wait_ms;
	site->max_requests = (uint64_t)c->max_requests;
	site->max_rss = (size_t)c->max_rss;
	site->files = descriptors_for_databases(site);
}

struct service *
service_read(int argc, char *const argv[], struct buf *why)
{
	struct service *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		buf_lit(why, "out of memory");
		return NULL;
	}
	if (!config_read(&s->config, argc, argv, why))
		goto fail;
	if (s->config.help || s->config.version)
		return s;
	if (!check_config(&s->config, why) || !read_identity(s, why) ||
	    !read_store(s, why) || !publish(s, why) || !make_routes(s, why))
		goto fail;
	describe_site(s);
	return s;
fail:
	service_free(s);
	return NULL;
}

void
service_free(struct service *s)
{
	if (s == NULL)
		return;
	release_published(s);
	free(s->password);
	config_release(&s->config);
	free(s);
}

/*
 * Begins to read, again for a while where a writer may be in the way, which is
 * just making the log's index that squall may not make.
 */
static bool
begin_patiently(struct db *db)
{
	enum db_status status = db_begin(db);

	for (int i = 0; i < CHECK_TRIES && status == DB_MISSING &&
	     access(db_file(db), R_OK) == 0;
	     i++) {
		db_end(db);
		usleep(CHECK_PAUSE_MS * 1000);
		status = db_begin(db);
	}
	return status == DB_OK;
}

/* The result of looking at a database. */
struct finding {
	size_t tables;
	size_t files; /* descriptors that it takes */
};

/*
 * Opens a database.  False if something is wrong; that it is locked passes, and
 * is no reason not to serve it unless it is `strict`.
 */
static bool
check_database(
    struct catalog *catalog, size_t i, bool strict, struct finding *found)
{
	struct db *db = catalog_at(catalog, i);
	struct db *guarded =
	    catalog_guarded(catalog, str_of(db_name(db)), GUARD_OPERATOR);
	const struct table_name *list;
	bool ok = guarded != NULL;
	enum db_status status;

	*found = (struct finding){0};
	if (begin_patiently(db)) {
		found->tables = table_list(db, &list);
		found->files = db_look(db).files;
		inspect_metadata(db);
		ok = ok && inspect_queries(db, guarded);
	}
	status = db_end(db);
	if (status != DB_OK) {
		fprintf(
		    stderr, "squall: %s: %s\n", db_file(db), db_message(db));
		ok = ok && status == DB_LOCKED && !strict;
	}
	return ok;
}

static void
say(const struct published *p, const struct finding *found)
{
	printf(
	    "/%s: %s, %zu tables and views", p->name, p->file, found->tables);
	if (p->queries->n > 0)
		printf(", %zu stored queries", p->queries->n);
	putchar('\n');
}

/* Nothing fails for want of them, but opening takes time. */
static void
check_files(const struct site *site, size_t files)
{
	size_t threads = site->threads + 1;

	if (files > site->files)
		log_warn("config",
		    "to have all databases open takes %zu descriptors for each "
		    "of %zu threads, and %zu are left for that (ulimit -n): "
		    "those not used for longest will be closed, and opened "
		    "again",
		    files, threads, site->files);
}

bool
service_check(const struct service *s, bool aloud)
{
	const struct site *site = &s->site;
	struct catalog *catalog =
	    catalog_new(site->databases, site->n_databases, CHECK_LIMIT_MS);
	bool ok = catalog != NULL;
	size_t files = 0;

	if (ok) {
		catalog_wait_for_locks(catalog, site->time_limit_ms);
		catalog_bound_files(catalog, site->files);
	}
	if (s->config.pages != NULL)
		inspect_folders(
		    s->config.pages, site->databases, site->n_databases);
	for (size_t i = 0; catalog != NULL && i < catalog_count(catalog); i++) {
		struct finding found;

		if (!check_database(catalog, i, aloud, &found))
			ok = false;
		else if (aloud)
			say(&site->databases[i], &found);
		files += found.files;
	}
	check_files(site, files);
	catalog_free(catalog);
#ifdef __GLIBC__
	malloc_trim(0); /* the master needs none of that any more */
#endif
	return ok;
}
