import Basics
import Model
import Testing

/// What few tasks have lies apart from them, and nobody can tell.
@Suite struct BoxedTests {
    @Test func comparesByWhatIsInside() {
        var (task, same) = (BacklogTask(id: "a"), BacklogTask(id: "a"))
        task.limits.maxFiles = 3
        task.outcome.branch = "agent/a"
        #expect(task != same)
        same.limits.maxFiles = 3
        same.outcome.branch = "agent/a"
        #expect(task == same && task.hashValue == same.hashValue)
        task.limits.maxFiles = nil
        task.outcome.branch = nil
        #expect(task == BacklogTask(id: "a") && task.hashValue == BacklogTask(id: "a").hashValue)
        #expect(same.limits.maxFiles == 3)
    }

    @Test func aTaskStaysSmall() { #expect(MemoryLayout<BacklogTask>.stride <= 280) }
}
