#pragma once

#include <stdbool.h>
#include <stddef.h>

// What this program was built from: scripts/build-release says so by definitions, Package.swift hands them on.

// The number of the release; the tag's where one was built.
const char *cbuild_version(void);

// The commit that was built, with "+changes" where the checkout differed from it; NULL where nobody said.
const char *cbuild_commit(void);

// The compiler's version; NULL where nobody said.
const char *cbuild_compiler(void);

// "release" or "debug".
const char *cbuild_kind(void);

// The processor's architecture, as the compiler names it.
const char *cbuild_architecture(void);

// Whether libraries were linked statically.
bool cbuild_is_static(void);

typedef struct {
    const char *name;
    // Empty where the library cannot be loaded here.
    char version[64];
    // Whether it is loaded at first use, not a part of the program.
    bool is_loaded;
} cbuild_library;

// The libraries in order, one an index; false behind the last one.
bool cbuild_library_at(size_t index, cbuild_library *library);
