import Basics
import ExecutorTestSupport
import Executors
import Paths
import Testing

@Suite struct EditExecutorTests {
    private static let unchanged = "everything is as the edits want it already"

    /// Runs one operation, then once more: the second run must change nothing.
    private func run(
        _ operation: JSON, on file: String = "a.txt", _ before: String?, expecting after: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let files = try MemoryFileView(before.map { [file: $0] } ?? [:])
        let inputs: JSON = ["edits": [operation]]
        let first = try EditExecutor().outcome(inputs, in: files)
        #expect(!first.hasPrefix("refused"), "\(first)", sourceLocation: sourceLocation)
        #expect(try files.text(file) == after, sourceLocation: sourceLocation)
        let writes = files.writeCount
        let second = try EditExecutor().outcome(inputs, in: files)
        #expect(second == Self.unchanged, sourceLocation: sourceLocation)
        #expect(files.writeCount == writes, sourceLocation: sourceLocation)
        #expect(try files.text(file) == after, sourceLocation: sourceLocation)
    }

    private func refusal(_ operation: JSON, on file: String = "a.txt", _ before: String?) throws -> String {
        let files = try MemoryFileView(before.map { [file: $0] } ?? [:])
        let outcome = try EditExecutor().outcome(["edits": [operation]], in: files)
        #expect(files.writeCount == 0 && outcome.hasPrefix("refused: "))
        return String(outcome.dropFirst("refused: ".count))
    }

    @Test(
        arguments: [
            ("package.json", ["key": "version", "to": "2.0"], "{\"version\": \"1.0\"}", "{\"version\": \"2.0\"}"),
            ("a.yml", ["key": "a.b", "to": "{{task.id}}"], "a: {b: 1}\n", "a: {b: task-001}\n"),
            ("a.toml", ["key": ["a.b", "c"], "to": 2, "expect": 1], "[\"a.b\"]\nc = 1\n", "[\"a.b\"]\nc = 2\n"),
            ("config", ["key": "a", "to": "{{date}}", "format": "dotenv"], "a=1\n", "a=2026-01-01\n"),
        ] as [(String, JSON, String, String)])
    func sets(file: String, fields: JSON, before: String, after: String) throws {
        try run(
            .object([.init("set", .string(file))] + (fields.members ?? [])), on: file, before, expecting: after)
    }

    @Test(
        arguments: [
            (["find": "old", "with": "new"], "old old\n", "new new\n"),
            (["find": "old", "with": "new", "count": 2], "old old\n", "new new\n"),
            (["find": "foo", "with": "foobar"], "foo foobar foo\n", "foobar foobar foobar\n"),
            (["find": "a\nb", "with": "c\nd"], "x\r\na\r\nb\r\n", "x\r\nc\r\nd\r\n"),
            (["find": "gone", "with": ""], "it is gone now", "it is  now"),
            (["pattern": "v(\\d+)\\.\\d+", "with": "v$1.9", "count": 2], "v1.2 v3.4\n", "v1.9 v3.9\n"),
            (["pattern": "(?<name>\\w+)@old", "with": "${name}@new"], "me@old\n", "me@new\n"),
            (["pattern": "^#.*$", "with": "#"], "# a\nx\r\n# b\n", "#\nx\r\n#\n"),
            (["pattern": "a$", "with": "b"], "a\r\na\r\n", "b\r\nb\r\n"),
            (["pattern": "price", "with": "$$5 ${{ x }} $"], "price", "$5 ${{ x }} $"),
            (["pattern": "é+", "with": "e"], "é\u{301}éx", "e\u{301}ex"),
        ] as [(JSON, String, String)])
    func replaces(fields: JSON, before: String, after: String) throws {
        try run(.object([.init("replace", "a.txt")] + (fields.members ?? [])), before, expecting: after)
    }

    @Test(
        arguments: [
            (["after": "one", "text": "new"], "one\ntwo\n", "one\nnew\ntwo\n"),
            (["after": "two", "text": "new\nmore\n"], "one\ntwo", "one\ntwo\nnew\nmore"),
            (["before": "two", "text": "new"], "one\r\ntwo\r\n", "one\r\nnew\r\ntwo\r\n"),
            (["before": "one", "text": "new"], "\u{FEFF}one\n", "\u{FEFF}new\none\n"),
            (
                ["after": "import os", "text": "import os.path"], "import os\nx\n",
                "import os\nimport os.path\nx\n"
            ),
            (["before": "x", "text": "x = 0"], "x = 1\n", "x = 0\nx = 1\n"),
            (["at": "end", "text": ".build/"], "*.o", "*.o\n.build/"),
            (["at": "end", "text": ".build/"], "*.o\n", "*.o\n.build/\n"),
            (["at": "start", "text": "# {{task.title}}"], "x\n", "# Tidy up\nx\n"),
        ] as [(JSON, String, String)])
    func inserts(fields: JSON, before: String, after: String) throws {
        try run(.object([.init("insert", "a.txt")] + (fields.members ?? [])), before, expecting: after)
    }

