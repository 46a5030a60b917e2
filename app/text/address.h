#ifndef SQUALL_ADDRESS_H
#define SQUALL_ADDRESS_H

#include "app/text/str.h"

/*
 * The address of a server, as options write it: "HOST", "HOST:PORT",
 * "[IPv6]" or "[IPv6]:PORT".
 */
struct address {
	char host[256]; /* without brackets */
	unsigned port;  /* 1 to 65535; 0: none was given */
};

/* False if the text is none of these. */
bool address_parse(struct str, struct address *);

#endif
