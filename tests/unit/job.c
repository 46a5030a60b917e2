/*
 * app/render/job.c and the waiting list in app/serve/conn.c: finding the job
 * for a key, and whose request it works with when connections come and go.
 */
#include "app/render/job.h"

#include <unistd.h>

#include "app/serve/conn.h"
#include "tests/unit/util.h"

static const struct route route = {.name = "test", .path = "/:a"};

static struct job *
new_job(const char *text)
{
	struct buf key = {0};
	struct job *job;

	buf_str(&key, text);
	job = job_new(&route, &key);
	assert_non_null(job);
	assert_null(key.data); /* it is the job's now */
	assert_int_equal(key.len, 0);
	return job;
}

static void
a_new_job_has_the_key(void **state)
{
	struct job *job = new_job(":/a");

	(void)state;
	assert_str(str_of_buf(&job->key), ":/a");
	assert_ptr_equal(job->route, &route);
	assert_null(job->first);
	assert_null(job->last);
	assert_null(job->page);
	assert_null(job->lender);
	job_free(job);
}

static void
a_freed_job_gives_its_page_back(void **state)
{
	struct job *job = new_job(":/a");
	struct page *page = page_new();

	(void)state;
	job->page = page_ref(page);
	job_free(job);
	assert_int_equal(page->refs, 1);
	page_unref(page);
}

static void
jobs_are_found_by_their_key(void **state)
{
	struct jobs jobs = {.n = 0};
	struct job *a = new_job(":/a"), *b = new_job(":/b");

	(void)state;
	assert_null(jobs_find(&jobs, LIT(":/a")));
	jobs_add(&jobs, a);
	jobs_add(&jobs, b);
	assert_int_equal(jobs.n, 2);
	assert_ptr_equal(jobs_find(&jobs, LIT(":/a")), a);
	assert_ptr_equal(jobs_find(&jobs, LIT(":/b")), b);
	assert_null(jobs_find(&jobs, LIT(":/")));
	assert_null(jobs_find(&jobs, LIT(":/a\0")));
	assert_null(jobs_find(&jobs, LIT("")));
	job_free(a);
	job_free(b);
}

static void
removed_jobs_are_not_found(void **state)
{
	struct jobs jobs = {.n = 0};
	struct job *a = new_job(":/a"), *b = new_job(":/b");

	(void)state;
	jobs_add(&jobs, a);
	jobs_add(&jobs, b);
	jobs_remove(&jobs, a);
	assert_null(jobs_find(&jobs, LIT(":/a")));
	assert_ptr_equal(jobs_find(&jobs, LIT(":/b")), b);
	assert_int_equal(jobs.n, 1);
	jobs_add(&jobs, a);
	assert_ptr_equal(jobs_find(&jobs, LIT(":/a")), a);
	jobs_remove(&jobs, a);
	jobs_remove(&jobs, b);
	assert_int_equal(jobs.n, 0);
	job_free(a);
	job_free(b);
}

/* So many that every bucket has a chain, removed from anywhere in it. */
static void
jobs_that_share_buckets(void **state)
{
	enum { N = 4 * JOBS_BUCKETS, STEP = 7 };
	struct jobs jobs = {.n = 0};
	struct job **all = calloc(N, sizeof(struct job *));
	char key[16];

	(void)state;
	assert_non_null(all);
	for (int i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		all[i] = new_job(key);
		jobs_add(&jobs, all[i]);
	}
	for (int i = 0; i < N; i++) {
		int k = i * STEP % N; /* each once */

		snprintf(key, sizeof(key), "key-%d", k);
		assert_ptr_equal(jobs_find(&jobs, str_of(key)), all[k]);
		jobs_remove(&jobs, all[k]);
		assert_null(jobs_find(&jobs, str_of(key)));
		job_free(all[k]);
		assert_int_equal(jobs.n, N - 1 - i);
	}
	for (int i = 0; i < JOBS_BUCKETS; i++)
		assert_null(jobs.buckets[i]);
	free(all);
}

/* Connections, each with a request that a segment tells apart. */
enum { CONNS = 4 };

struct fixture {
	struct conns conns;
	struct conn *c[CONNS];
	const char *memory[CONNS]; /* of their requests */
	struct job *job;
};

static int
set_up(void **state)
{
	static const char *const names[] = {"c0", "c1", "c2", "c3"};
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (f == NULL)
		return 1;
	for (int i = 0; i < CONNS; i++) {
		struct request *req;

		f->c[i] = conn_open(&f->conns, -1);
		if (f->c[i] == NULL)
			return 1;
		req = &f->c[i]->request;
		buf_str(&req->memory, names[i]);
		req->segments[0] = (struct str){req->memory.data, 2};
		req->n_segments = 1;
		f->memory[i] = req->memory.data;
	}
	f->job = new_job(":/a");
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	while (f->conns.open != NULL)
		conn_close(&f->conns, f->conns.open);
	conns_bury(&f->conns);
	job_free(f->job);
	free(f);
	return 0;
}

