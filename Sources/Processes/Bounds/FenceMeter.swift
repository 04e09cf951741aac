internal import Basics
internal import CLinux
internal import Glibc

/// Looks from time to time whether the programs behind a fence use more than they may.
///
/// What a control group counts is read there; the rest is added up from `/proc` and from the private directories.
final class FenceMeter {
    private let limits: FenceLimits
    private let directories: [String]
    private let group: ControlGroup?
    private let countsTree: Bool
    private var nextLook: MonotonicTime
    /// When everything is counted again, unless the disk loses room before.
    var nextWalk: MonotonicTime
    private var interval = FenceMeter.shortest
    /// What was used when everything was last counted, and how much room there was then.
    private var used = 0
    private var room: [Int?]

    /// A short program is looked at once, when it ends; a longer one soon, and then less often.
    private static let shortest = Duration.milliseconds(20)
    private static let longest = Duration.milliseconds(200)
    /// What the sum over `/proc` finds grows without bounds between two looks.
    private static let longestOfTree = Duration.milliseconds(50)

    init?(_ fence: Fence, _ group: ControlGroup?) {
        limits = fence.limits
        guard limits.memory != nil || limits.processes != nil || limits.disk != nil else { return nil }
        directories =
            [fence.home, fence.temporary] + [fence.overlay?.upper, fence.overlay?.work].compactMap(\.self)
        self.group = group
        room = directories.map(Self.room)
        countsTree =
            limits.memory != nil && group?.countsMemory != true
            || limits.processes != nil && group?.countsProcesses != true
        nextLook = .now + Self.shortest
        nextWalk = .now + Self.longest
    }

    /// When to look again.
    var due: MonotonicTime { min(nextLook, limits.disk == nil ? nextLook : nextWalk) }

    /// What is gone over, if it is time to look.
    func excess(below supervisor: Int) -> FenceExcess? {
        let started = MonotonicTime.now
        if started >= nextLook {
            if let found = group?.excess() ?? (countsTree ? excess(of: tree(below: supervisor)) : nil) {
                return found
            }
            interval = min(interval + interval, countsTree ? Self.longestOfTree : Self.longest)
            nextLook = later(started, interval, 10)
            if shrinks { nextWalk = started }
        }
        guard limits.disk != nil, started >= nextWalk else { return nil }
        let found = diskExcess(tree(below: supervisor))
        nextWalk = later(started, Self.longest, 20)
        return found
    }

    /// Whether a disk lost so much room since the last count that the limit may be gone over.
    ///
    /// Counting many files takes long, and this takes a moment. Others on the machine can make it count once too often, and
    /// nothing else; less than a sixteenth of the limit is not looked at, or near to it all that they write would count.
    private var shrinks: Bool {
        guard let limit = limits.disk else { return false }
        return zip(directories, room).contains { directory, before in
            guard let before, let now = Self.room(directory) else { return false }
            return before - now > max(limit - used, limit / 16)
        }
    }

    private static func room(_ directory: String) -> Int? { try? FileSystem.freeBytes(at: directory) }

    /// The same when everybody is gone.
    func finalExcess() -> FenceExcess? { group?.excess() ?? diskExcess(ProcessTree(members: [])) }

    /// Looking takes a part of the time only, however long it takes.
    private func later(_ started: MonotonicTime, _ interval: Duration, _ part: Int) -> MonotonicTime {
        let now = MonotonicTime.now
        return now + max(interval, (now - started) * part)
    }

    private func tree(below supervisor: Int) -> ProcessTree {
        group?.members().map { ProcessTree(members: $0.filter { $0 != supervisor }) }
            ?? ProcessTree(below: supervisor)
    }

    private func excess(of tree: ProcessTree) -> FenceExcess? {
        if let limit = limits.memory, group?.countsMemory != true, tree.memory(enough: limit) > limit {
            return FenceExcess(.memory, limits)
        }
        guard let limit = limits.processes, group?.countsProcesses != true, tree.taskCount > limit else {
            return nil
        }
        return FenceExcess(.processes, limits)
    }

    private func diskExcess(_ tree: ProcessTree) -> FenceExcess? {
        guard let limit = limits.disk, let usage = clinux_usage_begin(Int64(limit)) else { return nil }
        room = directories.map(Self.room)
        var isWhole = true
        for directory in directories where clinux_usage_add_tree(usage, directory) != 0 { isWhole = false }
        for process in tree.members { clinux_usage_add_open_files(usage, "/proc/\(process)/fd") }
        used = Int(clinux_usage_end(usage))
        return used > limit || !isWhole ? FenceExcess(.disk, limits) : nil
    }
}
