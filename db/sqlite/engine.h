#ifndef SQUALL_ENGINE_H
#define SQUALL_ENGINE_H

#include <stddef.h>

/* SQLite itself, as it is linked: "3.40.1". */
const char *engine_version(void);

/* SQLite's compile-time options, one by one; NULL behind the last. */
const char *engine_option(size_t i);

#endif
