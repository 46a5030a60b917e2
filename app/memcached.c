/*
 * Memcached through libmemcached: the only file that knows it.
 */
#include "app/memcached.h"

#include <libmemcached/memcached.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEFAULT_PORT = 11211 };

struct memcached_store {
	struct store store; /* first: a struct store * is one of these */
	memcached_st *handle;
	char error[256];
};

static void
remember_error(struct memcached_store *m, memcached_return_t rc)
{
	const char *detail = memcached_last_error_message(m->handle);

	snprintf(m->error, sizeof(m->error), "%s",
	    detail == NULL ? memcached_strerror(m->handle, rc) : detail);
}

/* Drops the connections with whatever may still arrive on them. */
static enum store_result
down(struct memcached_store *m, memcached_return_t rc)
{
	remember_error(m, rc);
	memcached_quit(m->handle);
	return STORE_DOWN;
}

static enum store_result
get(struct store *s, struct str key, struct buf *value)
{
	struct memcached_store *m = (struct memcached_store *)s;
	memcached_return_t rc;
	uint32_t flags;
	size_t len;
	char *data;

	data = memcached_get(m->handle, key.s, key.len, &len, &flags, &rc);
	if (rc == MEMCACHED_NOTFOUND)
		return STORE_MISS;
	if (rc != MEMCACHED_SUCCESS) {
		free(data);
		return down(m, rc);
	}
	buf_add(value, data, len);
	free(data);
	return value->failed ? STORE_MISS : STORE_OK;
}

static enum store_result
set(struct store *s, struct str key, struct str value, int64_t ttl_s)
{
	struct memcached_store *m = (struct memcached_store *)s;
	memcached_return_t rc;

	rc = memcached_set(
	    m->handle, key.s, key.len, value.s, value.len, (time_t)ttl_s, 0);
	switch (rc) {
	case MEMCACHED_SUCCESS:
		return STORE_OK;
	case MEMCACHED_E2BIG:
	case MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE:
	case MEMCACHED_SERVER_ERROR:
		/*
		 * Too large, or no memory.  The server may still be swallowing
		 * the value: start afresh.
		 */
		remember_error(m, rc);
		memcached_quit(m->handle);
		return STORE_REFUSED;
	default:
		return down(m, rc);
	}
}

static const char *
error(const struct store *s)
{
	return ((const struct memcached_store *)s)->error;
}

static void
close_store(struct store *s)
{
	struct memcached_store *m = (struct memcached_store *)s;

	memcached_free(m->handle);
	free(m);
}

static const struct store_class class = {
    .name = "memcached",
    .get = get,
    .set = set,
    .error = error,
    .close = close_store,
};

/* "HOST", "HOST:PORT", "[IPv6]" or "[IPv6]:PORT". */
static bool
add_server(memcached_st *handle, struct str address)
{
	char host[256];
	const char *colon;
	char *end;
	unsigned long port = DEFAULT_PORT;
	struct str name = address;

	if (address.len == 0 || address.len >= sizeof(host))
		return false;
	if (address.s[0] == '[') {
		const char *bracket = memchr(address.s, ']', address.len);

		if (bracket == NULL)
			return false;
		name = (struct str){
		    address.s + 1, (size_t)(bracket - address.s) - 1};
		colon = bracket + 1;
		if (colon < address.s + address.len && *colon != ':')
			return false;
	} else {
		colon = memchr(address.s, ':', address.len);
		if (colon == NULL)
			colon = address.s + address.len;
		name.len = (size_t)(colon - address.s);
	}
	if (colon < address.s + address.len) {
		size_t len = (size_t)(address.s + address.len - colon) - 1;

		if (len == 0 || len > 5)
			return false;
		memcpy(host, colon + 1, len);
		host[len] = '\0';
		port = strtoul(host, &end, 10);
		if (*end != '\0' || port < 1 || port > 65535)
			return false;
	}
	if (name.len == 0)
		return false;
	memcpy(host, name.s, name.len);
	host[name.len] = '\0';
	return memcached_server_add(handle, host, (in_port_t)port) ==
	    MEMCACHED_SUCCESS;
}

static bool
add_servers(memcached_st *handle, const char *address)
{
	if (address[0] == '/' && address[1] != '/')
		return memcached_server_add_unix_socket(handle, address) ==
		    MEMCACHED_SUCCESS;
	if (strncmp(address, "//", 2) != 0)
		return false;
	address += 2;
	for (;;) {
		size_t len = strcspn(address, ",");

		if (!add_server(handle, (struct str){address, len}))
			return false;
		if (address[len] == '\0')
			return true;
		address += len + 1;
	}
}

static void
set_behaviors(memcached_st *handle)
{
	static const struct {
		memcached_behavior_t behavior;
		uint64_t value;
	} behaviors[] = {
	    {MEMCACHED_BEHAVIOR_TCP_NODELAY, 1},
	    {MEMCACHED_BEHAVIOR_DISTRIBUTION,
		MEMCACHED_DISTRIBUTION_CONSISTENT},
	    {MEMCACHED_BEHAVIOR_KETAMA, 1},
	    /* Milliseconds, but for the two in microseconds. */
	    {MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, STORE_CONNECT_MS},
	    {MEMCACHED_BEHAVIOR_POLL_TIMEOUT, STORE_REPLY_MS},
	    {MEMCACHED_BEHAVIOR_SND_TIMEOUT, STORE_REPLY_MS * 1000},
	    {MEMCACHED_BEHAVIOR_RCV_TIMEOUT, STORE_REPLY_MS * 1000},
	    /* When to ask again after a failure is the caller's decision. */
	    {MEMCACHED_BEHAVIOR_RETRY_TIMEOUT, 0},
	    {MEMCACHED_BEHAVIOR_DEAD_TIMEOUT, 0},
	};

	for (size_t i = 0; i < sizeof(behaviors) / sizeof(*behaviors); i++)
		memcached_behavior_set(
		    handle, behaviors[i].behavior, behaviors[i].value);
}

bool
memcached_store_open(struct store **store, const char *address, struct buf *why)
{
	struct memcached_store *m = calloc(1, sizeof(*m));

	*store = NULL;
	if (m != NULL)
		m->handle = memcached_create(NULL);
	if (m == NULL || m->handle == NULL) {
		free(m);
		buf_lit(why, "out of memory");
		return false;
	}
	m->store.class = &class;
	set_behaviors(m->handle);
	if (!add_servers(m->handle, address)) {
		close_store(&m->store);
		buf_printf(why,
		    "expected memcached://HOST:PORT or memcached:/path.sock, "
		    "got \"memcached:%s\"",
		    address);
		return false;
	}
	*store = &m->store;
	return true;
}
