import Basics
import Glibc
import Testing

@testable import Processes

/// Uses more than is allowed, and says so where nobody ends it.
private struct Greed: Sendable, CustomStringConvertible {
    let kind: FenceExcess.Kind
    let name: String
    let script: String

    var description: String { name }

    static let all = [
        Greed(
            kind: .memory, name: "memory of many processes",
            script: """
                python3 -c '
                import os,time,sys
                r,w=os.pipe()
                for i in range(8):
                    if os.fork()==0: x=bytearray(b"x"*(40<<20)); os.write(w,b"x"); time.sleep(300); os._exit(0)
                for i in range(8): os.read(r,1)
                print("all", flush=True); time.sleep(float(os.environ["STAY"])); os.killpg(0,9)'
                """),
        Greed(
            kind: .memory, name: "memory that is shared",
            script: """
                python3 -c '
                import mmap,time,os
                m=mmap.mmap(-1, 320<<20); m.write(b"x"*(320<<20)); print("all", flush=True); time.sleep(float(os.environ["STAY"]))'
                """),
        Greed(
            kind: .processes, name: "processes",
            script: """
                python3 -c '
                import os,time
                for i in range(150):
                    if os.fork()==0: os.setsid(); time.sleep(300); os._exit(0)
                print("all", flush=True); time.sleep(float(os.environ["STAY"]))'
                """),
        Greed(
            kind: .processes, name: "threads",
            script: """
                python3 -c '
                import threading,time,os
                for i in range(150): threading.Thread(target=lambda: time.sleep(300), daemon=True).start()
                print("all", flush=True); time.sleep(float(os.environ["STAY"])); os._exit(0)'
                """),
        Greed(
            kind: .disk, name: "one file",
            script: "head -c 80000000 /dev/zero > $TMPDIR/long; echo all; sleep $STAY"),
        Greed(
            kind: .disk, name: "many files in HOME",
            script: """
                python3 -c '
                import os,time
                for i in range(20000): open(os.environ["HOME"]+"/%d" % i, "w")
                print("all", flush=True); time.sleep(float(os.environ["STAY"]))'
                """),
        Greed(
            kind: .disk, name: "a file without a name",
            script: """
                python3 -c '
                import os,time
                f=open(os.environ["TMPDIR"]+"/f","wb"); os.unlink(f.name); f.write(bytes(80000000)); f.flush()
                print("all", flush=True); time.sleep(300)'
                """),
        Greed(
            kind: .disk, name: "a file below a closed directory",
            script: """
                python3 -c '
                import os,time
                d=os.environ["TMPDIR"]+"/d"; os.mkdir(d); f=open(d+"/f","wb"); os.chmod(d,0)
                f.write(bytes(80000000)); f.flush(); print("all", flush=True); time.sleep(300)'
                """),
    ]

    /// What is wrong on a rung; empty when all is well.
    func fault(_ rung: Rung) throws -> String? {
        func attempt(_ limit: (inout FenceLimits) -> Void) throws -> FenceExcess.Kind? {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            limit(&fence.limits)
            return try self.attempt(world, fence)
        }
        if let free = try attempt({ _ in }) { return "\(name) on \(rung): ended without a limit: \(free)" }
        let held = try attempt { ($0.memory, $0.processes, $0.disk) = (200 << 20, 100, 50_000_000) }
        AttackLog.record("more than allowed: " + name, rung, held == kind ? .held : .open)
        return held == kind ? nil : "\(name) on \(rung): \(held.map { "\($0)" } ?? "got through")"
    }

    private func attempt(_ world: FenceFixture, _ fence: Fence) throws -> FenceExcess.Kind? {
        let isFree = fence.limits.processes == 1024
        var program = world.program(script, fence: fence)
        program.environment["STAY"] = isFree ? "0" : "300"
        let cancellation = Cancellation()
        program.teardown = [.kill]
        program.timeout = .seconds(1800)
        do {
            let outcome = try program.run(cancellation: cancellation) { _, line in
                if isFree, line == "all" { cancellation.cancel() }
            }
            if isFree && outcome.output.text != "all\n" {
                throw TestFailure("\(outcome.ending) \(outcome.errors.text)")
            }
            return nil
        } catch let error as SpawnError { return error.excess?.kind }
    }
}

/// Takes room without writing, as much as there is at once: it would be gone before anybody looks.
private enum Allocation {
    private static let script = """
        python3 -c '
        import ctypes,errno,fcntl,os,struct
        c=ctypes.CDLL(None,use_errno=True); c.fallocate.argtypes=[ctypes.c_int,ctypes.c_int,ctypes.c_long,ctypes.c_long]
        f=os.open(os.environ["TMPDIR"]+"/f",os.O_RDWR|os.O_CREAT)
        def reserve(request):
            try: fcntl.ioctl(f,request,struct.pack("hhxxxxqqiI4i",0,0,0,80000000,0,0,0,0,0,0)); return 0
            except OSError as e: return e.errno
        def way(result):
            os.ftruncate(f,0); return result
        allocate=lambda mode: way(0 if c.fallocate(f,mode,0,80000000)==0 else ctypes.get_errno())
        print(allocate(0),allocate(1),allocate(0x10),way(reserve(0x40305828)),way(reserve(0x4030582A)),way(reserve(0x40305839)))
        os.posix_fallocate(f,0,1<<20); taken=os.fstat(f).st_blocks*512>=1<<20
        print(allocate(3),taken)'
        """

