#ifndef FAULT_SWEEP_REPLY_H
#define FAULT_SWEEP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

/* A reply as it came: header fields, an empty line, the body. */
struct reply {
	char *bytes; /* never NULL */
	size_t len;
	bool whole;   /* its end was seen */
	bool loose;   /* only its status line must be the same */
	bool partial; /* so with a fault: it may lack what can't be read */
};

void reply_add(struct reply *, const void *bytes, size_t len);
void reply_release(struct reply *);

/*
 * The fault is in `got`, which may be the right reply, a 5xx, or an end too
 * early; NULL: it is one of them, else what is wrong.
 */
const char *reply_judge(const struct reply *got, const struct reply *right);

/* The same without a fault: only the right reply will do. */
const char *reply_compare(const struct reply *got, const struct reply *right);

#endif
