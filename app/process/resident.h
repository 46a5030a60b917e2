#ifndef SQUALL_RESIDENT_H
#define SQUALL_RESIDENT_H

#include <sys/types.h>

#include <stdint.h>

/* The bytes of memory that a process occupies; 0: not known, or it has ended.
 */
int64_t resident_bytes(pid_t);

#endif
