/*
 * Memcached through libmemcached: the only file that knows it.
 */
#include "app/memcached.h"

#include <libmemcached/memcached.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/address.h"

enum {
	DEFAULT_PORT = 11211,
	MAX_EXPIRY_S = 30 * 24 * 3600, /* longer ones are points in time */
	MAX_WEIGHT = 1000,
};

struct memcached_store {
	struct store store; /* first: a struct store * is one of these */
	memcached_st *handle;
	/*
	 * What the last `get` found, and what comes after it: nothing.  Not on
	 * the heap, for libmemcached frees those that are when it meets the
	 * end of a reply.
	 */
	memcached_result_st result, end;
	char error[256];
};

static struct memcached_store *
self(struct store *s)
{
	return (struct memcached_store *)s;
}

/* Drops the connections with whatever may still arrive on them. */
static void
drop(struct store *s)
{
	memcached_quit(self(s)->handle);
}

static enum store_result
failed(struct memcached_store *m, memcached_return_t rc)
{
	const char *detail = memcached_last_error_message(m->handle);

	snprintf(m->error, sizeof(m->error), "%s",
	    detail == NULL ? memcached_strerror(m->handle, rc) : detail);
	memcached_quit(m->handle);
	switch (rc) {
	case MEMCACHED_E2BIG:
		return STORE_TOO_LARGE;
	case MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE:
	case MEMCACHED_SERVER_ERROR:
		return STORE_REFUSED;
	case MEMCACHED_TIMEOUT:
		return STORE_LATE;
	default:
		return STORE_DOWN;
	}
}

/* Memcached counts in seconds, and an item may end one too early. */
static time_t
expiry(int64_t ttl_ms)
{
	int64_t s = (ttl_ms + 999) / 1000 + 1;

	return s < MAX_EXPIRY_S ? s : MAX_EXPIRY_S;
}

static size_t
shard(struct store *s, struct str key)
{
	if (memcached_server_count(self(s)->handle) == 1)
		return 0;
	return memcached_generate_hash(self(s)->handle, key.s, key.len);
}

static enum store_result
get(struct store *s, struct str key, struct str *value)
{
	struct memcached_store *m = self(s);
	memcached_return_t rc;

	rc = memcached_mget(m->handle, &key.s, &key.len, 1);
	if (rc != MEMCACHED_SUCCESS)
		return failed(m, rc);
	if (memcached_fetch_result(m->handle, &m->result, &rc) == NULL) {
		if (rc == MEMCACHED_NOTFOUND || rc == MEMCACHED_END)
			return STORE_MISS;
		return failed(m, rc);
	}
	*value = (struct str){memcached_result_value(&m->result),
	    memcached_result_length(&m->result)};
	/* The end of the reply: left where it is, it would be the next one. */
	if (memcached_fetch_result(m->handle, &m->end, &rc) != NULL ||
	    (rc != MEMCACHED_END && rc != MEMCACHED_NOTFOUND))
		return failed(
		    m, rc == MEMCACHED_SUCCESS ? MEMCACHED_PROTOCOL_ERROR : rc);
	return STORE_OK;
}

static enum store_result
set(struct store *s, struct str key, struct str value, int64_t ttl_ms)
{
	struct memcached_store *m = self(s);
	memcached_return_t rc;

	rc = memcached_set(
	    m->handle, key.s, key.len, value.s, value.len, expiry(ttl_ms), 0);
	return rc == MEMCACHED_SUCCESS ? STORE_OK : failed(m, rc);
}

static enum store_result
add(struct store *s, struct str key, struct str value, int64_t ttl_ms)
{
	struct memcached_store *m = self(s);
	memcached_return_t rc;

	rc = memcached_add(
	    m->handle, key.s, key.len, value.s, value.len, expiry(ttl_ms), 0);
	switch (rc) {
	case MEMCACHED_SUCCESS:
		return STORE_OK;
	case MEMCACHED_NOTSTORED:
	case MEMCACHED_DATA_EXISTS:
		return STORE_EXISTS;
	default:
		return failed(m, rc);
	}
}

static enum store_result
remove_key(struct store *s, struct str key)
{
	struct memcached_store *m = self(s);
	memcached_return_t rc = memcached_delete(m->handle, key.s, key.len, 0);

	switch (rc) {
	case MEMCACHED_SUCCESS:
		return STORE_OK;
	case MEMCACHED_NOTFOUND:
		return STORE_MISS;
	default:
		return failed(m, rc);
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
	struct memcached_store *m = self(s);

	if (m->handle != NULL) {
		memcached_result_free(&m->result);
		memcached_result_free(&m->end);
		memcached_free(m->handle);
	}
	free(m);
}

static const struct store_class class = {
    .name = "memcached",
    .shard = shard,
    .get = get,
    .set = set,
    .add = add,
    .remove = remove_key,
    .drop = drop,
    .error = error,
    .close = close_store,
};

/* Cuts "/?WEIGHT" off, as libmemcached writes it; 1 where there is none. */
static bool
cut_weight(struct str *s, uint32_t *weight)
{
	const char *slash = memchr(s->s, '/', s->len);
	char digits[8];
	size_t len;
	char *end;

	*weight = 1;
	if (slash == NULL)
		return true;
	len = s->len - (size_t)(slash - s->s);
	s->len -= len;
	if (len < 3 || len - 2 >= sizeof(digits) || slash[1] != '?')
		return false;
	memcpy(digits, slash + 2, len - 2);
	digits[len - 2] = '\0';
	*weight = (uint32_t)strtoul(digits, &end, 10);
	return digits[0] >= '0' && digits[0] <= '9' && *end == '\0' &&
	    *weight >= 1 && *weight <= MAX_WEIGHT;
}

static bool
add_server(memcached_st *handle, struct str text)
{
	struct address a;
	uint32_t weight;

	if (text.len == 0 || !cut_weight(&text, &weight) ||
	    !address_parse(text, &a))
		return false;
	return memcached_server_add_with_weight(handle, a.host,
		   (in_port_t)(a.port == 0 ? DEFAULT_PORT : a.port),
		   weight) == MEMCACHED_SUCCESS;
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
			return memcached_server_count(handle) <=
			    STORE_SHARDS_MAX;
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
	    {MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1},
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
	if (m == NULL) {
		buf_lit(why, "out of memory");
		return false;
	}
	m->store.class = &class;
	m->handle = memcached_create(NULL);
	if (m->handle == NULL) {
		close_store(&m->store);
		buf_lit(why, "out of memory");
		return false;
	}
	memcached_result_create(m->handle, &m->result);
	memcached_result_create(m->handle, &m->end);
	set_behaviors(m->handle);
	if (!add_servers(m->handle, address)) {
		close_store(&m->store);
		buf_printf(why,
		    "expected memcached://HOST:PORT[/?WEIGHT][,...] (at most "
		    "%d servers) or memcached:/path.sock, got "
		    "\"memcached:%s\"",
		    STORE_SHARDS_MAX, address);
		return false;
	}
	*store = &m->store;
	return true;
}
