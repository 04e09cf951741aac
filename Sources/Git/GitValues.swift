package import Basics
internal import CLibGit2
package import Paths

/// What kind of thing a tree entry names.
package enum FileMode: UInt32, Sendable {
    case regular = 0o100644
    case executable = 0o100755
    case symlink = 0o120000
    case directory = 0o040000
    case submodule = 0o160000
}

/// One entry of a tree.
package struct TreeEntry: Hashable, Sendable {
    /// The name, as bytes: git knows no encoding.
    package let name: [UInt8]
    package let id: ObjectID
    package let mode: UInt32

    package var kind: FileMode? { FileMode(rawValue: mode) }
    package var isDirectory: Bool { kind == .directory }
    /// Whether its content is a blob of this repository.
    package var isBlob: Bool { kind == .regular || kind == .executable || kind == .symlink }
}

/// An edit of a tree.
package enum TreeEdit: Sendable {
    case upsert(RepoPath, ObjectID, FileMode)
    case remove(RepoPath)

    package var path: RepoPath {
        switch self {
        case .upsert(let path, _, _), .remove(let path): path
        }
    }
}

/// A name for an object, or for another name.
package struct Reference: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case object(ObjectID)
        case symbolic(String)
    }

    package let name: String
    package let target: Target
    /// The object at the end of the chain; `nil` when a symbolic reference points to nothing.
    package let objectID: ObjectID?
}

/// Who did something, and when.
package struct Signature: Hashable, Sendable {
    package let name: String
    package let email: String
    /// To the second.
    package let time: Instant
    package let offsetMinutes: Int

    package init(name: String, email: String, time: Instant, offsetMinutes: Int = 0) {
        (self.name, self.email, self.time, self.offsetMinutes) = (name, email, time, offsetMinutes)
    }

    init(_ raw: UnsafePointer<git_signature>) {
        name = String(cString: raw.pointee.name)
        email = String(cString: raw.pointee.email)
        time = Instant(secondsSinceEpoch: raw.pointee.when.time)
        offsetMinutes = Int(raw.pointee.when.offset)
    }

    func withPointer<Result>(
        _ body: (UnsafePointer<git_signature>) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        var raw: UnsafeMutablePointer<git_signature>?
        try check("use the identity '\(name) <\(email)>'") {
            git_signature_new(&raw, name, email, time.secondsSinceEpoch, Int32(offsetMinutes))
        }
        defer { git_signature_free(raw) }
        return try body(UnsafePointer(raw!))
    }
}

/// A commit's facts.
package struct Commit: Hashable, Sendable {
    package let id: ObjectID
    package let tree: ObjectID
    package let parents: [ObjectID]
    package let author: Signature
    package let committer: Signature
    package let message: String

    /// The value of a trailer in the message's last paragraph.
    package func trailer(_ name: String) -> String? { trailers(name).last }

    /// Every value of a trailer in the message's last paragraph, as written.
    package func trailers(_ name: String) -> [String] { Self.trailers(name, in: message) }

    /// The same of a message that nobody has committed yet.
    package static func trailers(_ name: String, in message: String) -> [String] {
        let paragraphs = message.split(separator: "\n", omittingEmptySubsequences: false).reversed()
            .drop { $0.isEmpty }.prefix { !$0.isEmpty }
        let lines = paragraphs.reversed().filter { $0.hasPrefix(name + ": ") }
        return lines.map { String($0.dropFirst(name.count + 2)) }
    }
}

extension ObjectID {
    init(_ raw: git_oid) { self = withUnsafeBytes(of: raw.id) { ObjectID(raw: $0) } ?? .zero }

    var raw: git_oid {
        var value = git_oid()
        withUnsafeMutableBytes(of: &value.id) { $0.copyBytes(from: bytes) }
        return value
    }
}
