/*
 * FastCGI records.  Not libfcgi's: its reads block, so that one web server
 * which sends half a request would stop everybody's; and looking into the
 * socket first whether a request is whole does not help where it is larger
 * than the socket's buffer.
 */
#include "app/fcgi.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>

#include "app/log.h"

/* FastCGI specification 1.0, sections 3.3, 4 and 8. */
enum {
	VERSION = 1,
	BEGIN_REQUEST = 1,
	ABORT_REQUEST = 2,
	END_REQUEST = 3,
	PARAMS = 4,
	STDIN = 5,
	STDOUT = 6,
	GET_VALUES = 9,
	GET_VALUES_RESULT = 10,
	UNKNOWN_TYPE = 11,

	HEADER_LEN = 8,
	BEGIN_LEN = 8,
	RESPONDER = 1,
	KEEP_CONN = 1,

	REQUEST_COMPLETE = 0,
	CANT_MPX_CONN = 1,
	UNKNOWN_ROLE = 3,
};

enum {
	READ_BYTES = 64 << 10,
	PARAMS_MAX = 128 << 10, /* more are dropped, to answer with a 414 */
	PARAMS_END = 1 << 20,   /* more are no request */
	STDIN_MAX = 1 << 20,  /* a longer body is not waited for */
	VALUES_MAX = 4096,    /* content of a management record */
	RECORD_BYTES = 65528, /* content of a record; a multiple of 8 */
	TRAILER_LEN = 3 * HEADER_LEN,
	PIECES = 48, /* of one write */
};

static void
put_header(unsigned char *p, unsigned type, uint16_t id, size_t content)
{
	p[0] = VERSION;
	p[1] = (unsigned char)type;
	p[2] = (unsigned char)(id >> 8);
	p[3] = (unsigned char)id;
	p[4] = (unsigned char)(content >> 8);
	p[5] = (unsigned char)content;
	p[6] = p[7] = 0;
}

/*
 * A small record beside the replies.  The socket has room for it unless the
 * web server does not read, and then it does not wait for this either.
 */
