/*
 * The page of memory by which fault.so and whoever preloads it talk: which call
 * is to fail, how many there were, and whether one failed.
 */
#ifndef TESTS_TOOLS_FAULT_H
#define TESTS_TOOLS_FAULT_H

#include <stdatomic.h>

/* Calls that are counted together, since they can fail alike. */
enum fault_class {
	FAULT_MEMORY,     /* malloc and its like */
	FAULT_OPEN,       /* open, openat, fopen, opendir */
	FAULT_READ,       /* read, pread, fread's file is libc's own */
	FAULT_WRITE,      /* write, pwrite, writev, ftruncate, fallocate */
	FAULT_SEND,       /* send, sendto, sendmsg */
	FAULT_RECEIVE,    /* recv, recvfrom, recvmsg */
	FAULT_ACCEPT,     /* accept4 */
	FAULT_CONNECT,    /* connect */
	FAULT_DESCRIPTOR, /* socket, epoll_create1, eventfd, dup and its like */
	FAULT_WATCH,      /* epoll_ctl, to add or modify */
	FAULT_WAIT,       /* epoll_wait, poll, waitpid */
	FAULT_THREAD,     /* pthread_create */
	FAULT_FORK,       /* fork */
	FAULT_MAP,        /* mmap */
	FAULT_STAT,       /* stat, lstat, fstat, fstatat, access */
	FAULT_LOCK,       /* fcntl that locks */
	FAULT_RANDOM,     /* getrandom */
	FAULT_CLASSES,
};

static const char *const fault_names[FAULT_CLASSES] = {"memory", "open", "read",
    "write", "send", "receive", "accept", "connect", "descriptor", "watch",
    "wait", "thread", "fork", "map", "stat", "lock", "random"};

/* In place of an errno: half of the bytes. */
enum { FAULT_SHORT = -1 };

struct fault {
	atomic_bool armed; /* calls are counted */
	atomic_bool walks; /* all of the class fail, each in a process */
	atomic_long at;    /* where such a process goes on with stdout */
	atomic_int pid;    /* of this process alone; 0: of all */
	atomic_int class, error;
	atomic_ulong nth; /* of its class, from 1; 0: none fails */
	atomic_ulong counts[FAULT_CLASSES];
	atomic_ulong struck;
};

#endif
