// Building the fence, step by step, and trying it out.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

int fence_fail(struct fence_fault *fault, int step, int detail) {
    *fault = (struct fence_fault){step, detail, errno};
    return -1;
}

pid_t fence_clone(uint32_t parts) {
    unsigned long flags = SIGCHLD;
    if (parts & CLINUX_PART_USER) flags |= CLONE_NEWUSER;
    if (parts & CLINUX_PART_MOUNT) flags |= CLONE_NEWNS;
    if (parts & CLINUX_PART_PROCESS) flags |= CLONE_NEWPID;
    if (parts & CLINUX_PART_NETWORK) flags |= CLONE_NEWNET;
    if (parts & CLINUX_PART_IPC) flags |= CLONE_NEWIPC;
    if (parts & CLINUX_PART_NAMES) flags |= CLONE_NEWUTS;
    return (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
}

static int write_file(const char *path, const char *text, size_t length) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t count = write(file, text, length);
    int code = errno;
    close(file);
    errno = code;
    return count == (ssize_t)length ? 0 : -1;
}

static size_t put_number(char *buffer, uint64_t value) {
    char digits[24];
    size_t count = 0, length = 0;
    do digits[count++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    while (count > 0) buffer[length++] = digits[--count];
    return length;
}

/// Maps one id onto itself: "id id 1".
static int map_id(const char *path, uint64_t inside, uint64_t outside) {
    char line[64];
    size_t length = put_number(line, inside);
    line[length++] = ' ';
    length += put_number(line + length, outside);
    memcpy(line + length, " 1", 2);
    return write_file(path, line, length + 2);
}

/// The program stays who its user is; ids are asked for before the new namespace hides them.
static int map_user(uid_t user, gid_t group) {
    // a process that may not be looked at does not own its files in /proc; it is closed again soon after
    prctl(PR_SET_DUMPABLE, 1);
    if (write_file("/proc/self/setgroups", "deny", 4) != 0 && errno != ENOENT) return -1;
    if (map_id("/proc/self/gid_map", group, group) != 0) return -1;
    return map_id("/proc/self/uid_map", user, user);
}

int fence_raise_loopback(void) {
    int device = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (device < 0) return -1;
    struct ifreq request = {.ifr_name = "lo"};
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    int result = ioctl(device, SIOCSIFFLAGS, &request);
    int code = errno;
    close(device);
    errno = code;
    return result;
}

/// The smallest number of processes that the kernel lets a process namespace have.
enum { LEAST_PROCESSES = 301 };

static int limit_processes(int64_t processes) {
    char line[24];
    uint64_t limit = processes < LEAST_PROCESSES ? LEAST_PROCESSES : (uint64_t)processes;
    return write_file("/proc/sys/kernel/pid_max", line, put_number(line, limit));
}

static uid_t own_user;
static gid_t own_group;

int fence_prepare(const struct clinux_fence *fence, int has_network, struct fence_fault *fault) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && fence->place_count > 256) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if ((fence->parts & CLINUX_PART_USER) && map_user(own_user, own_group) != 0)
        return fence_fail(fault, CLINUX_FENCE_USER, 0);
    if ((fence->parts & CLINUX_PART_NETWORK) && !has_network && fence_raise_loopback() != 0)
        return fence_fail(fault, CLINUX_FENCE_LOOPBACK, 0);
    if ((fence->parts & CLINUX_PART_PID_LIMIT) && fence->limits.processes_inside >= 0
        && limit_processes(fence->limits.processes_inside) != 0)
        return fence_fail(fault, CLINUX_FENCE_LIMITS, 1);
    int has_mounts = (fence->parts & CLINUX_PART_MOUNT) != 0;
    if (has_mounts && fence_mounts(fence, fault) != 0) return -1;
    if (fence_landlock_prepare(fence, fault) != 0) return -1;
    // The supervisor's memory is a copy of its caller's: nobody inside may look at it.
    prctl(PR_SET_DUMPABLE, 0);
    return 0;
}

int fence_enter(const struct clinux_fence *fence, pid_t supervisor, struct fence_fault *fault) {
    if (fence_limits(fence) != 0) return fence_fail(fault, CLINUX_FENCE_LIMITS, 0);
    if (fence->limits_only) return 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fence_fail(fault, CLINUX_FENCE_CAPABILITIES, 0);
    if (fence_landlock(fence, fault) != 0) return -1;
    if (fence_capabilities() != 0) return fence_fail(fault, CLINUX_FENCE_CAPABILITIES, 1);
    if (fence_filter(fence, supervisor) != 0) return fence_fail(fault, CLINUX_FENCE_FILTER, 0);
    return 0;
}