    @Test(
        arguments: [
            ("a.py", [:], "x = 1\n", "x = 1\n\n# leviathan:begin b\nnew\n# leviathan:end b\n"),
            ("a.py", [:], nil, "# leviathan:begin b\nnew\n# leviathan:end b\n"),
            ("a.md", [:], "t", "t\n\n<!-- leviathan:begin b -->\nnew\n<!-- leviathan:end b -->\n"),
            (
                "a.go", ["after": "package a"], "package a\nx\n",
                "package a\n// leviathan:begin b\nnew\n// leviathan:end b\nx\n"
            ),
            (
                "a.sh", [:], "# leviathan:begin bc\n# leviathan:begin b\nold\n# leviathan:end b\nrest",
                "# leviathan:begin bc\n# leviathan:begin b\nnew\n# leviathan:end b\nrest"
            ),
            (
                "a.xyz", ["comment": "REM"], "x\r\n",
                "x\r\n\r\nREM leviathan:begin b\r\nnew\r\nREM leviathan:end b\r\n"
            ),
            ("a.css", [:], "", "/* leviathan:begin b */\nnew\n/* leviathan:end b */\n"),
        ] as [(String, JSON, String?, String)])
    func keepsBlocks(file: String, fields: JSON, before: String?, after: String) throws {
        let operation = JSON.object(
            [.init("block", .string(file)), .init("id", "b"), .init("text", "new")] + (fields.members ?? []))
        try run(operation, on: file, before, expecting: after)
    }

    @Test func createsDeletesAndMoves() throws {
        try run(["create": "a.txt", "text": "{{task.id}}\n"], nil, expecting: "task-001\n")
        try run(["create": "a.txt", "text": "x", "overwrite": true], "y", expecting: "x")
        try run(["delete": "a.txt"], "x", expecting: nil)
        try run(["delete": "*.txt"], "x", expecting: nil)
        try run(["move": "a.txt", "to": "b/c.txt"], "x", expecting: nil)
        try run(["move": "*.txt", "to": "b/"], "x", expecting: nil)
        try run(["move": "b.txt", "to": "a.txt", "overwrite": true], "x", expecting: "x")
    }

    @Test func aMoveKeepsTheMode() throws {
        let files = try MemoryFileView()
        files.write(try RepoPath("bin/run"), Array("x".utf8), isExecutable: true)
        files.write(try RepoPath("bin/data"), Array("x".utf8), isExecutable: false)
        _ = try EditExecutor().outcome(["edits": [["move": "bin/*", "to": "tools/"]]], in: files)
        #expect(try files.isExecutable("tools/run") && !files.isExecutable("tools/data"))
        #expect(try files.text("bin/run") == nil)
        _ = try EditExecutor().outcome(
            ["edits": [["create": "tools/data", "text": "x", "executable": true]]], in: files)
        #expect(try files.isExecutable("tools/data"))
    }

    @Test func templatesComeFromTheRepository() throws {
        let files = try MemoryFileView([
            ".leviathan/templates/note.md": "# {{task.title}} on {{ date }} {{ other }}\n"
        ])
        let operation: JSON = ["edits": [["create": "n.md", "template": "note.md"]]]
        #expect(try EditExecutor().outcome(operation, in: files, paths: ["n.md"]) == "created n.md")
        #expect(try files.text("n.md") == "# Tidy up on 2026-01-01 {{ other }}\n")
        let missing = try EditExecutor().outcome(["edits": [["create": "n.md", "template": "../x"]]], in: files)
        #expect(missing.contains("'.' or '..'"))
    }

