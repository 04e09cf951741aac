#pragma once
#include <stddef.h>
#include <sys/types.h>

/// The value of an extended attribute of an open file; returns its length, or -1 with errno set.
ssize_t clinux_attribute(int file, const char *name, void *value, size_t size);

/// Sets an extended attribute of an open file; returns 0, or -1 with errno set.
int clinux_set_attribute(int file, const char *name, const void *value, size_t size);
