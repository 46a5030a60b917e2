#ifndef SQUALL_IDENTITY_H
#define SQUALL_IDENTITY_H

#include <sys/types.h>

#include "app/text/buf.h"

/*
 * Users and groups, by name or number, as the options --user, --group,
 * --listen-owner and --listen-group have them.
 */
struct identity {
	uid_t uid; /* (uid_t)-1: as it is */
	gid_t gid; /* (gid_t)-1: as it is */
};

/*
 * Looks them up; NULL is "as it is", but where there is only a user the group
 * is that user's own.  False if one does not exist, which `why` says.
 */
bool identity_find(
    struct identity *, const char *user, const char *group, struct buf *why);

/*
 * Becomes the user and group for good, with the user's supplementary groups.
 * Nothing to do is success for everybody; else it takes root.  False with
 * `why`.
 */
bool identity_assume(const struct identity *, struct buf *why);

#endif
