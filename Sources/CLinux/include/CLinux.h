#pragma once
#include <stdint.h>
#include <sys/types.h>

#include "CLinuxFence.h"
#include "CLinuxFiles.h"
#include "CLinuxProfile.h"

enum { CLINUX_PASSED_MAXIMUM = 8 };

/// A program to start under a supervisor process; all text is prepared before the fork.
struct clinux_program {
    const char *executable;
    char *const *arguments;
    char *const *environment;
    /// NULL: the caller's own.
    const char *directory;
    /// What becomes descriptors 0, 1 and 2.
    int standard[3];
    /// The supervisor reads orders here; end of file means that the caller died.
    int control;
    /// The supervisor writes `clinux_report`s here.
    int report;
    /// What become descriptors 3 and following.
    const int *passed;
    int passed_count;
    /// Control groups that the supervisor enters before anything else: what to write itself into.
    const int *groups;
    int group_count;
    /// A network that nobody has used, instead of a new one; -1 for none.
    int network;
    /// NULL: the program may do whatever its user may.
    const struct clinux_fence *fence;
};

enum clinux_report_kind {
    CLINUX_STEP_DIRECTORY = 1,
    CLINUX_STEP_EXECUTE = 2,
    CLINUX_ENDED = 3,
    CLINUX_STEP_FENCE = 4,
};

/// Why the program did not start (value: errno), or how it ended (value: wait status).
struct clinux_report {
    int32_t kind;
    int32_t value;
    /// Of the fence: a `clinux_fence_step`, and what it was about.
    int32_t step;
    /// At the end: 1 where the network that was lent is as it was.
    int32_t detail;
};

enum clinux_order {
    /// Ask the program's process group to end.
    CLINUX_ORDER_TERMINATE = 't',
    /// Kill everything that descends from the program.
    CLINUX_ORDER_KILL = 'k',
};

/// Starts the program; returns the supervisor's process id, or -1 with errno set.
pid_t clinux_start(const struct clinux_program *program);

/// Whether this process becomes the parent of those below it who lose theirs.
void clinux_adopt_orphans(int whether);

/// Whether a process can write itself into these; 0, or an errno.
int clinux_try_groups(const int *groups, int count);

/// Interprets a wait status: the exit code, or minus the signal.
int clinux_exit_value(int status);

/// Makes a network with nothing but a loopback, as root; returns a handle on it, or -1 with errno set.
int clinux_make_network(void);

/// A pipe whose ends no started program inherits; `ends` has room for two.
int clinux_pipe(int *ends);
