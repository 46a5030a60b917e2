/*
 * A store that misbehaves.  It speaks Memcached's text protocol or Redis'
 * RESP2 as far as a cache needs it, really keeps what it is given, and spoils
 * its replies in one of many ways.  Integration tests start it where memcached
 * or redis-server would be, and switch it through a second socket while it
 * runs.  One thread; it knows nothing of squall.
 *
 *	hostile-store memcached|redis ADDRESS CONTROL
 *
 * ADDRESS is /path.sock or 127.0.0.1:PORT, CONTROL is /path.sock, which takes
 * lines: `mode NAME [NUMBER]` (of the table at the end of the ways to spoil),
 * `count NAME` (of a counter), and `quit`.
 *
 * One file, for each program of this folder is built from one.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNS_MAX = 1000,
	WORDS_MAX = 16, /* of a command */
	LINE_MAX_LEN = 4096,
	MONTH_S = 30 * 24 * 3600, /* a longer expiry is a date, in Memcached */
	MEGABYTE = 1 << 20,
};

enum kind { MEMCACHED, REDIS, KINDS };

struct text {
	char *data;
	size_t len, size;
};

/* One key and what is kept under it. */
struct item {
	struct item *next;
	char *key;
	struct text value;
	struct text first; /* the value it had first of all */
	unsigned long flags;
	int64_t expires_ms; /* INT64_MAX: never */
};

/* A piece of a reply, and when it is to be sent. */
struct chunk {
	struct chunk *next;
	int64_t due_ms;
	int64_t gap_ms; /* not 0: one byte at a time, with so much between */
	size_t times;   /* it is repeated so often */
	size_t sent;
	size_t len;
	char data[];
};

struct conn {
	int fd;
	bool control;
	bool closing; /* once all is sent */
	struct text in;
	struct chunk *first, **end;
	struct chunk *kept; /* a reply that waits for the next request */
};

enum verb { GET, SET, ADD, DELETE, OTHER };

struct request {
	enum verb verb;
	char *key;
	const char *value;
	size_t len;
	unsigned long flags;
	int64_t ttl_ms;   /* 0: for ever */
	const char *line; /* the reply to what is neither get nor set */
};

/* A reply before it is spoilt and written: of a hit, or a line. */
struct reply {
	enum verb verb;
	const struct item *item; /* NULL: `line` is all */
	const char *line;
	const char *name;
	const char *length; /* what it claims; NULL: the truth */
	const char *value;
	size_t len;
};

struct mode {
	const char *name;
	const char *what;
	long number; /* unless another is given */
	void (*spoil)(struct conn *, struct reply *);
	bool all; /* the replies, not only hits, are spoilt */
	/* What is done before there is a reply. */
	bool deaf, greets, closes, forgets, refuses, reads, leases, immortal;
};

/* What the protocols say. */
static const struct {
	const char *stored, *not_stored, *deleted, *not_found, *miss, *full,
	    *read_only, *error;
} lines[KINDS] = {
    [MEMCACHED] =
	{
	    .stored = "STORED",
	    .not_stored = "NOT_STORED",
	    .deleted = "DELETED",
	    .not_found = "NOT_FOUND",
	    .miss = "END",
	    .full = "SERVER_ERROR out of memory storing object",
	    .read_only = "ERROR",
	    .error = "ERROR",
	},
    [REDIS] =
	{
	    .stored = "+OK",
	    .not_stored = "$-1",
	    .deleted = ":1",
	    .not_found = ":0",
	    .miss = "$-1",
	    .full = "-OOM command not allowed when used memory > 'maxmemory'.",
	    .read_only = "-READONLY You can't write against a replica.",
	    .error = "-ERR unknown command",
	},
};

enum counter {
	COUNT_CONNECTIONS,
	COUNT_GETS,
	COUNT_HITS,
	COUNT_SETS,
	COUNT_ADDS,
	COUNT_DELETES,
	COUNT_SPOILT,
	COUNTERS
};

static const char *const counter_names[COUNTERS] = {
    [COUNT_CONNECTIONS] = "connections",
    [COUNT_GETS] = "gets",
    [COUNT_HITS] = "hits",
    [COUNT_SETS] = "sets",
    [COUNT_ADDS] = "adds",
    [COUNT_DELETES] = "deletes",
    [COUNT_SPOILT] = "spoilt",
};

