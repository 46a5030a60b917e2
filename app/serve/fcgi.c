/*
 * Requests from FastCGI records, in whatever pieces they arrive.  Called by the
 * event loop, for one connection after another.
 */
#include "app/serve/fcgi.h"

#include <sys/socket.h>

#include <errno.h>

#include "app/watch/log.h"

enum {
	READ_BYTES = 64 << 10,
	PARAMS_MAX = 128 << 10, /* more are dropped, to answer with a 414 */
	PARAMS_END = 1 << 20,   /* with more, the connection is closed */
	STDIN_MAX = 1 << 20,    /* a longer body is not waited for */
	VALUES_MAX = 4096,      /* content of a management record */
};

static uint16_t
record_id(const FCGI_Header *h)
{
	return (uint16_t)(h->requestIdB1 << 8 | h->requestIdB0);
}

static size_t
record_content(const FCGI_Header *h)
{
	return (size_t)(h->contentLengthB1 << 8 | h->contentLengthB0);
}

/*
 * Sends a small record beside the replies.  If the socket has no room, the web
 * server does not read, and does not wait for this record either.
 */
static void
send_record(int fd, unsigned type, uint16_t id, const void *content, size_t len)
{
	struct {
		FCGI_Header header;
		unsigned char content[VALUES_MAX];
	} record;

	record.header = fcgi_header(type, id, len);
	memcpy(record.content, content, len);
	if (send(fd, &record, sizeof(record.header) + len,
		MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("fcgi", "send: %s", strerror(errno));
}

static void
end_request(int fd, uint16_t id, unsigned char protocol_status)
{
	FCGI_EndRequestBody body = {.protocolStatus = protocol_status};

	send_record(fd, FCGI_END_REQUEST, id, &body, sizeof(body));
}

/* Takes a length of 1 or 4 bytes (section 3.4). */
static inline bool
take_length(struct str *s, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s->s;
	size_t n = s->len > 0 && p[0] >= 0x80 ? 4 : 1;

	if (s->len < n)
		return false;
	*len = n == 1 ? p[0]
		      : (size_t)(p[0] & 0x7f) << 24 | (size_t)p[1] << 16 |
		(size_t)p[2] << 8 | p[3];
	s->s += n;
	s->len -= n;
	return true;
}

/* Takes a name and its value. */
static inline bool
take_pair(struct str *s, struct str *name, struct str *value)
{
	struct str rest = *s;

	if (!take_length(&rest, &name->len) ||
	    !take_length(&rest, &value->len) || name->len > rest.len ||
	    value->len > rest.len - name->len)
		return false;
	name->s = rest.s;
	value->s = rest.s + name->len;
	s->s = value->s + value->len;
	s->len = rest.len - name->len - value->len;
	return true;
}

/* Answers FCGI_GET_VALUES (section 4.1). */
static bool
get_values(int fd, const struct fcgi_reader *r)
{
	struct str asked = {buf_cstr(&r->body), r->body.len};
	struct buf answer = {0};
	struct str name, value;
	bool ok = true;

	while (ok && asked.len > 0) {
		ok = take_pair(&asked, &name, &value);
		if (!ok || !str_is(name, FCGI_MPXS_CONNS))
			continue;
		buf_char(&answer, (char)strlen(FCGI_MPXS_CONNS));
		buf_lit(&answer, "\1" FCGI_MPXS_CONNS "0");
	}
	if (ok && answer.len <= VALUES_MAX)
		send_record(fd, FCGI_GET_VALUES_RESULT, 0, buf_cstr(&answer),
		    answer.len);
	buf_release(&answer);
	return ok;
}

static bool
begin_request(int fd, struct fcgi_reader *r, uint16_t id)
{
	FCGI_BeginRequestBody body;

	if (r->body.len != sizeof(body) || id == 0)
		return false;
	memcpy(&body, r->body.data, sizeof(body));
	if (r->state != READS_BEGIN) {
		if (id == r->call.id)
			return false;
		end_request(fd, id, FCGI_CANT_MPX_CONN);
		return true;
	}
	if ((body.roleB1 << 8 | body.roleB0) != FCGI_RESPONDER) {
		end_request(fd, id, FCGI_UNKNOWN_ROLE);
		return false;
	}
	r->state = READS_PARAMS;
	r->call = (struct fcgi_call){
	    .id = id, .keep = (body.flags & FCGI_KEEP_CONN) != 0};
	return true;
}

/* Ends a record of the request under way.  False: it breaks the rules. */
static bool
request_record(int fd, struct fcgi_reader *r, unsigned type, size_t content)
{
	switch (type) {
	case FCGI_ABORT_REQUEST:
		end_request(fd, r->call.id, FCGI_REQUEST_COMPLETE);
		return false;
	case FCGI_PARAMS:
		if (r->state != READS_PARAMS)
			return false;
		if (content == 0)
			r->state = READS_STDIN;
		return true;
	case FCGI_STDIN:
		if (r->state != READS_STDIN)
			return false;
		if (content == 0)
			r->state = READS_NO_MORE;
		return true;
	default:
		return false;
	}
}

/* All of a record has arrived.  False: it breaks the rules. */
static bool
end_record(int fd, struct fcgi_reader *r)
{
	unsigned type = r->header.type;
	uint16_t id = record_id(&r->header);

	r->header_len = 0;
	if (type == FCGI_BEGIN_REQUEST)
		return begin_request(fd, r, id);
	if (type == FCGI_GET_VALUES && id == 0)
		return get_values(fd, r);
	if (id == 0) {
		FCGI_UnknownTypeBody body = {.type = r->header.type};

		send_record(fd, FCGI_UNKNOWN_TYPE, 0, &body, sizeof(body));
		return true;
	}
	if (r->state == READS_BEGIN || id != r->call.id)
		return true;
	return request_record(fd, r, type, record_content(&r->header));
}

/* The header of a record has arrived.  False: it breaks the rules. */
static bool
begin_record(struct fcgi_reader *r)
{
	unsigned type = r->header.type;

	r->content = record_content(&r->header);
	r->padding = r->header.paddingLength;
	buf_reset(&r->body);
	return r->header.version == FCGI_VERSION_1 &&
	    ((type != FCGI_BEGIN_REQUEST && record_id(&r->header) != 0) ||
		r->content <= VALUES_MAX);
}

static bool
take_content(struct fcgi_reader *r, const char *p, size_t n)
{
	unsigned type = r->header.type;
	uint16_t id = record_id(&r->header);

	r->content -= n;
	if (type == FCGI_BEGIN_REQUEST || id == 0) {
		buf_add(&r->body, p, n);
		return !r->body.failed;
	}
	if (r->state == READS_BEGIN || id != r->call.id)
		return true;
	if (type == FCGI_PARAMS) {
		r->params_len += n;
		if (r->params_len <= PARAMS_MAX)
			buf_add(&r->params, p, n);
		else if (r->params_len > PARAMS_END)
			log_warn("fcgi",
			    "a request with more than %d bytes of "
			    "parameters is refused",
			    PARAMS_END);
		return !r->params.failed && r->params_len <= PARAMS_END;
	}
	if (type == FCGI_STDIN)
		r->stdin_len += n;
	return true;
}

/* Is there a request to answer? */
static bool
is_ready(const struct fcgi_reader *r)
{
	return r->state == READS_NO_MORE ||
	    (r->state == READS_STDIN && r->stdin_len > STDIN_MAX);
}

/*
 * Takes bytes apart until a request is ready.  Returns the number of bytes
 * taken, or -1 if they are not FastCGI.
 */
static ssize_t
feed(int fd, struct fcgi_reader *r, const char *p, size_t len)
{
	size_t at = 0;

	while (at < len && !is_ready(r)) {
		size_t left = len - at, n;

		if (r->header_len < FCGI_HEADER_LEN) {
			n = FCGI_HEADER_LEN - r->header_len;
			n = n < left ? n : left;
			memcpy((char *)&r->header + r->header_len, p + at, n);
			r->header_len += n;
			at += n;
			if (r->header.version != FCGI_VERSION_1 ||
			    (r->header_len == FCGI_HEADER_LEN &&
				!begin_record(r)))
				return -1;
		} else if (r->content > 0) {
			n = r->content < left ? r->content : left;
			if (!take_content(r, p + at, n))
				return -1;
			at += n;
		} else {
			n = r->padding < left ? r->padding : left;
			r->padding -= n;
			at += n;
		}
		if (r->header_len == FCGI_HEADER_LEN && r->content == 0 &&
		    r->padding == 0 && !end_record(fd, r))
			return -1;
	}
	return (ssize_t)at;
}

/* Takes apart the bytes that the last read has left. */
static ssize_t
feed_rest(int fd, struct fcgi_reader *r)
{
	struct buf rest = r->rest;
	ssize_t n;

	r->rest = (struct buf){0};
	n = feed(fd, r, buf_cstr(&rest), rest.len);
	if (n >= 0 && (size_t)n < rest.len)
		buf_add(&r->rest, rest.data + n, rest.len - (size_t)n);
	buf_release(&rest);
	return r->rest.failed ? -1 : n;
}

static enum fcgi_result
feed_socket(int fd, struct fcgi_reader *r)
{
	static _Thread_local char buffer[READ_BYTES];

	while (!is_ready(r)) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		ssize_t taken;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			bool begun =
			    r->state != READS_BEGIN || r->header_len > 0;

			r->more = false;
			return begun ? FCGI_AGAIN : FCGI_IDLE;
		}
		if (n <= 0)
			return FCGI_GONE;
		r->more = n == sizeof(buffer);
		taken = feed(fd, r, buffer, (size_t)n);
		if (taken < 0)
			return FCGI_GONE;
		if (taken < n)
			buf_add(&r->rest, buffer + taken, (size_t)(n - taken));
		if (r->rest.failed)
			return FCGI_GONE;
	}
	return FCGI_DONE;
}

