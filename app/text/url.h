#ifndef SQUALL_URL_H
#define SQUALL_URL_H

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * URLs.  Names stand in paths in tilde-encoding, Datasette's: ASCII letters,
 * digits, '_' and '-' are themselves, a space is '+', any other byte is '~'
 * and two hexadecimal digits.  It survives every web server and proxy, and a
 * '.' or '/' in a name can't be mistaken for a suffix or a separator.
 * One addition: the empty name is a lone '~', since an empty path segment does
 * not survive.
 */
void url_name(struct buf *, struct str name);

/* Undoes url_name; what is no encoding stands for itself, as there. */
void url_unname(struct buf *, struct str segment);

/* One component of a compound name: as url_name, but the empty one is empty. */
void url_part(struct buf *, struct str part);
void url_unpart(struct buf *, struct str part);

/*
 * A row's key (section "row" of a path): components as url_part, separated by
 * commas, and a single one as url_name.  A component may begin with a mark of
 * its type, "~x" for bytes or "~t" for text, where the column's does not tell.
 */
enum url_mark { URL_PLAIN, URL_BYTES, URL_TEXT };

struct url_component {
	struct str s; /* decoded */
	enum url_mark mark;
};

/* Adds a component; `alone` if it is the key's only one. */
void url_key_part(struct buf *, struct url_component, bool alone);

/*
 * Cuts the first component off `key`, and decodes it into `memory`, which
 * must not move.  `alone` is as for url_key_part.
 */
struct url_component
url_key_cut(struct str *key, bool alone, struct buf *memory);

/* True if an encoded key has one component only. */
bool url_key_is_single(struct str key);

/* A value of a query string (RFC 3986, section 2.1), '&' and '=' encoded. */
void url_arg(struct buf *, struct str value);

/*
 * True if an address with this value may lead somewhere: it is not too long to
 * be sent, and has nothing that squall (invalid UTF-8) or a web server (control
 * characters, to lighttpd) refuses, however encoded.
 */
bool url_arg_arrives(struct str value);

/* A decoded path, its slashes kept. */
void url_path(struct buf *, struct str path);

/* Undoes url_arg as forms encode it: '+' is a space. */
void url_unarg(struct buf *, struct str value);

#endif
