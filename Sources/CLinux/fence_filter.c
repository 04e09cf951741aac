// The system call filter: what no program behind the fence has any business with.
#ifdef __linux__
#define _GNU_SOURCE
#include "fence_calls.h"
#include "fence_internal.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/// Younger calls than this are answered as if the kernel did not have them: nobody has looked at them yet.
enum { LAST_KNOWN_CALL = 469 };

static const int refused[] = {
    // other processes
    __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_kcmp, 438 /* pidfd_getfd */,
    440 /* process_madvise */,
    // file systems and namespaces
    __NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, __NR_setns, 428 /* open_tree */, 429 /* move_mount */,
    430 /* fsopen */, 431 /* fsconfig */, 432 /* fsmount */, 433 /* fspick */, 442 /* mount_setattr */,
    443 /* quotactl_fd */, 467 /* open_tree_attr */, __NR_quotactl, __NR_swapon, __NR_swapoff,
    __NR_open_by_handle_at, __NR_fanotify_init, __NR_acct,
    // keys, and large attack surfaces
    __NR_add_key, __NR_request_key, __NR_keyctl, __NR_bpf, __NR_userfaultfd, __NR_perf_event_open,
    425 /* io_uring_setup */, 426 /* io_uring_enter */, 427 /* io_uring_register */,
    // the kernel and the machine
    __NR_kexec_load, __NR_init_module, __NR_finit_module, __NR_delete_module, __NR_reboot, __NR_settimeofday,
    __NR_clock_settime, __NR_clock_adjtime, __NR_adjtimex, __NR_sethostname, __NR_setdomainname, __NR_syslog,
    __NR_vhangup, __NR_nfsservctl, __NR_lookup_dcookie,
#ifdef __NR_kexec_file_load
    __NR_kexec_file_load,
#endif
#ifdef __x86_64__
    __NR_iopl, __NR_ioperm, __NR_modify_ldt, __NR_create_module, __NR_get_kernel_syms, __NR_query_module,
    __NR_uselib, __NR__sysctl, __NR_sysfs, __NR_ustat,
#endif
};

/// Shared by whoever knows a key: where there is no namespace for them, Landlock does not see them either.
static const int keyed[] = {
    __NR_shmget, __NR_shmat, __NR_shmctl, __NR_semget, __NR_semop, __NR_semtimedop, __NR_semctl, __NR_msgget,
    __NR_msgsnd, __NR_msgrcv, __NR_msgctl, __NR_mq_open, __NR_mq_unlink,
};

/// A call that is not simply allowed: what is asked of its arguments, or nothing where it is always refused.
struct call {
    int number;
    int count;
    struct sock_filter code[48];
};

struct table {
    struct call calls[160];
    int count;
    int is_full;
};

#define ANSWER(code) (SECCOMP_RET_ERRNO | (code))

/// The place of a call among the others, which are in order.
static struct call *find(struct table *table, int number) {
    int place = table->count;
    while (place > 0 && table->calls[place - 1].number >= number) place--;
    if (place < table->count && table->calls[place].number == number) return &table->calls[place];
    if (table->count == sizeof table->calls / sizeof *table->calls) {
        table->is_full = 1;
        return &table->calls[0];
    }
    memmove(&table->calls[place + 1], &table->calls[place], (size_t)(table->count - place) * sizeof(struct call));
    table->count++;
    table->calls[place].number = number;
    table->calls[place].count = 0;
    return &table->calls[place];
}

/// Adds an instruction to what is asked of a call; one is left for its end.
static void ask(struct table *table, struct call *call, __u16 code, __u8 yes, __u8 no, __u32 value) {
    if (call->count + 1 == sizeof call->code / sizeof *call->code) {
        table->is_full = 1;
        return;
    }
    call->code[call->count++] = (struct sock_filter){code, yes, no, value};
}

static void answer(struct table *table, struct call *call, __u32 action) {
    ask(table, call, BPF_RET | BPF_K, 0, 0, action);
}

/// The low half of an argument, all that the kernel looks at in those that are inspected here.
static void load_argument(struct table *table, struct call *call, int index) {
    size_t offset = offsetof(struct seccomp_data, args) + 8 * (size_t)index;
    ask(table, call, BPF_LD | BPF_W | BPF_ABS, 0, 0, (__u32)offset);
}

/// Refuses a call whatever its arguments are; the last thing that is said of it.
static void refuse(struct table *table, int number, int code) {
    struct call *call = find(table, number);
    if (code != EPERM || call->count > 0) answer(table, call, ANSWER(code));
}

static void refuse_all(struct table *table, const int *numbers, size_t count) {
    for (size_t index = 0; index < count; index++) refuse(table, numbers[index], EPERM);
}