#define assert_waiting(f, ...) check_waiting((f), (int[]){__VA_ARGS__, -1})

/* That these connections wait, in this order, and no others. */
static void
check_waiting(const struct fixture *f, const int *which)
{
	const struct conn *previous = NULL, *c = f->job->first;
	bool waits[CONNS] = {false};

	for (; *which >= 0; which++) {
		assert_ptr_equal(c, f->c[*which]);
		assert_ptr_equal(c->job, f->job);
		assert_ptr_equal(c->job_prev, previous);
		waits[*which] = true;
		previous = c;
		c = c->job_next;
	}
	assert_null(c);
	assert_ptr_equal(f->job->last, previous);
	for (int i = 0; i < CONNS; i++) {
		if (!waits[i])
			assert_null(f->c[i]->job);
	}
}

static void
connections_wait_in_the_order_they_came(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < CONNS; i++)
		conn_join_job(f->c[i], f->job);
	assert_waiting(f, 0, 1, 2, 3);
}

static void
the_first_to_join_lends_its_request(void **state)
{
	struct fixture *f = *state;

	conn_join_job(f->c[0], f->job);
	conn_join_job(f->c[1], f->job);
	assert_ptr_equal(f->job->lender, f->c[0]);
	assert_ptr_equal(f->job->request.memory.data, f->memory[0]);
	assert_str(f->job->request.segments[0], "c0");
	assert_null(f->c[0]->request.memory.data);
	assert_int_equal(f->c[0]->request.n_segments, 0);
	assert_ptr_equal(f->c[1]->request.memory.data, f->memory[1]);
}

static void
connections_leave_from_anywhere(void **state)
{
	static const int orders[][CONNS] = {
	    {0, 1, 2, 3}, {3, 2, 1, 0}, {1, 2, 0, 3}, {2, 0, 3, 1}};
	struct fixture *f = *state;

	for (size_t o = 0; o < COUNT_OF(orders); o++) {
		bool left[CONNS] = {false};

		job_free(f->job);
		f->job = new_job(":/a");
		for (int i = 0; i < CONNS; i++)
			conn_join_job(f->c[i], f->job);
		for (int i = 0; i < CONNS; i++) {
			int waiting[CONNS + 1], n = 0;

			conn_leave_job(f->c[orders[o][i]]);
			left[orders[o][i]] = true;
			for (int j = 0; j < CONNS; j++) {
				if (!left[j])
					waiting[n++] = j;
			}
			waiting[n] = -1;
			check_waiting(f, waiting);
		}
		/* The request was c0's, and is the job's now. */
		assert_null(f->job->lender);
		if (o == 0)
			assert_ptr_equal(
			    f->job->request.memory.data, f->memory[0]);
	}
}

static void
leaving_without_a_job_is_harmless(void **state)
{
	struct fixture *f = *state;

	conn_leave_job(f->c[0]);
	conn_join_job(f->c[1], f->job);
	conn_leave_job(f->c[0]);
	assert_waiting(f, 1);
	conn_leave_job(f->c[1]);
	conn_leave_job(f->c[1]);
	assert_null(f->job->first);
	assert_null(f->job->last);
}

static void
a_lender_that_leaves_leaves_its_request(void **state)
{
	struct fixture *f = *state;

	conn_join_job(f->c[0], f->job);
	conn_join_job(f->c[1], f->job);
	conn_leave_job(f->c[0]);
	assert_null(f->job->lender);
	assert_ptr_equal(f->job->request.memory.data, f->memory[0]);
	assert_null(f->c[0]->request.memory.data);
	assert_waiting(f, 1);
}

static void
others_that_leave_keep_their_requests(void **state)
{
	struct fixture *f = *state;

	conn_join_job(f->c[0], f->job);
	conn_join_job(f->c[1], f->job);
	conn_leave_job(f->c[1]);
	assert_ptr_equal(f->c[1]->request.memory.data, f->memory[1]);
	assert_ptr_equal(f->job->lender, f->c[0]);
}

static void
a_finished_job_gives_the_request_back(void **state)
{
	struct fixture *f = *state;

	conn_join_job(f->c[0], f->job);
	conn_join_job(f->c[1], f->job);
	conn_end_job(f->c[0]);
	assert_ptr_equal(f->c[0]->request.memory.data, f->memory[0]);
	assert_str(f->c[0]->request.segments[0], "c0");
	assert_null(f->job->request.memory.data);
	assert_null(f->job->lender);
	assert_waiting(f, 1);
	conn_end_job(f->c[1]);
	assert_ptr_equal(f->c[1]->request.memory.data, f->memory[1]);
	assert_null(f->job->first);
}

static void
a_finished_job_without_its_lender_keeps_the_request(void **state)
{
	struct fixture *f = *state;

	conn_join_job(f->c[0], f->job);
	conn_join_job(f->c[1], f->job);
	conn_leave_job(f->c[0]);
	conn_end_job(f->c[1]);
	assert_ptr_equal(f->c[1]->request.memory.data, f->memory[1]);
	assert_ptr_equal(f->job->request.memory.data, f->memory[0]);
}

