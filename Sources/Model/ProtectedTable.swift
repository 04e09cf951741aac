/// The table of places, arranged so that a path is looked up in a few steps.
struct ProtectedTable: Sendable {
    /// A name with at most one `*`, as its beginning and its end.
    private struct Wildcard: Sendable {
        let directory: [String]
        let isAnywhere: Bool
        let start: String
        let end: String
        let reason: ProtectedPaths.Reason

        func matches(_ parts: [String]) -> Bool {
            guard let name = parts.last, isAnywhere || parts.dropLast().elementsEqual(directory) else {
                return false
            }
            return name.utf8.count >= start.utf8.count + end.utf8.count && name.hasPrefix(start)
                && name.hasSuffix(end)
        }
    }

    private var files: [String: ProtectedPaths.Reason] = [:]
    private var names: [String: ProtectedPaths.Reason] = [:]
    /// By their first part.
    private var directories: [String: [(parts: [String], reason: ProtectedPaths.Reason)]] = [:]
    private var wildcards: [Wildcard] = []
    /// Every directory that something protected lies in.
    private var above: [String: ProtectedPaths.Reason] = [:]

    init(_ places: [ProtectedPlace]) {
        for place in places { add(place) }
    }

    private mutating func add(_ place: ProtectedPlace) {
        let pattern = place.pattern
        let bytes = pattern.utf8
        let isAnywhere = bytes.starts(with: "**/".utf8)
        if !isAnywhere {
            for slash in bytes.dropLast().indices where bytes[slash] == Self.slash {
                above[String(pattern[..<slash]), default: place.reason] = place.reason
            }
        }
        let last = bytes.lastIndex(of: Self.slash)
        let name = last.map { String(pattern[bytes.index(after: $0)...]) } ?? pattern
        if name.isEmpty {
            let parts = Self.parts(of: pattern)
            directories[parts[0], default: []].append((parts, place.reason))
        } else if let star = name.utf8.firstIndex(of: UInt8(ascii: "*")) {
            wildcards.append(
                Wildcard(
                    directory: Self.parts(of: pattern).dropLast(), isAnywhere: isAnywhere,
                    start: String(name[..<star]), end: String(name[name.utf8.index(after: star)...]),
                    reason: place.reason))
        } else if isAnywhere {
            names[name] = place.reason
        } else {
            files[pattern] = place.reason
        }
    }

    private static let slash = UInt8(ascii: "/")

    private static func parts(of pattern: String) -> [String] {
        pattern.utf8.split(separator: slash).map { String(Substring($0)) }.filter { $0 != "**" }
    }

    /// Of a path whose parts are folded; what stands in place of a protected directory is that directory.
    func reason(for parts: [String]) -> ProtectedPaths.Reason? {
        guard let first = parts.first, let name = parts.last else { return nil }
        if let reason = names[name] { return reason }
        if let reason = directories[first]?.first(where: { parts.starts(with: $0.parts) })?.reason {
            return reason
        }
        if let reason = files[parts.count == 1 ? name : parts.joined(separator: "/")] { return reason }
        return wildcards.first { $0.matches(parts) }?.reason
    }

    func reason(below parts: [String]) -> ProtectedPaths.Reason? { above[parts.joined(separator: "/")] }
}
