/*
 * From one program to the next.  Called by main and, through it, the pool.
 */
#include "app/process/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "app/watch/log.h"

enum { AGAIN_S = 1 }; /* the pause before another try */

static const char variable[] = "SQUALL_HANDOVER";
static const char first_line[] = "squall 1\n";

void
handover_format(const struct handover *h, struct buf *b)
{
	const struct listeners *l = &h->listeners;

	buf_str(b, first_line);
	for (size_t i = 0; i < l->n; i++)
		buf_printf(b, "listen %d %s\n", l->fds[i],
		    l->addresses[i] == NULL ? "" : l->addresses[i]);
	for (const struct child *c = h->workers; c != NULL; c = c->next)
		buf_printf(b, "worker %d %d %d\n", (int)c->pid, c->link,
		    (int)c->state);
	if (h->is_worker)
		buf_printf(b, "place %zu %d\n", h->place.number, h->place.link);
}

static bool
parse_listener(struct handover *h, const char *text, size_t len)
{
	int fd, at;
	char *address;
	bool ok;

	if (sscanf(text, "listen %d%n", &fd, &at) != 1 || text[at++] != ' ')
		return false;
	address = strndup(text + at, len - (size_t)at);
	ok = address != NULL &&
	    listeners_adopt(
		&h->listeners, fd, *address == '\0' ? NULL : address);
	free(address);
	return ok;
}

static bool
parse_worker(struct handover *h, const char *text)
{
	struct child *c = calloc(1, sizeof(*c));
	int pid, state;

	if (c == NULL ||
	    sscanf(text, "worker %d %d %d\n", &pid, &c->link, &state) != 3 ||
	    pid <= 1 || state < CHILD_STARTING || state > CHILD_RETIRING) {
		free(c);
		return false;
	}
	c->pid = (pid_t)pid;
	c->state = (enum child_state)state;
	c->next = h->workers;
	h->workers = c;
	return true;
}

static bool
parse_line(struct handover *h, const char *line, size_t len)
{
	switch (*line) {
	case 'l':
		return parse_listener(h, line, len);
	case 'w':
		return parse_worker(h, line);
	case 'p':
		h->is_worker = true;
		h->place.on_trial = true;
		return sscanf(line, "place %zu %d\n", &h->place.number,
			   &h->place.link) == 2 &&
		    h->place.number < POOL_PLACES;
	default:
		return false;
	}
}

bool
handover_parse(struct handover *h, const char *text, struct buf *why)
{
	const char *line = text;

	*h = (struct handover){.given = true};
	if (strncmp(line, first_line, strlen(first_line)) != 0) {
		buf_printf(why,
		    "%s is of another version: stop squall and start it again",
		    variable);
		return false;
	}
	for (line += strlen(first_line); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (line[len] != '\n' || !parse_line(h, line, len)) {
			buf_printf(why, "%s: \"%.*s\" is of no use", variable,
			    (int)len, line);
			return false;
		}
		line += len + 1;
	}
	return true;
}

bool
handover_take(struct handover *h, struct buf *why)
{
	const char *text = getenv(variable);

	*h = (struct handover){0};
	return text == NULL || handover_parse(h, text, why);
}

void
handover_release(struct handover *h)
{
	struct child *c;

	while ((c = h->workers) != NULL) {
		h->workers = c->next;
		free(c);
	}
}

/* Lets the next program inherit the descriptors, or not. */
static void
pass_on(const struct handover *h, bool pass)
{
	int flags = pass ? 0 : FD_CLOEXEC;

	for (size_t i = 0; i < h->listeners.n; i++)
		fcntl(h->listeners.fds[i], F_SETFD, flags);
	for (const struct child *c = h->workers; c != NULL; c = c->next) {
		if (c->link >= 0)
			fcntl(c->link, F_SETFD, flags);
	}
	if (h->is_worker)
		fcntl(h->place.link, F_SETFD, flags);
}

void
handover_execute(char *const argv[], const struct handover *h)
{
	struct buf text = {0};

	handover_format(h, &text);
	if (text.failed || setenv(variable, buf_cstr(&text), 1) < 0) {
		log_error("master", "out of memory");
	} else {
		pass_on(h, true);
		log_flush();
		execvp(argv[0], argv);
		log_error("master", "%s can't be executed: %s", argv[0],
		    strerror(errno));
		pass_on(h, false);
	}
	buf_release(&text);
}

void
handover_again(char *const argv[], const struct handover *h)
{
	static const struct timespec pause = {.tv_sec = AGAIN_S};
	sigset_t ends;

	/* They are blocked, as the program before has left them. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pass_on(h, true);
	while (sigtimedwait(&ends, NULL, &pause) < 0) {
		execvp(argv[0], argv);
		log_error("master", "%s can't be executed: %s", argv[0],
		    strerror(errno));
	}
}
