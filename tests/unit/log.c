/*
 * app/watch/log.c and app/watch/sink.c: files, pipes and syslog, and what
 * happens when they can't be written.
 */
#include "app/watch/log.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <termios.h>
#include <unistd.h>

#include "app/watch/sink.h"
#include "tests/unit/util.h"

struct fixture {
	char folder[64];
	char events[96], access[96], other[96]; /* in it; not there yet */
	struct buf why;
	struct buf text; /* of the file that was read last */
};

/* Stands in for syslogd's socket; -1: none is there. */
static struct sockaddr_un daemon_address;
static int daemon_fd = -1;

/* As the C library has it, but for the address of syslogd. */
ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct msghdr ours = *message;

	if (ours.msg_name != NULL) {
		assert_string_equal(
		    ((struct sockaddr_un *)ours.msg_name)->sun_path,
		    "/dev/log");
		ours.msg_name = &daemon_address;
		ours.msg_namelen = sizeof(daemon_address);
	}
	return syscall(SYS_sendmsg, fd, &ours, flags);
}

static void
start_daemon(struct fixture *f)
{
	daemon_address.sun_family = AF_UNIX;
	snprintf(daemon_address.sun_path, sizeof(daemon_address.sun_path),
	    "%s/log", f->folder);
	unlink(daemon_address.sun_path);
	daemon_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(daemon_fd >= 0);
	assert_int_equal(bind(daemon_fd, (struct sockaddr *)&daemon_address,
			     sizeof(daemon_address)),
	    0);
}

static void
stop_daemon(void)
{
	close(daemon_fd);
	daemon_fd = -1;
}

/* One message without its date; "" if none has come. */
static const char *
receive(struct fixture *f)
{
	char line[256];
	ssize_t n = recv(daemon_fd, line, sizeof(line), 0);
	char *date = n > 0 ? memchr(line, '>', (size_t)n) : NULL;

	buf_reset(&f->text);
	if (n <= 0)
		return buf_cstr(&f->text);
	assert_non_null(date);
	assert_true(n > date - line + 17 && date[16] == ' ');
	buf_add(&f->text, line, (size_t)(date + 1 - line));
	buf_add(&f->text, date + 17, (size_t)(line + n - (date + 17)));
	return buf_cstr(&f->text);
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (f == NULL)
		return 1;
	snprintf(f->folder, sizeof(f->folder), "/tmp/squall-unit.XXXXXX");
	if (mkdtemp(f->folder) == NULL)
		return 1;
	snprintf(f->events, sizeof(f->events), "%s/events", f->folder);
	snprintf(f->access, sizeof(f->access), "%s/access", f->folder);
	snprintf(f->other, sizeof(f->other), "%s/other", f->folder);
	log_setup(LOG_INFO, ACCESS_ON);
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	DIR *folder = opendir(f->folder);
	struct dirent *entry;

	log_close();
	log_setup(LOG_NONE, ACCESS_OFF);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder != NULL)
		closedir(folder);
	rmdir(f->folder);
	buf_release(&f->why);
	buf_release(&f->text);
	if (daemon_fd >= 0)
		stop_daemon();
	free(f);
	return 0;
}

static void
open_log(struct fixture *f, const char *events, const char *access)
{
	assert_true(log_open(events, access, &f->why));
	assert_int_equal(f->why.len, 0);
}

static void
add_line(const char *text)
{
	buf_str(log_access_begin(), text);
	log_access_end();
}

static const char *
read_file(struct fixture *f, const char *file)
{
	FILE *in = fopen(file, "r");
	int c;

	assert_non_null(in);
	buf_reset(&f->text);
	while ((c = getc(in)) != EOF)
		buf_char(&f->text, (char)c);
	fclose(in);
	return buf_cstr(&f->text);
}

