#pragma once
#include <stdint.h>
#include <sys/types.h>

/// What of the kernel a fence is made of; bits of `clinux_fence.parts`.
enum clinux_part {
    CLINUX_PART_USER = 1 << 0,
    CLINUX_PART_MOUNT = 1 << 1,
    CLINUX_PART_PROCESS = 1 << 2,
    CLINUX_PART_NETWORK = 1 << 3,
    CLINUX_PART_IPC = 1 << 4,
    CLINUX_PART_NAMES = 1 << 5,
    /// A /proc of the fence's own process namespace.
    CLINUX_PART_PROC = 1 << 6,
    /// A process limit that belongs to the process namespace, and so holds root too.
    CLINUX_PART_PID_LIMIT = 1 << 7,
};

/// How a path looks from inside the mount namespace.
enum clinux_place_kind {
    /// A file or a subtree; where nothing is, its nearest existing parent becomes `CREATING`.
    CLINUX_PLACE_WRITABLE = 1,
    /// A directory that takes new entries; those that are there are kept as they are.
    CLINUX_PLACE_CREATING = 2,
    /// Read-only, and seen even below a hidden path.
    CLINUX_PLACE_SHOWN = 3,
    /// An empty place in its stead.
    CLINUX_PLACE_HIDDEN = 4,
    /// A small private directory in memory in its stead.
    CLINUX_PLACE_SCRATCH = 5,
    /// A symlink to `target`.
    CLINUX_PLACE_LINK = 6,
};

/// One absolute path without symlinks; places are ordered, parents first.
struct clinux_place {
    const char *path;
    /// What a link holds.
    const char *target;
    int32_t kind;
    /// The nearest existing parent is not looked for above so many bytes of the path.
    int32_t floor;
};

/// Files that lie side by side and can be read; nothing else is in their directory, and no place is below it.
struct clinux_bundle {
    const char *directory;
    const char *const *names;
    int32_t count;
};

/// What Landlock grants below a path.
enum clinux_access {
    CLINUX_ACCESS_NAMES = 1,
    CLINUX_ACCESS_READ = 2,
    CLINUX_ACCESS_WRITE = 3,
    CLINUX_ACCESS_CREATE = 4,
    CLINUX_ACCESS_DEVICE = 5,
};

struct clinux_rule {
    const char *path;
    int32_t access;
    /// The place that it grants as a whole; -1 for none.
    int32_t place;
};

enum { CLINUX_LAYER_MAXIMUM = 4 };

/// An overlay to mount before everything else; all are absolute directories.
struct clinux_overlay {
    /// The uppermost first.
    const char *const *lowers;
    int32_t lower_count;
    const char *upper;
    const char *work;
    const char *target;
};

/// Negative: left as it is.
struct clinux_limits {
    int64_t processes;
    /// The same for the process namespace, which holds nobody else.
    int64_t processes_inside;
    int64_t file_size;
    int64_t open_files;
    int64_t cpu_seconds;
    /// Bytes that each directory in memory may hold.
    int64_t scratch;
};

struct clinux_fence {
    uint32_t parts;
    /// The Landlock version to use; 0 for none.
    int32_t landlock;
    const struct clinux_place *places;
    int32_t place_count;
    const struct clinux_bundle *bundles;
    int32_t bundle_count;
    const struct clinux_rule *rules;
    int32_t rule_count;
    const struct clinux_overlay *overlay;
    /// An existing directory; a root of the fence's own is put together on it, with the places and nothing else.
    const char *staging;
    /// A directory that is seen at a path right below the root too, which is not there yet; both or neither.
    const char *workspace;
    const char *stable_path;
    int32_t denies_network;
    int32_t denies_unix_sockets;
    /// Whether files take room only as fast as they are written.
    int32_t denies_allocation;
    /// Whether connecting is done for the program, so that unix sockets of others are refused.
    int32_t asks_to_connect;
    /// Only limits and descriptors: the program builds the rest itself.
    int32_t limits_only;
    struct clinux_limits limits;
};

/// Where building a fence can fail.
enum clinux_fence_step {
    CLINUX_FENCE_NAMESPACES = 1,
    CLINUX_FENCE_USER = 2,
    CLINUX_FENCE_MOUNTS = 3,
    CLINUX_FENCE_OVERLAY = 4,
    /// `detail` is the place's index; bundles come behind them.
    CLINUX_FENCE_PLACE = 5,
    CLINUX_FENCE_DEVICES = 6,
    CLINUX_FENCE_PROC = 7,
    CLINUX_FENCE_LOOPBACK = 8,
    CLINUX_FENCE_LIMITS = 9,
    CLINUX_FENCE_LANDLOCK = 10,
    CLINUX_FENCE_CAPABILITIES = 11,
    CLINUX_FENCE_FILTER = 12,
    CLINUX_FENCE_ROOT = 13,
};

enum { CLINUX_PLACE_MAXIMUM = 4096, CLINUX_BUNDLE_MAXIMUM = 1024, CLINUX_FILTER_MAXIMUM = 640 };

/// The running kernel's Landlock version; 0 when it has none.
int clinux_landlock_version(void);

/// Two files that are not there: one that the fence lets a program make, and one that it does not.
struct clinux_trial {
    const char *open_file;
    const char *closed_file;
};

/// Builds the parts in a child, tries what they must refuse, and tells how that went.
///
/// Returns 0, or the errno of what did not work with `*step` saying where.
int clinux_try(const struct clinux_fence *fence, const struct clinux_trial *trial, int32_t *step);

/// Writes the program of the system call filter; returns how many 8-byte instructions, or -1 when it does not fit.
///
/// `supervisor` is the process that must not be signalled; 0 where that is out of reach.
int clinux_filter(const struct clinux_fence *fence, pid_t supervisor, uint64_t *instructions, int capacity);

/// A sealed file in memory with these bytes, at its start; -1 with errno set.
int clinux_memory_file(const void *bytes, size_t count);

/// Writes the path of what is there, with its symlinks followed; returns its length, or -1 when nothing is.
int clinux_real_path(const char *path, char *buffer, size_t capacity);

/// What a descriptor is, if a program could reach more than is meant with it.
enum clinux_way_out {
    CLINUX_NO_WAY_OUT = 0,
    CLINUX_OPEN_DIRECTORY = 1,
    /// It listens, can be pointed elsewhere, or belongs to a network; the end of a connected pair does not.
    CLINUX_OPEN_SOCKET = 2,
    CLINUX_CLOSED = 3,
};

enum clinux_way_out clinux_way_out(int descriptor);

/// How many processes and threads there are on this machine, whoever they belong to.
int clinux_task_count(void);
