/*
 * The sums by statement, and the plan of one: for the slow log.  Called by
 * query.c, and only where somebody wants to know.
 */
#include "db/sqlite/profile.h"

#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/watch/clock.h"
#include "db/sqlite/internal.h"
#include "db/sqlite/query.h"

enum {
	PLAN_LIMIT_MS = 100,
	PLAN_MAX = 2000, /* bytes */
	PLAN_DEPTH = 32,
};

static void
forget(struct profile *p)
{
	while (p->n > 0)
		free(p->statements[--p->n].sql);
	p->taken = false;
}

static struct db_statement *
known(struct profile *p, const struct db *db, const char *sql)
{
	for (size_t i = 0; i < p->n; i++) {
		struct db_statement *s = &p->statements[i];

		if (s->db == db && strcmp(s->sql, sql) == 0)
			return s;
	}
	return NULL;
}

/* A place for one that took `us`; NULL: all others took longer. */
static struct db_statement *
place(struct profile *p, int64_t us)
{
	struct db_statement *least = &p->statements[0];

	if (p->n < PROFILE_STATEMENTS)
		return &p->statements[p->n];
	for (size_t i = 1; i < p->n; i++) {
		if (p->statements[i].us < least->us)
			least = &p->statements[i];
	}
	return us > least->us ? least : NULL;
}

static struct db_statement *
add(struct profile *p, struct db *db, const char *sql, int64_t us)
{
	struct db_statement *s = place(p, us);
	char *copy = s == NULL ? NULL : alloc_copy(sql);

	if (copy == NULL)
		return NULL;
	if (s == &p->statements[p->n])
		p->n++;
	else
		free(s->sql);
	*s = (struct db_statement){.db = db, .sql = copy};
	return s;
}

void
profile_add(struct profile *p, struct db *db, const char *sql, int64_t us,
    uint64_t rows)
{
	struct db_statement *s;

	if (p->taken)
		forget(p);
	s = known(p, db, sql);
	if (s == NULL)
		s = add(p, db, sql, us);
	if (s == NULL)
		return;
	s->us += us;
	s->rows += rows;
	s->runs++;
}

const struct db_statement *
profile_take(struct profile *p)
{
	const struct db_statement *slowest = NULL;

	if (p->taken)
		return NULL;
	p->taken = true;
	for (size_t i = 0; i < p->n; i++) {
		if (slowest == NULL || p->statements[i].us > slowest->us)
			slowest = &p->statements[i];
	}
	return slowest;
}

void
profile_free(struct profile *p)
{
	if (p == NULL)
		return;
	forget(p);
	free(p);
}

/*
 * Rows come parents first (eqp.html): `open` are the ids that one goes down by
 * from the top, which is 0.
 */
struct tree {
	int64_t open[PLAN_DEPTH];
	size_t depth;
	int64_t last; /* the row before; 0: there is none */
};

static void
add_step(struct buf *b, struct tree *t, int64_t id, int64_t parent)
{
	if (parent != 0 && parent == t->last && t->depth < PLAN_DEPTH) {
		t->open[t->depth++] = parent;
		buf_lit(b, " (");
	} else {
		while (t->depth > 0 && t->open[t->depth - 1] != parent) {
			t->depth--;
			buf_char(b, ')');
		}
		if (t->last != 0)
			buf_lit(b, ", ");
	}
	t->last = id;
}

static void
read_plan(struct db *db, const struct buf *sql, struct buf *b)
{
	struct tree tree = {.depth = 0};
	size_t start = b->len;
	struct query q;

	query_open_buf(&q, db, sql);
	while (query_next(&q)) {
		struct str step = query_text(&q, 3);

		add_step(b, &tree, query_int(&q, 0), query_int(&q, 1));
		if (b->len - start + step.len > PLAN_MAX) {
			buf_lit(b, "…");
			break;
		}
		buf_add(b, step.s, step.len);
	}
	for (; tree.depth > 0; tree.depth--)
		buf_char(b, ')');
	query_close(&q);
}

void
db_plan(const struct db_statement *statement, struct buf *b)
{
	struct db *db = statement->db;
	struct profile *profile = db->profile;
	struct buf sql = {0};

	buf_lit(&sql, "EXPLAIN QUERY PLAN ");
	buf_str(&sql, statement->sql);
	db->profile = NULL; /* it would forget the statement */
	if (db_begin_within(db, PLAN_LIMIT_MS * 1000) == DB_OK)
		read_plan(db, &sql, b);
	db_end(db);
	db->profile = profile;
	buf_release(&sql);
}
