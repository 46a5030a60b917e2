/*
 * Redis through hiredis: the only file that knows it.  hiredis formats commands
 * and parses replies; the connection is a stream, so that an operation as a
 * whole has a time limit, however slowly a reply drips in, and since hiredis'
 * own ends the process when there is no memory.
 */
#include "app/cache/redis.h"

#include <sys/socket.h>

#include <errno.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/cache/stream.h"
#include "app/text/address.h"
#include "app/watch/clock.h"

enum {
	DEFAULT_PORT = 6379,
	MAX_DATABASE = 1 << 20,
	ARGS_MAX = 6, /* of a command */
	READ_BYTES = 16384,
};

#if HIREDIS_MAJOR >= 1
typedef size_t array_len;
#else
typedef int array_len;
#endif

struct redis_store {
	struct store store; /* first: a struct store * is one of these */
	struct address address;
	char *path; /* of a unix socket; NULL: TCP */
	char *user, *password;
	long database;
	struct stream stream;
	redisReader *reader;               /* NULL: not connected */
	redisReplyObjectFunctions replies; /* hiredis' own, but for arrays */
	redisReply *reply; /* the last one: `get` lends from it */
	char error[256];
};

static struct redis_store *
self(struct store *s)
{
	return (struct redis_store *)s;
}

static void
forget_reply(struct redis_store *r)
{
	if (r->reply != NULL)
		freeReplyObject(r->reply);
	r->reply = NULL;
}

static void
drop(struct store *s)
{
	struct redis_store *r = self(s);

	forget_reply(r);
	if (r->reader != NULL)
		redisReaderFree(r->reader);
	r->reader = NULL;
	stream_close(&r->stream);
}

static enum store_result
failed(struct redis_store *r, enum store_result result, const char *what)
{
	snprintf(r->error, sizeof(r->error), "%s", what);
	drop(&r->store);
	return result;
}

static enum store_result
broken(struct redis_store *r, enum stream_result result)
{
	return result == STREAM_LATE
	    ? failed(r, STORE_LATE, "no answer in time")
	    : failed(r, STORE_DOWN, strerror(errno));
}

