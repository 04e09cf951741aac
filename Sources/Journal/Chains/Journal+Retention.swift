internal import Basics
internal import Crypto
internal import SQLite

extension JournalStore {
    /// The targets that are held, each with the event that says so.
    package func holds() throws(JournalError) -> [(target: String, sequence: Int)] {
        var query = EventQuery()
        query.types = [.holdPlaced, .holdLifted]
        var holds: [String: Int] = [:]
        for event in try events(query) {
            guard let target = event.payload["held"]?.string else { continue }
            holds[target] = event.type == .holdPlaced ? holds[target] ?? event.sequence : nil
        }
        return holds.sorted { $0.key < $1.key }.map { (target: $0.key, sequence: $0.value) }
    }
}

/// What keeps events although they are old, and where they go when they are removed.
extension Journal {
    /// The last event that may be removed when holds are looked at, and the targets whose holds keep some.
    func held(_ last: Int) throws(JournalError) -> (last: Int, held: [String]) {
        var (bound, keeping): (Int, [String]) = (last, [])
        for hold in try holds() {
            let first = try database.number(
                "SELECT min(sequence) FROM events WHERE target = ?", [.text(hold.target)])
            // What says that it is held stays as well.
            let end = min(first ?? hold.sequence, hold.sequence) - 1
            guard end < last else { continue }
            keeping.append(hold.target)
            bound = min(bound, end)
        }
        return (bound, keeping)
    }

    /// Writes every event up to a place into a new file, which is on the disk when this returns.
    func archive(through last: Int, _ path: String) throws(JournalError) -> Digest {
        guard !FileSystem.exists(path) else { throw .file(FileError("create", path, SystemError.exists)) }
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file: TemporaryFile
        do throws(FileError) { file = try TemporaryFile(in: directory) } catch { throw .file(error) }
        var digest = SHA256()
        var failure: FileError?
        var query = EventQuery()
        query.through = last
        try export(query) { line in
            guard failure == nil else { return }
            digest.update(line)
            do throws(FileError) { try file.write(line) } catch { failure = error }
        }
        if let failure { throw .file(failure) }
        do throws(FileError) { try file.commit(as: path) } catch { throw .file(error) }
        return digest.finalize()
    }
}
