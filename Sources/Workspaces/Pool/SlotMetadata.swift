internal import Basics
internal import Git

/// What makes a slot a worktree for git: a directory below the repository's `worktrees/`, and a file `.git`.
///
/// An unfenced program may have written to all of it, so all of it is looked at: what does not belong there goes,
/// above all `config.worktree`, which can name programs to run.
struct SlotMetadata {
    private static let ownNames: Set<String> = ["HEAD", "commondir", "gitdir", "index"]

    let slot: SlotPlace

    /// Makes everything but the index what it should be.
    func settle(commit: ObjectID, in tree: Directory) throws(FileError) {
        try FileSystem.createDirectory(slot.metadata)
        let directory = try Directory(path: slot.metadata)
        for name in try directory.names() where !Self.ownNames.contains(String(decoding: name, as: UTF8.self)) {
            try directory.remove(name)
        }
        try settle("HEAD", commit.hex + "\n", in: directory)
        try settle("commondir", "../..\n", in: directory)
        try settle("gitdir", slot.tree + "/.git\n", in: directory)
        try settle(".git", "gitdir: \(slot.metadata)\n", in: tree)
    }

    func writeIndex(_ record: SlotRecord, of target: SlotTarget) throws(FileError) {
        let index = GitIndex.encoded(record, submodules: target.submodules)
        try Directory(path: slot.metadata).replace("index", index)
    }

    /// What tells whether somebody has changed the index since.
    var indexMark: String? {
        guard let directory = try? Directory(path: slot.metadata),
            let status = try? directory.status(Array("index".utf8)), status.isRegular
        else { return nil }
        return "\(status.inode)-\(status.changed)-\(status.size)"
    }

    private func settle(_ name: String, _ text: String, in directory: Directory) throws(FileError) {
        let bytes = Array(text.utf8)
        let current = try? directory.read(Array(name.utf8), limit: 4096)
        if current?.bytes == bytes, current?.status.permissions ?? 0 & 0o022 == 0 { return }
        if try directory.status(Array(name.utf8))?.isDirectory == true { try directory.remove(Array(name.utf8)) }
        try directory.replace(name, bytes)
    }
}
