/*
 * The formats of the access log.  Called when a reply is ready, by the event
 * loop and in CGI.
 */
#include "app/serve/access.h"

#include <inttypes.h>
#include <time.h>

#include "app/text/json.h"
#include "app/watch/log.h"

struct reply {
	const struct request *req;
	const struct outcome *outcome;
	int status;
	size_t len;
	int64_t us;
};

static unsigned
queries_of(const struct reply *r)
{
	return r->outcome->kind == OUTCOME_MISS ? r->outcome->queries : 0;
}

static void
own_line(struct buf *b, const struct reply *r)
{
	const struct request *req = r->req;

	log_time(b);
	buf_printf(b, " access %" PRIx64 " %.*s %.*s %d %zu ", req->id,
	    (int)req->method_name.len, req->method_name.s, (int)req->uri.len,
	    req->uri.s, r->status, r->len);
	respond_outcome(b, r->outcome);
	buf_printf(b, " %" PRId64 "us sql=%u", r->us, queries_of(r));
}

/*
 * Escapes as nginx does: all but printable ASCII, quotes and backslashes are
 * \xXX.  Outside of quotes a space would end the field; an empty one is "-".
 */
static void
field(struct buf *b, struct str s, bool quoted)
{
	size_t plain = 0; /* bytes before s.s[i] that stand as they are */

	if (s.len == 0)
		buf_char(b, '-');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' &&
		    (quoted || c != ' '))
			continue;
		buf_add(b, s.s + plain, i - plain);
		buf_printf(b, "\\x%02X", c);
		plain = i + 1;
	}
	buf_add(b, s.s + plain, s.len - plain);
}

static void
quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	field(b, s, true);
	buf_char(b, '"');
}

static void
combined_time(struct buf *b)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[40];

	localtime_r(&now, &tm);
	strftime(text, sizeof(text), " [%d/%b/%Y:%H:%M:%S %z] ", &tm);
	buf_str(b, text);
}

/* https://httpd.apache.org/docs/2.4/logs.html#combined, and two fields more. */
static void
combined_line(struct buf *b, const struct reply *r)
{
	const struct request_client *client = &r->req->client;

	field(b, client->address, false);
	buf_lit(b, " - ");
	field(b, client->user, false);
	combined_time(b);
	buf_char(b, '"');
	field(b, r->req->method_name, true);
	buf_char(b, ' ');
	field(b, r->req->uri, true);
	buf_char(b, ' ');
	field(b, client->protocol, true);
	buf_printf(b, "\" %d %zu ", r->status, r->len);
	quoted(b, client->referer);
	buf_char(b, ' ');
	quoted(b, client->agent);
	buf_char(b, ' ');
	respond_outcome(b, r->outcome);
	buf_char(b, ' ');
	buf_int(b, r->us);
}

/* A client need not say: null. */
static void
text_or_null(struct buf *b, struct str s)
{
	if (s.len == 0)
		json_raw(b, "null");
	else
		json_text(b, s);
}

static void
json_line(struct buf *b, const struct reply *r)
{
	const struct request_client *client = &r->req->client;

	json_raw(b, "{\"time\":\"");
	log_time(b);
	/* A string: 64 bits are more than JSON's numbers can hold. */
	buf_printf(b, "\",\"id\":\"%" PRIx64 "\",\"method\":", r->req->id);
	json_text(b, r->req->method_name);
	json_raw(b, ",\"uri\":");
	json_text(b, r->req->uri);
	json_raw(b, ",\"status\":");
	json_int(b, r->status);
	json_raw(b, ",\"bytes\":");
	json_int(b, (int64_t)r->len);
	json_raw(b, ",\"outcome\":\"");
	respond_outcome(b, r->outcome);
	json_raw(b, "\",\"us\":");
	json_int(b, r->us);
	json_raw(b, ",\"sql\":");
	json_int(b, queries_of(r));
	json_raw(b, ",\"remote_addr\":");
	text_or_null(b, client->address);
	json_raw(b, ",\"remote_user\":");
	text_or_null(b, client->user);
	json_raw(b, ",\"protocol\":");
	text_or_null(b, client->protocol);
	json_raw(b, ",\"referer\":");
	text_or_null(b, client->referer);
	json_raw(b, ",\"user_agent\":");
	text_or_null(b, client->agent);
	buf_char(b, '}');
}

void
access_log(const struct request *req, const struct outcome *o, int status,
    size_t len, int64_t us)
{
	static void (*const lines[])(struct buf *, const struct reply *) = {
	    [ACCESS_ON] = own_line,
	    [ACCESS_COMBINED] = combined_line,
	    [ACCESS_JSON] = json_line,
	};
	enum access_format format = log_access_format();

	if (format == ACCESS_OFF)
		return;
	lines[format](
	    log_access_begin(), &(struct reply){req, o, status, len, us});
	log_access_end();
}
