/*
 * The life of connections.  Called by server.c, which knows what happens on
 * them.
 */
#include "app/serve/conn.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/watch/clock.h"

struct conn *
conn_open(struct conns *conns, int fd)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->fd = fd;
	LIST_INSERT_HEAD(&conns->open, c, beside);
	conns->n++;
	return c;
}

void
conn_close(struct conns *conns, struct conn *c)
{
	assert(c->state != CONN_DEAD);
	conn_leave_job(c);
	conn_finish_reply(c);
	close(c->fd);
	c->state = CONN_DEAD;
	conns->n--;
	LIST_REMOVE(c, beside);
	LIST_INSERT_HEAD(&conns->dead, c, beside);
}

void
conns_bury(struct conns *conns)
{
	struct conn *c;

	while ((c = LIST_FIRST(&conns->dead)) != NULL) {
		LIST_REMOVE(c, beside);
		request_unref(c->request);
		fcgi_reader_release(&c->reader);
		buf_release(&c->head);
		free(c);
	}
}

void
conns_release(struct conns *conns)
{
	assert(LIST_EMPTY(&conns->open));
	conns_bury(conns);
	request_unref(conns->spare.request);
	buf_release(&conns->spare.params);
	buf_release(&conns->spare.head);
}

static void
take_buf(struct buf *to, struct buf *spare)
{
	if (to->data != NULL)
		return;
	*to = *spare;
	*spare = (struct buf){0};
}

static void
pass_buf(struct buf *from, struct buf *spare)
{
	if (spare->data != NULL) {
		buf_release(from);
		return;
	}
	*spare = *from;
	*from = (struct buf){0};
}

bool
conn_take_buffers(struct conns *conns, struct conn *c)
{
	if (c->request == NULL) {
		c->request = conns->spare.request;
		conns->spare.request = NULL;
	}
	if (c->request == NULL)
		c->request = request_new();
	take_buf(&c->reader.params, &conns->spare.params);
	take_buf(&c->head, &conns->spare.head);
	return c->request != NULL;
}

void
conn_pass_buffers(struct conns *conns, struct conn *c)
{
	if (conns->spare.request == NULL && c->request->refs == 1)
		conns->spare.request = c->request;
	else
		request_unref(c->request);
	c->request = NULL;
	pass_buf(&c->reader.params, &conns->spare.params);
	pass_buf(&c->head, &conns->spare.head);
}

void
conn_wait(struct conn *c, enum conn_state state, int64_t ms)
{
	c->state = state;
	c->deadline_us = ms == 0 ? 0 : clock_mono_us() + ms * 1000;
}

void
conn_finish_reply(struct conn *c)
{
	page_unref(c->plain);
	c->plain = NULL;
	page_unref(c->page);
	c->page = NULL;
}

void
conn_join_job(struct conn *c, struct job *job)
{
	assert(c->job == NULL);
	c->job = job;
	TAILQ_INSERT_TAIL(&job->waiting, c, place);
}

void
conn_leave_job(struct conn *c)
{
	if (c->job == NULL)
		return;
	TAILQ_REMOVE(&c->job->waiting, c, place);
	c->job = NULL;
}
