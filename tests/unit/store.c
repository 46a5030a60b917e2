/*
 * app/text/address.c, app/cache/store.c and what they hand on to: the addresses
 * of stores.  Nothing is connected to.
 */
#include "app/cache/store.h"

#include "app/text/address.h"
#include "tests/unit/util.h"

#define assert_address(text, host, port)                                       \
	check_address((text), (host), (port), __FILE__, __LINE__)

static void
check_address(const char *text, const char *host, unsigned port,
    const char *file, int line)
{
	struct address a;

	if (!address_parse(str_of(text), &a)) {
		print_error("\"%s\" is no address\n", text);
		_fail(file, line);
	}
	_assert_string_equal(a.host, host, file, line);
	_assert_int_equal(a.port, port, file, line);
}

static void
addresses(void **state)
{
	(void)state;
	assert_address("a", "a", 0);
	assert_address("a:1", "a", 1);
	assert_address("127.0.0.1:65535", "127.0.0.1", 65535);
	assert_address("[::1]", "::1", 0);
	assert_address("[::1]:80", "::1", 80);
	assert_address("[fe80::1%eth0]:80", "fe80::1%eth0", 80);
}

static void
no_addresses(void **state)
{
	static const char *const bad[] = {"", ":", ":80", "a:", "a:0",
	    "a:65536", "a:123456", "a:1x", "a:-1", "a: 1", "[]", "[]:80",
	    "[::1", "[::1]80", "[::1]:", "::1", "a:1:2"};
	char is_long[300];
	struct address a;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (address_parse(str_of(bad[i]), &a))
			fail_msg("\"%s\" is an address", bad[i]);
	}
	assert_false(address_parse((struct str){"a\0b:1", 5}, &a));
	memset(is_long, 'a', sizeof(is_long));
	assert_true(address_parse((struct str){is_long, 255}, &a));
	assert_false(address_parse((struct str){is_long, 256}, &a));
}

/* Whether the store's address is one; `why` gets what is wrong with it. */
static bool
opens(const char *url, const char *password, struct buf *why)
{
	const struct store_config config = {url, 100, password};
	struct store *store;
	bool ok;

	buf_reset(why);
	ok = store_open(&store, &config, why);
	assert_true(ok == (why->len == 0));
	store_close(store);
	return ok;
}

static void
stores(void **state)
{
	static const char *const good[] = {"none", "memcached://a",
	    "memcached://a:1", "memcached://a:1,b:2,[::1]:3,c",
	    "memcached://a:1/?5,b/?1000", "memcached:/run/m.sock", "redis://a",
	    "redis://a:1", "redis://a:1/0", "redis://a/15", "redis://a/",
	    "redis://[::1]:1/2", "redis:/run/r.sock", "redis:/run/r.sock?db=3"};
	struct buf why = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		if (!opens(good[i], NULL, &why))
			fail_msg("%s: %s", good[i], buf_cstr(&why));
		if (!opens(good[i], "secret", &why))
			fail_msg("%s: %s", good[i], buf_cstr(&why));
	}
	assert_true(opens("redis://user@a:1/2", "secret", &why));
	buf_release(&why);
}

static void
no_stores(void **state)
{
	static const char *const bad[] = {"", "x", "None", "memcached",
	    "memcached:", "memcached://", "memcached:a:1", "memcached://a,",
	    "memcached://,a", "memcached://a:x", "memcached://a:1/",
	    "memcached://a:1/?", "memcached://a:1/?0", "memcached://a:1/?1001",
	    "memcached://a:1/?x", "memcached://a:1?5", "redis",
	    "redis:", "redis://", "redis:a:1", "redis://a:x", "redis://a:1/x",
	    "redis://a:1/-1", "redis://a:1/1/2", "redis:/",
	    "redis:/run/r.sock?", "redis:/run/r.sock?db=", "redis://@a:1",
	    "redis:/run/r.sock?db=x", "redis:/run/r.sock?x=1"};
	struct buf why = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (opens(bad[i], NULL, &why))
			fail_msg("\"%s\" is a store", bad[i]);
	}
	buf_release(&why);
}

static void
servers_without_end_are_too_many(void **state)
{
	struct buf url = {0}, why = {0};

	(void)state;
	buf_lit(&url, "memcached://h0");
	for (int i = 1; i < STORE_SHARDS_MAX; i++)
		buf_printf(&url, ",h%d", i);
	assert_true(opens(buf_cstr(&url), NULL, &why));
	buf_lit(&url, ",last");
	assert_false(opens(buf_cstr(&url), NULL, &why));
	assert_non_null(strstr(buf_cstr(&why), "64"));
	buf_release(&url);
	buf_release(&why);
}

static void
a_password_never_stands_in_the_address(void **state)
{
	struct buf why = {0};

	(void)state;
	assert_false(opens("redis://user:secret@a:1", NULL, &why));
	assert_non_null(strstr(buf_cstr(&why), "SQUALL_CACHE_PASSWORD"));
	assert_null(strstr(buf_cstr(&why), "secret"));
	assert_false(opens("redis://:secret@a:1", NULL, &why));
	assert_null(strstr(buf_cstr(&why), "secret"));
	/* A user without one can't log in. */
	assert_false(opens("redis://user@a:1", NULL, &why));
	assert_non_null(strstr(buf_cstr(&why), "needs a password"));
	buf_release(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(no_addresses),
	    cmocka_unit_test(stores),
	    cmocka_unit_test(no_stores),
	    cmocka_unit_test(servers_without_end_are_too_many),
	    cmocka_unit_test(a_password_never_stands_in_the_address),
	};

	return RUN("store", tests);
}
