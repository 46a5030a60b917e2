/*
 * Passwords come from where other users of the machine can't read them: never
 * from the command line.  Called by main and service.c.
 */
#include "app/config/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/text/alloc.h"

static bool
read_line(const char *file, char **secret, struct buf *why)
{
	FILE *f = fopen(file, "re");
	size_t size = 0;
	ssize_t len;

	if (f == NULL) {
		buf_printf(why, "%s: %s", file, strerror(errno));
		return false;
	}
	errno = 0;
	len = getline(secret, &size, f);
	if (len > 0)
		(*secret)[strcspn(*secret, "\r\n")] = '\0';
	if (len < 0 && errno != 0)
		buf_printf(why, "%s: %s", file, strerror(errno));
	else if (len <= 0 || **secret == '\0')
		buf_printf(why, "%s: there is no password in it", file);
	fclose(f);
	return why->len == 0;
}

bool
secret_read(
    const char *file, const char *variable, char **secret, struct buf *why)
{
	const char *value = getenv(variable);

	*secret = NULL;
	if (file != NULL) {
		if (read_line(file, secret, why))
			return true;
		free(*secret);
		*secret = NULL;
		return false;
	}
	if (value == NULL || *value == '\0')
		return true;
	*secret = alloc_copy(value);
	if (*secret == NULL)
		buf_lit(why, "out of memory");
	return *secret != NULL;
}
