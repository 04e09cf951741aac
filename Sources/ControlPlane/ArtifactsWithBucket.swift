internal import Basics
internal import Journal
internal import ObjectStorage

/// What attempts of this machine keep in the home, and what everybody else keeps in a bucket.
struct ArtifactsWithBucket: ArtifactStore {
    let files: ArtifactFiles
    let bucket: ArtifactBucket

    @discardableResult
    func store(_ bytes: [UInt8], limit: Int) throws(ArtifactError) -> StoredArtifact {
        try bucket.store(bytes, limit: limit)
    }

    func holds(_ digest: Digest) throws(ArtifactError) -> Bool {
        if try files.holds(digest) { return true }
        return try bucket.holds(digest)
    }

    func read(_ digest: Digest, limit: Int) throws(ArtifactError) -> [UInt8] {
        try files.holds(digest) ? try files.read(digest, limit: limit) : try bucket.read(digest, limit: limit)
    }

    func problem(with digest: Digest) -> ArtifactError? {
        switch files.problem(with: digest) {
        case .missing: bucket.problem(with: digest)
        case let found: found
        }
    }
}
