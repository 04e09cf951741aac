import Basics
import ExecutorTestSupport
import Executors
import Paths
import Testing

@Suite struct DependenciesExecutorTests {
    private static let unchanged = "every package has its version already"

    private static func inputs(_ packages: [String: String]) -> JSON {
        .object(packages.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }

    /// A workspace of pnpm names versions in one place for all its packages.
    @Test func aCatalogIsSet() throws {
        let workspace =
            "packages:\n  - packages/*\ncatalog:\n  react: ^18.2.0 # all of them\ncatalogs:\n  old: {react: 17.0.0}\n"
        let package = "{\"dependencies\": {\"react\": \"catalog:\"}}\n"
        let files = try MemoryFileView(["pnpm-workspace.yaml": workspace, "packages/a/package.json": package])
        let said = try DependenciesExecutor().outcome(["npm:react": "18.3.1"], in: files)
        let expected = workspace.replacing("^18.2.0", with: "^18.3.1").replacing("17.0.0", with: "18.3.1")
        #expect(try files.text("pnpm-workspace.yaml") == expected, "\(said)")
        #expect(!said.contains("was left"), "\(said)")
        let alone = try MemoryFileView(["packages/a/package.json": package])
        let job = try Job.example(["react": "18.3.1"])
        let error = #expect(throws: ExecutorError.self) { try DependenciesExecutor().execute(job, in: alone) }
        #expect(error?.causes.first?.contains("takes its version from the catalog in pnpm-workspace.yaml") == true)
    }

    @Test func whatChangesTwiceInAFileIsToldOnce() throws {
        let files = try MemoryFileView(["Dockerfile": "FROM python:3.11-slim AS a\nFROM python:3.11-slim\n"])
        let said = try DependenciesExecutor().outcome(["python": "3.12"], in: files)
        #expect(said == "Dockerfile: python:3.11-slim → python:3.12-slim (2 places)", "\(said)")
    }

    @Test(arguments: ManifestFixture.all) func setsVersionsAndNothingElse(fixture: ManifestFixture) throws {
        for newLine in ["\n", "\r\n"] {
            let text = fixture.text.replacing("\n", with: newLine)
            var expected = text
            for (old, new) in fixture.changes {
                let (old, new) = (old.replacing("\n", with: newLine), new.replacing("\n", with: newLine))
                #expect(expected.ranges(of: old).count == 1, "'\(old)' stands once")
                expected = expected.replacing(old, with: new)
            }
            let files = try MemoryFileView([fixture.file: text])
            let outcome = try DependenciesExecutor().outcome(Self.inputs(fixture.packages), in: files)
            #expect(try files.text(fixture.file) == expected, "\(outcome)")
            let again = try DependenciesExecutor().outcome(Self.inputs(fixture.packages), in: files)
            #expect(again.hasPrefix(Self.unchanged), "\(again)")
            #expect(files.writeCount == 1)
        }
    }

    @Test func notesSayWhatChanged() throws {
        let files = try MemoryFileView([
            "a/requirements.txt": "requests==2.31.0\n", "b/requirements.txt": "requests==2.32.0\n",
            "c/package.json": "{\"dependencies\": {\"requests\": \"^1.0\"}}", "c/package-lock.json": "{}",
        ])
        #expect(
            try DependenciesExecutor().outcome(["requests": "2.32.0"], in: files)
                == "a/requirements.txt: requests==2.31.0 → requests==2.32.0; c/package.json: requests ^1.0 → ^2.32.0; warning: c/package-lock.json no longer fits its manifest: name it in allowed_paths to have npm refresh it"
        )
    }

