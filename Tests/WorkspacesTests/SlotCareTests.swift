import Basics
import Git
import Glibc
import Processes
import Synchronization
import TestSupport
import Testing
import Workspaces

/// Many at once, deaths in between, and slots that were damaged.
@Suite(.timeLimit(.minutes(60))) struct SlotCareTests {
    @Test func fiftyClaimsNeverMeet() throws {
        let world = try PoolWorld()
        let results = Mutex<[String]>([])
        let holding = Mutex<Set<String>>([])
        let (home, path, first, second) = (world.home, world.repository.path, world.first, world.second)
        let tree = (try world.tree(first), try world.tree(second))
        Self.inThreads(50) { number in
            do {
                let pool = SlotPool(
                    try Repository.open(path), directory: home, limit: 6, clock: .system, identifiers: .system)
                let isFirst = number % 2 == 0
                let checkout = try pool.claim(
                    isFirst ? tree.0 : tree.1, at: isFirst ? first : second, cancellation: Cancellation())
                let isAlone = holding.withLock { $0.insert(checkout.path).inserted }
                let content = try FileSystem.read(checkout.path + "/a/one.txt", limit: 100)
                try FileSystem.write(Array("\(number)".utf8), to: checkout.path + "/mine")
                let mine = try FileSystem.read(checkout.path + "/mine", limit: 10)
                let isRight =
                    content == Array((isFirst ? "one\n" : "changed\n").utf8) && mine == Array("\(number)".utf8)
                _ = holding.withLock { $0.remove(checkout.path) }
                results.withLock { $0.append(isAlone && isRight ? "fine" : "met in \(checkout.path)") }
            } catch { results.withLock { $0.append("\(error)") } }
        }
        #expect(results.withLock { $0 } == Array(repeating: "fine", count: 50))
        #expect(try world.pool(limit: 6).slots().count <= 6)
    }

    @Test func fiftyReadersShareOne() throws {
        let world = try PoolWorld()
        let results = Mutex<[String]>([])
        let (home, path, first) = (world.home, world.repository.path, world.first)
        let tree = try world.tree(first)
        Self.inThreads(50) { _ in
            do {
                let pool = SlotPool(
                    try Repository.open(path), directory: home, limit: 2, clock: .system, identifiers: .system)
                let shared = try pool.share(tree, at: first, cancellation: Cancellation())
                let content = try FileSystem.read(shared.path + "/a/one.txt", limit: 100)
                results.withLock { $0.append(content == Array("one\n".utf8) ? "fine" : "wrong") }
            } catch { results.withLock { $0.append("\(error)") } }
        }
        #expect(results.withLock { $0 } == Array(repeating: "fine", count: 50))
        #expect(try world.pool().slots().count == 1)
    }

    /// Whoever makes the pool says what time it is, and what is chance.
    @Test func clockAndChanceComeFromOutside() throws {
        let world = try PoolWorld()
        let now = Instant(secondsSinceEpoch: 1_700_000_000)
        let pool = SlotPool(
            try world.open(), directory: world.home, limit: 2, clock: Clock { now },
            identifiers: IdentifierSource { [UInt8](repeating: 0xAB, count: $0) })
        let claimed = try pool.claim(
            world.tree(world.first), at: world.first, isListed: true, cancellation: Cancellation())
        #expect(try pool.slots().first?.holders.map(\.since) == [now])
        let id = String(decoding: try FileSystem.read(world.home + "/id", limit: 64), as: UTF8.self)
        #expect(id == "abababababababab\n" && FileSystem.exists(claimed.path))
    }

    @Test func processesDoNotMeetEither() async throws {
        let world = try PoolWorld()
        let address = try PoolAddress(world, world.first)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    await #expect(processExitsWith: .success) { [address = address as PoolAddress] in
                        for _ in 0..<8 {
                            let checkout = try address.claim()
                            // Only one can make it, and the next one must not find it.
                            try FileSystem.writeNew([], to: checkout.path + "/only", permissions: 0o644)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try world.pool().slots().count <= 2)
    }

    /// Kills a claim in each of its stages: the next one gets what it asks for, and nothing stays taken.
    @Test(arguments: Failpoint.ofSlots, [false, true]) func aDeathIsSurvived(place: Failpoint, isMove: Bool)
        async throws
    {
        let world = try PoolWorld()
        // A slot that only moves is not made.
        if isMove, place == .slotMade { return }
        if isMove {
            try world.shell("echo x > left", in: world.claim(world.first, from: world.pool(limit: 1)).path)
        }
        var address = try PoolAddress(world, world.second)
        (address.limit, address.failpoint) = (1, place.rawValue)
        await #expect(processExitsWith: .signal(SIGKILL)) { [address = address as PoolAddress] in
            _ = try address.claim().path
        }
        let pool = try world.pool(limit: 1)
        #expect(try pool.slots().allSatisfy(\.holders.isEmpty))
        for commit in [world.first, world.second] {
            let checkout = try world.claim(commit, from: pool)
            #expect(try world.faults(checkout.path, commit) == [])
        }
        _ = try pool.reclaim()
        #expect(((try? FileSystem.list(world.home + "/trash")) ?? []).isEmpty)
        #expect(try pool.slots().count == 1)
    }

    @Test(arguments: [
        "echo junk > state", "rm state", ": > state", "rm record", ": > record", "truncate -s -1 record",
        "printf X | dd of=record bs=1 seek=200 conv=notrunc 2>/dev/null", "rm -r tree",
        "rm -r tree; echo x > tree",
        "sed -i 's/^clean$/moving/' state; sed -i 's/^lent$/moving/' state", "rm -r *", "rm record; mkdir record",
        "head -c 100000 /dev/zero > state", "sed -i 's/^[0-9a-f-]*-[0-9a-f-]*$/another-boot/' state",
    ]) func aDamagedSlotIsHealed(line: String) throws {
        let world = try PoolWorld()
        let pool = try world.pool(limit: 1)
        do { _ = try world.claim(world.first, from: pool).path }
        try world.shell(line, in: world.home + "/slots/1")
        do {
            let checkout = try world.claim(world.second, from: pool)
            #expect(try world.faults(checkout.path, world.second) == [])
        }
        let shared = try world.share(world.first, from: pool)
        #expect(try world.faults(shared.path, world.first) == [])
    }

    /// After a loss of power even what looks untouched is compared by content.
    @Test func afterAnotherBootNothingIsBelieved() throws {
        let world = try PoolWorld()
        let pool = try world.pool(limit: 1)
        do { _ = try world.share(world.first, from: pool).path }
        let boot = String(ProcessIdentity.current.machine.split(separator: " ")[0])
        try world.shell("sed -i 's/^\(boot)$/another/' state", in: world.home + "/slots/1")
        // As if the content had never reached the disk: the record still fits what the system says of the file.
        try world.shell("printf 'TEXT\\n' > tree/a.txt", in: world.home + "/slots/1")
        let shared = try world.share(world.first, from: pool)
        #expect(try world.faults(shared.path, world.first) == [])
    }

    @Test func whatDeadProcessesLeftIsReclaimed() async throws {
        let world = try PoolWorld()
        let address = try PoolAddress(world, world.first)
        await #expect(processExitsWith: .signal(SIGKILL)) { [address = address as PoolAddress] in
            let checkout = try address.share()
            kill(getpid(), SIGKILL)
            print(checkout.path)
        }
        await #expect(processExitsWith: .signal(SIGKILL)) { [address = address as PoolAddress] in
            let checkout = try address.claim()
            kill(getpid(), SIGKILL)
            print(checkout.path)
        }
        try FileSystem.createDirectory(world.home + "/trash/half/removed")
        let pool = try world.pool(limit: 2)
        let done = try pool.reclaim()
        #expect(done.contains { $0.hasSuffix("which is dead") } && done.contains("removed 1 half removed thing"))
        #expect(try pool.reclaim() == [])
        #expect(try pool.slots().allSatisfy(\.holders.isEmpty))
    }

    /// What git lists of a slot goes with its holder, and with the next claim where that one died.
    @Test func aListedSlotIsListedAsLongAsItIsHeld() async throws {
        let world = try PoolWorld()
        let address = try PoolAddress(world, world.first)
        await #expect(processExitsWith: .signal(SIGKILL)) { [address = address as PoolAddress] in
            let checkout = try address.claim(isListed: true)
            kill(getpid(), SIGKILL)
            print(checkout.path)
        }
        func listed() throws -> Int { try world.repository.git("worktree", "list").split(separator: "\n").count }
        #expect(try listed() == 2)
        let pool = try world.pool(limit: 2)
        #expect(try pool.reclaim().contains("slot 1: removed what git still listed of it"))
        #expect(try listed() == 1)
        let tree = try world.tree(world.first)
        do {
            let checkout = try pool.claim(tree, at: world.first, isListed: true, cancellation: Cancellation())
            #expect(try listed() == 2 && world.faults(checkout.path, world.first) == [])
            // Somebody else's cleaning up leaves alone what is held.
            #expect(try pool.reclaim() == [] && listed() == 2)
            _ = try world.repository.git("worktree", "prune")
            _ = try world.repository.git("gc", "--quiet")
            #expect(try listed() == 2 && world.faults(checkout.path, world.first) == [])
        }
        #expect(try listed() == 1 && !FileSystem.exists(world.repository.path + "/.git/worktrees"))
    }

    /// Earlier versions kept git's metadata of each slot in the repository.
    @Test func metadataOfEarlierVersionsIsForgotten() throws {
        let world = try PoolWorld()
        let pool = try world.pool(limit: 1)
        let path = try world.claim(world.first, from: pool).path
        let former = world.repository.path + "/.git/worktrees/leviathan-0123456789abcdef-1"
        let foreign = world.repository.path + "/.git/worktrees/leviathan-0123456789abcdef-2"
        for (place, tree) in [(former, path), (foreign, "/elsewhere/slots/1/tree")] {
            try FileSystem.createDirectory(place)
            try FileSystem.write(Array("\(tree)/.git\n".utf8), to: place + "/gitdir")
        }
        _ = try pool.reclaim()
        #expect(!FileSystem.exists(former) && FileSystem.exists(foreign))
    }

    /// What somebody else removes is no work of the one who had it.
    @Test(arguments: [
        "rm -rf slots/1", "rm -rf slots/1/tree", "mv slots/1/tree x; mkdir slots/1/tree", "rm slots/1/lease",
    ])
    func aSlotThatVanishesIsNoChange(line: String) throws {
        let world = try PoolWorld()
        let checkout = try world.claim(world.first, from: world.pool())
        try world.shell("echo x > new", in: checkout.path)
        try world.shell(line, in: world.home)
        let error = #expect(throws: WorkspaceError.self) {
            _ = try ChangeScan(world.open(), base: checkout.tree).changes(in: checkout)
        }
        #expect(error?.message.contains("while an attempt had it") == true, "\(error as Any)")
    }

    @Test func surplusSlotsGoOldestFirst() throws {
        let world = try PoolWorld()
        do {
            let pool = try world.pool(limit: 3)
            let one = try world.claim(world.first, from: pool)
            let two = try world.claim(world.first, from: pool)
            #expect(one.path != two.path)
        }
        try world.shell("touch -d '2001-01-01' slots/2/lease", in: world.home)
        let pool = try world.pool(limit: 1)
        #expect(try pool.reclaim().contains("slot 2: removed, only 1 are allowed"))
        #expect(try pool.slots().map(\.name) == ["1"])
        #expect(!FileSystem.exists(world.repository.path + "/.git/worktrees"))
    }

    @Test func aSparseClaimWritesOnlyItsPart() throws {
        let world = try PoolWorld()
        let pool = try world.pool(limit: 1)
        let find = "find . -type f -not -name .git | sort"
        do {
            let checkout = try world.claim(world.first, from: pool, sparse: ["a/deep"])
            let files = try world.shell(find, in: checkout.path).split(separator: "\n")
            #expect(
                files.map { $0.dropFirst(2) } == [
                    ".gitattributes", ".gitignore", "README.md", "a.txt", "a/deep/two.txt", "a/one.txt", "run.sh",
                ])
            #expect(try world.git("status", "--porcelain", in: checkout.path) == "")
            try world.shell("mkdir a0; echo x > a0/three.txt; echo y > a0/more", in: checkout.path)
            let changes = try ChangeScan(world.open(), base: checkout.tree).changes(in: checkout)
            #expect(
                try ChangeScanTests.lines(changes.edits, world.open()) == [
                    "100644 a0/more y\n", "100644 a0/three.txt x\n",
                ])
        }
        for (commit, sparse) in [
            (world.second, ["a0"]), (world.second, ["a"]), (world.first, ["docs", "a/deep"]),
        ] {
            let checkout = try world.claim(commit, from: pool, sparse: sparse)
            #expect(try world.git("status", "--porcelain", in: checkout.path) == "")
            let there = try world.shell(find, in: checkout.path)
            #expect(sparse.allSatisfy { there.contains("./\($0)/") })
            #expect(there.contains("./a0/") == sparse.contains("a0"))
        }
        let checkout = try world.claim(world.second, from: pool)
        #expect(try world.faults(checkout.path, world.second) == [])
    }

    private static func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let done = Mutex(0)
        for number in 0..<count {
            BackgroundThread.run {
                body(number)
                done.withLock { $0 += 1 }
            }
        }
        while done.withLock({ $0 }) < count { _ = poll(nil, 0, 5) }
    }
}