void fence_leave(const struct clinux_fence *fence) {
    if (!fence->overlay) return;
    if (fence->stable_path) umount2(fence->stable_path, MNT_DETACH);
    for (int layer = 0; layer < 3 && umount2(fence->overlay->target, MNT_DETACH) == 0; layer++) continue;
}

/// Whether what must be refused is refused, seen from inside.
static int try_deeds(
    const struct clinux_fence *fence, const struct clinux_trial *trial, struct fence_fault *fault) {
    errno = 0;
    if (syscall(SYS_unshare, CLONE_NEWUSER) == 0 || errno != EPERM) return fence_fail(fault, CLINUX_FENCE_FILTER, 1);
    if (fence->denies_network && !(fence->parts & CLINUX_PART_NETWORK)) {
        if (socket(AF_INET, SOCK_DGRAM, 0) >= 0) return fence_fail(fault, CLINUX_FENCE_FILTER, 2);
    }
    int step = fence->landlock ? CLINUX_FENCE_LANDLOCK : CLINUX_FENCE_MOUNTS;
    if (open(trial->open_file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600) < 0) return fence_fail(fault, step, -1);
    errno = 0;
    if (open(trial->closed_file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600) >= 0)
        return fence_fail(fault, step, -2);
    return 0;
}

_Noreturn static void try_inside(
    const struct clinux_fence *fence, const struct clinux_trial *trial, int answer) {
    struct fence_fault fault = {0};
    if (fence_prepare(fence, 0, &fault) == 0 && fence_enter(fence, 0, &fault) == 0) try_deeds(fence, trial, &fault);
    ssize_t count = write(answer, &fault, sizeof fault);
    _exit(count == sizeof fault ? 0 : 1);
}

void fence_remember_user(void) {
    own_user = geteuid();
    own_group = getegid();
}

int clinux_try(const struct clinux_fence *fence, const struct clinux_trial *trial, int32_t *step) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    fence_remember_user();
    pid_t child = fence_clone(fence->parts);
    if (child == 0) try_inside(fence, trial, ends[1]);
    int code = errno;
    close(ends[1]);
    struct fence_fault fault = {CLINUX_FENCE_NAMESPACES, 0, code};
    if (child > 0) {
        if (read(ends[0], &fault, sizeof fault) != sizeof fault)
            fault = (struct fence_fault){CLINUX_FENCE_FILTER, 0, EPROTO};
        int status;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    }
    close(ends[0]);
    *step = fault.step;
    return fault.step == 0 ? 0 : fault.code != 0 ? fault.code : EPROTO;
}

int clinux_real_path(const char *path, char *buffer, size_t capacity) {
    int handle = open(path, O_PATH | O_CLOEXEC);
    if (handle < 0) return -1;
    char link[40] = "/proc/self/fd/";
    link[14 + put_number(link + 14, (uint64_t)handle)] = 0;
    ssize_t length = readlink(link, buffer, capacity);
    int code = errno;
    close(handle);
    errno = code;
    return length <= 0 || (size_t)length == capacity || buffer[0] != '/' ? -1 : (int)length;
}

enum clinux_way_out clinux_way_out(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return CLINUX_CLOSED;
    if (S_ISDIR(status.st_mode)) return CLINUX_OPEN_DIRECTORY;
    if (!S_ISSOCK(status.st_mode)) return CLINUX_NO_WAY_OUT;
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    int type = SOCK_DGRAM;
    socklen_t type_size = sizeof type;
    int is_pair = getpeername(descriptor, (struct sockaddr *)&peer, &size) == 0 && peer.ss_family == AF_UNIX
        && getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0
        && (type == SOCK_STREAM || type == SOCK_SEQPACKET);
    return is_pair ? CLINUX_NO_WAY_OUT : CLINUX_OPEN_SOCKET;
}

int clinux_task_count(void) {
    struct sysinfo info;
    return sysinfo(&info) == 0 ? info.procs : 65535;
}

int clinux_memory_file(const void *bytes, size_t count) {
    int file = (int)syscall(SYS_memfd_create, "filter", 1u);
    if (file < 0) return -1;
    if (write(file, bytes, count) != (ssize_t)count || lseek(file, 0, SEEK_SET) != 0) {
        close(file);
        return -1;
    }
    return file;
}
#endif
