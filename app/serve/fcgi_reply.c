/*
 * Replies as FastCGI records, in as few writes as possible: the content stays
 * where it is, and headers are put between.
 */
#include "app/serve/fcgi_reply.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <string.h>

enum {
	RECORD_BYTES = 65528, /* content of a record; a multiple of 8 */
	PIECES = 48,          /* of one write */
	/* Fewer bytes are quicker to copy than to send in pieces. */
	SMALL_BYTES = 8192,
};

/* The end of a reply's stream, and of its request. */
struct trailer {
	FCGI_Header stream_end;
	FCGI_EndRequestRecord request_end;
};

/* The pieces of one write: what is left of the records. */
struct pieces {
	struct iovec iov[PIECES];
	size_t n;
	size_t skip; /* bytes that have been sent already */
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

/* Adds bytes of head and body, which count as one. */
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
 * Gathers the records that remain to be sent: a header and up to RECORD_BYTES
 * each, then the end of the stream and of the request.
 */
static void
gather(const struct fcgi_reply *r, struct pieces *v,
    FCGI_Header headers[PIECES], struct trailer *trailer)
{
	size_t total = r->head.len + r->body.len;
	size_t record = r->sent / (FCGI_HEADER_LEN + RECORD_BYTES);
	size_t at = record * RECORD_BYTES, n = 0;

	*v = (struct pieces){
	    .skip = r->sent - record * (FCGI_HEADER_LEN + RECORD_BYTES)};
	while (at < total && v->n + 4 <= PIECES) {
		size_t len =
		    total - at < RECORD_BYTES ? total - at : RECORD_BYTES;

		headers[n] = fcgi_header(FCGI_STDOUT, r->call.id, len);
		add_piece(v, &headers[n++], FCGI_HEADER_LEN);
		add_content(v, r, at, len);
		at += len;
	}
	if (at < total || r->more)
		return;
	*trailer = (struct trailer){
	    .stream_end = fcgi_header(FCGI_STDOUT, r->call.id, 0),
	    .request_end.header = fcgi_header(FCGI_END_REQUEST, r->call.id,
		sizeof(trailer->request_end.body)),
	};
	add_piece(v, trailer, sizeof(*trailer));
}

static ssize_t
send_pieces(int fd, const struct pieces *v)
{
	char small[SMALL_BYTES];
	size_t len = 0;

	for (size_t i = 0; i < v->n; i++)
		len += v->iov[i].iov_len;
	if (len > sizeof(small))
		return sendmsg(fd,
		    &(struct msghdr){
			.msg_iov = (struct iovec *)v->iov,
			.msg_iovlen = v->n,
		    },
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	len = 0;
	for (size_t i = 0; i < v->n; i++) {
		memcpy(small + len, v->iov[i].iov_base, v->iov[i].iov_len);
		len += v->iov[i].iov_len;
	}
	return send(fd, small, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

enum fcgi_result
fcgi_reply_write(int fd, struct fcgi_reply *r)
{
	size_t total = r->head.len + r->body.len;
	size_t records = (total + RECORD_BYTES - 1) / RECORD_BYTES;
	size_t all = total + records * FCGI_HEADER_LEN +
	    (r->more ? 0 : sizeof(struct trailer));

	while (r->sent < all) {
		FCGI_Header headers[PIECES];
		struct trailer trailer;
		struct pieces v;
		ssize_t n;

		gather(r, &v, headers, &trailer);
		n = send_pieces(fd, &v);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? FCGI_AGAIN : FCGI_GONE;
		r->sent += (size_t)n;
	}
	return FCGI_DONE;
}