    /// What is wrong on a rung; empty when all is well.
    static func fault(_ rung: Rung) throws -> String? {
        func answers(_ disk: Int?) throws -> [Substring] {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            fence.limits.disk = disk
            let outcome = try world.run(script, fence: fence)
            return (outcome.output.text + outcome.errors.text).split(separator: "\n")
        }
        let free = try answers(nil)
        guard free == ["0 0 0 0 0 0", "0 True"] else { return "allocating on \(rung) without a limit: \(free)" }
        let fenced = try answers(50_000_000)
        let isHeld = fenced == ["95 95 95 95 95 95", "0 True"]
        AttackLog.record(
            "more than allowed: a file that is allocated and gone at once", rung, isHeld ? .held : .open)
        return isHeld ? nil : "allocating on \(rung): \(fenced)"
    }
}

private struct TestFailure: Error { let text: String; init(_ text: String) { self.text = text } }

extension FenceTests {
    /// What a program and all that descends from it may use together.
    @Suite(.timeLimit(.minutes(60))) struct Bound {
        @Test(arguments: Greed.all, Rung.allCases) fileprivate func endsThem(greed: Greed, rung: Rung) throws {
            #expect(try greed.fault(rung) == nil)
        }

        /// Files take room only as fast as they are written: programs fall back on that, and holes can still be made.
        @Test(arguments: Rung.allCases) func nothingTakesRoomWithoutWriting(rung: Rung) throws {
            #expect(try Allocation.fault(rung) == nil)
        }

        /// Where no control group can be had, the sum over the processes counts.
        @Test(.enabled(if: Somebody.isRoot)) func endsThoseOfAnOrdinaryUser() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.becomeNobody()
                for greed in Greed.all {
                    for rung in Somebody.rungs { print(try greed.fault(rung) ?? "held") }
                }
                for rung in Somebody.rungs { print(try Allocation.fault(rung) ?? "held") }
                fflush(nil)
                exit(0)
            }
            let lines = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).split(separator: "\n")
            #expect(
                lines.count == (Greed.all.count + 1) * Somebody.rungs.count && lines.allSatisfy { $0 == "held" },
                "\(lines)")
        }

        @Test func theErrorHasTheNumberAndTheKey() throws {
            let world = try FenceFixture()
            var fence = world.fence
            fence.limits.disk = 1_500_000
            let program = world.program("head -c 9000000 /dev/zero > $TMPDIR/long; sleep 300", fence: fence)
            let error = #expect(throws: SpawnError.self) { try program.run() }
            #expect(error?.message == "cannot finish '/bin/sh'")
            #expect(error?.causes == ["it was ended, because it used more than 1.5 MB of disk"])
            #expect(error?.hint == "sandbox.disk says how much all that it starts may use together")
        }

        /// Where counting takes so long that it is not due yet, a disk that loses room makes it due.
        @Test func whatShrinksTheDiskIsCountedAtOnce() throws {
            let world = try FenceFixture()
            var fence = world.fence
            (fence.limits.memory, fence.limits.processes, fence.limits.disk) = (nil, nil, 16_000_000)
            let meter = try #require(FenceMeter(fence, nil))
            meter.nextWalk = .now + .seconds(3600)
            #expect(meter.excess(below: Int(getpid())) == nil)
            // somebody else may make room meanwhile
            for number in 0..<20 {
                try FileSystem.write(
                    [UInt8](repeating: 1, count: 64_000_000), to: world.path("private/tmp/\(number)"))
                meter.nextWalk = .now + .seconds(3600)
                usleep(250_000)
                if let excess = meter.excess(below: Int(getpid())) {
                    #expect(excess.kind == .disk)
                    return
                }
            }
            Issue.record("nothing was counted")
        }

        @Test func whatLiesInAnOverlaysLayerCounts() throws {
            let world = try FenceFixture()
            for name in ["upper", "work", "merged"] {
                try FileSystem.createDirectory(world.path("private/" + name))
            }
            var fence = world.fence
            fence.overlay = Fence.Overlay(
                lowers: [world.path("wt")], upper: world.path("private/upper"), work: world.path("private/work"),
                mountPoint: world.path("private/merged"))
            (fence.writable, fence.readOnly) = ([world.path("private/merged/docs")], [])
            fence.limits.disk = 1_000_000
            var program = world.program("head -c 9000000 /dev/zero > docs/long; sleep 300", fence: fence)
            program.workingDirectory = world.path("private/merged")
            var excess: FenceExcess?
            do { _ = try program.run() } catch { excess = error.excess }
            #expect(excess?.kind == .disk)
        }

        @Test(arguments: Rung.allCases) func whoStaysWithinThemIsLeftAlone(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            (fence.limits.memory, fence.limits.processes, fence.limits.disk) = (200 << 20, 20, 50_000_000)
            let line =
                "for i in 1 2 3 4 5; do head -c 1000000 /dev/zero > $TMPDIR/$i & done; wait; ls $TMPDIR | wc -l"
            #expect(try world.run(line, fence: fence).output.text.trimmed == "5")
        }

        @Test(.enabled(if: ControlGroup.make(FenceLimits()) != nil)) func noControlGroupIsLeft() throws {
            var group = ControlGroup.make(FenceLimits())
            let directories = group?.directories ?? []
            #expect(!directories.isEmpty && directories.allSatisfy(FileSystem.isDirectory))
            #expect(group?.members() == [])
            group = nil
            #expect(!directories.contains(where: FileSystem.isDirectory))
        }

        /// One in which nothing is left serves the next program with the same limits, one that was too small does not.
        @Test(.enabled(if: ControlGroup.make(FenceLimits()) != nil)) func aGroupServesTheNextOne() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                let world = try FenceFixture()
                func group(_ line: String) throws -> String {
                    try world.run(
                        "cat /proc/self/cgroup | grep -o 'leviathan-.*' | sort -u; " + line, fence: world.fence
                    ).output.text
                }
                let first = try group("true")
                Supervisors.settle()
                let second = try group("true")
                Supervisors.settle()
                var small = world.fence
                small.limits.memory = 30 << 20
                let greed =
                    "cat /proc/self/cgroup | grep -o 'leviathan-.*' | sort -u; head -c 90000000 /dev/zero | tail"
                let spent = world.program(greed, fence: small)
                var excess: FenceExcess?
                do throws(SpawnError) { _ = try spent.run() } catch { excess = error.excess }
                Supervisors.settle()
                let later = try? world.run("true", fence: small)
                let isFine =
                    !first.isEmpty && first == second && excess?.kind == .memory && later?.succeeded == true
                print(isFine ? "fine" : "\(first) \(second) \(excess as Any) \(later as Any)")
                fflush(nil)
                exit(0)
            }
            #expect(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self) == "fine\n")
        }
    }
}

