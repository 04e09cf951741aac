package import Basics

/// Who schedules for a home: a control plane alone, or any number of runs beside one another.
package struct Leadership {
    private let path: String
    private let context: Context

    package init(_ context: Context) { (self.context, path) = (context, context.home + "/leader.lock") }

    /// The right to be the only one; `nil` while somebody else schedules.
    ///
    /// `place` is where people find this process.
    package func take(place: String) throws(StageError) -> FileLock? {
        do throws(FileError) {
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            guard let lock = try FileLock.take(path) else { return nil }
            try lock.describe(
                "leviathan serve at \(place), since \(context.clock.now().secondsText), by \(context.actor)\n")
            return lock
        } catch { throw StageError(.unexpected, error) }
    }

    /// The right to schedule beside other runs; refused, with its name, while a control plane does it alone.
    package func share() throws(StageError) -> FileLock {
        do throws(FileError) {
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            if let lock = try FileLock.take(path, .shared) { return lock }
        } catch { throw StageError(.unexpected, error) }
        throw StageError(
            .refusal, "the control plane of this home schedules already: " + holder(),
            hint: "let it do so, or start it with 'leviathan serve --no-scheduler'")
    }

    /// Who it is, in the words that the file holds.
    private func holder() -> String {
        let text =
            (try? FileSystem.read(path, limit: 4096)).map { String(decoding: $0, as: UTF8.self).trimmed } ?? ""
        return text.isEmpty ? "nobody wrote down who it is" : text
    }
}
