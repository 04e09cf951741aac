package import Basics
package import Contracts
package import Executors
package import Git
internal import Paths

/// The contract's files as they stand in a commit.
package struct CommitSource: ContractSource {
    private let repository: Repository
    private let tree: ObjectID

    package init(_ repository: Repository, tree: ObjectID) { (self.repository, self.tree) = (repository, tree) }

    package func read(_ path: String) throws(ContractSourceError) -> [UInt8]? {
        guard let entry = try entry(path) else { return nil }
        switch entry.kind {
        case .regular, .executable: break
        case .symlink: throw .symlink
        case .directory: throw .directory
        default: throw .notAFile
        }
        do throws(GitError) {
            return try repository.blob(entry.id, limit: contractFileLimit, beside: blobs)
        } catch {
            throw error.kind == .tooLarge
                ? .tooLarge(limit: contractFileLimit) : .unreadable(error.description, hint: error.hint)
        }
    }

    package func list(_ directory: String) throws(ContractSourceError) -> [String] {
        guard let entry = try entry(directory) else { return [] }
        guard entry.isDirectory else { throw .notAFile }
        do throws(GitError) {
            return try repository.entries(of: entry.id).map { String(decoding: $0.name, as: UTF8.self) }.sorted()
        } catch { throw .unreadable(error.description, hint: error.hint) }
    }

    /// Whether there is anything below `.leviathan/`.
    package func hasContract() throws(ContractSourceError) -> Bool {
        do { return try repository.entry(at: RepoPath(ContractLoader.directory), in: tree) != nil } catch {
            throw .unreadable("\(error)", hint: (error as? any ExplainedError)?.hint)
        }
    }

    /// Every file of the contract, as an object.
    func blobs() throws(GitError) -> [ObjectID] {
        guard let directory = try? RepoPath(ContractLoader.directory) else { return [] }
        return try repository.blobs(in: tree, under: directory)
    }

    /// The tree that every file of the contract is in; `nil` where it is something else, or cannot be read.
    var directory: ObjectID? {
        guard let path = try? RepoPath(ContractLoader.directory),
            let entry = try? repository.entry(at: path, in: tree), entry.isDirectory
        else { return nil }
        return entry.id
    }

    private func entry(_ path: String) throws(ContractSourceError) -> TreeEntry? {
        do {
            if let directory = try repository.entry(at: RepoPath(ContractLoader.directory), in: tree),
                directory.kind == .symlink
            {
                throw ContractSourceError.symlink
            }
            return try repository.entry(at: RepoPath(path), in: tree)
        } catch let error as ContractSourceError { throw error } catch {
            throw .unreadable("\(error)", hint: (error as? any ExplainedError)?.hint)
        }
    }
}

extension ExecutorCatalog {
    /// The executors for a base commit: those of this machine, and the plugins that the commit holds.
    package init(_ checkout: TargetCheckout, _ base: Base, _ context: Context) throws(StageError) {
        let names: [String]
        do throws(ContractSourceError) {
            names = try CommitSource(checkout.repository, tree: base.tree).list(Self.pluginDirectory)
        } catch {
            throw StageError(
                .invalid, "the plugins of \(base.name) in \(Self.pluginDirectory) cannot be listed",
                causes: [error.description], hint: error.hint)
        }
        self.init(searchPath: context.environment["PATH"], repositoryFiles: names)
    }
}

/// The contract's files as they stand in a working directory, committed or not.
package struct DirectorySource: ContractSource {
    private let root: String

    package init(root: String) { self.root = root }

    package func read(_ path: String) throws(ContractSourceError) -> [UInt8]? {
        guard try status(ContractLoader.directory)?.kind != .symlink else { throw .symlink }
        guard let status = try status(path) else { return nil }
        switch status.kind {
        case .file: break
        case .symlink: throw .symlink
        case .directory: throw .directory
        case .other: throw .notAFile
        }
        guard status.size <= contractFileLimit else { throw .tooLarge(limit: contractFileLimit) }
        do throws(FileError) { return try FileSystem.read(root + "/" + path, limit: contractFileLimit) } catch {
            throw .unreadable(error.causes.joined())
        }
    }

    package func list(_ directory: String) throws(ContractSourceError) -> [String] {
        guard let status = try status(directory) else { return [] }
        guard status.kind == .directory else { throw status.kind == .symlink ? .symlink : .notAFile }
        do throws(FileError) { return try FileSystem.list(root + "/" + directory) } catch {
            throw .unreadable(error.causes.joined())
        }
    }

    package func hasContract() throws(ContractSourceError) -> Bool {
        try status(ContractLoader.directory) != nil
    }

    private func status(_ path: String) throws(ContractSourceError) -> FileSystem.Status? {
        do throws(FileError) { return try FileSystem.status(root + "/" + path) } catch {
            throw .unreadable(error.causes.joined())
        }
    }
}

/// The contract's files with one of them as it is going to be.
struct ChangedSource<Base: ContractSource>: ContractSource {
    let base: Base
    let path: String
    let bytes: [UInt8]

    func read(_ path: String) throws(ContractSourceError) -> [UInt8]? {
        path == self.path ? bytes : try base.read(path)
    }

    func list(_ directory: String) throws(ContractSourceError) -> [String] {
        let names = try base.list(directory)
        guard path.hasPrefix(directory + "/") else { return names }
        let name = String(path.dropFirst(directory.count + 1))
        return name.contains("/") ? names : Set(names + [name]).sorted()
    }
}