static void
events_and_access_lines_go_to_their_files(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	umask(022);
	open_log(f, f->events, f->access);
	log_info("here", "one %s", "event");
	add_line("one line");
	add_line("two\nlines");
	log_flush();
	assert_string_equal(read_file(f, f->access), "one line\ntwo?lines\n");
	assert_has(read_file(f, f->events), "Z info here[");
	assert_has(buf_cstr(&f->text), "]: one event\n");
	assert_int_equal(stat(f->events, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void
files_are_appended_to(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		open_log(f, "stderr", f->access);
		add_line("line");
		log_close();
	}
	assert_string_equal(read_file(f, f->access), "line\nline\n");
}

static void
a_file_that_cannot_be_opened(void **state)
{
	struct fixture *f = *state;

	assert_false(log_open("/nowhere/at/all", f->access, &f->why));
	assert_string_equal(
	    buf_cstr(&f->why), "/nowhere/at/all: No such file or directory");
}

static void
reopening_after_a_rename(void **state)
{
	struct fixture *f = *state;

	open_log(f, f->events, f->access);
	log_info("here", "before");
	add_line("before");
	assert_int_equal(rename(f->access, f->other), 0);
	log_reopen();
	add_line("after");
	log_flush();
	assert_string_equal(read_file(f, f->other), "before\n");
	assert_string_equal(read_file(f, f->access), "after\n");
	/* The other one has not been moved: it goes on. */
	log_info("here", "after");
	assert_has(read_file(f, f->events), "before\n");
	assert_has(read_file(f, f->events), "after\n");
}

static void
reopening_what_cannot_be_opened_keeps_the_old_file(void **state)
{
	struct fixture *f = *state;

	open_log(f, f->events, f->access);
	assert_int_equal(rename(f->access, f->other), 0);
	assert_int_equal(mkdir(f->access, 0700), 0);
	log_reopen();
	add_line("line");
	log_flush();
	assert_string_equal(read_file(f, f->other), "line\n");
	assert_has(read_file(f, f->events),
	    "/access: Is a directory; the old file goes on\n");
	rmdir(f->access);
}

/* Another process on the same file: as after a fork. */
static void
lines_of_processes_do_not_mix(void **state)
{
	enum { PROCESSES = 4, LINES = 5000 };
	struct fixture *f = *state;
	size_t n = 0;

	open_log(f, "stderr", f->access);
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		for (int j = 0; j < LINES; j++)
			add_line("a line that is as long as any other");
		log_flush();
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++)
		wait(NULL);
	read_file(f, f->access);
	for (char *p = f->text.data, *end; *p != '\0'; p = end + 1, n++) {
		end = strchr(p, '\n');
		assert_non_null(end);
		*end = '\0';
		assert_string_equal(p, "a line that is as long as any other");
	}
	assert_int_equal(n, PROCESSES * LINES);
}

/*
 * A full disk, with the tools of a test: a limit on a file's size would be a
 * signal, so it is a pipe that nobody empties, and then somebody does.
 */
static void
lost_lines_are_counted(void **state)
{
	struct fixture *f = *state;
	char rest[PIPE_BUF];
	int reader;

	assert_int_equal(mkfifo(f->access, 0600), 0);
	reader = open(f->access, O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	open_log(f, f->events, f->access);
	for (int i = 0; i < 200000; i++)
		add_line("a line");
	log_flush();
	assert_has(read_file(f, f->events),
	    "access log: Resource temporarily unavailable; lines are lost\n");
	assert_lacks(buf_cstr(&f->text), "were lost");
	while (read(reader, rest, sizeof(rest)) > 0)
		;
	add_line("the first again");
	log_flush();
	assert_int_equal(
	    read(reader, rest, sizeof(rest)), strlen("\nthe first again\n"));
	assert_memory_equal(
	    rest, "\nthe first again\n", strlen("\nthe first again\n"));
	assert_has(read_file(f, f->events), " lines were lost\n");
	close(reader);
}

static void
a_full_disk_is_told_once(void **state)
{
	struct fixture *f = *state;
	const char *told;

	open_log(f, f->events, "/dev/full");
	for (int i = 0; i < 3; i++) {
		add_line("line");
		log_flush();
	}
	told = strstr(read_file(f, f->events), "No space left on device");
	assert_non_null(told);
	assert_null(strstr(told + 1, "No space"));
}

static void
events_on_a_full_disk(void **state)
{
	open_log(*state, "/dev/full", "/dev/full");
	log_info("here", "one");
	add_line("line");
	log_flush();
	log_info("here", "two");
}

/* A pipe with packets: what is written at once is read at once. */
static void
only_whole_lines_go_into_a_pipe_at_once(void **state)
{
	static const char line[] = "a line of some length\n";
	char got[PIPE_BUF];
	struct sink s = SINK_STDERR;
	struct buf lines = {0};
	size_t left;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_DIRECT | O_NONBLOCK), 0);
	s.fd = fds[1];
	while (lines.len < 3 * PIPE_BUF)
		buf_str(&lines, line);
	assert_true(sink_write(&s, SINK_INFO, lines.data, lines.len));
	for (left = lines.len; left > 0;) {
		ssize_t n = read(fds[0], got, sizeof(got));

		assert_true(n > 0);
		assert_int_equal((size_t)n % strlen(line), 0);
		left -= (size_t)n;
	}
	close(fds[0]);
	close(fds[1]);
	buf_release(&lines);
}