/* Gives hiredis what has come of a reply, once some has. */
static enum store_result
read_some(struct redis_store *r, int64_t deadline_us)
{
	char bytes[READ_BYTES];
	enum stream_result result;
	ssize_t n;

	do {
		result = stream_wait(r->stream.fd, POLLIN, deadline_us);
		if (result != STREAM_OK)
			return broken(r, result);
		n = recv(r->stream.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n < 0)
		return broken(r, STREAM_BROKEN);
	if (n == 0)
		return failed(r, STORE_DOWN, "it closed the connection");
	if (redisReaderFeed(r->reader, bytes, (size_t)n) != REDIS_OK)
		return failed(r, STORE_DOWN, r->reader->errstr);
	return STORE_OK;
}

/* Sends a command and waits for its reply. */
static enum store_result
round_trip(struct redis_store *r, int argc, const struct str *args,
    int64_t deadline_us)
{
	const char *argv[ARGS_MAX];
	size_t lens[ARGS_MAX];
	enum stream_result sent;
	struct iovec v;
	char *command;
	long long len;
	void *reply = NULL;

	forget_reply(r);
	for (int i = 0; i < argc; i++) {
		argv[i] = args[i].s;
		lens[i] = args[i].len;
	}
	len = redisFormatCommandArgv(&command, argc, argv, lens);
	if (len < 0)
		return failed(r, STORE_DOWN, "out of memory");
	v = (struct iovec){command, (size_t)len};
	sent = stream_write(&r->stream, &v, 1, deadline_us);
	redisFreeCommand(command);
	if (sent != STREAM_OK)
		return broken(r, sent);
	for (;;) {
		enum store_result result;

		if (redisReaderGetReply(r->reader, &reply) != REDIS_OK)
			return failed(r, STORE_DOWN, r->reader->errstr);
		if (reply != NULL)
			break;
		result = read_some(r, deadline_us);
		if (result != STORE_OK)
			return result;
	}
	r->reply = reply;
	return STORE_OK;
}

/* A command of the connection's beginning: anything but OK is a failure. */
static enum store_result
expect_ok(struct redis_store *r, int argc, const struct str *args,
    int64_t deadline_us)
{
	enum store_result result = round_trip(r, argc, args, deadline_us);

	if (result != STORE_OK)
		return result;
	if (r->reply->type == REDIS_REPLY_STATUS)
		return STORE_OK;
	return failed(r, STORE_DOWN,
	    r->reply->type == REDIS_REPLY_ERROR ? r->reply->str
						: "an answer of another kind");
}

/* No command has one for its reply; hiredis would make room for any number. */
static void *
no_array(const redisReadTask *task, array_len len)
{
	(void)task;
	(void)len;
	return NULL;
}

/* Connects, and says what must be said first. */
static enum store_result
connect_to(struct redis_store *r, int64_t deadline_us)
{
	struct address address = r->address;
	enum store_result result = STORE_OK;
	enum stream_result opened;

	if (address.port == 0)
		address.port = DEFAULT_PORT;
	opened = stream_open(&r->stream, r->path, &address,
	    (int)r->store.timeout_ms, deadline_us);
	if (opened != STREAM_OK)
		return broken(r, opened);
	r->reader = redisReaderCreate();
	if (r->reader == NULL)
		return failed(r, STORE_DOWN, "out of memory");
	r->replies = *r->reader->fn;
	r->replies.createArray = no_array;
	r->reader->fn = &r->replies;
	if (r->password != NULL) {
		const struct str args[] = {str_of("AUTH"),
		    str_of(r->user != NULL ? r->user : r->password),
		    str_of(r->password)};

		result =
		    expect_ok(r, r->user != NULL ? 3 : 2, args, deadline_us);
	}
	if (result == STORE_OK && r->database != 0) {
		char number[24];
		int len = snprintf(number, sizeof(number), "%ld", r->database);
		const struct str args[] = {
		    str_of("SELECT"), {number, (size_t)len}};

		result = expect_ok(r, 2, args, deadline_us);
	}
	return result;
}

/*
 * An error that Redis answered with: is it about this request, or about the
 * server?  One that is loading, has become a replica or is not its cluster's
 * for this key is left, so that a new connection may find another.
 */
static enum store_result
refused(struct redis_store *r)
{
	static const struct {
		const char *begins;
		enum store_result result;
	} errors[] = {
	    {"OOM ", STORE_REFUSED},       /* maxmemory */
	    {"MISCONF ", STORE_REFUSED},   /* it can't save: takes nothing */
	    {"WRONGTYPE ", STORE_REFUSED}, /* somebody's list under our key */
	    {"NOPERM ", STORE_REFUSED},    /* the user may not, or this key */
	    {"ERR unknown command", STORE_REFUSED}, /* renamed */
	    {"ERR Protocol error: invalid bulk length", STORE_TOO_LARGE},
	};
	struct str text = {r->reply->str, r->reply->len};
	enum store_result result = STORE_UNFIT;

	snprintf(r->error, sizeof(r->error), "%s", r->reply->str);
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		if (str_starts(text, str_of(errors[i].begins))) {
			result = errors[i].result;
			break;
		}
	}
	if (result != STORE_REFUSED)
		drop(&r->store);
	return result;
}

/* One command and its reply, which is of this type, NIL or an error. */
static enum store_result
ask(struct redis_store *r, int type, int argc, const struct str *args)
{
	int64_t deadline_us = clock_mono_us() + r->store.timeout_ms * 1000;
	enum store_result result;

	if (r->reader == NULL) {
		deadline_us += r->store.timeout_ms * 1000;
		result = connect_to(r, deadline_us);
		if (result != STORE_OK)
			return result;
	}
	result = round_trip(r, argc, args, deadline_us);
	if (result != STORE_OK)
		return result;
	if (r->reply->type == type)
		return STORE_OK;
	if (r->reply->type == REDIS_REPLY_NIL)
		return STORE_MISS;
	if (r->reply->type == REDIS_REPLY_ERROR)
		return refused(r);
	return failed(r, STORE_DOWN, "an answer of another kind");
}

static size_t
shard(struct store *s, struct str key)
{
	(void)s;
	(void)key;
	return 0;
}

static enum store_result
get(struct store *s, struct str key, struct str *value)
{
	struct redis_store *r = self(s);
	const struct str args[] = {str_of("GET"), key};
	enum store_result result = ask(r, REDIS_REPLY_STRING, 2, args);

	if (result == STORE_OK)
		*value = (struct str){r->reply->str, r->reply->len};
	return result;
}

