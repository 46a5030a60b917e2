#ifndef SQUALL_BUILD_H
#define SQUALL_BUILD_H

#include <stdint.h>

/*
 * A number for the program that runs: a hash of its version, its assets and
 * its GNU build ID, which the linker makes from all of the code.  The same
 * wherever the same file runs; differs where the code differs.
 */
uint64_t build_number(void);

#endif