static void
syslog_gets_level_and_lines(void **state)
{
	static const char *const lines[] = {
	    "<27>|here: an error with a %",
	    "<28>|here: a warning",
	    "<30>|here: something",
	    "<30>|one",
	    "<30>|two",
	};
	struct fixture *f = *state;

	start_daemon(f);
	open_log(f, "syslog", "syslog");
	log_error("here", "an error with a %%");
	log_warn("here", "a warning");
	log_info("here", "something");
	add_line("one");
	add_line("two");
	log_flush();
	log_reopen();
	log_close();
	/* RFC 5424, section 6.2.1: daemon is 3 * 8; error 3, info 6 */
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const char *bar = strchr(lines[i], '|');
		struct buf wanted = {0};

		buf_printf(&wanted, "%.*ssquall[%d]: %s", (int)(bar - lines[i]),
		    lines[i], (int)getpid(), bar + 1);
		assert_string_equal(receive(f), buf_cstr(&wanted));
		buf_release(&wanted);
	}
	assert_string_equal(receive(f), "");
}

/* The number of lines that the log says were lost. */
static unsigned long
lost_of(const char *text)
{
	const char *p = strstr(text, " lines were lost");

	assert_non_null(p);
	while (p > text && p[-1] >= '0' && p[-1] <= '9')
		p--;
	return strtoul(p, NULL, 10);
}

static void
a_syslogd_that_reads_nothing_is_not_waited_for(void **state)
{
	enum { LINES = 5000 };
	struct fixture *f = *state;
	unsigned long kept = 0;

	start_daemon(f);
	open_log(f, f->events, "syslog");
	for (int i = 0; i < LINES; i++) {
		add_line("line");
		log_flush();
	}
	while (*receive(f) != '\0')
		kept++;
	assert_true(kept > 0 && kept < LINES);
	add_line("again");
	log_flush();
	assert_has(receive(f), ": again");
	assert_int_equal(lost_of(read_file(f, f->events)), LINES - kept);
}

static void
a_syslogd_that_is_restarted_is_found_again(void **state)
{
	struct fixture *f = *state;

	start_daemon(f);
	open_log(f, f->events, "syslog");
	stop_daemon();
	add_line("lost");
	log_flush();
	assert_has(read_file(f, f->events), "access log: Connection refused");
	start_daemon(f);
	add_line("found");
	log_flush();
	assert_has(receive(f), ": found");
	assert_int_equal(lost_of(read_file(f, f->events)), 1);
}

