import Enforcement
import Model
import Testing

/// Which failures the output of test runners names, as the runners themselves print them.
@Suite struct TestFailuresTests {
    private static let outputs: [(name: String, text: String, names: Set<String>, isWhole: Bool)] = [
        (
            "pytest",
            """
            =========================== short test summary info ============================
            FAILED tests/test_a.py::test_x - assert 1 == 2
            FAILED tests/test_a.py::test_y[a - b] - ValueError: no - way
            ERROR tests/test_b.py - ImportError
            ==================== 2 failed, 3 passed, 1 error in 0.12s =====================
            """,
            [
                "pytest: tests/test_a.py::test_x", "pytest: tests/test_a.py::test_y[a - b]",
                "pytest: tests/test_b.py",
            ], true
        ),
        (
            "pytest, not all of it", "FAILED tests/test_a.py::test_x - E\n2 failed, 3 passed in 0.12s",
            ["pytest: tests/test_a.py::test_x"], false
        ),
        (
            "pytest -x",
            "FAILED t/test_a.py::test_x\n!!!!!!! stopping after 1 failures !!!!!!!\n==== 1 failed in 0.1s ====",
            ["pytest: t/test_a.py::test_x"], false
        ),
        (
            "unittest",
            """
            ======================================================================
            FAIL: test_x (tests.test_a.Case.test_x)
            ----------------------------------------------------------------------
            FAILED (failures=1)
            """, ["unittest: test_x (tests.test_a.Case.test_x)"], true
        ),
        (
            "go test",
            """
            --- FAIL: TestX (0.00s)
                --- FAIL: TestX/case_1 (0.00s)
                    a_test.go:5: no
            FAIL
            FAIL\texample.com/a\t0.003s
            ok  \texample.com/b\t0.002s
            FAIL\texample.com/c [build failed]
            FAIL
            """,
            [
                "go test: example.com/a TestX", "go test: example.com/a TestX/case_1",
                "go test: example.com/c [build failed]",
            ], true
        ),
        (
            "cargo test", "test tests::a ... FAILED\ntest tests::b ... ok\ntest tests::a ... FAILED\n",
            ["cargo test: tests::a", "cargo test: tests::a (2)"], true
        ),
        (
            "cargo test that stops", "test a ... FAILED\nerror: test failed, to rerun pass `--lib`\n",
            ["cargo test: a"], false
        ),
        (
            "XCTest",
            "Test Case 'ATests.testX' failed (0.001 seconds)\nTest Case 'ATests.testY' passed (0 seconds)",
            ["swift test: ATests.testX"], true
        ),
        (
            "Swift Testing",
            """
            ✘ Test twice(of:) recorded an issue with 1 argument of → 2 at A.swift:7:6: Expectation failed
            ✘ Test twice(of:) with 3 test cases failed after 0.002 seconds with 1 issue.
            ✘ Test "in words" failed after 0.001 seconds with 1 issue.
            ✘ Test run with 2 tests failed after 0.005 seconds with 2 issues.
            """,
            ["swift test: twice(of:)", "swift test: twice(of:): 1 argument of → 2", "swift test: \"in words\""],
            true
        ),
        (
            "node --test, TAP",
            """
            TAP version 13
            # Subtest: outer
                # Subtest: inner
                not ok 1 - inner
            not ok 1 - outer
            not ok 2 - later # TODO
            """, ["TAP: outer > inner", "TAP: outer"], true
        ),
        (
            "node --test, spec",
            "✖ adds (1.2ms)\n\n✖ failing tests:\n\ntest at a.test.js:3:1\n✖ adds (1.2ms)\n  AssertionError\n",
            ["node --test: a.test.js adds"], true
        ),
        (
            "jest",
            "FAIL src/a.test.js\n  ● Console\n  ● sum › adds\n\nSummary of all failing tests\n"
                + "FAIL src/a.test.js\n  ● sum › adds\n", ["jest: src/a.test.js sum › adds"], true
        ),
        ("vitest", " FAIL  a.test.ts > sum > adds\n", ["vitest: a.test.ts > sum > adds"], true),
        ("nothing known", "FAIL\nError: something\nFAILED\n", [], true),
    ]

    @Test(arguments: outputs.indices) func names(index: Int) {
        let (name, text, names, isWhole) = Self.outputs[index]
        let found = TestFailures.read(text)
        #expect(found.names == names, "\(name)")
        #expect((found.problem == nil) == isWhole, "\(name): \(found.problem ?? "")")
    }

    @Test func nothingIsReadTwiceOrForEver() {
        let long = TestFailures.read(String(repeating: "not ok 1 - x\n", count: TestFailures.limit + 10))
        #expect(long.names.count == TestFailures.limit && long.problem != nil)
    }

    // MARK: Against the base

    private func excuses(
        _ change: [String], _ base: [String], isSameEnding: Bool = true, problem: String? = nil,
        baseline: Invariant.Baseline = .excuse
    ) -> Bool {
        BaselineComparison(
            change: TestFailures(change), base: TestFailures(base, problem: problem), isSameEnding: isSameEnding,
            baseline: baseline
        ).excuses
    }

    @Test func onlyWhatIsKnownInFullIsExcused() {
        #expect(excuses(["a"], ["a", "b"]))
        #expect(!excuses(["a", "c"], ["a", "b"]), "one is new")
        #expect(!excuses([], []) && !excuses([], ["a"]) && !excuses(["a"], []), "without names")
        #expect(!excuses(["a"], ["a"], isSameEnding: false))
        #expect(!excuses(["a"], ["a"], problem: "cut off"))
        #expect(!excuses(["a", "a"], ["a"]), "twice is not once")
        #expect(!excuses(["a"], ["a"], baseline: .report))
    }
}
