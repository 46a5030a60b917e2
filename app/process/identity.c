/*
 * The user and group of the process.  Called by main once the sockets are open.
 */
#include "app/process/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

enum { NOBODY = -1 };

/* A number is one, whether a name belongs to it or not. */
static bool
parse_id(const char *text, unsigned *id)
{
	char *end;
	unsigned long n;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	*id = (unsigned)n;
	return errno == 0 && *end == '\0' && n < (unsigned)NOBODY;
}

static bool
find_user(struct identity *id, const char *user, struct buf *why)
{
	const struct passwd *pw = getpwnam(user);

	if (pw == NULL && parse_id(user, &id->uid))
		pw = getpwuid(id->uid);
	else if (pw == NULL) {
		buf_printf(why, "there is no user \"%s\"", user);
		return false;
	}
	if (pw != NULL) {
		id->uid = pw->pw_uid;
		id->gid = pw->pw_gid;
	}
	return true;
}

static bool
find_group(struct identity *id, const char *group, struct buf *why)
{
	const struct group *gr = getgrnam(group);

	if (gr != NULL)
		id->gid = gr->gr_gid;
	else if (!parse_id(group, &id->gid)) {
		buf_printf(why, "there is no group \"%s\"", group);
		return false;
	}
	return true;
}

bool
identity_find(
    struct identity *id, const char *user, const char *group, struct buf *why)
{
	*id = (struct identity){(uid_t)NOBODY, (gid_t)NOBODY};
	if ((user != NULL && !find_user(id, user, why)) ||
	    (group != NULL && !find_group(id, group, why)))
		return false;
	if (user == NULL || id->gid != (gid_t)NOBODY)
		return true;
	buf_printf(why, "user %s has no group: one must be given", user);
	return false;
}

/* The groups that the user is in besides; none for one without a name. */
static bool
take_groups(const struct identity *id)
{
	const struct passwd *pw =
	    id->uid == (uid_t)NOBODY ? NULL : getpwuid(id->uid);

	return pw == NULL ? setgroups(1, &id->gid) == 0
			  : initgroups(pw->pw_name, id->gid) == 0;
}

bool
identity_assume(const struct identity *id, struct buf *why)
{
	bool other_uid = id->uid != (uid_t)NOBODY && id->uid != geteuid();
	bool other_gid = id->gid != (gid_t)NOBODY && id->gid != getegid();

	if (!other_uid && !other_gid)
		return true;
	if (geteuid() != 0) {
		buf_lit(why, "only root can become another user or group");
		return false;
	}
	if ((id->gid == (gid_t)NOBODY || take_groups(id)) &&
	    setresgid(id->gid, id->gid, id->gid) == 0 &&
	    setresuid(id->uid, id->uid, id->uid) == 0)
		return true;
	buf_printf(
	    why, "the user and group can't be changed: %s", strerror(errno));
	return false;
}