/* The state of the program, which is one store. */
static enum kind kind;
static const struct mode *mode;
static long number;
static unsigned long long counts[COUNTERS];
static struct item *items; /* hundreds in a test: a list will do */
static struct conn *conns[CONNS_MAX];
static size_t n_conns;
static struct conn *waiting; /* for whom to swap replies with */

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The same numbers in each run (Knuth's 64-bit MMIX generator). */
static uint32_t
next_random(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33);
}

static void *
need(void *p)
{
	if (p == NULL)
		err(1, "memory");
	return p;
}

static void
text_add(struct text *t, const char *s, size_t len)
{
	if (t->size - t->len < len) {
		t->size = (t->size + len) * 2;
		t->data = need(realloc(t->data, t->size));
	}
	if (len > 0)
		memcpy(t->data + t->len, s, len);
	t->len += len;
}

static void
text_set(struct text *t, const char *s, size_t len)
{
	t->len = 0;
	text_add(t, s, len);
}

__attribute__((format(printf, 2, 3))) static void
text_printf(struct text *t, const char *format, ...)
{
	char s[LINE_MAX_LEN];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(s, sizeof(s), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(s))
		errx(1, "line too long");
	text_add(t, s, (size_t)n);
}

static struct item *
find_item(const char *key)
{
	struct item *i = items;

	while (i != NULL && strcmp(i->key, key) != 0)
		i = i->next;
	if (i != NULL && i->expires_ms <= now_ms()) {
		if (!mode->immortal)
			return NULL;
		counts[COUNT_SPOILT]++;
	}
	return i;
}

static void
keep_item(const struct request *req)
{
	struct item *i = items;

	while (i != NULL && strcmp(i->key, req->key) != 0)
		i = i->next;
	if (i == NULL) {
		i = need(calloc(1, sizeof(*i)));
		i->key = need(strdup(req->key));
		i->next = items;
		items = i;
		text_set(&i->first, req->value, req->len);
	}
	text_set(&i->value, req->value, req->len);
	i->flags = req->flags;
	i->expires_ms = req->ttl_ms == 0 ? INT64_MAX : now_ms() + req->ttl_ms;
}

/* Some other key's, if there is one. */
static const struct item *
another_item(const struct item *i)
{
	const struct item *other = i->next != NULL ? i->next : items;

	return other == i ? NULL : other;
}

static void
forget_item(struct item *i)
{
	i->expires_ms = 0;
}

static void
forget_all(void)
{
	for (struct item *i = items; i != NULL; i = i->next)
		forget_item(i);
}

static struct chunk *
new_chunk(const char *s, size_t len)
{
	struct chunk *k = need(calloc(1, sizeof(*k) + len));

	k->times = 1;
	k->len = len;
	memcpy(k->data, s, len);
	return k;
}

/* A filler of `n` megabytes. */
static struct chunk *
new_filler(long n)
{
	char block[65536];
	struct chunk *k;

	memset(block, 'x', sizeof(block));
	k = new_chunk(block, sizeof(block));
	k->times = (size_t)n * (MEGABYTE / sizeof(block));
	return k;
}

static void
send_later(struct conn *c, struct chunk *k, int64_t ms)
{
	k->due_ms = now_ms() + ms;
	*c->end = k;
	c->end = &k->next;
}

static void
send_chunk(struct conn *c, struct chunk *k)
{
	send_later(c, k, 0);
}

/* The reply as the protocol wants it. */
static struct chunk *
written(const struct reply *r)
{
	struct text t = {0};
	struct chunk *k;
	char length[32];

	if (r->item == NULL) {
		text_printf(&t, "%s\r\n", r->line);
	} else {
		snprintf(length, sizeof(length), "%zu", r->len);
		if (kind == MEMCACHED)
			text_printf(
			    &t, "VALUE %s %lu ", r->name, r->item->flags);
		else
			text_printf(&t, "$");
		text_printf(
		    &t, "%s\r\n", r->length != NULL ? r->length : length);
		text_add(&t, r->value, r->len);
		text_printf(&t, kind == MEMCACHED ? "\r\nEND\r\n" : "\r\n");
	}
	k = new_chunk(t.data, t.len);
	free(t.data);
	return k;
}

