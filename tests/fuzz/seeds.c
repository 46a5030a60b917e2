/*
 * Writes the inputs that the fuzz target of entries begins with, into the
 * folder named: `make fuzz-seeds`, to be run when the format of entries has
 * changed.  Each is what squall stores for some page, or, by the words that
 * its name begins with, an entry whose body is not what it says.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/cache/entry.h"
#include "app/render/encoder.h"

struct seed {
	const char *name;
	const char *key;
	int status;
	enum media type;
	const char *header;
	const char *line; /* the body is some of these */
	size_t n_lines;
	/* Of a compressed body: what is said of its length, and is cut off. */
	size_t plain_len, cut;
};

static const struct seed seeds[] = {
    {.name = "html",
	.key = ":index:/",
	.status = 200,
	.type = MEDIA_HTML,
	.line = "<li><a href=\"/atlas\">atlas</a></li>\n",
	.n_lines = 40},
    {.name = "json",
	.key = "/data:table:/atlas/places.json?_size=5&_sort=name",
	.status = 200,
	.type = MEDIA_JSON,
	.line = "{\"id\": 745044, \"name\": \"\xc4\xb0stanbul\"},\n",
	.n_lines = 30},
    {.name = "css",
	.key = ":asset:/-/static/style~2Ecss",
	.status = 200,
	.type = MEDIA_CSS,
	.line = "a { color: inherit }\n",
	.n_lines = 3},
    {.name = "not-found",
	.key = ":row:/atlas/places/~x00FF,a~2Cb",
	.status = 404,
	.type = MEDIA_TEXT,
	.header = "Retry-After: 5\r\n",
	.line = "There is no page at this address.",
	.n_lines = 1},
    {.name = "empty", .key = "", .type = MEDIA_TEXT},
    {.name = "large",
	.key = ":database:/large",
	.status = 200,
	.type = MEDIA_HTML,
	.line = "                                ",
	.n_lines = 1 << 15},
    {.name = "longer-than-said",
	.key = ":index:/",
	.status = 200,
	.type = MEDIA_HTML,
	.line = "0123456789abcdef",
	.n_lines = 1000,
	.plain_len = 1},
    {.name = "shorter-than-said",
	.key = ":index:/",
	.status = 200,
	.type = MEDIA_HTML,
	.line = "0123456789abcdef",
	.n_lines = 1000,
	.plain_len = BUF_MAX},
    {.name = "beyond-all-bounds",
	.key = ":index:/",
	.status = 200,
	.type = MEDIA_HTML,
	.line = "0123456789abcdef",
	.n_lines = 1000,
	.plain_len = SIZE_MAX},
    {.name = "cut-off",
	.key = ":index:/",
	.status = 200,
	.type = MEDIA_HTML,
	.line = "0123456789abcdef",
	.n_lines = 1000,
	.plain_len = 16000,
	.cut = 12},
    {.name = "without-a-body",
	.key = ":index:/",
	.status = 200,
	.type = MEDIA_HTML,
	.plain_len = 1000},
};

static bool
make(struct encoder *e, const struct seed *s, struct buf *entry)
{
	struct page *page = page_new();

	if (page == NULL)
		return false;
	page->status = s->status;
	page->type = s->type;
	page->made_ms = INT64_C(1700000000123);
	page->expires_ms = INT64_C(1700000600123);
	if (s->header != NULL)
		buf_str(&page->header, s->header);
	for (size_t i = 0; i < s->n_lines; i++)
		buf_str(&page->body, s->line);
	encoder_page(e, page);
	page->body.len -= s->cut;
	if (s->plain_len > 0)
		page->plain_len = s->plain_len;
	entry_encode(page, UINT64_C(0xfedcba9876543210), str_of(s->key), entry);
	page_unref(page);
	return !entry->failed;
}

static bool
write_file(const char *folder, const char *name, const struct buf *content)
{
	char path[512];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (f == NULL) {
		perror(path);
		return false;
	}
	ok = fwrite(content->data, 1, content->len, f) == content->len;
	if (fclose(f) != 0 || !ok) {
		perror(path);
		return false;
	}
	return true;
}

int
main(int argc, char *argv[])
{
	struct encoder *e = encoder_new();
	bool ok = e != NULL && argc == 2;

	for (size_t i = 0; ok && i < sizeof(seeds) / sizeof(*seeds); i++) {
		struct buf entry = {0};

		ok = make(e, &seeds[i], &entry) &&
		    write_file(argv[1], seeds[i].name, &entry);
		buf_release(&entry);
	}
	encoder_free(e);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