    @Test(
        arguments: [
            (
                ["set": "a.txt", "key": "a", "to": 1], "x",
                "inputs.edits[0] (set): a.txt: its name says no format (add 'format: …', such as format: yaml)"
            ),
            (
                ["replace": "a.txt", "find": "x", "with": "y", "count": 2], "x",
                "inputs.edits[0] (replace): a.txt: 'x' stands 1 time, not 2"
            ),
            (
                ["replace": "a.txt", "find": "q", "with": "y"], "x",
                "inputs.edits[0] (replace): a.txt: 'q' stands nowhere"
            ),
            (
                ["replace": "a.txt", "find": "aa", "with": "a"], "aaa",
                "inputs.edits[0] (replace): a.txt: replacing 'aa' makes it stand there again (a second run would go on replacing; look for a longer text)"
            ),
            (
                ["replace": "a.txt", "pattern": "a", "with": "aa"], "a",
                "inputs.edits[0] (replace): a.txt: 'pattern' matches what it was replaced with (a second run would go on replacing; narrow it)"
            ),
            (
                ["replace": "a.txt", "pattern": "a", "with": "$1"], "a",
                "inputs.edits[0] (replace): a.txt: 'pattern' has no group 1"
            ),
            (
                ["replace": "*.md", "find": "x", "with": "y"], "x",
                "inputs.edits[0] (replace): '*.md' matches no file that the task may touch"
            ),
            (
                ["insert": "a.txt", "after": "x", "text": "y"], "x\nx\n",
                "inputs.edits[0] (insert): a.txt: the anchor 'x' stands 2 times (give a longer text, which stands there once)"
            ),
            (
                ["insert": "a.txt", "after": "q", "text": "y"], "x\nx\n",
                "inputs.edits[0] (insert): a.txt: the anchor 'q' stands nowhere"
            ),
            (
                ["create": "a.txt", "text": "y"], "x",
                "inputs.edits[0] (create): 'a.txt' is there already, with other content (add 'overwrite: true' to replace it)"
            ),
            (
                ["create": "a.txt/b", "text": "y"], "x",
                "inputs.edits[0] (create): 'a.txt/b' cannot be made: 'a.txt' is a file"
            ),
            (
                ["move": "b.txt", "to": "c.txt"], "x",
                "inputs.edits[0] (move): there is neither 'b.txt' nor 'c.txt'"
            ),
            (
                ["block": "a.txt", "id": "b", "text": ""], "x",
                "inputs.edits[0] (block): a.txt: nothing says how 'a.txt' writes comments (add 'comment: …', such as comment: \"#\")"
            ),
            (
                ["replace": "b.txt", "find": "x", "with": "y"], "x",
                "inputs.edits[0] (replace): there is no file 'b.txt'"
            ),
        ] as [(JSON, String, String)])
    func refusesWhatDoesNotHold(operation: JSON, before: String, message: String) throws {
        #expect(try refusal(operation, before) == message)
    }

    @Test func secretsStayOutOfRefusals() throws {
        let operation: JSON = ["set": ".env", "key": "TOKEN", "to": "new", "expect": "old"]
        let message = try refusal(operation, on: ".env", "TOKEN=hunter2\n")
        #expect(message == "inputs.edits[0] (set): .env: 'TOKEN' has another value than the expected one")
    }

    @Test(
        arguments: [
            (["key": "a", "to": 2, "expect": 3], "{\"a\": 1}", "a.json: 'a' is '1', not '3'"),
            (["key": "a", "to": 2, "expect": "1"], "{\"a\": 1}", "a.json: 'a' is 1, not \"1\""),
            (["key": "a", "to": 2], "{\"a\": 1", "a.json:1:8: not valid JSON: expected ',' or '}'"),
            (["key": "a.b", "to": 2], "{\"a\": 1}", "a.json: 'a' is a number, and holds no other values"),
        ] as [(JSON, String, String)])
    func aSetNamesTheFileAndThePlace(fields: JSON, before: String, message: String) throws {
        let operation = JSON.object([.init("set", "a.json")] + (fields.members ?? []))
        #expect(try refusal(operation, on: "a.json", before) == "inputs.edits[0] (set): " + message)
    }