static enum store_result
set_with(struct redis_store *r, struct str key, struct str value,
    int64_t ttl_ms, bool only_new)
{
	char ms[24];
	const struct str args[] = {str_of("SET"), key, value, str_of("PX"),
	    {ms, (size_t)snprintf(ms, sizeof(ms), "%" PRId64, ttl_ms)},
	    str_of("NX")};

	return ask(r, REDIS_REPLY_STATUS, only_new ? 6 : 5, args);
}

static enum store_result
set(struct store *s, struct str key, struct str value, int64_t ttl_ms)
{
	return set_with(self(s), key, value, ttl_ms, false);
}

static enum store_result
add(struct store *s, struct str key, struct str value, int64_t ttl_ms)
{
	enum store_result result = set_with(self(s), key, value, ttl_ms, true);

	return result == STORE_MISS ? STORE_EXISTS : result;
}

static enum store_result
remove_key(struct store *s, struct str key)
{
	const struct str args[] = {str_of("DEL"), key};

	return ask(self(s), REDIS_REPLY_INTEGER, 2, args);
}

static const char *
error(const struct store *s)
{
	return ((const struct redis_store *)s)->error;
}

static void
close_store(struct store *s)
{
	struct redis_store *r = self(s);

	drop(s);
	free(r->path);
	free(r->user);
	free(r->password);
	free(r);
}

static const struct store_class class = {
    .name = "redis",
    .shard = shard,
    .get = get,
    .set = set,
    .add = add,
    .remove = remove_key,
    .drop = drop,
    .error = error,
    .close = close_store,
};

static bool
parse_database(const char *s, long *database)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	*database = strtol(s, &end, 10);
	return *end == '\0' && *database <= MAX_DATABASE;
}

/* "/path.sock[?db=DB]" */
static bool
parse_unix(struct redis_store *r, const char *s)
{
	static const char db[] = "?db=";
	size_t len = strcspn(s, "?");

	r->path = strndup(s, len);
	return r->path != NULL && len > 1 && *s == '/' &&
	    (s[len] == '\0' ||
		(strncmp(s + len, db, sizeof(db) - 1) == 0 &&
		    parse_database(s + len + sizeof(db) - 1, &r->database)));
}

/* "[USER@]HOST[:PORT][/DB]" */
static bool
parse_tcp(struct redis_store *r, const char *s)
{
	size_t len = strcspn(s, "/");
	const char *at = memchr(s, '@', len);
	struct str host = {s, len};

	if (s[len] == '/' && s[len + 1] != '\0' &&
	    !parse_database(s + len + 1, &r->database))
		return false;
	if (at != NULL) {
		r->user = strndup(s, (size_t)(at - s));
		host.s = at + 1;
		host.len = len - (size_t)(host.s - s);
		if (r->user == NULL || *r->user == '\0')
			return false;
	}
	return address_parse(host, &r->address);
}

static bool
parse(struct redis_store *r, const char *s, struct buf *why)
{
	const char *at = strchr(s, '@');

	if (strncmp(s, "//", 2) == 0 && at != NULL &&
	    memchr(s, ':', (size_t)(at - s)) != NULL) {
		buf_lit(why,
		    "a password must not stand in the address, where others "
		    "can read it: use --cache-password-file or the "
		    "environment variable SQUALL_CACHE_PASSWORD");
		return false;
	}
	if (strncmp(s, "//", 2) == 0 ? !parse_tcp(r, s + 2)
				     : !parse_unix(r, s)) {
		buf_printf(why,
		    "expected redis://[USER@]HOST[:PORT][/DB] or "
		    "redis:/path.sock[?db=DB], got \"redis:%s\"",
		    s);
		return false;
	}
	if (r->user != NULL && r->password == NULL) {
		buf_printf(why,
		    "the user \"%s\" needs a password: give "
		    "--cache-password-file or SQUALL_CACHE_PASSWORD",
		    r->user);
		return false;
	}
	return true;
}

bool
redis_store_open(struct store **store, const char *address,
    const char *password, struct buf *why)
{
	struct redis_store *r = calloc(1, sizeof(*r));

	*store = NULL;
	if (r == NULL) {
		buf_lit(why, "out of memory");
		return false;
	}
	r->store.class = &class;
	r->stream.fd = -1;
	if (password != NULL) {
		r->password = strdup(password);
		if (r->password == NULL) {
			close_store(&r->store);
			buf_lit(why, "out of memory");
			return false;
		}
	}
	if (!parse(r, address, why)) {
		close_store(&r->store);
		return false;
	}
	*store = &r->store;
	return true;
}
