/*
 * One request by CGI (RFC 3875): the event loop's path without the loop.
 */
#include "app/serve/cgi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/render/encoder.h"
#include "app/render/renderer.h"
#include "app/serve/access.h"
#include "app/serve/live.h"
#include "app/text/url.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"
#include "db/sqlite/deadline.h"

bool
cgi_is_asked_for(void)
{
	return getenv("GATEWAY_INTERFACE") != NULL;
}

int
cgi_own_arguments(int argc, char *const argv[])
{
	const char *query = getenv("QUERY_STRING");
	int words = 1, own = argc;

	if (query == NULL || *query == '\0' || strchr(query, '=') != NULL)
		return argc;
	for (const char *p = query; *p != '\0'; p++)
		words += *p == '+';
	/* The words are the last arguments, in the same order. */
	if (words >= argc)
		return argc;
	for (int i = 0; i < words; i++) {
		size_t len = strcspn(query, "+");
		struct buf word = {0};
		bool same;

		url_unarg(&word, (struct str){query, len});
		/* Without memory, rather none of the operator's than theirs. */
		same = word.failed ||
		    strcmp(buf_cstr(&word), argv[argc - words + i]) == 0;
		buf_release(&word);
		if (!same)
			return argc;
		query += len + (query[len] != '\0');
	}
	own -= words;
	return own;
}

static bool
write_all(const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

void
cgi_fail(void)
{
	static const char reply[] =
	    "Status: 500 Internal Server Error\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Cache-Status: squall; fwd=bypass\r\n\r\n"
	    "squall can't serve this; the web server's error log says why.\n";

	write_all(reply, sizeof(reply) - 1);
}

/* Sends a page, or says that there is none: NULL.  The program's exit status.
 */
static int
respond(const struct site *site, const struct request *req,
    const struct page *page, const struct outcome *o, int64_t since_us)
{
	struct buf head = {0}, plain = {0};
	struct form form;
	struct str body;
	int64_t us = clock_mono_us() - since_us;
	bool ok = true;

	if (page == NULL) {
		cgi_fail();
		return 1;
	}
	form = respond_form(req, page, site->cors);
	body = str_of_buf(&page->body);
	respond_head(&head, page, form, o, clock_steady_ms());
	if (form.not_modified || req->method == METHOD_HEAD) {
		body.len = 0;
	} else if (form.inflate) {
		ok = encoder_decode(page, &plain);
		body = (struct str){buf_cstr(&plain), plain.len};
	}
	if (ok && !head.failed) {
		ok = write_all(buf_cstr(&head), head.len) &&
		    write_all(body.s, body.len);
		access_log(req, o, form.not_modified ? 304 : page->status,
		    body.len, us);
	} else {
		log_error("cgi", "out of memory");
		cgi_fail();
		ok = false;
	}
	log_flush();
	buf_release(&head);
	buf_release(&plain);
	return ok ? 0 : 1;
}

/* The parts that follow the first one of a stream. */
static int
stream(struct renderer *r, struct job *job)
{
	while (job->page != NULL && job->page->next.len > 0) {
		struct request *part =
		    request_part(job->request, &job->page->next);

		if (part == NULL)
			return 1;
		request_unref(job->request);
		job->request = part;
		page_unref(job->page);
		job->page = NULL;
		renderer_make(r, job);
		if (job->page == NULL || job->page->status != 200 ||
		    !write_all(buf_cstr(&job->page->body), job->page->body.len))
			return 1;
	}
	return 0;
}

/* A page about squall itself, which is this process alone. */
static struct page *
show_live(const struct site *site, const struct request *req)
{
	struct live live = {
	    .site = site,
	    .catalog = catalog_new(
		site->databases, site->n_databases, site->time_limit_ms),
	};
	struct page *page = NULL;

	if (live.catalog != NULL) {
		catalog_bound_files(live.catalog, site->files);
		page = live_page(&live, req);
	}
	catalog_free(live.catalog);
	return page;
}

/* A page that a handler makes, and the further parts of a stream. */
static int
render(const struct site *site, struct request *req, int64_t since_us)
{
	struct renderer *renderer = renderer_new(site);
	struct buf key = {0};
	struct job *job;
	int exit_status = 1;

	route_key(req, &key);
	job = job_new(req, &key);
	if (!deadlines_start())
		log_error(
		    "cgi", "a thread can't be started: %s", strerror(errno));
	if (renderer == NULL || job == NULL || job->key.failed) {
		cgi_fail();
		goto out;
	}
	renderer_make(renderer, job);
	while (job->held) {
		usleep(RENDERER_AGAIN_US);
		renderer_make(renderer, job);
	}
	exit_status = respond(site, req, job->page, &job->outcome, since_us);
	if (exit_status == 0 && req->method != METHOD_HEAD)
		exit_status = stream(renderer, job);
out:
	job_free(job);
	renderer_free(renderer);
	deadlines_stop();
	buf_release(&key);
	return exit_status;
}

static int
answer(const struct site *site, struct request *req, int64_t since_us)
{
	static const struct outcome bypass = {.kind = OUTCOME_BYPASS};
	struct buf why = {0};
	struct page *page;
	int status, exit_status;

	status = request_parse(req, environ, site->prefix, &why);
	req->id = (uint64_t)getpid() << 32;
	if (status == 200)
		status = route_request(site->routes, req, &why);
	if (status == 200 && req->route->live == NULL) {
		exit_status = render(site, req, since_us);
	} else {
		page = status == 200
		    ? show_live(site, req)
		    : route_refusal(site->routes, req, status, &why);
		exit_status = respond(site, req, page, &bypass, since_us);
		page_unref(page);
	}
	buf_release(&why);
	return exit_status;
}

int
cgi_run(const struct site *site)
{
	int64_t since_us = clock_mono_us();
	struct request *req = request_new();
	int exit_status = 1;

	/* In CGI the script's name is never part of the path. */
	if (req != NULL && setenv("PATH_INFO", "/", 0) == 0)
		exit_status = answer(site, req, since_us);
	else
		cgi_fail();
	request_unref(req);
	return exit_status;
}