    @Test(
        arguments: [
            (
                [:],
                "inputs.edits[0] needs one of set, replace, insert, block, create, delete, move"
            ),
            (
                ["sett": "a", "key": "b"],
                "inputs.edits[0] knows no 'sett' (did you mean 'set'?)"
            ),
            (
                ["set": "a", "kye": "b", "to": 1],
                "inputs.edits[0] knows no 'kye' (did you mean 'key'?)"
            ),
            (["set": "a", "delete": "b"], "inputs.edits[0] is set and delete at once"),
            (["set": "a.json", "key": "a"], "inputs.edits[0] needs 'to' (such as to: \"2.0\")"),
            (
                ["set": "a.json", "key": "a", "to": 1, "format": "yml"],
                "inputs.edits[0].format is 'yml', which is not known (did you mean 'yaml'?)"
            ),
            (
                ["set": "../a", "key": "a", "to": 1],
                "inputs.edits[0]: the pattern '../a' cannot be used: it has a '.' or '..' component (patterns are relative to the repository's root, such as docs/**)"
            ),
            (
                ["create": "/a", "text": ""],
                "inputs.edits[0]: '/a' is not a path inside a repository: it starts with '/'"
            ),
            (
                ["create": "a"],
                "inputs.edits[0] needs either 'text' or 'template' (inputs.edits[0].text: Its content.; inputs.edits[0].template: What its content is made from.)"
            ),
            (
                ["create": "a", "text": "{{task.titel}}"],
                "inputs.edits[0]: there is no placeholder '{{task.titel}}' (did you mean '{{task.title}}'?)"
            ),
            (["replace": "a", "find": "x", "with": "x"], "inputs.edits[0]: 'find' and 'with' are the same"),
            (["replace": "a", "find": "", "with": "x"], "inputs.edits[0]: 'find' is empty"),
            (
                ["replace": "a", "find": 5, "with": "x"],
                "inputs.edits[0].find is 5, not text (put it into quotes: as a number, 1.10 would be 1.1)"
            ),
            (
                ["replace": "a", "find": "a", "with": "x", "count": 0],
                "inputs.edits[0].count is 0, not a whole number from 1"
            ),
            (
                ["move": "a*", "to": "b"],
                "inputs.edits[0]: 'a*' may stand for many files (end 'to' with '/' to name a directory)"
            ),
            (
                "text",
                "inputs.edits[0] is text, not a mapping with one of set, replace, insert, block, create, delete, move"
            ),
        ] as [(JSON, String)])
    func refusesWrongShapes(operation: JSON, message: String) throws {
        #expect(try refusal(operation, nil) == message)
    }

