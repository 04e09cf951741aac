internal import Basics
internal import Glibc

/// Where things go that are to be removed: a rename is quick, and what a rename has taken away nobody finds half there.
struct Trash: Sendable {
    let directory: String
    let clock: Clock

    /// Takes something out of sight at once and removes it beside the caller.
    func take(_ path: String) throws(FileError) {
        guard let place = try hide(path) else { return }
        // What stays is removed by the next one who empties it.
        Workers.inBackground { try? Self.remove(place, in: directory) }
    }

    /// The same for room that is wanted back before anything else is done.
    func removeNow(_ path: String) throws(FileError) {
        if let place = try hide(path) { try Self.remove(place, in: directory) }
    }

    /// The name under which it waits; `nil` where there was nothing.
    private func hide(_ path: String) throws(FileError) -> String? {
        guard try FileSystem.status(path) != nil else { return nil }
        try FileSystem.createDirectory(directory)
        let name = "\(getpid())-\(clock.now().microsecondsSinceEpoch)-\(Counter.next())"
        // A directory that may not be written cannot be moved by anybody but root.
        if FileSystem.isDirectory(path) { _ = chmod(path, 0o700) }
        guard rename(path, directory + "/" + name) == 0 else { throw FileError("remove", path, errno) }
        return name
    }

    /// Removes what waits here; how many things there were.
    func empty() throws(WorkspaceError) -> Int {
        guard FileSystem.isDirectory(directory) else { return 0 }
        do throws(FileError) {
            let names = try FileSystem.list(directory)
            for name in names { try Self.remove(name, in: directory) }
            return names.count
        } catch { throw WorkspaceError(.storage, error) }
    }

    private static func remove(_ name: String, in directory: String) throws(FileError) {
        try Directory(path: directory).remove(Array(name.utf8))
    }
}
