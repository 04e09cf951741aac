// The root of the fence: a small one in memory, which holds what is put into it and nothing else of the machine.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>

/// Before the old root is gone: without a /proc in sight the kernel lets no ordinary user mount another one.
static int mount_proc(int root) {
    if (mkdirat(root, "proc", 0555) != 0 || fchdir(root) != 0) return -1;
    if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) return -1;
    return call_mount_setattr(AT_FDCWD, "proc", 0, CALL_ATTR_RDONLY);
}

/// Makes the new root the only one; where the old one is the kernel's first, which nothing replaces, it is covered.
static int enter(int root) {
    if (fchdir(root) != 0) return -1;
    if (syscall(SYS_pivot_root, ".", ".") == 0) {
        if (umount2(".", MNT_DETACH) != 0) return -1;
    } else if (mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0) {
        return -1;
    }
    return chdir("/");
}

int fence_root(const struct clinux_fence *fence, struct fence_fault *fault) {
    if (mount("tmpfs", fence->staging, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=8m") != 0)
        return fence_fail(fault, CLINUX_FENCE_ROOT, 0);
    int root = open(fence->staging, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return fence_fail(fault, CLINUX_FENCE_ROOT, 1);
    if ((fence->parts & CLINUX_PART_PROC) && mount_proc(root) != 0) return fence_fail(fault, CLINUX_FENCE_PROC, 0);
    if (enter(root) != 0) return fence_fail(fault, CLINUX_FENCE_ROOT, 2);
    close(root);
    return 0;
}

int fence_stable_path(const struct clinux_fence *fence) {
    int handle = call_handle(AT_FDCWD, fence->workspace);
    if (handle < 0) return -1;
    unsigned flags = CALL_AT_EMPTY_PATH | CALL_AT_RECURSIVE;
    int tree = call_open_tree(handle, "", flags | CALL_OPEN_TREE_CLONE | CALL_OPEN_TREE_CLOEXEC);
    int code = errno;
    close(handle);
    errno = code;
    if (tree < 0 || mkdir(fence->stable_path, 0755) != 0) return -1;
    int result = call_move_mount(tree, fence->stable_path);
    code = errno;
    close(tree);
    errno = code;
    return result;
}
#endif
