import Basics
import ExecutorTestSupport
import Executors
import Paths
import Testing

/// What is no text of the expected kind is refused by name, or kept as it is around the change.
@Suite struct BadInputTests {
    private static let mark = "\u{FEFF}"

    private func outcome(_ executor: any Executor, _ inputs: JSON, _ path: String, _ bytes: [UInt8]) throws
        -> (said: String, bytes: [UInt8]?)
    {
        let files = try MemoryFileView()
        let target = try RepoPath(path)
        files.write(target, bytes, isExecutable: nil)
        let job = try Job.example(inputs, paths: [path], allows: [path], criteria: ["It works"])
        do throws(ExecutorError) {
            let notes = try executor.execute(job, in: files).notes
            return (notes.joined(separator: "; "), files.files[target])
        } catch {
            let hint = error.hint.map { " (\($0))" } ?? ""
            return ("refused: " + error.description + hint, files.files[target])
        }
    }

    private static func wide(_ text: String) -> [UInt8] {
        [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    private static func set(_ path: String, _ key: String) -> JSON {
        ["edits": [["set": .string(path), "key": .string(key), "to": "2"]]]
    }

    @Test(
        arguments: [
            (
                "edit", set("a.json", "a"), "a.json",
                Array("{\"a\": \"1\"}".utf16.flatMap { [UInt8($0 & 0xFF), 0] }), "not valid JSON"
            ),
            (
                "edit", set("a.json", "a"), "a.json", [0xFF, 0xFE, 0x7B, 0, 0x7D, 0],
                "the file is UTF-16 text (save the file as UTF-8 text)"
            ),
            (
                "docs", ["sections": [["title": "x"]]], "a.md", wide("# T\n"),
                "'a.md' is UTF-16 text (save the file as UTF-8"
            ),
            ("docs", ["sections": [["title": "x"]]], "a.md", Array("# T\n".utf8) + [0, 10], "'a.md' is binary"),
            (
                "docs", ["template": "changelog", "version": "2", "fixed": ["x"]], "a.md", wide("## 1.0\n"),
                "'a.md' is UTF-16 text"
            ),
            (
                "edit", ["edits": [["replace": "a.txt", "find": "a", "with": "b"]]], "a.txt", wide("a\n"),
                "the file is UTF-16"
            ),
            (
                "edit", ["edits": [["insert": "a.txt", "after": "a", "text": "b"]]], "a.txt", wide("a\n"),
                "the file is UTF-16"
            ),
            ("tests", [:], "a.test.js", wide("import 'vitest'\n"), "'a.test.js' is not UTF-8 text"),
            ("tests", [:], "a_test.go", Array("package a\n".utf8) + [0, 10], "'a_test.go' is not UTF-8 text"),
            ("edit", set("a.yaml", "a"), "a.yaml", Array("a: 1\nb: ".utf8) + [0xE9, 10], "not valid UTF-8"),
            ("edit", set("a.yaml", "a.b"), "a.yaml", Array("a:\n\tb: 1\n".utf8), "a.yaml:2:1"),
            ("edit", set("b.yaml", "a"), "a.yaml", Array("a: 1\n".utf8), "b.yaml"),
            (
                "docs", ["sections": [["title": "é"]]], "a.md", Array("# T".utf8) + [0xE9, 10],
                "is not UTF-8 text, and the block has letters beyond ASCII"
            ),
            (
                "dependencies", ["requests": "2.0"], "requirements.txt", Array("requests==1.0 # ".utf8) + [0xE9],
                "requirements.txt: it is not UTF-8 text (check the name"
            ),
            (
                "infra", ["modules": ["a": "2.0"]], "main.tf", Array("# ".utf8) + [0xE9, 10],
                "main.tf: it is not UTF-8 text"
            ),
            ("ci", ["uses": ["a/b": "v2"]], ".github/workflows/a.yml", [0x23, 0xE9, 10], "not valid UTF-8"),
            (
                "dependencies", ["g:a": "2"], "pom.xml",
                Array(
                    "<project><properties><v>[1,2)</v></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency></dependencies></project>"
                        .utf8), "is written as '[1,2)'"
            ),
        ] as [(String, JSON, String, [UInt8], String)])
    func isRefusedByName(executor: String, inputs: JSON, path: String, bytes: [UInt8], says: String) throws {
        let (said, after) = try outcome(try #require(Self.executors[executor]), inputs, path, bytes)
        #expect(said.hasPrefix("refused: ") && said.contains(says), "\(said)")
        #expect(after == bytes)
    }

    @Test(
        arguments: [
            (
                "edit", set("a.yaml", "a"), "a.yaml", mark + "a: \"1\"\r\nb: 3\r\nc: 4",
                mark + "a: \"2\"\r\nb: 3\r\nc: 4"
            ),
            ("edit", set("a.toml", "a"), "a.toml", mark + "a = \"1\"", mark + "a = \"2\""),
            ("edit", set("a.ini", "s.a"), "a.ini", mark + "[s]\r\na\t=\t1", mark + "[s]\r\na\t=\t2"),
            (
                "dependencies", ["requests": "2.0"], "requirements.txt", mark + "requests\t==\t1.0\r\nsix",
                mark + "requests\t==\t2.0\r\nsix"
            ),
            (
                "dependencies", ["a": "2.0.0"], "package.json",
                mark + "{\r\n\t\"dependencies\": {\"a\": \"^1.0.0\"}}",
                mark + "{\r\n\t\"dependencies\": {\"a\": \"^2.0.0\"}}"
            ),
            (
                "infra", ["modules": ["a": "2.0.0"]], "main.tf",
                mark + "module \"a\" {\r\n\tsource = \"x/y/z\"\r\n\tversion = \"1.0.0\" /* why */\r\n}",
                mark + "module \"a\" {\r\n\tsource = \"x/y/z\"\r\n\tversion = \"2.0.0\" /* why */\r\n}"
            ),
            (
                "ci", ["uses": ["a/b": "v2"]], ".github/workflows/a.yml",
                mark + "on: push\r\njobs:\r\n  a:\r\n    runs-on: x\r\n    steps:\r\n      - uses: a/b@v1",
                mark + "on: push\r\njobs:\r\n  a:\r\n    runs-on: x\r\n    steps:\r\n      - uses: a/b@v2"
            ),
        ] as [(String, JSON, String, String, String)])
    func marksReturnsTabsAndMissingLineBreaksStay(
        executor: String, inputs: JSON, path: String, text: String, expected: String
    ) throws {
        let (said, after) = try outcome(try #require(Self.executors[executor]), inputs, path, Array(text.utf8))
        #expect(after == Array(expected.utf8), "\(said)")
    }

    private static let executors: [String: any Executor] = [
        "edit": EditExecutor(), "dependencies": DependenciesExecutor(), "ci": CIExecutor(),
        "infra": InfraExecutor(),
        "docs": DocsExecutor(), "tests": TestsExecutor(),
    ]

    @Test(arguments: [
        ("// Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\n", true),
        ("#\n# This file is autogenerated by pip-compile with Python 3.11\n#\nrequests==1.0\n", true),
        ("<!-- This file was generated by terraform-docs -->\n# A\n", true),
        ("/* @generated */\n", true), (String(repeating: "x\n", count: 30) + "// @generated\n", false),
        ("# How pages are generated by a program\n", false), ("This file is generated by hand.\n", false),
        ("", false),
    ]) func whatAProgramWritesIsKnownByItsMark(text: String, isGenerated: Bool) {
        #expect(GeneratedMark.isIn(Array(text.utf8)) == isGenerated)
    }

    @Test func aChangeOfAGeneratedFileIsNamed() throws {
        let mark = "# This file is autogenerated. DO NOT EDIT.\n"
        let files = try MemoryFileView(["requirements.txt": mark + "a==1\n", "dev-requirements.txt": "a==1\n"])
        let watch = GeneratedFileWatch(files)
        _ = try DependenciesExecutor().execute(try Job.example(["a": "2"]), in: watch)
        #expect(try files.text("requirements.txt") == mark + "a==2\n")
        #expect(watch.notes.count == 1 && watch.notes.first?.hasPrefix("warning: requirements.txt says") == true)
    }
}
