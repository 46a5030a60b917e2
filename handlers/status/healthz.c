/*
 * One word for load balancers and supervisors.
 */
#include "handlers/status/healthz.h"

#include "app/watch/status.h"

int
healthz_page(
    const struct request *req, const struct status *status, struct page *page)
{
	(void)req;
	page->type = MEDIA_TEXT;
	buf_str(&page->body, status->draining ? "draining\n" : "ready\n");
	return status->draining ? 503 : 200;
}
