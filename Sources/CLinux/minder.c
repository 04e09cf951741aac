// The process between Leviathan and a program that it runs.
//
// The minder is the program's parent and, as a "child subreaper", becomes the parent of every descendant whose
// own parent dies, however often it forked or called setsid. So when the program ends, when it is told to stop,
// or when Leviathan itself dies (end of file on the control pipe), it can kill all that is left, level by level,
// until waitpid() says that there is nobody. Everything here runs after fork() in what was a process with many
// threads, and so uses system calls only.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_all_but(int first, int second) {
    int low = first < second ? first : second;
    int high = first < second ? second : first;
    syscall(SYS_close_range, 3u, (unsigned)low - 1, 0u);
    if (low + 1 < high) syscall(SYS_close_range, (unsigned)low + 1, (unsigned)high - 1, 0u);
    syscall(SYS_close_range, (unsigned)high + 1, ~0u, 0u);
}

static void report(int descriptor, int32_t kind, int32_t value) {
    struct clinux_report message = {kind, value};
    while (write(descriptor, &message, sizeof message) < 0 && errno == EINTR) continue;
}

static void reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void become_program(const struct clinux_program *program) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    reset_signals();
    if (program->directory && chdir(program->directory) != 0) {
        report(program->report, CLINUX_STEP_DIRECTORY, errno);
        _exit(127);
    }
    execve(program->executable, program->arguments, program->environment);
    report(program->report, CLINUX_STEP_EXECUTE, errno);
    _exit(127);
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
static int kill_everybody(pid_t program, int known_status) {
    int status = known_status;
    for (;;) {
        kill(-program, SIGKILL);
        int listed = kill_children();
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
    close_all_but(program->control, program->report);
    int signals = signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);

    pid_t child = fork();
    if (child == 0) become_program(program);
    if (child < 0) {
        report(program->report, CLINUX_STEP_EXECUTE, errno);
        _exit(1);
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int number = 0; number < 3; number++) dup2(null, number);

    int status = SIGKILL;
    for (;;) {
        struct pollfd watched[2] = {{program->control, POLLIN, 0}, {signals, POLLIN, 0}};
        poll(watched, 2, -1);
        struct signalfd_siginfo drained;
        while (read(signals, &drained, sizeof drained) > 0) continue;
        if (reap(child, &status)) break;
        if (!watched[0].revents) continue;
        char order;
        ssize_t count = read(program->control, &order, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count != 1 || order == CLINUX_ORDER_KILL) break;
        kill(-child, SIGTERM);
    }
    status = kill_everybody(child, status);
    report(program->report, CLINUX_ENDED, status);
    _exit(0);
}

/// Moves a descriptor out of the way of 0, 1 and 2.
static int above_standard(int descriptor) {
    return descriptor > 2 ? descriptor : fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
}

pid_t clinux_start(const struct clinux_program *program) {
    pid_t minder = fork();
    if (minder != 0) return minder;
    struct clinux_program own = *program;
    own.control = above_standard(own.control);
    own.report = above_standard(own.report);
    for (int number = 0; number < 3; number++) own.standard[number] = above_standard(own.standard[number]);
    for (int number = 0; number < 3; number++) dup2(own.standard[number], number);
    fcntl(own.report, F_SETFD, FD_CLOEXEC);
    fcntl(own.control, F_SETFD, FD_CLOEXEC);
    mind(&own);
}

int clinux_exit_value(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }

int clinux_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }
