/*
 * Fuzzes the way from a web server's bytes to a page's key: app/serve/fcgi.c,
 * request.c and route.c.  The bytes are sent twice, the second time in small
 * pieces and with padded records, and the same has to come of them.  A request
 * that has a page has one address for it that leads to the same key; and its
 * memory, which its strings point into, stays where it is.
 *
 * An input is: a byte that chooses the prefix and the padding, a number of
 * sizes of pieces, these sizes, and the bytes to send.  There, 0xff 0xff N
 * stands for N KiB, so that a small input reaches the limits of large requests.
 */
#include "app/serve/fcgi.h"

#include <sys/socket.h>

#include <unistd.h>

#include "app/watch/log.h"
#include "handlers/routes.h"
#include "tests/fuzz/fuzz.h"

enum {
	INPUT_MAX = 2048, /* as many records as the socket holds replies to */
	STREAM_MAX = 1200 << 10, /* more than is read of a body */
	FILLER_LEN = 1024,
	RECORD_HEADER = 8,
	PIECE_MAX = 32 << 10,
	SMALL_PIECES = 256, /* that many, since each takes its time */
};

/* The two ends of a connection, and what has been read from it. */
struct line {
	int server, client;
	struct fcgi_reader reader;
	struct request *req;
	struct fcgi_call call;
	const char *prefix;
	struct buf requests; /* what was read, in words */
	struct buf replies;  /* the bytes that the client got */
};

static void
line_open(struct line *l, const char *prefix)
{
	int fd[2], room = 200 << 10;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0);
	setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	*l = (struct line){
	    .server = fd[0],
	    .client = fd[1],
	    .req = request_new(),
	    .prefix = prefix,
	};
}

static void
line_close(struct line *l)
{
	close(l->server);
	close(l->client);
	fcgi_reader_release(&l->reader);
	request_unref(l->req);
	buf_release(&l->requests);
	buf_release(&l->replies);
}

/* The address of a page, taken apart as if somebody had asked for it. */
static void
check_address(const struct request *req, struct str key)
{
	struct request *again = request_new();
	struct buf path = {0}, query = {0}, why = {0}, same = {0};
	struct request_vars vars = {
	    .method = str_of("HEAD"),
	    .script_name = req->prefix,
	};

	request_path(req, &path);
	buf_str(&path, request_suffix(req->format));
	route_query(req, &query);
	vars.path_info = str_of_buf(&path);
	vars.query = str_of_buf(&query);
	take(&vars.query, 1); /* the '?' */
	if (req->prefix.len + path.len + query.len <= REQUEST_MAX) {
		CHECK(request_parse_vars(again, &vars, NULL, &why) == 200);
		CHECK(route_request(&routes_publisher, again, &why) == 200);
		CHECK(again->route == req->route);
		CHECK(again->n_segments == req->n_segments);
		for (size_t i = 0; i < req->n_segments; i++)
			CHECK(str_eq(again->segments[i], req->segments[i]));
		route_key(again, &same);
		CHECK(str_eq(str_of_buf(&same), key));
	}
	request_unref(again);
	buf_release(&path);
	buf_release(&query);
	buf_release(&why);
	buf_release(&same);
}

/* The same page in the other format is another page. */
static void
check_other_format(const struct request *req, struct str key)
{
	struct request other = *req;
	struct buf b = {0};

	other.format = req->format == FORMAT_HTML ? FORMAT_JSON : FORMAT_HTML;
	route_key(&other, &b);
	CHECK(req->format == FORMAT_FILE || !str_eq(str_of_buf(&b), key));
	buf_release(&b);
}

/* An address to go to: of this host, and without the end of a header line. */
static void
check_location(struct str to)
{
	CHECK(!str_starts(to, str_of("//")));
	for (size_t i = 0; i < to.len; i++)
		CHECK(to.s[i] > 0x20 && to.s[i] < 0x7f);
}

/* Finds the page of a request, and notes its key, or why it has none. */
static void
find_page(struct line *l, int status, struct buf *why)
{
	const char *memory = l->req->memory.data;
	struct buf key = {0};

	if (status == 200)
		status = route_request(&routes_publisher, l->req, why);
	CHECK(l->req->memory.data == memory);
	CHECK(!l->req->memory.failed && !why->failed);
	if (status == 200) {
		CHECK(l->req->route != NULL);
		route_key(l->req, &key);
		check_address(l->req, str_of_buf(&key));
		check_other_format(l->req, str_of_buf(&key));
	} else {
		CHECK(status == 301 || status == 400 || status == 404 ||
		    status == 405 || status == 414);
		CHECK(why->len > 0);
	}
	if (status == 301)
		check_location(str_of_buf(why));
	buf_printf(&l->requests, "%d %d %d %d ", l->call.id, l->call.keep,
	    l->call.linger, status);
	buf_add(&l->requests, key.data, key.len);
	buf_add(&l->requests, why->data, why->len);
	buf_char(&l->requests, '\n');
	buf_release(&key);
}

