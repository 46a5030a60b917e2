/*
 * Sharing out descriptors.  Called by main, by service.c as it makes the site,
 * and by the worker.
 */
#include "app/render/descriptors.h"

#include <sys/resource.h>

#include <fcntl.h>
#include <unistd.h>

#include "db/sqlite/openings.h"

enum {
	CONNS_MIN = 4,
	CONNS_MAX = 16384, /* more are no web server's */
	SPARE = 8,         /* for what is opened for a moment */
	OWN = 16,          /* listening sockets, logs, and the like, about */
};

void
descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static size_t
count_servers(const char *store)
{
	size_t n = 1;

	if (store == NULL)
		return 0;
	for (; *store != '\0'; store++)
		n += *store == ',';
	return n;
}

/* The rest, with so many `taken` and those that the store needs. */
static size_t
left(const struct site *site, size_t taken)
{
	size_t stores = (site->threads + 1) * count_servers(site->store.url);
	struct rlimit limit;

	taken += SPARE + stores;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < taken)
		return 0;
	return (size_t)limit.rlim_cur - taken;
}

size_t
descriptors_for_databases(const struct site *site)
{
	size_t share = left(site, OWN) / 2 / (site->threads + 1);

	return share < OPENINGS_FILES ? OPENINGS_FILES : share;
}

size_t
descriptors_for_connections(const struct site *site)
{
	size_t each = site->n_databases * OPENINGS_FILES, rest, databases;
	int next = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (next < 0)
		return CONNS_MIN;
	close(next);
	if (each > site->files)
		each = site->files;
	rest = left(site, (size_t)next); /* those below it are taken */
	databases = (site->threads + 1) * each;
	if (rest < databases + CONNS_MIN)
		return CONNS_MIN;
	return rest - databases < CONNS_MAX ? rest - databases : CONNS_MAX;
}
