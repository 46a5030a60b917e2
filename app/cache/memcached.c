/*
 * Memcached by its text protocol (protocol.txt of its sources).  libmemcached
 * only says which server has a key, by weighted ketama: its own connections
 * wait for as long as a reply drips, and end the process where a server says
 * what it does not expect.
 */
#include "app/cache/memcached.h"

#include <errno.h>
#include <inttypes.h>
#include <libmemcached/memcached.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/cache/stream.h"
#include "app/text/address.h"
#include "app/watch/clock.h"

enum {
	DEFAULT_PORT = 11211,
	MAX_EXPIRY_S = 30 * 24 * 3600, /* longer ones are points in time */
	MAX_WEIGHT = 1000,
	LINE_MAX = 1024, /* of a reply */
};

struct server {
	struct address address;
	char *path; /* of a unix socket; NULL: TCP */
	struct stream stream;
};

struct memcached_store {
	struct store store; /* first: a struct store * is one of these */
	memcached_st *ring; /* the servers' names, never connected */
	struct server servers[STORE_SHARDS_MAX];
	size_t n;
	char error[256];
};

static struct memcached_store *
self(struct store *s)
{
	return (struct memcached_store *)s;
}

static void
drop(struct store *s)
{
	for (size_t i = 0; i < self(s)->n; i++)
		stream_close(&self(s)->servers[i].stream);
}

/* Memcached counts in seconds, and an item may end one too early. */
static int64_t
expiry(int64_t ttl_ms)
{
	int64_t s = (ttl_ms + 999) / 1000 + 1;

	return s < MAX_EXPIRY_S ? s : MAX_EXPIRY_S;
}

static size_t
shard(struct store *s, struct str key)
{
	if (self(s)->n == 1)
		return 0;
	return memcached_generate_hash(self(s)->ring, key.s, key.len) %
	    self(s)->n;
}

static enum store_result
broken(struct memcached_store *m, enum stream_result result)
{
	snprintf(m->error, sizeof(m->error), "%s",
	    result == STREAM_LATE ? "no answer in time" : strerror(errno));
	return result == STREAM_LATE ? STORE_LATE : STORE_DOWN;
}

/*
 * It says something else than it should.  After a SERVER_ERROR it has read all
 * of the request; but where it does not know the command, it takes the data for
 * the next ones, and whatever follows can't be trusted.
 */
static enum store_result
refused(struct memcached_store *m, struct server *to, struct str line)
{
	static const struct {
		const char *begins;
		enum store_result result;
	} replies[] = {
	    {"SERVER_ERROR object too large", STORE_TOO_LARGE},
	    {"SERVER_ERROR ", STORE_REFUSED},
	    {"CLIENT_ERROR ", STORE_UNFIT},
	    {"ERROR", STORE_UNFIT},
	};
	enum store_result result = STORE_DOWN;

	for (size_t i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
		if (str_starts(line, str_of(replies[i].begins))) {
			result = replies[i].result;
			break;
		}
	}
	snprintf(m->error, sizeof(m->error), "it answers \"%.*s\"",
	    line.len < 100 ? (int)line.len : 100, line.s);
	if (result == STORE_DOWN || result == STORE_UNFIT)
		stream_close(&to->stream);
	return result;
}

/*
 * Sends a command, with its data if it has any, and reads the first line of
 * the reply.  `*to` and `*deadline_us` are for what else there is to read.
 */
static enum store_result
ask(struct memcached_store *m, struct str key, struct str command,
    const struct str *data, struct server **to, struct str *line,
    int64_t *deadline_us)
{
	struct server *s = &m->servers[shard(&m->store, key)];
	struct iovec v[3] = {
	    {(void *)command.s, command.len},
	    {data == NULL ? NULL : (void *)data->s,
		data == NULL ? 0 : data->len},
	    {(void *)"\r\n", 2},
	};
	enum stream_result result = STREAM_OK;

	*to = s;
	*deadline_us = clock_mono_us() + m->store.timeout_ms * 1000;
	/* An answer that nobody has asked for would be taken for the next. */
	if (s->stream.fd >= 0 && !stream_forget(&s->stream))
		stream_close(&s->stream);
	if (s->stream.fd < 0) {
		*deadline_us += m->store.timeout_ms * 1000;
		result = stream_open(&s->stream, s->path, &s->address,
		    (int)m->store.timeout_ms, *deadline_us);
	}
	if (result == STREAM_OK)
		result = stream_write(
		    &s->stream, v, data == NULL ? 1 : 3, *deadline_us);
	if (result == STREAM_OK)
		result = stream_line(&s->stream, LINE_MAX, line, *deadline_us);
	return result == STREAM_OK ? STORE_OK : broken(m, result);
}

