import Basics
import ExecutorTestSupport
import Executors
import Testing

/// A runner's label that is exchanged in a matrix is compared with elsewhere.
@Suite struct RunnerConditionTests {
    private static let path = ".github/workflows/test.yml"

    private static func workflow(_ steps: String) -> String {
        """
        jobs:
          test:
            strategy:
              matrix:
                os: [ubuntu-20.04, macos-13]
            runs-on: ${{ matrix.os }}
            steps:
              - run: make
        \(steps)

        """
    }

    private func result(_ steps: String) throws -> (text: String?, said: String) {
        let files = try MemoryFileView([Self.path: Self.workflow(steps)])
        let job = try Job.example(
            ["runners": ["ubuntu-20.04": "ubuntu-24.04"]], paths: [Self.path], allows: [Self.path])
        let said = try CIExecutor().execute(job, in: files).notes.joined(separator: "; ")
        return (try files.text(Self.path), said)
    }

    @Test(arguments: [
        ("        if: matrix.os == 'ubuntu-20.04'", "        if: matrix.os == 'ubuntu-24.04'"),
        (
            "        if: ${{ 'ubuntu-20.04' != matrix.os && always() }}",
            "        if: ${{ 'ubuntu-24.04' != matrix.os && always() }}"
        ),
        (
            "        env: {A: \"${{ matrix.os == 'ubuntu-20.04' && 'x' || 'ubuntu-20.04y' }}\"}",
            "        env: {A: \"${{ matrix.os == 'ubuntu-24.04' && 'x' || 'ubuntu-20.04y' }}\"}"
        ),
    ])
    func aComparedLabelIsExchangedToo(before: String, after: String) throws {
        let result = try result(before)
        let expected = Self.workflow(after).replacing("[ubuntu-20.04", with: "[ubuntu-24.04")
        #expect(result.text == expected, "\(result.text ?? "")")
    }

    @Test(arguments: [
        "        if: contains(fromJSON('[\"a\"]'), 'ubuntu-20.04')",
        "        if: github.event.inputs.os == 'ubuntu-20.04'",
    ])
    func anotherUseOfTheLabelIsNamed(steps: String) throws {
        let result = try result(steps)
        #expect(result.text?.contains(steps) == true)
        #expect(
            result.said.contains("jobs.test.steps[0].if names 'ubuntu-20.04' in an expression, and was left"),
            "\(result.said)")
    }

    /// Neither holds the label as a text of its own, and both would be false from now on.
    @Test(arguments: [
        ("startsWith(matrix.os, 'ubuntu-20')", "asks for 'ubuntu-20', which 'ubuntu-24.04' is not"),
        ("contains(fromJSON('[\"ubuntu-20.04\"]'), matrix.os)", "asks for '[\"ubuntu-20.04\"]'"),
        ("matrix.os == 'ubuntu-20.04' || endsWith(matrix.os, '20.04')", "asks for '20.04'"),
    ])
    func aPartOfTheLabelIsNamed(condition: String, says: String) throws {
        let said = try result("        if: ${{ \(condition) }}").said
        #expect(said.contains("jobs.test.steps[0].if " + says), "\(said)")
        #expect(try !result("        if: startsWith(matrix.os, 'ubuntu')").said.contains("asks for"))
    }

    /// What a list of versions has lost is asked for elsewhere.
    @Test func aVersionThatTheMatrixHasNoMoreIsNamed() throws {
        let text = """
            jobs:
              a:
                strategy:
                  matrix:
                    python: ["3.9", "3.10"]
                    exclude:
                      - python: "3.9"
                steps:
                  - uses: actions/setup-python@v5
                    if: matrix.python == '3.9'
                    with: {python-version: "${{ matrix.python }}"}
                  - run: make
                    if: matrix.python == '3.10'

            """
        let files = try MemoryFileView([Self.path: text])
        let job = try Job.example(
            ["versions": ["python": ["3.10", "3.11"]]], paths: [Self.path], allows: [Self.path])
        let said = try CIExecutor().execute(job, in: files).notes.joined(separator: "; ")
        #expect(said.contains("matrix.exclude[0].python is '3.9', which the matrix has no more"), "\(said)")
        #expect(said.contains("jobs.a.steps[0].if asks for '3.9', which the matrix has no more"), "\(said)")
        #expect(!said.contains("asks for '3.10'"), "\(said)")
    }

    @Test func whatIsNoExpressionStays() throws {
        let steps = "      - run: echo 'ubuntu-20.04' ${{ matrix.os }}"
        let result = try result(steps)
        #expect(result.text?.contains(steps) == true && !result.said.contains("was left"), "\(result.said)")
    }

    @Test func notesShowTagsAndNoHashes() throws {
        let old = String(repeating: "1", count: 40)
        let new = String(repeating: "2", count: 40)
        let text = "jobs:\n  a:\n    steps:\n      - uses: o/a@\(old) # v3.1.0\n      - uses: o/b@v1\n"
        let files = try MemoryFileView([Self.path: text])
        let inputs: JSON = [
            "uses": ["o/a": ["version": "v4.0.0", "commit": .string(new)], "o/b": "v2"]
        ]
        let job = try Job.example(inputs, paths: [Self.path], allows: [Self.path])
        let said = try CIExecutor().execute(job, in: files).notes.joined(separator: "; ")
        #expect(
            said.contains("o/a@v3.1.0, pinned → o/a@v4.0.0, pinned") && said.contains("o/b@v1 → o/b@v2"), "\(said)"
        )
        #expect(!said.contains(new.prefix(8)) && !said.contains(old.prefix(8)), "\(said)")
    }
}

/// Images in manifests of several documents, by variant and digest.
@Suite struct InfraImageTests {
    @Test func variantsStayInEveryDocumentAndTextsOfProgramsAreLeft() throws {
        let text = """
            ---
            kind: Deployment
            spec: {containers: [{image: nginx:1.25-alpine}, {image: "redis:alpine"}]}
            ---
            ---
            apiVersion: v1
            kind: ConfigMap
            data: {image: nginx}

            """
        let files = try MemoryFileView([
            "web.yaml": text, "values.yaml": "image: {repository: redis, tag: alpine}\n",
        ])
        _ = try InfraExecutor().outcome(["images": ["nginx": "1.27.3", "redis": "7.2"]], in: files)
        #expect(
            try files.text("web.yaml")
                == text.replacing("1.25-alpine", with: "1.27.3-alpine").replacing(
                    "redis:alpine", with: "redis:7.2-alpine"))
        #expect(try files.text("values.yaml") == "image: {repository: redis, tag: 7.2-alpine}\n")
    }

    @Test func anImageAtADigestSaysWhichInputItWants() throws {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let files = try MemoryFileView(["web.yaml": "image: nginx:1.25@\(digest)\n"])
        let said = try InfraExecutor().outcome(["images": ["nginx": "1.27.3"]], in: files)
        #expect(
            said.contains("give the new one with the tag, as {nginx: {tag: \"1.27.3\", digest: \"sha256:…\"}}"),
            "\(said)")
    }
}
