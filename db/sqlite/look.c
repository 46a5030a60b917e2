/*
 * For the status pages: called by the event loop, so nothing here waits.
 */
#include "db/sqlite/look.h"

#include "db/sqlite/internal.h"

static const struct {
	struct sqlite_fault fault;
	int fixed;        /* the version with which it ends */
	int backports[2]; /* earlier releases of which later patches are good */
} faults[] = {
    /* https://www.sqlite.org/wal.html#walresetbug */
    {{"WAL-reset bug",
	 "Programs with this version that write to the same WAL database, or "
	 "checkpoint it, at the same moment may damage it. squall only reads.",
	 "3.51.3, 3.50.7 and 3.44.6"},
	3051003, {3050007, 3044006}},
    /* https://www.sqlite.org/cves.html has both. */
    {{"CVE-2025-6965",
	 "A view with very many aggregates may damage this process’s memory: "
	 "publish no files from strangers.",
	 "3.50.2"},
	3050002, {0}},
    {{"CVE-2022-35737",
	 "Strings of billions of bytes may damage this process’s memory; "
	 "squall’s limits keep them away.",
	 "3.39.2"},
	3039002, {0}},
};

static bool
is_fixed(size_t fault, int version)
{
	if (version >= faults[fault].fixed)
		return true;
	for (size_t i = 0; i < 2; i++) {
		int since = faults[fault].backports[i];

		if (version >= since && version / 1000 == since / 1000)
			return true;
	}
	return false;
}

const struct sqlite_fault *
look_sqlite_fault(int version, size_t i)
{
	if (version == 0)
		version = sqlite3_libversion_number();
	for (size_t f = 0; f < sizeof(faults) / sizeof(*faults); f++) {
		if (!is_fixed(f, version) && i-- == 0)
			return &faults[f].fault;
	}
	return NULL;
}

/* stat opens nothing, so it drops no lock of SQLite's. */
static int64_t
size_of(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 ? st.st_size : 0;
}

struct db_look
db_look(const struct db *db)
{
	return (struct db_look){
	    .open = db->conn.handle != NULL || db->opening.rests,
	    .files = connection_files(&db->conn),
	    .bad = db->file_bad,
	    .bytes = size_of(db->file),
	    .log_bytes = size_of(db->log),
	};
}
