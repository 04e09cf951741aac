internal import Basics
internal import Git

/// What makes a slot a worktree for git: a directory that names the repository, and a file `.git` that names it.
///
/// Git finds the repository by `commondir`, wherever the directory lies, so that nothing is written into the repository.
/// What it finds is a directory of the slot with links to objects and references alone: the user's own configuration,
/// with its credentials and what it includes, is out of the way of whatever runs in the checkout.
///
/// An unfenced program may have written to all of it, so all of it is looked at: what does not belong there goes,
/// above all `config.worktree`, which can name programs to run.
struct SlotMetadata {
    private static let ownNames: Set<String> = ["HEAD", "commondir", "gitdir", "index"]
    private static let configuration = """
        [core]
        \trepositoryformatversion = 0
        \tbare = false

        """

    let slot: SlotLayout
    /// The directory of git that all worktrees of the repository share.
    let commonDirectory: String

    /// Makes everything but the index what it should be.
    func settle(commit: ObjectID, in tree: Directory) throws(FileError) {
        try FileSystem.createDirectory(slot.metadata)
        let directory = try Directory(path: slot.metadata)
        for name in try directory.names() where !Self.ownNames.contains(String(decoding: name, as: UTF8.self)) {
            try directory.remove(name)
        }
        try settle("HEAD", commit.hex + "\n", in: directory)
        try settle("commondir", slot.repository + "\n", in: directory)
        try settle("gitdir", slot.tree + "/.git\n", in: directory)
        try settle(".git", "gitdir: \(slot.metadata)\n", in: tree)
        try settleRepository()
    }

    private func settleRepository() throws(FileError) {
        try FileSystem.createDirectory(slot.repository + "/worktrees")
        let directory = try Directory(path: slot.repository)
        let own = Set(RepositoryParts.shared + ["config", "worktrees"])
        for name in try directory.names() where !own.contains(String(decoding: name, as: UTF8.self)) {
            try directory.remove(name)
        }
        try settle("config", Self.configuration, in: directory)
        for name in RepositoryParts.shared {
            try settleLink(name, to: commonDirectory + "/" + name, in: directory)
        }
        try settleLink("self", to: slot.metadata, in: Directory(path: slot.repository + "/worktrees"))
    }

    private func settleLink(_ name: String, to target: String, in directory: Directory) throws(FileError) {
        let (name, target) = (Array(name.utf8), Array(target.utf8))
        if directory.linkTarget(name) == target { return }
        if try directory.status(name) != nil { try directory.remove(name) }
        try directory.writeSymlink(name, to: target)
    }

    func writeIndex(_ record: SlotRecord, of target: SlotTarget) throws(FileError) {
        let index = GitIndex.encoded(record, submodules: target.submodules)
        try Directory(path: slot.metadata).replace("index", index)
    }

    /// What tells whether somebody has changed the index since.
    func indexMark() throws(FileError) -> String? {
        guard FileSystem.isDirectory(slot.metadata),
            let status = try Directory(path: slot.metadata).status(Array("index".utf8)), status.isRegular
        else { return nil }
        return "\(status.inode)-\(status.changed)-\(status.size)"
    }

    private func settle(_ name: String, _ text: String, in directory: Directory) throws(FileError) {
        let bytes = Array(text.utf8)
        // What cannot be read is written anew.
        let current = try? directory.read(Array(name.utf8), limit: 4096)
        if current?.bytes == bytes, current?.status.permissions ?? 0 & 0o022 == 0 { return }
        if try directory.status(Array(name.utf8))?.isDirectory == true { try directory.remove(Array(name.utf8)) }
        try directory.replace(name, bytes)
    }
}

/// What git reads of a repository to show history and what has changed; nothing of it holds anybody's credentials.
package enum RepositoryParts {
    package static let shared = ["HEAD", "objects", "refs", "packed-refs", "info", "shallow"]
}