/// Refuses a call when an argument has any of these bits.
static void refuse_bits(struct table *table, int number, int argument, __u32 bits) {
    struct call *call = find(table, number);
    load_argument(table, call, argument);
    ask(table, call, BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits);
    answer(table, call, ANSWER(EPERM));
}

/// Refuses a call when an argument, seen through a mask, has this value.
static void refuse_value(struct table *table, int number, int argument, __u32 mask, __u32 value, int code) {
    struct call *call = find(table, number);
    load_argument(table, call, argument);
    ask(table, call, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
    ask(table, call, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
    answer(table, call, ANSWER(code));
}

/// Refuses to create something with a set-user-id or set-group-id bit.
static void refuse_created_mode(struct table *table, int number, int flags, int mode) {
    struct call *call = find(table, number);
    load_argument(table, call, flags);
    ask(table, call, BPF_JMP | BPF_JSET | BPF_K, 0, 3, O_CREAT | (O_TMPFILE & ~O_DIRECTORY));
    load_argument(table, call, mode);
    ask(table, call, BPF_JMP | BPF_JSET | BPF_K, 0, 1, S_ISUID | S_ISGID);
    answer(table, call, ANSWER(EPERM));
}

/// Refuses a call unless its first argument is one of these.
static void allow_values(struct table *table, int number, const __u32 *values, __u8 count) {
    struct call *call = find(table, number);
    load_argument(table, call, 0);
    for (__u8 index = 0; index < count; index++)
        ask(table, call, BPF_JMP | BPF_JEQ | BPF_K, (__u8)(count - index), 0, values[index]);
    answer(table, call, ANSWER(EPERM));
}

static void refuse_set_id(struct table *table) {
    const __u32 bits = S_ISUID | S_ISGID;
    refuse_bits(table, __NR_fchmod, 1, bits);
    refuse_bits(table, __NR_fchmodat, 2, bits);
    refuse_bits(table, 452 /* fchmodat2 */, 2, bits);
    refuse_bits(table, __NR_mknodat, 2, bits);
    refuse_created_mode(table, __NR_openat, 2, 3);
#ifdef __x86_64__
    refuse_bits(table, __NR_chmod, 1, bits);
    refuse_bits(table, __NR_mknod, 1, bits);
    refuse_bits(table, __NR_creat, 1, bits);
    refuse_created_mode(table, __NR_open, 1, 2);
#endif
    // its flags and mode lie in memory, where no filter can look; programs fall back on openat
    refuse(table, 437 /* openat2 */, ENOSYS);
}

/// Before version 3 Landlock does not see truncation by path.
static void refuse_truncation(struct table *table) {
    const __u32 mask = O_TRUNC | O_ACCMODE;
    refuse(table, __NR_truncate, EACCES);
    refuse_value(table, __NR_openat, 2, mask, O_TRUNC | O_RDONLY, EACCES);
    refuse_value(table, __NR_openat, 2, mask, O_TRUNC | 3, EACCES);
#ifdef __x86_64__
    refuse_value(table, __NR_open, 1, mask, O_TRUNC | O_RDONLY, EACCES);
    refuse_value(table, __NR_open, 1, mask, O_TRUNC | 3, EACCES);
#endif
}

/// What takes room without writing: as much as the disk has is taken at once, and given back before anybody looks. Programs
/// believe that the file system cannot do it, and write, which takes as long as the disk needs. Holes can be made.
static void refuse_allocation(struct table *table) {
    struct call *call = find(table, __NR_fallocate);
    load_argument(table, call, 1);
    ask(table, call, BPF_JMP | BPF_JSET | BPF_K, 1, 0, 0x2 | 0x8 | 0x20 /* punch, collapse, insert */);
    answer(table, call, ANSWER(EOPNOTSUPP));
    static const __u32 requests[] = {
        0x40305828 /* FS_IOC_RESVSP */, 0x4030582A /* FS_IOC_RESVSP64 */, 0x40305839 /* FS_IOC_ZERO_RANGE */,
        0x4030580A /* XFS_IOC_ALLOCSP */, 0x40305824 /* XFS_IOC_ALLOCSP64 */,
    };
    for (size_t index = 0; index < sizeof requests / sizeof *requests; index++)
        refuse_value(table, __NR_ioctl, 1, ~0u, requests[index], EOPNOTSUPP);
}

/// A datagram socket can be pointed at another one with every message, whose name no filter sees.
static void refuse_datagrams(struct table *table, int number) {
    struct call *call = find(table, number);
    load_argument(table, call, 0);
    ask(table, call, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, AF_UNIX);
    load_argument(table, call, 1);
    ask(table, call, BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xF);
    ask(table, call, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, SOCK_DGRAM);
    ask(table, call, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SOCK_RAW);
    answer(table, call, ANSWER(EPERM));
}

static void refuse_sockets(struct table *table, const struct clinux_fence *fence) {
    __u32 families[4];
    __u8 count = 0;
    if (!fence->denies_unix_sockets) families[count++] = AF_UNIX;
    if (!fence->denies_network || (fence->parts & CLINUX_PART_NETWORK)) {
        families[count++] = AF_INET;
        families[count++] = AF_INET6;
        families[count++] = AF_NETLINK;
    }
    if (fence->asks_to_connect) {
        refuse_datagrams(table, __NR_socket);
        answer(table, find(table, __NR_connect), SECCOMP_RET_USER_NOTIF);
    }
    if (count == 0) {
        refuse(table, __NR_socket, EPERM);
    } else {
        allow_values(table, __NR_socket, families, count);
    }
    static const __u32 pair = AF_UNIX;
    allow_values(table, __NR_socketpair, &pair, 1);
    if (fence->denies_unix_sockets || fence->asks_to_connect) refuse_datagrams(table, __NR_socketpair);
}

static void refuse_namespaces(struct table *table) {
    const __u32 namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER
        | CLONE_NEWPID | CLONE_NEWNET;
    refuse_bits(table, __NR_clone, 0, namespaces);
    refuse_bits(table, __NR_unshare, 0, namespaces | 0x80 /* CLONE_NEWTIME */);
    // its flags lie in memory; the C library falls back on clone
    refuse(table, 435 /* clone3 */, ENOSYS);
}

/// Whoever owns a descriptor is sent its signals, whatever process that is and whatever signal was asked for; the owner
/// lies in memory for some of these calls, and descriptors of processes say nothing of whom they are about.
static void refuse_foreign_signals(struct table *table) {
    refuse_value(table, __NR_fcntl, 1, ~0u, F_SETOWN, EPERM);
    refuse_value(table, __NR_fcntl, 1, ~0u, F_SETOWN_EX, EPERM);
    refuse_value(table, __NR_ioctl, 1, ~0u, 0x8901 /* FIOSETOWN */, EPERM);
    refuse_value(table, __NR_ioctl, 1, ~0u, 0x8902 /* SIOCSPGRP */, EPERM);
    refuse(table, 424 /* pidfd_send_signal */, EPERM);
}

/// One that is starved of time cannot keep it either.
static void refuse_scheduling(struct table *table, pid_t supervisor) {
    static const int calls[] = {
        __NR_sched_setparam, __NR_sched_setscheduler, __NR_sched_setaffinity, __NR_sched_setattr,
    };
    for (size_t index = 0; index < sizeof calls / sizeof *calls; index++)
        refuse_value(table, calls[index], 0, ~0u, (__u32)supervisor, EPERM);
    refuse_value(table, __NR_setpriority, 0, ~0u, 2 /* PRIO_USER */, EPERM);
    refuse_value(table, __NR_setpriority, 1, ~0u, (__u32)supervisor, EPERM);
    refuse_value(table, __NR_ioprio_set, 0, ~0u, 3 /* IOPRIO_WHO_USER */, EPERM);
    refuse_value(table, __NR_ioprio_set, 1, ~0u, (__u32)supervisor, EPERM);
}

/// A program that ended its supervisor would outlive every timeout.
static void refuse_signals(struct table *table, pid_t supervisor) {
    static const int calls[] = {
        __NR_kill, __NR_tkill, __NR_tgkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, 434 /* pidfd_open */,
    };
    for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
        refuse_value(table, calls[index], 0, ~0u, (__u32)supervisor, EPERM);
        refuse_value(table, calls[index], 0, ~0u, (__u32)-supervisor, EPERM);
        refuse_value(table, calls[index], 0, ~0u, (__u32)-1, EPERM);
    }
}

struct writer {
    struct sock_filter *next;
    struct sock_filter *end;
    int is_full;
};

static struct sock_filter *put(struct writer *writer, __u16 code, int yes, int no, __u32 value) {
    if (writer->next == writer->end || yes > 255) {
        writer->is_full = 1;
        return writer->end - 1;
    }
    *writer->next = (struct sock_filter){code, (__u8)yes, (__u8)no, value};
    return writer->next++;
}

static void put_answer(struct writer *writer, __u32 action) { put(writer, BPF_RET | BPF_K, 0, 0, action); }

/// A few calls, each compared; behind them what to do with those that are found.
static void put_leaf(struct writer *writer, const struct call *calls, int count) {
    int ahead = 1;  // behind the comparisons: allowed, refused, and what is asked of each call
    for (int index = 0; index < count; index++) {
        put(writer, BPF_JMP | BPF_JEQ | BPF_K, count - index - 1 + (calls[index].count ? ahead + 1 : 1), 0,
            (__u32)calls[index].number);
        if (calls[index].count) ahead += calls[index].count + 1;
    }
    put_answer(writer, SECCOMP_RET_ALLOW);
    put_answer(writer, ANSWER(EPERM));
    for (int index = 0; index < count; index++) {
        if (!calls[index].count) continue;
        for (int place = 0; place < calls[index].count; place++) {
            const struct sock_filter *code = &calls[index].code[place];
            put(writer, code->code, code->jt, code->jf, code->k);
        }
        put_answer(writer, SECCOMP_RET_ALLOW);
    }
}

/// Finds a call by halves: the kernel runs a new filter once for every call there is.
static void put_tree(struct writer *writer, const struct call *calls, int count) {
    enum { LEAF = 8 };
    if (count <= LEAF) return put_leaf(writer, calls, count);
    int half = count / 2;
    put(writer, BPF_JMP | BPF_JGE | BPF_K, 0, 1, (__u32)calls[half].number);
    struct sock_filter *jump = put(writer, BPF_JMP | BPF_JA, 0, 0, 0);
    put_tree(writer, calls, half);
    jump->k = (__u32)(writer->next - jump - 1);
    put_tree(writer, calls + half, count - half);
}

static void collect(struct table *table, const struct clinux_fence *fence, pid_t supervisor) {
    refuse_set_id(table);
    if (fence->landlock < 3 && !(fence->parts & CLINUX_PART_MOUNT)) refuse_truncation(table);
    refuse_value(table, __NR_ioctl, 1, ~0u, 0x5412 /* TIOCSTI */, EPERM);
    refuse_value(table, __NR_ioctl, 1, ~0u, 0x541C /* TIOCLINUX */, EPERM);
    refuse_value(table, __NR_ioctl, 1, ~0u, 0x5423 /* TIOCSETD */, EPERM);
    if (fence->denies_allocation) refuse_allocation(table);
    refuse_sockets(table, fence);
    refuse_namespaces(table);
    static const __u32 itself = 0;
    allow_values(table, __NR_prlimit64, &itself, 1);
    if (supervisor > 0) refuse_scheduling(table, supervisor);
    if (supervisor > 0 && fence->landlock < 6 && !(fence->parts & CLINUX_PART_PROCESS)) {
        refuse_signals(table, supervisor);
        refuse_foreign_signals(table);
    }
    if (!(fence->parts & CLINUX_PART_IPC)) refuse_all(table, keyed, sizeof keyed / sizeof *keyed);
    refuse_all(table, refused, sizeof refused / sizeof *refused);
}

int clinux_filter(const struct clinux_fence *fence, pid_t supervisor, uint64_t *instructions, int capacity) {
    _Static_assert(sizeof(struct sock_filter) == sizeof *instructions, "an instruction has eight bytes");
#ifndef OWN_ARCHITECTURE
    return -1;
#else
    struct table table;
    table.count = table.is_full = 0;
    collect(&table, fence, supervisor);
    struct sock_filter *start = (struct sock_filter *)instructions;
    struct writer writer = {start, start + capacity, table.is_full};
    put(&writer, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
    put(&writer, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, OWN_ARCHITECTURE);
    put_answer(&writer, SECCOMP_RET_KILL_PROCESS);
    put(&writer, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
    put(&writer, BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0x40000000);  // x32
    put_answer(&writer, ANSWER(EPERM));
#endif
    put(&writer, BPF_JMP | BPF_JGT | BPF_K, 0, 1, LAST_KNOWN_CALL);
    put_answer(&writer, ANSWER(ENOSYS));
    put_tree(&writer, table.calls, table.count);
    return writer.is_full ? -1 : (int)(writer.next - start);
#endif
}

int fence_filter(const struct clinux_fence *fence, pid_t supervisor) {
    uint64_t instructions[CLINUX_FILTER_MAXIMUM];
    int count = clinux_filter(fence, supervisor, instructions, CLINUX_FILTER_MAXIMUM);
    struct sock_fprog program = {(unsigned short)count, (struct sock_filter *)instructions};
    if (count < 0) {
        errno = ENOSYS;
        return -1;
    }
    if (!fence->asks_to_connect) return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    fence_listener =
        (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags | 32u /* WAIT_KILLABLE_RECV */, &program);
    if (fence_listener < 0 && errno == EINVAL)
        fence_listener = (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return fence_listener < 0 ? -1 : 0;
}
#endif
