internal import Basics
internal import Synchronization

/// Remembers the first write that failed, so that no command ends as if everything had been said.
final class OutputFailure: Sendable {
    private let first = Mutex<FileError?>(nil)

    var error: FileError? { first.withLock { $0 } }

    func remember(_ error: FileError) { first.withLock { $0 = $0 ?? error } }
}