static void
claim(struct conn *c, struct reply *r, const char *length)
{
	r->length = length;
	send_chunk(c, written(r));
}

/* The ways to spoil a reply. */

static void
late(struct conn *c, struct reply *r)
{
	send_later(c, written(r), number);
}

static void
jitter(struct conn *c, struct reply *r)
{
	send_later(c, written(r), (long)next_random() % number);
}

static void
dribble(struct conn *c, struct reply *r)
{
	struct chunk *k = written(r);

	k->gap_ms = number;
	send_chunk(c, k);
}

static void
silent(struct conn *c, struct reply *r)
{
	(void)c;
	(void)r;
}

static void
other_value(struct conn *c, struct reply *r)
{
	const struct item *other = another_item(r->item);

	if (other != NULL) {
		r->value = other->value.data;
		r->len = other->value.len;
	}
	send_chunk(c, written(r));
}

static void
other_name(struct conn *c, struct reply *r)
{
	const struct item *other = another_item(r->item);

	if (other != NULL)
		r->name = other->key;
	other_value(c, r);
}

static void
long_name(struct conn *c, struct reply *r)
{
	char name[LINE_MAX_LEN / 2] = {0};

	memset(name, 'k', (size_t)number);
	r->name = name;
	send_chunk(c, written(r));
}

static void
old(struct conn *c, struct reply *r)
{
	r->value = r->item->first.data;
	r->len = r->item->first.len;
	send_chunk(c, written(r));
}

static void
flip(struct conn *c, struct reply *r)
{
	char *copy = need(calloc(1, r->len + 1));
	uint32_t bit = next_random();
	size_t at = r->len > 0 ? bit / 8 % r->len : 0;

	if (r->len > 0)
		memcpy(copy, r->value, r->len);
	copy[at] = (char)((unsigned char)copy[at] ^ (1u << bit % 8));
	r->value = copy;
	send_chunk(c, written(r));
	free(copy);
}

static void
cut(struct conn *c, struct reply *r)
{
	struct chunk *k = written(r);

	k->len -= r->len / 2 + 2;
	c->closing = true;
	send_chunk(c, k);
}

static void
half(struct conn *c, struct reply *r)
{
	struct chunk *k = written(r);

	k->len /= 2;
	c->closing = true;
	send_chunk(c, k);
}

static void
shorter(struct conn *c, struct reply *r)
{
	char length[32];

	snprintf(length, sizeof(length), "%zu", r->len / 2);
	claim(c, r, length);
}

static void
longer(struct conn *c, struct reply *r)
{
	char length[32];

	snprintf(length, sizeof(length), "%zu", r->len + (size_t)number);
	claim(c, r, length);
}

static void
negative(struct conn *c, struct reply *r)
{
	char length[32];

	snprintf(length, sizeof(length), "-%ld", number);
	claim(c, r, length);
}

static void
overflow(struct conn *c, struct reply *r)
{
	static const char *const lengths[] = {
	    "4294967295",
	    "9223372036854775807",
	    "18446744073709551615",
	    "18446744073709551616",
	    "99999999999999999999999999999999999999",
	};

	claim(c, r,
	    lengths[next_random() % (sizeof(lengths) / sizeof(*lengths))]);
}

static void
claims(struct conn *c, struct reply *r)
{
	char length[32];

	snprintf(length, sizeof(length), "%ld", number * MEGABYTE);
	claim(c, r, length);
}

static void
huge(struct conn *c, struct reply *r)
{
	size_t tail = strlen(kind == MEMCACHED ? "\r\nEND\r\n" : "\r\n");
	struct chunk *k;
	char length[32];

	snprintf(length, sizeof(length), "%ld", number * MEGABYTE);
	r->length = length;
	r->len = 0;
	k = written(r);
	send_chunk(c, new_chunk(k->data, k->len - tail));
	send_chunk(c, new_filler(number));
	send_chunk(c, new_chunk(k->data + k->len - tail, tail));
	free(k);
}

static void
endless(struct conn *c, struct reply *r)
{
	(void)r;
	send_chunk(c, new_chunk(kind == REDIS ? "+" : "x", 1));
	send_chunk(c, new_filler(number));
}

