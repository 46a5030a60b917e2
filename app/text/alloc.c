/*
 * Allocations, and the thread's note of those that failed.  Called by all that
 * handlers are made of.
 */
#include "app/text/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local enum alloc_failure noted;

void
alloc_begin(void)
{
	noted = ALLOC_OK;
}

enum alloc_failure
alloc_failure(void)
{
	return noted;
}

void
alloc_note(enum alloc_failure failure)
{
	if (noted == ALLOC_OK)
		noted = failure;
}

static void *
checked(void *p)
{
	if (p == NULL)
		alloc_note(ALLOC_NO_MEMORY);
	return p;
}

void *
alloc_array(size_t n, size_t size)
{
	return checked(calloc(n, size));
}

void *
alloc_resize(void *p, size_t n, size_t size)
{
	return checked(reallocarray(p, n, size));
}

char *
alloc_copy(const char *s)
{
	return checked(strdup(s));
}

char *
alloc_text(struct str s)
{
	return checked(strndup(s.s, s.len));
}

char *
alloc_printf(const char *fmt, ...)
{
	va_list ap, again;
	char *text;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	text = checked(len < 0 ? NULL : malloc((size_t)len + 1));
	if (text != NULL)
		vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return text;
}
