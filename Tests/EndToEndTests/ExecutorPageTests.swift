import Basics
import Processes
import TestSupport
import Testing

/// The examples of the executors' page, run by the built program on files that fit them.
@Suite(.timeLimit(.minutes(60))) struct ExecutorPageTests {
    private static let page =
        String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }) + "/docs/executors.md"

    /// The first YAML block below a heading.
    private static func example(_ heading: String) throws -> String {
        let text = String(decoding: try FileSystem.read(page, limit: 1 << 20), as: UTF8.self)
        let start = try #require(text.firstRange(of: "\n## \(heading)\n"))
        let open = try #require(text[start.upperBound...].firstRange(of: "```yaml\n"))
        let close = try #require(text[open.upperBound...].firstRange(of: "\n```\n"))
        return String(text[open.upperBound..<close.lowerBound])
    }

    /// Runs the example as a task, and says what the patch holds.
    private func patch(
        _ executor: String, _ files: [String: String], scope: String = "\"**\""
    ) throws -> String {
        let inputs = try Self.example(executor).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n")
        let target = try TestTarget(
            policy:
                "version: 1\nscopes:\n  all: {allowed_paths: [\(scope)], executor: \(executor), operations: [create, update, delete]}\n",
            backlog: """
                version: 1
                tasks:
                  - id: task-001
                    title: Tidy up
                    scope: all
                    ready: true
                    allowed_paths: ["**"]
                \(inputs)
                """)
        for (name, text) in files { try target.repository.write(name, text) }
        try target.repository.commitAll()
        try target.repository.git("push", "--quiet", "origin", "main")
        try target.repository.git("fetch", "--quiet", "origin")
        let outcome = try target.leviathan("propose", "task-001", "--dry-run")
        #expect(outcome.succeeded, "\(outcome.errors.text)")
        return outcome.output.text
    }

    @Test func theOperationsOfEdit() throws {
        let patch = try patch(
            "edit",
            [
                "package.json": "{\n  \"version\": \"1.0\"\n}\n",
                "ci.yml":
                    "jobs:\n  build:\n    steps:\n      - name: Test # all of them\n        run: make test\n",
                "docs/a.md": "see old.example.com\n", "docs/b.md": "and old.example.com\n", ".gitignore": "*.o\n",
                "setup.sh": "#!/bin/sh\nVERSION=1.2\n", "Makefile": "build:\n", "notes.txt": "n\n", "tmp/x": "x\n",
            ])
        for line in [
            "+  \"version\": \"2.0\"", "+        timeout-minutes: 10", "+see new.example.com",
            "+and new.example.com",
            "+VERSION=1.9", "+.build/", "+# kept by task-001", "+# leviathan:begin release", "+release: build",
            "+# Tidy up", "+++ b/docs/notes.txt", "--- a/notes.txt", "deleted file mode 100644",
        ] { #expect(patch.contains(line), "\(line) in \(patch)") }
    }

    @Test func theDiffOfPatch() throws {
        let patch = try patch("patch", ["docs/guide.md": "# Guide\n\nSome words.\n"])
        #expect(patch.contains("-Some words.\n+Better words.\n"), "\(patch)")
    }

    @Test func thePageOfDocs() throws {
        let patch = try patch(
            "docs", ["README.md": "# Mine\n", "docs/a.md": "# A\n", "src/a.py": "os.getenv('LEVEL')\n"])
        for line in [
            "+# API logging", "+## Who this is for", "+2. Look it up.", "+   grep 'request=7f3a' /var/log/api.log",
            "+| info | A request was answered |", "+- [All guides](docs)", "+| `LEVEL` | [src/a.py](src/a.py) |",
        ] { #expect(patch.contains(line + "\n"), "\(line) in \(patch)") }
    }

    @Test func theTestsOfTests() throws {
        let patch = try patch("tests", ["tests/test_old.py": "x = 1\n"])
        #expect(patch.contains("+++ b/tests/test_task_001.py"))
        for line in [
            "+@pytest.mark.skip(reason=\"not implemented: Every log level has an example\")",
            "+def test_every_log_level_has_an_example():", "+def test_quotes_are_kept():",
        ] { #expect(patch.contains(line + "\n"), "\(line) in \(patch)") }
    }

    @Test func theChangesOfCI() throws {
        let patch = try patch(
            "ci",
            [
                ".github/workflows/ci.yml": """
                on: push
                jobs:
                  build:
                    runs-on: ubuntu-20.04
                    strategy: {matrix: {python: ["3.11"]}}
                    services: {db: {image: "postgres:15"}}
                    steps:
                      - uses: actions/checkout@v4 # code
                      - uses: actions/setup-node@v4
                        with: {node-version: 20}
                      - uses: actions/setup-python@v5
                        with: {python-version: "${{ matrix.python }}"}

                """
            ], scope: "\"**\", .github/workflows/ci.yml")
        for line in [
            "+      - uses: actions/checkout@v4.2.2 # code",
            "+      - uses: actions/setup-node@39370e3970a6d050c480ffad4ff0ed4d3fdee5af # v4.1.0",
            "+    runs-on: ubuntu-24.04", "+    strategy: {matrix: {python: [\"3.12\", \"3.13\"]}}",
            "+    services: {db: {image: \"postgres:16\"}}", "+permissions:", "+    timeout-minutes: 20",
            "+  cancel-in-progress: true",
        ] { #expect(patch.contains(line + "\n"), "\(line) in \(patch)") }
    }

    @Test func theVersionsOfInfra() throws {
        let digest = String(repeating: "a", count: 64)
        let patch = try patch(
            "infra",
            [
                "main.tf": """
                terraform {
                  required_version = ">= 1.5"
                  required_providers {
                    aws = { source = "hashicorp/aws", version = "~> 5.0" }
                  }
                }

                module "vpc" {
                  source  = "terraform-aws-modules/vpc/aws"
                  version = "5.1.0"
                }

                """,
                "k8s/web.yaml":
                    "kind: Pod\nspec:\n  containers:\n    - image: nginx:1.25 # web\n    - image: ghcr.io/acme/app:2.0@sha256:\(digest)\n",
            ])
        for line in [
            "+  required_version = \">= 1.9.0\"",
            "+    aws = { source = \"hashicorp/aws\", version = \"~> 5.80\" }",
            "+  version = \"5.16.0\"", "+    - image: nginx:1.27.3 # web",
            "+    - image: ghcr.io/acme/app:2.1@sha256:\(String(repeating: "b", count: 64))",
        ] { #expect(patch.contains(line + "\n"), "\(line) in \(patch)") }
    }

    @Test func theVersionsOfDependencies() throws {
        let patch = try patch(
            "dependencies",
            [
                "requirements.txt": "Requests[socks]~=2.31 # http\n",
                "web/package.json": "{\"dependencies\": {\"react\": \"^17.0.0\"}}\n",
            ])
        #expect(
            patch.contains("+Requests[socks]~=2.32 # http\n") && patch.contains("\"react\": \"^18.3.1\""),
            "\(patch)")
    }
}
