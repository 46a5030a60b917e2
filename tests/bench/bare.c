/*
 * What squall's hit path is measured against: the program one writes from
 * libfcgi's examples.  It waits in FCGX_Accept_r, sends the reply that it has
 * read from a file, and waits again; several processes share the socket.
 *
 * usage: bare [-n PROCESSES] [-s SOCKET] REPLY
 *
 * REPLY holds a whole reply, headers, empty line and body.  The socket is
 * created at the path SOCKET; without -s it is file descriptor 0, as
 * spawn-fcgi and web servers hand it over.
 *
 * A process stays with a connection as long as the web server keeps that open,
 * so there must be as many processes as the web server keeps connections.
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BACKLOG = 1024, PROCESSES_MAX = 1024 };

struct reply {
	char *data;
	int len;
};

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static struct reply
read_reply(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct reply reply;
	struct stat st;

	if (f == NULL || fstat(fileno(f), &st) < 0)
		fail(path);
	if (st.st_size <= 0 || st.st_size > 64 << 20) {
		fprintf(stderr, "%s: expected 1 byte to 64 MiB\n", path);
		exit(1);
	}
	reply.len = (int)st.st_size;
	reply.data = malloc((size_t)reply.len);
	if (reply.data == NULL ||
	    fread(reply.data, 1, (size_t)reply.len, f) != (size_t)reply.len)
		fail(path);
	fclose(f);
	return reply;
}

/* Answers every request with the reply, for ever. */
static int
serve(int listener, const struct reply *reply)
{
	FCGX_Request request;

	if (FCGX_InitRequest(&request, listener, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		FCGX_PutStr(reply->data, reply->len, request.out);
		FCGX_Finish_r(&request);
	}
	return 1;
}

int
main(int argc, char *argv[])
{
	const char *path = NULL;
	long processes = 1;
	int listener = 0, option;
	struct reply reply;

	while ((option = getopt(argc, argv, "n:s:")) != -1) {
		switch (option) {
		case 'n':
			processes = strtol(optarg, NULL, 10);
			break;
		case 's':
			path = optarg;
			break;
		default:
			processes = 0;
			break;
		}
	}
	if (argc - optind != 1 || processes < 1 || processes > PROCESSES_MAX) {
		fprintf(
		    stderr, "usage: bare [-n PROCESSES] [-s SOCKET] REPLY\n");
		return 2;
	}
	reply = read_reply(argv[optind]);
	if (FCGX_Init() != 0)
		fail("libfcgi");
	if (path != NULL) {
		umask(0117);
		listener = FCGX_OpenSocket(path, BACKLOG);
		if (listener < 0)
			fail(path);
	}

	/* libfcgi would finish first, and that may take for ever */
	signal(SIGTERM, SIG_DFL);
	if (processes == 1)
		return serve(listener, &reply);
	for (long i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			return serve(listener, &reply);
		}
	}
	wait(NULL);
	fprintf(stderr, "a process has ended\n");
	return 1;
}
