package import Basics
internal import Forges
internal import Git
internal import Model
package import Paths

/// Which files proposals touch, and who owns them at a base: read when a limit asks for it, and only once.
package final class TouchedFiles {
    private let readOwners: () throws(StageError) -> CodeOwners?
    private let readFiles: (ObjectID) -> [RepoPath]?
    private var codeOwners: CodeOwners??
    private var owners: [String: Set<String>] = [:]
    private var files: [ObjectID: [RepoPath]?] = [:]

    /// Nobody owns anything, and no commit is known.
    package static var none: TouchedFiles { TouchedFiles(codeOwners: nil) }

    /// Of a target that is in no repository: what its `CODEOWNERS` says, in GitHub's way.
    package init(codeOwners text: String?) {
        let known = text.map { CodeOwners(Array($0.utf8), .github) }
        readOwners = { () throws(StageError) in known }
        readFiles = { _ in nil }
    }

    /// The same owners, where something else tells what a commit changes.
    package init(_ other: TouchedFiles, files: @escaping (ObjectID) -> [RepoPath]?) {
        readOwners = { () throws(StageError) in try other.ownership() }
        readFiles = files
    }

    convenience init(_ repository: Repository, _ base: Base, _ forge: KnownForge?) {
        self.init(base, forge) { repository }
    }

    /// `repository` is asked for when something has to be read.
    init(_ base: Base, _ forge: KnownForge?, repository: @escaping () throws(GitError) -> Repository) {
        let kind = forge?.kind ?? .plain
        readOwners = { () throws(StageError) in
            do throws(GitError) { return try BaseFiles(try repository(), base.tree).codeOwners(kind) } catch {
                throw StageError(.unexpected, error)
            }
        }
        // A commit that cannot be read counts as whatever its task may touch, which holds more and never less.
        readFiles = { commit in try? repository().files(changedBy: commit) }
    }

    /// Everybody who may own a file that the task may touch.
    func owners(of task: BacklogTask) throws(StageError) -> Set<String> {
        guard let file = try ownership() else { return [] }
        if let found = owners[task.id] { return found }
        let found = task.allowedPaths.reduce(into: Set<String>()) { names, pattern in
            names.formUnion(file.owners(within: pattern).map(\.name))
        }
        owners[task.id] = found
        return found
    }

    /// Everybody who owns a file that a commit changes; `nil` where that is not known here.
    func owners(ofCommit commit: ObjectID?) throws(StageError) -> Set<String>? {
        guard let commit, let files = files(of: commit) else { return nil }
        guard let file = try ownership() else { return [] }
        return Set(files.flatMap { file.owners(of: $0).map(\.name) })
    }

    /// The files that a commit changes, but for the marks of tasks; `nil` where that is not known here.
    func files(of commit: ObjectID) -> [RepoPath]? {
        if let known = files[commit] { return known }
        let found = readFiles(commit)
        files[commit] = .some(found)
        return found
    }

    private func ownership() throws(StageError) -> CodeOwners? {
        if let codeOwners { return codeOwners }
        let file = try readOwners()
        codeOwners = .some(file)
        return file
    }
}

extension Repository {
    /// The files that differ from the commit's parent; the mark in the backlog is Leviathan's own.
    fileprivate func files(changedBy id: ObjectID) throws(GitError) -> [RepoPath]? {
        let commit = try commit(id)
        guard let parent = commit.parents.first, commit.parents.count == 1 else { return nil }
        let changes = try diff(from: try self.commit(parent).tree, to: commit.tree, countsLines: false)
        return changes.flatMap { [$0.old?.path, $0.new?.path] }.compactMap(\.self)
            .filter { $0.components.first != Array(".leviathan".utf8)[...] }
    }
}
