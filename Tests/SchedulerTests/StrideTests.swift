import Basics
import Model
import Testing

@testable import Scheduler

/// Whose turn it is.
@Suite struct StrideTests {
    private func grants(_ count: Int, _ weights: [String: Int]) -> [String: Int] {
        var (stride, granted) = (Stride(), [String: Int]())
        for _ in 0..<count {
            stride.update(weights)
            guard let name = stride.first(among: weights.keys) else { continue }
            stride.grant(name, weight: weights[name] ?? 1)
            granted[name, default: 0] += 1
        }
        return granted
    }

    @Test func turnsComeByWeight() {
        #expect(grants(700, ["a": 1, "b": 2, "c": 4]) == ["a": 100, "b": 200, "c": 400])
        #expect(grants(17, ["heavy": 16, "light": 1]) == ["heavy": 16, "light": 1])
    }

    @Test(arguments: [0, -3, 17, 1000]) func aWeightOutOfRangeIsTakenAsItsEnd(weight: Int) {
        #expect(grants(34, ["a": weight, "b": 1]).values.allSatisfy { $0 >= 1 })
    }

    @Test func idleTimeEarnsNothing() {
        var stride = Stride()
        for _ in 0..<1000 {
            stride.update(["busy": 1])
            stride.grant("busy", weight: 1)
        }
        var granted: [String] = []
        for _ in 0..<10 {
            stride.update(["busy": 1, "idle": 1])
            let name = stride.first(among: ["busy", "idle"]) ?? ""
            stride.grant(name, weight: 1)
            granted.append(name)
        }
        #expect(granted.filter { $0 == "idle" }.count == 5)
    }

    @Test func whoWaitsKeepsItsPlaceAcrossProcesses() throws {
        let waiting = ["a", "b"].map { WaitingTarget(name: $0, weight: 1, classes: [.medium]) }
        var (fairness, granted) = (Fairness(), [String]())
        for _ in 0..<6 {
            fairness.update(waiting)
            let next = try #require(fairness.next(waiting))
            fairness.grant(next.target, next.priority)
            granted.append(next.target.name)
            fairness = try #require(Fairness(try JSON.parse(fairness.json.text())))
        }
        #expect(granted == ["a", "b", "a", "b", "a", "b"])
    }

    @Test func groupsTargetsAndClassesEachHaveTheirTurn() throws {
        let waiting = [
            WaitingTarget(name: "one", weight: 1, group: "big", groupWeight: 3, classes: [.high, .low]),
            WaitingTarget(name: "two", weight: 1, group: "big", groupWeight: 3, classes: [.high]),
            WaitingTarget(name: "three", weight: 16, group: "small", groupWeight: 1, classes: [.low]),
        ]
        var (fairness, targets, classes) = (Fairness(), [String: Int](), [BacklogTask.Priority: Int]())
        for _ in 0..<400 {
            fairness.update(waiting)
            let next = try #require(fairness.next(waiting))
            fairness.grant(next.target, next.priority)
            targets[next.target.name, default: 0] += 1
            if next.target.name == "one" { classes[next.priority, default: 0] += 1 }
        }
        #expect(targets == ["one": 150, "two": 150, "three": 100])
        #expect(classes == [.high: 120, .low: 30])
    }
}
