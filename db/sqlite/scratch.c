/*
 * Temporary files that are none, for statements of visitors.  Called by
 * connection.c.
 */
#include "db/sqlite/scratch.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

enum { CHUNK = 64 << 10 };

struct file {
	sqlite3_file base; /* SQLite's: the methods */
	char **chunks;
	sqlite3_int64 n; /* of the chunks */
	sqlite3_int64 size;
};

static struct {
	pthread_once_t once;
	sqlite3_vfs vfs;
	sqlite3_vfs *real; /* NULL: it could not be registered */
} scratch = {.once = PTHREAD_ONCE_INIT};

static void
keep_chunks(struct file *f, sqlite3_int64 n)
{
	while (f->n > n)
		sqlite3_free(f->chunks[--f->n]);
}

static int
close_file(sqlite3_file *file)
{
	struct file *f = (struct file *)file;

	keep_chunks(f, 0);
	sqlite3_free(f->chunks);
	f->chunks = NULL;
	return SQLITE_OK;
}

/* How much of `len` bytes at `at` is in one chunk. */
static int
part(sqlite3_int64 at, int len)
{
	int left = CHUNK - (int)(at % CHUNK);

	return len < left ? len : left;
}

static int
read_file(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
	struct file *f = (struct file *)file;
	char *p = to;

	while (len > 0 && at < f->size) {
		int n = part(at, len);

		if (n > f->size - at)
			n = (int)(f->size - at);
		memcpy(p, f->chunks[at / CHUNK] + at % CHUNK, (size_t)n);
		p += n;
		at += n;
		len -= n;
	}
	memset(p, 0, (size_t)len);
	return len == 0 ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static bool
add_chunk(struct file *f)
{
	/* The array doubles. */
	if ((f->n & (f->n - 1)) == 0) {
		sqlite3_int64 room = f->n == 0 ? 1 : 2 * f->n;
		char **more = sqlite3_realloc64(
		    f->chunks, (sqlite3_uint64)room * sizeof(*more));

		if (more == NULL)
			return false;
		f->chunks = more;
	}
	f->chunks[f->n] = sqlite3_malloc(CHUNK);
	if (f->chunks[f->n] == NULL)
		return false;
	memset(f->chunks[f->n++], 0, CHUNK);
	return true;
}

static int
write_file(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
	struct file *f = (struct file *)file;
	const char *p = from;

	while (len > 0) {
		int n = part(at, len);

		while (f->n <= at / CHUNK) {
			if (!add_chunk(f))
				return SQLITE_IOERR_NOMEM;
		}
		memcpy(f->chunks[at / CHUNK] + at % CHUNK, p, (size_t)n);
		p += n;
		at += n;
		len -= n;
		if (f->size < at)
			f->size = at;
	}
	return SQLITE_OK;
}

static int
truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
	struct file *f = (struct file *)file;

	if (size >= f->size)
		return SQLITE_OK;
	keep_chunks(f, (size + CHUNK - 1) / CHUNK);
	f->size = size;
	if (size % CHUNK != 0)
		memset(f->chunks[size / CHUNK] + size % CHUNK, 0,
		    (size_t)(CHUNK - size % CHUNK));
	return SQLITE_OK;
}

static int
size_file(sqlite3_file *file, sqlite3_int64 *size)
{
	*size = ((struct file *)file)->size;
	return SQLITE_OK;
}

/* Nobody else knows of it, and nothing of it is to last. */
static int
nothing(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	return SQLITE_OK;
}

static int
is_reserved(sqlite3_file *file, int *result)
{
	(void)file;
	*result = 0;
	return SQLITE_OK;
}

static int
control(sqlite3_file *file, int operation, void *argument)
{
	(void)file;
	(void)operation;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int
sector_size(sqlite3_file *file)
{
	(void)file;
	return 4096;
}

static int
characteristics(sqlite3_file *file)
{
	(void)file;
	return 0;
}

static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out_flags)
{
	static const sqlite3_io_methods methods = {
	    .iVersion = 1,
	    .xClose = close_file,
	    .xRead = read_file,
	    .xWrite = write_file,
	    .xTruncate = truncate_file,
	    .xSync = nothing,
	    .xFileSize = size_file,
	    .xLock = nothing,
	    .xUnlock = nothing,
	    .xCheckReservedLock = is_reserved,
	    .xFileControl = control,
	    .xSectorSize = sector_size,
	    .xDeviceCharacteristics = characteristics,
	};

	(void)vfs;
	if (name != NULL)
		return scratch.real->xOpen(
		    scratch.real, name, file, flags, out_flags);
	*(struct file *)file = (struct file){.base.pMethods = &methods};
	if (out_flags != NULL)
		*out_flags = flags;
	return SQLITE_OK;
}

static void
install(void)
{
	sqlite3_vfs *real = sqlite3_vfs_find(NULL);

	if (real == NULL)
		return;
	/* Its methods take ours for its own: it tells them by pAppData. */
	scratch.vfs = *real;
	scratch.vfs.zName = "squall-scratch";
	scratch.vfs.pNext = NULL;
	scratch.vfs.xOpen = open_file;
	if (scratch.vfs.szOsFile < (int)sizeof(struct file))
		scratch.vfs.szOsFile = (int)sizeof(struct file);
	if (sqlite3_vfs_register(&scratch.vfs, 0) == SQLITE_OK)
		scratch.real = real;
}

const char *
scratch_vfs(void)
{
	pthread_once(&scratch.once, install);
	return scratch.real == NULL ? NULL : scratch.vfs.zName;
}
