/*
 * Says lines to a server of a protocol that has lines, and prints all that it
 * answers, without CRs, until the server ends the connection: the last of the
 * lines has to ask for that.
 *
 *	tell PATH|HOST:PORT LINE...
 *
 * HOST is a number.  Fails if nobody is there, or after a minute.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT_S = 60 };

static int
dial_path(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof(un.sun_path))
		errx(2, "%s: too long", path);
	memcpy(un.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&un, sizeof(un)) < 0)
		err(1, "%s", path);
	return fd;
}

static int
dial_port(const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	char host[INET_ADDRSTRLEN];
	const char *colon = strrchr(text, ':');
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		errx(2, "no address: %s", text);
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	in.sin_port = htons((unsigned short)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1)
		errx(2, "no address: %s", text);
	if (fd < 0 || connect(fd, (struct sockaddr *)&in, sizeof(in)) < 0)
		err(1, "%s", text);
	return fd;
}

static void
print_without_crs(char *p, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		if (p[i] != '\r')
			p[n++] = p[i];
	if (fwrite(p, 1, n, stdout) != n)
		err(1, "standard output");
}

int
main(int argc, char *argv[])
{
	static char buf[65536];
	ssize_t n;
	int fd, i;

	if (argc < 3)
		errx(2, "usage: tell PATH|HOST:PORT LINE...");
	alarm(LIMIT_S);
	fd = argv[1][0] == '/' ? dial_path(argv[1]) : dial_port(argv[1]);
	for (i = 2; i < argc; i++)
		if (dprintf(fd, "%s\r\n", argv[i]) < 0)
			err(1, "%s", argv[1]);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		print_without_crs(buf, (size_t)n);
	return fflush(stdout) == 0 ? 0 : 1;
}