static void
flood(struct conn *c, struct reply *r)
{
	struct chunk *k;

	k = kind == REDIS ? new_chunk("$4\r\njunk\r\n", 10)
			  : new_chunk("VALUE k 0 4\r\njunk\r\n", 19);
	(void)r;
	k->times = (size_t)number * MEGABYTE / k->len;
	send_chunk(c, k);
}

static void
garbage(struct conn *c, struct reply *r)
{
	struct text t = {0};

	(void)r;
	for (long i = 0; i < number; i++) {
		char byte = (char)next_random();

		text_add(&t, &byte, 1);
	}
	text_add(&t, "\r\n", 2);
	send_chunk(c, new_chunk(t.data, t.len));
	free(t.data);
}

static void
fails(struct conn *c, struct reply *r)
{
	r->item = NULL;
	r->line = lines[kind].error;
	send_chunk(c, written(r));
}

/* A get is answered as a set would be, and the other way about. */
static void
wrong_kind(struct conn *c, struct reply *r)
{
	static const char *const values[KINDS] = {
	    [MEMCACHED] = "VALUE k 0 4\r\njunk\r\nEND",
	    [REDIS] = "$4\r\njunk",
	};

	r->item = NULL;
	r->line = r->verb == GET ? lines[kind].stored : values[kind];
	send_chunk(c, written(r));
}

/* Arrays in arrays, and one of a thousand million elements. */
static void
arrays(struct conn *c, struct reply *r)
{
	struct text t = {0};

	(void)r;
	for (int i = 0; i < 1000; i++)
		text_printf(&t, "*1\r\n");
	text_printf(&t, "*1000000000\r\n");
	if (next_random() % 2 == 0)
		send_chunk(c, new_chunk(t.data, t.len));
	else
		send_chunk(c, new_chunk("*1000000000\r\n", 13));
	free(t.data);
}

static void
doubled(struct conn *c, struct reply *r)
{
	send_chunk(c, written(r));
	send_chunk(c, written(r));
}

/* The reply comes when the next request does: each is one behind. */
static void
held(struct conn *c, struct reply *r)
{
	if (c->kept != NULL)
		send_chunk(c, c->kept);
	c->kept = written(r);
}

/* The same, but for the first request, which gets its reply twice. */
static void
shifted(struct conn *c, struct reply *r)
{
	if (c->kept == NULL)
		c->kept = written(r);
	held(c, r);
}

/*
 * Who is first waits for a request of another connection; then each gets the
 * other's reply.  If none comes soon enough it gets its own.
 */
static void
swapped(struct conn *c, struct reply *r)
{
	struct chunk *mine = written(r), *theirs;

	if (waiting == NULL || waiting == c || waiting->first == NULL) {
		waiting = c;
		send_later(c, mine, number);
		return;
	}
	theirs = waiting->first;
	mine->next = theirs->next;
	waiting->first = mine;
	if (mine->next == NULL)
		waiting->end = &mine->next;
	mine->due_ms = now_ms();
	waiting = NULL;
	theirs->next = NULL;
	send_chunk(c, theirs);
}

/* Spoils the replies that are hits, or all of them. */
#define HITS(f) .spoil = (f)
#define ALL(f)  .spoil = (f), .all = true

