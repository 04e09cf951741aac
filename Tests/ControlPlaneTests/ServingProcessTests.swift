import API
import Basics
import Journal
import Runner
import TestSupport
import Testing

@testable import ControlPlane

/// Processes that serve one journal know of one another.
@Suite struct ServingProcessTests {
    private let shared = MemorySharedEntries()
    private let time = Box(Instant("2026-03-01T12:00:00Z")!)

    private func advance(_ seconds: Int) { time.change { $0 = $0 + .seconds(seconds) } }

    private func context(_ home: String) -> Context {
        let time = time
        return Context(
            environment: ["LEVIATHAN_HOME": home, "USER": "tester"], clock: Clock { time.value },
            zones: ZoneSource([:]), showsUTC: true, identifiers: .system, cancellation: Cancellation(),
            observer: .silent)
    }

    private func process(_ id: String, home: String) -> ServingProcesses.Process {
        ServingProcesses.Process(id: id, place: "http://\(id):8000", home: home, path: "/home/" + id)
    }

    @Test func oneThatSaysNothingIsGone() throws {
        let processes = ServingProcesses(shared, context("/nowhere").clock)
        try processes.announce(process("one", home: "h"))
        advance(50)
        try processes.announce(process("two", home: "h"))
        #expect(try processes.present().map(\.id) == ["one", "two"])
        advance(15)
        #expect(try processes.present().map(\.id) == ["two"])
        #expect(try !processes.isPresent("one") && processes.isPresent("two"))
        try processes.leave("two")
        #expect(try processes.present().isEmpty)
    }

    @Test func whoIsOfAnotherHomeIsAStranger() throws {
        let processes = ServingProcesses(shared, context("/nowhere").clock)
        try processes.announce(process("one", home: "h"))
        try processes.announce(process("two", home: "other"))
        #expect(try processes.strangers(to: "h").map(\.id) == ["two"])
    }

    @Test func aHomeHasOneName() throws {
        let (one, other) = (try TemporaryDirectory(), try TemporaryDirectory())
        #expect(try context(one.path).knownHomeName() == nil)
        let name = try context(one.path).homeName()
        #expect(try context(one.path).homeName() == name && context(one.path).knownHomeName() == name)
        #expect(try context(other.path).homeName() != name)
        #expect(try FileSystem.status(one.path + "/home-id")?.permissions == 0o600)
    }

    private func trigger(_ id: String) -> TriggerTable.Trigger {
        TriggerTable.Trigger(
            id: id, target: "shop", task: "t", isDryRun: false, actor: "kim", since: "2026-03-01T12:00:00Z")
    }

    /// One whose process is gone does not run any more, and says where to look.
    @Test func aTriggerEndsWithItsProcess() throws {
        let (dead, living) = (TriggerTable(shared, context("/one")), TriggerTable(shared, context("/one")))
        let processes = ServingProcesses(shared, context("/one").clock)
        try processes.announce(process(dead.process, home: "h"))
        #expect(try dead.begin(trigger("a")))
        #expect(try living.trigger("a")?["state"] == "running")
        advance(61)
        // Its own process knows better than its silence.
        #expect(try dead.trigger("a")?["state"] == "running")
        let ended = try living.trigger("a")
        #expect(ended?["state"] == "ended" && ended?["outcome"]?["outcome"] == "failed")
        #expect(ended?["outcome"]?["message"]?.string?.contains("is gone") == true)
        #expect(try living.trigger("a") == ended)
        // It was there after all: what it says last counts.
        try dead.end(trigger("a"), ["outcome": "delivered"])
        #expect(try living.trigger("a")?["outcome"]?["outcome"] == "delivered")
    }
}
