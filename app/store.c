/*
 * From the --cache option to a store's handle.
 */
#include "app/store.h"

#include "app/memcached.h"

bool
store_open(struct store **store, const char *url, struct buf *why)
{
	static const char memcached[] = "memcached:";

	*store = NULL;
	if (strcmp(url, "none") == 0)
		return true;
	if (strncmp(url, memcached, sizeof(memcached) - 1) == 0)
		return memcached_store_open(
		    store, url + sizeof(memcached) - 1, why);
	buf_printf(why,
	    "expected memcached://HOST:PORT, memcached:/path.sock or none, "
	    "got \"%s\"",
	    url);
	return false;
}

void
store_close(struct store *s)
{
	if (s != NULL)
		s->class->close(s);
}
