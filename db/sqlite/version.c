/*
 * Reading versions through SQLite's own file handle: opening and closing the
 * file ourselves would drop the locks that SQLite holds on it.
 */
#include "db/sqlite/version.h"

#include <sys/stat.h>

#include <sqlite3.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "app/watch/clock.h"

/* The WAL-index header: two copies, by walformat.html, section 2.1. */
enum {
	WAL_INDEX_SIZE = 32768,
	HEADER_LEN = 48,
	HEADER_WORDS = HEADER_LEN / sizeof(uint32_t),
	HEADER_IS_INIT = 12,
	HEADER_FRAMES = 16, /* mxFrame, nPage, checksum and salts follow */
	HEADER_CONTENT_END = 40,
	RETRIES = 1000,
	SETTLED_MS = 2500, /* FAT counts time in steps of two seconds */
};

/* The database header: fileformat2.html, section 1.3. */
enum {
	DB_HEADER_VERSIONS = 18,
	DB_HEADER_COUNTER_END = 28,
	WAL = 2,
};

struct stamp {
	uint64_t inode, size, seconds, nanoseconds;
};

static sqlite3_file *
file_of(const struct version_source *v)
{
	sqlite3_file *f = NULL;

	if (v->handle == NULL)
		return NULL;
	if (sqlite3_file_control(v->handle, "main", SQLITE_FCNTL_FILE_POINTER,
		&f) != SQLITE_OK ||
	    f == NULL || f->pMethods == NULL)
		return NULL;
	return f;
}

/* Is the database in WAL mode, as far as this connection has seen? */
static bool
in_wal_mode(sqlite3_file *f)
{
	unsigned char versions[2];

	return f->pMethods->xRead(f, versions, sizeof(versions),
		   DB_HEADER_VERSIONS) == SQLITE_OK &&
	    versions[0] == WAL && versions[1] == WAL;
}

/* Which file the connection has open: SQLite tells whether it is the path's. */
static void
read_identity(struct version_source *v)
{
	struct stat st;
	int moved = 1;

	if (stat(v->file, &st) < 0 ||
	    sqlite3_file_control(v->handle, "main", SQLITE_FCNTL_HAS_MOVED,
		&moved) != SQLITE_OK ||
	    moved)
		return;
	v->device = st.st_dev;
	v->inode = st.st_ino;
}

/*
 * Maps the WAL-index, for reading alone.  It is not to be had by an immutable
 * connection, nor where it could not be written and nobody else keeps it.
 */
static void
map_index(struct version_source *v, sqlite3_file *f)
{
	volatile void *index = NULL;
	int rc = SQLITE_CANTOPEN;

	if (f->pMethods->iVersion >= 2 && !v->immutable)
		rc = f->pMethods->xShmMap(f, 0, WAL_INDEX_SIZE, 0, &index);
	if (rc == SQLITE_OK || rc == SQLITE_READONLY)
		v->wal_index = index;
	v->without_index = v->wal_index == NULL;
}

void
version_init(struct version_source *v, struct sqlite3 *handle, const char *file,
    const char *log)
{
	sqlite3_file *f;

	*v =
	    (struct version_source){.handle = handle, .file = file, .log = log};
	/* SQLite would never unmap what it does not look for. */
	v->immutable = sqlite3_uri_boolean(
	    sqlite3_db_filename(handle, "main"), "immutable", 0);
	read_identity(v);
	f = file_of(v);
	if (f != NULL && in_wal_mode(f))
		map_index(v, f);
}

void
version_rest(struct version_source *v)
{
	if (v->wal_index != NULL || v->without_index)
		v->known = false;
	v->wal_index = NULL;
	v->without_index = false;
	v->handle = NULL;
}

static struct stamp
stamp_of(const struct stat *st)
{
	return (struct stamp){
	    .inode = st->st_ino,
	    .size = (uint64_t)st->st_size,
	    .seconds = (uint64_t)st->st_mtim.tv_sec,
	    .nanoseconds = (uint64_t)st->st_mtim.tv_nsec,
	};
}

/*
 * The stamp of the file that the connection has open; false if another file
 * stands at its path by now, or none.
 */
static bool
read_stamp(const struct version_source *v, struct stamp *s)
{
	struct stat st;

	if (stat(v->file, &st) < 0 || st.st_dev != v->device ||
	    st.st_ino != v->inode)
		return false;
	*s = stamp_of(&st);
	return true;
}

