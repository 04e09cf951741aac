internal import Basics
internal import Synchronization

/// The server of a fake forge, with the state that it keeps.
package final class FakeHost<State: Sendable>: Sendable {
    package typealias Answer = @Sendable (HTTPTestRequest, FakeFaults, inout State) -> HTTPTestReply

    /// Outlives the host until the last of the server's threads ends.
    private final class Memory: Sendable {
        let faults = FakeFaults()
        let state: Mutex<State>

        init(_ state: sending State) { self.state = Mutex(state) }
    }

    private let memory: Memory
    private let server: HTTPTestServer

    init(_ state: sending State, _ answer: @escaping Answer) throws {
        let memory = Memory(state)
        self.memory = memory
        server = try HTTPTestServer { request in
            memory.faults.serve(request) { request in
                memory.state.withLock { state in answer(request, memory.faults, &state) }
            }
        }
    }

    var faults: FakeFaults { memory.faults }
    var url: String { server.url }
    var requests: [HTTPTestRequest] { server.requests }

    func change<Result: Sendable>(_ body: (inout State) -> sending Result) -> Result {
        memory.state.withLock { state in body(&state) }
    }

    func stop() { server.stop() }
}

/// A fake forge: a real server that keeps state and refuses what is not documented.
package protocol FakeForge: Sendable {
    associatedtype State: Sendable
    var host: FakeHost<State> { get }
}

extension FakeForge {
    package var faults: FakeFaults { host.faults }
    package var url: String { host.url }
    package var requests: [HTTPTestRequest] { host.requests }
    package var state: State { host.change { $0 } }

    @discardableResult
    package func change<Result: Sendable>(_ body: (inout State) -> sending Result) -> Result { host.change(body) }

    package func stop() { host.stop() }
}

/// What a fake forge counts: the first one is number 1.
package protocol FakeNumbered: Sendable {
    var number: Int { get set }
}

extension Array where Element: FakeNumbered {
    /// Adds one more under the next number, and answers the number.
    mutating func number(_ one: Element) -> Int {
        var one = one
        one.number = count + 1
        append(one)
        return one.number
    }
}

/// Branches of a bare repository that stands behind a fake forge.
enum FakeBranches {
    /// Where a branch stands, as it was pushed there.
    static func pushed(_ branch: String, _ directory: String?) -> String? {
        guard let directory, let bytes = try? FileSystem.read("\(directory)/refs/heads/\(branch)", limit: 100)
        else {
            return nil
        }
        return String(decoding: bytes.prefix(40), as: UTF8.self)
    }
}
