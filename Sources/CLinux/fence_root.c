// A root that has one name more: the place where every program sees the directory that it works in.
//
// The root itself cannot take a new name, since it is the machine's. So a small one in memory takes its place, with
// all that the old one holds, as it was made by then.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { ENTRY_MAXIMUM = 256, NAME_MAXIMUM = 256, LINK_MAXIMUM = 1024 };

/// One thing in the old root: a symlink with where it leads, or a mount that can be put into the new one.
struct entry {
    char name[NAME_MAXIMUM];
    char link[LINK_MAXIMUM];
    int tree;
    int is_directory;
};

static struct entry entries[ENTRY_MAXIMUM];
static int entry_count;

static int clone_all(int handle) {
    return call_open_tree(
        handle, "",
        CALL_AT_EMPTY_PATH | CALL_AT_RECURSIVE | CALL_OPEN_TREE_CLONE | CALL_OPEN_TREE_CLOEXEC);
}

static int take_entry(int root, const char *name) {
    if (entry_count == ENTRY_MAXIMUM || strlen(name) >= NAME_MAXIMUM) {
        errno = E2BIG;
        return -1;
    }
    struct entry *entry = &entries[entry_count];
    *entry = (struct entry){.tree = -1};
    strcpy(entry->name, name);
    int handle = openat(root, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (handle < 0) return errno == ENOENT ? 0 : -1;
    struct stat status;
    int result = fstat(handle, &status);
    if (result == 0 && S_ISLNK(status.st_mode)) {
        ssize_t length = readlinkat(root, name, entry->link, LINK_MAXIMUM - 1);
        result = length < 0 ? -1 : 0;
        if (length >= 0) entry->link[length] = 0;
    } else if (result == 0 && (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode))) {
        entry->is_directory = S_ISDIR(status.st_mode);
        entry->tree = clone_all(handle);
        result = entry->tree < 0 ? -1 : 0;
    } else if (result == 0) {
        // nobody needs a device or a socket that lies in the root
        close(handle);
        return 0;
    }
    int code = errno;
    close(handle);
    errno = code;
    if (result == 0) entry_count++;
    return result;
}

static int take_entries(void) {
    int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return -1;
    struct entry_header {
        __u64 inode;
        __s64 offset;
        unsigned short size;
        unsigned char type;
        char name[];
    };
    _Alignas(8) char buffer[16384];
    long count;
    entry_count = 0;
    while ((count = syscall(SYS_getdents64, root, buffer, sizeof buffer)) > 0) {
        for (long offset = 0; offset < count;) {
            const struct entry_header *header = (const struct entry_header *)(buffer + offset);
            offset += header->size;
            if (strcmp(header->name, ".") == 0 || strcmp(header->name, "..") == 0) continue;
            if (take_entry(root, header->name) != 0) {
                int code = errno;
                close(root);
                errno = code;
                return -1;
            }
        }
    }
    int code = errno;
    close(root);
    errno = code;
    return count < 0 ? -1 : 0;
}

/// Puts a mount at a name of the new root, and lets go of it.
static int put_tree(int root, const char *name, int tree, int is_directory) {
    int made = is_directory ? mkdirat(root, name, 0755) : openat(root, name, O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (made < 0) return -1;
    if (!is_directory) close(made);
    int place = openat(root, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (place < 0) return -1;
    int result = (int)syscall(SYS_move_mount, tree, "", place, "", 0x44u);
    int code = errno;
    close(place);
    close(tree);
    errno = code;
    return result;
}

static int fill(int root, const char *stable_name, int workspace) {
    for (int index = 0; index < entry_count; index++) {
        const struct entry *entry = &entries[index];
        int result = entry->tree < 0 ? symlinkat(entry->link, root, entry->name)
                                     : put_tree(root, entry->name, entry->tree, entry->is_directory);
        if (result != 0) return -1;
    }
    if (put_tree(root, stable_name, workspace, 1) != 0) return -1;
    return call_mount_setattr(root, "", CALL_AT_EMPTY_PATH, CALL_ATTR_RDONLY | CALL_ATTR_NOSUID | CALL_ATTR_NODEV);
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

int fence_root(const struct clinux_fence *fence) {
    int handle = call_handle(AT_FDCWD, fence->workspace);
    if (handle < 0) return -1;
    int workspace = clone_all(handle);
    close(handle);
    if (workspace < 0 || take_entries() != 0) return -1;
    if (mount("tmpfs", fence->workspace, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") != 0) return -1;
    int root = open(fence->workspace, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return -1;
    if (fill(root, fence->stable_path + 1, workspace) != 0 || enter(root) != 0) return -1;
    close(root);
    return 0;
}
#endif