static bool
take_request(struct fcgi_reader *r, const char *prefix, struct request *req,
    int *status, struct buf *why)
{
	struct str params = {buf_cstr(&r->params), r->params.len};
	struct request_vars vars = {.wants_client = log_wants_client()};
	struct str name, value;

	if (r->params_len > PARAMS_MAX) {
		request_reset(req);
		buf_printf(why,
		    "The request’s address and header fields are longer than "
		    "the %d bytes that are read.",
		    PARAMS_MAX);
		*status = 414;
		return true;
	}
	while (params.len > 0) {
		if (!take_pair(&params, &name, &value))
			return false;
		request_vars_add(&vars, name, value);
	}
	*status = request_parse_vars(req, &vars, prefix, why);
	return true;
}

enum fcgi_result
fcgi_read(int fd, struct fcgi_reader *r, const char *prefix,
    struct request *req, struct fcgi_call *call, int *status, struct buf *why)
{
	enum fcgi_result result;

	if (r->rest.len > 0 && feed_rest(fd, r) < 0)
		return FCGI_GONE;
	result = feed_socket(fd, r);
	if (result != FCGI_DONE)
		return result;
	*call = r->call;
	if (r->state != READS_NO_MORE) {
		call->keep = false;
		call->linger = true;
	}
	if (!take_request(r, prefix, req, status, why))
		return FCGI_GONE;
	r->state = READS_BEGIN;
	r->stdin_len = 0;
	r->params_len = 0;
	buf_reset(&r->params);
	return FCGI_DONE;
}

bool
fcgi_has_more(const struct fcgi_reader *r)
{
	return r->rest.len > 0 || r->more;
}

void
fcgi_reader_release(struct fcgi_reader *r)
{
	buf_release(&r->body);
	buf_release(&r->params);
	buf_release(&r->rest);
}

bool
fcgi_gave_up(int fd, const struct fcgi_reader *r)
{
	char bytes[2 * FCGI_HEADER_LEN];
	FCGI_Header next;
	size_t len = r->rest.len;
	ssize_t n;

	/* The next header may have begun behind the request. */
	if (len > FCGI_HEADER_LEN)
		len = FCGI_HEADER_LEN;
	if (len > 0)
		memcpy(bytes, r->rest.data, len);
	n = recv(fd, bytes + len, FCGI_HEADER_LEN, MSG_PEEK | MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return true;
	len += n < 0 ? 0 : (size_t)n;
	/* A request not read to its end may be in the middle of a record. */
	if (r->header_len > 0 || len < FCGI_HEADER_LEN)
		return false;
	memcpy(&next, bytes, sizeof(next));
	return next.version == FCGI_VERSION_1 &&
	    next.type == FCGI_ABORT_REQUEST && record_id(&next) == r->call.id;
}
