import Basics
import ExecutorTestSupport
import Executors
import Testing

@Suite struct PatchExecutorTests {
    private static let unchanged = "the diff is applied already"

    /// Applies a diff, then applies it again: the second time nothing may change.
    private func apply(
        _ diff: String, _ inputs: JSON = [:], to files: [String: String], expecting expected: [String: String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let view = try MemoryFileView(files)
        let inputs = JSON.object([.init("diff", .string(diff))] + (inputs.members ?? []))
        let outcome = try PatchExecutor().outcome(inputs, in: view)
        for (name, text) in expected {
            #expect(try view.text(name) == text, "\(outcome)", sourceLocation: sourceLocation)
        }
        #expect(view.files.count == expected.count, sourceLocation: sourceLocation)
        if !outcome.hasPrefix("refused") {
            #expect(
                try PatchExecutor().outcome(inputs, in: view) == Self.unchanged, sourceLocation: sourceLocation)
        }
        return outcome
    }

    private func refusal(
        _ diff: String, _ inputs: JSON = [:], on files: [String: String], paths: [String] = ["**"]
    ) throws -> String {
        let view = try MemoryFileView(files)
        let inputs = JSON.object([.init("diff", .string(diff))] + (inputs.members ?? []))
        let outcome = try PatchExecutor().outcome(inputs, in: view, paths: paths)
        #expect(outcome.hasPrefix("refused: ") && view.writeCount == 0)
        return String(outcome.dropFirst("refused: ".count))
    }

    private static let simple = """
        --- a/a.txt
        +++ b/a.txt
        @@ -1,3 +1,3 @@
         one
        -two
        +2
         three

        """

    @Test func changesAFile() throws {
        let outcome = try apply(
            Self.simple, to: ["a.txt": "one\ntwo\nthree\n"], expecting: ["a.txt": "one\n2\nthree\n"])
        #expect(outcome == "changed a.txt")
    }

    @Test func takesTheDiffFromAFileOfTheBase() throws {
        let view = try MemoryFileView(["p/x.diff": Self.simple, "a.txt": "one\ntwo\nthree\n"])
        #expect(try PatchExecutor().outcome(["file": "p/x.diff"], in: view, paths: ["a.txt"]) == "changed a.txt")
        #expect(try view.text("a.txt") == "one\n2\nthree\n")
        #expect(try PatchExecutor().outcome(["file": "p/y.diff"], in: view).contains("which is not there"))
    }

    @Test func keepsTheLineEndsOfTheFile() throws {
        _ = try apply(
            Self.simple, to: ["a.txt": "one\r\ntwo\r\nthree\r\n"], expecting: ["a.txt": "one\r\n2\r\nthree\r\n"])
        let windows = Self.simple.replacing("\n", with: "\r\n")
        _ = try apply(windows, to: ["a.txt": "one\ntwo\nthree\n"], expecting: ["a.txt": "one\n2\nthree\n"])
        _ = try apply(
            windows, to: ["a.txt": "one\r\ntwo\r\nthree\r\n"], expecting: ["a.txt": "one\r\n2\r\nthree\r\n"])
    }

