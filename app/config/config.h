#ifndef SQUALL_CONFIG_H
#define SQUALL_CONFIG_H

#include <stdint.h>

#include "app/config/metadata.h"
#include "app/config/settings.h"
#include "app/text/buf.h"
#include "app/watch/log.h"

/*
 * The configuration: options of the command line and keys of the INI file,
 * from one table (options.c).  The command line wins.
 */
enum { CONFIG_WORKERS_MAX = 1024, CONFIG_LISTEN_MAX = 8 };

/* A database to publish. */
struct config_database {
	char *name; /* under which it is published */
	char *file;
	int64_t ttl_s; /* 0: as the site has it */
	struct database_metadata metadata;
};

struct config {
	char *listen[CONFIG_LISTEN_MAX];
	size_t n_listen;
	char *user, *group;                /* to become; NULL: as they are */
	char *listen_owner, *listen_group; /* of unix sockets; NULL: these */
	char *listen_mode;                 /* octal */
	char *file;                        /* the INI file, or NULL */
	int64_t workers;                   /* -1: one for two CPUs */
	int64_t threads;
	char *cache;
	char *cache_password_file;
	int64_t cache_timeout_ms;
	int64_t memory; /* bytes */
	int64_t ttl_s;
	int64_t fresh_s; /* 0: exact */
	int64_t stale_if_error_s;
	char *prefix; /* NULL: as the web server says */
	int64_t cors; /* 1: on */
	int64_t time_limit_ms;
	char *pages;     /* the folder of stored queries, or NULL */
	char *site_name; /* whose routes are there as well, or NULL */
	struct settings settings;
	int64_t queue, queue_wait_ms;
	int64_t max_requests, max_rss;    /* of a worker; 0: no limit */
	int64_t drain_limit_s;            /* of a replaced one, likewise */
	int64_t slow_log_ms;              /* 0: off */
	int64_t log;                      /* enum log_level */
	int64_t access_log;               /* enum access_format */
	int64_t status;                   /* enum status_access */
	char *log_file, *access_log_file; /* NULL: standard error */
	bool check, help, version;
	struct config_database *databases;
	size_t n_databases;
	struct about site;
	/* Sections of tables, until all is read and the databases have them. */
	struct table_metadata *tables;
	size_t n_tables;
};

/*
 * Reads the command line and the file that it names.  On failure `why` says
 * what is wrong and where, in one line.  To be released in any case.
 */
bool config_read(struct config *, int argc, char *const argv[], struct buf *why)
    __attribute__((warn_unused_result));

void config_release(struct config *);

/* The text of --help. */
void config_usage(struct buf *);

#endif
