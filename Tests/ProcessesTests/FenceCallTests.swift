import Basics
import Glibc
import Processes
import Testing

#if arch(x86_64)
private let numbers: [String: Int] = [
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "mount": 165, "umount2": 166,
    "pivot_root": 155, "chroot": 161, "setns": 308, "swapon": 167, "swapoff": 168, "open_by_handle_at": 304,
    "add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321, "userfaultfd": 323, "perf_event_open": 298,
    "kexec_load": 246, "kexec_file_load": 320, "init_module": 175, "finit_module": 313, "delete_module": 176,
    "reboot": 169, "acct": 163, "fanotify_init": 300, "quotactl": 179, "unshare": 272, "clone": 56,
]
#else
private let numbers: [String: Int] = [
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "mount": 40, "umount2": 39,
    "pivot_root": 41, "chroot": 51, "setns": 268, "swapon": 224, "swapoff": 225, "open_by_handle_at": 265,
    "add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280, "userfaultfd": 282, "perf_event_open": 241,
    "kexec_load": 104, "kexec_file_load": 294, "init_module": 105, "finit_module": 273, "delete_module": 106,
    "reboot": 142, "acct": 89, "fanotify_init": 262, "quotactl": 60, "unshare": 97, "clone": 220,
]
#endif

/// The same numbers everywhere.
private let youngNumbers: [String: Int] = [
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "clone3": 435, "openat2": 437,
    "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "open_tree_attr": 467, "unknown": 600,
]

/// Arguments that make a call harmless, and yet not refused for want of privilege.
private let arguments: [String: [Int]] = [
    "unshare": [0x1000_0000 | 0x4000_0000 | 1], "clone": [0x1000_0000 | 0x800], "acct": [1], "swapoff": [1],
    "userfaultfd": [0xFFFF], "delete_module": [1, 0], "quotactl": [-1, 1, 0, 0], "ptrace": [0x4200, -1, 0, 0],
    "setns": [-1, 0], "io_uring_setup": [0, 0],
]

extension FenceTests {
    /// System calls that no fenced program may make, whatever the C library wraps them in.
    @Suite(.timeLimit(.minutes(60))) struct Call {
        /// The error number that a call ends with.
        private func answers(_ calls: [String: Int], _ fence: Fence?, in world: FenceFixture) throws -> [String:
            Int]
        {
            let list = calls.map { name, number in
                "(\"\(name)\",\([number] + (arguments[name] ?? [-1, -1, -1, -1, -1, -1])))"
            }.joined(separator: ",")
            let script = """
                python3 -c '
                import ctypes
                c=ctypes.CDLL(None,use_errno=True)
                for n,a in [\(list)]:
                    ctypes.set_errno(0)
                    r=c.syscall(*[ctypes.c_long(x) for x in a])
                    print(n, ctypes.get_errno() if r==-1 else 0, flush=True)'
                """
            var found: [String: Int] = [:]
            for line in try world.run(script, fence: fence).output.text.split(separator: "\n") {
                let words = line.split(separator: " ")
                found[String(words[0])] = words.count == 2 ? Int(words[1]) : nil
            }
            return found
        }

        @Test(arguments: Rung.allCases) func areRefused(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let calls = numbers.merging(youngNumbers) { $1 }
            let fenced = try answers(calls, fence, in: world)
            let missing = Set(["clone3", "openat2", "unknown"])
            for name in calls.keys {
                #expect(fenced[name] == Int(missing.contains(name) ? ENOSYS : EPERM), "\(name)")
            }
        }

        /// What root gets without a fence is another answer than that of the fence.
        @Test(.enabled(if: Somebody.isRoot)) func wouldNotBeRefusedWithoutIt() throws {
            let world = try FenceFixture()
            let free = try answers(numbers.merging(youngNumbers) { $1 }, nil, in: world)
            let refused = free.filter { $0.value == Int(EPERM) }.keys.sorted()
            #expect(refused == [])
            #expect(free.count == numbers.count + youngNumbers.count)
        }

        private static let acts: [ForbiddenAct] = [
            ForbiddenAct("set-user-id", "chmod u+s docs/a.md && echo \(FenceFixture.marker)"),
            ForbiddenAct("set-group-id", "chmod g+s docs/a.md && echo \(FenceFixture.marker)"),
            ForbiddenAct(
                "set-user-id at birth",
                """
                python3 -c '
                import os; os.umask(0); os.open("docs/new",os.O_CREAT|os.O_WRONLY,0o4755)
                if os.stat("docs/new").st_mode & 0o4000: print("\(FenceFixture.marker)")'
                """),
            ForbiddenAct(
                "typing on a terminal",
                """
                python3 -c '
                import os,fcntl,termios
                m,s=os.openpty()
                if os.fork()==0:
                    os.setsid(); fcntl.ioctl(s,termios.TIOCSCTTY,0); fcntl.ioctl(s,termios.TIOCSTI,b"x")
                    print("\(FenceFixture.marker)",flush=True)
                    os._exit(0)
                os.wait()'
                """, needsRoot: true),
            ForbiddenAct(
                "tracing a child",
                """
                python3 -c '
                import ctypes,os
                if ctypes.CDLL(None).ptrace(0,0,0,0)==0: print("\(FenceFixture.marker)")'
                """),
            ForbiddenAct("new user namespace", "unshare -r true && echo \(FenceFixture.marker)"),
            ForbiddenAct(
                "a kernel module's key ring",
                "python3 -c 'import ctypes; print(\"\(FenceFixture.marker)\" if ctypes.CDLL(None).syscall(\(numbers["keyctl"] ?? 0),0,-3,1)>0 else 0)'"
            ),
        ]

        @Test(arguments: acts.filter(\.canBeTried)) func areNotGotAround(act: ForbiddenAct) throws {
            let faults = try act.faults()
            #expect(faults == [])
        }

        #if arch(x86_64)
        /// The 32-bit entry has other numbers, which the filter does not know.
        @Test func theOtherEntryIsClosed() throws {
            let world = try FenceFixture()
            let script = """
                exec python3 -c '
                import ctypes,mmap
                m=mmap.mmap(-1,4096,prot=7); m.write(b"\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3")
                f=ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))
                print("pid" if f()>0 else "none",flush=True)'
                """
            #expect(try world.run(script, fence: nil).output.text == "pid\n")
            #expect(try world.run(script, fence: world.fence).ending == .signalled(SIGSYS))
        }
        #endif
    }
}
