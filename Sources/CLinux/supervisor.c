// The process between Leviathan and a program that it runs.
//
// The supervisor is the program's parent and, as a "child subreaper", becomes the parent of every descendant whose
// own parent dies, however often it forked or called setsid. So when the program ends, when it is told to stop,
// or when Leviathan itself dies (end of file on the control pipe), it can kill all that is left, level by level,
// until waitpid() says that there is nobody. Everything here runs after fork() in what was a process with many
// threads, and so uses system calls only.
#define _GNU_SOURCE
#include "CLinux.h"

#include "fence_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// Closes everything from `start` on, except two that lie above it.
static void close_all_but(int start, int first, int second) {
    int low = first < second ? first : second;
    int high = first < second ? second : first;
    if (start < low) syscall(SYS_close_range, (unsigned)start, (unsigned)low - 1, 0u);
    if (low + 1 < high) syscall(SYS_close_range, (unsigned)low + 1, (unsigned)high - 1, 0u);
    syscall(SYS_close_range, (unsigned)high + 1, ~0u, 0u);
}

static void report(int descriptor, int32_t kind, int32_t value) {
    struct clinux_report message = {kind, value, 0, 0};
    while (write(descriptor, &message, sizeof message) < 0 && errno == EINTR) continue;
}

static void report_fault(int descriptor, const struct fence_fault *fault) {
    struct clinux_report message = {CLINUX_STEP_FENCE, fault->code, fault->step, fault->detail};
    while (write(descriptor, &message, sizeof message) < 0 && errno == EINTR) continue;
}

static void report_end(const struct clinux_program *program, int status) {
    int is_unused = program->network >= 0 && fence_network_is_unused();
    struct clinux_report message = {CLINUX_ENDED, status, 0, is_unused};
    while (write(program->report, &message, sizeof message) < 0 && errno == EINTR) continue;
}

static void reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int become_program(void *argument) {
    const struct clinux_program *program = argument;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    reset_signals();
    if (program->directory && chdir(program->directory) != 0) {
        report(program->report, CLINUX_STEP_DIRECTORY, errno);
        _exit(127);
    }
    for (int index = 0; index < program->passed_count; index++) fcntl(3 + index, F_SETFD, 0);
    struct fence_fault fault;
    if (program->fence && fence_enter(program->fence, getppid(), &fault) != 0) {
        report_fault(program->report, &fault);
        _exit(127);
    }
    execve(program->executable, program->arguments, program->environment);
    report(program->report, CLINUX_STEP_EXECUTE, errno);
    _exit(127);
}

/// Starts the program in the supervisor's own memory, which waits meanwhile: nothing is copied that is thrown away at once.
static pid_t start_program(const struct clinux_program *program) {
    static _Alignas(16) char stack[256 << 10];
    // what the filter asks on lies in the table of descriptors that both share until the program begins
    int shared = program->fence && program->fence->asks_to_connect ? CLONE_FILES : 0;
    return clone(become_program, stack + sizeof stack, CLONE_VM | CLONE_VFORK | shared | SIGCHLD, (void *)program);
}

/// Kills the direct children that /proc names; returns whether it could read the list.
static int kill_children(void) {
    int descriptor = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    char buffer[4096];
    pid_t child = 0;
    ssize_t count;
    while ((count = read(descriptor, buffer, sizeof buffer)) > 0) {
        for (ssize_t index = 0; index < count; index++) {
            if (buffer[index] >= '0' && buffer[index] <= '9') {
                child = child * 10 + (buffer[index] - '0');
            } else if (child > 0) {
                kill(child, SIGKILL);
                child = 0;
            }
        }
    }
    if (child > 0) kill(child, SIGKILL);
    close(descriptor);
    return 1;
}

/// Kills every descendant and reaps it; returns the program's own wait status when it was among them.
static int kill_everybody(pid_t program, int known_status, int is_alone) {
    int status = known_status;
    for (;;) {
        kill(-program, SIGKILL);
        int listed = is_alone ? kill(-1, SIGKILL) == 0 || errno == ESRCH : kill_children();
        int ended;
        pid_t child = waitpid(-1, &ended, listed ? 0 : WNOHANG);
        if (child == program) status = ended;
        if (child == 0 || (child < 0 && errno != EINTR)) return status;
    }
}

/// Reaps whoever has ended; returns whether the program was among them.
static int reap(pid_t program, int *status) {
    int ended;
    pid_t child;
    int found = 0;
    while ((child = waitpid(-1, &ended, WNOHANG)) > 0) {
        if (child != program) continue;
        *status = ended;
        found = 1;
    }
    return found;
}

