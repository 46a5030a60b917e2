/*
 * A library to be preloaded: it counts squall's allocations and system calls
 * and fails one of them.  Calls of all processes that inherit it are counted
 * together, those within libc are not (but libc's allocations are).
 *
 *	FAULT=CLASS:N[:ERRNO]	fails the N-th call of that class, counted from
 *				the start (0: none); ERRNO is a name or "short"
 *	FAULT_CONTROL=FILE	a struct fault (fault.h) says which, and when
 *	FAULT_SERVER=FD		the program runs once for each byte that comes
 *				by this socket, which gets its process id and,
 *				when it has ended, its status, as ints
 *	FAULT_TRACE=1		the stack of the failed call, on stderr
 *	FAULT_COUNTS=1		at the end, on stderr: how many there were
 *
 * With `walks` in the struct, such a run has a child at each call of the class,
 * which goes on from there with the call failed, and waits for a byte then.  So
 * no child repeats what comes before its fault.  At the end it writes 0.  A
 * child has one thread only, so no other is started.
 *
 * Addresses of a trace are for addr2line -pfe build/squall.
 */
#undef _FILE_OFFSET_BITS /* open and open64 are two functions */

#include "tests/tools/fault.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TRACE_MAX = 32, FILES_MAX = 16 };

static struct fault *fault; /* NULL: nothing is counted yet */
static bool traces;
static int server = -1;
static bool walking;          /* it is in the children that calls fail */
static bool alone;            /* a process that walks, or its child */
static struct timespec begun; /* the time in such a process */
static __thread bool inside;  /* the library's own calls don't count */

static bool serve_child(void);

static void print_trace(enum fault_class class)
{
	void *frames[TRACE_MAX];
	int n = backtrace(frames, TRACE_MAX);

	dprintf(STDERR_FILENO, "fault: %s %lu of process %d fails\n",
	    fault_names[class], atomic_load(&fault->nth), (int)getpid());
	backtrace_symbols_fd(frames, n, STDERR_FILENO);
}

/* At a call of the class: true in a child, in which it is to fail. */
static bool
walk(void)
{
	static unsigned long n;
	int saved = errno;

	if (!walking)
		return false;
	n++;
	inside = true;
	atomic_store(&fault->at, lseek(STDOUT_FILENO, 0, SEEK_CUR));
	if (serve_child()) {
		walking = false;
		atomic_store(&fault->nth, n);
	}
	inside = false;
	errno = saved;
	return !walking;
}

/* Counts a call; 0, or the error it fails with. */
static int strike(enum fault_class class)
{
	unsigned long n;

	if (fault == NULL || inside || !atomic_load(&fault->armed))
		return 0;
	if (atomic_load(&fault->pid) != 0 &&
	    atomic_load(&fault->pid) != (int)getpid())
		return 0;
	n = atomic_fetch_add(&fault->counts[class], 1) + 1;
	if ((int)class != atomic_load(&fault->class))
		return 0;
	if (alone ? !walk() : n != atomic_load(&fault->nth))
		return 0;
	inside = true;
	atomic_fetch_add(&fault->struck, 1);
	if (traces)
		print_trace(class);
	inside = false;
	return atomic_load(&fault->error);
}

typedef void any_function(void);

/* libc's function of that name.  Threads that find it at once find the same. */
static any_function *
find(any_function *_Atomic *next, const char *name)
{
	any_function *found = *next;

	if (found == NULL) {
		*(void **)&found = dlsym(RTLD_NEXT, name);
		if (found == NULL)
			abort();
		*next = found;
	}
	return found;
}

/* A function that fails with errno, and `failure` as its value. */
#define WRAP(type, name, class, failure, params, args)                         \
	type name params                                                       \
	{                                                                      \
		static any_function *_Atomic next;                             \
		int error = strike(class);                                     \
                                                                               \
		if (error > 0) {                                               \
			errno = error;                                         \
			return failure;                                        \
		}                                                              \
		return ((type(*) params)find(&next, #name))args;               \
	}

/* The same for one that takes `len` bytes, and may take half of them. */
#define WRAP_BYTES(name, class, params, args)                                  \
	ssize_t name params                                                    \
	{                                                                      \
		static any_function *_Atomic next;                             \
		int error = strike(class);                                     \
                                                                               \
		if (error > 0) {                                               \
			errno = error;                                         \
			return -1;                                             \
		}                                                              \
		if (error == FAULT_SHORT)                                      \
			len = (len + 1) / 2;                                   \
		return ((ssize_t(*) params)find(&next, #name))args;            \
	}

/* libc's own, which need no search: that would allocate. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool
memory_fails(void)
{
	int error = strike(FAULT_MEMORY);

	if (error != 0)
		errno = ENOMEM;
	return error != 0;
}

void *
malloc(size_t size)
{
	return memory_fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return memory_fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return size > 0 && memory_fails() ? NULL : __libc_realloc(p, size);
}

void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, bytes);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return memory_fails() ? NULL : __libc_memalign(alignment, size);
}

int
posix_memalign(void **p, size_t alignment, size_t size)
{
	void *found = aligned_alloc(alignment, size);

	if (found == NULL)
		return ENOMEM;
	*p = found;
	return 0;
}

/* Programs compiled for large files call the functions with a 64. */
int
open64(const char *path, int flags, ...)
{
	static any_function *_Atomic next;
	int error = strike(FAULT_OPEN);
	va_list more;
	mode_t mode;

	va_start(more, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
	va_end(more);
	if (error > 0) {
		errno = error;
		return -1;
	}
	return ((int (*)(const char *, int, mode_t))find(&next, "open64"))(
	    path, flags, mode);
}

static bool
is_about_lock(int command)
{
	return command == F_SETLK64 || command == F_SETLKW64 ||
	    command == F_GETLK64 || command == F_SETLK || command == F_SETLKW ||
	    command == F_GETLK;
}

/* A child would wait for the locks of its parent: neither has any. */
static int
pretend_to_lock(int command, struct flock *lock)
{
	if (command == F_GETLK64 || command == F_GETLK)
		lock->l_type = F_UNLCK;
	return 0;
}

int
fcntl64(int fd, int command, ...)
{
	static any_function *_Atomic next;
	int error = 0;
	va_list more;
	void *argument;

	va_start(more, command);
	argument = va_arg(more, void *);
	va_end(more);
	/* Giving a lock back can't fail. */
	if (is_about_lock(command) &&
	    ((struct flock *)argument)->l_type != F_UNLCK)
		error = strike(FAULT_LOCK);
	else if (command == F_DUPFD_CLOEXEC || command == F_DUPFD)
		error = strike(FAULT_DESCRIPTOR);
	if (error > 0) {
		errno = error;
		return -1;
	}
	if (alone && is_about_lock(command))
		return pretend_to_lock(command, argument);
	return ((int (*)(int, int, void *))find(&next, "fcntl64"))(
	    fd, command, argument);
}

/* clang-format off */
WRAP(FILE *, fopen64, FAULT_OPEN, NULL, (const char *path, const char *mode),
    (path, mode))
WRAP(DIR *, opendir, FAULT_OPEN, NULL, (const char *path), (path))

WRAP_BYTES(read, FAULT_READ, (int fd, void *to, size_t len), (fd, to, len))
WRAP_BYTES(pread64, FAULT_READ, (int fd, void *to, size_t len, off64_t at),
    (fd, to, len, at))
WRAP_BYTES(write, FAULT_WRITE, (int fd, const void *p, size_t len),
    (fd, p, len))
WRAP_BYTES(pwrite64, FAULT_WRITE,
    (int fd, const void *p, size_t len, off64_t at), (fd, p, len, at))
WRAP_BYTES(send, FAULT_SEND, (int fd, const void *p, size_t len, int flags),
    (fd, p, len, flags))
WRAP_BYTES(sendto, FAULT_SEND, (int fd, const void *p, size_t len, int flags,
    __CONST_SOCKADDR_ARG to, socklen_t n), (fd, p, len, flags, to, n))
WRAP_BYTES(recv, FAULT_RECEIVE, (int fd, void *to, size_t len, int flags),
    (fd, to, len, flags))
WRAP(int, ftruncate64, FAULT_WRITE, -1, (int fd, off64_t len), (fd, len))

WRAP(int, accept4, FAULT_ACCEPT, -1,
    (int fd, __SOCKADDR_ARG from, socklen_t *len, int flags),
    (fd, from, len, flags))
WRAP(int, connect, FAULT_CONNECT, -1,
    (int fd, __CONST_SOCKADDR_ARG to, socklen_t len), (fd, to, len))

WRAP(int, socket, FAULT_DESCRIPTOR, -1, (int domain, int type, int protocol),
    (domain, type, protocol))
WRAP(int, epoll_create1, FAULT_DESCRIPTOR, -1, (int flags), (flags))
WRAP(int, eventfd, FAULT_DESCRIPTOR, -1, (unsigned n, int flags), (n, flags))
WRAP(int, signalfd, FAULT_DESCRIPTOR, -1,
    (int fd, const sigset_t *signals, int flags), (fd, signals, flags))
WRAP(int, pipe2, FAULT_DESCRIPTOR, -1, (int fds[2], int flags), (fds, flags))
WRAP(int, socketpair, FAULT_DESCRIPTOR, -1,
    (int domain, int type, int protocol, int fds[2]),
    (domain, type, protocol, fds))
WRAP(int, dup, FAULT_DESCRIPTOR, -1, (int fd), (fd))
WRAP(int, dup2, FAULT_DESCRIPTOR, -1, (int fd, int to), (fd, to))
WRAP(int, dup3, FAULT_DESCRIPTOR, -1, (int fd, int to, int flags),
    (fd, to, flags))

WRAP(int, epoll_wait, FAULT_WAIT, -1,
    (int fd, struct epoll_event *events, int n, int timeout_ms),
    (fd, events, n, timeout_ms))
WRAP(int, poll, FAULT_WAIT, -1,
    (struct pollfd *fds, nfds_t n, int timeout_ms), (fds, n, timeout_ms))
WRAP(pid_t, waitpid, FAULT_WAIT, -1, (pid_t pid, int *status, int flags),
    (pid, status, flags))

WRAP(pid_t, fork, FAULT_FORK, -1, (void), ())
WRAP(void *, mmap64, FAULT_MAP, MAP_FAILED,
    (void *at, size_t len, int access, int flags, int fd, off64_t offset),
    (at, len, access, flags, fd, offset))
WRAP(ssize_t, getrandom, FAULT_RANDOM, -1,
    (void *to, size_t len, unsigned flags), (to, len, flags))

WRAP(int, stat64, FAULT_STAT, -1, (const char *path, struct stat64 *st),
    (path, st))
WRAP(int, lstat64, FAULT_STAT, -1, (const char *path, struct stat64 *st),
    (path, st))
WRAP(int, fstat64, FAULT_STAT, -1, (int fd, struct stat64 *st), (fd, st))
WRAP(int, fstatat64, FAULT_STAT, -1,
    (int fd, const char *path, struct stat64 *st, int flags),
    (fd, path, st, flags))
WRAP(int, access, FAULT_STAT, -1, (const char *path, int mode), (path, mode))
/* clang-format on */

/* Removing a descriptor can't fail. */
int
epoll_ctl(int fd, int what, int of, struct epoll_event *event)
{
	static any_function *_Atomic next;
	int error = what == EPOLL_CTL_DEL ? 0 : strike(FAULT_WATCH);

	if (error > 0) {
		errno = error;
		return -1;
	}
	return ((int (*)(int, int, int, struct epoll_event *))find(
	    &next, "epoll_ctl"))(fd, what, of, event);
}

/* These return what others leave in errno. */
int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
    void *(*run)(void *), void *argument)
{
	static any_function *_Atomic next;
	int error = strike(FAULT_THREAD);

	if (error > 0 || alone) {
		*thread = pthread_self();
		return error;
	}
	return ((int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
	    void *))find(&next, "pthread_create"))(
	    thread, attributes, run, argument);
}

int
pthread_join(pthread_t thread, void **result)
{
	static any_function *_Atomic next;

	if (alone)
		return 0;
	return ((int (*)(pthread_t, void **))find(&next, "pthread_join"))(
	    thread, result);
}

/* Clocks stand still for a process that waits for its children all the time. */
int
clock_gettime(clockid_t clock, struct timespec *now)
{
	static any_function *_Atomic next;

	if (alone) {
		*now = begun;
		return 0;
	}
	return ((int (*)(clockid_t, struct timespec *))find(
	    &next, "clock_gettime"))(clock, now);
}

/* Half of a message is half of its first part. */
static struct iovec
shorter(const struct iovec *parts)
{
	return (struct iovec){parts->iov_base, (parts->iov_len + 1) / 2};
}

ssize_t
writev(int fd, const struct iovec *parts, int n)
{
	static any_function *_Atomic next;
	int error = strike(FAULT_WRITE);
	struct iovec half;

	if (error > 0) {
		errno = error;
		return -1;
	}
	if (error == FAULT_SHORT && n > 0) {
		half = shorter(parts);
		parts = &half;
		n = 1;
	}
	return ((ssize_t(*)(int, const struct iovec *, int))find(
	    &next, "writev"))(fd, parts, n);
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	static any_function *_Atomic next;
	int error = strike(FAULT_SEND);
	struct msghdr part = *message;
	struct iovec half;

	if (error > 0) {
		errno = error;
		return -1;
	}
	if (error == FAULT_SHORT && part.msg_iovlen > 0) {
		half = shorter(part.msg_iov);
		part.msg_iov = &half;
		part.msg_iovlen = 1;
	}
	return ((ssize_t(*)(int, const struct msghdr *, int))find(
	    &next, "sendmsg"))(fd, &part, flags);
}

static const struct {
	const char *name;
	int error;
} errors[] = {
    {"short", FAULT_SHORT},
    {"EACCES", EACCES},
    {"EAGAIN", EAGAIN},
    {"ECONNABORTED", ECONNABORTED},
    {"ECONNREFUSED", ECONNREFUSED},
    {"ECONNRESET", ECONNRESET},
    {"EINTR", EINTR},
    {"EIO", EIO},
    {"EMFILE", EMFILE},
    {"ENFILE", ENFILE},
    {"ENOBUFS", ENOBUFS},
    {"ENOLCK", ENOLCK},
    {"ENOMEM", ENOMEM},
    {"ENOSPC", ENOSPC},
    {"EPIPE", EPIPE},
};

static void
refuse(const char *text)
{
	fprintf(stderr, "fault.so: FAULT=%s is no CLASS:N[:ERRNO]\n", text);
	_exit(2);
}

static void
parse(struct fault *f, const char *text)
{
	size_t len = strcspn(text, ":"), class = 0, i = 0;
	const char *error = "ENOMEM";
	char *end;

	while (class < FAULT_CLASSES &&
	    (strlen(fault_names[class]) != len ||
		memcmp(fault_names[class], text, len) != 0))
		class ++;
	if (class == FAULT_CLASSES || text[len] != ':')
		refuse(text);
	f->class = (int)class;
	f->nth = strtoul(text + len + 1, &end, 10);
	if (*end == ':')
		error = end + 1;
	while (i < sizeof(errors) / sizeof(*errors) &&
	    strcmp(errors[i].name, error) != 0)
		i++;
	if (i == sizeof(errors) / sizeof(*errors))
		refuse(text);
	f->error = errors[i].error;
	f->armed = true;
}

/* Shared by all processes: by descent, or through the file. */
static struct fault *
map(const char *path)
{
	int fd = path == NULL ? -1 : open64(path, O_RDWR | O_CLOEXEC);
	void *p = mmap64(NULL, sizeof(struct fault), PROT_READ | PROT_WRITE,
	    path == NULL ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

	if (fd >= 0)
		close(fd);
	return p == MAP_FAILED ? NULL : p;
}

static void
await_byte(void)
{
	char byte;

	if (read(server, &byte, 1) != 1)
		_exit(0);
}

static void
tell(int number)
{
	if (write(server, &number, sizeof(number)) < 0)
		_exit(0);
}

/* Files and folders that are being read have places of their own in a child. */
static void
reopen_files(void)
{
	for (int fd = STDERR_FILENO + 1; fd < FILES_MAX; fd++) {
		char path[32];
		struct stat64 st;
		int access, own;

		if (fstat64(fd, &st) < 0 ||
		    (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		access = fcntl64(fd, F_GETFL) & O_ACCMODE;
		own = open64(path, access | O_CLOEXEC);
		if (own < 0 ||
		    lseek64(own, lseek64(fd, 0, SEEK_CUR), SEEK_SET) < 0 ||
		    dup3(own, fd, O_CLOEXEC) < 0)
			abort();
		close(own);
	}
}

/* True in the child; false when that has ended and the next may come. */
static bool
serve_child(void)
{
	int pid = fork(), status;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (walking)
			reopen_files();
		return true;
	}
	tell(pid);
	if (waitpid(pid, &status, 0) < 0)
		_exit(0);
	tell(status);
	await_byte();
	return false;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULT_CONTROL"), *text = getenv("FAULT");
	const char *socket = getenv("FAULT_SERVER");
	struct fault *f = NULL;
	void *frame;

	traces = getenv("FAULT_TRACE") != NULL;
	if (traces)
		backtrace(&frame, 1); /* loads what it needs */
	if (path != NULL || text != NULL)
		f = map(path);
	if (f != NULL && path == NULL)
		parse(f, text);
	if (socket != NULL) {
		/* What a program does before its main is done once. */
		server = (int)strtol(socket, NULL, 10);
		unsetenv("FAULT_SERVER");
		await_byte();
		while (!serve_child())
			continue;
		clock_gettime(CLOCK_REALTIME, &begun);
		alone = walking = f != NULL && atomic_load(&f->walks);
		if (walking)
			await_byte(); /* so its number is told first */
		else
			close(server);
	}
	fault = f;
}

__attribute__((destructor)) static void
end(void)
{
	inside = true;
	if (walking)
		tell(0);
	if (fault == NULL || getenv("FAULT_COUNTS") == NULL)
		return;
	for (int i = 0; i < FAULT_CLASSES; i++)
		fprintf(stderr, "fault: %s %lu\n", fault_names[i],
		    atomic_load(&fault->counts[i]));
}
