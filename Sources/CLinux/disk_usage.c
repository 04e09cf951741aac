// How much of a disk the files below a directory take, whatever their names and however deep they lie.
#define _GNU_SOURCE
#include "CLinuxFiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// What an entry takes at least: a name and an inode are not free.
enum { ENTRY = 4096, DEPTH = 64, PIECE = 4000 };

/// A directory that lies too deep to be looked at from where it was found.
struct later {
    struct later *next;
    char path[];
};

/// Files that were counted: one with many names, or that is open as well, takes its place once.
struct clinux_usage {
    int64_t bytes;
    int64_t enough;
    uint64_t *seen;
    size_t capacity;
    size_t count;
};

struct walk {
    struct clinux_usage *usage;
    int root;
    struct later *later;
};

static size_t slot_of(const struct clinux_usage *usage, uint64_t key) {
    size_t slot = (size_t)(key * 0x9E3779B97F4A7C15u) & (usage->capacity - 1);
    while (usage->seen[slot] && usage->seen[slot] != key) slot = (slot + 1) & (usage->capacity - 1);
    return slot;
}

static int grow(struct clinux_usage *usage) {
    struct clinux_usage larger = *usage;
    larger.capacity = usage->capacity ? usage->capacity * 2 : 1024;
    larger.seen = calloc(larger.capacity, sizeof *larger.seen);
    if (!larger.seen) return -1;
    for (size_t index = 0; index < usage->capacity; index++)
        if (usage->seen[index]) larger.seen[slot_of(&larger, usage->seen[index])] = usage->seen[index];
    free(usage->seen);
    *usage = larger;
    return 0;
}

/// Adds a file, unless it was counted before.
static int add_file(struct clinux_usage *usage, const struct stat *status) {
    if (usage->count * 2 >= usage->capacity && grow(usage) != 0) return -1;
    uint64_t key = ((uint64_t)status->st_ino ^ (uint64_t)status->st_dev << 40) | 1ull << 63;
    size_t slot = slot_of(usage, key);
    if (usage->seen[slot]) return 0;
    usage->seen[slot] = key;
    usage->count++;
    usage->bytes += (int64_t)status->st_blocks * 512;
    return 0;
}

/// Opens a path of any length, piece by piece; no symlink is followed.
static int open_long(int root, const char *path) {
    int directory = dup(root);
    while (directory >= 0 && *path) {
        char piece[PIECE + 256];
        size_t length = strlen(path);
        if (length > PIECE) {
            length = PIECE;
            while (path[length] && path[length] != '/') length++;
        }
        memcpy(piece, path, length);
        piece[length] = 0;
        int next = openat(directory, piece, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(directory);
        directory = next;
        path += length;
        while (*path == '/') path++;
    }
    return directory;
}

static int defer(struct walk *walk, const char *path, const char *name) {
    if (*path == '/') path++;
    struct later *later = malloc(sizeof *later + strlen(path) + strlen(name) + 2);
    if (!later) return -1;
    strcpy(later->path, path);
    if (*path) strcat(later->path, "/");
    strcat(later->path, name);
    later->next = walk->later;
    walk->later = later;
    return 0;
}

static int walk_directory(struct walk *walk, int directory, char *path, size_t length, int depth);

static int add_entry(struct walk *walk, int directory, const char *name, char *path, size_t length, int depth) {
    struct stat status;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT ? 0 : -1;
    walk->usage->bytes += ENTRY;
    if (add_file(walk->usage, &status) != 0) return -1;
    if (!S_ISDIR(status.st_mode)) return 0;
    size_t name_length = strlen(name);
    if (depth == DEPTH || length + name_length + 2 > PIECE) return defer(walk, path, name);
    int inside = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    // nobody makes anything in what is closed to us
    if (inside < 0) return 0;
    path[length] = '/';
    memcpy(path + length + 1, name, name_length + 1);
    int result = walk_directory(walk, inside, path, length + 1 + name_length, depth + 1);
    path[length] = 0;
    return result;
}

/// Closes the directory.
static int walk_directory(struct walk *walk, int directory, char *path, size_t length, int depth) {
    DIR *stream = fdopendir(directory);
    if (!stream) {
        close(directory);
        return -1;
    }
    int result = 0;
    const struct dirent *entry;
    while (result == 0 && walk->usage->bytes <= walk->usage->enough && (entry = readdir(stream))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        result = add_entry(walk, directory, entry->d_name, path, length, depth);
    }
    closedir(stream);
    return result;
}

/// Looks at what was too deep; it is found from the root again.
static int walk_later(struct walk *walk, const struct later *later) {
    int inside = open_long(walk->root, later->path);
    if (inside < 0) return 0;
    struct walk deeper = {.usage = walk->usage, .root = walk->root, .later = NULL};
    char path[PIECE + 256] = "";
    int result = walk_directory(&deeper, inside, path, 0, 0);
    while (deeper.later) {
        struct later *found = deeper.later;
        deeper.later = found->next;
        if (result == 0) result = defer(walk, later->path, found->path);
        free(found);
    }
    return result;
}

struct clinux_usage *clinux_usage_begin(int64_t enough) {
    struct clinux_usage *usage = calloc(1, sizeof *usage);
    if (usage) usage->enough = enough;
    return usage;
}

int clinux_usage_add_tree(struct clinux_usage *usage, const char *path) {
    struct walk walk = {.usage = usage, .root = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (walk.root < 0) return errno == ENOENT ? 0 : -1;
    char beginning[PIECE + 256] = "";
    int result = walk_directory(&walk, dup(walk.root), beginning, 0, 0);
    while (walk.later) {
        struct later *later = walk.later;
        walk.later = later->next;
        if (result == 0 && usage->bytes <= usage->enough) result = walk_later(&walk, later);
        free(later);
    }
    close(walk.root);
    return result;
}

void clinux_usage_add_open_files(struct clinux_usage *usage, const char *descriptors) {
    DIR *stream = opendir(descriptors);
    if (!stream) return;
    const struct dirent *entry;
    while ((entry = readdir(stream))) {
        struct stat link, file;
        int is_written = fstatat(dirfd(stream), entry->d_name, &link, AT_SYMLINK_NOFOLLOW) == 0
            && S_ISLNK(link.st_mode) && (link.st_mode & S_IWUSR);
        if (!is_written || fstatat(dirfd(stream), entry->d_name, &file, 0) != 0) continue;
        if (S_ISREG(file.st_mode) && add_file(usage, &file) != 0) break;
    }
    closedir(stream);
}

int64_t clinux_usage_end(struct clinux_usage *usage) {
    int64_t bytes = usage->bytes;
    free(usage->seen);
    free(usage);
    return bytes;
}
