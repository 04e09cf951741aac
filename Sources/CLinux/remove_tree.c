// Removing directories whatever the names in them and however deep they are, with one open descriptor at a time.
#define _GNU_SOURCE
#include "CLinuxFiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Deeper than this, a directory is moved up before it is emptied: each level holds a descriptor.
enum { DEPTH = 64 };

struct removal {
    int top;
    unsigned raised;
};

static int empty(struct removal *removal, int directory, int depth);

static int open_inside(int directory, const char *name) {
    // not even its owner can empty a directory without these
    int inside = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (inside < 0 ? errno != EACCES : fstat(inside, &status) == 0 && (status.st_mode & 0700) == 0700) return inside;
    if (inside >= 0) {
        if (fchmod(inside, 0700) == 0) return inside;
        close(inside);
        return -1;
    }
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode)) return -1;
    if (fchmodat(directory, name, 0700, 0) != 0) return -1;
    return openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int raise_directory(struct removal *removal, int directory, const char *name) {
    char raised[40];
    do {
        snprintf(raised, sizeof raised, ".raised-%d-%u", (int)getpid(), removal->raised++);
        if (renameat2(directory, name, removal->top, raised, RENAME_NOREPLACE) == 0) return 0;
    } while (errno == EEXIST);
    return -1;
}

static int remove_entry(struct removal *removal, int directory, const char *name, int depth) {
    if (unlinkat(directory, name, 0) == 0 || errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM && errno != EACCES) return -1;
    if (unlinkat(directory, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return 0;
    if (errno != ENOTEMPTY && errno != EEXIST) return -1;
    if (depth == DEPTH) {
        // to move a directory its owner needs to write in it
        int inside = open_inside(directory, name);
        if (inside < 0) return errno == ENOENT ? 0 : -1;
        close(inside);
        // found again, and emptied, when the listing of the topmost one begins anew
        return raise_directory(removal, directory, name);
    }
    int inside = open_inside(directory, name);
    if (inside < 0) return errno == ENOENT ? 0 : -1;
    if (empty(removal, inside, depth + 1) != 0) return -1;
    return unlinkat(directory, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -1;
}

/// Closes the directory.
static int empty(struct removal *removal, int directory, int depth) {
    DIR *stream = fdopendir(directory);
    if (!stream) {
        close(directory);
        return -1;
    }
    int result = 0, found;
    do {
        found = 0;
        const struct dirent *entry;
        // a listing that is emptied while it runs may skip names
        while (result == 0 && (entry = readdir(stream))) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
            found = 1;
            result = remove_entry(removal, directory, entry->d_name, depth);
        }
        rewinddir(stream);
    } while (found && result == 0);
    int code = errno;
    closedir(stream);
    errno = code;
    return result;
}

int clinux_remove_tree(int directory, const char *name) {
    if (unlinkat(directory, name, 0) == 0 || errno == ENOENT) return 0;
    int refusal = errno;
    int top = open_inside(directory, name);
    if (top < 0) {
        if (errno == ENOENT) return 0;
        if (errno == ENOTDIR || errno == ELOOP) errno = refusal;
        return -1;
    }
    struct removal removal = {.top = dup(top)};
    int result = removal.top < 0 ? (close(top), -1) : empty(&removal, top, 0);
    int code = errno;
    close(removal.top);
    errno = code;
    if (result != 0) return -1;
    return unlinkat(directory, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -1;
}
