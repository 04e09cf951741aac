import Basics
import Glibc
import Processes
import Testing

private let m = FenceFixture.marker

/// With bubblewrap the supervisor is outside; what looks like it is bubblewrap's own, which knows nothing.
private let acts: [ForbiddenAct] = [
    ForbiddenAct("a key", "cat $W/user/.ssh/id_rsa"),
    ForbiddenAct("a token file", "cat $W/user/.netrc"),
    ForbiddenAct("a key through /proc/self/root", "cat /proc/self/root$W/user/.ssh/id_rsa"),
    ForbiddenAct("a key through dots", "cat $W/user/other/../.ssh/id_rsa $W/main/../user/.ssh/id_rsa"),
    ForbiddenAct("a key through an own symlink", "ln -s $W/user/.ssh docs/s; cat docs/s/id_rsa"),
    ForbiddenAct("a key through a link", "ln $W/user/.ssh/id_rsa docs/l; cat docs/l"),
    ForbiddenAct("a key moved in", "mv $W/user/.ssh docs/s; cat docs/s/id_rsa"),
    ForbiddenAct("a key in the archive", "tar -C $W/user -c .ssh 2>/dev/null"),
    ForbiddenAct("a key by the supervisor's eyes", "cat /proc/$PPID/root$W/user/.ssh/id_rsa", needsRoot: true),
    ForbiddenAct(
        "the supervisor's environment", "head -c 1 /proc/$PPID/environ | grep -q . && echo \(m)", needsRoot: true,
        passesOn: [.bubblewrap]),
    ForbiddenAct(
        "the supervisor's memory",
        """
        M=$PPID python3 -c '
        import os
        p="/proc/"+os.environ["M"]
        m=[l for l in open(p+"/maps") if " rw-p " in l][0].split("-")[0]
        f=open(p+"/mem","rb"); f.seek(int(m,16)); f.read(1); print("\(m)")'
        """, needsRoot: true, passesOn: [.bubblewrap]),
    ForbiddenAct(
        "somebody's environment", "cat /proc/[0-9]*/environ 2>/dev/null | grep -a -o \(m)", company: .token),
    ForbiddenAct(
        "raw disks",
        "for d in /dev/vd? /dev/sd? /dev/nvme0n? /dev/vda /dev/loop0; do dd if=$d bs=1 count=1 2>/dev/null && echo \(m); done; :",
        needsRoot: true),
    ForbiddenAct(
        "kernel messages", "dd if=/dev/kmsg bs=8192 count=1 2>/dev/null | grep -q . && echo \(m)", needsRoot: true),
    ForbiddenAct(
        "shared memory",
        """
        python3 -c '
        import ctypes,os
        c=ctypes.CDLL(None); c.shmat.restype=ctypes.c_void_p
        a=c.shmat(int(os.environ["SHM"]),None,0o10000)
        if a!=2**64-1: print(ctypes.string_at(a,\(FenceFixture.marker.utf8.count)).decode())'
        """, company: .memory),
    ForbiddenAct(
        "files by handle",
        """
        python3 -c '
        import ctypes,os
        c=ctypes.CDLL(None,use_errno=True); h=ctypes.create_string_buffer(136); h[0:4]=(128).to_bytes(4,"little")
        i=ctypes.c_int(); p=(os.environ["W"]+"/wt/README.md").encode()
        assert c.name_to_handle_at(-100,p,h,ctypes.byref(i),0)==0
        f=c.open_by_handle_at(os.open("/",os.O_RDONLY),h,os.O_RDONLY)
        if f>=0: print("\(m)")'
        """, needsRoot: true),
]

extension FenceTests {
    @Suite(.timeLimit(.minutes(60))) struct Read {
        @Test(arguments: acts.filter(\.canBeTried))
        func isHeldBack(act: ForbiddenAct) throws {
            let faults = try act.faults()
            #expect(faults == [])
        }

        @Test(.enabled(if: Somebody.isRoot))
        func isHeldBackFromAnOrdinaryUser() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.check(acts)
            }
            let faults = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
            #expect(faults == "all held\n")
        }

        @Test(arguments: Rung.allCases)
        func onlyWhatIsListedCanBeRead(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            fence.readable = .only(Fence.systemPaths.filter { FileSystem.exists($0) } + [world.path("main/src")])
            let seen = try world.run("cat $W/main/src/a.txt $W/wt/src/b.txt docs/a.md", fence: fence)
            #expect(seen.output.text == "a\nb\na\n")
            guard rung != .namespaces, rung != .bubblewrap else { return }  // without Landlock there is no list
            let unseen = try world.run("cat $W/outside/file $W/user/other", fence: fence)
            #expect(!unseen.succeeded)
            #expect(!unseen.output.text.contains("outside"))
        }

        /// Leviathan's own home is hidden, and the workspace lies inside it.
        @Test(arguments: Rung.allCases)
        func aGrantedPathBelowAHiddenOneStaysInSight(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            fence.hidden = [world.root]
            let line =
                "cat README.md .git && echo x > docs/new && cat docs/new && cat $W/main/.git/HEAD && echo h > $HOME/h"
            let outcome = try world.run(line, fence: fence)
            #expect(outcome.succeeded, "\(outcome.errors.text)")
            #expect(!(try world.run("cat $W/outside/file || cat $W/user/other", fence: fence)).succeeded)
        }

        @Test(arguments: Rung.allCases.filter { $0 != .bubblewrap })
        func givesUpAllPrivileges(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let outcome = try world.run(
                "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; id -u", fence: fence)
            let none = "0000000000000000"
            let sets = ["Inh", "Prm", "Eff", "Bnd", "Amb"].map { "Cap\($0):\t\(none)\n" }.joined()
            let expected = sets + "NoNewPrivs:\t1\nSeccomp:\t2\n\(geteuid())\n"
            #expect(outcome.output.text == (Somebody.isRoot || rung.hasMounts ? expected : outcome.output.text))
        }
    }
}
