package import Basics
internal import Crypto

/// Keeps logs, diffs and transcripts under the digest of their content, and gives out nothing that has another one.
package protocol ArtifactStore: Sendable {
    /// Keeps bytes; they are there, whatever happens, when this returns.
    @discardableResult func store(_ bytes: [UInt8], limit: Int) throws(ArtifactError) -> StoredArtifact

    func holds(_ digest: Digest) throws(ArtifactError) -> Bool

    /// The content, once it is proved to be what the name says.
    func read(_ digest: Digest, limit: Int) throws(ArtifactError) -> [UInt8]

    /// What is wrong with the content of a digest; `nil` when it is what its name says.
    func problem(with digest: Digest) -> ArtifactError?
}

/// Artifacts as files that are named by their content: `artifacts/ab/<sha256>`.
package struct ArtifactFiles: ArtifactStore {
    /// No artifact is larger.
    package static let fileLimit = 1 << 30

    package let root: String

    package init(root: String) { self.root = root }

    package func path(of digest: Digest) -> String { "\(root)/\(digest.hex.prefix(2))/\(digest.hex)" }

    /// Takes bytes piece by piece; nothing is there before `finish`.
    package func writer(limit: Int = fileLimit) throws(ArtifactError) -> ArtifactWriter {
        try ArtifactWriter(store: self, limit: limit)
    }

    @discardableResult
    package func store(_ bytes: [UInt8], limit: Int = fileLimit) throws(ArtifactError) -> StoredArtifact {
        let writer = try writer(limit: limit)
        try writer.write(bytes)
        return try writer.finish()
    }

    /// The content, once it is proved to be what the name says.
    package func read(_ digest: Digest, limit: Int = fileLimit) throws(ArtifactError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path(of: digest), limit: limit) } catch {
            throw error.isNotFound ? .missing(digest) : .file(error)
        }
        guard SHA256.digest(of: bytes) == digest else { throw .altered(digest) }
        return bytes
    }

    package func holds(_ digest: Digest) throws(ArtifactError) -> Bool {
        do throws(FileError) { return try FileSystem.status(path(of: digest)) != nil } catch { throw .file(error) }
    }

    /// What is wrong with the file of a digest; `nil` when it holds what its name says.
    package func problem(with digest: Digest) -> ArtifactError? {
        var hash = SHA256()
        do throws(FileError) {
            try FileSystem.readPieces(path(of: digest)) { hash.update($0) }
        } catch { return error.isNotFound ? .missing(digest) : .file(error) }
        return hash.finalize() == digest ? nil : .altered(digest)
    }

    /// Removes what nothing refers to and what unfinished writers left, when it was last written before `cutoff`.
    ///
    /// Returns what was (or with `isDryRun` would be) removed.
    package func collectGarbage(
        olderThan cutoff: Instant, isDryRun: Bool = false, isReachable: (Digest) -> Bool
    ) throws(ArtifactError) -> [String] {
        var removed: [String] = []
        do throws(FileError) {
            guard FileSystem.isDirectory(root) else { return [] }
            for directory in try FileSystem.list(root) where FileSystem.isDirectory(root + "/" + directory) {
                for name in try FileSystem.list("\(root)/\(directory)") {
                    let path = "\(root)/\(directory)/\(name)"
                    if let digest = Digest(hex: name), isReachable(digest) { continue }
                    guard let status = try FileSystem.status(path), status.kind == .file, status.modified < cutoff
                    else {
                        continue
                    }
                    if !isDryRun { try FileSystem.removeTree(path) }
                    removed.append(name)
                }
            }
        } catch { throw .file(error) }
        return removed
    }
}

/// A file of the store.
package struct StoredArtifact: Hashable, Sendable {
    package let digest: Digest
    package let bytes: Int

    package init(digest: Digest, bytes: Int) { (self.digest, self.bytes) = (digest, bytes) }
}

/// One artifact on its way into the store.
package final class ArtifactWriter {
    private let store: ArtifactFiles
    private let file: TemporaryFile
    private let limit: Int
    private var hash: SHA256? = SHA256()
    private var count = 0

    init(store: ArtifactFiles, limit: Int) throws(ArtifactError) {
        (self.store, self.limit) = (store, limit)
        do throws(FileError) {
            try FileSystem.createDirectory(store.root + "/incoming", permissions: 0o700)
            file = try TemporaryFile(in: store.root + "/incoming")
        } catch { throw .file(error) }
    }

    package func write(_ bytes: [UInt8]) throws(ArtifactError) {
        count += bytes.count
        guard count <= limit else { throw .tooLarge(limit: limit) }
        hash?.update(bytes)
        do throws(FileError) { try file.write(bytes) } catch { throw .file(error) }
    }

    /// Gives the file its name; it and the name are on the disk when this returns.
    package func finish() throws(ArtifactError) -> StoredArtifact {
        guard let digest = hash.take()?.finalize() else { throw .finished }
        let path = store.path(of: digest)
        do throws(FileError) {
            try FileSystem.createDirectory(String(path.dropLast(65)), permissions: 0o700)
            try file.commit(as: path)
        } catch { throw .file(error) }
        return StoredArtifact(digest: digest, bytes: count)
    }
}

/// An artifact that cannot be stored or read.
package enum ArtifactError: ExplainedError, Equatable {
    case missing(Digest)
    /// The file does not hold what its name says.
    case altered(Digest)
    case tooLarge(limit: Int)
    case finished
    case file(FileError)
    /// A store elsewhere that could not be asked, or refused.
    case remote(String)

    package var message: String {
        switch self {
        case .missing(let digest): "the artifact \(digest.hex) is not in the store"
        case .altered(let digest): "the artifact \(digest.hex) was altered: its content has another digest"
        case .tooLarge(let limit): "an artifact may have at most \(SizeText.text(limit))"
        case .finished: "the artifact was finished already"
        case .file(let error): error.message
        case .remote(let reason): reason
        }
    }

    package var causes: [String] { if case .file(let error) = self { error.causes } else { [] } }
    package var hint: String? { if case .altered = self { "restore it from a backup" } else { nil } }
}
