// The private /dev, and the overlay below the program's workspace.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

static const char *const nodes[] = {
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
};
enum { NODE_COUNT = sizeof nodes / sizeof *nodes };
static int collected[NODE_COUNT];

int fence_devices_collect(void) {
    for (int index = 0; index < NODE_COUNT; index++) {
        collected[index] =
            call_open_tree(AT_FDCWD, nodes[index], CALL_OPEN_TREE_CLONE | CALL_OPEN_TREE_CLOEXEC);
        if (collected[index] < 0 && errno != ENOENT) return -1;
    }
    return 0;
}

int fence_devices_mount(void) {
    // a directory of the fence's root, whose mount lets no device in: each comes with its own
    if (mkdir("/dev", 0755) != 0) return -1;
    for (int index = 0; index < NODE_COUNT; index++) {
        if (collected[index] < 0) continue;
        int file = open(nodes[index], O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file < 0 || call_move_mount(collected[index], nodes[index]) != 0) return -1;
        close(file);
        close(collected[index]);
    }
    if (mkdir("/dev/shm", 0755) != 0 || mkdir("/dev/pts", 0755) != 0) return -1;
    if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620") != 0)
        return -1;
    static const char *const links[][2] = {
        {"/proc/self/fd", "/dev/fd"},
        {"/proc/self/fd/0", "/dev/stdin"},
        {"/proc/self/fd/1", "/dev/stdout"},
        {"/proc/self/fd/2", "/dev/stderr"},
        {"pts/ptmx", "/dev/ptmx"},
    };
    for (size_t index = 0; index < sizeof links / sizeof *links; index++)
        if (symlink(links[index][0], links[index][1]) != 0) return -1;
    return 0;
}

/// Sets an option, or the flag when there is no value.
static int set(int context, const char *key, const char *value) {
    unsigned command = value ? CALL_FSCONFIG_SET_STRING : CALL_FSCONFIG_SET_FLAG;
    return (int)syscall(SYS_fsconfig, context, command, key, value, 0);
}

/// The layers of an overlay that is being mounted, the lower ones first.
struct layers {
    int handles[CLINUX_LAYER_MAXIMUM + 2];
    int count;
};

/// Adds a layer's name to a text of names: by a descriptor, since colons, commas and backslashes in its path would be
/// read as something else.
static int name_layer(struct layers *layers, const char *path, char *text) {
    int handle = call_handle(AT_FDCWD, path);
    if (handle < 0) return -1;
    layers->handles[layers->count++] = handle;
    size_t length = strlen(text);
    if (length > 0) text[length++] = ':';
    memcpy(text + length, "/proc/self/fd/", sizeof "/proc/self/fd/");
    length += sizeof "/proc/self/fd/" - 1;
    for (int divisor = 1000000; divisor > 0; divisor /= 10)
        if (handle >= divisor || divisor == 1) text[length++] = (char)('0' + handle / divisor % 10);
    text[length] = 0;
    return 0;
}

static int set_layer(int context, const char *key, struct layers *layers, const char *path) {
    char name[32] = "";
    return name_layer(layers, path, name) != 0 ? -1 : set(context, key, name);
}

static int set_lower_layers(int context, struct layers *layers, const struct clinux_overlay *overlay) {
    char names[CLINUX_LAYER_MAXIMUM * 32] = "";
    if (overlay->lower_count > CLINUX_LAYER_MAXIMUM) {
        errno = E2BIG;
        return -1;
    }
    for (int index = 0; index < overlay->lower_count; index++)
        if (name_layer(layers, overlay->lowers[index], names) != 0) return -1;
    return set(context, "lowerdir", names);
}

/// A volatile overlay leaves a mark, so that nobody takes its layer for durable; ours is used again and thrown away.
static void remove_mark(int work) {
    unlinkat(work, "work/incompat/volatile/dirty", 0);
    unlinkat(work, "work/incompat/volatile", AT_REMOVEDIR);
    unlinkat(work, "work/incompat", AT_REMOVEDIR);
}

/// Volatile, because unmounting would otherwise wait until the whole file system of the upper layer is on the disk.
static int set_layers(int context, const struct clinux_overlay *overlay, struct layers *layers) {
    if (set_lower_layers(context, layers, overlay) != 0) return -1;
    if (set_layer(context, "upperdir", layers, overlay->upper) != 0) return -1;
    if (set_layer(context, "workdir", layers, overlay->work) != 0) return -1;
    remove_mark(layers->handles[layers->count - 1]);
    if (set(context, "userxattr", NULL) != 0 || set(context, "volatile", NULL) != 0) return -1;
    return (int)syscall(SYS_fsconfig, context, CALL_FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

int fence_mount_overlay(const struct clinux_overlay *overlay) {
    int context = (int)syscall(SYS_fsopen, "overlay", CALL_FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    struct layers layers = {.count = 0};
    int tree = -1;
    if (set_layers(context, overlay, &layers) == 0)
        tree = (int)syscall(SYS_fsmount, context, CALL_FSMOUNT_CLOEXEC, CALL_ATTR_NOSUID | CALL_ATTR_NODEV);
    int result = tree < 0 ? -1 : call_move_mount(tree, overlay->target);
    int code = errno;
    if (tree >= 0) close(tree);
    for (int index = 0; index < layers.count; index++) close(layers.handles[index]);
    close(context);
    errno = code;
    return result;
}
#endif