/* Takes "VALUE KEY FLAGS " off the line; the length of the value remains. */
static bool
parse_value(struct str line, struct str key, size_t *len)
{
	char want[STORE_KEY_MAX + 16];
	int n =
	    snprintf(want, sizeof(want), "VALUE %.*s 0 ", (int)key.len, key.s);

	if (!str_starts(line, (struct str){want, (size_t)n}))
		return false;
	line.s += n;
	line.len -= (size_t)n;
	if (line.len == 0 || line.len > 9)
		return false;
	*len = 0;
	for (size_t i = 0; i < line.len; i++) {
		if (line.s[i] < '0' || line.s[i] > '9')
			return false;
		*len = *len * 10 + (size_t)(line.s[i] - '0');
	}
	return *len <= BUF_MAX / 2;
}

static enum store_result
get(struct store *s, struct str key, struct str *value)
{
	static const char end[] = "\r\nEND\r\n";
	struct memcached_store *m = self(s);
	char command[STORE_KEY_MAX + 16];
	int n = snprintf(
	    command, sizeof(command), "get %.*s\r\n", (int)key.len, key.s);
	enum stream_result got;
	enum store_result result;
	struct server *from;
	struct str line;
	int64_t deadline_us;
	size_t len;

	result = ask(m, key, (struct str){command, (size_t)n}, NULL, &from,
	    &line, &deadline_us);
	if (result != STORE_OK)
		return result;
	if (str_is(line, "END"))
		return STORE_MISS;
	if (!parse_value(line, key, &len))
		return refused(m, from, line);
	got = stream_read(
	    &from->stream, len + sizeof(end) - 1, value, deadline_us);
	if (got != STREAM_OK)
		return broken(m, got);
	if (memcmp(value->s + len, end, sizeof(end) - 1) != 0)
		return refused(m, from, (struct str){value->s + len, 7});
	value->len = len;
	return STORE_OK;
}

/* "set" or "add" */
static enum store_result
store_value(struct memcached_store *m, const char *verb, struct str key,
    struct str value, int64_t ttl_ms)
{
	char command[STORE_KEY_MAX + 64];
	int n =
	    snprintf(command, sizeof(command), "%s %.*s 0 %" PRId64 " %zu\r\n",
		verb, (int)key.len, key.s, expiry(ttl_ms), value.len);
	enum store_result result;
	struct server *to;
	struct str line;
	int64_t deadline_us;

	result = ask(m, key, (struct str){command, (size_t)n}, &value, &to,
	    &line, &deadline_us);
	if (result != STORE_OK)
		return result;
	if (str_is(line, "STORED"))
		return STORE_OK;
	if (str_is(line, "NOT_STORED"))
		return STORE_EXISTS;
	return refused(m, to, line);
}

static enum store_result
set(struct store *s, struct str key, struct str value, int64_t ttl_ms)
{
	return store_value(self(s), "set", key, value, ttl_ms);
}

static enum store_result
add(struct store *s, struct str key, struct str value, int64_t ttl_ms)
{
	return store_value(self(s), "add", key, value, ttl_ms);
}

static enum store_result
remove_key(struct store *s, struct str key)
{
	struct memcached_store *m = self(s);
	char command[STORE_KEY_MAX + 16];
	int n = snprintf(
	    command, sizeof(command), "delete %.*s\r\n", (int)key.len, key.s);
	enum store_result result;
	struct server *to;
	struct str line;
	int64_t deadline_us;

	result = ask(m, key, (struct str){command, (size_t)n}, NULL, &to, &line,
	    &deadline_us);
	if (result != STORE_OK)
		return result;
	if (str_is(line, "DELETED"))
		return STORE_OK;
	if (str_is(line, "NOT_FOUND"))
		return STORE_MISS;
	return refused(m, to, line);
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

	drop(s);
	for (size_t i = 0; i < m->n; i++)
		free(m->servers[i].path);
	if (m->ring != NULL)
		memcached_free(m->ring);
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
add_server(struct memcached_store *m, struct str text)
{
	struct server *s = &m->servers[m->n];
	uint32_t weight;

	if (m->n == STORE_SHARDS_MAX || text.len == 0 ||
	    !cut_weight(&text, &weight) || !address_parse(text, &s->address))
		return false;
	if (s->address.port == 0)
		s->address.port = DEFAULT_PORT;
	s->stream.fd = -1;
	m->n++;
	return memcached_server_add_with_weight(m->ring, s->address.host,
		   (in_port_t)s->address.port, weight) == MEMCACHED_SUCCESS;
}

static bool
add_servers(struct memcached_store *m, const char *address)
{
	if (address[0] == '/' && address[1] != '/' && address[1] != '\0') {
		m->servers[0].stream.fd = -1;
		m->servers[0].path = strdup(address);
		m->n = 1;
		return m->servers[0].path != NULL;
	}
	if (strncmp(address, "//", 2) != 0)
		return false;
	address += 2;
	for (;;) {
		size_t len = strcspn(address, ",");

		if (!add_server(m, (struct str){address, len}))
			return false;
		if (address[len] == '\0')
			return true;
		address += len + 1;
	}
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
	m->ring = memcached_create(NULL);
	if (m->ring == NULL) {
		close_store(&m->store);
		buf_lit(why, "out of memory");
		return false;
	}
	memcached_behavior_set(m->ring, MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
	if (!add_servers(m, address)) {
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
