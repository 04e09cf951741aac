// What the places of a fence are, looked at before its root is made: each is kept hold of as it is there now.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct fence_place fence_places[CLINUX_PLACE_MAXIMUM];

char *fence_prefix(char *buffer, size_t size, const char *path, int length) {
    if ((size_t)length >= size) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    memcpy(buffer, path, (size_t)length);
    buffer[length] = 0;
    return buffer;
}

int fence_is_within(const char *path, int length, const char *parent, int parent_length) {
    if (length < parent_length || memcmp(path, parent, (size_t)parent_length) != 0) return 0;
    return length == parent_length || parent_length == 1 || path[parent_length] == '/';
}

int fence_parent_length(const char *path, int length) {
    while (length > 1 && path[length - 1] != '/') length--;
    return length > 1 ? length - 1 : 1;
}

int fence_is_last(const struct fence_directory *last, const char *path, int length) {
    return last->handle >= 0 && last->length == length && memcmp(last->path, path, (size_t)length) == 0;
}

void fence_forget(struct fence_directory *last) {
    if (last->handle >= 0) close(last->handle);
    last->handle = -1;
}

void fence_remember(struct fence_directory *last, const char *path, int length) {
    fence_forget(last);
    if (!fence_prefix(last->path, sizeof last->path, path, length)) return;
    last->length = length;
    last->handle = call_handle(AT_FDCWD, last->path);
}

/// Opens the place, or its nearest existing parent no higher than the floor.
static int open_place(const struct clinux_place *place, struct fence_place *found) {
    char buffer[FENCE_PATH];
    found->length = (int)strlen(place->path);
    for (;;) {
        char *path = fence_prefix(buffer, sizeof buffer, place->path, found->length);
        int handle = path ? call_handle(AT_FDCWD, path) : -1;
        if (handle >= 0 || errno != ENOENT || place->kind != CLINUX_PLACE_WRITABLE) return handle;
        if (found->length <= place->floor) return -1;
        found->length = fence_parent_length(place->path, found->length);
        found->kind = CLINUX_PLACE_CREATING;
        if (found->length < place->floor) {
            errno = ENOENT;
            return -1;
        }
    }
}

/// Closes what an error has made needless.
static int failed(int handle) {
    int code = errno;
    close(handle);
    errno = code;
    return -1;
}

/// Without attributes it has those of the mount that it is a part of.
static int clone_entry(int directory, const char *name, __u64 attributes) {
    unsigned how = *name ? CALL_AT_NOFOLLOW : CALL_AT_EMPTY_PATH;
    unsigned flags = how | CALL_AT_RECURSIVE | CALL_OPEN_TREE_CLONE | CALL_OPEN_TREE_CLOEXEC;
    int tree = call_open_tree(directory, name, flags);
    if (tree < 0 || attributes == 0) return tree;
    int result = call_mount_setattr(tree, "", CALL_AT_EMPTY_PATH | CALL_AT_RECURSIVE, attributes);
    return result == 0 ? tree : failed(tree);
}

int fence_clone_tree(int handle, __u64 attributes) { return clone_entry(handle, "", attributes); }

enum { SHOWN_ATTRIBUTES = CALL_ATTR_RDONLY | CALL_ATTR_NOSUID | CALL_ATTR_NODEV };

/// Whether every mount there is has the attributes of what is only shown.
static int is_dimmed;

static __u64 attributes_of(int kind) {
    if (kind == CLINUX_PLACE_SHOWN) return is_dimmed ? 0 : SHOWN_ATTRIBUTES;
    return CALL_ATTR_NOSUID | CALL_ATTR_NODEV;
}

/// Whether what was opened is what a place of its kind can be.
static int suits(const struct clinux_place *place, struct fence_place *found, int handle) {
    struct stat status;
    if (fstat(handle, &status) != 0) return 0;
    found->is_directory = S_ISDIR(status.st_mode);
    int is_plain = found->is_directory || S_ISREG(status.st_mode);
    if (found->kind == CLINUX_PLACE_CREATING && !found->is_directory) {
        errno = ENOTDIR;
        return 0;
    }
    if (!is_plain && place->kind != CLINUX_PLACE_HIDDEN) {
        errno = S_ISLNK(status.st_mode) ? ELOOP : EINVAL;
        return 0;
    }
    return 1;
}

