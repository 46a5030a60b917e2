/*
 * From the --cache option to a store's handle.
 */
#include "app/cache/store.h"

#include "app/cache/memcached.h"
#include "app/cache/redis.h"

static bool
open_kind(
    struct store **store, const struct store_config *config, struct buf *why)
{
	static const char memcached[] = "memcached:", redis[] = "redis:";
	const char *url = config->url;

	if (strncmp(url, redis, sizeof(redis) - 1) == 0)
		return redis_store_open(
		    store, url + sizeof(redis) - 1, config->password, why);
	if (strcmp(url, "none") == 0)
		return true;
	if (strncmp(url, memcached, sizeof(memcached) - 1) == 0)
		return memcached_store_open(
		    store, url + sizeof(memcached) - 1, why);
	buf_printf(why,
	    "expected memcached://HOST:PORT, memcached:/path.sock, "
	    "redis://HOST:PORT, redis:/path.sock or none, got \"%s\"",
	    url);
	return false;
}

bool
store_open(
    struct store **store, const struct store_config *config, struct buf *why)
{
	*store = NULL;
	if (!open_kind(store, config, why))
		return false;
	if (*store != NULL)
		(*store)->timeout_ms = config->timeout_ms;
	return true;
}

void
store_close(struct store *s)
{
	if (s != NULL)
		s->class->close(s);
}
