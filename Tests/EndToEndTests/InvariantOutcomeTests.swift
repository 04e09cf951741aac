import Basics
import Processes
import TestSupport
import Testing

/// What an invariant comes to, and what that means for the change: nothing that did not run is ever fine.
@Suite(.timeLimit(.minutes(60))) struct InvariantOutcomeTests {
    private func target(_ invariants: String, more: String = "") throws -> TestTarget {
        try TestTarget(
            policy: """
                version: 1
                scopes: {docs: {allowed_paths: [docs/**, README.md], executor: docs}}
                invariants: [\(invariants)]
                \(more)
                """)
    }

    private func invariant(_ result: ProcessOutcome, _ index: Int = 0) -> JSON {
        result.json["invariants"]?.elements?.dropFirst(index).first ?? .null
    }

    // MARK: Not run

    @Test(arguments: [
        ("nosuchcommand", "exit code 127: a program was not found"),
        ("./README.md", "exit code 126: a program cannot be executed"),
        ("./missing.sh && true", "exit code 127: a program was not found"),
    ])
    func whatCannotRunRejects(line: String, reason: String) throws {
        let target = try target(
            "{name: Tests, check: '\(line)'}, {name: Excused, check: '\(line)', baseline: excuse}")
        let before = try target.everything()
        let result = try target.leviathan("propose", "task-001", "--json")
        #expect(result.ending == .exited(5) && result.json["outcome"] == "rejected", "\(result.output.text)")
        for index in 0..<2 {
            let found = invariant(result, index)
            #expect(found["outcome"] == "could-not-run" && found["rejects"] == true)
            #expect(found["detail"]?.string?.hasPrefix(reason) == true, "\(found.text())")
        }
        #expect(try target.everything() == before)
        let text = try target.leviathan("propose", "task-001").errors.text
        #expect(text.contains("Tests: could-not-run") && text.contains(reason), "\(text)")
    }

    @Test func aSetUpThatFailsLetsNothingPass() throws {
        let target = try target(
            "{name: Tests, check: 'true'}, {name: Parse, builtin: parse}",
            more: "workspace: {setup: 'echo no luck; test ! -f docs/guide.md'}")
        for kind in ["overlay", "worktree"] {
            let result = try target.leviathan("propose", "task-001", "--json", "--dry-run", "--workspace", kind)
            #expect(result.ending == .exited(5), "\(result.output.text)\(result.errors.text)")
            #expect(invariant(result)["outcome"] == "could-not-run" && invariant(result, 1)["outcome"] == "passed")
            let detail = invariant(result)["detail"]?.string ?? ""
            #expect(detail.contains("set-up 'echo no luck") && detail.contains("no luck\n"), "\(detail)")
        }
    }

    @Test func aFenceThatCannotBeBuiltEndsTheAttempt() throws {
        let target = try target("{name: Tests, check: 'true', severity: warn}", more: "sandbox: {read: [/]}")
        let result = try target.leviathan("propose", "task-001")
        #expect(result.ending == .exited(6), "\(result.errors.text)")
        #expect(result.errors.text.contains("root of everything"), "\(result.errors.text)")
    }

    // MARK: Against the base

    /// The same files that the user's checkout has, on both sides.
    @Test(arguments: ["overlay", "worktree"]) func bothSidesHaveTheSameSeeds(kind: String) throws {
        let check = "grep -q secret .env && test -d deps/x && test ! -f docs/guide.md"
        let target = try target(
            "{name: Tests, check: '\(check)'}, {name: Both, check: '\(check); exit 1'}",
            more: "workspace: {copy: [.env], link: [deps]}")
        try target.repository.write(".env", "secret\n")
        try target.repository.write("deps/x/a", "")
        let result = try target.leviathan("propose", "task-001", "--json", "--workspace", kind)
        #expect(result.ending == .exited(5))
        #expect(invariant(result)["outcome"] == "failed" && invariant(result, 1)["outcome"] == "broken-at-base")
        #expect(
            invariant(result)["detail"]?.string?.contains("on the base it passes") == true, "\(result.output.text)"
        )
    }

    private static let pytest =
        "echo FAILED tests/a.py::old - no; $MORE; echo \"1 failed in 0.1s\"; exit 1"

    @Test func aKnownFailureStillRejectsUnlessItIsExcused() throws {
        for (baseline, ending) in [("report", Int32(5)), ("true", 5), ("off", 5), ("false", 5), ("excuse", 0)] {
            let check = Self.pytest.replacing("$MORE; ", with: "")
            let target = try target("{name: Tests, check: '\(check)', baseline: \(baseline)}")
            let result = try target.leviathan("propose", "task-001", "--json", "--dry-run")
            #expect(result.ending == .exited(ending), "\(baseline): \(result.output.text)")
            let isCompared = ["report", "true", "excuse"].contains(baseline)
            #expect(invariant(result)["outcome"]?.string == (isCompared ? "broken-at-base" : "failed"))
            #expect(invariant(result)["excused"] == .bool(baseline == "excuse"))
            if isCompared { #expect(invariant(result)["known_failures"] == ["pytest: tests/a.py::old"]) }
        }
    }

    @Test func thePullRequestSaysWhatWasExcused() throws {
        let check = Self.pytest.replacing("$MORE; ", with: "")
        let target = try target("{name: Tests, check: '\(check)', baseline: excuse}")
        let result = try target.leviathan("propose", "task-001", "--dry-run", "--json")
        let body = result.json["pull_request"]?["body"]?.string ?? ""
        #expect(body.contains("fails at the base too, and nothing new fails"), "\(body)")
        #expect(body.contains("## Failures that were there before") && body.contains("tests/a.py::old"), "\(body)")
        let text = try target.leviathan("propose", "task-001")
        #expect(text.succeeded && text.errors.text.contains("broken-at-base, excused: nothing new fails"))
    }

    @Test(arguments: [
        // one more fails
        "echo FAILED tests/a.py::old - no; n=1; test -f docs/guide.md && { echo FAILED tests/b.py::new - no; n=2; }; "
            + "echo $n failed in 0.1s; exit 1",
        // nothing has a name
        "echo something went wrong; exit 1",
        // it ends otherwise than on the base
        "echo FAILED tests/a.py::old; echo 1 failed in 0.1s; test -f docs/guide.md && exit 2; exit 1",
        // it names fewer than failed
        "echo FAILED tests/a.py::old; echo 2 failed in 0.1s; exit 1",
        // it cannot run on the base
        "test -f docs/guide.md || nosuchcommand || exit 127; echo FAILED tests/a.py::old; echo 1 failed in 0.1s; exit 1",
    ])
    func whatIsNewOrNotKnownInFullIsNotExcused(check: String) throws {
        let target = try target("{name: Tests, check: '\(check)', baseline: excuse}")
        let result = try target.leviathan("propose", "task-001", "--json")
        #expect(result.ending == .exited(5), "\(result.output.text)")
        #expect(invariant(result)["excused"] == false && invariant(result)["rejects"] == true)
    }

    /// A report that lies there already, in the tree or of an earlier run, says nothing.
    @Test(arguments: ["overlay", "worktree"]) func theReportOfTheProgramNamesWhatFailed(kind: String) throws {
        let report = """
            <?xml version="1.0"?><testsuites><testsuite name="s"><testcase classname="a.B" name="x&amp;y">\
            <failure message="&lt;no&gt;">text</failure></testcase><testcase classname="a.B" name="z"/></testsuite>\
            </testsuites>
            """
        let target = try target(
            """
            {name: Written, check: 'mkdir -p out; cp README.md out/r.xml; exit 1', report: out/r.xml, baseline: excuse},
            {name: Stale, check: 'exit 1', report: README.md, baseline: excuse, severity: warn}
            """)
        try target.repository.write("README.md", report)
        try target.repository.commitAll("Report")
        try target.repository.git("push", "-q", "origin", "main")
        let result = try target.leviathan("propose", "task-001", "--json", "--dry-run", "--workspace", kind)
        #expect(result.ending == .exited(0), "\(result.output.text)\(result.errors.text)")
        #expect(invariant(result)["known_failures"] == ["a.B x&y"])
        #expect(invariant(result)["excused"] == true && invariant(result, 1)["excused"] == false)
        #expect(invariant(result, 1)["detail"]?.string?.contains("no report at 'README.md'") == true)
    }

    // MARK: What is remembered

    @Test func aChangedSeedIsAnotherQuestion() throws {
        let target = try target("{name: Tests, check: 'grep -q ok .env'}", more: "workspace: {copy: [.env]}")
        func run() throws -> JSON {
            invariant(try target.leviathan("propose", "task-001", "--json", "--dry-run"))
        }
        try target.repository.write(".env", "ok\n")
        #expect(try run()["outcome"] == "passed" && run()["cached"] == true)
        try target.repository.write(".env", "no\n")
        let changed = try run()
        #expect(changed["outcome"] == "broken-at-base" && changed["cached"] == false)
    }

    @Test func theSpecificationIsTheWholeOfTheTaskAndItsPolicy() throws {
        func digest(_ invariants: String, more: String = "") throws -> String {
            let body =
                try target(invariants, more: more).leviathan("propose", "task-001", "--json", "--dry-run")
                .json["pull_request"]?["body"]?.string ?? ""
            let line = body.split(separator: "\n").first { $0.contains("Specification") }
            return String(try #require(line))
        }
        let first = try digest("{name: Tests, check: 'exit 0'}")
        #expect(try digest("{name: Tests, check: 'exit 0'}") == first)
        let others = [
            try digest("{name: Tests, check: 'true'}"), try digest("{name: Tests, check: 'exit 0', timeout: 5s}"),
            try digest("{name: Tests, check: 'exit 0'}", more: "sandbox: {network: allow}"),
            try digest("{name: Tests, check: 'exit 0'}", more: "weakened_tests: block"),
            try digest("{name: Tests, check: 'exit 0'}", more: "limits: {max_files: 7}"),
            try digest("{name: Tests, check: 'exit 0'}", more: "workspace: {setup: 'true'}"),
        ]
        #expect(Set(others + [first]).count == others.count + 1)
    }
}
