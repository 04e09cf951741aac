// System calls and constants that are younger than the headers they are built with.
#pragma once
#ifdef __linux__
#include <fcntl.h>
#include <linux/types.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef SYS_fsopen
#define SYS_fsopen 430
#endif
#ifndef SYS_fsconfig
#define SYS_fsconfig 431
#endif
#ifndef SYS_fsmount
#define SYS_fsmount 432
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define CALL_OPEN_TREE_CLONE 1u
#define CALL_OPEN_TREE_CLOEXEC ((unsigned)O_CLOEXEC)
#define CALL_AT_RECURSIVE 0x8000u
#define CALL_AT_EMPTY_PATH 0x1000u
/// No symlink is followed, and nothing is mounted because somebody looks.
#define CALL_AT_NOFOLLOW 0x900u
#define CALL_MOVE_MOUNT_F_EMPTY_PATH 4u
#define CALL_FSOPEN_CLOEXEC 1u
#define CALL_FSCONFIG_SET_FLAG 0u
#define CALL_FSCONFIG_SET_STRING 1u
#define CALL_FSCONFIG_CMD_CREATE 6u
#define CALL_FSMOUNT_CLOEXEC 1u
#define CALL_RESOLVE_NO_SYMLINKS 4u

#define CALL_ATTR_RDONLY 1u
#define CALL_ATTR_NOSUID 2u
#define CALL_ATTR_NODEV 4u

struct call_mount_attr {
    __u64 set;
    __u64 clear;
    __u64 propagation;
    __u64 user_namespace;
};

struct call_open_how {
    __u64 flags;
    __u64 mode;
    __u64 resolve;
};

static inline int call_open_tree(int directory, const char *path, unsigned flags) {
    return (int)syscall(SYS_open_tree, directory, path, flags);
}

static inline int call_move_mount_at(int tree, int directory, const char *path) {
    return (int)syscall(SYS_move_mount, tree, "", directory, path, CALL_MOVE_MOUNT_F_EMPTY_PATH);
}

static inline int call_move_mount(int tree, const char *path) { return call_move_mount_at(tree, AT_FDCWD, path); }

static inline int call_mount_setattr(int tree, const char *path, unsigned flags, __u64 set) {
    struct call_mount_attr attributes = {.set = set};
    return (int)syscall(SYS_mount_setattr, tree, path, flags, &attributes, sizeof attributes);
}

/// A handle on a path that leads through no symlink.
static inline int call_handle(int directory, const char *path) {
    struct call_open_how how = {.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW, .resolve = CALL_RESOLVE_NO_SYMLINKS};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}
#endif
