internal import Basics
internal import Editing

/// A commit with the comment that says which version it is: `rev: 1f2e…  # frozen: v1.2`.
struct FrozenRevision {
    let commit: String
    /// `nil` where no comment says it.
    let version: String?

    private static let mark = Array("# frozen: ".utf8)

    init(_ commit: String, version: String?) { (self.commit, self.version) = (commit, version) }

    /// The revision as it stands in a file.
    init(_ commit: String, in bytes: [UInt8]) {
        let place = Self.place(of: commit, in: bytes)?.version
        self.init(commit, version: place.map { String(decoding: bytes[$0], as: UTF8.self) })
    }

    var text: String { commit + (version.map { "  # frozen: \($0)" } ?? "") }

    /// The file with another commit, and its version in the comment beside it.
    func replaced(by new: FrozenRevision, in bytes: [UInt8]) -> [UInt8] {
        guard let place = Self.place(of: commit, in: bytes) else { return bytes }
        let before = place.commit.lowerBound > 0 ? bytes[place.commit.lowerBound - 1] : 0
        let isQuoted = before == UInt8(ascii: "\"") || before == UInt8(ascii: "'")
        // What looks like a number is read as one without its quotes.
        let isNumber = new.commit.allSatisfy { $0.isNumber || $0 == "e" }
        var edits = [ByteEdit(place.commit, isNumber && !isQuoted ? "\"\(new.commit)\"" : new.commit)]
        if let range = place.version, let version = new.version { edits.append(ByteEdit(range, version)) }
        return ByteEdit.apply(edits, to: bytes)
    }

    private static func place(of commit: String, in bytes: [UInt8]) -> (commit: Range<Int>, version: Range<Int>?)?
    {
        for found in bytes.ranges(of: Array(commit.utf8)) {
            let line = Lines.start(of: found.lowerBound, in: bytes)..<Lines.end(of: found.upperBound, in: bytes)
            guard bytes[line].contains(piece: "rev") else { continue }
            guard let start = bytes[found.upperBound..<line.upperBound].firstRange(of: mark)?.upperBound else {
                return (found, nil)
            }
            let version = bytes[start..<line.upperBound].prefix { !Lines.isBlank($0) && $0 != UInt8(ascii: "\r") }
            return (found, version.startIndex..<version.endIndex)
        }
        return nil
    }
}
