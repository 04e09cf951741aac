// Connecting, done for the program: no filter of system calls can look at the path of a unix socket, and what it names
// may change between a look and the call. So each call of connect() is answered by a process of the supervisor's, which
// takes the program's own socket, takes hold of the file that the path names, and connects to that or refuses.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>

int fence_listener = -1;

struct asked {
    struct seccomp_notif call;
    int listener;
    struct sockaddr_storage address;
    socklen_t length;
    int socket;
    /// The working directory of whoever asks.
    int directory;
};

/// "/proc/<process>/<name>".
static const char *process_file(char *buffer, pid_t process, const char *name) {
    char digits[16];
    int count = 0;
    memcpy(buffer, "/proc/", 6);
    size_t length = 6;
    do digits[count++] = (char)('0' + process % 10);
    while ((process /= 10) > 0);
    while (count > 0) buffer[length++] = digits[--count];
    buffer[length++] = '/';
    strcpy(buffer + length, name);
    return buffer;
}

/// The process that a thread belongs to; 0 when it cannot be told.
static pid_t process_of(pid_t thread) {
    char buffer[4096];
    int file = open(process_file(buffer, thread, "status"), O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t count = read(file, buffer, sizeof buffer - 1);
    close(file);
    buffer[count > 0 ? count : 0] = 0;
    const char *line = strstr(buffer, "\nTgid:\t");
    pid_t process = 0;
    for (line = line ? line + 7 : ""; *line >= '0' && *line <= '9'; line++) process = process * 10 + (*line - '0');
    return process;
}

static int is_still_asked(const struct asked *asked) {
    __u64 id = asked->call.id;
    return ioctl(asked->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/// Takes the socket and the address out of the program; both are copies that it can no longer exchange.
static int take(struct asked *asked) {
    const __u64 *arguments = asked->call.data.args;
    pid_t thread = (pid_t)asked->call.pid;
    int length = (int)arguments[2];
    if (length < 0 || (size_t)length > sizeof asked->address) {
        errno = EINVAL;
        return -1;
    }
    struct iovec here = {&asked->address, (size_t)length}, there = {(void *)arguments[1], (size_t)length};
    ssize_t count = length == 0 ? 0 : process_vm_readv(thread, &here, 1, &there, 1, 0);
    if (count != length) {
        if (count >= 0) errno = EFAULT;
        return -1;
    }
    asked->length = (socklen_t)length;
    char path[64];
    asked->directory = open(process_file(path, thread, "cwd"), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int process = (int)syscall(434 /* pidfd_open */, process_of(thread), 0);
    asked->socket = process < 0 ? -1 : (int)syscall(438 /* pidfd_getfd */, process, (int)arguments[0], 0);
    if (asked->socket < 0) return -1;
    return is_still_asked(asked) ? 0 : -1;
}

/// The device of the file system that a handle lies on, as sockets know it: some show another one for each part.
static dev_t device_of(int handle) {
    struct statx status;
    if (statx(handle, "", AT_EMPTY_PATH, 0x1000u /* STATX_MNT_ID */, &status) != 0) return 0;
    char buffer[8192];
    int file = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    // each line begins with the mount, its parent and its device: "36 35 98:0 "
    unsigned long numbers[4] = {0};
    int field = 0;
    dev_t found = 0;
    ssize_t count;
    while (!found && (count = read(file, buffer, sizeof buffer)) > 0) {
        for (ssize_t index = 0; index < count; index++) {
            char letter = buffer[index];
            if (letter == '\n') {
                field = 0;
                memset(numbers, 0, sizeof numbers);
            } else if (letter == ' ' && field == 3 && numbers[0] == status.stx_mnt_id) {
                found = makedev(numbers[2], numbers[3]);
                break;
            } else if (letter == ' ' || letter == ':') {
                field++;
            } else if (field < 4) {
                numbers[field] = numbers[field] * 10 + (unsigned long)(letter - '0');
            }
        }
    }
    close(file);
    return found;
}

/// Whether one of these answers is about a socket that is bound to that file; sets `*is_last` behind the last one.
static int names_file(char *answers, ssize_t count, __u32 inode, __u32 device, int *is_last) {
    for (struct nlmsghdr *head = (struct nlmsghdr *)answers; NLMSG_OK(head, (size_t)count); head = NLMSG_NEXT(head, count)) {
        if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY) {
            *is_last = 1;
            return 0;
        }
        struct nlattr *part = (struct nlattr *)((char *)NLMSG_DATA(head) + NLMSG_ALIGN(sizeof(struct unix_diag_msg)));
        char *end = (char *)head + head->nlmsg_len;
        while ((char *)part + NLA_HDRLEN <= end && part->nla_len >= NLA_HDRLEN && (char *)part + part->nla_len <= end) {
            const struct unix_diag_vfs *file = (const void *)((char *)part + NLA_HDRLEN);
            if (part->nla_type == UNIX_DIAG_VFS && file->udiag_vfs_ino == inode && file->udiag_vfs_dev == device)
                return 1;
            part = (struct nlattr *)((char *)part + NLA_ALIGN(part->nla_len));
        }
    }
    return 0;
}

/// Whether the file is one of a socket in this network namespace, which holds only what was made inside.
static int is_own(int handle, const struct stat *status) {
    dev_t device = device_of(handle);
    int diagnosis = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (diagnosis < 0 || device == 0 || status->st_ino > UINT32_MAX) return 0;
    struct {
        struct nlmsghdr head;
        struct unix_diag_req question;
    } message = {
        {.nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        {.sdiag_family = AF_UNIX, .udiag_states = ~0u, .udiag_show = UDIAG_SHOW_VFS},
    };
    if (send(diagnosis, &message, sizeof message, 0) != sizeof message) return 0;
    static _Alignas(8) char answers[32 << 10];
    // as the kernel keeps it, which is not how it shows it
    __u32 kept = (__u32)(major(device) << 20 | minor(device));
    for (int is_last = 0; !is_last;) {
        ssize_t count = recv(diagnosis, answers, sizeof answers, 0);
        if (count <= 0) return 0;
        if (names_file(answers, count, (__u32)status->st_ino, kept, &is_last)) return 1;
    }
    return 0;
}

/// Opens what a path means for whoever asks.
static int open_path(const struct asked *asked, const char *path) {
    static const char own[] = "/proc/self/";
    char buffer[160];
    // in here that would be somebody else
    if (strncmp(path, own, sizeof own - 1) == 0)
        path = process_file(buffer, process_of((pid_t)asked->call.pid), path + sizeof own - 1);
    return openat(path[0] == '/' ? AT_FDCWD : asked->directory, path, O_PATH | O_CLOEXEC);
}

/// Connects to the file that the path names now, whatever it names later.
static int connect_by_path(const struct asked *asked) {
    const struct sockaddr_un *address = (const struct sockaddr_un *)&asked->address;
    char path[sizeof asked->address + 1] = "";
    memcpy(path, address->sun_path, asked->length - offsetof(struct sockaddr_un, sun_path));
    int handle = open_path(asked, path);
    struct stat status;
    if (handle < 0 || fstat(handle, &status) != 0) return -1;
    if (!S_ISSOCK(status.st_mode) || !is_own(handle, &status)) {
        errno = ECONNREFUSED;
        return -1;
    }
    struct sockaddr_un held = {.sun_family = AF_UNIX};
    char number[32];
    const char *name = strrchr(process_file(number, handle, ""), '/');
    memcpy(held.sun_path, "/proc/self/fd/", 14);
    memcpy(held.sun_path + 14, number + 6, (size_t)(name - number) - 6);
    return connect(asked->socket, (const struct sockaddr *)&held, sizeof held);
}

static int connect_for(const struct asked *asked) {
    int domain = 0;
    socklen_t size = sizeof domain;
    if (getsockopt(asked->socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) return -1;
    const struct sockaddr_un *address = (const struct sockaddr_un *)&asked->address;
    int is_path = domain == AF_UNIX && asked->length > sizeof(sa_family_t) && address->sun_family == AF_UNIX
        && address->sun_path[0] != 0;
    if (!is_path) return connect(asked->socket, (const struct sockaddr *)&asked->address, asked->length);
    if (asked->length <= sizeof(struct sockaddr_un)) return connect_by_path(asked);
    errno = EINVAL;
    return -1;
}

static void answer(int listener, __u64 id, int code) {
    struct seccomp_notif_resp response = {.id = id, .error = -code};
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

void fence_answer_connect(int listener) {
    // static: those of a newer kernel may be longer than this header says
    static union {
        struct seccomp_notif call;
        char room[512];
    } next;
    memset(&next, 0, sizeof next);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &next) != 0) return;
    // a process of its own, because it may have to wait
    pid_t helper = fence_clone(0);
    if (helper < 0) answer(listener, next.call.id, EAGAIN);
    if (helper != 0) return;
    struct asked asked = {.call = next.call, .listener = listener};
    int code = take(&asked) == 0 && fence_drop_capabilities() == 0 && connect_for(&asked) == 0 ? 0 : errno;
    answer(listener, asked.call.id, code);
    _exit(0);
}
#endif
