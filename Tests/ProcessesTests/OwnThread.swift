import TestSupport
import Testing

/// Runs tests that wait for programs on threads of their own, so that the others keep theirs.
struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadExecutor()) { try await function() }
    }
}

extension Trait where Self == OwnThread {
    static var ownThread: OwnThread { OwnThread() }
}

private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        BackgroundThread.run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Everything about the fence, one test after the other: each starts many programs.
@Suite(.serialized, .ownThread) enum FenceTests {}
