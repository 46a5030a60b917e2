/*
 * The service manager's end of sd_notify(3): prints what arrives at a datagram
 * socket, a line each.  usage: notify-socket PATH
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	char text[1024];
	ssize_t n;
	int fd;

	if (argc != 2 || strlen(argv[1]) >= sizeof(un.sun_path)) {
		fputs("usage: notify-socket PATH\n", stderr);
		return 2;
	}
	memcpy(un.sun_path, argv[1], strlen(argv[1]));
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&un, sizeof(un)) < 0) {
		perror(argv[1]);
		return 1;
	}
	while ((n = recv(fd, text, sizeof(text) - 1, 0)) >= 0) {
		text[n] = '\0';
		puts(text);
		fflush(stdout);
	}
	return 1;
}