    @Test func theFamilyOfAPackageCanBeNamed() throws {
        let files = try MemoryFileView([
            "requirements.txt": "redis==4.0\n", "package.json": "{\"dependencies\": {\"redis\": \"4.0.0\"}}",
            "Dockerfile": "FROM redis:6\n",
        ])
        _ = try DependenciesExecutor().outcome(["npm:redis": "4.6.0", "docker:redis": "7"], in: files)
        #expect(try files.text("requirements.txt") == "redis==4.0\n")
        #expect(try files.text("package.json") == "{\"dependencies\": {\"redis\": \"4.6.0\"}}")
        #expect(try files.text("Dockerfile") == "FROM redis:7\n")
    }

    @Test func includesAreFollowedOnceAndNeverOut() throws {
        let files = try MemoryFileView([
            "requirements.txt": "-r deps/base.list\n-c ../outside.txt\n-r https://x/y.txt\n-r secret/s.list\n",
            "deps/base.list": "-r ../requirements.txt\nrequests==1.0\n-c limits.list\n",
            "deps/limits.list": "requests<2\n",
            "secret/s.list": "requests==1.0\n",
        ])
        let outcome = try DependenciesExecutor().outcome(
            ["requests": "2.32.0"], in: files, paths: ["requirements.txt", "deps/"])
        #expect(!outcome.hasPrefix("refused"), "\(outcome)")
        #expect(try files.text("deps/base.list")?.contains("requests==2.32.0") == true)
        #expect(try files.text("deps/limits.list") == "requests<3\n")
        #expect(!files.reads.map(\.description).contains("secret/s.list"))
    }

