internal import Basics
internal import Synchronization

/// Something that threads write to.
package final class Gathered<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    package init() {}

    package func add(_ value: Value) { values.withLock { $0.append(value) } }

    package var all: [Value] { values.withLock { $0 } }
}

/// Runs bodies on threads of their own and waits for all of them.
package func concurrently(_ count: Int, seconds: Int32 = 60, _ body: @escaping @Sendable (Int) -> Void) {
    let gates = (0..<count).map { _ in TestGate() }
    for index in 0..<count {
        BackgroundThread.run {
            body(index)
            gates[index].open()
        }
    }
    for gate in gates { gate.wait(seconds: seconds) }
}
