/*
 * The worker's side of the pipe to its master.
 */
#include "app/process/link.h"

#include <errno.h>
#include <unistd.h>

void
link_say(int link, enum link_word word)
{
	char byte = (char)word;

	if (link < 0)
		return;
	while (write(link, &byte, 1) < 0 && errno == EINTR)
		;
}
