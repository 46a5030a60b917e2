/* What one program hands over to the next. */
#include "app/process/handover.h"

#include <sys/socket.h>

#include <unistd.h>

#include "tests/unit/util.h"

static int
listening(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
release(struct handover *h)
{
	listeners_close(&h->listeners);
	handover_release(h);
}

static void
what_is_written_is_read(void **state)
{
	struct child retiring = {
	    .pid = 321, .link = -1, .state = CHILD_RETIRING};
	struct child serving = {
	    .next = &retiring, .pid = 123, .link = 77, .state = CHILD_SERVING};
	struct handover h = {
	    .workers = &serving,
	    .is_worker = true,
	    .place = {.number = 5, .link = 9},
	};
	struct buf text = {0}, why = {0};
	struct handover back;
	int a = listening(), b = listening();

	(void)state;
	assert_true(listeners_adopt(&h.listeners, a, "127.0.0.1:9000"));
	assert_true(listeners_adopt(&h.listeners, b, NULL));
	handover_format(&h, &text);
	assert_true(handover_parse(&back, buf_cstr(&text), &why));
	assert_true(back.given);
	assert_int_equal(back.listeners.n, 2);
	assert_int_equal(back.listeners.fds[0], a);
	assert_string_equal(back.listeners.addresses[0], "127.0.0.1:9000");
	assert_int_equal(back.listeners.fds[1], b);
	assert_null(back.listeners.addresses[1]);
	/* The list is the other way round. */
	assert_int_equal(back.workers->pid, 321);
	assert_int_equal(back.workers->link, -1);
	assert_int_equal(back.workers->state, CHILD_RETIRING);
	assert_int_equal(back.workers->next->pid, 123);
	assert_int_equal(back.workers->next->link, 77);
	assert_int_equal(back.workers->next->state, CHILD_SERVING);
	assert_null(back.workers->next->next);
	assert_true(back.is_worker);
	assert_int_equal(back.place.number, 5);
	assert_int_equal(back.place.link, 9);
	assert_true(back.place.on_trial);
	handover_release(&back);
	listeners_forget(&back.listeners);
	listeners_close(&h.listeners);
	buf_release(&text);
}

static void
an_address_may_have_spaces(void **state)
{
	struct buf text = {0}, why = {0};
	struct handover h;
	int fd = listening();

	(void)state;
	buf_printf(&text, "squall 1\nlisten %d unix:/a path/ s\n", fd);
	assert_true(handover_parse(&h, buf_cstr(&text), &why));
	assert_string_equal(h.listeners.addresses[0], "unix:/a path/ s");
	release(&h);
	buf_release(&text);
}

static void
nothing_is_handed_over(void **state)
{
	struct buf why = {0};
	struct handover h;

	(void)state;
	unsetenv("SQUALL_HANDOVER");
	assert_true(handover_take(&h, &why));
	assert_false(h.given);
	setenv("SQUALL_HANDOVER", "squall 1\n", 1);
	assert_true(handover_take(&h, &why));
	assert_true(h.given);
	/* It stays for another try. */
	assert_string_equal(getenv("SQUALL_HANDOVER"), "squall 1\n");
	unsetenv("SQUALL_HANDOVER");
	release(&h);
}

static void
what_is_no_handover(void **state)
{
	static const char *const bad[] = {
	    "",
	    "squall 2\n",
	    "squall 1",
	    "squall 1\nlisten",
	    "squall 1\nlisten 0",
	    "squall 1\nlisten x unix:/x\n",
	    "squall 1\nlisten 999 unix:/x\n",
	    "squall 1\nworker\n",
	    "squall 1\nworker 1 3 1\n",
	    "squall 1\nworker -5 3 1\n",
	    "squall 1\nworker 55 3 9\n",
	    "squall 1\nworker 55 3\n",
	    "squall 1\nplace 99999 3\n",
	    "squall 1\nplace\n",
	    "squall 1\nsomething else\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct buf why = {0};
		struct handover h;

		assert_false(handover_parse(&h, bad[i], &why));
		assert_has(buf_cstr(&why), "SQUALL_HANDOVER");
		release(&h);
		buf_release(&why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(an_address_may_have_spaces),
	    cmocka_unit_test(nothing_is_handed_over),
	    cmocka_unit_test(what_is_no_handover),
	};

	return RUN("handover", tests);
}
