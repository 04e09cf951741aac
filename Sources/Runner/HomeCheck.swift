package import Basics
internal import Journal

extension Context {
    /// Fails where it is not clear where Leviathan's home is.
    package func requireHomePath() throws(StageError) {
        guard !["LEVIATHAN_HOME", "HOME"].contains(where: { environment[$0]?.isEmpty == false }) else {
            return try requireJournalLocation()
        }
        throw StageError(
            .invalid, "it is not known where Leviathan keeps its files: neither LEVIATHAN_HOME nor HOME is set",
            hint: "set LEVIATHAN_HOME to a directory that only you can write")
    }

    /// Fails where the environment names a kind of journal that there is not, before anything is done.
    private func requireJournalLocation() throws(StageError) {
        do throws(JournalError) { _ = try journalLocation() } catch { throw StageError(.invalid, error) }
    }

    /// The same, and where others could put things into it.
    package func requireHome() throws(StageError) {
        try requireHomePath()
        do throws(FileError) {
            guard let status = try FileSystem.status(home), status.kind == .directory,
                status.permissions & 0o022 != 0
            else { return }
        } catch { throw StageError(.invalid, error) }
        throw StageError(
            .invalid, "others can write to Leviathan's home '\(home)'",
            causes: ["whoever can write there can make a run do what they want"],
            hint: "chmod go-w '\(home)', or set LEVIATHAN_HOME to a directory that only you can write")
    }
}
