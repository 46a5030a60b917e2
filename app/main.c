/*
 * The composition root: options, databases, sockets, processes.  The only file
 * that knows everyone, and all it does is introduce them.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/cgi.h"
#include "app/config.h"
#include "app/listener.h"
#include "app/pool.h"
#include "app/secret.h"
#include "app/store.h"
#include "app/worker.h"
#include "db/schema.h"
#include "handlers/routes.h"

/* What a worker process needs; the same in all of them. */
struct service {
	struct site site;
	int listeners[CONFIG_LISTEN_MAX];
	size_t n_listeners;
};

static void
complain(const char *what)
{
	fprintf(stderr, "squall: %s\n", what);
}

static int
print_and_exit(const struct config *config)
{
	struct buf text = {0};

	if (config->help)
		config_usage(&text);
	else
		buf_lit(&text, "squall " SQUALL_VERSION "\n");
	fputs(buf_cstr(&text), stdout);
	buf_release(&text);
	return 0;
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
	return true;
}

/*
 * The store of pages, as the configuration has it.  `*password` is to be freed
 * when the store is not used any more.
 */
static bool
read_store(const struct config *config, struct store_config *store,
    char **password, struct buf *why)
{
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
		password, why))
		return false;
	*store = (struct store_config){config->cache, *password};
	ok = store_open(&handle, store, &what);
	if (!ok)
		buf_printf(why, "--cache: %s", buf_cstr(&what));
	store_close(handle);
	buf_release(&what);
	return ok;
}

/* Opens each database once; says what is wrong, or with `say` what is there. */
static bool
check_databases(const struct site *site, bool say)
{
	struct catalog *catalog = catalog_new(
	    site->databases, site->n_databases, site->time_limit_ms);
	bool ok = catalog != NULL;

	for (size_t i = 0; catalog != NULL && i < catalog_count(catalog); i++) {
		struct db *db = catalog_at(catalog, i);
		struct table_name *list = NULL;
		size_t n = 0;

		if (db_begin(db) == DB_OK)
			n = table_list(db, &list);
		if (db_end(db) != DB_OK) {
			fprintf(stderr, "squall: %s: %s\n", db_file(db),
			    db_message(db));
			ok = false;
		} else if (say) {
			printf("/%s: %s, %zu tables and views\n", db_name(db),
			    db_file(db), n);
		}
		table_list_free(list, n);
	}
	catalog_free(catalog);
	return ok;
}

static bool
open_listeners(
    const struct config *config, struct service *service, struct buf *why)
{
	for (size_t i = 0; i < config->n_listen; i++) {
		int fd = listener_open(config->listen[i], why);

		if (fd < 0)
			return false;
		service->listeners[service->n_listeners++] = fd;
	}
	if (service->n_listeners > 0)
		return true;
	buf_lit(why,
	    "there is nothing to listen on: give --listen, or start "
	    "it from spawn-fcgi, a web server or systemd");
	return false;
}

static void
close_listeners(const struct config *config, const struct service *service)
{
	for (size_t i = 0; i < service->n_listeners; i++)
		close(service->listeners[i]);
	/* Only what was opened here: another's socket may have been in the way.
	 */
	for (size_t i = 0; i < config->n_listen && i < service->n_listeners;
	     i++)
		listener_remove(config->listen[i]);
}

/* In a process of its own, whose copy of the service it has. */
static int
work(void *arg, size_t slot)
{
	struct service *s = arg;

	s->site.slot = stats_take(s->site.stats, slot);
	return worker_run(&s->site, s->listeners, s->n_listeners);
}

/* One per CPU, unless the configuration says how many. */
static size_t
count_workers(const struct config *config)
{
	int64_t n = config->workers;

	if (n < 0)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 0 ? 0 : (size_t)n;
}

static int
serve(const struct config *config, struct service *service)
{
	size_t workers = count_workers(config);

	service->site.stats = stats_new(workers == 0 ? 1 : workers);
	if (service->site.stats == NULL) {
		perror("squall: shared memory");
		return 1;
	}
	if (workers == 0)
		return work(service, 0);
	return pool_run(workers, work, service);
}

static int
serve_by_cgi(struct service *service)
{
	service->site.stats = stats_new(1);
	if (service->site.stats == NULL) {
		perror("squall: shared memory");
		cgi_fail();
		return 1;
	}
	service->site.slot = stats_take(service->site.stats, 0);
	return cgi_run(&service->site);
}

/* The published databases, from the configuration's; NULL: out of memory. */
static struct published *
publish(const struct config *config)
{
	struct published *list = calloc(config->n_databases + 1, sizeof(*list));

	for (size_t i = 0; list != NULL && i < config->n_databases; i++)
		list[i] = (struct published){config->databases[i].name,
		    config->databases[i].file, config->databases[i].ttl_s};
	return list;
}

/* With a valid configuration: answers, checks or serves. */
static int
run(const struct config *config, const struct published *databases,
    const struct store_config *store)
{
	struct service service = {
	    .site =
		{
		    .routes = &publisher_routes,
		    .databases = databases,
		    .n_databases = config->n_databases,
		    .store = *store,
		    .prefix = config->prefix,
		    .memory_bytes = (size_t)config->memory,
		    .threads = (size_t)config->threads,
		    .ttl_s = config->ttl_s,
		    .fresh_s = config->fresh_s,
		    .stale_if_error_s = config->stale_if_error_s,
		    .time_limit_ms = config->time_limit_ms,
		    .status = (enum status_access)config->status,
		},
	};
	struct buf why = {0};
	int status = 1;

	if (config->n_listen == 0 && !config->check)
		service.n_listeners =
		    listener_inherited(service.listeners, CONFIG_LISTEN_MAX);
	if (config->check) {
		status = check_databases(&service.site, true) ? 0 : 1;
	} else if (cgi_is_asked_for() && config->n_listen == 0 &&
	    service.n_listeners == 0) {
		status = serve_by_cgi(&service);
	} else if (!check_databases(&service.site, false)) {
		complain("not started");
	} else if (!open_listeners(config, &service, &why)) {
		complain(buf_cstr(&why));
	} else {
		status = serve(config, &service);
	}
	close_listeners(config, &service);
	stats_free(service.site.stats);
	buf_release(&why);
	return status;
}

int
main(int argc, char *argv[])
{
	struct published *databases = NULL;
	struct store_config store = {0};
	struct config config;
	struct buf why = {0};
	char *password = NULL;
	int status = 2;

	/* Who reads the log or a reply may go away at any time. */
	signal(SIGPIPE, SIG_IGN);
	if (cgi_is_asked_for())
		argc = cgi_own_arguments(argc, argv);
	if (!config_read(&config, argc, argv, &why)) {
		complain(buf_cstr(&why));
	} else if (config.help || config.version) {
		status = print_and_exit(&config);
	} else if (!check_config(&config, &why) ||
	    !read_store(&config, &store, &password, &why)) {
		complain(buf_cstr(&why));
	} else {
		databases = publish(&config);
		log_setup((enum log_level)config.log, config.access_log != 0);
		status =
		    databases == NULL ? 1 : run(&config, databases, &store);
	}
	if (status == 2 && cgi_is_asked_for())
		cgi_fail();
	free(databases);
	free(password);
	config_release(&config);
	buf_release(&why);
	return status;
}
