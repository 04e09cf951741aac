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

struct writer {
    struct sock_filter *next;
    struct sock_filter *end;
    int is_full;
};

static void put(struct writer *writer, __u16 code, __u8 yes, __u8 no, __u32 value) {
    if (writer->next == writer->end) {
        writer->is_full = 1;
        return;
    }
    *writer->next++ = (struct sock_filter){code, yes, no, value};
}

#define ANSWER(code) (SECCOMP_RET_ERRNO | (code))

static void answer(struct writer *writer, __u32 action) { put(writer, BPF_RET | BPF_K, 0, 0, action); }

static void load(struct writer *writer, size_t offset) { put(writer, BPF_LD | BPF_W | BPF_ABS, 0, 0, (__u32)offset); }

/// The low half of an argument, all that the kernel looks at in those that are inspected here.
static void load_argument(struct writer *writer, int index) {
    load(writer, offsetof(struct seccomp_data, args) + 8 * (size_t)index);
}

static void load_number(struct writer *writer) { load(writer, offsetof(struct seccomp_data, nr)); }

static void refuse(struct writer *writer, int number, __u32 action) {
    put(writer, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (__u32)number);
    answer(writer, action);
}

/// Refuses many calls, sorted and in groups that others jump over: the kernel runs a new filter once for every call.
static void refuse_all(struct writer *writer, const int *numbers, size_t count) {
    enum { MOST = 128, GROUP = 8 };
    int sorted[MOST];
    if (count > MOST) {
        writer->is_full = 1;
        return;
    }
    for (size_t index = 0; index < count; index++) {
        size_t place = index;
        for (; place > 0 && sorted[place - 1] > numbers[index]; place--) sorted[place] = sorted[place - 1];
        sorted[place] = numbers[index];
    }
    for (size_t start = 0; start < count; start += GROUP) {
        size_t size = count - start < GROUP ? count - start : GROUP;
        put(writer, BPF_JMP | BPF_JGT | BPF_K, (__u8)(2 * size), 0, (__u32)sorted[start + size - 1]);
        for (size_t index = 0; index < size; index++) refuse(writer, sorted[start + index], ANSWER(EPERM));
    }
}

/// Refuses a call when an argument has any of these bits.
static void refuse_bits(struct writer *writer, int number, int argument, __u32 bits) {
    put(writer, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (__u32)number);
    load_argument(writer, argument);
    put(writer, BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits);
    answer(writer, ANSWER(EPERM));
    load_number(writer);
}

