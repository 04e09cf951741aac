import Basics
import ExecutorTestSupport
import Executors
import Model
import Processes
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct VersionLookupTests {
    static let fakes = [
        "pip":
            "[ \"$1 $2 $3\" = 'index versions requests' ] || { echo 'ERROR: No matching distribution' >&2; exit 1; }\necho 'requests (3.1.0rc1)'; echo 'Available versions: 3.1.0rc1, 3.0.0, 2.32.3, 2.32.0, 2.31.4, 2.31.0, 1.9'",
        "npm":
            "echo '{\"versions\": [\"17.0.2\", \"18.2.0\", \"18.3.1\", \"19.0.0-rc.1\", \"19.1.0\"], \"dist-tags\": {\"latest\": \"18.3.1\", \"next\": \"19.1.0\"}}'",
        "cargo":
            "echo 'serde = \"1.0.210\"    # A framework'; echo 'serde_json = \"9.9.9\" # JSON'; echo '... and 3 crates more'",
        "go": "echo \"$4 v1.2.0 v1.3.0 v1.3.1 v2.0.0+incompatible v2.1.0-rc.1\"",
        "gem": "echo '*** REMOTE GEMS ***'; echo; echo 'rails (8.0.0.rc1, 7.1.3 ruby java, 7.0.8)'",
        "git":
            "printf '%s\\trefs/tags/%s\\n' 1111111111111111111111111111111111111111 v23.1.0 2222222222222222222222222222222222222222 24.4.2 3333333333333333333333333333333333333333 nightly",
    ]

    private func run(
        _ inputs: JSON, _ files: MemoryFileView, _ programs: TestPrograms?, recorded: JSON? = nil
    ) throws -> Report {
        var job = try Job.example(inputs)
        (job.programs, job.recorded) = (programs, recorded)
        return try DependenciesExecutor().execute(job, in: files)
    }

    @Test(arguments: [
        ("requirements.txt", "Requests[socks]~=2.31 # http\n", "requests", "latest", "~=3.0"),
        ("requirements.txt", "requests==2.31.0\n", "requests", "minor", "==2.32.3"),
        ("requirements.txt", "requests==2.31.0\n", "requests", "patch", "==2.31.4"),
        ("requirements.txt", "requests==4.0\n", "requests", "latest", "==4.0"),
        ("package.json", "{\"dependencies\": {\"react\": \"^17.0.0\"}}", "npm:react", "Latest", "^18.3.1"),
        ("package.json", "{\"dependencies\": {\"react\": \"^17.0.0\"}}", "react", "minor", "^17.0.2"),
        ("Cargo.toml", "[dependencies]\nserde = \"1.0.1\"\n", "serde", "latest", "\"1.0.210\""),
        ("Cargo.toml", "[dependencies]\nserde = {version = \"1.0.1\"}\n", "serde", "minor", "\"1.0.210\""),
        ("go.mod", "module m\n\nrequire example.com/x v1.2.0\n", "example.com/x", "minor", "x v1.3.1"),
        ("Gemfile", "gem \"rails\", \"~> 7.0\"\n", "rails", "latest", "~> 7.1"),
        (
            "Package.swift", "x(.package(url: \"https://github.com/a/b.git\", from: \"23.0.0\"))\n", "a/b",
            "latest", "\"24.4.2\""
        ),
        (
            ".pre-commit-config.yaml", "repos:\n  - repo: https://github.com/psf/black\n    rev: v23.0.0\n",
            "black",
            "latest", "rev: 24.4.2"
        ),
        (
            ".pre-commit-config.yaml",
            "repos:\n  - repo: https://github.com/psf/black\n    rev: \(String(repeating: "9", count: 40))\n",
            "black",
            "latest", "rev: \"\(String(repeating: "2", count: 40))\""
        ),
        (
            ".pre-commit-config.yaml", "repos:\n  - repo: https://github.com/psf/black\n    rev: v23.0.0\n",
            "psf/black", "minor", "rev: v23.1.0"
        ),
    ])
    func asksTheClientOfTheEcosystem(file: String, text: String, name: String, wish: String, expected: String)
        throws
    {
        let (files, programs) = (try MemoryFileView([file: text]), try TestPrograms(fakes: Self.fakes))
        let inputs: JSON = .object([.init(name, .string(wish))])
        let report = try run(inputs, files, programs)
        let after = try #require(try files.text(file))
        #expect(after.contains(expected), "\(after)")
        // The commit of a tag is asked for in the same words.
        #expect(Set(programs.commands).count == 1)
        // The same again, with nobody to ask.
        let again = try MemoryFileView([file: text])
        let second = try run(inputs, again, nil, recorded: report.declaredInputs)
        #expect(try again.text(file) == after && second.declaredInputs == report.declaredInputs)
    }

    @Test(
        arguments: [
            (["requests": "latest"], [:], true, "'pip' is not installed"),
            (["requests": "latest"], fakes, false, "'pip' needs the network, which the policy keeps closed"),
            (["nothing": "latest"], fakes, true, "no manifest that the task may touch uses 'nothing'"),
            (["other": "latest"], fakes, true, "'pip' failed (exit code 1)"),
            (["python": "latest"], fakes, true, "no client tells the versions of 'docker'"),
            (["redis": "latest"], fakes, true, "several ecosystems"),
            (["serde": "patch"], fakes, true, "tells of no stable version of 'serde' that begins with 0.9"),
            (["url": "latest"], fakes, true, "is no address of a repository"),
            (["open": "minor"], fakes, true, "does not say which version 'open' has now"),
            (["both": "minor"], fakes, true, "the minor version of 'both' is not the same everywhere"),
        ] as [(JSON, [String: String], Bool, String)])
    func saysWhyNothingWasFound(inputs: JSON, fakes: [String: String], network: Bool, says: String) throws {
        let files = try MemoryFileView([
            "requirements.txt": "requests==1.0\nother==1\nredis==4\nopen\nboth==1.0\n",
            "dev-requirements.txt": "both==2.0\n",
            "package.json": "{\"dependencies\": {\"redis\": \"4.0.0\"}}", "Dockerfile": "FROM python:3.11\n",
            "Cargo.toml": "[dependencies]\nserde = \"0.9.1\"\n",
            "Package.swift":
                "x(.package(url: \"ext::sh -c 'touch x' url\", from: \"1.0.0\"), .package(url: \"--upload-pack=x/url\", from: \"1.0.0\"))\n",
        ])
        let programs = try TestPrograms(
            fakes: fakes, opensNetwork: network, path: fakes.isEmpty ? "/nowhere" : "/bin")
        var said = ""
        var job = try Job.example(inputs)
        job.programs = programs
        do throws(ExecutorError) { _ = try DependenciesExecutor().execute(job, in: files) } catch {
            said = error.description
        }
        #expect(said.contains(says), "\(said)")
        #expect(files.writeCount == 0)
    }

    @Test func withoutACheckoutItSaysSo() throws {
        let job = try Job.example(["x": "latest"])
        #expect {
            try DependenciesExecutor().execute(job, in: MemoryFileView(["requirements.txt": "x==1\n"]))
        } throws: { "\($0)".contains("'pip' needs a checkout to run in") }
    }

    @Test(
        arguments: [
            (["x": "1.0"], ["**"], false), (["x": "latest"], ["**"], true),
            (["x": ["version": "patch"]], ["**"], true),
            (["packages": ["x": "minor"]], ["**"], true),
            (["x": "1.0"], ["package.json", "package-lock.json"], true),
            (["x": "1.0"], ["**/Cargo.lock", "**/Cargo.toml"], true), (["x": "1.0"], ["yarn.lock"], false),
        ] as [(JSON, [String], Bool)])
    func programsAreForThoseWhoNeedThem(inputs: JSON, paths: [String], expected: Bool) throws {
        let task = try Job.example(inputs, paths: paths).task
        #expect(DependenciesExecutor().runsPrograms(for: task) == expected)
    }

    @Test func aNameThatIsNoneReachesNoClient() throws {
        let programs = try TestPrograms(fakes: Self.fakes)
        let files = try MemoryFileView(["package.json": "{\"dependencies\": {\"--registry=http://x\": \"1.0.0\"}}"]
        )
        #expect(throws: ExecutorError.self) { try run(["--registry=http://x": "latest"], files, programs) }
        #expect(programs.commands.isEmpty)
    }

    /// The real pip, asked of an index that the test serves.
    @Test(.enabled(if: InstalledTool.works("pip", ["index", "--help"]))) func pipIsAskedForReal() throws {
        let page = (["1.0", "1.4.2", "1.5rc1", "2.0"]).map {
            "<a href=\"/f/tidy-\($0).tar.gz\">tidy-\($0).tar.gz</a>"
        }
        let server = try HTTPTestServer { request in
            request.path.hasPrefix("/simple/tidy")
                ? HTTPTestReply.status(
                    200, headers: [("Content-Type", "text/html")],
                    body: Array("<!DOCTYPE html><html><body>\(page.joined())</body></html>".utf8))
                : HTTPTestReply.text("", status: 404)
        }
        let environment = InstalledTool.environment
        let programs = try TestPrograms(path: environment["PATH"] ?? "/usr/bin:/bin")
        programs.environment = environment.merging(["PIP_INDEX_URL": server.url + "/simple"]) { $1 }
        programs.environment["PATH"] = nil
        let files = try MemoryFileView(["requirements.txt": "tidy>=1.0,<2\n"])
        let report = try run(["tidy": "minor"], files, programs)
        #expect(try files.text("requirements.txt") == "tidy>=1.4.2,<2\n")
        #expect(report.declaredInputs == ["versions": ["pypi:tidy minor of 1": "1.4.2"]])
    }
}