/* Reads what has arrived.  FCGI_GONE: the connection would be closed. */
static enum fcgi_result
read_requests(struct line *l)
{
	enum fcgi_result result;

	do {
		struct buf why = {0};
		int status;

		result = fcgi_read(l->server, &l->reader, l->prefix, l->req,
		    &l->call, &status, &why);
		if (result == FCGI_DONE)
			find_page(l, status, &why);
		buf_release(&why);
		if (result == FCGI_DONE && l->call.linger)
			return FCGI_GONE;
	} while (result == FCGI_DONE);
	return result;
}

static void
read_replies(struct line *l)
{
	char bytes[4096];
	ssize_t n;

	while ((n = recv(l->client, bytes, sizeof(bytes), 0)) > 0)
		buf_add(&l->replies, bytes, (size_t)n);
}

/* Sends all of it, at first in pieces of these sizes, by turns. */
static void
talk(struct line *l, struct str stream, struct str sizes)
{
	enum fcgi_result result = FCGI_IDLE;

	for (size_t i = 0; stream.len > 0 && result != FCGI_GONE; i++) {
		size_t size = sizes.len == 0 || i >= SMALL_PIECES
		    ? PIECE_MAX
		    : 1 + (size_t)(uint8_t)sizes.s[i % sizes.len];
		struct str piece = take(&stream, size);

		CHECK(send(l->client, piece.s, piece.len, MSG_NOSIGNAL) ==
		    (ssize_t)piece.len);
		result = read_requests(l);
		read_replies(l);
	}
	buf_printf(&l->requests, "%d\n", result);
}

/* The same records, each with so much padding; what is none is as it was. */
static void
pad(struct str stream, uint8_t padding, struct buf *padded)
{
	static const char zeros[UINT8_MAX];

	while (stream.len >= RECORD_HEADER && stream.s[0] == 1) {
		const unsigned char *p = (const unsigned char *)stream.s;
		size_t len = RECORD_HEADER + (size_t)(p[4] << 8 | p[5]);
		size_t from = padded->len;

		if (stream.len < len + p[6])
			break;
		buf_add(padded, p, len);
		padded->data[from + 6] = (char)padding;
		buf_add(padded, zeros, padding);
		take(&stream, len + p[6]);
	}
	buf_add(padded, stream.s, stream.len);
}

/* The bytes to send; in the same memory each time. */
static struct str
expand(struct str in)
{
	static char stream[INPUT_MAX + STREAM_MAX];
	size_t len = 0;

	while (in.len > 0) {
		size_t n;

		if (!str_starts(in, str_of("\xff\xff"))) {
			stream[len++] = (char)take_byte(&in);
			continue;
		}
		take(&in, 2);
		n = (size_t)take_byte(&in) * FILLER_LEN;
		if (n > sizeof(stream) - in.len - len)
			n = sizeof(stream) - in.len - len;
		memset(stream + len, 0, n);
		len += n;
	}
	return (struct str){stream, len};
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const prefixes[] = {NULL, "", "/data/", "/a b/%"};
	struct str in = {(const char *)data, size}, stream, sizes;
	uint8_t choice = take_byte(&in);
	const char *prefix = prefixes[choice % 4];
	struct line whole, pieces;
	struct buf padded = {0};

	if (size > INPUT_MAX)
		return 0;
	log_setup(LOG_NONE, ACCESS_OFF);
	sizes = take(&in, take_byte(&in));
	stream = expand(in);
	line_open(&whole, prefix);
	talk(&whole, stream, str_of(""));
	pad(stream, (uint8_t)(choice / 4 * 4), &padded);
	line_open(&pieces, prefix);
	talk(&pieces, str_of_buf(&padded), sizes);
	CHECK(
	    str_eq(str_of_buf(&whole.requests), str_of_buf(&pieces.requests)));
	CHECK(str_eq(str_of_buf(&whole.replies), str_of_buf(&pieces.replies)));
	line_close(&whole);
	line_close(&pieces);
	buf_release(&padded);
	return 0;
}
