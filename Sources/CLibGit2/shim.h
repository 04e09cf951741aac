#pragma once
#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

/// Lets libgit2 open repositories with extensions that concern nothing it does for us.
static inline int shim_accept_extensions(void) {
    const char *extensions[] = {"noop", "preciousobjects", "worktreeconfig", "partialclone"};
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, (size_t)4);
}

/// Whether libgit2 looks for each object that a new tree or commit names before it makes one.
static inline int shim_look_for_named_objects(int looks) {
    return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, looks);
}
