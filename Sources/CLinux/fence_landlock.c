// Landlock: what may be read, written and created, by path, whatever the file modes say.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_CHAR = 1 << 6,
    MAKE_DIR = 1 << 7,
    MAKE_REG = 1 << 8,
    MAKE_SOCK = 1 << 9,
    MAKE_FIFO = 1 << 10,
    MAKE_BLOCK = 1 << 11,
    MAKE_SYM = 1 << 12,
    REFER = 1 << 13,
    TRUNCATE = 1 << 14,
    IOCTL_DEV = 1 << 15,
    RESOLVE_UNIX = 1 << 16,
};

static const __u64 reading = READ_FILE | READ_DIR | EXECUTE;
static const __u64 changing = WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK
    | MAKE_FIFO | MAKE_SYM | REFER;
/// Enough to make something new, but not to remove or replace what is there.
static const __u64 creating = WRITE_FILE | TRUNCATE | MAKE_DIR | MAKE_REG | MAKE_SYM;
static const __u64 for_files = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

struct ruleset {
    __u64 files;
    __u64 network;
    __u64 scoped;
};

struct path_beneath {
    __u64 allowed;
    __s32 parent;
} __attribute__((packed));

int clinux_landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);
    return version < 0 ? 0 : (int)version;
}

/// Every access that a version of Landlock can hold back.
static __u64 handled_by(int version) {
    __u64 handled = ((__u64)MAKE_SYM << 1) - 1;
    if (version >= 2) handled |= REFER;
    if (version >= 3) handled |= TRUNCATE;
    if (version >= 5) handled |= IOCTL_DEV;
    if (version >= 9) handled |= RESOLVE_UNIX;
    return handled;
}

static __u64 accesses(int access) {
    switch (access) {
    case CLINUX_ACCESS_NAMES: return READ_DIR;
    case CLINUX_ACCESS_READ: return reading;
    case CLINUX_ACCESS_WRITE: return reading | changing;
    case CLINUX_ACCESS_CREATE: return reading | creating;
    case CLINUX_ACCESS_DEVICE: return READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | IOCTL_DEV;
    default: return 0;
    }
}

static int add(int ruleset, int handle, int is_directory, __u64 allowed) {
    if (!is_directory) allowed &= for_files;
    struct path_beneath rule = {.allowed = allowed, .parent = handle};
    return allowed ? (int)syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0) : 0;
}

/// Grants what lies below a path; a path that is not there, or is a symlink, grants nothing.
static int grant(int ruleset, const char *path, __u64 allowed) {
    int handle = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (handle < 0) return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
    struct stat status;
    int result = fstat(handle, &status);
    if (result == 0 && !S_ISLNK(status.st_mode)) result = add(ruleset, handle, S_ISDIR(status.st_mode), allowed);
    int code = errno;
    close(handle);
    errno = code;
    return result;
}

/// Grants what the mounts made writable or empty; what they only show is granted by rules.
static int grant_places(int ruleset, const struct clinux_fence *fence, __u64 handled, int *detail) {
    char buffer[FENCE_PATH];
    for (int index = 0; index < fence->place_count; index++) {
        const struct fence_place *place = &fence_places[index];
        if (place->is_dropped || place->kind == CLINUX_PLACE_SHOWN || place->kind == CLINUX_PLACE_LINK) continue;
        __u64 allowed = reading;
        if (place->kind != CLINUX_PLACE_HIDDEN) allowed |= changing;
        char *path = fence_prefix(buffer, sizeof buffer, fence->places[index].path, place->length);
        *detail = index;
        if (!path || grant(ruleset, path, allowed & handled) != 0) return -1;
    }
    return 0;
}

/// A place that is held open is granted as what it is, and no way to it has to be walked.
static int grant_rule(int ruleset, const struct clinux_rule *rule, __u64 handled) {
    __u64 allowed = accesses(rule->access) & handled;
    const struct fence_place *place = rule->place < 0 ? NULL : &fence_places[rule->place];
    if (place && place->tree >= 0) return add(ruleset, place->tree, place->is_directory, allowed);
    return grant(ruleset, rule->path, allowed);
}

/// What was written down; -1 for nothing.
static int prepared = -1;

int fence_landlock_prepare(const struct clinux_fence *fence, struct fence_fault *fault) {
    if (fence->landlock <= 0) return 0;
    int version = fence->landlock;
    struct ruleset rights = {.files = handled_by(version)};
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    if (version >= 4 && fence->denies_network && !(fence->parts & CLINUX_PART_NETWORK)) rights.network = 3;
    if (version >= 6) rights.scoped = 3;
    prepared = (int)syscall(SYS_landlock_create_ruleset, &rights, size, 0);
    int detail = -1;
    int result = prepared < 0 ? -1 : 0;
    if (result == 0 && (fence->parts & CLINUX_PART_MOUNT)) result = grant_places(prepared, fence, rights.files, &detail);
    for (int index = 0; result == 0 && index < fence->rule_count; index++) {
        detail = index;
        result = grant_rule(prepared, &fence->rules[index], rights.files);
    }
    return result == 0 ? 0 : fence_fail(fault, CLINUX_FENCE_LANDLOCK, detail);
}

int fence_landlock(const struct clinux_fence *fence, struct fence_fault *fault) {
    if (fence->landlock <= 0) return 0;
    // not closed here: the table of descriptors may be the supervisor's
    if (syscall(SYS_landlock_restrict_self, prepared, 0) == 0) return 0;
    return fence_fail(fault, CLINUX_FENCE_LANDLOCK, -1);
}

void fence_landlock_close(void) {
    if (prepared >= 0) close(prepared);
    prepared = -1;
}
#endif
