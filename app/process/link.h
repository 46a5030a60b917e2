#ifndef SQUALL_LINK_H
#define SQUALL_LINK_H

/*
 * The words of a worker to its master, over a pipe: one byte each.  A process
 * without a master has the link -1, to which nothing is written.
 */
enum link_word {
	LINK_READY = 'r',   /* it serves */
	LINK_ALIVE = 'a',   /* its event loop turns: said twice a second */
	LINK_REPLACE = 'x', /* it wants to be replaced: the new one first */
};

/* Never waits: what does not fit is lost, and said again. */
void link_say(int link, enum link_word);

#endif
