// What the files of the fence share. Everything here runs after fork() in what was a process with many threads,
// and so uses system calls only, except where it says that it runs before.
#pragma once
#ifdef __linux__
#include "CLinuxFence.h"

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

/// Where and why building failed.
struct fence_fault {
    int32_t step;
    int32_t detail;
    int32_t code;
};

/// Remembers errno; always returns -1.
int fence_fail(struct fence_fault *fault, int step, int detail);

/// Like fork(), into new namespaces; touches none of the C library's locks.
pid_t fence_clone(uint32_t parts);

/// In the new namespaces, before the program's process exists; `has_network` where the network was made before.
int fence_prepare(const struct clinux_fence *fence, int has_network, struct fence_fault *fault);

/// Makes the loopback of the own network work, which leads nowhere else.
int fence_raise_loopback(void);
/// Whether nobody has sent anything in the own network, and nothing is left in it.
int fence_network_is_unused(void);

/// In the program's process, right before exec: after this there is no way back.
int fence_enter(const struct clinux_fence *fence, pid_t supervisor, struct fence_fault *fault);

/// Loads the system call filter.
int fence_filter(const struct clinux_fence *fence, pid_t supervisor);

/// Takes the overlay down, so that its upper layer is at rest.
void fence_leave(const struct clinux_fence *fence);

int fence_mounts(const struct clinux_fence *fence, struct fence_fault *fault);
/// Makes the way to a place that lies below an emptied one.
int fence_make_mount_point(const char *path, int is_directory);
/// Keeps hold of the directories of bundles, and puts what is in those where it is to be seen.
int fence_look_at_bundles(const struct clinux_fence *fence, struct fence_fault *fault);
int fence_put_bundles(const struct clinux_fence *fence, struct fence_fault *fault);
/// Enters a root of the fence's own, which holds nothing yet but, where that is a part, its /proc.
int fence_root(const struct clinux_fence *fence, struct fence_fault *fault);
/// Lets the directory that is worked in be seen at its stable path too.
int fence_stable_path(const struct clinux_fence *fence);
int fence_mount_overlay(const struct clinux_overlay *overlay);
int fence_devices_collect(void);
int fence_devices_mount(void);
/// Writes down what Landlock grants, while the places are still held open.
int fence_landlock_prepare(const struct clinux_fence *fence, struct fence_fault *fault);
/// Confines the calling process to that.
int fence_landlock(const struct clinux_fence *fence, struct fence_fault *fault);
/// Lets go of what was written down, once the program has begun.
void fence_landlock_close(void);
/// Remembers who the caller is, before a new user namespace hides it.
void fence_remember_user(void);

/// What asks before it connects, where programs do; -1 otherwise. Set by `fence_filter`.
extern int fence_listener;
/// Answers one who asks.
void fence_answer_connect(int listener);

int fence_limits(const struct clinux_fence *fence);
int fence_capabilities(void);
/// Those of the calling process, until it starts another program.
int fence_drop_capabilities(void);

/// How a place came out once it was looked at.
struct fence_place {
    int kind;
    /// The place is this many bytes of its path.
    int length;
    int tree;
    int is_directory;
    int is_dropped;
    int is_put;
};
extern struct fence_place fence_places[CLINUX_PLACE_MAXIMUM];

/// Looks at every place, and keeps hold of those that stay visible.
int fence_look_at_places(const struct clinux_fence *fence, struct fence_fault *fault);
/// Lets go of them.
void fence_close_places(const struct clinux_fence *fence);

#define FENCE_PATH 4096

/// Copies a beginning of a path; returns NULL when it does not fit.
char *fence_prefix(char *buffer, size_t size, const char *path, int length);
int fence_is_within(const char *path, int length, const char *parent, int parent_length);
int fence_parent_length(const char *path, int length);
/// A mount of its own that shows what a handle leads to.
int fence_clone_tree(int handle, __u64 attributes);

/// A directory that was used last.
struct fence_directory {
    int handle;
    int length;
    char path[FENCE_PATH];
};

/// Whether it is the beginning of a path.
int fence_is_last(const struct fence_directory *last, const char *path, int length);
/// Opens the beginning of a path; forgets what it was before.
void fence_remember(struct fence_directory *last, const char *path, int length);
void fence_forget(struct fence_directory *last);
#endif
