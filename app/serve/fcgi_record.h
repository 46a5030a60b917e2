#ifndef SQUALL_FCGI_RECORD_H
#define SQUALL_FCGI_RECORD_H

#include <stddef.h>
#include <stdint.h>

/*
 * FastCGI records as they stand on the wire: specification 1.0, sections 3.3,
 * 4 and 8.  For fcgi.c and fcgi_reply.c.
 */
enum fcgi_type {
	FCGI_TYPE_BEGIN_REQUEST = 1,
	FCGI_TYPE_ABORT_REQUEST = 2,
	FCGI_TYPE_END_REQUEST = 3,
	FCGI_TYPE_PARAMS = 4,
	FCGI_TYPE_STDIN = 5,
	FCGI_TYPE_STDOUT = 6,
	FCGI_TYPE_GET_VALUES = 9,
	FCGI_TYPE_GET_VALUES_RESULT = 10,
	FCGI_TYPE_UNKNOWN = 11,
};

enum { FCGI_VERSION = 1, FCGI_HEADER_LEN = 8 };

/* Writes the header of a record with so many bytes of content, no padding. */
static inline void
fcgi_put_header(
    unsigned char *p, enum fcgi_type type, uint16_t id, size_t content)
{
	p[0] = FCGI_VERSION;
	p[1] = (unsigned char)type;
	p[2] = (unsigned char)(id >> 8);
	p[3] = (unsigned char)id;
	p[4] = (unsigned char)(content >> 8);
	p[5] = (unsigned char)content;
	p[6] = p[7] = 0;
}

#endif
