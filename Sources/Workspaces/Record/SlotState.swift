internal import Basics
internal import Paths
internal import Processes

/// Where a slot stands: a few lines of text beside the checkout, replaced as a whole.
///
/// Nothing is flushed to the disk: as long as the machine runs, what was written is seen by everybody. After a loss
/// of power the boot is another one, and then no file of the slot is believed before its content was compared.
struct SlotState: Equatable, Sendable {
    enum Phase: String, Sendable {
        /// Exactly at the tree, and nobody has been let in to write.
        case clean
        /// At the tree when it was lent to somebody who may write.
        case lent
        /// Between two trees: of no use after a crash.
        case moving
    }

    var phase: Phase
    var tree: ObjectID
    var commit: ObjectID
    /// Whether whoever moves it wants to read it together with others.
    var isShared: Bool
    /// The directories of a sparse checkout; `nil`: everything.
    var sparse: [RepoPath]?
    var boot: String
    var files = 0
    var bytes = 0
    /// What git's index was when it was written.
    var indexMark = ""

    private static let title = "leviathan-slot 1"
    static let sizeLimit = 1 << 20

    /// What changes when the machine starts again.
    static let currentBoot = String(ProcessIdentity.current.machine.split(separator: " ").first ?? "unknown")

    var isOfThisBoot: Bool { boot == Self.currentBoot }

    func isAt(_ wanted: SlotTarget) -> Bool {
        phase != .moving && tree == wanted.tree && sparse == wanted.sparse
    }

    var text: String {
        let sparseText = sparse.map { "some " + $0.map { Hex.encode($0.bytes) }.joined(separator: ",") } ?? "all"
        return [
            Self.title, phase.rawValue, tree.hex, commit.hex, isShared ? "shared" : "alone", sparseText, boot,
            String(files), String(bytes), indexMark, "end\n",
        ].joined(separator: "\n")
    }

    init(
        _ phase: Phase, _ target: SlotTarget, isShared: Bool, files: Int = 0, bytes: Int = 0
    ) {
        (self.phase, tree, commit, sparse) = (phase, target.tree, target.commit, target.sparse)
        (self.isShared, self.files, self.bytes, boot) = (isShared, files, bytes, Self.currentBoot)
    }

    /// `nil` for anything but exactly what `text` gives.
    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 12, lines[0] == Self.title, let phase = Phase(rawValue: String(lines[1])),
            let tree = ObjectID(hex: lines[2]), let commit = ObjectID(hex: lines[3]), let files = Int(lines[7]),
            let bytes = Int(lines[8]), ["shared", "alone"].contains(lines[4]), lines[10] == "end",
            lines[11].isEmpty
        else { return nil }
        (self.phase, self.tree, self.commit, isShared) = (phase, tree, commit, lines[4] == "shared")
        (self.files, self.bytes, boot) = (files, bytes, String(lines[6]))
        indexMark = String(lines[9])
        if lines[5] == "all" { return }
        guard lines[5].hasPrefix("some ") else { return nil }
        var paths: [RepoPath] = []
        for part in lines[5].dropFirst(5).split(separator: ",") {
            guard let bytes = Hex.decode(part), let path = try? RepoPath(bytes: bytes) else { return nil }
            paths.append(path)
        }
        sparse = paths
    }
}

/// What a slot is to hold.
struct SlotTarget: Equatable, Sendable {
    let tree: ObjectID
    let commit: ObjectID
    let sparse: [RepoPath]?
    /// What is no submodule in the tree but is one in the commit.
    let submodules: [RepoPath: ObjectID]

    init(_ tree: ObjectID, _ commit: ObjectID, sparse: [RepoPath]?, submodules: [RepoPath: ObjectID]) {
        (self.tree, self.commit, self.submodules) = (tree, commit, submodules)
        self.sparse = sparse.map { Array(Set($0)).sorted() }
    }
}

/// Which part of a tree a sparse checkout writes.
enum SparseReach {
    case everything
    /// The files of the directory itself, and some of what is below.
    case files
    case nothing

    static func of(_ directory: [UInt8], in sparse: [RepoPath]?) -> SparseReach {
        guard let sparse, !directory.isEmpty else { return sparse == nil ? .everything : .files }
        let prefix = directory.last == RepoPath.separator ? Array(directory.dropLast()) : directory
        for wanted in sparse {
            if prefix == wanted.bytes { return .everything }
            if prefix.starts(with: wanted.bytes), prefix[wanted.bytes.count] == RepoPath.separator {
                return .everything
            }
        }
        for wanted in sparse
        where wanted.bytes.starts(with: prefix) && wanted.bytes[prefix.count] == RepoPath.separator {
            return .files
        }
        return .nothing
    }
}
