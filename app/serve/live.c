/*
 * Looks around, and hands what it sees to the route's handler as one value:
 * handlers know neither processes nor sockets.  Called by the event loop, so
 * all of it is a few system calls for each worker, database and socket.
 */
#include "app/serve/live.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/process/backlog.h"
#include "app/process/resident.h"
#include "app/text/alloc.h"
#include "app/watch/status.h"
#include "db/sqlite/look.h"

static void
look_at_worker(struct status *s, const struct stats *stats, size_t slot)
{
	struct status_worker *w = &s->workers[s->n_workers];

	w->stats = stats_worker(stats, slot);
	if (w->stats.pid == 0)
		return;
	s->n_workers++;
	w->resident_bytes = resident_bytes(w->stats.pid);
	if (w->resident_bytes == 0)
		w->state = STATUS_DEAD;
	else
		w->state = w->stats.draining ? STATUS_DRAINING : STATUS_SERVING;
	s->n_in[w->state]++;
	for (size_t l = 0; w->state != STATUS_DEAD && l < LEVELS; l++)
		s->levels[l] += w->stats.levels[l];
}

static void
look_at_database(struct status_database *d, struct db *db)
{
	struct db_look look;

	d->name = db_name(db);
	d->version_known = db_version(db, &d->version);
	look = db_look(db);
	d->open = look.open;
	d->bad = look.bad;
	d->bytes = look.bytes;
	d->log_bytes = look.log_bytes;
}

/* The address in the form of --listen. */
static void
write_address(const struct sockaddr_storage *from, char *to, size_t size)
{
	const struct sockaddr_un *un = (const void *)from;
	const struct sockaddr_in *in = (const void *)from;
	const struct sockaddr_in6 *in6 = (const void *)from;
	char host[INET6_ADDRSTRLEN] = "";

	switch (from->ss_family) {
	case AF_UNIX:
		snprintf(to, size, "unix:%s", un->sun_path);
		break;
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(to, size, "%s:%u", host, ntohs(in->sin_port));
		break;
	case AF_INET6:
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(to, size, "[%s]:%u", host, ntohs(in6->sin6_port));
		break;
	default:
		snprintf(to, size, "?");
		break;
	}
}

static void
look_at_listener(struct status_listener *l, int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		address.ss_family = AF_UNSPEC;
	write_address(&address, l->address, sizeof(l->address));
	backlog_read(fd, &l->waiting, &l->max);
}

static const char *
store_name(const char *url)
{
	static const char *const names[] = {"memcached", "redis"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strncmp(url, names[i], strlen(names[i])) == 0)
			return names[i];
	}
	return "none";
}

/* False: out of memory.  To be released in any case. */
static bool
look_around(const struct live *live, struct status *s)
{
	const struct site *site = live->site;
	size_t slots = stats_slots(site->stats);

	*s = (struct status){
	    .age_us = stats_age_us(site->stats),
	    .draining = live->draining,
	    .threads = site->threads,
	    .memory_bytes = (int64_t)site->memory_bytes,
	    .store = store_name(site->store.url),
	    .n_databases = catalog_count(live->catalog),
	    .n_listeners = live->n_listeners,
	    .routes = site->routes,
	};
	s->workers = alloc_array(slots + 1, sizeof(*s->workers));
	s->databases = alloc_array(s->n_databases + 1, sizeof(*s->databases));
	s->listeners = alloc_array(s->n_listeners + 1, sizeof(*s->listeners));
	if (s->workers == NULL || s->databases == NULL || s->listeners == NULL)
		return false;
	stats_sum(site->stats, &s->sum);
	for (size_t i = 0; i < slots; i++)
		look_at_worker(s, site->stats, i);
	for (size_t i = 0; i < s->n_databases; i++)
		look_at_database(
		    &s->databases[i], catalog_at(live->catalog, i));
	for (size_t i = 0; i < s->n_listeners; i++)
		look_at_listener(&s->listeners[i], live->listeners[i]);
	return true;
}

static void
status_release(struct status *s)
{
	free(s->workers);
	free(s->databases);
	free(s->listeners);
}

static bool
may_see(const struct site *site, const struct request *req, struct buf *why)
{
	if (!req->route->guarded || site->status == STATUS_ALL)
		return true;
	if (site->status == STATUS_NONE)
		buf_lit(why, "This page is turned off.");
	else if (!req->local)
		buf_lit(why,
		    "This page is for the machine that squall runs on alone.");
	return why->len == 0;
}

static struct page *
render(const struct live *live, const struct request *req)
{
	struct page *page;
	struct status status;

	alloc_begin();
	page = page_new();
	if (page == NULL)
		return NULL;
	page->browser_cache = "no-store";
	if (look_around(live, &status))
		page->status = req->route->live(req, &status, page);
	status_release(&status);
	return page_checked(page);
}

struct page *
live_page(const struct live *live, const struct request *req)
{
	struct buf why = {0};
	struct page *page = may_see(live->site, req, &why)
	    ? render(live, req)
	    : route_refusal(live->site->routes, req, 403, &why);

	buf_release(&why);
	return page;
}
