#ifndef SQUALL_NUMBER_H
#define SQUALL_NUMBER_H

#include "db/sqlite/query.h"

/* The number that the whole of a text stands for. */
struct number {
	enum value_type type; /* VALUE_INT, VALUE_REAL or, for none, _TEXT */
	int64_t whole;
	double real;
};

struct number number_of(struct str);

#endif
