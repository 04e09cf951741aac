package import Basics
package import Paths

/// What differs between two trees, file by file.
package struct FileDelta: Hashable, Sendable {
    package enum Status: Hashable, Sendable { case added, deleted, modified, renamed, typeChanged }

    package struct Side: Hashable, Sendable {
        package let path: RepoPath
        package let id: ObjectID
        package let mode: UInt32
    }

    package let status: Status
    /// `nil` for an added file.
    package let old: Side?
    /// `nil` for a deleted file.
    package let new: Side?
    package let isBinary: Bool
    package let added: Int
    package let removed: Int
}

/// A patch as text, cut where it passed its limit.
package struct PatchText: Sendable {
    package let bytes: [UInt8]
    package let isComplete: Bool

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
