/*
 * The web server's side: a request's variables, for CGI and FastCGI.
 */
#include "tests/tools/fault-sweep/client.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FastCGI specification 1.0, section 8. */
enum {
	BEGIN_REQUEST = 1,
	END_REQUEST = 3,
	PARAMS = 4,
	STDIN = 5,
	STDOUT = 6,
	RESPONDER = 1,
	HEAD_LEN = 8,
};

char *client_variables[64];
static size_t n_variables;

static void
add_variable(const char *name, const char *value)
{
	if (n_variables + 1 >= sizeof(client_variables) / sizeof(char *) ||
	    asprintf(&client_variables[n_variables++], "%s%s", name, value) < 0)
		err(1, "a variable");
}

void
client_prepare(const char *uri, char *const fields[])
{
	size_t len = strcspn(uri, "?");
	char *path = strndup(uri, len);

	if (path == NULL)
		err(1, "an address");
	add_variable("REQUEST_METHOD=", "GET");
	add_variable("SERVER_PROTOCOL=", "HTTP/1.1");
	add_variable("GATEWAY_INTERFACE=", "CGI/1.1");
	add_variable("REMOTE_ADDR=", "127.0.0.1");
	add_variable("SERVER_NAME=", "localhost");
	add_variable("HTTP_HOST=", "localhost");
	add_variable("SCRIPT_NAME=", "");
	add_variable("REQUEST_URI=", uri);
	add_variable("PATH_INFO=", path);
	add_variable("QUERY_STRING=", uri[len] == '\0' ? "" : uri + len + 1);
	for (; *fields != NULL; fields++)
		add_variable(*fields, "");
	free(path);
}

static int
dial(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		err(1, "%s", path);
	memcpy(address.sun_path, path, strlen(path));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

bool
client_can_connect(const char *path)
{
	int fd = dial(path);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void
add_record(struct reply *to, int type, const void *content, size_t len)
{
	const unsigned char head[HEAD_LEN] = {1, (unsigned char)type, 0, 1,
	    (unsigned char)(len >> 8), (unsigned char)len};

	reply_add(to, head, sizeof(head));
	reply_add(to, content, len);
}

static void
add_length(struct reply *to, size_t len)
{
	const unsigned char bytes[4] = {(unsigned char)(len >> 24 | 0x80),
	    (unsigned char)(len >> 16), (unsigned char)(len >> 8),
	    (unsigned char)len};

	reply_add(to, bytes, sizeof(bytes));
}

static struct reply
format_request(void)
{
	static const unsigned char begin[8] = {0, RESPONDER};
	struct reply records = {0}, params = {0};

	for (size_t i = 0; i < n_variables; i++) {
		const char *name = client_variables[i];
		size_t len = strcspn(name, "=");

		add_length(&params, len);
		add_length(&params, strlen(name + len + 1));
		reply_add(&params, name, len);
		reply_add(&params, name + len + 1, strlen(name + len + 1));
	}
	add_record(&records, BEGIN_REQUEST, begin, sizeof(begin));
	add_record(&records, PARAMS, params.bytes, params.len);
	add_record(&records, PARAMS, "", 0);
	add_record(&records, STDIN, "", 0);
	reply_release(&params);
	return records;
}

/* The contents of the records that came whole. */
static void
take_records(const struct reply *records, struct reply *reply)
{
	const unsigned char *p = (const unsigned char *)records->bytes;
	size_t left = records->len;

	while (left >= HEAD_LEN) {
		size_t len = (size_t)(p[4] << 8 | p[5]);
		size_t all = HEAD_LEN + len + p[6];

		if (left < all)
			return;
		if (p[1] == STDOUT)
			reply_add(reply, p + HEAD_LEN, len);
		reply->whole |= p[1] == END_REQUEST;
		p += all;
		left -= all;
	}
}

/* False: nothing comes. */
static bool
receive(int fd, struct reply *records)
{
	static char bytes[1 << 16];
	ssize_t n;

	do {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (poll(&p, 1, HANG_S * 1000) == 0)
			return false;
		n = recv(fd, bytes, sizeof(bytes), 0);
		if (n > 0)
			reply_add(records, bytes, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return true;
}

bool
client_ask(const char *path, struct reply *reply)
{
	int fd = dial(path);
	struct reply request = format_request(), records = {0};
	bool ok = true;

	reply_add(reply, "", 0);
	if (fd >= 0) {
		if (send(fd, request.bytes, request.len, MSG_NOSIGNAL) ==
		    (ssize_t)request.len)
			ok = receive(fd, &records);
		close(fd);
		take_records(&records, reply);
	}
	reply_release(&request);
	reply_release(&records);
	return ok;
}
