#ifndef SQUALL_QUERY_H
#define SQUALL_QUERY_H

#include "db/sqlite/db.h"
#include "db/sqlite/statements.h"

/*
 * A SELECT and its rows.  SQL text consists of literals and of identifiers
 * from the schema, quoted by sqltext_name; values are always bound.
 *
 *	query_open(&q, db, sql);
 *	query_bind_int(&q, 1, limit);
 *	while (query_next(&q))
 *		... query_text(&q, 0) ...
 *	query_close(&q);
 *
 * Failures are the connection's (db_end); what fails has no rows.
 */
struct query {
	struct db *db;
	struct statement statement;
	bool keeps; /* the statement, for another query with its text */
	int64_t us; /* what it has taken */
	uint64_t rows;
};

enum value_type {
	VALUE_NULL,
	VALUE_INT,
	VALUE_REAL,
	VALUE_TEXT,
	VALUE_BLOB,
};

void query_open(struct query *, struct db *, const char *sql);

/* Like query_open with the SQL that was written into `sql`. */
void query_open_buf(struct query *, struct db *, const struct buf *sql);

/* Parameters count from 1.  What is bound must live until query_close. */
void query_bind_int(struct query *, int i, int64_t);
void query_bind_real(struct query *, int i, double);
void query_bind_text(struct query *, int i, struct str);
void query_bind_blob(struct query *, int i, struct str);

/* Steps to the next row; false at the end and after a failure. */
bool query_next(struct query *);

/* Columns count from 0.  Text and blobs live until the next step. */
enum value_type query_type(const struct query *, int column);
int64_t query_int(const struct query *, int column);
double query_real(const struct query *, int column);
struct str query_text(const struct query *, int column);
struct str query_blob(const struct query *, int column);
bool query_is_null(const struct query *, int column);

void query_close(struct query *);

#endif