static const struct mode modes[] = {
    {.name = "good", .what = "as it should be"},
    {"late", "answers NUMBER ms late", 300, ALL(late)},
    {"jitter", "up to NUMBER ms late", 200, ALL(jitter)},
    {"dribble", "a byte each NUMBER ms", 20, ALL(dribble)},
    {"silent", "never answers", ALL(silent)},
    {"deaf", "accepts and never reads", .deaf = true},
    {"close", "hangs up on who connects", .closes = true},
    {"half", "hangs up in mid-reply", ALL(half)},
    {"other-value", "another key's value", HITS(other_value)},
    {"other-name", "and under that key's name", HITS(other_name)},
    {"long-name", "a name of NUMBER bytes", 320, HITS(long_name)},
    {"old", "the value it had first of all", HITS(old)},
    {"immortal", "nothing expires", .immortal = true},
    {"flip", "with one bit changed", HITS(flip)},
    {"cut", "half the value, then hangs up", HITS(cut)},
    {"short", "a length that is half", HITS(shorter)},
    {"long", "a length that is NUMBER too large", 100, HITS(longer)},
    {"negative", "a length of -NUMBER", 1, HITS(negative)},
    {"overflow", "lengths out of range", HITS(overflow)},
    {"claims", "a length of NUMBER MB, with less", 1024, HITS(claims)},
    {"huge", "a value of NUMBER MB", 64, HITS(huge)},
    {"endless", "a line of NUMBER MB", 64, ALL(endless)},
    {"flood", "NUMBER MB of replies", 64, ALL(flood)},
    {"garbage", "NUMBER random bytes", 200, ALL(garbage)},
    {"error", "an error, whatever is asked", ALL(fails)},
    {"wrong-kind", "of another command", ALL(wrong_kind)},
    {"arrays", "of Redis, nested and large", ALL(arrays)},
    {"doubled", "every reply twice", ALL(doubled)},
    {"early", "a hit for who connects", .greets = true},
    {"held", "each with the next request", ALL(held)},
    {"shifted", "each as the one before", ALL(shifted)},
    {"swapped", "two connections', within NUMBER ms", 50, ALL(swapped)},
    {"forgetful", "keeps nothing", .forgets = true},
    {"full", "refuses to keep anything", .refuses = true},
    {"read-only", "takes no command to keep anything", .reads = true},
    {"leased", "somebody else was first to add", .leases = true},
};

static void
answer(struct conn *c, struct reply *r)
{
	if (mode->spoil == NULL || (!mode->all && r->item == NULL)) {
		send_chunk(c, written(r));
		return;
	}
	counts[COUNT_SPOILT]++;
	mode->spoil(c, r);
}

static void
answer_line(struct conn *c, enum verb verb, const char *line)
{
	answer(c, &(struct reply){.verb = verb, .line = line});
}

static struct reply
hit_of(const struct item *i)
{
	return (struct reply){
	    .verb = GET,
	    .item = i,
	    .name = i->key,
	    .value = i->value.data,
	    .len = i->value.len,
	};
}

static void
serve_get(struct conn *c, const struct request *req)
{
	const struct item *i = find_item(req->key);
	struct reply r;

	counts[COUNT_GETS]++;
	if (i == NULL) {
		answer_line(c, GET, lines[kind].miss);
		return;
	}
	counts[COUNT_HITS]++;
	r = hit_of(i);
	answer(c, &r);
}

static void
serve_set(struct conn *c, const struct request *req)
{
	const char *line = lines[kind].stored;
	bool add = req->verb == ADD;

	counts[add ? COUNT_ADDS : COUNT_SETS]++;
	if (mode->forgets || mode->refuses || mode->reads ||
	    (mode->leases && add))
		counts[COUNT_SPOILT]++;
	if (mode->refuses)
		line = lines[kind].full;
	else if (mode->reads)
		line = lines[kind].read_only;
	else if (add && (mode->leases || find_item(req->key) != NULL))
		line = lines[kind].not_stored;
	else if (!mode->forgets)
		keep_item(req);
	answer_line(c, req->verb, line);
}

static void
serve_delete(struct conn *c, const struct request *req)
{
	struct item *i = find_item(req->key);

	counts[COUNT_DELETES]++;
	if (i != NULL)
		forget_item(i);
	answer_line(
	    c, DELETE, i != NULL ? lines[kind].deleted : lines[kind].not_found);
}

static void
serve(struct conn *c, const struct request *req)
{
	switch (req->verb) {
	case GET:
		serve_get(c, req);
		break;
	case SET:
	case ADD:
		serve_set(c, req);
		break;
	case DELETE:
		serve_delete(c, req);
		break;
	case OTHER:
		answer_line(c, OTHER, req->line);
		break;
	}
}

static void
consume(struct conn *c, size_t len)
{
	memmove(c->in.data, c->in.data + len, c->in.len - len);
	c->in.len -= len;
}

/*
 * Copies the next line without its end; returns its length with the end, or 0
 * if it has not come yet.
 */
static size_t
next_line(const struct conn *c, size_t from, char line[LINE_MAX_LEN])
{
	const char *start = c->in.data + from, *end;
	size_t len;

	if (c->in.len <= from)
		return 0;
	end = memchr(start, '\n', c->in.len - from);
	if (end == NULL)
		return 0;
	len = (size_t)(end - start);
	if (len >= LINE_MAX_LEN)
		errx(1, "a command of %zu bytes", len);
	memcpy(line, start, len);
	if (len > 0 && line[len - 1] == '\r')
		line[len - 1] = '\0';
	line[len] = '\0';
	return len + 1;
}

