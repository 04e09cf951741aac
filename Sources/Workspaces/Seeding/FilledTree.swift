package import Basics
package import Git
internal import Model
package import Paths

/// A tree with submodules as if their files were its own, from objects that are on this machine already.
package struct FilledTree {
    /// Where submodules of a repository, and of theirs, may lie.
    package struct Places {
        /// The user's checkout and the directories of git beside which `modules` lie.
        let checkout: String
        let gitDirectories: [String]
        /// Takes the trees that are made: they would look broken in the repository itself.
        let store: String

        package init(of repository: Repository, checkout: String, store: String) {
            (self.checkout, self.store) = (checkout, store)
            gitDirectories = [repository.gitDirectory, repository.commonDirectory]
        }
    }

    /// What to check out.
    package let tree: ObjectID
    /// Finds the objects of the submodules too; what belongs to a commit must not be written through it.
    package let repository: Repository
    /// The submodules that are filled, each with its commit.
    package private(set) var submodules: [RepoPath: ObjectID] = [:]
    /// Those that are not, and why; one line each.
    package private(set) var notes: [String] = []

    /// A tree as it is, its submodules empty.
    package init(_ tree: ObjectID, of repository: Repository) { (self.tree, self.repository) = (tree, repository) }

    package init(_ tree: ObjectID, of repository: Repository, from places: Places) throws(WorkspaceError) {
        do throws(GitError) {
            self.repository = try repository.reader(storingIn: places.store)
            var filling = SubmoduleFilling(self.repository)
            self.tree = try filling.fill(
                tree, at: nil, checkout: places.checkout, gitDirectories: places.gitDirectories, depth: 0)
            (submodules, notes) = (filling.filled, filling.notes)
        } catch { throw WorkspaceError(.objects, error) }
    }

    /// Takes from a scan of this tree what lies in submodules: no task can change them.
    package func refusingSubmodules(_ changes: ScannedChanges) -> ScannedChanges {
        guard !submodules.isEmpty else { return changes }
        var kept = changes
        kept.edits = []
        for edit in changes.edits {
            guard let place = submodule(around: edit.path) else {
                kept.edits.append(edit)
                continue
            }
            kept.refusals.append(
                Violation(
                    "submodule", path: edit.path,
                    "'\(edit.path)' lies in the submodule '\(place)', which belongs to another repository",
                    hint: "change it there; generated files belong in its .gitignore, or under sandbox.scratch"))
        }
        return kept
    }

    private func submodule(around path: RepoPath) -> RepoPath? {
        submodules.keys.first { path == $0 || path.bytes.starts(with: $0.bytes + [RepoPath.separator]) }
    }
}

/// Puts the trees of submodules in the place of their commits, theirs first.
private struct SubmoduleFilling {
    private static let depthLimit = 10
    private static let countLimit = 1000
    private static let fileLimit = 1 << 20

    private let repository: Repository
    private var count = 0
    var filled: [RepoPath: ObjectID] = [:]
    var notes: [String] = []

    init(_ repository: Repository) { self.repository = repository }

    mutating func fill(
        _ tree: ObjectID, at prefix: RepoPath?, checkout: String, gitDirectories: [String], depth: Int
    ) throws(GitError) -> ObjectID {
        var edits: [TreeEdit] = []
        for (path, name) in try names(in: tree).sorted(by: { $0.key < $1.key }) {
            guard let inside = try? RepoPath(path), let entry = try repository.entry(at: inside, in: tree),
                entry.kind == .submodule
            else { continue }
            let whole = try prefix.map { (prefix) throws(GitError) in try Self.join(prefix, inside) } ?? inside
            guard depth < Self.depthLimit, count < Self.countLimit else {
                note(whole, "there are too many submodules, or too many inside each other")
                continue
            }
            let directories = Self.directories(of: name, at: path, checkout, gitDirectories)
            guard let content = try content(of: entry.id, in: directories) else {
                note(
                    whole,
                    "its commit \(entry.id.short) is not on this machine: 'git submodule update --init' gets it"
                )
                continue
            }
            count += 1
            if depth == 0 { filled[whole] = entry.id }
            let full = try fill(
                content, at: whole, checkout: checkout + "/" + path, gitDirectories: directories, depth: depth + 1)
            edits.append(.upsert(inside, full, .directory))
        }
        return edits.isEmpty ? tree : try repository.tree(updating: tree, with: edits)
    }

    private mutating func note(_ path: RepoPath, _ problem: String) {
        notes.append("the submodule '\(path)' is empty: \(problem)")
    }

    private static func join(_ prefix: RepoPath, _ path: RepoPath) throws(GitError) -> RepoPath {
        guard let joined = try? RepoPath("\(prefix)/\(path)") else {
            throw GitError(.conflict, "fill the submodule '\(path)'", reason: "its path is too long")
        }
        return joined
    }

    private func names(in tree: ObjectID) throws(GitError) -> [String: String] {
        guard let path = try? RepoPath(".gitmodules"), let entry = try repository.entry(at: path, in: tree),
            entry.kind == .regular || entry.kind == .executable
        else { return [:] }
        let text = try repository.blob(entry.id, limit: Self.fileLimit)
        return SubmoduleNames.byPath(in: String(decoding: text, as: UTF8.self))
    }

    /// Where git keeps a submodule's objects: below `modules` by its name, or, long ago, in the checkout itself.
    private static func directories(
        of name: String, at path: String, _ checkout: String, _ gitDirectories: [String]
    ) -> [String] {
        var found: [String] = []
        // a name is no path, but git uses it as one
        if let safe = try? RepoPath(name) {
            for directory in gitDirectories {
                let modules = directory + "/modules"
                if let real = FileSystem.realPath("\(modules)/\(safe)"), let root = FileSystem.realPath(modules),
                    real.hasPrefix(root + "/")
                {
                    found.append(real)
                }
            }
        }
        if let real = FileSystem.realPath("\(checkout)/\(path)/.git"), FileSystem.isDirectory(real),
            real.hasPrefix(checkout + "/")
        {
            found.append(real)
        }
        return found
    }

    /// The tree of a commit that one of the directories has the objects of.
    private func content(of commit: ObjectID, in directories: [String]) throws(GitError) -> ObjectID? {
        for directory in directories where FileSystem.isDirectory(directory + "/objects") {
            try repository.readObjects(in: directory + "/objects")
            if try repository.holds(commit) { return try repository.commit(commit).tree }
        }
        return nil
    }
}
