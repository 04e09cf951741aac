#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "CLinuxProfile.h"

// Each thread has a timer of its own processor time: a signal meets only a thread that computes, and never breaks off one
// that waits. Frames are followed by the frame pointer, and read by the kernel: where a library keeps none, whatever
// stands there is no reason to die.

enum { MOST_FRAMES = 64, MOST_THREADS = 256 };

static uintptr_t *words;
static size_t capacity;
static _Atomic size_t used, lost;
static _Atomic int running, taking;
static timer_t timers[MOST_THREADS];
static int timer_count;

static int read_pair(uintptr_t address, uintptr_t pair[2]) {
    struct iovec here = {pair, 2 * sizeof(uintptr_t)};
    struct iovec there = {(void *)address, 2 * sizeof(uintptr_t)};
    return syscall(SYS_process_vm_readv, getpid(), &here, 1UL, &there, 1UL, 0UL) == (long)(2 * sizeof(uintptr_t));
}

static void take(int number, siginfo_t *information, void *context) {
    (void)number;
    (void)information;
    int before = errno;
    if (atomic_load(&running)) {
        atomic_fetch_add(&taking, 1);
        const mcontext_t *machine = &((const ucontext_t *)context)->uc_mcontext;
#if defined(__x86_64__)
        uintptr_t place = (uintptr_t)machine->gregs[REG_RIP], frame = (uintptr_t)machine->gregs[REG_RBP];
#elif defined(__aarch64__)
        uintptr_t place = (uintptr_t)machine->pc, frame = (uintptr_t)machine->regs[29];
#else
        uintptr_t place = 0, frame = 0;
        (void)machine;
#endif
        uintptr_t frames[MOST_FRAMES];
        size_t count = 0;
        frames[count++] = place;
        while (count < MOST_FRAMES && frame != 0 && frame % sizeof(uintptr_t) == 0) {
            uintptr_t pair[2];
            if (!read_pair(frame, pair) || pair[1] == 0) break;
            frames[count++] = pair[1];
            // A stack grows downwards: what does not go up goes round.
            if (pair[0] <= frame) break;
            frame = pair[0];
        }
        size_t start = atomic_fetch_add(&used, count + 1);
        if (start + count + 1 <= capacity) {
            words[start] = count;
            memcpy(words + start + 1, frames, count * sizeof(uintptr_t));
        } else {
            atomic_fetch_sub(&used, count + 1);
            atomic_fetch_add(&lost, 1);
        }
        atomic_fetch_sub(&taking, 1);
    }
    errno = before;
}

static int start_timer(pid_t thread, int per_second) {
    struct sigevent event = {0};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGPROF;
#ifdef sigev_notify_thread_id
    event.sigev_notify_thread_id = thread;
#else
    event._sigev_un._tid = thread;
#endif
    // The clock of a thread's processor time, as the kernel makes it of its number.
    clockid_t clock = (clockid_t)((~(unsigned int)thread << 3) | 6);
    if (timer_create(clock, &event, &timers[timer_count]) != 0) return 0;
    struct itimerspec each = {0};
    each.it_interval.tv_nsec = 1000000000L / per_second;
    each.it_value = each.it_interval;
    if (timer_settime(timers[timer_count], 0, &each, NULL) != 0) {
        timer_delete(timers[timer_count]);
        return 0;
    }
    timer_count++;
    return 1;
}

int clinux_profile_start(int per_second, size_t most_samples) {
    int idle = 0;
    if (!atomic_compare_exchange_strong(&running, &idle, -1)) return EBUSY;
    free(words);
    capacity = most_samples * 24;
    words = calloc(capacity, sizeof(uintptr_t));
    if (words == NULL) {
        atomic_store(&running, 0);
        return ENOMEM;
    }
    atomic_store(&used, 0);
    atomic_store(&lost, 0);
    timer_count = 0;
    struct sigaction action = {0};
    action.sa_sigaction = take;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGPROF, &action, NULL);
    atomic_store(&running, 1);
    DIR *threads = opendir("/proc/self/task");
    struct dirent *entry;
    while (threads != NULL && timer_count < MOST_THREADS && (entry = readdir(threads)) != NULL) {
        pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);
        if (thread > 0) start_timer(thread, per_second);
    }
    if (threads != NULL) closedir(threads);
    return 0;
}

size_t clinux_profile_stop(const uintptr_t **found, size_t *missed) {
    for (int i = 0; i < timer_count; i++) timer_delete(timers[i]);
    timer_count = 0;
    // The handler stays: a signal that is on its way must not end the process.
    atomic_store(&running, -1);
    struct timespec moment = {0, 1000000};
    while (atomic_load(&taking) != 0) nanosleep(&moment, NULL);
    *found = words;
    *missed = atomic_load(&lost);
    size_t count = atomic_load(&used);
    atomic_store(&running, 0);
    return count < capacity ? count : capacity;
}

int clinux_profile_name(uintptr_t address, const char **name, const char **file, uintptr_t *offset) {
    Dl_info found;
    if (dladdr((void *)address, &found) == 0) return 0;
    *name = found.dli_sname;
    *file = found.dli_fname;
    *offset = address - (uintptr_t)(found.dli_sname != NULL ? found.dli_saddr : found.dli_fbase);
    return 1;
}
