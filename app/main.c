/*
 * The composition root: the command line, sockets, processes.  The only file
 * that knows everyone, and all it does is introduce them.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/process/handover.h"
#include "app/process/listener.h"
#include "app/process/pool.h"
#include "app/render/descriptors.h"
#include "app/serve/cgi.h"
#include "app/serve/worker.h"
#include "app/service.h"
#include "app/watch/log.h"
#include "db/sqlite/heap.h"

/* The parts of the process that no reload changes. */
struct process {
	int argc;
	char **argv;
	struct handover handover; /* from the program before, and to the next */
	char *log_file, *access_log_file;
	struct stats *stats;
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

static void
set_log(const struct config *config)
{
	log_setup((enum log_level)config->log,
	    (enum access_format)config->access_log);
}

/* Counts in a slot of its own from now on. */
static void
take_slot(const struct process *p, struct site *site, size_t number)
{
	site->stats = p->stats;
	site->slot = stats_take(p->stats, number);
}

static int
work(void *process, void *service, const struct pool_place *place)
{
	const struct process *p = process;
	struct service *s = service;
	int status;

	set_log(&s->config);
	if (place->on_trial && !service_check(s, false))
		return 1;
	take_slot(p, &s->site, place->number);
	status = worker_run(&s->site, p->handover.listeners.fds,
	    p->handover.listeners.n, place->link);
	stats_leave(s->site.slot);
	return status;
}

/*
 * By default one for two CPUs: the web server needs more of them, and an event
 * loop that is asked more often sleeps less, which takes longer than a hit.
 */
static size_t
workers(const void *service)
{
	int64_t n = ((const struct service *)service)->config.workers;

	if (n < 0)
		n = (sysconf(_SC_NPROCESSORS_ONLN) + 1) / 2;
	return (size_t)n;
}

static int64_t
drain_limit(const void *service)
{
	return ((const struct service *)service)->config.drain_limit_s * 1000;
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Both have CONFIG_LISTEN_MAX places; unused ones are NULL. */
static bool
same_addresses(char *const a[], char *const b[])
{
	for (size_t i = 0; i < CONFIG_LISTEN_MAX; i++) {
		if (!same(a[i], b[i]))
			return false;
	}
	return true;
}

/* An option that a reload can't change, but would; or NULL. */
static const char *
needs_restart(const struct config *a, const struct config *b)
{
#define FIXED(name, field)                                                     \
	{                                                                      \
		name, offsetof(struct config, field)                           \
	}
	static const struct {
		const char *name;
		size_t offset;
	} fixed[] = {
	    FIXED("log-file", log_file),
	    FIXED("access-log-file", access_log_file),
	    FIXED("user", user),
	    FIXED("group", group),
	    FIXED("listen-owner", listen_owner),
	    FIXED("listen-group", listen_group),
	    FIXED("listen-mode", listen_mode),
	};
#undef FIXED

	if ((a->workers == 0) != (b->workers == 0))
		return "workers = 0";
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		if (!same(*(char *const *)((const char *)a + fixed[i].offset),
			*(char *const *)((const char *)b + fixed[i].offset)))
			return fixed[i].name;
	}
	return same_addresses(a->listen, b->listen) ? NULL : "listen";
}

static void *
reload(void *process, const void *service)
{
	const struct process *p = process;
	const struct service *before = service;
	struct buf why = {0};
	struct service *s = service_read(p->argc, p->argv, &why);
	const char *fixed =
	    s == NULL ? NULL : needs_restart(&s->config, &before->config);

	if (s == NULL) {
		log_error("master", "%s", buf_cstr(&why));
	} else if (fixed != NULL) {
		log_error(
		    "master", "%s can only be changed by a restart", fixed);
		service_free(s);
		s = NULL;
	} else {
		set_log(&s->config);
	}
	buf_release(&why);
	return s;
}

static void
discard(void *service)
{
	service_free(service);
}

static void
execute_worker(void *process, const struct pool_place *place)
{
	const struct process *p = process;
	struct handover h = p->handover;

	h.workers = NULL;
	h.is_worker = true;
	h.place = *place;
	log_take_stderr();
	handover_execute(p->argv, &h);
}

static void
execute_master(void *process, const struct children *workers)
{
	const struct process *p = process;
	struct handover h = p->handover;

	h.workers = workers->first;
	handover_execute(p->argv, &h);
}

/* The service is taken over. */
static int
serve(struct process *p, struct service *s)
{
	const struct pool_ops ops = {
	    .context = p,
	    .work = work,
	    .workers = workers,
	    .drain_limit = drain_limit,
	    .reload = reload,
	    .discard = discard,
	    .execute_worker = execute_worker,
	    .execute_master = execute_master,
	};
	struct pool_place alone = {.link = -1};
	int status;

	if (s->config.workers != 0 && !p->handover.is_worker)
		return pool_run(&ops, s, p->handover.workers);
	status =
	    work(p, s, p->handover.is_worker ? &p->handover.place : &alone);
	service_free(s);
	return status;
}

/*
 * A log that can't be written keeps squall from starting, where somebody is
 * there to see it; a CGI request is answered all the same.
 */
static bool
open_log(struct process *p, const struct config *config, struct buf *why)
{
	set_log(config);
	/* The configuration may be another before they are opened again. */
	if (config->log_file != NULL)
		p->log_file = strdup(config->log_file);
	if (config->access_log_file != NULL)
		p->access_log_file = strdup(config->access_log_file);
	return log_open(p->log_file, p->access_log_file, why);
}

/* The sockets to serve on, unless it was started with some. */
static bool
open_listeners(struct process *p, const struct service *s, struct buf *why)
{
	struct listeners *l = &p->handover.listeners;
	const struct config *config = &s->config;

	if (p->handover.given) {
		if (same_addresses(l->addresses, config->listen))
			return true;
		buf_lit(why, "listen can only be changed by a restart");
		return false;
	}
	if (!listeners_open(
		l, config->listen, config->n_listen, &s->access, why))
		return false;
	if (l->n > 0)
		return true;
	buf_lit(why,
	    "there is nothing to listen on: give --listen, or start "
	    "it from spawn-fcgi, a web server or systemd");
	return false;
}

static int
answer_cgi(struct process *p, struct service *s)
{
	struct buf why = {0};
	int status;

	if (!open_log(p, &s->config, &why))
		complain(buf_cstr(&why));
	take_slot(p, &s->site, 0);
	status = cgi_run(&s->site);
	service_free(s);
	buf_release(&why);
	return status;
}

/* Takes the service over. */
static int
start(struct process *p, struct service *s)
{
	struct listeners *l = &p->handover.listeners;
	struct buf why = {0};
	int status = 1;

	log_own_stderr();
	/* The user must be able to open all that follows the sockets. */
	if (!open_listeners(p, s, &why) ||
	    !identity_assume(&s->identity, &why) ||
	    !open_log(p, &s->config, &why)) {
		complain(buf_cstr(&why));
	} else if (!p->handover.given && !service_check(s, false)) {
		complain("not started");
	} else {
		status = serve(p, s);
		s = NULL;
	}
	if (p->handover.is_worker)
		listeners_forget(l);
	else if (status == 0 || !p->handover.given)
		listeners_close(l);
	service_free(s);
	buf_release(&why);
	return status;
}

/* With a valid configuration, which it takes over: answers, checks or serves.
 */
static int
run(struct process *p, struct service *s)
{
	struct listeners *l = &p->handover.listeners;
	int status;

	if (s->config.check) { /* by another user than squall's, perhaps */
		set_log(&s->config);
		status = service_check(s, true) ? 0 : 1;
		service_free(s);
		return status;
	}
	if (s->config.n_listen == 0 && !p->handover.given)
		listeners_inherit(l);
	if (cgi_is_asked_for() && s->config.n_listen == 0 && l->n == 0)
		return answer_cgi(p, s);
	return start(p, s);
}

int
main(int argc, char *argv[])
{
	struct process p = {.argv = argv};
	struct service *service = NULL;
	struct buf why = {0};
	int status = 2;

	/* A reader of the log or of a reply may go away at any time. */
	signal(SIGPIPE, SIG_IGN);
	heap_install();
	descriptors_raise();
	/* A log that may not grow any more is no reason to end. */
	signal(SIGXFSZ, SIG_IGN);
	p.argc = cgi_is_asked_for() ? cgi_own_arguments(argc, argv) : argc;
	if (handover_take(&p.handover, &why))
		service = service_read(p.argc, argv, &why);
	if (service != NULL)
		p.stats = stats_new(POOL_PLACES);
	if (service == NULL) {
		complain(buf_cstr(&why));
	} else if (service->config.help || service->config.version) {
		status = print_and_exit(&service->config);
		service_free(service);
	} else if (p.stats == NULL) {
		complain(strerror(errno));
		service_free(service);
	} else {
		status = run(&p, service);
	}
	if (status == 2 && cgi_is_asked_for())
		cgi_fail();
	if (status != 0 && p.handover.given && !p.handover.is_worker) {
		handover_again(argv, &p.handover);
		listeners_close(&p.handover.listeners);
	}
	log_close();
	stats_free(p.stats);
	handover_release(&p.handover);
	free(p.log_file);
	free(p.access_log_file);
	buf_release(&why);
	return status;
}