/// Where control groups are, in the words of the kernel.
struct ControlGroupTreeTests {
    private let mounts = """
        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        39 31 0:36 /docker/a /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """

    @Test func findsBothVersions() {
        let tree = ControlGroupTree(groups: "8:pids:/docker/a/b\n4:memory:/m/n\n0::/user/x\n", mounts: mounts)
        #expect(tree.first["memory"] == .init(own: "/sys/fs/cgroup/memory/m/n", top: "/sys/fs/cgroup/memory"))
        #expect(tree.first["pids"] == .init(own: "/sys/fs/cgroup/pids/b", top: "/sys/fs/cgroup/pids"))
        #expect(tree.second == .init(own: "/sys/fs/cgroup/unified/user/x", top: "/sys/fs/cgroup/unified"))
        #expect(tree.parents(for: "memory").map(\.directory) == ["/sys/fs/cgroup/memory/m/n"])
    }

    @Test func takesNoneThatLiesOutsideOfWhatIsMounted() {
        let tree = ControlGroupTree(groups: "8:pids:/elsewhere\n0::/\n", mounts: mounts)
        #expect(tree.first["pids"] == nil)
        #expect(tree.second?.own == "/sys/fs/cgroup/unified")
    }

    @Test func theSmallestCeilingCounts() throws {
        let root = try FileSystem.createTemporaryDirectory(in: "/tmp", prefix: "groups-")
        defer { try? FileSystem.removeTree(root) }
        try FileSystem.createDirectory(root + "/a/b")
        for (path, text) in [
            ("/a/memory.max", "3000000\n"), ("/a/b/memory.max", "max\n"), ("/memory.max", "5000000\n"),
        ] {
            try FileSystem.write(Array(text.utf8), to: root + path)
        }
        try FileSystem.write(Array("cpu memory pids\n".utf8), to: root + "/a/cgroup.subtree_control")
        try FileSystem.write(Array("\n".utf8), to: root + "/a/b/cgroup.subtree_control")
        let tree = ControlGroupTree(groups: "0::/a/b\n", mounts: "1 1 0:1 / \(root) rw - cgroup2 cgroup2 rw")
        #expect(tree.memoryCeilings.min() == 3_000_000)
        #expect(tree.parents(for: "memory").map(\.directory) == [root + "/a"])
        #expect(FenceLimits.standardMemory != nil)
    }
}
