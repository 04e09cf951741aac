import Basics
import Processes
import TestSupport
import Testing

/// Attempts and checks where no overlay is used: each in a worktree of its own.
@Suite(.timeLimit(.minutes(20))) struct WorktreeTests {
    private static let words = ["propose", "run", "--json", "--workspace", "worktree"]

    private static func target(_ line: String = "echo new > src/new.py", policy: String) throws -> TestTarget {
        let start = CommandTests.policy.replacing("sandbox: {", with: "sandbox: {read: [~/meeting], ")
        return try CommandTests.target(line, policy: start + "\n" + policy + "\n")
    }

    private func outcomes(_ result: ProcessOutcome) -> [String] {
        result.json["invariants"]?.elements?.compactMap { $0["outcome"]?.string } ?? []
    }

    /// Neither line comes to its end unless the other is under way at the same time: they wait for each other's locks.
    private static let meeting = (
        "exec 7<$MAIN/b 8<$MAIN/a; while flock -n 7; do flock -u 7; done; flock 8; flock 7",
        "exec 7<$MAIN/b 8<$MAIN/a; flock 7; while flock -n 8; do flock -u 8; done"
    )

    @Test(.enabled(if: Workers.usual > 1)) func checksRunAtTheSameTimeEachInItsOwnCheckout() throws {
        let alone = "test -f src/new.py && test ! -e mark && : > mark"
        let target = try Self.target(
            policy: """
                invariants:
                  - {name: First, check: '\(alone); \(Self.meeting.0)', baseline: false, timeout: 90s}
                  - {name: Second, check: '\(alone); \(Self.meeting.1)', baseline: false, timeout: 90s}
                  - {name: Third, check: '\(alone) && exit 3', severity: warn, baseline: false}
                """)
        let place = try #require(target.repository.environment["HOME"]) + "/meeting"
        try FileSystem.createDirectory(place)
        for name in ["a", "b"] { try FileSystem.write([], to: place + "/" + name) }
        let result = try target.leviathan(arguments: Self.words, extra: ["MAIN": place])
        #expect(outcomes(result) == ["passed", "passed", "failed"], "\(result.output.text)\(result.errors.text)")
        let names = result.json["invariants"]?.elements?.compactMap { $0["name"]?.string }
        #expect(names == ["First", "Second", "Third"])
        let slots = try target.leviathan("workspaces", "--json").json.elements ?? []
        #expect(slots.count == 2 && slots.allSatisfy { $0["leases"] == .array([]) }, "\(slots)")
        #expect(try FileSystem.list(target.home + "/fenced").isEmpty)
    }

    /// The agent's work is reviewed, and so checked, while it still has its checkout; the base is checked as well.
    @Test(arguments: [1, 2, 3]) func withFewSlotsNobodyWaitsForHimself(slots: Int) throws {
        let checks = (1...4).map { "{name: Check \($0), check: 'test -f src/new.py && touch it', retries: 1}" }
        let old = "{name: Old, check: 'exit 1', retries: 1}"
        let target = try TestTarget(
            policy: """
                version: 1
                scopes: {code: {allowed_paths: [src/**], executor: agent}}
                workspace: {slots: \(slots)}
                invariants: [\((checks + [old]).joined(separator: ", "))]
                """,
            backlog: """
                version: 1
                tasks:
                  - id: run
                    title: Run it
                    scope: code
                    ready: true
                    allowed_paths: [src/]
                    inputs: {command: [/bin/sh, -c, 'mkdir -p src; echo new > src/new.py']}
                """)
        let result = try target.leviathan(arguments: Self.words + ["--no-cache"])
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(outcomes(result) == Array(repeating: "passed", count: 4) + ["broken-at-base"])
        let kept = try target.leviathan("workspaces", "--json").json.elements ?? []
        #expect(kept.count <= max(2, slots) && kept.allSatisfy { $0["leases"] == .array([]) }, "\(kept)")
    }

    /// Objects of a dry run are in memory only, and all threads see them.
    @Test func aDryRunChecksWhatIsNowhereOnTheDisk() throws {
        let checks = (1...6).map { "{name: Check \($0), check: 'grep -q new src/new.py', baseline: false}" }
        let target = try Self.target(policy: "invariants: [\(checks.joined(separator: ", "))]")
        let before = try target.everything()
        let result = try target.leviathan(arguments: Self.words + ["--dry-run"])
        #expect(outcomes(result) == Array(repeating: "passed", count: 6), "\(result.errors.text)")
        #expect(try target.everything() == before)
    }
}
