#ifndef SQUALL_NOTIFY_H
#define SQUALL_NOTIFY_H

#include <stdint.h>

/*
 * Messages to the service manager, by the protocol of sd_notify(3): datagrams
 * to the socket that NOTIFY_SOCKET names.  Without one, nothing is sent.
 */

/* One or more lines "NAME=VALUE". */
void notify(const char *lines);

/* "RELOADING=1" with the time, as Type=notify-reload wants it. */
void notify_reloading(void);

/*
 * How often the service manager wants to hear "WATCHDOG=1", in microseconds;
 * 0: not at all.
 */
int64_t notify_watchdog_us(void);

#endif
