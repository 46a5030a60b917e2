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

/* What stays as it is, whatever is reloaded. */
struct process {
	int argc;
	char **argv;
	int listeners[CONFIG_LISTEN_MAX];
	size_t n_listeners;
	char *addresses[CONFIG_LISTEN_MAX]; /* of those that it has opened */
	size_t n_addresses;
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

static int
work(void *process, void *service, int link, bool on_trial)
{
	const struct process *p = process;
	const struct service *s = service;

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

/* The addresses are those that the process was started with. */
static bool
same_addresses(const struct config *a, const struct config *b)
{
	if (a->n_listen != b->n_listen)
		return false;
	for (size_t i = 0; i < a->n_listen; i++) {
		if (strcmp(a->listen[i], b->listen[i]) != 0)
			return false;
	}
	return true;
}

static void
set_log(const struct config *config)
{
	log_setup((enum log_level)config->log, config->access_log != 0);
}

static void *
reload(void *process, const void *service)
{
	const struct process *p = process;
	const struct service *before = service;
	struct buf why = {0};
	struct service *s = service_read(p->argc, p->argv, &why);

	if (s == NULL) {
		log_error("master", "%s", buf_cstr(&why));
	} else if (!same_addresses(&s->config, &before->config) ||
	    (s->config.workers == 0) != (before->config.workers == 0)) {
		log_error("master",
		    "listen, and workers = 0, can only be changed by a "
		    "restart");
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

/* With a valid configuration, which it takes over: answers, checks or serves.
 */
static int
run(struct process *p, struct service *s)
{
	struct buf why = {0};
	int status = 1;

	set_log(&s->config);
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
	process.argc =
	    cgi_is_asked_for() ? cgi_own_arguments(argc, argv) : argc;
	service = service_read(process.argc, argv, &why);
	if (service == NULL) {
		complain(buf_cstr(&why));
	} else if (service->config.help || service->config.version) {
		status = print_and_exit(&service->config);
		service_free(service);
	} else {
		status = run(&process, service);
	}
	if (status == 2 && cgi_is_asked_for())
		cgi_fail();
	buf_release(&why);
	return status;
}