_Noreturn static void mind(const struct clinux_program *program) {
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t all, child_signal;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    close_all_but(3 + program->passed_count, program->control, program->report);
    int signals = signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct fence_fault fault;
    if (program->fence && fence_prepare(program->fence, program->network >= 0, &fault) != 0) {
        report_fault(program->report, &fault);
        _exit(1);
    }

    pid_t child = start_program(program);
    if (child < 0) {
        report(program->report, CLINUX_STEP_EXECUTE, errno);
        _exit(1);
    }
    // only now, as the program needs to wait for none of it
    if (program->fence) {
        fence_landlock_close();
        if (program->fence->parts & CLINUX_PART_MOUNT) fence_close_places(program->fence);
    }
    for (int number = 0; number < 3; number++) dup2(null, number);
    for (int index = 0; index < program->passed_count; index++) close(3 + index);

    int status = SIGKILL;
    for (;;) {
        struct pollfd watched[3] = {
            {program->control, POLLIN, 0}, {signals, POLLIN, 0}, {fence_listener, POLLIN, 0}};
        poll(watched, 3, -1);
        struct signalfd_siginfo drained;
        while (read(signals, &drained, sizeof drained) > 0) continue;
        if (reap(child, &status)) break;
        if (watched[2].revents & POLLIN) {
            fence_answer_connect(fence_listener);
        } else if (watched[2].revents) {
            fence_listener = -1;
        }
        if (!watched[0].revents) continue;
        char order;
        ssize_t count = read(program->control, &order, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count != 1 || order == CLINUX_ORDER_KILL) break;
        kill(-child, SIGTERM);
    }
    int is_alone = program->fence && (program->fence->parts & CLINUX_PART_PROCESS);
    status = kill_everybody(child, status, is_alone);
    if (program->fence) fence_leave(program->fence);
    report_end(program, status);
    _exit(0);
}

/// Moves a descriptor out of the way of those below `first`.
static int above(int descriptor, int first) {
    return descriptor >= first ? descriptor : fcntl(descriptor, F_DUPFD_CLOEXEC, first);
}

/// Puts every descriptor in its place: the standard ones, those that are passed on, and the supervisor's own two.
static void arrange(struct clinux_program *own, int *passed) {
    int first = 3 + own->passed_count;
    own->control = above(own->control, first);
    own->report = above(own->report, first);
    for (int number = 0; number < 3; number++) own->standard[number] = above(own->standard[number], first);
    for (int index = 0; index < own->passed_count; index++) passed[index] = above(own->passed[index], first);
    for (int number = 0; number < 3; number++) dup2(own->standard[number], number);
    for (int index = 0; index < own->passed_count; index++) dup3(passed[index], 3 + index, O_CLOEXEC);
    fcntl(own->report, F_SETFD, FD_CLOEXEC);
    fcntl(own->control, F_SETFD, FD_CLOEXEC);
}

/// The calling process, which has one thread only, and so needs to wait for nobody.
static int enter_groups(const int *groups, int count) {
    for (int index = 0; index < count; index++)
        if (write(groups[index], "0", 1) != 1) return errno;
    return 0;
}

int clinux_try_groups(const int *groups, int count) {
    pid_t child = fence_clone(0);
    if (child < 0) return errno;
    if (child == 0) _exit(enter_groups(groups, count));
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EPROTO;
}

pid_t clinux_start(const struct clinux_program *program) {
    int passed[CLINUX_PASSED_MAXIMUM];
    if (program->passed_count > CLINUX_PASSED_MAXIMUM) {
        errno = E2BIG;
        return -1;
    }
    if (program->fence) fence_remember_user();
    uint32_t parts = program->fence ? program->fence->parts : 0;
    if (program->network >= 0) parts &= ~(uint32_t)CLINUX_PART_NETWORK;
    pid_t supervisor = fence_clone(parts);
    if (supervisor != 0) return supervisor;
    struct clinux_program own = *program;
    if (own.network >= 0 && setns(own.network, CLONE_NEWNET) != 0) {
        struct fence_fault fault = {CLINUX_FENCE_NAMESPACES, 0, errno};
        report_fault(own.report, &fault);
        _exit(1);
    }
    int code = enter_groups(own.groups, own.group_count);
    if (code != 0) {
        struct fence_fault fault = {CLINUX_FENCE_LIMITS, 2, code};
        report_fault(own.report, &fault);
        _exit(1);
    }
    arrange(&own, passed);
    mind(&own);
}

void clinux_adopt_orphans(int whether) { prctl(PR_SET_CHILD_SUBREAPER, whether); }

int clinux_exit_value(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }

int clinux_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }
