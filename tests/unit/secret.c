/*
 * app/config/secret.c: passwords from files and from the environment.
 */
#include "app/config/secret.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/util.h"

static const char variable[] = "SQUALL_TEST_SECRET";

/* The secret of a file with this content; NULL where that is an error. */
static char *
from_file(const char *content)
{
	char file[128], *secret;
	struct buf why = {0};
	ssize_t n;
	int fd;

	snprintf(file, sizeof(file), "%s/squall-unit.XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	fd = mkstemp(file);
	assert_true(fd >= 0);
	n = write(fd, content, strlen(content));
	assert_int_equal(n, strlen(content));
	close(fd);
	assert_true(
	    secret_read(file, variable, &secret, &why) == (why.len == 0));
	if (why.len > 0) {
		assert_null(secret);
		assert_non_null(strstr(buf_cstr(&why), file));
	}
	buf_release(&why);
	unlink(file);
	return secret;
}

#define assert_secret(content, want)                                           \
	do {                                                                   \
		char *got = from_file(content);                                \
                                                                               \
		assert_non_null(got);                                          \
		assert_string_equal(got, want);                                \
		free(got);                                                     \
	} while (0)

static void
the_first_line_of_the_file(void **state)
{
	(void)state;
	assert_secret("word", "word");
	assert_secret("word\n", "word");
	assert_secret("word\r\n", "word");
	assert_secret("two words \nmore\n", "two words ");
}

static void
an_empty_file_is_an_error(void **state)
{
	(void)state;
	assert_null(from_file(""));
	assert_null(from_file("\n"));
	assert_null(from_file("\nword\n"));
}

static void
no_file_is_an_error(void **state)
{
	struct buf why = {0};
	char *secret;

	(void)state;
	setenv(variable, "x", 1);
	assert_false(secret_read("/nonexistent/x", variable, &secret, &why));
	assert_null(secret);
	assert_string_equal(
	    buf_cstr(&why), "/nonexistent/x: No such file or directory");
	buf_reset(&why);
	assert_false(secret_read("/", variable, &secret, &why));
	assert_null(secret);
	buf_release(&why);
	unsetenv(variable);
}

static void
without_a_file_the_environments(void **state)
{
	struct buf why = {0};
	char *secret;

	(void)state;
	unsetenv(variable);
	assert_true(secret_read(NULL, variable, &secret, &why));
	assert_null(secret);
	setenv(variable, "", 1);
	assert_true(secret_read(NULL, variable, &secret, &why));
	assert_null(secret);
	setenv(variable, "word", 1);
	assert_true(secret_read(NULL, variable, &secret, &why));
	assert_string_equal(secret, "word");
	free(secret);
	unsetenv(variable);
	assert_int_equal(why.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_line_of_the_file),
	    cmocka_unit_test(an_empty_file_is_an_error),
	    cmocka_unit_test(no_file_is_an_error),
	    cmocka_unit_test(without_a_file_the_environments),
	};

	return RUN("secret", tests);
}