static void
send_record(int fd, unsigned type, uint16_t id, const void *content, size_t len)
{
	unsigned char record[HEADER_LEN + VALUES_MAX];

	put_header(record, type, id, len);
	memcpy(record + HEADER_LEN, content, len);
	if (send(fd, record, HEADER_LEN + len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("fcgi", "send: %s", strerror(errno));
}

static void
end_request(int fd, uint16_t id, unsigned char protocol_status)
{
	unsigned char body[8] = {0, 0, 0, 0, protocol_status, 0, 0, 0};

	send_record(fd, END_REQUEST, id, body, sizeof(body));
}

/* A length of 1 or 4 bytes (section 3.4). */
static bool
take_length(struct str *s, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s->s;
	size_t n;

	if (s->len == 0)
		return false;
	n = p[0] < 0x80 ? 1 : 4;
	if (s->len < n)
		return false;
	*len = n == 1 ? p[0]
		      : (size_t)(p[0] & 0x7f) << 24 | (size_t)p[1] << 16 |
		(size_t)p[2] << 8 | p[3];
	s->s += n;
	s->len -= n;
	return true;
}

static bool
take_pair(struct str *s, struct str *name, struct str *value)
{
	size_t name_len, value_len;

	if (!take_length(s, &name_len) || !take_length(s, &value_len) ||
	    name_len > s->len || value_len > s->len - name_len)
		return false;
	*name = (struct str){s->s, name_len};
	*value = (struct str){s->s + name_len, value_len};
	s->s += name_len + value_len;
	s->len -= name_len + value_len;
	return true;
}

/* Answers what of FCGI_GET_VALUES is known (section 4.1). */
static bool
get_values(int fd, const struct fcgi_reader *r)
{
	static const char mpxs[] = "FCGI_MPXS_CONNS";
	struct str asked = {buf_cstr(&r->body), r->body.len};
	struct buf answer = {0};
	struct str name, value;
	bool ok = true;

	while (ok && asked.len > 0) {
		ok = take_pair(&asked, &name, &value);
		if (!ok || !str_is(name, mpxs))
			continue;
		buf_char(&answer, (char)(sizeof(mpxs) - 1));
		buf_lit(&answer, "\1FCGI_MPXS_CONNS0");
	}
	if (ok && answer.len <= VALUES_MAX)
		send_record(
		    fd, GET_VALUES_RESULT, 0, buf_cstr(&answer), answer.len);
	buf_release(&answer);
	return ok;
}

static bool
begin_request(int fd, struct fcgi_reader *r, uint16_t id)
{
	const unsigned char *p = (const unsigned char *)r->body.data;

	if (r->body.len != BEGIN_LEN || id == 0)
		return false;
	if (r->state != FCGI_BEGIN) {
		if (id == r->call.id)
			return false;
		end_request(fd, id, CANT_MPX_CONN);
		return true;
	}
	if ((p[0] << 8 | p[1]) != RESPONDER) {
		end_request(fd, id, UNKNOWN_ROLE);
		return false;
	}
	r->state = FCGI_PARAMS;
	r->call = (struct fcgi_call){.id = id, .keep = (p[2] & KEEP_CONN) != 0};
	return true;
}

/* The records that concern a request under way; others are ignored. */
static bool
request_record(int fd, struct fcgi_reader *r, unsigned type, size_t content)
{
	switch (type) {
	case ABORT_REQUEST:
		end_request(fd, r->call.id, REQUEST_COMPLETE);
		return false;
	case PARAMS:
		if (r->state != FCGI_PARAMS)
			return false;
		if (content == 0)
			r->state = FCGI_STDIN;
		return true;
	case STDIN:
		if (r->state != FCGI_STDIN)
			return false;
		if (content == 0)
			r->state = FCGI_WHOLE;
		return true;
	default:
		return false;
	}
}

static uint16_t
record_id(const struct fcgi_reader *r)
{
	return (uint16_t)(r->header[2] << 8 | r->header[3]);
}

static size_t
record_content(const struct fcgi_reader *r)
{
	return (size_t)(r->header[4] << 8 | r->header[5]);
}

/* All of a record has arrived.  False: the peer does not keep to the rules. */
static bool
end_record(int fd, struct fcgi_reader *r)
{
	unsigned type = r->header[1];
	uint16_t id = record_id(r);

	r->header_len = 0;
	if (type == BEGIN_REQUEST)
		return begin_request(fd, r, id);
	if (type == GET_VALUES && id == 0)
		return get_values(fd, r);
	if (id == 0) {
		unsigned char body[8] = {(unsigned char)type};

		send_record(fd, UNKNOWN_TYPE, 0, body, sizeof(body));
		return true;
	}
	if (r->state == FCGI_BEGIN || id != r->call.id)
		return true;
	return request_record(fd, r, type, record_content(r));
}

/* The header of a record has arrived. */
static bool
begin_record(struct fcgi_reader *r)
{
	unsigned type = r->header[1];

	r->content = record_content(r);
	r->padding = r->header[6];
	buf_reset(&r->body);
	return r->header[0] == VERSION &&
	    ((type != BEGIN_REQUEST && record_id(r) != 0) ||
		r->content <= VALUES_MAX);
}

static bool
take_content(struct fcgi_reader *r, const char *p, size_t n)
{
	unsigned type = r->header[1];
	uint16_t id = record_id(r);

	r->content -= n;
	if (type == BEGIN_REQUEST || id == 0) {
		buf_add(&r->body, p, n);
		return !r->body.failed;
	}
	if (r->state == FCGI_BEGIN || id != r->call.id)
		return true;
	if (type == PARAMS) {
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
	if (type == STDIN)
		r->stdin_len += n;
	return true;
}

/* Is there a request to be answered? */
static bool
is_ready(const struct fcgi_reader *r)
{
	return r->state == FCGI_WHOLE ||
	    (r->state == FCGI_STDIN && r->stdin_len > STDIN_MAX);
}

/*
 * Takes bytes apart until a request is ready; returns how many it took, or -1
 * if they are no FastCGI.
 */
static ssize_t
feed(int fd, struct fcgi_reader *r, const char *p, size_t len)
{
	size_t at = 0;

	while (at < len && !is_ready(r)) {
		size_t left = len - at, n;

		if (r->header_len < HEADER_LEN) {
			n = HEADER_LEN - r->header_len;
			n = n < left ? n : left;
			memcpy(r->header + r->header_len, p + at, n);
			r->header_len += n;
			at += n;
			if (r->header[0] != VERSION ||
			    (r->header_len == HEADER_LEN && !begin_record(r)))
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
		if (r->header_len == HEADER_LEN && r->content == 0 &&
		    r->padding == 0 && !end_record(fd, r))
			return -1;
	}
	return (ssize_t)at;
}

/* What is left of the last read goes first. */
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
			    r->state != FCGI_BEGIN || r->header_len > 0;

			r->more = false;
			return begun ? FCGI_AGAIN : FCGI_IDLE;
		}
		if (n <= 0)
			return FCGI_GONE;
		r->more = n == sizeof(buffer);
		taken = feed(fd, r, buffer, (size_t)n);
		if (taken < 0)
			return FCGI_GONE;
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
	if (r->state != FCGI_WHOLE) {
		call->keep = false;
		call->linger = true;
	}
	if (!take_request(r, prefix, req, status, why))
		return FCGI_GONE;
	r->state = FCGI_BEGIN;
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
fcgi_gave_up(int fd)
{
	unsigned char p[HEADER_LEN];
	ssize_t n = recv(fd, p, sizeof(p), MSG_PEEK | MSG_DONTWAIT);

	if (n < 0)
		return errno != EAGAIN && errno != EINTR;
	return n == 0 || (n == sizeof(p) && p[1] == ABORT_REQUEST);
}

/* The pieces of one write: what is left of the records. */
struct pieces {
	struct iovec iov[PIECES];
	size_t n;
	size_t skip; /* bytes that are sent already */
};

static void
add_piece(struct pieces *v, const void *p, size_t len)
{
	if (v->skip >= len) {
		v->skip -= len;
		return;
	}
	v->iov[v->n++] = (struct iovec){
	    .iov_base = (char *)p + v->skip,
	    .iov_len = len - v->skip,
	};
	v->skip = 0;
}

/* The bytes from `from` of head and body, taken as one. */
static void
add_content(
    struct pieces *v, const struct fcgi_reply *r, size_t from, size_t len)
{
	size_t in_head = from < r->head.len ? r->head.len - from : 0;

	if (in_head > len)
		in_head = len;
	if (in_head > 0)
		add_piece(v, r->head.s + from, in_head);
	if (in_head < len)
		add_piece(v, r->body.s + (from + in_head - r->head.len),
		    len - in_head);
}

/*
 * Records as they follow from the content and what is sent of it: a header
 * and up to RECORD_BYTES each, then the end of the stream and of the request.
 */
static void
gather(const struct fcgi_reply *r, struct pieces *v,
    unsigned char headers[PIECES][HEADER_LEN], unsigned char *trailer)
{
	size_t total = r->head.len + r->body.len;
	size_t record = r->sent / (HEADER_LEN + RECORD_BYTES);
	size_t at = record * RECORD_BYTES, n = 0;

	*v = (struct pieces){
	    .skip = r->sent - record * (HEADER_LEN + RECORD_BYTES)};
	while (at < total && v->n + 4 <= PIECES) {
		size_t len =
		    total - at < RECORD_BYTES ? total - at : RECORD_BYTES;

		put_header(headers[n], STDOUT, r->call.id, len);
		add_piece(v, headers[n++], HEADER_LEN);
		add_content(v, r, at, len);
		at += len;
	}
	if (at < total || r->more)
		return;
	memset(trailer, 0, TRAILER_LEN);
	put_header(trailer, STDOUT, r->call.id, 0);
	put_header(trailer + HEADER_LEN, END_REQUEST, r->call.id, 8);
	add_piece(v, trailer, TRAILER_LEN);
}

enum fcgi_result
fcgi_write(int fd, struct fcgi_reply *r)
{
	size_t total = r->head.len + r->body.len;
	size_t records = (total + RECORD_BYTES - 1) / RECORD_BYTES;
	size_t all = total + records * HEADER_LEN + (r->more ? 0 : TRAILER_LEN);

	while (r->sent < all) {
		unsigned char headers[PIECES][HEADER_LEN];
		unsigned char trailer[TRAILER_LEN];
		struct pieces v;
		ssize_t n;

		gather(r, &v, headers, trailer);
		n = sendmsg(fd,
		    &(struct msghdr){.msg_iov = v.iov, .msg_iovlen = v.n},
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? FCGI_AGAIN : FCGI_GONE;
		r->sent += (size_t)n;
	}
	return FCGI_DONE;
}
