// The unix sockets that a program could connect to by a path. Runs in the caller, before anything is forked.
#ifdef __linux__
#define _GNU_SOURCE
#include "CLinuxFence.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>

struct list {
    char *next;
    char *end;
};

/// Adds a path when a socket is there; returns -1 when the list is full.
static int add(struct list *list, const char *path) {
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode)) return 0;
    size_t length = strlen(path) + 1;
    if ((size_t)(list->end - list->next) < length) return -1;
    memcpy(list->next, path, length);
    list->next += length;
    return 0;
}

/// The text after so many fields, each followed by blanks; NULL when there are fewer.
static char *after_fields(char *line, int count) {
    while (count-- > 0) {
        line += strcspn(line, " ");
        line += strspn(line, " ");
    }
    return *line ? line : NULL;
}

/// The kernel writes blanks and the like as a backslash and three octal digits.
static void unescape(char *text) {
    char *write = text;
    for (const char *read = text; *read; read++) {
        int is_escape = read[0] == '\\' && read[1] >= '0' && read[1] <= '3' && read[2] && read[3];
        *write++ = is_escape ? (char)((read[1] - '0') * 64 + (read[2] - '0') * 8 + (read[3] - '0')) : *read;
        if (is_escape) read += 3;
    }
    *write = 0;
}

/// Those that are bound on this machine; `/run` is hidden as a whole.
static int add_bound(struct list *list, char *line) {
    char *path = after_fields(line, 7);
    if (!path || path[0] != '/' || strncmp(path, "/run/", 5) == 0) return 0;
    char *real = realpath(path, NULL);
    int result = real ? add(list, real) : 0;
    free(real);
    return result;
}

/// Those that a container's host has lent it, each mounted on a path of its own.
static int add_mounted(struct list *list, char *line) {
    char *root = after_fields(line, 3);
    char *path = after_fields(line, 4);
    // the root of a whole file system is a directory
    if (!path || strncmp(root, "/ ", 2) == 0) return 0;
    path[strcspn(path, " ")] = 0;
    unescape(path);
    return add(list, path);
}

static int read_lines(const char *name, struct list *list, int (*use)(struct list *, char *)) {
    FILE *file = fopen(name, "re");
    if (!file) return errno == ENOENT || errno == EACCES ? 0 : -1;
    // the kernel writes the whole table anew for each piece that is read
    setvbuf(file, NULL, _IOFBF, 64 << 10);
    char *line = NULL;
    size_t capacity = 0;
    int result = 0;
    while (result == 0 && getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        result = use(list, line);
    }
    free(line);
    fclose(file);
    return result;
}

int clinux_unix_sockets(char *buffer, size_t capacity) {
    struct list list = {buffer, buffer + capacity};
    if (read_lines("/proc/net/unix", &list, add_bound) != 0) return -1;
    if (read_lines("/proc/self/mountinfo", &list, add_mounted) != 0) return -1;
    return (int)(list.next - buffer);
}

int clinux_task_count(void) {
    struct sysinfo info;
    return sysinfo(&info) == 0 ? info.procs : 65535;
}
#endif
