// Elsewhere than on Linux nothing holds a fence, and so every attempt to build one is refused.
#ifndef __linux__
#include "CLinuxFence.h"

#include <errno.h>

int clinux_landlock_version(void) { return 0; }

int clinux_try(const struct clinux_fence *fence, const struct clinux_trial *trial, int32_t *step) {
    (void)fence;
    (void)trial;
    *step = CLINUX_FENCE_NAMESPACES;
    return ENOSYS;
}

int clinux_filter(const struct clinux_fence *fence, pid_t supervisor, uint64_t *instructions, int capacity) {
    (void)fence;
    (void)supervisor;
    (void)instructions;
    (void)capacity;
    return -1;
}

int clinux_memory_file(const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
    errno = ENOSYS;
    return -1;
}

int clinux_real_path(const char *path, char *buffer, size_t capacity) {
    (void)path;
    (void)buffer;
    (void)capacity;
    errno = ENOSYS;
    return -1;
}

enum clinux_way_out clinux_way_out(int descriptor) {
    (void)descriptor;
    return CLINUX_OPEN_SOCKET;
}

int clinux_task_count(void) { return 0; }
#endif
