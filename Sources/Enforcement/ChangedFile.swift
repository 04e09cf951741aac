internal import Basics
internal import Model
internal import Paths

/// A rule that reads one changed file at a time; each file is read once for all of them.
protocol ContentRule: Sendable {
    func violations(in file: ChangedFile) -> [Violation]
}

/// A file whose content the change made or altered, read when a rule first asks.
final class ChangedFile {
    /// What came of reading.
    enum Reading {
        case bytes([UInt8])
        case tooLarge
        case failed
    }

    let change: Change
    private let blob: ObjectID
    private let origins: [ObjectID]
    private let contents: any ChangeContents

    /// `nil` for what has no content of its own: deletions, symlinks, nested repositories, mode changes.
    init?(_ change: Change, origins: [ObjectID] = [], contents: any ChangeContents) {
        guard let blob = change.newBlob, change.operation != .delete, blob != change.oldBlob,
            change.newMode != 0o120000, change.newMode != 0o160000
        else { return nil }
        let before = change.oldMode == 0o120000 || change.oldMode == 0o160000 ? nil : change.oldBlob
        (self.change, self.blob, self.contents) = (change, blob, contents)
        self.origins = (before.map { [$0] } ?? []) + origins
    }

    convenience init?(_ change: Change, in subject: RuleSubject) {
        let origin = change.renamedFrom.flatMap { subject.blobsBefore[$0] }
        self.init(change, origins: origin.map { [$0] } ?? [], contents: subject.contents)
    }

    var path: RepoPath { change.path }

    private(set) lazy var reading = Self.read(blob, contents)

    /// The new bytes; `nil` where they cannot be had, which `UnreadContentRule` reports.
    var after: [UInt8]? { if case .bytes(let bytes) = reading { bytes } else { nil } }

    /// The bytes at the same path of the base; `nil` where there are none.
    private(set) lazy var before: [UInt8]? = {
        guard change.oldBlob != nil, let first = origins.first, first == change.oldBlob,
            case .bytes(let bytes) = Self.read(first, contents)
        else { return nil }
        return bytes
    }()

    /// What the base holds of this file, at its own path and at the one that it was moved from.
    private(set) lazy var ancestors: [[UInt8]] = origins.compactMap {
        if $0 == change.oldBlob { return before }
        if case .bytes(let bytes) = Self.read($0, contents) { return bytes }
        return nil
    }

    private static func read(_ blob: ObjectID, _ contents: any ChangeContents) -> Reading {
        do {
            return try contents.bytes(of: blob).map(Reading.bytes) ?? .tooLarge
        } catch { return .failed }
    }
}
