internal import Basics

/// The smallest limit of memory that holds for this process from outside.
enum MemoryCeiling {
    /// `nil` where nothing tells one.
    static func smallest() -> Int? {
        ([machine()] + ControlGroupTree.current.memoryCeilings).compactMap(\.self).min()
    }

    private static func machine() -> Int? {
        guard let text = KernelFile.text("/proc/meminfo"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemTotal:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kilobytes << 10
    }
}

/// Small files in which the kernel tells something.
enum KernelFile {
    static func text(_ path: String) -> String? {
        guard let bytes = try? FileSystem.read(path, limit: 1 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number in a file of one; `nil` also where it is "max".
    static func number(_ path: String) -> Int? { text(path).flatMap { Int($0.trimmed) } }

    /// The number behind a name, in a file of lines with both.
    static func number(_ name: String, in path: String) -> Int? {
        guard let line = text(path)?.split(separator: "\n").first(where: { $0.hasPrefix(name + " ") }) else {
            return nil
        }
        return Int(line.dropFirst(name.count + 1))
    }
}
