// Resource limits and capabilities of the fenced program.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/// Lowers a limit for good; one that is lower already stays.
static int lower(int resource, int64_t value) {
    if (value < 0) return 0;
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return -1;
    rlim_t wanted = (rlim_t)value;
    if (limit.rlim_max == RLIM_INFINITY || wanted < limit.rlim_max) limit.rlim_max = wanted;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    return setrlimit(resource, &limit);
}

int fence_limits(const struct clinux_fence *fence) {
    const struct clinux_limits *limits = &fence->limits;
    // one byte, because none would still start a handler of core dumps outside
    if (lower(RLIMIT_CORE, 1) != 0) return -1;
    if (lower(RLIMIT_FSIZE, limits->file_size) != 0 || lower(RLIMIT_NPROC, limits->processes) != 0) return -1;
    if (lower(RLIMIT_NOFILE, limits->open_files) != 0) return -1;
    return lower(RLIMIT_CPU, limits->cpu_seconds);
}

/// Gives up every capability, and the ways in which user 0 gets them back.
int fence_capabilities(void) {
    for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++) continue;
    prctl(PR_SET_SECUREBITS, SECURE_ALL_BITS | SECURE_ALL_LOCKS, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return fence_drop_capabilities();
}

int fence_drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}, {0}};
    return (int)syscall(SYS_capset, &header, none);
}
#endif
