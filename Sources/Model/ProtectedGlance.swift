internal import Basics
internal import Paths

/// What protected paths look like from afar, so that most others need no look at the table of them.
struct ProtectedGlance: Sendable {
    /// What the first part of a protected path begins with, and what its name begins with where the directory does not
    /// matter.
    private var (partStarts, nameStarts) = (PairSet(), PairSet())
    /// What such names end with that begin with a `*`.
    private var nameEnds = ByteSet()

    init(_ places: [ProtectedPlace]) {
        for place in places { add(place.pattern.utf8) }
        nameStarts.insert("codeowners".utf8)
    }

    private mutating func add(_ pattern: String.UTF8View) {
        guard pattern.starts(with: "**/".utf8) else { return partStarts.insert(pattern) }
        let path = pattern.last == UInt8(ascii: "/") ? pattern.dropLast() : pattern[...]
        let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path
        if name.first == UInt8(ascii: "*") {
            if let last = name.last { nameEnds.insert(last) }
        } else {
            nameStarts.insert(name)
        }
    }

    /// Whether one look at a few of its bytes shows that the path is not protected, as for most.
    func isSurelyOpen(_ path: RepoPath) -> Bool {
        let bytes = path.bytes
        guard let last = bytes.last, FoldedName.isPlain(path), !partStarts.contains(bytes, at: 0),
            !nameEnds.contains(last)
        else { return false }
        var start = 0
        for index in bytes.indices where bytes[index] == RepoPath.separator {
            if bytes[start] == UInt8(ascii: ".") { return false }
            start = index + 1
        }
        return bytes[start] != UInt8(ascii: ".") && !nameStarts.contains(bytes, at: start)
    }
}

/// What names begin with: their first two bytes.
private struct PairSet: Sendable {
    private var bits = [UInt64](repeating: 0, count: 1024)

    /// A name of at least two bytes.
    mutating func insert(_ name: some Sequence<UInt8>) {
        let pair = Array(name.prefix(2))
        let number = Int(pair[0]) << 8 | Int(pair[1])
        bits[number >> 6] |= 1 << UInt64(number & 63)
    }

    func contains(_ bytes: [UInt8], at start: Int) -> Bool {
        guard start + 1 < bytes.count else { return false }
        let number = Int(bytes[start]) << 8 | Int(bytes[start + 1])
        return bits[number >> 6] & (1 << UInt64(number & 63)) != 0
    }
}