    @Test(arguments: ["(a+)+\\d", "((a+)b?)*\\d", "(?:a{2,})+\\d", "([a-z]+)*\\d", "(?:a|x)+(?:a|x)+\\d"])
    func refusesPatternsThatExplode(pattern: String) throws {
        let text = String(repeating: "a", count: 10_000)
        let message = try refusal(["replace": "a.txt", "pattern": .string(pattern), "with": "x"], text)
        #expect(
            message
                == "inputs.edits[0] (replace): a.txt: looking for 'pattern' takes more than 1640000 steps, which is the limit for a file of that size (it tries too many ways to match; avoid repetitions inside of repetitions and side by side, such as (a+)+ or a+a+)"
        )
    }

    @Test func anAttemptThatHasToEndEndsHere() throws {
        let files = try MemoryFileView(["a.txt": "a"])
        var job = try Job.example(["edits": [["replace": "a.txt", "find": "a", "with": "b"]]])
        job.deadline = Deadline(after: .zero, cancellation: Cancellation())
        #expect {
            try EditExecutor().execute(job, in: files)
        } throws: { error in
            let error = error as? ExecutorError
            return error?.message == "inputs.edits[0] (replace): the attempt's time of 0s was over before 'a.txt'"
                && error?.hint == "make the task smaller, or raise limits.attempt_timeout in the policy"
        }
        job.deadline.cancellation.cancel()
        #expect {
            try EditExecutor().execute(job, in: files)
        } throws: { error in
            (error as? ExecutorError)?.message == "inputs.edits[0] (replace): interrupted before 'a.txt'"
        }
        #expect(files.writeCount == 0)
    }

    @Test(
        arguments: [
            ("$1 and\n$2", "x", false), ("a$1b", "a--b", true), ("a$1b", "a-\n-b", false), ("a$1b", "b a", false),
            ("a\n$1b", "xa\nyyb", true), ("a$1\nb$1c", "a\nb\na--\nb--c", true), ("a$1a$1a", "a a\na a a", true),
            ("a$1\nb", "a", false),
        ])
    func whatWasReplacedBeforeIsSeen(with: String, text: String, wasDone: Bool) throws {
        let files = try MemoryFileView(["a.txt": text])
        let outcome = try EditExecutor().outcome(
            ["edits": [["replace": "a.txt", "pattern": "(q)(q)", "with": .string(with)]]], in: files)
        #expect(
            outcome
                == (wasDone
                    ? Self.unchanged
                    : "refused: inputs.edits[0] (replace): a.txt: the pattern '(q)(q)' stands nowhere"))
    }

    @Test func allMistakesAreNamedAtOnce() throws {
        let files = try MemoryFileView()
        let outcome = try EditExecutor().outcome(
            ["edits": [["delete": 1], ["delete": "ok"], ["move": "a"]]], in: files)
        #expect(
            outcome.contains("inputs.edits[0].delete is 1, not text")
                && outcome.contains("inputs.edits[2] needs 'to'"))
        for inputs in [[:], ["edits": []], ["edits": "x"]] as [JSON] {
            let outcome = try EditExecutor().outcome(inputs, in: files)
            #expect(
                outcome.hasPrefix("refused: inputs.edits is")
                    || outcome.hasPrefix("refused: inputs needs 'edits'"),
                "\(outcome)")
        }
    }

    @Test func nothingIsDoneWhenOneOperationFails() throws {
        let files = try MemoryFileView(["a.txt": "x", "b.txt": "y"])
        let inputs: JSON = [
            "edits": [
                ["create": "new.txt", "text": "z"], ["delete": "b.txt"],
                ["replace": "a.txt", "find": "q", "with": "r"],
            ]
        ]
        let outcome = try EditExecutor().outcome(inputs, in: files)
        #expect(outcome == "refused: inputs.edits[2] (replace): a.txt: 'q' stands nowhere")
        #expect(try files.writeCount == 0 && files.text("b.txt") == "y")
    }

    @Test func laterOperationsSeeEarlierOnes() throws {
        let files = try MemoryFileView(["a.json": "{\"v\": 1}"])
        let inputs: JSON = [
            "edits": [
                ["move": "a.json", "to": "b.json"], ["set": "*.json", "key": "v", "to": 2],
                ["create": "a.json", "text": "{}"], ["set": "a.json", "key": "n", "to": 3], ["delete": "a.json"],
            ]
        ]
        _ = try EditExecutor().outcome(inputs, in: files)
        #expect(try files.text("b.json") == "{\"v\": 2}")
        #expect(try files.text("a.json") == nil)
    }

    @Test func onlyAllowedFilesAreReadAndTouched() throws {
        let files = try MemoryFileView([
            "docs/a.md": "old", "docs/b.md": "old", "src/c.md": "old", ".github/workflows/x.md": "old",
        ])
        let inputs: JSON = ["edits": [["replace": "**/*.md", "find": "old", "with": "new"]]]
        #expect(
            try EditExecutor().outcome(inputs, in: files, paths: ["docs/a.md", ".github/**"])
                == "replaced 1 place in docs/a.md")
        #expect(Set(files.reads.map(\.description)) == ["docs/a.md"])
        let refused = try EditExecutor().outcome(
            ["edits": [["delete": "src/c.md"]]], in: files, paths: ["docs/"])
        #expect(
            refused
                == "refused: inputs.edits[0] (delete): the task may not touch 'src/c.md': it is not covered by the task's allowed_paths"
        )
        let own = try EditExecutor().outcome(
            ["edits": [["create": ".leviathan/policy.yaml", "text": ""]]], in: files)
        #expect(own.contains("may not touch '.leviathan/policy.yaml': .leviathan/ holds the rules"))
        let moved = try EditExecutor().outcome(
            ["edits": [["move": "docs/a.md", "to": "src/a.md"]]], in: files, paths: ["docs/"])
        #expect(moved.contains("may not touch 'src/a.md'"))
    }

    @Test func globsPassOverWhatIsNoPlainText() throws {
        let files = try MemoryFileView(["a.txt": "x1"])
        files.write(try RepoPath("b.txt"), [0xFF, 0x00, 0x78], isExecutable: nil)
        files.others = [try RepoPath("link.txt")]
        let outcome = try EditExecutor().outcome(
            ["edits": [["replace": "*.txt", "pattern": "x\\d", "with": "y"]]], in: files)
        #expect(outcome == "replaced 1 place in a.txt")
        #expect(
            try EditExecutor().outcome(["edits": [["replace": "b.txt", "pattern": "x", "with": "y"]]], in: files)
                .contains("not UTF-8 text"))
        #expect(
            try EditExecutor().outcome(["edits": [["replace": "link.txt", "find": "x", "with": "y"]]], in: files)
                .contains("not a plain file"))
    }

    @Test func bytesThatAreNoTextAreReplacedToo() throws {
        let files = try MemoryFileView()
        files.write(try RepoPath("a.bin"), [0xFF, 0x61, 0x00, 0x61], isExecutable: nil)
        _ = try EditExecutor().outcome(["edits": [["replace": "a.bin", "find": "a", "with": "bc"]]], in: files)
        #expect(try files.bytes("a.bin") == [0xFF, 0x62, 0x63, 0x00, 0x62, 0x63])
    }
}