    @Test func missingLastLineBreaks() throws {
        let diff = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n"
        _ = try apply(diff, to: ["a": "x"], expecting: ["a": "y\n"])
        let back = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-y\n+x\n\\ No newline at end of file\n"
        _ = try apply(back, to: ["a": "y\n"], expecting: ["a": "x"])
        #expect(
            try refusal(diff, on: ["a": "x\n"]).contains("hunk 1, line 1: expected 'x\\ no newline', found 'x'"))
    }

    @Test func movesHunksThatStandElsewhere() throws {
        let diff = """
            --- a/a
            +++ b/a
            @@ -10,3 +10,4 @@
             x
             y
            +new
             z

            """
        let outcome = try apply(diff, to: ["a": "1\n2\nx\ny\nz\n"], expecting: ["a": "1\n2\nx\ny\nnew\nz\n"])
        #expect(outcome == "a: hunk 1 stands 7 lines further up; changed a")
    }

    @Test func fuzzHasToBeAskedFor() throws {
        let diff = "--- a/a\n+++ b/a\n@@ -2,5 +2,5 @@\n one\n two\n-three\n+3\n four\n five\n"
        let files = ["a": "0\nONE\ntwo\nthree\nfour\nFIVE\n6\n"]
        #expect(try refusal(diff, on: files).contains("a: hunk 1, line 2: expected 'one', found 'ONE'"))
        let view = try MemoryFileView(files)
        #expect(try PatchExecutor().outcome(["diff": .string(diff), "fuzz": 1], in: view) == "changed a")
        #expect(try view.text("a") == "0\nONE\ntwo\n3\nfour\nFIVE\n6\n")
        #expect(try refusal(diff, ["fuzz": 4], on: files) == "inputs.fuzz is 4, not a whole number from 0 to 3")
    }

    @Test func createsDeletesRenamesAndChangesModes() throws {
        let diff = """
            From 1234 Mon Sep 17 00:00:00 2001
            Subject: [PATCH] things

            ---
             4 files changed

            diff --git a/new.sh b/new.sh
            new file mode 100755
            index 0000000..1111111
            --- /dev/null
            +++ b/new.sh
            @@ -0,0 +1,2 @@
            +#!/bin/sh
            +true
            diff --git a/gone b/gone
            deleted file mode 100644
            --- a/gone
            +++ /dev/null
            @@ -1 +0,0 @@
            -x
            diff --git "a/\\303\\251 \\"x\\"" b/plain
            similarity index 90%
            rename from "\\303\\251 \\"x\\""
            rename to plain
            diff --git a/empty b/empty
            new file mode 100644
            index 0000000..e69de29
            diff --git a/run b/run
            old mode 100644
            new mode 100755
            diff --git a/sp ace b/copy of it
            similarity index 100%
            copy from sp ace
            copy to copy of it
            --\u{20}
            2.39.5

            """
        let view = try MemoryFileView(["gone": "x\n", "é \"x\"": "moved", "run": "r", "sp ace": "s"])
        let outcome = try PatchExecutor().outcome(["diff": .string(diff)], in: view)
        #expect(
            outcome
                == "created new.sh; deleted gone; renamed é \"x\" to plain; created empty; made run executable; copied sp ace to copy of it"
        )
        #expect(
            try view.text("new.sh") == "#!/bin/sh\ntrue\n" && view.isExecutable("new.sh")
                && view.isExecutable("run"))
        #expect(try view.text("gone") == nil && view.text("plain") == "moved" && view.text("empty") == "")
        #expect(try view.text("copy of it") == "s")
        #expect(try PatchExecutor().outcome(["diff": .string(diff)], in: view) == Self.unchanged)
    }

    @Test func filesCanChangePlaces() throws {
        let diff =
            "diff --git a/a b/b\nrename from a\nrename to b\ndiff --git a/b b/a\nrename from b\nrename to a\n"
        let view = try MemoryFileView(["a": "A", "b": "B"])
        _ = try PatchExecutor().outcome(["diff": .string(diff)], in: view)
        #expect(try view.text("a") == "B" && view.text("b") == "A")
    }

    @Test(
        arguments: [
            (["strip": 1], "a/x/f.txt", "b/x/f.txt", "x/f.txt"), (["strip": 0], "x/f.txt", "x/f.txt", "x/f.txt"),
            (["strip": 2], "one/two/f.txt", "one/two/f.txt", "f.txt"), ([:], "i/f.txt", "w/f.txt", "f.txt"),
            ([:], "src/f.txt", "src/f.txt", "src/f.txt"),
            ([:], "f.txt.orig\t2024-01-01 00:00:00", "f.txt\t2024-01-01 00:00:00", "f.txt"),
            ([:], "\"a/f\\040\\t.txt\"", "\"b/f\\040\\t.txt\"", "f \t.txt"),
        ] as [(JSON, String, String, String)])
    func findsTheFile(inputs: JSON, old: String, new: String, file: String) throws {
        let diff = "--- \(old)\n+++ \(new)\n@@ -1 +1 @@\n-x\n+y\n"
        _ = try apply(diff, inputs, to: [file: "x\n"], expecting: [file: "y\n"])
    }

    @Test func diffsWithoutContextStandWhereTheySay() throws {
        let diff = "--- a/a\n+++ b/a\n@@ -2 +2 @@\n-x\n+y\n@@ -3,0 +4 @@\n+z\n"
        _ = try apply(diff, to: ["a": "x\nx\nx\n"], expecting: ["a": "x\ny\nx\nz\n"])
        #expect(try refusal(diff, on: ["a": "x\nq\nx\n"]).contains("hunk 1, line 2: expected 'x', found 'q'"))
        let top = "--- a/a\n+++ b/a\n@@ -0,0 +1 @@\n+top\n"
        _ = try apply(top, to: ["a": "x\n"], expecting: ["a": "top\nx\n"])
        _ = try apply(top, to: ["a": ""], expecting: ["a": "top\n"])
        let deletion = "--- a/a\n+++ b/a\n@@ -2 +1,0 @@\n-x\n"
        #expect(try refusal(deletion, on: ["a": "x\ny\n"]).contains("hunk 1, line 2: expected 'x', found 'y'"))
    }

    @Test func conflictsAreReportedByHunk() throws {
        let diff = """
            --- a/a
            +++ b/a
            @@ -1,2 +1,2 @@
            -one
            +1
             two
            @@ -9,2 +9,2 @@
             nine
            -ten
            +10
            --- a/b
            +++ b/b
            @@ -1 +1 @@
            -x
            +y

            """
        let message = try refusal(diff, on: ["a": "uno\ntwo\n3\n4\n5\n6\n7\n8\nnine\nten\n"])
        #expect(
            message
                == "the diff does not apply, in 2 places: a: hunk 1, line 1: expected 'one', found 'uno': b: there is no such file (make it anew against the base; inputs.fuzz (up to 3) lets context lines differ)"
        )
    }

    @Test func pathsOutsideThePermissionAreRefusedFirst() throws {
        let diff = Self.simple + Self.simple.replacing("a.txt", with: "secret/b.txt")
        let view = try MemoryFileView(["a.txt": "one\ntwo\nthree\n", "secret/b.txt": "one\ntwo\nthree\n"])
        let outcome = try PatchExecutor().outcome(["diff": .string(diff)], in: view, paths: ["a.txt"])
        #expect(outcome.contains("may not touch 'secret/b.txt'"))
        #expect(view.reads.isEmpty && view.writeCount == 0)
    }

    @Test(arguments: [
        ("", "the diff has no file in it"), ("nonsense\n", "the diff has no file in it"),
        (
            "diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 1\n",
            "line 1 of the diff is about the binary file 'x'"
        ),
        (
            "diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n",
            "line 1 of the diff is about the binary file 'x'"
        ),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n", "the diff ends within the hunk of line 3"),
        (
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+c\n@@ -3 +3 @@\n c\n",
            "line 7 of the diff begins a hunk that belongs to no file"
        ),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n*b\n", "line 5 of the diff is not what the hunk of line 3 announces"),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n a\n", "line 3 of the diff begins a hunk that changes nothing"),
        ("--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n", "line 1 of the diff names a file that cannot be"),
        ("--- /dev/null\n+++ b/.git/x\n@@ -0,0 +1 @@\n+b\n", "the task may not touch '.git/x'"),
        (
            "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n",
            "line 1 of the diff makes 'l' a symlink"
        ),
        (
            "diff --git a/m b/m\nnew file mode 160000\n--- /dev/null\n+++ b/m\n@@ -0,0 +1 @@\n+Subproject\n",
            "line 1 of the diff makes 'm' something that is no plain file"
        ),
        (
            "diff --git a/x b/y\nrename from x\n",
            "line 1 of the diff moves a file and does not say from where to where"
        ),
        ("diff --git a/x b/x\nindex 1..2\n", "line 1 of the diff begins a file and changes nothing in it"),
        ("--- a/x\n+++ b/x\n@@ -999999999999 +1 @@\n-a\n+b\n", "line 3 of the diff is no hunk header"),
    ])
    func refusesWhatIsNoDiff(diff: String, message: String) throws {
        let refused = try refusal(diff, on: ["x": "a\n"])
        #expect(
            refused.hasPrefix(message) || message.contains("no file in it") && refused.hasPrefix("the diff"),
            "\(refused)")
    }

    @Test func refusesWrongInputs() throws {
        let view = try MemoryFileView()
        #expect(
            try PatchExecutor().outcome([:], in: view).hasPrefix("refused: inputs needs either 'diff' or 'file'"))
        #expect(
            try PatchExecutor().outcome(["dif": "x"], in: view)
                == "refused: inputs knows no 'dif' (did you mean 'diff'?)")
        #expect(try PatchExecutor().outcome(["file": "/etc/x"], in: view).contains("it starts with '/'"))
    }

    @Test func repetitiveFilesDoNotTakeForEver() throws {
        let text = String(repeating: "x\n", count: 20_000)
        let hunk = String(repeating: " x\n", count: 5_000)
        let diff = "--- a/a\n+++ b/a\n@@ -100,5001 +100,5001 @@\n\(hunk)-y\n+z\n"
        #expect(try refusal(diff, on: ["a": text]).contains("hunk 1, line 5100: expected 'y', found 'x'"))
    }
}