/* Writes lines until some are lost, which must happen before they end. */
static void
fill(struct sink *s)
{
	static const char line[] = "a line that nobody reads\n";
	int n = 0;

	while (sink_write(s, SINK_INFO, line, strlen(line)))
		assert_true(++n < 1000000);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(s->lost, 1);
}

/* Empties `from`; then a line gets through again. */
static void
drain(struct sink *s, int from)
{
	char got[1 << 16];

	assert_true(fcntl(from, F_SETFL, O_NONBLOCK) == 0);
	while (read(from, got, sizeof(got)) > 0)
		;
	assert_true(sink_write(s, SINK_INFO, "again\n", 6));
	assert_true(read(from, got, sizeof(got)) > 0);
}

static void
a_stalled_reader_of_an_inherited_descriptor_is_not_waited_for(void **state)
{
	struct sink s = SINK_STDERR;
	int fds[2], terminal;

	(void)state;
	/* They block, and go on doing so for who shares them. */
	assert_int_equal(pipe(fds), 0);
	s.fd = fds[1];
	fill(&s);
	assert_int_equal(fcntl(s.fd, F_GETFL) & O_NONBLOCK, 0);
	drain(&s, fds[0]);
	close(fds[0]);
	close(fds[1]);

	s.lost = 0;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	s.fd = fds[1];
	fill(&s);
	drain(&s, fds[0]);
	close(fds[0]);
	close(fds[1]);

	s.lost = 0;
	terminal = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	assert_int_equal(grantpt(terminal), 0);
	assert_int_equal(unlockpt(terminal), 0);
	s.fd = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	assert_true(s.fd >= 0);
	/* as ^S does it */
	assert_int_equal(tcflow(s.fd, TCOOFF), 0);
	fill(&s);
	assert_int_equal(tcflow(s.fd, TCOON), 0);
	drain(&s, terminal);
	close(s.fd);
	close(terminal);
}

static void
standard_error_becomes_a_description_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct sink s = SINK_STDERR;
	int before = dup(STDERR_FILENO), fds[2], flags;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	sink_own_stderr();
	flags = fcntl(STDERR_FILENO, F_GETFL);
	dup2(before, STDERR_FILENO);
	assert_true((flags & O_NONBLOCK) != 0);
	assert_int_equal(fcntl(fds[1], F_GETFL) & O_NONBLOCK, 0);
	close(fds[0]);
	close(fds[1]);

	/* a FIFO that nobody has opened yet keeps lines until somebody does */
	assert_int_equal(mkfifo(f->access, 0600), 0);
	assert_true(sink_open(&s, f->access, &f->why));
	fill(&s);
	fds[0] = open(f->access, O_RDONLY | O_NONBLOCK);
	assert_true(fds[0] >= 0);
	drain(&s, fds[0]);
	close(fds[0]);
	sink_close(&s);
	close(before);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(events_and_access_lines_go_to_their_files),
	    TEST(files_are_appended_to),
	    TEST(a_file_that_cannot_be_opened),
	    TEST(reopening_after_a_rename),
	    TEST(reopening_what_cannot_be_opened_keeps_the_old_file),
	    TEST(lines_of_processes_do_not_mix),
	    TEST(lost_lines_are_counted),
	    TEST(a_full_disk_is_told_once),
	    TEST(events_on_a_full_disk),
	    TEST(only_whole_lines_go_into_a_pipe_at_once),
	    TEST(syslog_gets_level_and_lines),
	    TEST(a_syslogd_that_reads_nothing_is_not_waited_for),
	    TEST(a_syslogd_that_is_restarted_is_found_again),
	    TEST(a_stalled_reader_of_an_inherited_descriptor_is_not_waited_for),
	    TEST(standard_error_becomes_a_description_of_its_own),
	};

	return RUN("log", tests);
}
