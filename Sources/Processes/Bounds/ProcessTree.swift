internal import Basics
internal import Glibc

/// What descends from a process, as `/proc` tells it.
struct ProcessTree {
    /// The processes below the first, in the order in which they were found.
    private(set) var members: [Int] = []

    private static let maximum = 65536

    /// Everything below a supervisor, which inherits whoever loses his parent.
    init(below supervisor: Int) {
        var next = [supervisor]
        while let process = next.popLast(), members.count < Self.maximum {
            let children = Self.children(of: process)
            members += children
            next += children
        }
    }

    init(members: [Int]) { self.members = members }

    /// Processes and threads together.
    var taskCount: Int { members.reduce(0) { $0 + (KernelFile.number("Threads:", among: $1) ?? 0) } }

    /// Bytes in memory; what several share is counted once when they would be too much otherwise.
    func memory(enough: Int) -> Int {
        let resident = members.reduce(0) { sum, process in
            let parts = ["RssAnon:", "RssShmem:"].map { KernelFile.number($0, among: process) ?? 0 }
            return sum + (parts[0] + parts[1]) << 10
        }
        guard resident > enough else { return resident }
        return members.reduce(0) { $0 + Self.share(of: $1) }
    }

    /// Where a process does not let itself be looked at, all that it sees counts.
    private static func share(of process: Int) -> Int {
        let path = "/proc/\(process)/smaps_rollup"
        let parts = ["Pss_Anon:", "Pss_Shmem:", "SwapPss:"].map { kilobytes($0, in: KernelFile.text(path) ?? "") }
        if let anonymous = parts[0], let shared = parts[1] { return (anonymous + shared + (parts[2] ?? 0)) << 10 }
        let resident = ["RssAnon:", "RssShmem:"].map { KernelFile.number($0, among: process) ?? 0 }
        return (resident[0] + resident[1]) << 10
    }

    private static func kilobytes(_ name: String, in text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    /// Whose parent it is, now.
    static func children(of process: Int) -> [Int] {
        threads(of: process).flatMap { children(of: process, $0) }
    }

    private static func threads(of process: Int) -> [Int] {
        ((try? FileSystem.list("/proc/\(process)/task")) ?? []).compactMap { Int($0) }
    }

    private static func children(of process: Int, _ thread: Int) -> [Int] {
        (KernelFile.text("/proc/\(process)/task/\(thread)/children") ?? "").split(separator: " ").compactMap {
            Int($0)
        }
    }
}

extension KernelFile {
    /// A number of a process's status; `nil` when it has ended.
    fileprivate static func number(_ name: String, among process: Int) -> Int? {
        guard
            let line = text("/proc/\(process)/status")?.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return nil }
        return line.dropFirst(name.utf8.count).split { $0 == " " || $0 == "\t" }.first.flatMap { Int($0) }
    }
}
