/*
 * The composition root: the command line, sockets, processes.  The only file
 * that knows everyone, and all it does is introduce them.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/cgi.h"
#include "app/listener.h"
#include "app/log.h"
#include "app/pool.h"
#include "app/service.h"
#include "app/worker.h"
#include "db/heap.h"

/* What stays as it is, whatever is reloaded. */
struct process {
	int argc;
	char **argv;
	int listeners[CONFIG_LISTEN_MAX];
	size_t n_listeners;
	char *addresses[CONFIG_LISTEN_MAX]; /* of those that it has opened */
	size_t n_addresses;
	char *log_file, *access_log_file;
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

static bool
open_listeners(struct process *p, const struct config *config, struct buf *why)
{
	for (size_t i = 0; i < config->n_listen; i++) {
		int fd = listener_open(config->listen[i], why);

		if (fd < 0)
			return false;
		p->listeners[p->n_listeners++] = fd;
		p->addresses[p->n_addresses++] = strdup(config->listen[i]);
	}
	if (p->n_listeners > 0)
		return true;
	buf_lit(why,
	    "there is nothing to listen on: give --listen, or start "
	    "it from spawn-fcgi, a web server or systemd");
	return false;
}

static void
close_listeners(struct process *p)
{
	for (size_t i = 0; i < p->n_listeners; i++)
		close(p->listeners[i]);
	for (size_t i = 0; i < p->n_addresses; i++) {
		if (p->addresses[i] != NULL)
			listener_remove(p->addresses[i]);
		free(p->addresses[i]);
	}
}

static void
set_log(const struct config *config)
{
	log_setup((enum log_level)config->log,
	    (enum access_format)config->access_log);
}

static int
work(void *process, void *service, int link, bool on_trial)
{
	const struct process *p = process;
	const struct service *s = service;

	set_log(&s->config);
	if (on_trial && !service_check(s, false))
		return 1;
	return worker_run(&s->site, p->listeners, p->n_listeners, link);
}

static size_t
workers(const void *service)
{
	int64_t n = ((const struct service *)service)->config.workers;

	return (size_t)(n < 0 ? sysconf(_SC_NPROCESSORS_ONLN) : n);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* What can't be changed while the process lives: an option, or NULL. */
static const char *
needs_restart(const struct config *a, const struct config *b)
{
	if ((a->workers == 0) != (b->workers == 0))
		return "workers = 0";
	if (!same(a->log_file, b->log_file))
		return "log-file";
	if (!same(a->access_log_file, b->access_log_file))
		return "access-log-file";
	for (size_t i = 0; i < CONFIG_LISTEN_MAX; i++) {
		if (!same(a->listen[i], b->listen[i]))
			return "listen";
	}
	return NULL;
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

/* The service is taken over. */
static int
serve(struct process *p, struct service *s)
{
	const struct pool_ops ops = {p, work, workers, reload, discard};
	int status;

	if (s->config.workers != 0)
		return pool_run(&ops, s);
	status = worker_run(&s->site, p->listeners, p->n_listeners, -1);
	service_free(s);
	return status;
}

/*
 * A log that can't be written keeps squall from starting, where somebody is
 * there to see it; a CGI request is answered all the same.
 */
static bool
open_log(struct process *p, const struct config *config)
{
	struct buf why = {0};
	bool ok;

	set_log(config);
	if (config->check) /* by another user than squall's, perhaps */
		return true;
	/* The configuration may be another before they are opened again. */
	if (config->log_file != NULL)
		p->log_file = strdup(config->log_file);
	if (config->access_log_file != NULL)
		p->access_log_file = strdup(config->access_log_file);
	ok = log_open(p->log_file, p->access_log_file, &why);
	if (!ok)
		complain(buf_cstr(&why));
	buf_release(&why);
	return ok || cgi_is_asked_for();
}

/* With a valid configuration, which it takes over: answers, checks or serves.
 */
static int
run(struct process *p, struct service *s)
{
	struct buf why = {0};
	int status = 1;

	if (s->config.n_listen == 0 && !s->config.check)
		p->n_listeners =
		    listener_inherited(p->listeners, CONFIG_LISTEN_MAX);
	if (s->config.check) {
		status = service_check(s, true) ? 0 : 1;
	} else if (cgi_is_asked_for() && s->config.n_listen == 0 &&
	    p->n_listeners == 0) {
		status = cgi_run(&s->site);
	} else if (!service_check(s, false)) {
		complain("not started");
	} else if (!open_listeners(p, &s->config, &why)) {
		complain(buf_cstr(&why));
	} else {
		status = serve(p, s);
		s = NULL;
	}
	close_listeners(p);
	service_free(s);
	buf_release(&why);
	return status;
}

int
main(int argc, char *argv[])
{
	struct process process = {.argv = argv};
	struct service *service;
	struct buf why = {0};
	int status = 2;

	/* Who reads the log or a reply may go away at any time. */
	signal(SIGPIPE, SIG_IGN);
	heap_install();
	process.argc =
	    cgi_is_asked_for() ? cgi_own_arguments(argc, argv) : argc;
	service = service_read(process.argc, argv, &why);
	if (service == NULL) {
		complain(buf_cstr(&why));
	} else if (service->config.help || service->config.version) {
		status = print_and_exit(&service->config);
		service_free(service);
	} else {
		status = 1;
		if (open_log(&process, &service->config))
			status = run(&process, service);
		else
			service_free(service);
		log_close();
		free(process.log_file);
		free(process.access_log_file);
	}
	if (status == 2 && cgi_is_asked_for())
		cgi_fail();
	buf_release(&why);
	return status;
}
