#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// The value of an extended attribute of an open file; returns its length, or -1 with errno set.
ssize_t clinux_attribute(int file, const char *name, void *value, size_t size);

/// Sets an extended attribute of an open file; returns 0, or -1 with errno set.
int clinux_set_attribute(int file, const char *name, const void *value, size_t size);

/// Counts the bytes that files take on a disk, until there are more than `enough`; NULL when there is no memory.
struct clinux_usage;
struct clinux_usage *clinux_usage_begin(int64_t enough);

/// Everything below a directory, whatever its names and however deep; -1 with errno set when it cannot be looked at.
int clinux_usage_add_tree(struct clinux_usage *usage, const char *path);

/// Files that a process has open for writing, of which no name is left or can be seen; `descriptors` is its /proc/N/fd.
void clinux_usage_add_open_files(struct clinux_usage *usage, const char *descriptors);

/// Returns how many bytes there are.
int64_t clinux_usage_end(struct clinux_usage *usage);

/// Removes what a name stands for, whatever is below it and however deep; -1 with errno set.
int clinux_remove_tree(int directory, const char *name);
