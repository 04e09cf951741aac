internal import Basics

/// A path inside a repository: relative, `/`-separated, compared byte by byte.
///
/// Git knows no encoding, so a path is bytes; two spellings of "é" are two paths.
package struct RepoPath: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let separator = UInt8(ascii: "/")

    package let bytes: [UInt8]

    /// Refuses what can never name a file in a repository.
    package init(bytes: [UInt8]) throws(RepoPathError) {
        if let problem = Self.problem(in: bytes) {
            throw RepoPathError(path: String(decoding: bytes, as: UTF8.self), problem: problem)
        }
        self.bytes = bytes
    }

    package init(_ text: String) throws(RepoPathError) { try self.init(bytes: Array(text.utf8)) }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// The path as text; invalid UTF-8 shows as replacement characters.
    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether the bytes are well-formed UTF-8.
    package var isValidUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }

    package var components: [ArraySlice<UInt8>] { bytes.split(separator: Self.separator) }

    /// The last component, as text.
    package var name: String {
        let start = bytes.lastIndex(of: Self.separator).map { $0 + 1 } ?? 0
        return String(decoding: bytes[start...], as: UTF8.self)
    }

    /// The directory that holds the file; `nil` at the top level.
    package var parent: RepoPath? {
        bytes.lastIndex(of: Self.separator).map { RepoPath(unchecked: Array(bytes[..<$0])) }
    }

    package func appending(_ component: String) throws(RepoPathError) -> RepoPath {
        try RepoPath(bytes: bytes + [Self.separator] + Array(component.utf8))
    }

    /// Whether this path lies somewhere below `directory`.
    package func isBelow(_ directory: RepoPath) -> Bool {
        bytes.count > directory.bytes.count + 1 && bytes.starts(with: directory.bytes)
            && bytes[directory.bytes.count] == Self.separator
    }

    package static func < (left: RepoPath, right: RepoPath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    private static func problem(in bytes: [UInt8]) -> RepoPathError.Problem? {
        if bytes.isEmpty { return .empty }
        if bytes.first == separator { return .absolute }
        if bytes.contains(0) { return .containsNUL }
        return bytes.withUnsafeBufferPointer(problemOfComponents)
    }

    private static func problemOfComponents(_ bytes: UnsafeBufferPointer<UInt8>) -> RepoPathError.Problem? {
        let dot = UInt8(ascii: ".")
        var (start, place) = (0, 0)
        while true {
            if place < bytes.count, bytes[place] != separator {
                place += 1
                continue
            }
            let length = place - start
            if length == 0 { return .emptyComponent }
            if length <= 2, bytes[start] == dot, bytes[place - 1] == dot { return .dotComponent }
            if place == bytes.count { return nil }
            place += 1
            start = place
        }
    }
}

/// Why a text is not a repository path.
package struct RepoPathError: ExplainedError, Equatable {
    package enum Problem: String, Sendable {
        case empty = "it is empty"
        case absolute = "it starts with '/'"
        case containsNUL = "it contains a NUL byte"
        case emptyComponent = "it has an empty component"
        case dotComponent = "it has a '.' or '..' component"
    }

    package let path: String
    package let problem: Problem

    package var message: String { "'\(path)' is not a path inside a repository: \(problem.rawValue)" }
    package var hint: String? { "write it relative to the repository's root, such as docs/guide.md" }
}