static int
split(char *line, char *words[WORDS_MAX])
{
	char *rest = NULL, *word = strtok_r(line, " ", &rest);
	int n = 0;

	while (word != NULL && n < WORDS_MAX) {
		words[n++] = word;
		word = strtok_r(NULL, " ", &rest);
	}
	return n;
}

static int64_t
memcached_ttl_ms(long long expiry)
{
	if (expiry > MONTH_S)
		expiry -= (long long)time(NULL);
	else if (expiry == 0)
		return 0;
	return expiry > 0 ? expiry * 1000 : 1;
}

/*
 * Serves the next command of Memcached's protocol (doc/protocol.txt there), if
 * all of it has come.  A get is of one key.
 */
static bool
memcached_command(struct conn *c)
{
	struct request req = {.verb = OTHER, .line = lines[MEMCACHED].error};
	char line[LINE_MAX_LEN], *words[WORDS_MAX];
	size_t len = next_line(c, 0, line), all = len;
	int n;

	if (len == 0)
		return false;
	n = split(line, words);
	if (n >= 2)
		req.key = words[1];
	if (n == 2 && strcmp(words[0], "get") == 0) {
		req.verb = GET;
	} else if (n >= 5 &&
	    (strcmp(words[0], "set") == 0 || strcmp(words[0], "add") == 0)) {
		req.verb = words[0][0] == 'a' ? ADD : SET;
		req.flags = strtoul(words[2], NULL, 10);
		req.ttl_ms = memcached_ttl_ms(strtoll(words[3], NULL, 10));
		req.len = strtoul(words[4], NULL, 10);
		req.value = c->in.data + len;
		all += req.len + 2;
	} else if (n >= 2 && strcmp(words[0], "delete") == 0) {
		req.verb = DELETE;
	} else if (n >= 1 && strcmp(words[0], "version") == 0) {
		req.line = "VERSION 1.6.18";
	} else if (n >= 1 && strcmp(words[0], "flush_all") == 0) {
		forget_all();
		req.line = "OK";
	} else if (n >= 1 && strcmp(words[0], "quit") == 0) {
		c->closing = true;
		return false;
	}
	if (c->in.len < all)
		return false;
	serve(c, &req);
	consume(c, all);
	return true;
}

struct argument {
	char *s;
	size_t len;
};

static bool
is_word(const struct argument *a, const char *word)
{
	return strlen(word) == a->len && strncasecmp(a->s, word, a->len) == 0;
}

/* SET key value [NX] [PX ms | EX s] */
static bool
redis_set(const struct argument *a, int n, struct request *req)
{
	if (n < 3)
		return false;
	req->verb = SET;
	req->value = a[2].s;
	req->len = a[2].len;
	for (int i = 3; i < n; i++) {
		bool seconds = is_word(&a[i], "EX");

		if (is_word(&a[i], "NX")) {
			req->verb = ADD;
		} else if ((seconds || is_word(&a[i], "PX")) && i + 1 < n) {
			req->ttl_ms = strtoll(a[++i].s, NULL, 10);
			if (seconds)
				req->ttl_ms *= 1000;
		} else {
			req->verb = OTHER;
			req->line = "-ERR syntax error";
			return false;
		}
	}
	return true;
}

static void
redis_request(struct conn *c, const struct argument *a, int n)
{
	struct request req = {.verb = OTHER, .line = lines[REDIS].error};

	if (n >= 2)
		req.key = a[1].s;
	if (n == 2 && is_word(&a[0], "GET")) {
		req.verb = GET;
	} else if (is_word(&a[0], "SET")) {
		redis_set(a, n, &req);
	} else if (n == 2 &&
	    (is_word(&a[0], "DEL") || is_word(&a[0], "UNLINK"))) {
		req.verb = DELETE;
	} else if (is_word(&a[0], "PING")) {
		req.line = "+PONG";
	} else if (is_word(&a[0], "AUTH") || is_word(&a[0], "SELECT") ||
	    is_word(&a[0], "CLIENT")) {
		req.line = "+OK";
	} else if (is_word(&a[0], "FLUSHALL")) {
		forget_all();
		req.line = "+OK";
	} else if (is_word(&a[0], "QUIT")) {
		req.line = "+OK";
		c->closing = true;
	}
	serve(c, &req);
}