/// Refuses a call when an argument, seen through a mask, has this value.
static void refuse_value(struct writer *writer, int number, int argument, __u32 mask, __u32 value, int code) {
    put(writer, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, (__u32)number);
    load_argument(writer, argument);
    put(writer, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
    put(writer, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
    answer(writer, ANSWER(code));
    load_number(writer);
}

/// Refuses to create something with a set-user-id or set-group-id bit.
static void refuse_created_mode(struct writer *writer, int number, int flags, int mode) {
    put(writer, BPF_JMP | BPF_JEQ | BPF_K, 0, 6, (__u32)number);
    load_argument(writer, flags);
    put(writer, BPF_JMP | BPF_JSET | BPF_K, 0, 3, O_CREAT | (O_TMPFILE & ~O_DIRECTORY));
    load_argument(writer, mode);
    put(writer, BPF_JMP | BPF_JSET | BPF_K, 0, 1, S_ISUID | S_ISGID);
    answer(writer, ANSWER(EPERM));
    load_number(writer);
}

/// Refuses a call unless its first argument is one of these.
static void allow_values(struct writer *writer, int number, const __u32 *values, __u8 count) {
    put(writer, BPF_JMP | BPF_JEQ | BPF_K, 0, (__u8)(count + 3), (__u32)number);
    load_argument(writer, 0);
    for (__u8 index = 0; index < count; index++)
        put(writer, BPF_JMP | BPF_JEQ | BPF_K, (__u8)(count - index), 0, values[index]);
    answer(writer, ANSWER(EPERM));
    load_number(writer);
}

static void refuse_set_id(struct writer *writer) {
    const __u32 bits = S_ISUID | S_ISGID;
    refuse_bits(writer, __NR_fchmod, 1, bits);
    refuse_bits(writer, __NR_fchmodat, 2, bits);
    refuse_bits(writer, 452 /* fchmodat2 */, 2, bits);
    refuse_bits(writer, __NR_mknodat, 2, bits);
    refuse_created_mode(writer, __NR_openat, 2, 3);
#ifdef __x86_64__
    refuse_bits(writer, __NR_chmod, 1, bits);
    refuse_bits(writer, __NR_mknod, 1, bits);
    refuse_bits(writer, __NR_creat, 1, bits);
    refuse_created_mode(writer, __NR_open, 1, 2);
#endif
    // its flags and mode lie in memory, where no filter can look; programs fall back on openat
    refuse(writer, 437 /* openat2 */, ANSWER(ENOSYS));
}

/// Before version 3 Landlock does not see truncation by path.
static void refuse_truncation(struct writer *writer) {
    const __u32 mask = O_TRUNC | O_ACCMODE;
    refuse(writer, __NR_truncate, ANSWER(EACCES));
    refuse_value(writer, __NR_openat, 2, mask, O_TRUNC | O_RDONLY, EACCES);
    refuse_value(writer, __NR_openat, 2, mask, O_TRUNC | 3, EACCES);
#ifdef __x86_64__
    refuse_value(writer, __NR_open, 1, mask, O_TRUNC | O_RDONLY, EACCES);
    refuse_value(writer, __NR_open, 1, mask, O_TRUNC | 3, EACCES);
#endif
}

static void refuse_sockets(struct writer *writer, const struct clinux_fence *fence) {
    __u32 families[4];
    __u8 count = 0;
    if (!fence->denies_unix_sockets) families[count++] = AF_UNIX;
    if (!fence->denies_network || (fence->parts & CLINUX_PART_NETWORK)) {
        families[count++] = AF_INET;
        families[count++] = AF_INET6;
        families[count++] = AF_NETLINK;
    }
    if (count == 0) {
        refuse(writer, __NR_socket, ANSWER(EPERM));
    } else {
        allow_values(writer, __NR_socket, families, count);
    }
    static const __u32 pair = AF_UNIX;
    allow_values(writer, __NR_socketpair, &pair, 1);
    // a datagram pair can be pointed at any other socket afterwards
    if (fence->denies_unix_sockets) {
        refuse_value(writer, __NR_socketpair, 1, 0xF, SOCK_DGRAM, EPERM);
        refuse_value(writer, __NR_socketpair, 1, 0xF, SOCK_RAW, EPERM);
    }
}

static void refuse_namespaces(struct writer *writer) {
    const __u32 namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER
        | CLONE_NEWPID | CLONE_NEWNET;
    refuse_bits(writer, __NR_clone, 0, namespaces);
    refuse_bits(writer, __NR_unshare, 0, namespaces | 0x80 /* CLONE_NEWTIME */);
    // its flags lie in memory; the C library falls back on clone
    refuse(writer, 435 /* clone3 */, ANSWER(ENOSYS));
}

/// A program that ended its minder would outlive every timeout.
static void refuse_signals(struct writer *writer, pid_t minder) {
    static const int calls[] = {
        __NR_kill, __NR_tkill, __NR_tgkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, 434 /* pidfd_open */,
    };
    for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
        refuse_value(writer, calls[index], 0, ~0u, (__u32)minder, EPERM);
        refuse_value(writer, calls[index], 0, ~0u, (__u32)-minder, EPERM);
        refuse_value(writer, calls[index], 0, ~0u, (__u32)-1, EPERM);
    }
}

int clinux_filter(const struct clinux_fence *fence, pid_t minder, uint64_t *instructions, int capacity) {
    _Static_assert(sizeof(struct sock_filter) == sizeof *instructions, "an instruction has eight bytes");
#ifndef OWN_ARCHITECTURE
    return -1;
#else
    struct sock_filter *start = (struct sock_filter *)instructions;
    struct writer writer = {start, start + capacity, 0};
    load(&writer, offsetof(struct seccomp_data, arch));
    put(&writer, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, OWN_ARCHITECTURE);
    answer(&writer, SECCOMP_RET_KILL_PROCESS);
    load_number(&writer);
#ifdef __x86_64__
    put(&writer, BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0x40000000);  // x32
    answer(&writer, ANSWER(EPERM));
#endif
    put(&writer, BPF_JMP | BPF_JGT | BPF_K, 0, 1, LAST_KNOWN_CALL);
    answer(&writer, ANSWER(ENOSYS));
    refuse_set_id(&writer);
    if (fence->landlock < 3 && !(fence->parts & CLINUX_PART_MOUNT)) refuse_truncation(&writer);
    refuse_value(&writer, __NR_ioctl, 1, ~0u, 0x5412 /* TIOCSTI */, EPERM);
    refuse_value(&writer, __NR_ioctl, 1, ~0u, 0x541C /* TIOCLINUX */, EPERM);
    refuse_value(&writer, __NR_ioctl, 1, ~0u, 0x5423 /* TIOCSETD */, EPERM);
    refuse_sockets(&writer, fence);
    refuse_namespaces(&writer);
    static const __u32 itself = 0;
    allow_values(&writer, __NR_prlimit64, &itself, 1);
    if (minder > 0 && fence->landlock < 6 && !(fence->parts & CLINUX_PART_PROCESS)) refuse_signals(&writer, minder);
    if (!(fence->parts & CLINUX_PART_IPC)) refuse_all(&writer, keyed, sizeof keyed / sizeof *keyed);
    refuse_all(&writer, refused, sizeof refused / sizeof *refused);
    answer(&writer, SECCOMP_RET_ALLOW);
    return writer.is_full ? -1 : (int)(writer.next - start);
#endif
}

int fence_filter(const struct clinux_fence *fence, pid_t minder) {
    uint64_t instructions[CLINUX_FILTER_MAXIMUM];
    int count = clinux_filter(fence, minder, instructions, CLINUX_FILTER_MAXIMUM);
    struct sock_fprog program = {(unsigned short)count, (struct sock_filter *)instructions};
    if (count < 0) {
        errno = ENOSYS;
        return -1;
    }
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#endif
