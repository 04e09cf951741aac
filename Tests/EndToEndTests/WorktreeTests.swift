import Basics
import Processes
import TestSupport
import Testing

/// Attempts and checks where no overlay is used: each in a worktree of its own.
@Suite(.timeLimit(.minutes(60))) struct WorktreeTests {
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
        let old = "{name: Old, check: 'exit 1', retries: 1, severity: warn}"
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

    // MARK: Set-ups

    private static let setUp = """
        mkdir -p src/made deps; head -c 20 /dev/urandom | od -An -tx1 > src/made/number; cp src/made/number deps
        ln -s ../made/number src/made/link; ln -s /etc/hostname deps/absolute; git init -q deps/inner
        """

    private static func policy(_ setUp: String, lockFile: String = "lock", invariants: String = "[]") -> String {
        """
        workspace: {setup: \(JSON.string(setUp).text()), lock_files: [\(lockFile)]}
        invariants: \(invariants)
        """
    }

    private func change(_ result: ProcessOutcome) throws -> String {
        #expect(result.json["outcome"] == "prepared", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["changes"]?.elements?.map { $0["path"]?.string } == ["src/new.txt"])
        // The mark in the backlog names the attempt, and is no part of what is compared.
        let patch = (result.json["patch"]?.string ?? "").split(separator: "+++ b/src/new.txt\n").last ?? ""
        return patch.split(separator: "\n").prefix { !$0.hasPrefix("diff ") }.dropFirst().joined()
    }

    @Test func aSetUpRunsOnceForAttemptsAndChecksUntilItsLockFilesChange() throws {
        let same = "cmp src/new.txt src/made/number && cmp src/made/link deps/number"
        let target = try Self.target(
            "cp src/made/number src/new.txt",
            policy: Self.policy(
                Self.setUp,
                invariants:
                    "[{name: Same, check: '\(same)', baseline: false}, {name: Too, check: '\(same); true'}]"))
        let words = Self.words + ["--dry-run", "--no-cache"]
        let first = try target.leviathan(arguments: words)
        let second = try target.leviathan(arguments: words)
        #expect(try change(first) == change(second))
        #expect(outcomes(first) == ["passed", "passed"] && outcomes(second) == ["passed", "passed"])
        try target.repository.write("lock", "2\n")
        try target.repository.commitAll("Lock")
        let third = try target.leviathan(arguments: words + ["--base", "HEAD"])
        #expect(try change(third) != change(first) && outcomes(third) == ["passed", "passed"])
        // What was made of lock files alone serves an overlay too.
        let layered = try target.leviathan("propose", "run", "--json", "--dry-run", "--workspace", "overlay")
        #expect(try change(layered) == change(first))
        let removed = try target.leviathan("workspaces", "--remove-all").errors.text
        #expect(removed.split(separator: "\n").count { $0.contains("set-up ") } == 2, "\(removed)")
        #expect(try change(target.leviathan(arguments: words)) != change(first))
    }

    @Test func whatATaskDoesToTheResultOfTheSetUpIsNobodyElses() throws {
        let target = try Self.target(
            """
            cat src/made/number src/made/link > src/new.txt; ls src/made >> src/new.txt
            echo evil > src/made/number; rm src/made/link; ln -s number src/made/link; echo evil > src/made/more
            place=$(echo $MAIN/*/tree); { test ! -e $MAIN || test -f $place/src/made/number; } && : > src/seen
            ! echo evil > $place/src/made/number; ! rm $place/src/made/number; ! mv $place elsewhere
            """, policy: Self.policy(Self.setUp))
        let home = try #require(target.repository.environment["HOME"])
        let runs = try (0..<3).map { number in
            let run = try target.leviathan(
                arguments: Self.words + ["--dry-run"],
                extra: ["MAIN": home + "/meeting"])
            // From now on the fence lets the kept result be seen.
            if number == 0 {
                try FileSystem.writeSymlink(to: Array(Self.below(target, "setup").utf8), at: home + "/meeting")
            }
            return run
        }
        let changes = try runs.map { run in
            #expect(run.json["outcome"] == "prepared", "\(run.output.text)\(run.errors.text)")
            return try #require(run.json["changes"]?.elements?.first { $0["path"] == "src/new.txt" }).text()
        }
        #expect(Set(changes).count == 1)
        #expect(runs.allSatisfy { $0.json["changes"]?.elements?.contains { $0["path"] == "src/seen" } == true })
    }

    @Test func aSetUpThatChangesTrackedFilesRunsEachTimeAndBelongsToNoChange() throws {
        let target = try Self.target(
            "cp src/made src/new.txt",
            policy: "workspace: {setup: 'head -c 9 /dev/urandom | od -tx1 | tee src/made > src/a.py'}")
        let runs = try (0..<2).map { _ in try target.leviathan(arguments: Self.words + ["--dry-run"]) }
        #expect(try change(runs[0]) != change(runs[1]))
        for run in runs {
            let notes = run.json["notes"]?.elements?.compactMap(\.string) ?? []
            #expect(notes.contains { $0.contains("not kept") && $0.contains("src/a.py") }, "\(notes)")
        }
    }

    /// As the scripts of a Python environment do: in another slot they would start what another attempt left there.
    @Test func aResultThatNamesItsCheckoutIsUsedInNoOther() throws {
        let target = try Self.target(
            "cp src/made/tool src/new.txt; test \"$(cat src/made/tool)\" = \"#!$PWD/src/made\"",
            policy: Self.policy(
                "mkdir -p src/made; echo \"#!$PWD/src/made\" > src/made/tool",
                invariants: """
                    [{name: One, check: 'test "$(cat src/made/tool)" = "#!$PWD/src/made"'},
                    {name: Two, check: 'test "$(cat src/made/tool)" = "#!$PWD/src/made"'}]
                    """))
        for _ in 0..<2 {
            let result = try target.leviathan(arguments: Self.words + ["--dry-run", "--no-cache"])
            _ = try change(result)
            #expect(outcomes(result) == ["passed", "passed"])
        }
    }

    @Test func aSetUpThatIsKilledLeavesNothing() throws {
        let target = try Self.target(
            "cat src/made/half src/made/whole > src/new.txt",
            policy: Self.policy(
                "mkdir -p src/made; echo half > src/made/half; flock -s $MAIN/gate true; echo whole > src/made/whole"
            )
        )
        let place = try #require(target.repository.environment["HOME"]) + "/meeting"
        try FileSystem.createDirectory(place)
        try FileSystem.write([], to: place + "/gate")
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home, "MAIN": place]) {
            $1
        }
        do {
            let keeper = try BackgroundProgram(["flock", place + "/gate", "sh", "-c", "echo held; cat >/dev/null"])
            #expect(keeper.readLine() == "held")
            let killed = try BackgroundProgram(
                ["env", "-i", "-C", target.repository.path] + environment.map { "\($0)=\($1)" } + [
                    TestTarget.program
                ]
                    + Self.words)
            waitUntil { Self.halfMade(target) }
            #expect(Self.halfMade(target))
            withExtendedLifetime(killed) {}
        }
        for _ in 0..<2 {
            let result = try target.leviathan(arguments: Self.words + ["--dry-run"], extra: ["MAIN": place])
            #expect(try change(result) == "+half+whole")
        }
        let kept = try FileSystem.list(Self.below(target, "setup")).filter { $0 != "trash" }
        let only = try #require(kept.first)
        #expect(kept.count == 1 && !FileSystem.exists(Self.below(target, "setup/\(only)/draft")), "\(kept)")
    }

    private static func halfMade(_ target: TestTarget) -> Bool {
        let keys = (try? FileSystem.list(below(target, "setup"))) ?? []
        return keys.contains { FileSystem.exists(below(target, "setup/\($0)/draft/src/made/half")) }
    }

    /// A path below what is kept for the only repository.
    private static func below(_ target: TestTarget, _ path: String) -> String {
        let names = (try? FileSystem.list(target.home + "/workspaces")) ?? []
        return target.home + "/workspaces/\(names.first ?? "")/" + path
    }
}
