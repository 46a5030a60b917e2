/*
 * app/serve/access.c: each format of the access log, as it stands in a file.
 */
#include "app/serve/access.h"

#include <regex.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/util.h"

#define HOSTILE "\"x\\\n\x1b[31m\xff\xc3\xa9\x7f y"

struct fixture {
	char file[64];
	struct request *req;
	struct buf text; /* what was written */
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct buf why = {0};
	int fd;

	*state = f;
	if (f == NULL || (f->req = request_new()) == NULL)
		return 1;
	snprintf(f->file, sizeof(f->file), "/tmp/squall-unit.XXXXXX");
	fd = mkstemp(f->file);
	close(fd);
	setenv("TZ", "XXX-05:30", 1);
	tzset();
	return fd < 0 || !log_open(NULL, f->file, &why);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	log_setup(LOG_NONE, ACCESS_OFF);
	log_close();
	unlink(f->file);
	request_unref(f->req);
	buf_release(&f->text);
	free(f);
	return 0;
}

static void
add_var(struct request_vars *v, const char *name, struct str value)
{
	request_vars_add(v, str_of(name), value);
}

/* A request with these as its header fields; NULL: without. */
static void
make_request(struct fixture *f, enum access_format format,
    const struct str *agent, const struct str *user)
{
	struct request_vars v = {0};
	struct buf why = {0};

	log_setup(LOG_NONE, format);
	v.wants_client = log_wants_client();
	add_var(&v, "REQUEST_METHOD", LIT("GET"));
	add_var(&v, "SCRIPT_NAME", LIT(""));
	add_var(&v, "PATH_INFO", LIT("/a/b"));
	add_var(&v, "REQUEST_URI", LIT("/a/b?c=d"));
	if (agent != NULL) {
		add_var(&v, "REMOTE_ADDR", LIT("2001:db8::1"));
		add_var(&v, "REMOTE_USER", *user);
		add_var(&v, "SERVER_PROTOCOL", LIT("HTTP/1.1"));
		add_var(&v, "HTTP_REFERER", LIT("http://x/"));
		add_var(&v, "HTTP_USER_AGENT", *agent);
	}
	assert_int_equal(request_parse_vars(f->req, &v, NULL, &why), 200);
	f->req->id = UINT64_C(0xfedcba9876543210);
}

/* What a reply to the request is logged as. */
static const char *
logged(struct fixture *f, const struct outcome *o)
{
	FILE *in;
	int c;

	access_log(f->req, o, 200, 2326, 1234);
	log_flush();
	in = fopen(f->file, "r");
	assert_non_null(in);
	buf_reset(&f->text);
	while ((c = getc(in)) != EOF)
		buf_char(&f->text, (char)c);
	fclose(in);
	return buf_cstr(&f->text);
}

static void
assert_like(const char *text, const char *pattern)
{
	regex_t regex;
	int rc;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	rc = regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	if (rc != 0)
		print_error("nothing like %s\nin %s\n", pattern, text);
	assert_int_equal(rc, 0);
}

static const struct outcome miss = {.kind = OUTCOME_MISS, .queries = 3};
static const struct outcome hit = {.kind = OUTCOME_MEMORY, .queries = 3};

static void
squalls_own_format(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_ON, &LIT("agent"), &LIT("me"));
	assert_like(logged(f, &miss),
	    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z access "
	    "fedcba9876543210 GET /a/b\\?c=d 200 2326 miss 1234us sql=3\n$");
}

static void
hits_have_no_statements(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_ON, NULL, NULL);
	assert_has(logged(f, &hit), " hit-memory 1234us sql=0\n");
}

static void
off_writes_nothing(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_OFF, NULL, NULL);
	assert_string_equal(logged(f, &hit), "");
}

static void
combined(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_COMBINED, &LIT("Mozilla/5.0 (X11)"), &LIT("me"));
	assert_like(logged(f, &hit),
	    "^2001:db8::1 - me \\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} "
	    "\\+0530\\] \"GET /a/b\\?c=d HTTP/1.1\" 200 2326 "
	    "\"http://x/\" \"Mozilla/5.0 \\(X11\\)\" hit-memory 1234\n$");
}

static void
combined_without_a_client(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_COMBINED, NULL, NULL);
	assert_like(logged(f, &miss),
	    "^- - - \\[[^]]*\\] \"GET /a/b\\?c=d -\" 200 2326 "
	    "\"-\" \"-\" miss 1234\n$");
}

static void
combined_escapes(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_COMBINED, &LIT(HOSTILE), &LIT(HOSTILE));
	assert_has(logged(f, &miss),
	    " \"\\x22x\\x5C\\x0A\\x1B[31m\\xFF\\xC3\\xA9\\x7F y\" miss ");
	/* A space would end a field that is not quoted. */
	assert_has(buf_cstr(&f->text), "\\x7F\\x20y [");
}

static void
json(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_JSON, &LIT("agent"), &LIT("me"));
	assert_like(logged(f, &miss),
	    "^\\{\"time\":\"[0-9T:.-]{23}Z\",\"id\":\"fedcba9876543210\","
	    "\"method\":\"GET\",\"uri\":\"/a/b\\?c=d\",\"status\":200,"
	    "\"bytes\":2326,\"outcome\":\"miss\",\"us\":1234,\"sql\":3,"
	    "\"remote_addr\":\"2001:db8::1\",\"remote_user\":\"me\","
	    "\"protocol\":\"HTTP/1.1\",\"referer\":\"http://x/\","
	    "\"user_agent\":\"agent\"\\}\n$");
}

static void
json_without_a_client(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_JSON, NULL, NULL);
	assert_has(logged(f, &miss),
	    "\"remote_addr\":null,\"remote_user\":null,\"protocol\":null,"
	    "\"referer\":null,\"user_agent\":null}\n");
}

static void
json_escapes(void **state)
{
	struct fixture *f = *state;

	make_request(f, ACCESS_JSON, &LIT(HOSTILE), &LIT("me"));
	assert_has(logged(f, &miss),
	    "\"\\\"x\\\\\\n\\u001b[31m\\ufffd\xc3\xa9\\u007f y\"}\n");
}

static void
lines_follow_each_other(void **state)
{
	struct fixture *f = *state;
	size_t len;

	make_request(f, ACCESS_JSON, &LIT("agent"), &LIT("me"));
	logged(f, &miss);
	len = f->text.len;
	access_log(f->req, &miss, 200, 2326, 1234);
	logged(f, &miss);
	assert_int_equal(f->text.len, 3 * len);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(squalls_own_format),
	    TEST(hits_have_no_statements),
	    TEST(off_writes_nothing),
	    TEST(combined),
	    TEST(combined_without_a_client),
	    TEST(combined_escapes),
	    TEST(json),
	    TEST(json_without_a_client),
	    TEST(json_escapes),
	    TEST(lines_follow_each_other),
	};

	return RUN("access", tests);
}