@Suite(.timeLimit(.minutes(60))) struct LockFileTests {
    private static let npm = "cat package.json > package-lock.json; echo >> package-lock.json; pwd >&2"

    private func run(
        _ files: DirectoryFileView, _ programs: TestPrograms?, paths: [String] = ["**"], recorded: JSON? = nil
    ) throws -> Report {
        var job = try Job.example(["react": "18.0.0"], paths: paths)
        (job.programs, job.recorded) = (programs, recorded)
        return try DependenciesExecutor().execute(job, in: files)
    }

    private let before = [
        "web/package.json": "{\"dependencies\": {\"react\": \"17.0.0\"}}", "web/package-lock.json": "{}",
        "web/yarn.lock": "",
    ]

    @Test func theToolOfTheEcosystemRefreshesThem() throws {
        let programs = try TestPrograms(fakes: ["npm": Self.npm])
        let files = try DirectoryFileView(programs.directory, before)
        let report = try run(files, programs)
        let expected = "{\"dependencies\": {\"react\": \"18.0.0\"}}\n"
        #expect(try files.text("web/package-lock.json") == expected)
        #expect(report.notes.contains("refreshed web/package-lock.json with npm"))
        #expect(
            report.notes.contains(
                "warning: web/yarn.lock no longer fits its manifest: nothing refreshes it without installing"))
        #expect(programs.commands == ["npm install --package-lock-only --ignore-scripts --no-audit --no-fund"])
        // A re-run takes what was resolved.
        let other = try TestPrograms()
        let again = try DirectoryFileView(other.directory, before)
        _ = try run(again, nil, recorded: report.declaredInputs)
        #expect(try again.text("web/package-lock.json") == expected && other.calls.isEmpty)
    }

    @Test func oneAboveServesAWorkspace() throws {
        let programs = try TestPrograms(fakes: ["npm": "echo new > package-lock.json"])
        let files = try DirectoryFileView(
            programs.directory,
            [
                "a/package.json": before["web/package.json"] ?? "",
                "b/package.json": before["web/package.json"] ?? "", "package-lock.json": "",
            ])
        _ = try run(files, programs)
        #expect(try files.text("package-lock.json") == "new\n" && programs.commands.count == 1)
    }

    @Test(arguments: [
        (
            ["web/package.json"], true, npm,
            "warning: web/package-lock.json no longer fits its manifest: the task may not touch it"
        ),
        (
            ["**"], false, npm,
            "warning: web/package-lock.json no longer fits its manifest: npm needs the network, which the policy keeps closed"
        ),
        (["**"], true, "", "warning: web/package-lock.json no longer fits its manifest: 'npm' is not installed"),
    ])
    func elseTheReportSaysThatTheyWereLeft(paths: [String], network: Bool, npm: String, says: String) throws {
        let programs = try TestPrograms(
            fakes: npm.isEmpty ? [:] : ["npm": npm], opensNetwork: network, path: "/nowhere")
        let files = try DirectoryFileView(programs.directory, before)
        let report = try run(files, programs, paths: paths)
        #expect(report.notes.contains(says), "\(report.notes)")
        #expect(try files.text("web/package-lock.json") == "{}")
    }

    @Test func aToolThatFailsIsAnError() throws {
        let programs = try TestPrograms(fakes: ["npm": "echo 'ERESOLVE unable' >&2; exit 7"])
        let files = try DirectoryFileView(programs.directory, before)
        #expect {
            try run(files, programs)
        } throws: { error in
            "\(error)".contains("could not refresh web/package-lock.json: exit code 7")
                && "\(error)".contains("ERESOLVE")
        }
    }
}
