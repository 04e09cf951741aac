// The file system as the program sees it: a root of its own with the places that are shown, read-only, the granted
// ones writable on top, hidden ones empty, and private /dev, /proc and scratch directories.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

/// Whether an entry of a directory that takes new entries is itself granted, and so may also be replaced.
static int is_granted(const struct clinux_fence *fence, int directory, const char *name) {
    int length = fence_places[directory].length;
    const char *path = fence->places[directory].path;
    size_t name_length = strlen(name);
    int start = length == 1 ? 1 : length + 1;
    for (int other = 0; other < fence->place_count; other++) {
        const struct fence_place *place = &fence_places[other];
        const char *candidate = fence->places[other].path;
        if (place->kind != CLINUX_PLACE_WRITABLE || place->length != start + (int)name_length) continue;
        if (fence_is_within(candidate, place->length, path, length) && memcmp(candidate + start, name, name_length) == 0)
            return 1;
    }
    return 0;
}

/// Whether the place is an entry of a directory that takes new entries: as no mount point, a file can be replaced.
static int is_entry_of_creating(const struct clinux_fence *fence, int index) {
    const char *path = fence->places[index].path;
    int parent = fence_parent_length(path, fence_places[index].length);
    for (int other = 0; other < fence->place_count; other++) {
        const struct fence_place *place = &fence_places[other];
        if (place->kind != CLINUX_PLACE_CREATING || place->is_dropped || place->length != parent) continue;
        if (memcmp(path, fence->places[other].path, (size_t)parent) == 0) return 1;
    }
    return 0;
}

/// The directory that a mount point was made in last; what is mounted elsewhere could cover it, and ends it.
static struct fence_directory made = {.handle = -1};

static void remember_directory(const char *path) {
    fence_remember(&made, path, fence_parent_length(path, (int)strlen(path)));
}

