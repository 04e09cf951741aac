internal import Basics
internal import Git

/// What makes a slot a worktree for git: a directory that names the repository, and a file `.git` that names it.
///
/// Git finds the repository by `commondir`, wherever the directory lies, so that nothing is written into the repository.
///
/// An unfenced program may have written to all of it, so all of it is looked at: what does not belong there goes,
/// above all `config.worktree`, which can name programs to run.
struct SlotMetadata {
    private static let ownNames: Set<String> = ["HEAD", "commondir", "gitdir", "index"]

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
        try settle("commondir", commonDirectory + "\n", in: directory)
        try settle("gitdir", slot.tree + "/.git\n", in: directory)
        try settle(".git", "gitdir: \(slot.metadata)\n", in: tree)
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
