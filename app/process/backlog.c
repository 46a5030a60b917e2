/*
 * Asks the kernel about the queues of listening sockets.  For whoever shows
 * them; it knows nothing of what comes over the connections.
 */
#include "app/process/backlog.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX = 4096 }; /* one socket's takes less than a hundred bytes */

bool
backlog_listens(int fd)
{
	int on = 0;
	socklen_t len = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 &&
	    on != 0;
}

static int
family_of(int fd)
{
	int family = AF_UNSPEC;
	socklen_t len = sizeof(family);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len);
	return family;
}

/* For a listening socket, these two describe its queue (tcp_get_info). */
static bool
read_tcp(int fd, int64_t *waiting, int64_t *max)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return false;
	*waiting = info.tcpi_unacked;
	*max = info.tcpi_sacked;
	return true;
}

/* Asks for the one socket with this inode. */
static bool
ask(int netlink, uint32_t inode)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req req;
	} question = {
	    .head =
		{
		    .nlmsg_len = sizeof(question),
		    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		    .nlmsg_flags = NLM_F_REQUEST,
		},
	    .req =
		{
		    .sdiag_family = AF_UNIX,
		    .udiag_states = UINT32_MAX,
		    .udiag_ino = inode,
		    .udiag_show = UDIAG_SHOW_RQLEN,
		    .udiag_cookie = {UINT32_MAX, UINT32_MAX}, /* any */
		},
	};
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	return sendto(netlink, &question, sizeof(question), 0,
		   (const struct sockaddr *)&kernel,
		   sizeof(kernel)) == (ssize_t)sizeof(question);
}

/* The kernel has answered before the question's system call returns. */
static bool
read_answer(int netlink, struct unix_diag_rqlen *queue)
{
	_Alignas(struct nlmsghdr) char answer[ANSWER_MAX];
	const struct nlmsghdr *head = (const void *)answer;
	ssize_t n = recv(netlink, answer, sizeof(answer), MSG_DONTWAIT);
	const struct rtattr *a;
	size_t left;

	if (n < (ssize_t)NLMSG_SPACE(sizeof(struct unix_diag_msg)) ||
	    head->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    head->nlmsg_len > (size_t)n)
		return false;
	a = (const void *)(answer + NLMSG_SPACE(sizeof(struct unix_diag_msg)));
	left = head->nlmsg_len - NLMSG_SPACE(sizeof(struct unix_diag_msg));
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == UNIX_DIAG_RQLEN &&
		    RTA_PAYLOAD(a) >= sizeof(*queue)) {
			memcpy(queue, RTA_DATA(a), sizeof(*queue));
			return true;
		}
	}
	return false;
}

static bool
read_unix(int fd, int64_t *waiting, int64_t *max)
{
	struct unix_diag_rqlen queue;
	struct stat st;
	int netlink;
	bool ok;

	if (fstat(fd, &st) < 0)
		return false;
	netlink =
	    socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (netlink < 0)
		return false;
	ok = ask(netlink, (uint32_t)st.st_ino) && read_answer(netlink, &queue);
	close(netlink);
	if (!ok)
		return false;
	*waiting = queue.udiag_rqueue;
	*max = queue.udiag_wqueue;
	return true;
}

bool
backlog_read(int fd, int64_t *waiting, int64_t *max)
{
	*waiting = *max = -1;
	if (!backlog_listens(fd))
		return false;
	switch (family_of(fd)) {
	case AF_UNIX:
		return read_unix(fd, waiting, max);
	case AF_INET:
	case AF_INET6:
		return read_tcp(fd, waiting, max);
	default:
		return false;
	}
}
