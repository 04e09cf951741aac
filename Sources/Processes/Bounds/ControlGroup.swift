internal import Basics
internal import CLinux
internal import Glibc
internal import Synchronization

/// Control groups that hold one program and all that descends from it, for as long as it runs.
///
/// A group that nobody is in any more serves the next program with the same limits.
final class ControlGroup: Sendable {
    /// One directory of a hierarchy; of the second version one may serve both limits.
    private struct Part: Sendable {
        let path: String
        let isFirstVersion: Bool
        /// Says that the group is somebody's, for as long as its process lives.
        let lock: FixedDescriptor
        /// What a process writes itself into.
        let entry: FixedDescriptor
    }

    private static let prefix = "leviathan-"
    private let parts: [Part]
    private let memory: Part?
    private let processes: Part?
    private let limits: FenceLimits

    /// What a process has to write itself into before it starts anything.
    var entries: [Int32] { parts.map(\.entry.number) }
    var directories: [String] { parts.map(\.path) }
    var countsMemory: Bool { memory != nil }
    var countsProcesses: Bool { processes != nil }

    /// A group for these limits; `nil` where none can be had.
    static func make(_ limits: FenceLimits) -> ControlGroup? {
        guard isPossible else { return nil }
        _ = registersEnd
        return idle.withLock { $0.take(limits) } ?? ControlGroup(limits)
    }

    private static let idle = Mutex(IdleGroups())

    /// Keeps a group for the next program, unless something of the last one is left in it.
    static func giveBack(_ group: ControlGroup) {
        guard group.isUnused else { return }
        idle.withLock { $0.keep(group) }
    }

    /// Nothing of this process is left behind when it ends.
    private static let registersEnd: Void = {
        atexit {
            Supervisors.settle()
            ControlGroup.idle.withLock { $0.removeAll() }
        }
    }()

    /// Files that a program left in memory count against whoever comes next.
    private static let leftoverMaximum = 16 << 20

    private var isUnused: Bool {
        guard members() == [], excess() == nil else { return false }
        guard let memory else { return true }
        let name = memory.isFirstVersion ? "/memory.usage_in_bytes" : "/memory.current"
        return KernelFile.number(memory.path + name).map { $0 < Self.leftoverMaximum } ?? false
    }

    fileprivate func holds(_ other: FenceLimits) -> Bool {
        (limits.memory, limits.processes) == (other.memory, other.processes)
    }

    /// Found out once: whether a group can be made, limited and entered.
    private static let isPossible: Bool = {
        for controller in ["memory", "pids"] {
            for parent in ControlGroupTree.current.parents(for: controller) {
                removeAbandoned(in: parent.directory)
            }
        }
        guard let trial = ControlGroup(FenceLimits()) else { return false }
        return trial.entries.withUnsafeBufferPointer { entries in
            Supervisors.trying { clinux_try_groups(entries.baseAddress, Int32(entries.count)) } == 0
        }
    }()

    private init?(_ limits: FenceLimits) {
        self.limits = limits
        let memory = limits.memory.flatMap { limit in Self.part(for: "memory") { Self.limitMemory($0, limit) } }
        let shared = memory.flatMap { $0.isFirstVersion ? nil : $0 }
        let processes = limits.processes.flatMap { limit -> Part? in
            let bound = "\(limit + FenceLimits.processReserve)"
            if let shared, Self.put(bound, in: shared.path + "/pids.max") { return shared }
            return Self.part(for: "pids") { Self.put(bound, in: $0.path + "/pids.max") }
        }
        (self.memory, self.processes) = (memory, processes)
        parts = [memory, processes?.path == memory?.path ? nil : processes].compactMap(\.self)
        if parts.isEmpty { return nil }
    }

    deinit { for part in parts { Self.remove(part.path) } }

    /// The limit that was gone over, if one was.
    func excess() -> FenceExcess? {
        if let memory, Self.killed(memory) > 0 { return FenceExcess(.memory, limits) }
        guard let processes, let limit = limits.processes else { return nil }
        let refused = KernelFile.number("max", in: processes.path + "/pids.events") ?? 0
        let count = KernelFile.number(processes.path + "/pids.current") ?? 0
        return refused > 0 || count > limit + 1 && taskCount(processes) > limit + 1
            ? FenceExcess(.processes, limits) : nil
    }

