#ifndef SQUALL_CLOCK_H
#define SQUALL_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970, by the system's clock: what entries are dated by. */
int64_t clock_wall_ms(void);

/* By a clock that only goes forward, whatever that is set to: for durations. */
int64_t clock_mono_us(void);
int64_t clock_steady_ms(void);

#endif
