internal import Basics
internal import Forges
internal import Git
internal import Glibc

/// Waits for references that another git has locked, and names a lock that stays.
struct ReferenceLocks {
    /// How often a locked reference is tried, in milliseconds.
    private static let pause: Int32 = 10

    private let repository: Repository
    private let context: Context

    init(_ repository: Repository, _ context: Context) { (self.repository, self.context) = (repository, context) }

    /// Sets a reference, as soon as no other git has it locked.
    func write(
        _ name: String, failing kind: StageError.Kind, _ body: () throws(GitError) -> Void
    ) throws(StageError) {
        let end = MonotonicTime.now + context.patience
        var hasWaited = false
        while true {
            do throws(GitError) { return try body() } catch {
                guard error.kind == .locked else { throw StageError(kind, error) }
                guard MonotonicTime.now < end else {
                    throw self.error(
                        kind, error.message, error.causes, lock: repository.commonDirectory + "/\(name).lock")
                }
            }
            if !hasWaited { context.observer.waiting() }
            hasWaited = true
            var wake = pollfd(fd: context.cancellation.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wake, 1, Self.pause)
            if context.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
        }
    }

    /// What git said, with the age and the owner of a lock that stays.
    func explained(_ error: DeliveryError) -> StageError {
        guard case .referenceLocked(let path)? = error.kind else { return StageError(error) }
        return self.error(.delivery, error.message, error.causes, lock: path)
    }

    private func error(
        _ kind: StageError.Kind, _ message: String, _ causes: [String], lock path: String
    ) -> StageError {
        var causes = causes
        do throws(FileError) {
            if let file = try LockFile(at: path) { causes.append(file.text(context.times)) }
        } catch { causes.append(error.description) }
        return StageError(kind, message, causes: causes, hint: GitCommandError.Kind.lockHint)
    }
}