/*
 * The same for Redis: an array of bulk strings ("Redis serialization protocol
 * specification", RESP2).
 */
static bool
redis_command(struct conn *c)
{
	struct argument a[WORDS_MAX];
	char line[LINE_MAX_LEN];
	size_t at = next_line(c, 0, line);
	long n;

	if (at == 0)
		return false;
	n = line[0] == '*' ? strtol(line + 1, NULL, 10) : 0;
	if (n < 1 || n > WORDS_MAX)
		errx(1, "not a command: %s", line);
	for (long i = 0; i < n; i++) {
		size_t len = next_line(c, at, line);

		if (len == 0)
			return false;
		at += len;
		a[i].len = strtoul(line + 1, NULL, 10);
		if (c->in.len < at + a[i].len + 2)
			return false;
		a[i].s = c->in.data + at;
		at += a[i].len + 2;
	}
	/* the keys of squall's pages hold no NUL: they can end with one */
	for (long i = 0; i < n; i++)
		a[i].s[a[i].len] = '\0';
	redis_request(c, a, (int)n);
	consume(c, at);
	return true;
}

static void
drop_conn(struct conn *c)
{
	struct chunk *k;

	if (waiting == c)
		waiting = NULL;
	while ((k = c->first) != NULL) {
		c->first = k->next;
		free(k);
	}
	free(c->kept);
	free(c->in.data);
	close(c->fd);
	for (size_t i = 0; i < n_conns; i++) {
		if (conns[i] == c)
			conns[i] = conns[--n_conns];
	}
	free(c);
}

static bool
set_mode(const char *name, const char *n)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(modes[i].name, name) != 0)
			continue;
		mode = &modes[i];
		number = n != NULL ? strtol(n, NULL, 10) : mode->number;
		counts[COUNT_SPOILT] = 0;
		/* What is done to new connections is done to all. */
		for (size_t j = n_conns; j-- > 0;) {
			if (!conns[j]->control &&
			    (mode->closes || mode->greets))
				drop_conn(conns[j]);
		}
		return true;
	}
	return false;
}

static bool
control_command(struct conn *c)
{
	char line[LINE_MAX_LEN], *words[WORDS_MAX] = {0}, reply[64] = "what?\n";
	size_t len = next_line(c, 0, line);
	int n;

	if (len == 0)
		return false;
	consume(c, len);
	n = split(line, words);
	if (n >= 2 && strcmp(words[0], "mode") == 0 &&
	    set_mode(words[1], words[2]))
		snprintf(reply, sizeof(reply), "ok\n");
	for (int i = 0; n == 2 && i < COUNTERS; i++) {
		if (strcmp(words[0], "count") == 0 &&
		    strcmp(words[1], counter_names[i]) == 0)
			snprintf(reply, sizeof(reply), "%llu\n", counts[i]);
	}
	if (n == 1 && strcmp(words[0], "quit") == 0)
		c->closing = true;
	else
		send_chunk(c, new_chunk(reply, strlen(reply)));
	return !c->closing;
}

