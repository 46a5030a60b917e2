/*
 * squall's processes, started and waited for.
 */
#include "tests/tools/fault-sweep/process.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tools/fault-sweep/client.h"

enum { WAIT_MS = 2, ARGUMENTS_MAX = 16 };

static int
open_file(const char *name, int more)
{
	int fd =
	    open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | more, 0600);

	if (fd < 0)
		err(1, "%s", name);
	return fd;
}

void
process_init(struct process *p, const char *const *arguments)
{
	int fd = open_file("control", 0);

	*p = (struct process){.arguments = arguments, .server = -1};
	if (ftruncate(fd, sizeof(*p->fault)) < 0)
		err(1, "control");
	p->fault = mmap(
	    NULL, sizeof(*p->fault), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p->fault == MAP_FAILED)
		err(1, "control");
	close(fd);
	p->out = open_file("out", 0);
	p->log = open_file("log", O_APPEND);
}

/* In the new process. */
static _Noreturn void
execute(const struct process *p, int server)
{
	const char *argv[ARGUMENTS_MAX] = {getenv("SQUALL")};
	int in = open("/dev/null", O_RDONLY);
	char number[16];

	for (size_t i = 0; p->arguments[i] != NULL; i++)
		argv[i + 1] = p->arguments[i];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(in, STDIN_FILENO);
	dup2(p->out, STDOUT_FILENO);
	dup2(p->log, STDERR_FILENO);
	if (server >= 0) {
		fcntl(server, F_SETFD, 0);
		snprintf(number, sizeof(number), "%d", server);
		setenv("FAULT_SERVER", number, 1);
	}
	setenv("FAULT_CONTROL", "control", 1);
	setenv("FAULT_TRACE", "1", 1);
	setenv("LD_PRELOAD", getenv("FAULT_SO"), 1);
	execv(argv[0], (char *const *)argv);
	err(1, "%s", argv[0]);
}

static int
start(const struct process *p, int server)
{
	int pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		execute(p, server);
	return pid;
}

void
process_serve_forks(struct process *p)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		err(1, "socketpair");
	start(p, ends[1]);
	close(ends[1]);
	p->server = ends[0];
}

void
process_release(struct process *p)
{
	if (p->server < 0)
		return;
	close(p->server);
	wait(NULL);
}

/* A number from the fork server; false: none comes in time. */
static bool
read_number(const struct process *p, int *number, int timeout_ms)
{
	struct pollfd fd = {.fd = p->server, .events = POLLIN};

	if (poll(&fd, 1, timeout_ms) == 0)
		return false;
	if (read(p->server, number, sizeof(*number)) != sizeof(*number))
		errx(1, "the fork server has ended");
	return true;
}

static void
cut(int fd, off_t len)
{
	if (ftruncate(fd, len) < 0 || lseek(fd, len, SEEK_SET) < 0)
		err(1, "a file");
}

/* The next process of the fork server's. */
static void
let_go(struct process *p)
{
	cut(p->out, atomic_load(&p->fault->at));
	process_clear(p->log);
	if (write(p->server, "", 1) != 1 ||
	    !read_number(p, &p->pid, HANG_S * 1000))
		err(1, "the fork server");
}

bool
process_walks_on(struct process *p)
{
	let_go(p);
	return p->pid != 0;
}

void
process_start(struct process *p)
{
	if (p->server >= 0) {
		let_go(p);
		return;
	}
	process_clear(p->out);
	process_clear(p->log);
	p->pid = start(p, -1);
}

bool
process_has_ended(struct process *p, int *status)
{
	bool ended = p->server < 0 ? waitpid(p->pid, status, WNOHANG) == p->pid
				   : read_number(p, status, 0);

	if (ended)
		p->pid = 0;
	return ended;
}

int
process_wait(struct process *p)
{
	int status;

	if (p->server < 0) {
		for (int ms = 0; ms < HANG_S * 1000; ms += WAIT_MS) {
			if (process_has_ended(p, &status))
				return status;
			usleep(WAIT_MS * 1000);
		}
	} else if (read_number(p, &status, HANG_S * 1000)) {
		p->pid = 0;
		return status;
	}
	kill(p->pid, SIGKILL);
	if (p->server < 0)
		waitpid(p->pid, &status, 0);
	else
		read_number(p, &status, -1);
	p->pid = 0;
	return PROCESS_HUNG;
}

void
process_clear(int fd)
{
	cut(fd, 0);
}

struct reply
process_read(int fd)
{
	char bytes[1 << 14];
	struct reply r = {0};
	off_t at = 0;
	ssize_t n;

	reply_add(&r, "", 0);
	while ((n = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		reply_add(&r, bytes, (size_t)n);
		at += n;
	}
	return r;
}
