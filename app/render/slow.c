/*
 * Where the time of a slow page went.  Called by the renderer when the page is
 * done.
 */
#include "app/render/slow.h"

#include <inttypes.h>

#include "app/text/utf8.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"

enum { SQL_MAX = 500 }; /* bytes shown of a statement */

static void
add_ms(struct buf *b, const char *name, int64_t us)
{
	buf_printf(
	    b, " %s=%" PRId64 ".%" PRId64 "ms", name, us / 1000, us / 100 % 10);
}

/* On one line, each run of white space as one space. */
static void
add_sql(struct buf *b, struct str sql)
{
	struct str shown = utf8_cut(sql, SQL_MAX);
	bool space = false;

	for (size_t i = 0; i < shown.len; i++) {
		char c = shown.s[i];
		bool is_space = c == ' ' || (c >= '\t' && c <= '\r');

		if (!is_space)
			buf_char(b, c);
		else if (!space)
			buf_char(b, ' ');
		space = is_space;
	}
	if (shown.len < sql.len)
		buf_lit(b, "…");
}

static void
add_statement(struct buf *b, const struct db_statement *s)
{
	buf_lit(b, "; slowest:");
	add_ms(b, "sql", s->us);
	buf_printf(b, " runs=%u rows=%" PRIu64 ": ", s->runs, s->rows);
	add_sql(b, str_of(s->sql));
	buf_lit(b, "; plan: ");
	db_plan(s, b);
}

void
slow_log(const struct job *job, const struct db_work *work, int64_t limit_ms)
{
	const struct request *req = job->request;
	const struct outcome *o = &job->outcome;
	int64_t us = clock_mono_us() - job->begun_us;
	struct buf line = {0};

	if (us < limit_ms * 1000 || !log_wants(LOG_WARN))
		return;
	buf_printf(&line, "%" PRIx64 " %.*s %.*s", req->id,
	    (int)req->method_name.len, req->method_name.s, (int)req->uri.len,
	    req->uri.s);
	add_ms(&line, "total", us);
	add_ms(&line, "queue", job->queue_us);
	if (job->held_since_us != 0)
		add_ms(&line, "held",
		    us - job->queue_us - o->store_us - o->render_us);
	add_ms(&line, "store", o->store_us);
	add_ms(&line, "sql", o->db_us);
	add_ms(&line, "render", o->render_us - o->db_us);
	if (work->slowest != NULL)
		add_statement(&line, work->slowest);
	log_warn("slow", "%s", buf_cstr(&line));
	buf_release(&line);
}