static bool
is_settled(const struct stamp *s)
{
	int64_t age_ms = clock_wall_ms() - (int64_t)s->seconds * 1000 -
	    (int64_t)s->nanoseconds / 1000000;

	return age_ms > SETTLED_MS || age_ms < -SETTLED_MS;
}

/* In WAL mode without an index. */
static bool
read_stamps(struct version_source *v)
{
	struct stamp stamps[2] = {{0}};
	struct stat log;

	if (!read_stamp(v, &stamps[0]) || !is_settled(&stamps[0]))
		return false;
	if (stat(v->log, &log) == 0) {
		stamps[1] = stamp_of(&log);
		if (!is_settled(&stamps[1]))
			return false;
	}
	v->label = XXH3_64bits_withSeed(stamps, sizeof(stamps), 2);
	return true;
}

/*
 * The two copies agree unless one is just being written.  Who writes them
 * writes the second first, so the first is read first.
 */
static bool
read_header(const volatile uint32_t *index, uint32_t header[HEADER_WORDS])
{
	for (int tries = 0; tries < RETRIES; tries++) {
		bool same = true;

		for (size_t i = 0; i < HEADER_WORDS; i++)
			header[i] =
			    __atomic_load_n(&index[i], __ATOMIC_ACQUIRE);
		for (size_t i = 0; i < HEADER_WORDS; i++)
			same &= header[i] ==
			    __atomic_load_n(
				&index[HEADER_WORDS + i], __ATOMIC_ACQUIRE);
		if (same)
			return *((const unsigned char *)header +
				   HEADER_IS_INIT) != 0;
	}
	return false;
}

static bool
read_wal(struct version_source *v)
{
	uint32_t header[HEADER_WORDS];
	const char *bytes = (const char *)header;
	struct stamp stamp = {0};
	XXH64_hash_t hash;
	uint32_t frames;

	if (!read_header(v->wal_index, header))
		return false;
	if (v->known && memcmp(header, v->seen, HEADER_LEN) == 0)
		return true;
	v->known = false;
	memcpy(&frames, bytes + HEADER_FRAMES, sizeof(frames));
	/* Without a frame in the log, all there is stands in the file. */
	if (frames == 0 && !read_stamp(v, &stamp))
		return false;
	hash = XXH3_64bits_withSeed(&stamp, sizeof(stamp), 1);
	v->label = XXH3_64bits_withSeed(
	    bytes + HEADER_FRAMES, HEADER_CONTENT_END - HEADER_FRAMES, hash);
	memcpy(v->seen, header, HEADER_LEN);
	v->known = true;
	return true;
}

/*
 * In the other modes.  The counter need not be read again while the stamp is
 * the one that was seen with it, and had settled by then.
 */
static bool
read_file(struct version_source *v)
{
	struct {
		struct stamp stamp;
		/* From the versions to the end of the counter. */
		unsigned char
		    header[DB_HEADER_COUNTER_END - DB_HEADER_VERSIONS];
		unsigned char pad[6];
	} now = {0};
	sqlite3_file *f;

	if (!read_stamp(v, &now.stamp))
		return false;
	if (v->known && memcmp(&now.stamp, v->seen, sizeof(now.stamp)) == 0)
		return true;
	v->known = is_settled(&now.stamp);
	memcpy(v->seen, &now.stamp, sizeof(now.stamp));
	f = file_of(v);
	/* In WAL mode commits leave the file alone. */
	if (f == NULL ||
	    f->pMethods->xRead(f, now.header, sizeof(now.header),
		DB_HEADER_VERSIONS) != SQLITE_OK ||
	    (now.header[0] == WAL && now.header[1] == WAL)) {
		v->known = false;
		return false;
	}
	v->label = XXH3_64bits(&now, sizeof(now));
	return true;
}

bool
version_read(struct version_source *v, uint64_t *label)
{
	sqlite3_file *f;
	bool ok;

	/* Somebody may keep an index by now. */
	if (v->without_index && (f = file_of(v)) != NULL)
		map_index(v, f);
	if (v->wal_index != NULL)
		ok = read_wal(v);
	else if (v->without_index)
		ok = read_stamps(v);
	else
		ok = read_file(v);
	*label = v->label;
	return ok;
}
