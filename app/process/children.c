/*
 * Worker processes, for pool.c.
 */
#include "app/process/children.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/process/link.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"

enum {
	START_MS = 30000,   /* to become ready */
	SILENCE_MS = 10000, /* after which a worker is taken for hung */
};

/* Waiting for workers takes no memory that would not be there. */
static bool
make_room(struct children *cs)
{
	size_t n = 2; /* another descriptor, and one more worker */
	struct pollfd *fds;

	for (const struct child *c = cs->first; c != NULL; c = c->next)
		n++;
	fds = realloc(cs->fds, n * sizeof(*fds));
	if (fds == NULL)
		return false;
	cs->fds = fds;
	return true;
}

bool
children_init(struct children *cs, size_t places)
{
	*cs = (struct children){.places = places};
	return make_room(cs);
}

void
children_release(struct children *cs)
{
	struct child *c;

	while ((c = cs->first) != NULL) {
		cs->first = c->next;
		children_free(c);
	}
	free(cs->fds);
}

void
children_free(struct child *c)
{
	if (c->link >= 0)
		close(c->link);
	free(c);
}

static bool
is_taken(const struct children *cs, size_t place)
{
	const struct child *c = cs->first;

	while (c != NULL && c->place != place)
		c = c->next;
	return c != NULL;
}

static struct child *
new_child(struct children *cs)
{
	struct child *c = calloc(1, sizeof(*c));

	if (c == NULL || !make_room(cs)) {
		free(c);
		return NULL;
	}
	while (is_taken(cs, c->place))
		c->place++;
	if (c->place < cs->places)
		return c;
	free(c);
	errno = EAGAIN;
	return NULL;
}

/* It must be heard of within `ms`, or be killed. */
static void
await(struct child *c, int64_t ms)
{
	c->deadline_us = clock_mono_us() + ms * 1000;
	if (c->deadline_us > c->finish_us)
		c->deadline_us = c->finish_us;
}

static void
let_finish(struct child *c, int64_t ms)
{
	c->state = CHILD_RETIRING;
	c->finish_us = ms == 0 ? INT64_MAX : clock_mono_us() + ms * 1000;
	await(c, SILENCE_MS);
}

static void
add(struct children *cs, struct child *c, int64_t ms)
{
	c->finish_us = INT64_MAX;
	await(c, ms);
	c->next = cs->first;
	cs->first = c;
}

/* In the new process. */
static void
be_born(struct children *cs, pid_t master)
{
	/* A worker without a master finishes what it has, and ends. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != master)
		raise(SIGTERM);
	children_release(cs);
	*cs = (struct children){0};
}

int
children_fork(
    struct children *cs, unsigned generation, size_t *place, int *link)
{
	struct child *c = new_child(cs);
	pid_t master = getpid();
	int ends[2];

	if (c == NULL || pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		free(c);
		return -1;
	}
	log_flush();
	c->generation = generation;
	c->link = ends[0];
	*place = c->place;
	*link = ends[1];
	c->pid = fork();
	if (c->pid == 0) {
		children_free(c);
		be_born(cs, master);
		return 0;
	}
	close(ends[1]);
	if (c->pid < 0) {
		children_free(c);
		return -1;
	}
	add(cs, c, START_MS);
	return 1;
}

bool
children_adopt(struct children *cs, const struct child *from, int64_t ms)
{
	struct child *c = new_child(cs);

	if (c == NULL)
		return false;
	*c = *from;
	fcntl(c->link, F_SETFD, FD_CLOEXEC);
	add(cs, c, c->state == CHILD_STARTING ? START_MS : SILENCE_MS);
	if (c->state == CHILD_RETIRING)
		let_finish(c, ms);
	return true;
}

void
children_retire(struct child *c, int signal_number, int64_t ms)
{
	kill(c->pid, signal_number);
	let_finish(c, ms);
}

void
children_signal(const struct children *cs, int signal_number)
{
	for (const struct child *c = cs->first; c != NULL; c = c->next)
		kill(c->pid, signal_number);
}

/* True if it has become ready. */
static bool
heard(struct child *c, char word)
{
	await(c, SILENCE_MS);
	if (c->state == CHILD_RETIRING)
		return false;
	if (word == LINK_REPLACE)
		c->unwanted = true;
	if (word != LINK_READY)
		return false;
	c->state = CHILD_SERVING;
	return true;
}

static size_t
listen_to(struct child *c)
{
	size_t ready = 0;
	char words[64];
	ssize_t n;

	while ((n = read(c->link, words, sizeof(words))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			ready += heard(c, words[i]);
	}
	if (n == 0) { /* it ends, or has closed everything */
		close(c->link);
		c->link = -1;
	}
	return ready;
}

size_t
children_wait(struct children *cs, int fd, int64_t wait_us)
{
	size_t ready = 0;
	nfds_t n = 0;

	cs->fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
	for (const struct child *c = cs->first; c != NULL; c = c->next)
		cs->fds[n++] = (struct pollfd){.fd = c->link, .events = POLLIN};
	poll(cs->fds, n, wait_us < 0 ? -1 : (int)((wait_us + 999) / 1000));
	n = 1;
	for (struct child *c = cs->first; c != NULL; c = c->next) {
		if (cs->fds[n++].revents != 0)
			ready += listen_to(c);
	}
	return ready;
}

struct child *
children_reap(struct children *cs, int *status)
{
	pid_t pid;

	while ((pid = waitpid(-1, status, WNOHANG)) > 0) {
		struct child **at = &cs->first, *c;

		while ((c = *at) != NULL && c->pid != pid)
			at = &c->next;
		if (c != NULL) {
			*at = c->next;
			return c;
		}
	}
	return NULL;
}

void
children_kill_overdue(struct children *cs)
{
	int64_t now = clock_mono_us();

	for (struct child *c = cs->first; c != NULL; c = c->next) {
		if (now < c->deadline_us)
			continue;
		log_error("master", "worker %d %s; killing it", (int)c->pid,
		    c->state == CHILD_STARTING ? "does not become ready"
			: now >= c->finish_us  ? "does not finish"
					       : "hangs");
		kill(c->pid, SIGKILL);
		c->deadline_us = c->finish_us = INT64_MAX;
	}
}

int64_t
children_due_us(const struct children *cs)
{
	int64_t due = INT64_MAX;

	for (const struct child *c = cs->first; c != NULL; c = c->next) {
		if (c->deadline_us < due)
			due = c->deadline_us;
	}
	return due;
}