    @Test func hashesComeWithTheTask() throws {
        let pinned =
            "requests==2.31.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb  # http\nsix==1.0 --hash=sha256:cc\n"
        let files = try MemoryFileView(["requirements.txt": pinned])
        let refused = try DependenciesExecutor().outcome(["requests": "2.32.0"], in: files)
        #expect(
            refused.hasPrefix(
                "refused: requirements.txt:2:5: 'requests' is pinned with hashes, which are those of the old version"
            ))
        #expect(files.writeCount == 0)
        let inputs: JSON = ["requests": ["version": "2.32.0", "hashes": ["sha256:11", "sha256:22", "sha256:33"]]]
        _ = try DependenciesExecutor().outcome(inputs, in: files)
        #expect(
            try files.text("requirements.txt")
                == "requests==2.32.0 \\\n    --hash=sha256:11 \\\n    --hash=sha256:22 \\\n    --hash=sha256:33  # http\nsix==1.0 --hash=sha256:cc\n"
        )
        #expect(try DependenciesExecutor().outcome(inputs, in: files) == Self.unchanged)
    }

    @Test func brokenManifestsAreLeftAloneAndNamed() throws {
        let broken = [
            "a/package.json": "{\"dependencies\": {\"x\": \"1\",}}", "b/pyproject.toml": "[project\n",
            "c/pom.xml": "<a><b></a>",
            "d/Cargo.toml": "a = 1\na = 2\n", "e/go.mod": "require (\nx v1\n", "f/Package.swift": "let x = \"",
            "g/setup.cfg": "[x\n",
            "h/compose.yaml": "a: [\n",
        ]
        let files = try MemoryFileView(broken.merging(["requirements.txt": "x==1\n"]) { $1 })
        let outcome = try DependenciesExecutor().outcome(["x": "2"], in: files)
        #expect(
            outcome.hasPrefix("requirements.txt: x==1 → x==2; left alone: a/package.json:1:27: not valid JSON"))
        for (name, text) in broken {
            #expect(outcome.contains("left alone: \(name):"), "\(name) in \(outcome)")
            #expect(try files.text(name) == text)
        }
        let missing = try DependenciesExecutor().outcome(["y": "2"], in: files)
        #expect(missing.hasPrefix("refused: no manifest that the task may touch uses 'y': a/package.json:1:27"))
    }

    @Test(arguments: [
        ("requirements.txt", "x @ https://e/x.whl\n", "'x @ https://e/x.whl'"),
        ("package.json", "{\"dependencies\": {\"x\": \"workspace:*\"}}", "workspace:*"),
        ("package.json", "{\"dependencies\": {\"x\": \"^1 || ^2\"}}", "^1 || ^2"),
        ("Cargo.toml", "[dependencies]\nx = {git = \"https://x\"}\n", "names no version"),
        ("Gemfile", "gem 'x', git: 'https://x'\n", "comes from a repository"),
        ("Dockerfile", "FROM x@sha256:aa\n", "x@sha256:aa"),
        ("Dockerfile", "FROM x:$TAG\n", "is named by a variable"),
        ("build.gradle", "api \"g:x:$v\"\n", "defined elsewhere"),
        ("Package.swift", "x(.package(url: \"https://e/x\", branch: \"main\"))\n", "names no version"),
        (
            "pom.xml",
            "<p><dependency><groupId>g</groupId><artifactId>x</artifactId><version>${v}</version></dependency></p>",
            "defined elsewhere"
        ),
    ])
    func whatOnlyAPersonCanChangeIsLeft(file: String, text: String, reason: String) throws {
        let files = try MemoryFileView([file: text])
        let outcome = try DependenciesExecutor().outcome(["x": "3.0.0"], in: files)
        #expect(outcome.hasPrefix("refused: no manifest uses 'x' in a way that can be changed"))
        #expect(
            outcome.contains(reason.replacing("'x @ ", with: "'x @ ")) || outcome.contains("comes from a URL"),
            "\(outcome)")
        #expect(try files.text(file) == text)
    }

    @Test(
        arguments: [
            ([:], "inputs names nothing to change"), (["x": 2.0], "inputs.x is 2.0, not text"),
            (
                ["x": "latest"],
                "latest of 'x' cannot be looked up: 'pip' needs a checkout to run in, and there is none (name the version exactly)"
            ),
            (["x": ">=2"], "'>=2' is no version that 'x' can be set to"),
            (["x": "1\"\n"], "is no version that 'x' can be set to"),
            (["x": ""], "'' is no version"),
            (["x": ["version": "1", "hashes": ["aa"]]], "a hash of 'x' is written as sha256:…"),
        ] as [(JSON, String)])
    func refusesWrongInputs(inputs: JSON, message: String) throws {
        let outcome = try DependenciesExecutor().outcome(
            inputs, in: MemoryFileView(["requirements.txt": "x==1\n"]))
        #expect(outcome.hasPrefix("refused: ") && outcome.contains(message), "\(outcome)")
    }

    @Test func onlyManifestsThatMayBeTouchedAreRead() throws {
        let files = try MemoryFileView([
            "a/requirements.txt": "x==1\n", "b/requirements.txt": "x==1\n", "a/main.py": "x==1\n",
            "a/README.md": "x",
        ])
        _ = try DependenciesExecutor().outcome(["x": "2"], in: files, paths: ["a/"])
        #expect(Set(files.reads.map(\.description)) == ["a/requirements.txt"])
        #expect(try files.text("b/requirements.txt") == "x==1\n")
    }

    @Test func aMonorepoKeepsEveryOtherFile() throws {
        let files = try MemoryFileView()
        for number in 0..<200 {
            let text =
                "{\"name\": \"p\(number)\", \"dependencies\": {\"react\": \"^17.0.\(number)\", \"p\(number + 1)\": \"1.0.0\"}}\n"
            files.write(try RepoPath("packages/p\(number)/package.json"), Array(text.utf8), isExecutable: nil)
            files.write(try RepoPath("packages/p\(number)/index.js"), [], isExecutable: nil)
        }
        let before = files.writeCount
        let report = try DependenciesExecutor().execute(Job.example(["react": "18.2.0"]), in: files)
        #expect(report.notes.count == 200 && files.writeCount - before == 200)
        #expect(
            try files.text("packages/p7/package.json")
                == "{\"name\": \"p7\", \"dependencies\": {\"react\": \"^18.2.0\", \"p8\": \"1.0.0\"}}\n")
    }
}
