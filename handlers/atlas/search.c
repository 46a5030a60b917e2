/*
 * Search over all names: as a page, and as JSON for suggestions while typing.
 */
#include "handlers/atlas/search.h"

#include "app/text/json.h"
#include "handlers/atlas/frame.h"
#include "handlers/atlas/words.h"
#include "handlers/page/links.h"
#include "handlers/page/reader.h"

enum { WORDS_MAX = 200, FOUND = 50, FOUND_MAX = 100 };

static const struct param params[SEARCH_PARAMS] = {
    [SEARCH_Q] = {"q", PARAM_TEXT, .max = WORDS_MAX},
    [SEARCH_SIZE] = {"size", PARAM_INT, .min = 1, .max = FOUND_MAX,
	.def = FOUND},
};

const struct params search_params = {.rows = params, .n = SEARCH_PARAMS};

/* Columns of what is found. */
enum { ID, NAME, POPULATION, COUNTRY, COUNTRY_NAME, REGION_NAME };

/*
 * A name that is nothing but the words counts for five times its people, so
 * that Paris comes before what begins like it, and New York City before hamlets
 * called New York.
 */
static const char found_sql[] =
    "WITH found AS (SELECT p.id, p.name, p.population, p.country, p.region, "
    "coalesce(p.population, 1) * iif(length(p.name) = ?2, 5, 1) AS weight "
    "FROM places_fts AS f JOIN places AS p ON p.id = f.rowid "
    "WHERE places_fts MATCH ?1 ORDER BY weight DESC LIMIT ?3) "
    "SELECT found.id, found.name, population, iso2, c.name, r.name "
    "FROM found JOIN countries AS c ON c.iso2 = found.country "
    "LEFT JOIN regions AS r ON r.code = found.region ORDER BY weight DESC";

static void
detail(const struct query *q, struct buf *b)
{
	struct str region = query_text(q, REGION_NAME);
	struct str country = query_text(q, COUNTRY_NAME);

	if (region.len > 0 && !str_eq(region, query_text(q, NAME))) {
		buf_add(b, region.s, region.len);
		buf_lit(b, ", ");
	}
	buf_add(b, country.s, country.len);
}

static void
write_json(const struct request *req, struct query *q, struct buf *b)
{
	const char *comma = "";

	json_raw(b, "{\"ok\":true,\"results\":[");
	while (query_next(q)) {
		struct buf words = {0};

		buf_str(b, comma);
		comma = ",\n";
		detail(q, &words);
		json_raw(b, "{\"id\":");
		json_int(b, query_int(q, ID));
		json_raw(b, ",\"name\":");
		json_text(b, query_text(q, NAME));
		json_raw(b, ",\"detail\":");
		json_text(b, str_of_buf(&words));
		json_raw(b, ",\"population\":");
		if (query_is_null(q, POPULATION))
			json_raw(b, "null");
		else
			json_int(b, query_int(q, POPULATION));
		json_raw(b, ",\"url\":\"");
		link_path(b, req, "/places/");
		buf_int(b, query_int(q, ID));
		json_raw(b, "\"}");
		buf_release(&words);
	}
	json_raw(b, "]}\n");
}

static void
list(const struct request *req, struct query *q, struct buf *b)
{
	int64_t n = 0;

	for (; query_next(q); n++) {
		if (n == 0)
			html_raw(b,
			    "<table class=\"plain\"><thead><tr>"
			    "<th scope=\"col\">Place</th>"
			    "<th scope=\"col\">Region</th>"
			    "<th scope=\"col\">Country</th>"
			    "<th scope=\"col\" class=\"n\">People</th>"
			    "</tr></thead>\n<tbody>\n");
		html_raw(b, "<tr><th scope=\"row\">");
		atlas_place(b, req, query_int(q, ID), query_text(q, NAME));
		html_raw(b, "</th><td>");
		html_str(b, query_text(q, REGION_NAME));
		html_raw(b, "</td><td>");
		atlas_country(b, req, query_text(q, COUNTRY),
		    query_text(q, COUNTRY_NAME));
		html_raw(b, "</td><td class=\"n\">");
		atlas_people(b, q, POPULATION);
		html_raw(b, "</td></tr>\n");
	}
	if (n > 0)
		html_raw(b, "</tbody></table>\n");
	else
		html_raw(b,
		    "<p>No place has a name with these words. Accents don’t "
		    "matter, and the last word may be a beginning.</p>\n");
}

static void
write_html(
    const struct request *req, struct query *q, bool asked, struct buf *b)
{
	atlas_begin(b, req,
	    (struct layout){
		.title = "Search",
		.searched = req->values[SEARCH_Q].text,
		.noindex = true,
	    });
	if (asked) {
		html_raw(b, "<p class=\"meta\">Places called “");
		html_str(b, req->values[SEARCH_Q].text);
		html_raw(b, "”, or so</p>\n");
		list(req, q, b);
	} else {
		html_raw(
		    b, "<p>Type a name, or the beginning of one, above.</p>\n");
	}
	atlas_end(b, req);
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct str words = req->values[SEARCH_Q].text;
	struct buf match = {0};
	struct query q;

	words_match(words, &match);
	query_open(&q, db, found_sql);
	query_bind_text(&q, 1, str_of_buf(&match));
	query_bind_int(&q, 2, words_length(words));
	/* Without words nothing is asked, which FTS would take amiss. */
	query_bind_int(
	    &q, 3, match.len == 0 ? 0 : req->values[SEARCH_SIZE].number);
	if (req->format == FORMAT_JSON) {
		page->type = MEDIA_JSON;
		write_json(req, &q, &page->body);
	} else {
		write_html(req, &q, match.len > 0, &page->body);
	}
	query_close(&q);
	buf_release(&match);
	return 200;
}

int
search_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, read);
}
