/*
 * FastCGI through libfcgi, the only file that knows it.
 *
 * libfcgi reads a request with blocking reads and gives up on some malformed
 * records by aborting.  So the records are looked at first, where they lie in
 * the socket's buffer, and libfcgi reads only a request that is whole and in
 * order.  Replies are written without it: one system call instead of one per
 * 8 KiB.
 */
#include "app/fcgi.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcgiapp.h>

#include "app/log.h"

/* FastCGI specification 1.0, sections 3.3 and 8. */
enum {
	VERSION = 1,
	BEGIN_REQUEST = 1,
	ABORT_REQUEST = 2,
	END_REQUEST = 3,
	PARAMS = 4,
	STDIN = 5,
	STDOUT = 6,
	HEADER_LEN = 8,
	RESPONDER = 1,
	KEEP_CONN = 1,
};

enum {
	REQUEST_BYTES = 128 << 10, /* parameters and body that are waited for */
	RECORD_BYTES = 65528,      /* of content; a multiple of 8 */
	TRAILER_LEN = 3 * HEADER_LEN,
	PIECES = 48, /* of one write */
};

/* What the records in the socket's buffer amount to. */
struct frame {
	enum {
		FRAME_BEGIN,  /* no request yet */
		FRAME_PARAMS, /* some of its parameters */
		FRAME_STDIN,  /* all parameters, some of its body */
		FRAME_WHOLE,
		FRAME_ABORTED,
		FRAME_BROKEN,
	} state;
	uint16_t id;
	bool keep;
	size_t len; /* of the whole records */
};

bool
fcgi_init(void)
{
	return FCGX_Init() == 0;
}

static void
take_record(struct frame *f, const unsigned char *p, size_t content)
{
	unsigned type = p[1];
	uint16_t id = (uint16_t)(p[2] << 8 | p[3]);

	if (f->state == FRAME_BEGIN) {
		bool begins = type == BEGIN_REQUEST && content == 8 &&
		    (p[8] << 8 | p[9]) == RESPONDER;

		f->id = id;
		f->keep = begins && (p[10] & KEEP_CONN) != 0;
		f->state = begins && id != 0 ? FRAME_PARAMS : FRAME_BROKEN;
	} else if (type == ABORT_REQUEST) {
		f->state = FRAME_ABORTED;
	} else if (id != f->id) {
		f->state = FRAME_BROKEN; /* no multiplexing */
	} else if (f->state == FRAME_PARAMS && type == PARAMS) {
		if (content == 0)
			f->state = FRAME_STDIN;
	} else if (f->state == FRAME_STDIN && type == STDIN) {
		if (content == 0)
			f->state = FRAME_WHOLE;
	} else {
		f->state = FRAME_BROKEN;
	}
}

static struct frame
look(const unsigned char *p, size_t n)
{
	struct frame f = {.state = FRAME_BEGIN};

	while (f.state < FRAME_WHOLE && f.len < n) {
		const unsigned char *at = p + f.len;
		size_t left = n - f.len, content, len;

		if (at[0] != VERSION) {
			f.state = FRAME_BROKEN;
			break;
		}
		if (left < HEADER_LEN)
			break;
		content = (size_t)(at[4] << 8 | at[5]);
		len = HEADER_LEN + content + at[6];
		if (left < len)
			break;
		take_record(&f, at, content);
		f.len += len;
	}
	return f;
}

/*
 * Lets libfcgi read the request, and drops its body.  False if libfcgi could
 * not, and has closed the descriptor.
 */
static bool
read_request(int fd, bool whole, const char *prefix, struct request *req,
    int *status, struct buf *why)
{
	FCGX_Request r;
	char rest[4096];

	FCGX_InitRequest(&r, -1, 0);
	r.ipcFd = fd;
	r.keepConnection = 1; /* closing is not libfcgi's business here */
	r.detached = 1;
	if (FCGX_Accept_r(&r) != 0)
		return false;
	*status = request_parse(req, r.envp, prefix, why);
	/* What stays unread would be taken for the next request. */
	while (whole && FCGX_GetStr(rest, sizeof(rest), r.in) > 0)
		;
	FCGX_Free(&r, 0);
	return true;
}

enum fcgi_result
fcgi_read(int fd, const char *prefix, struct request *req,
    struct fcgi_call *call, int *status, struct buf *why)
{
	static _Thread_local unsigned char buffer[REQUEST_BYTES];
	ssize_t n = recv(fd, buffer, sizeof(buffer), MSG_PEEK | MSG_DONTWAIT);
	bool full = n == sizeof(buffer);
	struct frame f;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return FCGI_IDLE;
	if (n <= 0)
		return FCGI_GONE;
	f = look(buffer, (size_t)n);
	if (f.state == FRAME_ABORTED)
		return FCGI_GONE;
	if (f.state == FRAME_BROKEN) {
		log_warn("fcgi",
		    "a connection that does not speak FastCGI, "
		    "or multiplexes, is closed");
		return FCGI_GONE;
	}
	if (f.state < FRAME_WHOLE && !full)
		return FCGI_AGAIN;
	if (f.state < FRAME_STDIN) {
		log_warn("fcgi",
		    "a request with more than %d bytes of parameters is "
		    "refused",
		    REQUEST_BYTES);
		return FCGI_GONE;
	}
	*call = (struct fcgi_call){
	    .id = f.id,
	    /* Bytes after the request are lost in libfcgi's buffer. */
	    .keep = f.keep && f.state == FRAME_WHOLE && f.len == (size_t)n,
	    .linger = f.state == FRAME_STDIN,
	};
	if (!read_request(
		fd, f.state == FRAME_WHOLE, prefix, req, status, why)) {
		log_warn("fcgi", "libfcgi could not read a request");
		return FCGI_LOST;
	}
	return FCGI_DONE;
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
	if (at < total)
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
	size_t all = total + records * HEADER_LEN + TRAILER_LEN;

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
