// Files that lie side by side and can be read, of which a list may name hundreds: their directory is kept hold of once, and each
// is bound from there, which takes two calls.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { ATTRIBUTES = CALL_ATTR_RDONLY | CALL_ATTR_NOSUID | CALL_ATTR_NODEV };

/// Where the directory itself is seen, while its files are bound.
static const char *const staging = "/.bundle";

static int trees[CLINUX_BUNDLE_MAXIMUM];

int fence_look_at_bundles(const struct clinux_fence *fence, struct fence_fault *fault) {
    for (int index = 0; index < fence->bundle_count; index++) {
        int handle = call_handle(AT_FDCWD, fence->bundles[index].directory);
        trees[index] = handle < 0 ? -1 : fence_clone_tree(handle, ATTRIBUTES);
        int code = errno;
        if (handle >= 0) close(handle);
        // somebody may have removed it since
        int is_missing = handle < 0 && (code == ENOENT || code == ENOTDIR || code == EACCES);
        errno = code;
        if (trees[index] < 0 && !is_missing) return fence_fail(fault, CLINUX_FENCE_PLACE, fence->place_count + index);
    }
    return 0;
}

/// Makes what each file is to be bound on: one file with many names, in the working directory.
static int make_names(const struct clinux_bundle *bundle) {
    if (mknodat(AT_FDCWD, bundle->names[0], S_IFREG | 0600, 0) != 0) return -1;
    for (int index = 1; index < bundle->count; index++)
        if (linkat(AT_FDCWD, bundle->names[0], AT_FDCWD, bundle->names[index], 0) != 0) return -1;
    return 0;
}

/// Binds each file; a symlink in its place, which was none a moment ago, leads nowhere but within this root.
static int bind_names(const struct clinux_bundle *bundle) {
    char path[FENCE_PATH];
    size_t start = strlen(staging);
    memcpy(path, staging, start);
    path[start++] = '/';
    for (int index = 0; index < bundle->count; index++) {
        const char *name = bundle->names[index];
        size_t length = strlen(name) + 1;
        if (start + length > sizeof path) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(path + start, name, length);
        if (mount(path, name, NULL, MS_BIND, NULL) == 0) continue;
        // what is gone, or was replaced by a directory, is not shown
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return -1;
        if (unlinkat(AT_FDCWD, name, 0) != 0) return -1;
    }
    return 0;
}

static int put_bundle(const struct clinux_bundle *bundle, int tree) {
    if (fence_make_mount_point(bundle->directory, 1) != 0) return -1;
    // of its own where that can be had: nothing is made there that costs more, and nobody writes in it
    int is_own = mount("ramfs", bundle->directory, "ramfs", MS_NOSUID | MS_NODEV, "mode=0755") == 0;
    if (call_move_mount(tree, staging) != 0 || chdir(bundle->directory) != 0) return -1;
    if (make_names(bundle) != 0 || bind_names(bundle) != 0) return -1;
    if (chdir("/") != 0 || umount2(staging, MNT_DETACH) != 0) return -1;
    return is_own ? call_mount_setattr(AT_FDCWD, bundle->directory, 0, ATTRIBUTES) : 0;
}

int fence_put_bundles(const struct clinux_fence *fence, struct fence_fault *fault) {
    if (fence->bundle_count == 0) return 0;
    int result = mkdir(staging, 0700);
    int index = 0;
    for (; result == 0 && index < fence->bundle_count; index++) {
        if (trees[index] < 0) continue;
        result = put_bundle(&fence->bundles[index], trees[index]);
        int code = errno;
        close(trees[index]);
        errno = code;
    }
    if (result == 0) result = rmdir(staging);
    return result == 0 ? 0 : fence_fail(fault, CLINUX_FENCE_PLACE, fence->place_count + index - 1);
}
#endif
