internal import Basics
internal import Editing

/// A commit with the comment that says which version it is: `rev: 1f2e…  # frozen: v1.2`.
struct FrozenRevision {
    let commit: String
    /// `nil` where no comment says it.
    let version: String?
    fileprivate var place: FrozenRevisions.Place?

    init(_ commit: String, version: String?) { (self.commit, self.version) = (commit, version) }

    var text: String { commit + (version.map { "  # frozen: \($0)" } ?? "") }

    /// The edits that make the file have another commit, and its version in the comment beside it.
    func edits(setting new: FrozenRevision, in bytes: [UInt8]) -> [ByteEdit] {
        guard let place else { return [] }
        let before = place.commit.lowerBound > 0 ? bytes[place.commit.lowerBound - 1] : 0
        let isQuoted = before == UInt8(ascii: "\"") || before == UInt8(ascii: "'")
        // What looks like a number is read as one without its quotes.
        let isNumber = new.commit.allSatisfy { $0.isNumber || $0 == "e" }
        var edits = [ByteEdit(place.commit, isNumber && !isQuoted ? "\"\(new.commit)\"" : new.commit)]
        if let range = place.version, let version = new.version { edits.append(ByteEdit(range, version)) }
        return edits
    }
}

/// The revisions of a file that are commits, found in one walk through its lines.
struct FrozenRevisions {
    fileprivate struct Place {
        let commit: Range<Int>
        let version: Range<Int>?
    }

    private let bytes: [UInt8]
    /// By commit, the last one in the file first.
    private var places: [[UInt8]: [Place]] = [:]

    private static let mark = Array("# frozen: ".utf8)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        for line in Lines.all(of: bytes).reversed() where bytes[line].contains(piece: "rev") {
            guard
                let word = bytes[line].split(whereSeparator: { !Self.isHex($0) }).first(where: { $0.count == 40 })
            else { continue }
            let start = bytes[word.endIndex..<line.upperBound].firstRange(of: Self.mark)?.upperBound
            let version = start.map { start in
                bytes[start..<line.upperBound].prefix { !Lines.isBlank($0) && $0 != UInt8(ascii: "\r") }.indices
            }
            places[Array(word), default: []].append(Place(commit: word.indices, version: version))
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// The next revision in the file that is that commit.
    mutating func next(_ commit: String) -> FrozenRevision {
        let place = places[Array(commit.utf8)]?.popLast()
        let version = place?.version.map { String(decoding: bytes[$0], as: UTF8.self) }
        var revision = FrozenRevision(commit, version: version)
        revision.place = place
        return revision
    }
}