int fence_make_mount_point(const char *path, int is_directory) {
    // the last way that was made, as many places lie side by side
    static char last[FENCE_PATH];
    static int last_length;
    char buffer[FENCE_PATH];
    int length = (int)strlen(path);
    int start = fence_is_within(path, length, last, last_length) && last_length > 0 ? last_length + 1 : 1;
    for (int end = start; end <= length; end++) {
        if (end < length && path[end] != '/') continue;
        char *part = fence_prefix(buffer, sizeof buffer, path, end);
        if (!part) return -1;
        if (end == length && !is_directory) {
            int file = open(part, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
            if (file < 0) return -1;
            close(file);
        } else if (mkdir(part, 0755) != 0 && errno != EEXIST && errno != EROFS) {
            return -1;
        }
    }
    last_length = fence_parent_length(path, length);
    memcpy(last, path, (size_t)last_length);
    return 0;
}

/// Makes a symlink, and the way to it.
static int link_place(const char *path, const char *text) {
    char buffer[FENCE_PATH];
    int parent = fence_parent_length(path, (int)strlen(path));
    char *directory = fence_prefix(buffer, sizeof buffer, path, parent);
    if (!directory || fence_make_mount_point(directory, 1) != 0) return -1;
    return symlink(text, path) == 0 || errno == EEXIST ? 0 : -1;
}

/// Puts a tree where it is to be seen, and makes the way there where there is none.
static int attach(int tree, const char *path, int is_directory) {
    if (call_move_mount(tree, path) == 0) return 0;
    if (errno != ENOENT || fence_make_mount_point(path, is_directory) != 0) return -1;
    remember_directory(path);
    return call_move_mount(tree, path);
}

/// The same for what lies beside a place that a way was made for: nothing is there yet, and no path has to be walked.
/// Returns whether that worked.
static int attach_beside(int tree, const char *path, int is_directory) {
    int parent = fence_parent_length(path, (int)strlen(path));
    if (!fence_is_last(&made, path, parent)) return 0;
    const char *name = path + parent + (parent > 1);
    int result = is_directory ? mkdirat(made.handle, name, 0755) : mknodat(made.handle, name, S_IFREG | 0600, 0);
    return result == 0 && call_move_mount_at(tree, made.handle, name) == 0;
}

/// Makes one entry read-only; symlinks, which not every kernel lets be mounted on, can be exchanged.
static int keep_entry(int directory, const char *name) {
    int handle = call_handle(directory, name);
    if (handle < 0) return errno == ELOOP || errno == ENOENT ? 0 : -1;
    struct stat status;
    if (fstat(handle, &status) == 0 && S_ISLNK(status.st_mode)) {
        close(handle);
        return 0;
    }
    int tree = fence_clone_tree(handle, CALL_ATTR_RDONLY | CALL_ATTR_NOSUID | CALL_ATTR_NODEV);
    int result = tree < 0 ? -1 : (int)syscall(SYS_move_mount, tree, "", handle, "", 0x44u);
    int code = errno;
    if (tree >= 0) close(tree);
    close(handle);
    errno = code;
    return result;
}

/// Makes every entry of a directory that takes new ones read-only, except those that are granted.
static int keep_entries(const struct clinux_fence *fence, int index, const char *path) {
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (directory < 0) return -1;
    struct entry {
        __u64 inode;
        __s64 offset;
        unsigned short size;
        unsigned char type;
        char name[];
    };
    _Alignas(8) char buffer[16384];
    int kept = 0;
    long count;
    while ((count = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0) {
        for (long offset = 0; offset < count;) {
            const struct entry *entry = (const struct entry *)(buffer + offset);
            offset += entry->size;
            if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
            if (is_granted(fence, index, entry->name)) continue;
            if (++kept > CLINUX_PLACE_MAXIMUM) {
                errno = E2BIG;
                count = -1;
                break;
            }
            if (keep_entry(directory, entry->name) != 0) {
                count = -1;
                break;
            }
        }
        if (count < 0) break;
    }
    int code = errno;
    close(directory);
    errno = code;
    return count < 0 ? -1 : 0;
}

static int scratch(const char *path, int64_t size, const char *mode) {
    char options[64] = "mode=";
    size_t length = strlen(strcat(options, mode));
    memcpy(options + length, ",size=", 6);
    length += 6;
    char digits[24];
    int count = 0;
    do digits[count++] = (char)('0' + size % 10);
    while ((size /= 10) > 0);
    while (count > 0) options[length++] = digits[--count];
    options[length] = 0;
    return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

static int hide(const char *path, int is_directory, int empty) {
    if (is_directory) return scratch(path, 1 << 20, "0755");
    int tree = fence_clone_tree(empty, CALL_ATTR_RDONLY | CALL_ATTR_NODEV | CALL_ATTR_NOSUID);
    if (tree < 0) return -1;
    int result = call_move_mount(tree, path);
    int code = errno;
    close(tree);
    errno = code;
    return result;
}

static int put_place(const struct clinux_fence *fence, int index, int empty) {
    struct fence_place *place = &fence_places[index];
    char buffer[FENCE_PATH];
    char *path = fence_prefix(buffer, sizeof buffer, fence->places[index].path, place->length);
    if (!path) return -1;
    if (place->kind == CLINUX_PLACE_SHOWN && attach_beside(place->tree, path, place->is_directory)) return 0;
    fence_forget(&made);
    switch (place->kind) {
    case CLINUX_PLACE_HIDDEN:
        // what somebody has removed since needs no hiding
        return hide(path, place->is_directory, empty) == 0 || errno == ENOENT ? 0 : -1;
    case CLINUX_PLACE_SCRATCH: {
        int handle = call_handle(AT_FDCWD, path);
        if (handle < 0 && fence_make_mount_point(path, 1) != 0) return -1;
        if (handle >= 0) close(handle);
        return scratch(path, fence->limits.scratch, "1777");
    }
    case CLINUX_PLACE_LINK: return link_place(path, fence->places[index].target);
    case CLINUX_PLACE_WRITABLE:
        if (!place->is_directory && is_entry_of_creating(fence, index)) return 0;
        return attach(place->tree, path, place->is_directory);
    case CLINUX_PLACE_CREATING:
        if (attach(place->tree, path, 1) != 0) return -1;
        return keep_entries(fence, index, path);
    default: return attach(place->tree, path, place->is_directory);
    }
}

/// Hidden directories stay writable until everything below them is in its place.
static int seal(const struct clinux_fence *fence) {
    char buffer[FENCE_PATH];
    for (int index = 0; index < fence->place_count; index++) {
        const struct fence_place *place = &fence_places[index];
        if (place->is_dropped || place->kind != CLINUX_PLACE_HIDDEN || !place->is_directory) continue;
        char *path = fence_prefix(buffer, sizeof buffer, fence->places[index].path, place->length);
        if (!path) return -1;
        if (call_mount_setattr(AT_FDCWD, path, 0, CALL_ATTR_RDONLY) != 0 && errno != ENOENT) return -1;
    }
    return call_mount_setattr(AT_FDCWD, "/", 0, CALL_ATTR_RDONLY | CALL_ATTR_NOSUID | CALL_ATTR_NODEV);
}

/// Puts a place, and before it the opened parents of missing ones that it lies in: they are sorted by what is missing,
/// and would cover what is hidden or read-only below them.
static int put_with_parents(const struct clinux_fence *fence, int index, int opened, int empty, int *failed) {
    const struct fence_place *place = &fence_places[index];
    for (int other = index + 1; opened > 0 && other < fence->place_count; other++) {
        const struct fence_place *wide = &fence_places[other];
        if (wide->is_dropped || wide->is_put || wide->kind == fence->places[other].kind) continue;
        if (wide->length >= place->length) continue;
        if (!fence_is_within(fence->places[index].path, place->length, fence->places[other].path, wide->length)) continue;
        if (put_with_parents(fence, other, opened, empty, failed) != 0) return -1;
    }
    fence_places[index].is_put = 1;
    *failed = index;
    return put_place(fence, index, empty);
}

static int put_places(const struct clinux_fence *fence, int empty, struct fence_fault *fault) {
    int opened = 0;
    for (int index = 0; index < fence->place_count; index++) {
        const struct fence_place *place = &fence_places[index];
        opened += !place->is_dropped && place->kind != fence->places[index].kind;
    }
    for (int index = 0; index < fence->place_count; index++) {
        const struct fence_place *place = &fence_places[index];
        int failed = index;
        if (place->is_dropped || place->is_put) continue;
        if (put_with_parents(fence, index, opened, empty, &failed) != 0)
            return fence_fail(fault, CLINUX_FENCE_PLACE, failed);
    }
    fence_forget(&made);
    return 0;
}

static const char *const empty_file = "/dev/.empty";

/// What is seen in the stead of hidden files.
static int make_empty_file(void) {
    int file = open(empty_file, O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0444);
    if (file < 0) return -1;
    close(file);
    return call_handle(AT_FDCWD, empty_file);
}

int fence_mounts(const struct clinux_fence *fence, struct fence_fault *fault) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return fence_fail(fault, CLINUX_FENCE_MOUNTS, 0);
    if (fence->overlay && fence_mount_overlay(fence->overlay) != 0)
        return fence_fail(fault, CLINUX_FENCE_OVERLAY, 0);
    // before the places, which make every mount here one that lets no device in
    if (fence_devices_collect() != 0) return fence_fail(fault, CLINUX_FENCE_DEVICES, 0);
    if (fence_look_at_places(fence, fault) != 0 || fence_look_at_bundles(fence, fault) != 0) return -1;
    if (fence_root(fence, fault) != 0) return -1;
    if (fence_devices_mount() != 0) return fence_fail(fault, CLINUX_FENCE_DEVICES, 1);
    int empty = make_empty_file();
    if (empty < 0) return fence_fail(fault, CLINUX_FENCE_DEVICES, 2);
    if (put_places(fence, empty, fault) != 0 || fence_put_bundles(fence, fault) != 0) return -1;
    close(empty);
    if (unlink(empty_file) != 0) return fence_fail(fault, CLINUX_FENCE_DEVICES, 3);
    if (fence->stable_path && fence_stable_path(fence) != 0) return fence_fail(fault, CLINUX_FENCE_ROOT, 3);
    if (seal(fence) != 0) return fence_fail(fault, CLINUX_FENCE_MOUNTS, 2);
    return 0;
}
#endif