/// What is there and stays visible, in two calls: many places lie side by side, and the way to them is walked once.
/// Returns 0 where it has to be looked at more closely.
static int look_beside(const struct clinux_place *place, struct fence_place *found, struct fence_directory *last) {
    int length = (int)strlen(place->path);
    int parent = fence_parent_length(place->path, length);
    if (!fence_is_last(last, place->path, parent)) fence_remember(last, place->path, parent);
    if (last->handle < 0) return 0;
    int tree = clone_entry(last->handle, place->path + parent + (parent > 1), attributes_of(place->kind));
    if (tree < 0) return 0;
    found->length = length;
    if (!suits(place, found, tree)) {
        close(tree);
        return 0;
    }
    found->tree = tree;
    return 1;
}

/// Finds out what a place is and, where it stays visible, keeps hold of what is there now.
static int look_at(const struct clinux_place *place, struct fence_place *found, struct fence_directory *last) {
    *found = (struct fence_place){.kind = place->kind, .tree = -1};
    if (place->kind == CLINUX_PLACE_LINK) {
        found->length = (int)strlen(place->path);
        return 0;
    }
    int is_masked = place->kind == CLINUX_PLACE_HIDDEN || place->kind == CLINUX_PLACE_SCRATCH;
    if (!is_masked && look_beside(place, found, last)) return 0;
    int handle = open_place(place, found);
    int may_be_missing = is_masked || place->kind == CLINUX_PLACE_SHOWN;
    if (handle < 0 && may_be_missing && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) {
        found->is_dropped = 1;
        return 0;
    }
    if (handle < 0) return -1;
    if (!suits(place, found, handle)) return failed(handle);
    if (!is_masked) {
        found->tree = fence_clone_tree(handle, attributes_of(found->kind));
        if (found->tree < 0) return failed(handle);
    }
    close(handle);
    return 0;
}

/// Whether another place makes an opened directory needless: a subtree that is writable anyway, or the same one before.
static int is_covered(const struct clinux_fence *fence, int index) {
    const struct fence_place *place = &fence_places[index];
    const char *path = fence->places[index].path;
    for (int other = 0; other < fence->place_count; other++) {
        const struct fence_place *wide = &fence_places[other];
        if (other == index || wide->is_dropped) continue;
        if (!fence_is_within(path, place->length, fence->places[other].path, wide->length)) continue;
        if (wide->kind == CLINUX_PLACE_WRITABLE && wide->is_directory) {
            int is_cut = 0;  // a narrower place in between takes the subtree's grant away
            for (int cut = 0; cut < fence->place_count; cut++) {
                const struct fence_place *between = &fence_places[cut];
                if (cut == other || cut == index || between->is_dropped || between->length <= wide->length) continue;
                if (between->kind == CLINUX_PLACE_WRITABLE || between->kind == CLINUX_PLACE_CREATING) continue;
                is_cut |= fence_is_within(path, place->length, fence->places[cut].path, between->length);
            }
            if (!is_cut) return 1;
        }
        if (wide->kind == place->kind && wide->length == place->length && other < index) return 1;
    }
    return 0;
}

/// Looks at what is only shown, or at everything else.
static int look_at_all(const struct clinux_fence *fence, int is_shown, struct fence_fault *fault) {
    struct fence_directory last = {.handle = -1};
    for (int index = 0; index < fence->place_count; index++) {
        if ((fence->places[index].kind == CLINUX_PLACE_SHOWN) != is_shown) continue;
        if (look_at(&fence->places[index], &fence_places[index], &last) != 0)
            return fence_fail(fault, CLINUX_FENCE_PLACE, index);
    }
    fence_forget(&last);
    return 0;
}

int fence_look_at_places(const struct clinux_fence *fence, struct fence_fault *fault) {
    is_dimmed = 0;
    if (look_at_all(fence, 0, fault) != 0) return -1;
    // once for all that is shown, in mounts that nobody else sees: a copy of a part has the attributes of the whole
    is_dimmed = call_mount_setattr(AT_FDCWD, "/", CALL_AT_RECURSIVE, SHOWN_ATTRIBUTES) == 0;
    if (look_at_all(fence, 1, fault) != 0) return -1;
    for (int index = 0; index < fence->place_count; index++) {
        struct fence_place *place = &fence_places[index];
        // every other path is there once
        if (place->kind != CLINUX_PLACE_CREATING || place->is_dropped) continue;
        if (is_covered(fence, index)) place->is_dropped = 1;
    }
    return 0;
}

void fence_close_places(const struct clinux_fence *fence) {
    for (int index = 0; index < fence->place_count; index++) {
        if (fence_places[index].tree >= 0) close(fence_places[index].tree);
        fence_places[index].tree = -1;
    }
}
#endif
