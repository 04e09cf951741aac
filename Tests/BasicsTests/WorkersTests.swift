import Basics
import Glibc
import Synchronization
import Testing

@Suite struct WorkersTests {
    @Test(arguments: [1, 2, 7, 100]) func resultsKeepTheirOrder(atOnce: Int) {
        #expect(Workers.map(50, atOnce: atOnce) { $0 * $0 } == (0..<50).map { $0 * $0 })
        #expect(Workers.map(0, atOnce: atOnce) { $0 } == [])
    }

    /// Two pieces that wait for each other can only end when both are worked on at once.
    @Test(.timeLimit(.minutes(60))) func piecesRunAtTheSameTime() {
        let arrived = Atomic(0)
        let results = Workers.map(3, atOnce: 3) { index in
            arrived.add(1, ordering: .sequentiallyConsistent)
            while arrived.load(ordering: .sequentiallyConsistent) < 3 { sched_yield() }
            return index
        }
        #expect(results == [0, 1, 2])
    }

    @Test func neverMoreAtOnceThanAllowed() {
        let running = Atomic(0)
        let most = Mutex(0)
        _ = Workers.map(64, atOnce: 2) { _ in
            let now = running.add(1, ordering: .sequentiallyConsistent).newValue
            most.withLock { $0 = max($0, now) }
            running.subtract(1, ordering: .sequentiallyConsistent)
        }
        #expect(most.withLock { $0 } <= 2)
    }
}

@Suite struct CancellationTests {
    @Test func aFollowerIsCancelledWithItsLeader() {
        let leader = Cancellation()
        let (early, alone) = (Cancellation(following: leader), Cancellation(following: leader))
        alone.cancel()
        #expect(!leader.isCancelled && !early.isCancelled)
        leader.cancel()
        #expect(early.isCancelled)
        #expect(Cancellation(following: leader).isCancelled)
    }
}
