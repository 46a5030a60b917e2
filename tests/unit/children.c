/*
 * app/process/children.c: when a worker is killed that was told to finish.
 */
#include "app/process/children.h"

#include <sys/wait.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "app/process/link.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"
#include "tests/unit/util.h"

/* A worker that says that it lives, if it does, and never ends. */
static struct child *
start_worker(struct children *cs, bool lives)
{
	size_t place;
	int link;

	log_setup(LOG_NONE, ACCESS_OFF);
	assert_true(children_init(cs, 8));
	if (children_fork(cs, 1, &place, &link) == 0) {
		while (poll(NULL, 0, 10) == 0) {
			if (lives)
				link_say(link, LINK_ALIVE);
		}
		_exit(0);
	}
	assert_non_null(cs->first);
	return cs->first;
}

static void
end(struct children *cs)
{
	kill(cs->first->pid, SIGKILL);
	waitpid(cs->first->pid, NULL, 0);
	children_release(cs);
}

static void
one_that_lives_may_finish_however_long_it_takes(void **state)
{
	struct children cs;
	struct child *c = start_worker(&cs, true);
	int64_t due_us;

	(void)state;
	children_retire(c, 0, 0);
	/* Whenever it is heard of, it gets more time. */
	for (int i = 0; i < 3; i++) {
		due_us = children_due_us(&cs);
		assert_true(due_us > clock_mono_us() && due_us < INT64_MAX);
		while (children_due_us(&cs) == due_us)
			children_wait(&cs, -1, -1);
		children_kill_overdue(&cs);
		assert_true(children_due_us(&cs) > due_us);
	}
	/* Nor is its time over when another master takes it over. */
	assert_true(children_adopt(&cs,
	    &(struct child){
		.pid = c->pid, .link = dup(c->link), .state = c->state},
	    0));
	due_us = cs.first->deadline_us;
	while (cs.first->deadline_us == due_us)
		children_wait(&cs, -1, -1);
	assert_true(cs.first->deadline_us > due_us);
	end(&cs);
}

static void
one_that_is_silent_is_killed(void **state)
{
	struct children cs;
	struct child *c = start_worker(&cs, false);
	int64_t before_us = clock_mono_us();

	(void)state;
	children_retire(c, 0, 0);
	assert_in_range(children_due_us(&cs), before_us + 1000000,
	    clock_mono_us() + 60000000);
	end(&cs);
}

static void
one_that_is_over_the_limit_is_killed_though_it_lives(void **state)
{
	struct children cs;
	struct child *c = start_worker(&cs, true), *dead = NULL;
	int status;

	(void)state;
	children_retire(c, 0, 100);
	while ((dead = children_reap(&cs, &status)) == NULL) {
		children_wait(&cs, -1, 10000);
		children_kill_overdue(&cs);
	}
	assert_ptr_equal(dead, c);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	children_free(dead);
	children_release(&cs);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_that_lives_may_finish_however_long_it_takes),
	    cmocka_unit_test(one_that_is_silent_is_killed),
	    cmocka_unit_test(
		one_that_is_over_the_limit_is_killed_though_it_lives),
	};

	return RUN("children", tests);
}
