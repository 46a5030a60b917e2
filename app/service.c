/*
 * From the command line and the configuration file to what is served.  Called
 * by main, at the start and for each reload.
 */
#include "app/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/listener.h"
#include "app/secret.h"
#include "app/store.h"
#include "db/schema.h"
#include "handlers/routes.h"

enum {
	SOCKET_MODE = 0660,
	CHECK_TRIES = 5, /* to read a database at the start */
	CHECK_PAUSE_MS = 100,
};

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
	return true;
}

/* Who squall is, and who may connect to it. */
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
	s->site.store = (struct store_config){config->cache, s->password};
	ok = store_open(&handle, &s->site.store, &what);
	if (!ok)
		buf_printf(why, "--cache: %s", buf_cstr(&what));
	store_close(handle);
	buf_release(&what);
	return ok;
}

static bool
publish(struct service *s, struct buf *why)
{
	const struct config *config = &s->config;

	s->databases = calloc(config->n_databases, sizeof(*s->databases));
	if (s->databases == NULL) {
		buf_lit(why, "out of memory");
		return false;
	}
	for (size_t i = 0; i < config->n_databases; i++)
		s->databases[i] = (struct published){config->databases[i].name,
		    config->databases[i].file, config->databases[i].ttl_s};
	return true;
}

static void
describe_site(struct service *s)
{
	const struct config *c = &s->config;
	struct site *site = &s->site;

	site->routes = &publisher_routes;
	site->databases = s->databases;
	site->n_databases = c->n_databases;
	site->prefix = c->prefix;
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
	    !read_store(s, why) || !publish(s, why))
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
	free(s->databases);
	free(s->password);
	config_release(&s->config);
	free(s);
}

/* Reads a database's list of tables: how many there are. */
static enum db_status
look_at(struct db *db, size_t *n)
{
	struct table_name *list = NULL;

	*n = 0;
	if (db_begin(db) == DB_OK)
		*n = table_list(db, &list);
	table_list_free(list, *n);
	return db_end(db);
}

/*
 * The same, again for a while where a writer may be in the way, which is just
 * making the log's index that squall may not make.
 */
static enum db_status
look_patiently(struct db *db, size_t *n)
{
	enum db_status status = look_at(db, n);

	for (int i = 0; i < CHECK_TRIES && status == DB_MISSING &&
	     access(db_file(db), R_OK) == 0;
	     i++) {
		usleep(CHECK_PAUSE_MS * 1000);
		status = look_at(db, n);
	}
	return status;
}

bool
service_check(const struct service *s, bool say)
{
	const struct site *site = &s->site;
	struct catalog *catalog = catalog_new(
	    site->databases, site->n_databases, site->time_limit_ms);
	bool ok = catalog != NULL;

	for (size_t i = 0; catalog != NULL && i < catalog_count(catalog); i++) {
		struct db *db = catalog_at(catalog, i);
		enum db_status status;
		size_t n;

		status = look_patiently(db, &n);
		if (status != DB_OK) {
			fprintf(stderr, "squall: %s: %s\n", db_file(db),
			    db_message(db));
			/* That passes: it is no reason not to serve it. */
			ok = ok && status == DB_LOCKED && !say;
		} else if (say) {
			printf("/%s: %s, %zu tables and views\n", db_name(db),
			    db_file(db), n);
		}
	}
	catalog_free(catalog);
	return ok;
}
