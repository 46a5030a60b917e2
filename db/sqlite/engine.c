/*
 * SQLite's version and options.
 */
#include "db/sqlite/engine.h"

#include <sqlite3.h>

const char *
engine_version(void)
{
	return sqlite3_libversion();
}

const char *
engine_option(size_t i)
{
	return sqlite3_compileoption_get((int)i);
}
