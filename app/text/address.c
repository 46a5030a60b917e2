/*
 * HOST:PORT, for the sockets that squall listens on and for those of stores.
 */
#include "app/text/address.h"

enum { PORT_MAX = 65535, PORT_DIGITS = 5 };

static bool
parse_port(struct str s, unsigned *port)
{
	*port = 0;
	if (s.len == 0 || s.len > PORT_DIGITS)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		*port = *port * 10 + (unsigned)(s.s[i] - '0');
	}
	return *port >= 1 && *port <= PORT_MAX;
}

bool
address_parse(struct str s, struct address *a)
{
	struct str host = s, rest;
	const char *end;

	*a = (struct address){0};
	if (s.len > 0 && s.s[0] == '[') {
		end = memchr(s.s, ']', s.len);
		if (end == NULL)
			return false;
		host = (struct str){s.s + 1, (size_t)(end - s.s) - 1};
		end++;
	} else {
		end = s.len == 0 ? NULL : memchr(s.s, ':', s.len);
		if (end == NULL)
			end = s.s + s.len;
		host.len = (size_t)(end - s.s);
	}
	rest = (struct str){end, s.len - (size_t)(end - s.s)};
	if (host.len == 0 || host.len >= sizeof(a->host) ||
	    memchr(host.s, '\0', host.len) != NULL)
		return false;
	memcpy(a->host, host.s, host.len);
	return rest.len == 0 ||
	    (rest.s[0] == ':' &&
		parse_port((struct str){rest.s + 1, rest.len - 1}, &a->port));
}
