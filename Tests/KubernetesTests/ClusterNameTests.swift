import Basics
import TestSupport
import Testing

@testable import Kubernetes

/// Names for any id: accepted by a cluster, and one for each id.
@Suite struct ClusterNameTests {
    private static func isLabel(_ text: String) -> Bool {
        text.wholeMatch(of: #/[a-z]([-a-z0-9]*[a-z0-9])?/#) != nil && text.utf8.count <= 63
    }

    private static func isLabelValue(_ text: String) -> Bool {
        text.wholeMatch(of: #/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?/#) != nil && text.utf8.count <= 63
    }

    @Test func whatFitsStays() {
        #expect(ClusterName.label("leviathan", "task-001-a") == "leviathan-task-001-a")
        #expect(ClusterName.labelValue("Team_A.b") == "Team_A.b")
        let longest = String(repeating: "a", count: 53)
        #expect(ClusterName.label("leviathan", longest) == "leviathan-" + longest)
        #expect(ClusterName.label("leviathan", longest + "a").utf8.count == 63)
    }

    @Test func everyByteMakesANameOfItsOwn() {
        var (names, values): (Set<String>, Set<String>) = ([], [])
        for first in UInt8.min...UInt8.max {
            for bytes in [[first], [97, first], [first, 97], [97, first, 98]] {
                let (name, value) = (ClusterName.label("x", bytes), ClusterName.labelValue(bytes))
                #expect(Self.isLabel(name), "\(bytes): \(name)")
                #expect(Self.isLabelValue(value), "\(bytes): \(value)")
                names.insert(name)
                values.insert(value)
            }
        }
        // [97, 97] is made twice, by two of the forms.
        #expect(names.count == 256 * 4 - 1 && values.count == names.count)
    }

    @Test func randomIdsOfAllLengths() {
        var random = SeededRandom(seed: 21)
        var seen: [String: [UInt8]] = [:]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...90, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 97...99, using: &random) : UInt8.random(in: 0...255, using: &random)
            }
            let name = ClusterName.label("leviathan", bytes)
            #expect(Self.isLabel(name), "\(bytes)")
            #expect(seen[name].map { $0 == bytes } ?? true, "\(name)")
            seen[name] = bytes
        }
    }

    /// Whoever chooses an id cannot choose the name of another one.
    @Test func namesThatCollide() {
        let pairs = [
            ("A", "a"), ("a b", "a-b"), ("a_b", "a-b"), ("a--", "a"), ("", "x"), ("ä", "a"), ("a/b", "a.b"),
            (String(repeating: "a", count: 100), String(repeating: "a", count: 101)),
        ]
        for (left, right) in pairs {
            #expect(ClusterName.label("w", left) != ClusterName.label("w", right), "\(left), \(right)")
        }
        let made = String(ClusterName.label("w", "A").dropFirst(2))
        #expect(ClusterName.label("w", made) != ClusterName.label("w", "A"))
        #expect(ClusterName.label("w", "a\u{301}") != ClusterName.label("w", "\u{e1}"))
    }
}