/*
 * A renderer may be reading the request that the first one has left: who
 * joins when nobody waits any more must not take its place.
 */
static void
who_joins_after_all_have_left_lends_nothing(void **state)
{
	struct fixture *f = *state;
	struct request lent;

	conn_join_job(f->c[0], f->job);
	lent = f->job->request;
	conn_leave_job(f->c[0]);
	assert_null(f->job->first);
	conn_join_job(f->c[1], f->job);
	assert_waiting(f, 1);
	if (f->job->request.memory.data != f->memory[0])
		buf_release(&lent.memory); /* or it would leak */
	assert_ptr_equal(f->job->request.memory.data, f->memory[0]);
	assert_ptr_equal(f->c[1]->request.memory.data, f->memory[1]);
	assert_null(f->job->lender);
	conn_end_job(f->c[1]);
	assert_ptr_equal(f->c[1]->request.memory.data, f->memory[1]);
}

/* A page that is made anew while an older one is shown: a renderer reads it. */
static void
who_joins_a_job_with_its_own_request_lends_nothing(void **state)
{
	struct fixture *f = *state;
	const char *own;

	assert_true(job_copy_request(f->job, &f->c[0]->request));
	own = f->job->request.memory.data;
	assert_ptr_equal(f->c[0]->request.memory.data, f->memory[0]);
	for (int i = 0; i < 2; i++)
		conn_join_job(f->c[i], f->job);
	assert_waiting(f, 0, 1);
	assert_null(f->job->lender);
	assert_ptr_equal(f->job->request.memory.data, own);
	assert_str(f->job->request.segments[0], "c0");
	for (int i = 0; i < 2; i++) {
		conn_end_job(f->c[i]);
		assert_ptr_equal(f->c[i]->request.memory.data, f->memory[i]);
	}
	assert_ptr_equal(f->job->request.memory.data, own);
}

static void
a_connection_that_closes_leaves_its_job(void **state)
{
	struct fixture *f = *state;
	struct conn *c = f->c[1];

	for (int i = 0; i < 3; i++)
		conn_join_job(f->c[i], f->job);
	conn_close(&f->conns, c);
	assert_waiting(f, 0, 2);
	assert_int_equal(c->state, CONN_DEAD);
	assert_int_equal(f->conns.n, CONNS - 1);
}

static void
a_lender_that_closes_leaves_its_request(void **state)
{
	struct fixture *f = *state;

	conn_join_job(f->c[0], f->job);
	conn_close(&f->conns, f->c[0]);
	f->c[0] = conn_open(&f->conns, -1);
	conns_bury(&f->conns);
	/* The request lives on. */
	assert_str(f->job->request.segments[0], "c0");
	assert_null(f->job->lender);
}

static void
closed_connections_live_until_they_are_buried(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < CONNS; i++)
		conn_close(&f->conns, f->c[(i + 2) % CONNS]);
	assert_null(f->conns.open);
	assert_int_equal(f->conns.n, 0);
	for (int i = 0; i < CONNS; i++)
		assert_int_equal(f->c[i]->state, CONN_DEAD);
	conns_bury(&f->conns);
	assert_null(f->conns.dead);
}

static void
closing_gives_page_and_descriptor_back(void **state)
{
	struct fixture *f = *state;
	struct page *page = page_new();
	int ends[2];
	char byte;

	assert_int_equal(pipe(ends), 0);
	f->c[0]->fd = ends[1];
	f->c[0]->page = page_ref(page);
	conn_close(&f->conns, f->c[0]);
	assert_int_equal(page->refs, 1);
	/* The end of the pipe is closed, so reading finds the end of it. */
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	page_unref(page);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_job_has_the_key),
	    cmocka_unit_test(a_freed_job_gives_its_page_back),
	    cmocka_unit_test(jobs_are_found_by_their_key),
	    cmocka_unit_test(removed_jobs_are_not_found),
	    cmocka_unit_test(jobs_that_share_buckets),
	    TEST(connections_wait_in_the_order_they_came),
	    TEST(the_first_to_join_lends_its_request),
	    TEST(connections_leave_from_anywhere),
	    TEST(leaving_without_a_job_is_harmless),
	    TEST(a_lender_that_leaves_leaves_its_request),
	    TEST(others_that_leave_keep_their_requests),
	    TEST(a_finished_job_gives_the_request_back),
	    TEST(a_finished_job_without_its_lender_keeps_the_request),
	    TEST(who_joins_after_all_have_left_lends_nothing),
	    TEST(who_joins_a_job_with_its_own_request_lends_nothing),
	    TEST(a_connection_that_closes_leaves_its_job),
	    TEST(a_lender_that_closes_leaves_its_request),
	    TEST(closed_connections_live_until_they_are_buried),
	    TEST(closing_gives_page_and_descriptor_back),
	};

	return RUN("job", tests);
}
