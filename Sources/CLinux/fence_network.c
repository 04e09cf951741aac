// Networks for programs behind a fence. Making one takes the kernel longer than anything else of a fence, and so one in
// which nobody has sent anything is lent to the next program.
#ifdef __linux__
#define _GNU_SOURCE
#include "CLinux.h"
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/// In the memory and with the descriptors of its parent, which waits meanwhile.
static int open_own_network(void *answer) {
    int *handle = answer;
    *handle = fence_raise_loopback() == 0 ? open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC) : -1;
    _exit(0);
}

int clinux_make_network(void) {
    _Alignas(16) char stack[16 << 10];
    int handle = -1, status;
    int flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_NEWNET | SIGCHLD;
    // no handler of the caller's may run in its memory on the child's behalf
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = clone(open_own_network, stack + sizeof stack, flags, &handle);
    int code = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = code;
    if (child < 0) return -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return handle;
}

/// What a small file of the kernel holds, as text; -1 where it cannot be read as a whole.
static ssize_t read_text(const char *path, char *buffer, size_t size) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t length = 0, count = 0;
    while ((size_t)length < size - 1 && (count = read(file, buffer + length, size - 1 - (size_t)length)) > 0) length += count;
    close(file);
    if (count != 0) return -1;
    buffer[length] = 0;
    return length;
}

/// Whether the file holds its heading and nothing else.
static int holds_nothing(const char *path) {
    char text[512];
    ssize_t length = read_text(path, text, sizeof text);
    return length > 0 && strchr(text, '\n') == text + length - 1;
}

/// Whether no interface has carried anything: behind the names of the interfaces all numbers are zero.
static int is_silent(void) {
    char text[2048];
    if (read_text("/proc/self/net/dev", text, sizeof text) <= 0) return 0;
    const char *place = strchr(text, ':');
    if (!place) return 0;
    while (place) {
        for (place++; *place && *place != '\n'; place++)
            if (*place != ' ' && *place != '0') return 0;
        place = strchr(place, ':');
    }
    return 1;
}

int fence_network_is_unused(void) {
    if (!is_silent() || !holds_nothing("/proc/self/net/unix")) return 0;
    return holds_nothing("/proc/self/net/ip6_flowlabel") || access("/proc/self/net/ip6_flowlabel", F_OK) != 0;
}
#endif
