#pragma once

#include <stdbool.h>
#include <stddef.h>

// libexpat, loaded when a file is first read with it rather than at every start of the program.
typedef struct cexpat_library cexpat_library;

// Loads the library of that name; NULL with the reason in `problem`. A loaded library stays loaded.
const cexpat_library *cexpat_open(const char *name, char *problem, size_t capacity);

// Told of each tag from `start` to `end`, counted in bytes: with its name where an element begins, NULL where one ends.
// `false` ends the reading.
typedef bool (*cexpat_tag)(void *context, const char *name, size_t start, size_t end);

// Reads a document: no entity is expanded and nothing outside of it is read.
// `false` with the reason in `problem` and its byte in `place`, unless `tag` ended it.
bool cexpat_read(
    const cexpat_library *library, const char *bytes, size_t length, cexpat_tag tag, void *context, size_t *place,
    char *problem, size_t capacity);
