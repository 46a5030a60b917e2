/*
 * app/render/job.c and the waiting list in app/serve/conn.c: finding the job
 * for a key, and the request it works with when connections come and go.
 */
#include "app/render/job.h"

#include <unistd.h>

#include "app/serve/conn.h"
#include "tests/unit/util.h"

static struct job *
new_job_for(struct request *req, const char *text)
{
	struct buf key = {0};
	struct job *job;

	buf_str(&key, text);
	job = job_new(req, &key);
	assert_non_null(job);
	assert_null(key.data); /* it is the job's now */
	assert_int_equal(key.len, 0);
	return job;
}

static struct job *
new_job(const char *text)
{
	struct request *req = request_new();
	struct job *job;

	assert_non_null(req);
	job = new_job_for(req, text);
	request_unref(req);
	return job;
}

static void
a_new_job_has_the_key_and_the_request(void **state)
{
	struct request *req = request_new();
	struct job *job = new_job_for(req, ":/a");

	(void)state;
	assert_int_equal(req->refs, 2);
	assert_ptr_equal(job->request, req);
	assert_str(str_of_buf(&job->key), ":/a");
	assert_true(TAILQ_EMPTY(&job->waiting));
	assert_null(job->page);
	job_free(job);
	assert_int_equal(req->refs, 1);
	request_unref(req);
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
		assert_true(LIST_EMPTY(&jobs.buckets[i]));
	free(all);
}

/* Connections, each with a request that a segment tells apart. */
enum { CONNS = 4 };

struct fixture {
	struct conns conns;
	struct conn *c[CONNS];
	struct request *req[CONNS]; /* theirs */
	struct job *job;            /* for the first one's */
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
		if (f->c[i] == NULL || !conn_take_buffers(&f->conns, f->c[i]))
			return 1;
		req = f->req[i] = f->c[i]->request;
		buf_str(&req->memory, names[i]);
		req->segments[0] = (struct str){req->memory.data, 2};
		req->n_segments = 1;
	}
	f->job = new_job_for(f->req[0], ":/a");
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	while (!LIST_EMPTY(&f->conns.open))
		conn_close(&f->conns, LIST_FIRST(&f->conns.open));
	conns_release(&f->conns);
	job_free(f->job);
	free(f);
	return 0;
}

#define assert_waiting(f, ...) check_waiting((f), (int[]){__VA_ARGS__, -1})

/* That these connections wait, in this order, and no others. */
static void
check_waiting(const struct fixture *f, const int *which)
{
	const struct conn *previous = NULL, *c = TAILQ_FIRST(&f->job->waiting);
	bool waits[CONNS] = {false};

	for (; *which >= 0; which++) {
		assert_ptr_equal(c, f->c[*which]);
		assert_ptr_equal(c->job, f->job);
		waits[*which] = true;
		previous = c;
		c = TAILQ_NEXT(c, place);
	}
	assert_null(c);
	assert_ptr_equal(TAILQ_LAST(&f->job->waiting, waiting), previous);
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
	assert_true(TAILQ_EMPTY(&f->job->waiting));
}

/* A renderer may be reading it, whoever else waits. */
static void
the_request_stays_the_jobs(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++)
		conn_join_job(f->c[i], f->job);
	conn_leave_job(f->c[0]);
	assert_waiting(f, 1);
	conn_leave_job(f->c[1]);
	conn_join_job(f->c[2], f->job);
	assert_ptr_equal(f->job->request, f->req[0]);
	assert_str(f->job->request->segments[0], "c0");
	for (int i = 0; i < CONNS; i++) {
		assert_ptr_equal(f->c[i]->request, f->req[i]);
		assert_int_equal(f->req[i]->refs, i == 0 ? 2 : 1);
	}
}

/* A page that is made anew while an older one is shown: a renderer reads it. */
static void
a_request_that_a_job_has_is_not_used_again(void **state)
{
	struct fixture *f = *state;

	conn_pass_buffers(&f->conns, f->c[0]);
	assert_null(f->c[0]->request);
	assert_null(f->conns.spare.request);
	assert_str(f->job->request->segments[0], "c0");
	assert_int_equal(f->req[0]->refs, 1);
	assert_true(conn_take_buffers(&f->conns, f->c[0]));
	assert_ptr_not_equal(f->c[0]->request, f->job->request);
}

static void
a_request_that_nobody_has_is_the_next_ones(void **state)
{
	struct fixture *f = *state;

	conn_pass_buffers(&f->conns, f->c[1]);
	conn_pass_buffers(&f->conns, f->c[2]); /* one is enough */
	assert_ptr_equal(f->conns.spare.request, f->req[1]);
	assert_null(f->c[2]->request);
	assert_true(conn_take_buffers(&f->conns, f->c[2]));
	assert_ptr_equal(f->c[2]->request, f->req[1]);
	assert_null(f->conns.spare.request);
	/* While a request is being read, it stays. */
	assert_true(conn_take_buffers(&f->conns, f->c[2]));
	assert_ptr_equal(f->c[2]->request, f->req[1]);
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
the_request_outlives_its_connection(void **state)
{
	struct fixture *f = *state;

	conn_join_job(f->c[0], f->job);
	conn_close(&f->conns, f->c[0]);
	f->c[0] = conn_open(&f->conns, -1);
	conns_bury(&f->conns);
	assert_str(f->job->request->segments[0], "c0");
	assert_int_equal(f->job->request->refs, 1);
}

static void
closed_connections_live_until_they_are_buried(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < CONNS; i++)
		conn_close(&f->conns, f->c[(i + 2) % CONNS]);
	assert_true(LIST_EMPTY(&f->conns.open));
	assert_int_equal(f->conns.n, 0);
	for (int i = 0; i < CONNS; i++)
		assert_int_equal(f->c[i]->state, CONN_DEAD);
	conns_bury(&f->conns);
	assert_true(LIST_EMPTY(&f->conns.dead));
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
	    cmocka_unit_test(a_new_job_has_the_key_and_the_request),
	    cmocka_unit_test(a_freed_job_gives_its_page_back),
	    cmocka_unit_test(jobs_are_found_by_their_key),
	    cmocka_unit_test(removed_jobs_are_not_found),
	    cmocka_unit_test(jobs_that_share_buckets),
	    TEST(connections_wait_in_the_order_they_came),
	    TEST(connections_leave_from_anywhere),
	    TEST(leaving_without_a_job_is_harmless),
	    TEST(the_request_stays_the_jobs),
	    TEST(a_request_that_a_job_has_is_not_used_again),
	    TEST(a_request_that_nobody_has_is_the_next_ones),
	    TEST(a_connection_that_closes_leaves_its_job),
	    TEST(the_request_outlives_its_connection),
	    TEST(closed_connections_live_until_they_are_buried),
	    TEST(closing_gives_page_and_descriptor_back),
	};

	return RUN("job", tests);
}