    /// Without those that have ended and wait for the supervisor.
    private func taskCount(_ part: Part) -> Int {
        let name = part.isFirstVersion ? "/tasks" : "/cgroup.threads"
        return (KernelFile.text(part.path + name) ?? "").utf8.count { $0 == UInt8(ascii: "\n") }
    }

    /// The processes that are in it now.
    func members() -> [Int]? {
        parts.first.flatMap { KernelFile.text($0.path + "/cgroup.procs") }?.split(separator: "\n").compactMap {
            Int($0)
        }
    }

    private static func killed(_ part: Part) -> Int {
        KernelFile.number(
            "oom_kill", in: part.path + (part.isFirstVersion ? "/memory.oom_control" : "/memory.events"))
            ?? 0
    }

    private static func limitMemory(_ part: Part, _ limit: Int) -> Bool {
        if part.isFirstVersion {
            guard put("\(limit)", in: part.path + "/memory.limit_in_bytes") else { return false }
            // not every kernel counts swap
            _ = put("\(limit)", in: part.path + "/memory.memsw.limit_in_bytes")
            return FileSystem.exists(part.path + "/memory.oom_control")
        }
        _ = put("0", in: part.path + "/memory.swap.max")
        return put("\(limit)", in: part.path + "/memory.max")
    }

    private static func part(for controller: String, _ limit: (Part) -> Bool) -> Part? {
        for parent in ControlGroupTree.current.parents(for: controller) {
            guard let part = make(in: parent.directory, isFirstVersion: parent.isFirstVersion) else { continue }
            if limit(part) { return part }
            remove(part.path)
        }
        return nil
    }

    private static let count = Atomic(0)

    private static func make(in parent: String, isFirstVersion: Bool) -> Part? {
        while true {
            let number = count.wrappingAdd(1, ordering: .relaxed).newValue
            let path = "\(parent)/\(prefix)\(getpid())-\(number)"
            if mkdir(path, 0o755) != 0 {
                if errno == EEXIST { continue }
                return nil
            }
            let lock = FixedDescriptor(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
            // between the two steps it looked abandoned, and somebody may have removed it
            guard lock.isOpen, flock(lock.number, LOCK_EX | LOCK_NB) == 0, FileSystem.isDirectory(path) else {
                continue
            }
            let entry = FixedDescriptor(
                open(path + (isFirstVersion ? "/tasks" : "/cgroup.procs"), O_WRONLY | O_CLOEXEC))
            if entry.isOpen { return Part(path: path, isFirstVersion: isFirstVersion, lock: lock, entry: entry) }
            remove(path)
            return nil
        }
    }

    private static func put(_ text: String, in path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return text.withCString { write(file, $0, strlen($0)) } == text.utf8.count
    }

    /// Its last process is gone for a moment before the group is empty.
    private static func remove(_ path: String) {
        for _ in 0..<100 {
            if rmdir(path) == 0 || errno != EBUSY { return }
            sched_yield()
        }
    }

    /// Groups of dead processes; one that still holds somebody cannot be removed.
    private static func removeAbandoned(in parent: String) {
        for name in (try? FileSystem.list(parent)) ?? [] where name.hasPrefix(prefix) {
            let path = parent + "/" + name
            let directory = Descriptor(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
            if directory.isOpen, flock(directory.number, LOCK_EX | LOCK_NB) == 0 { rmdir(path) }
        }
    }
}

/// Groups without a program.
private struct IdleGroups: Sendable {
    private var groups: [ControlGroup] = []
    private static let maximum = 8

    mutating func take(_ limits: FenceLimits) -> ControlGroup? {
        groups.lastIndex { $0.holds(limits) }.map { groups.remove(at: $0) }
    }

    mutating func keep(_ group: ControlGroup) {
        groups.append(group)
        if groups.count > Self.maximum { groups.removeFirst() }
    }

    mutating func removeAll() { groups = [] }
}
