/*
 * The page as a value: life and size.
 */
#include "app/http/page.h"

#include <stdlib.h>

#include "app/text/alloc.h"

struct page *
page_new(void)
{
	struct page *p = alloc_array(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->refs = 1;
	p->status = 200;
	p->type = MEDIA_HTML;
	return p;
}

struct page *
page_ref(struct page *p)
{
	p->refs++;
	return p;
}

void
page_unref(struct page *p)
{
	if (p == NULL || --p->refs > 0)
		return;
	buf_release(&p->body);
	buf_release(&p->header);
	buf_release(&p->next);
	free(p);
}

int
page_error(struct page *p, int status, const char *fmt, ...)
{
	va_list ap;

	buf_reset(&p->body);
	buf_reset(&p->next);
	va_start(ap, fmt);
	buf_vprintf(&p->body, fmt, ap);
	va_end(ap);
	p->status = status;
	return status;
}

struct page *
page_checked(struct page *p)
{
	if (alloc_failure() == ALLOC_OK && !p->body.failed)
		return p;
	page_unref(p);
	return NULL;
}

size_t
page_size(const struct page *p)
{
	return sizeof(*p) + p->body.cap + p->header.cap;
}
