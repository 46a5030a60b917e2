#ifndef SQUALL_DECLARATION_H
#define SQUALL_DECLARATION_H

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * CREATE VIRTUAL TABLE name USING module(argument, ...), as sqlite_schema has
 * it (lang_createvtab.html).
 */
struct declaration {
	struct str module; /* as written, maybe quoted */
	struct str rest;   /* the arguments that are not cut yet */
};

/* False if it is another statement.  The SQL must outlive the declaration. */
bool declaration_parse(struct declaration *, struct str sql);

/* Cuts the next argument, without the space around it; false at the end. */
bool declaration_next(struct declaration *, struct str *argument);

/*
 * The value of an argument that is this option, "NAME=VALUE", in any case and
 * with any space; added without its quotes.  False if it is something else.
 */
bool
declaration_option(struct str argument, const char *name, struct buf *value);

/* Adds an identifier or a value without its quotes, if it has any. */
void declaration_unquote(struct str, struct buf *);

#endif
