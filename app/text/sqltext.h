#ifndef SQUALL_SQLTEXT_H
#define SQUALL_SQLTEXT_H

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * SQL as text (lang_expr.html, "Parameters"; lang_comment.html): what can be
 * told of it before SQLite has seen it.
 */
enum { SQLTEXT_PARAMS = 32 };

struct sqltext_params {
	struct str names[SQLTEXT_PARAMS]; /* in the text that they come from */
	size_t n;
	bool too_many; /* there are more */
};

/*
 * The named parameters (:name, @name, $name, and Tcl's $name::name(part)) in
 * the order in which they first appear, each once; not those in strings, quoted
 * names and comments.
 */
void sqltext_params(struct str sql, struct sqltext_params *);

/* True if a parameter of this name is among them. */
bool sqltext_has(const struct sqltext_params *, struct str name);

/*
 * NULL if a text can stand in parentheses as a condition, however SQLite reads
 * it; else what is wrong.  Its own parentheses must match, its strings and
 * quoted names end, and it may have no comments, which would swallow what
 * follows, no semicolons and no parameters.
 */
const char *sqltext_no_condition(struct str sql);

/*
 * Cuts the next line of the comment that a text begins with off it: what
 * follows "--", without blanks at its ends.  False where no such line is next;
 * empty lines before it are passed over, and counted.
 */
bool sqltext_comment(struct str *sql, struct str *line, int *number);

/* An identifier in double quotes: the only way for a name into SQL. */
void sqltext_name(struct buf *sql, struct str name);

#endif