/* Reads what has come, and serves it; false: the connection has ended. */
static bool
read_conn(struct conn *c)
{
	char block[65536];
	ssize_t n = recv(c->fd, block, sizeof(block), MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return false;
	if (n > 0)
		text_add(&c->in, block, (size_t)n);
	for (bool more = true; more && !c->closing;) {
		if (c->control)
			more = control_command(c);
		else if (kind == MEMCACHED)
			more = memcached_command(c);
		else
			more = redis_command(c);
	}
	return true;
}

/* Sends what is due; false: the connection has ended. */
static bool
write_conn(struct conn *c)
{
	struct chunk *k;

	while ((k = c->first) != NULL && k->due_ms <= now_ms()) {
		size_t left = k->gap_ms > 0 ? 1 : k->len - k->sent;
		ssize_t n = send(c->fd, k->data + k->sent, left,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		k->sent += (size_t)n;
		if (k->gap_ms > 0)
			k->due_ms = now_ms() + k->gap_ms;
		if (k->sent < k->len)
			continue;
		k->sent = 0;
		if (--k->times > 0)
			continue;
		c->first = k->next;
		if (c->first == NULL)
			c->end = &c->first;
		free(k);
	}
	return k != NULL || !c->closing;
}

static void
accept_conn(int listener, bool control)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	struct conn *c;

	if (fd < 0)
		return;
	if (!control)
		counts[COUNT_CONNECTIONS]++;
	if (!control && mode->deaf)
		counts[COUNT_SPOILT]++;
	if ((!control && mode->closes) || n_conns == CONNS_MAX) {
		counts[COUNT_SPOILT]++;
		close(fd);
		return;
	}
	c = need(calloc(1, sizeof(*c)));
	c->fd = fd;
	c->control = control;
	c->end = &c->first;
	conns[n_conns++] = c;
	if (!control && mode->greets && items != NULL) {
		struct reply r = hit_of(items);

		counts[COUNT_SPOILT]++;
		send_chunk(c, written(&r));
	}
}

/* What to wait for on a connection; brings forward when to look again. */
static struct pollfd
interest(const struct conn *c, int64_t *wake_ms)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};

	if (c->first != NULL && c->first->due_ms <= now_ms())
		p.events |= POLLOUT;
	else if (c->first != NULL && c->first->due_ms < *wake_ms)
		*wake_ms = c->first->due_ms;
	if (!c->control && mode->deaf)
		p.fd = -1;
	return p;
}

static void
turn(int listener, int control)
{
	static struct pollfd polls[CONNS_MAX + 2];
	struct conn *polled[CONNS_MAX];
	int64_t wake_ms = INT64_MAX, left;
	size_t n = n_conns;

	memcpy(polled, conns, sizeof(conns));
	for (size_t i = 0; i < n; i++)
		polls[i] = interest(polled[i], &wake_ms);
	polls[n] = (struct pollfd){.fd = listener, .events = POLLIN};
	polls[n + 1] = (struct pollfd){.fd = control, .events = POLLIN};
	left = wake_ms == INT64_MAX ? -1 : wake_ms - now_ms();
	if (wake_ms != INT64_MAX && left < 0)
		left = 0;
	if (poll(polls, n + 2, (int)left) < 0 && errno != EINTR)
		err(1, "poll");
	/* One that a command dropped is no longer among the others. */
	for (size_t i = 0; i < n; i++) {
		bool open = false;

		for (size_t j = 0; j < n_conns && !open; j++)
			open = conns[j] == polled[i];
		if (!open)
			continue;
		if ((polls[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			open = read_conn(polled[i]);
		if (!open || !write_conn(polled[i]))
			drop_conn(polled[i]);
	}
	if (polls[n].revents != 0)
		accept_conn(listener, false);
	if (polls[n + 1].revents != 0)
		accept_conn(control, true);
}

/* A listening socket at /path or 127.0.0.1:PORT. */
static int
listen_at(const char *address)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr *name = (struct sockaddr *)&un;
	socklen_t len = sizeof(un);
	int fd, one = 1;

	if (address[0] == '/') {
		if (strlen(address) >= sizeof(un.sun_path))
			errx(1, "%s: too long", address);
		strncpy(un.sun_path, address, sizeof(un.sun_path) - 1);
		unlink(address);
	} else {
		const char *colon = strchr(address, ':');

		if (colon == NULL)
			errx(1, "%s: no port", address);
		in.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
		in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		name = (struct sockaddr *)&in;
		len = sizeof(in);
	}
	fd = socket(name->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, name, len) < 0 || listen(fd, 1024) < 0)
		err(1, "%s", address);
	return fd;
}

static void
usage(void)
{
	fprintf(stderr,
	    "usage: hostile-store memcached|redis ADDRESS CONTROL\n"
	    "Its modes:\n");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		fprintf(stderr, "  %-12s %s\n", modes[i].name, modes[i].what);
	exit(2);
}

int
main(int argc, char **argv)
{
	int listener, control;

	if (argc != 4)
		usage();
	kind = strcmp(argv[1], "redis") == 0 ? REDIS : MEMCACHED;
	if (kind == MEMCACHED && strcmp(argv[1], "memcached") != 0)
		usage();
	set_mode("good", NULL);
	listener = listen_at(argv[2]);
	control = listen_at(argv[3]);
	for (;;)
		turn(listener, control);
}
