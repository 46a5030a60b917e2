#ifndef SQUALL_VERSION_H
#define SQUALL_VERSION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The version of a database: a number that changes with every commit, by
 * whatever process, and that all processes on the host read alike.  Equal
 * versions mean equal contents; there is no order.
 *
 * It is a hash of
 *  - in WAL mode, what the WAL-index header (walformat.html, section 2.1) says
 *    of the last commit: frames, checksum and salts, and the number of pages;
 *    while the log is empty, of the file's stamp as well;
 *  - in the other journal modes, the file's stamp and the change counter
 *    (fileformat2.html, section 1.3.7);
 *  - in WAL mode without a WAL-index, which happens where squall may write
 *    none and nobody else has it open, of the stamps of file and log, as soon
 *    as both have been left alone for some seconds: a time of change is too
 * coarse to tell two changes at once apart. The stamp is the file's inode, size
 * and time of change, so that a database keeps its version when squall or the
 * machine is restarted.
 */
struct sqlite3;

/* How the version of an open connection is read. */
struct version_source {
	struct sqlite3 *handle;
	const char *file, *log; /* the log may not exist */
	bool immutable;         /* the connection is: it looks for no log */
	bool without_index;     /* WAL mode, but there is no index for us */
	uint64_t device, inode; /* of the file that is open; 0: not known */
	const volatile uint32_t *wal_index; /* mapped; NULL without WAL */
	unsigned char seen[48];             /* the header or stamp of `label` */
	uint64_t label;
	bool known;
};

/*
 * Prepares reading; the connection must have read from the database since it
 * was opened.  Handle and the names of the file and of its log ("-wal") must
 * outlive the source.
 */
void version_init(struct version_source *, struct sqlite3 *handle,
    const char *file, const char *log);

/*
 * To be called when the handle has been closed: version_read goes on as long as
 * the file's stamp alone tells the version, in the other journal modes.
 */
void version_rest(struct version_source *);

/*
 * The version now.  In WAL mode without a system call, but just after the log
 * has become empty.  False if it can't be told: the header is being rebuilt,
 * another file has taken the place of this one, or the journal mode has
 * changed since version_init.
 */
bool version_read(struct version_source *, uint64_t *label);

#endif
