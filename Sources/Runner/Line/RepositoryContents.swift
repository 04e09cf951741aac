internal import Basics
internal import Enforcement
internal import Git
internal import Paths

/// Reads changed files for the rules.
struct RepositoryContents: ChangeContents {
    private static let limit = 4 << 20
    let repository: Repository

    func bytes(of blob: ObjectID) throws -> [UInt8]? {
        do throws(GitError) { return try repository.blob(blob, limit: Self.limit) } catch {
            if error.kind == .tooLarge { return nil }
            throw error
        }
    }

    func expect(_ blobs: [ObjectID]) throws { try repository.bring(blobs) }
}

/// Answers what a frozen tree holds, from the repository's objects.
struct FrozenTree: TreeQuestion {
    let repository: Repository
    let tree: ObjectID

    func item(at path: RepoPath) throws -> TreeItem? {
        guard let entry = try repository.entry(at: path, in: tree) else { return nil }
        return switch entry.kind {
        case .regular, .executable: .file(entry.id)
        case .symlink: .symlink(entry.id)
        case .directory: .directory
        default: .repository
        }
    }

    func names(in directory: RepoPath?) throws -> [[UInt8]] {
        guard let directory else { return try repository.entries(of: tree).map(\.name) }
        guard let entry = try repository.entry(at: directory, in: tree), entry.isDirectory else { return [] }
        return try repository.entries(of: entry.id).map(\.name)
    }
}
