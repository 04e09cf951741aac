import Basics
import ExecutorTestSupport
import Executors
import Testing

/// Which version ends up in a manifest: never an older one by mistake, and always the build that was there.
@Suite struct VersionChoiceTests {
    private static let old = "1111111111111111111111111111111111111111"
    private static let new = "2222222222222222222222222222222222222222"
    private static let hooks = "repos:\n  - repo: https://github.com/psf/black\n    rev: "

    private func result(_ inputs: JSON, _ file: String, _ text: String) throws -> (text: String?, said: String) {
        let files = try MemoryFileView([file: text])
        let said = try DependenciesExecutor().outcome(inputs, in: files)
        return (try files.text(file), said)
    }

    @Test(arguments: [
        ("requirements.txt", "x==2.1\n"), ("package.json", #"{"dependencies": {"x": "^2.1.0"}}"#),
        ("Cargo.toml", "[dependencies]\nx = \"2.1\"\n"), ("requirements.txt", "x>=2.1,<3\n"),
        ("Dockerfile", "FROM x:2.1-slim\n"), ("requirements.txt", "x==2.0.0\n"),
        (
            "pom.xml",
            "<p><dependency><groupId>g</groupId><artifactId>x</artifactId><version>2.1</version></dependency></p>"
        ),
        ("Package.swift", ".package(url: \"https://a.example/o/x\", \"2.1.0\"..<\"3.0.0\")\n"),
        (".pre-commit-config.yaml", "repos:\n  - repo: https://a.example/o/x\n    rev: v2.1\n"),
    ])
    func aVersionIsLoweredOnlyWhenTheTaskSaysSo(file: String, text: String) throws {
        let kept = try result(["x": "2.0.0rc1"], file, text)
        #expect(kept.text == text && kept.said.contains("is newer there"), "\(kept.said)")
        #expect(
            kept.said.hasSuffix("('allow_downgrade: true' in the inputs lets a version be lowered)"),
            "\(kept.said)")
        for inputs in [
            ["x": "2.0.0rc1", "allow_downgrade": true], ["x": ["version": "2.0.0rc1", "allow_downgrade": true]],
        ]
            as [JSON]
        {
            #expect(try result(inputs, file, text).text != text)
        }
    }

    @Test func whatIsOlderElsewhereIsStillRaised() throws {
        let files = try MemoryFileView(["a/requirements.txt": "x==1\n", "b/requirements.txt": "x==3\n"])
        let said = try DependenciesExecutor().outcome(["x": "2"], in: files)
        #expect(try files.text("a/requirements.txt") == "x==2\n" && files.text("b/requirements.txt") == "x==3\n")
        #expect(said.contains("b/requirements.txt: x is newer there"), "\(said)")
    }

    @Test(arguments: [
        ("33.0.0-jre", "33.1.0", "33.1.0-jre"), ("33.0.0-android", "33.1.0", "33.1.0-android"),
        ("5.6.1.Final", "5.6.3", "5.6.3.Final"), ("33.0.0-jre", "33.1.0-android", "33.1.0-android"),
        ("33.0.0-rc1", "33.0.0", "33.0.0"), ("1.0", "2.0", "2.0"),
    ])
    func theBuildOfALibraryStays(before: String, wanted: String, after: String) throws {
        let xml = { (version: String) in
            "<p><dependency><groupId>g</groupId><artifactId>x</artifactId><version>\(version)</version></dependency></p>"
        }
        #expect(try result(["g:x": .string(wanted)], "pom.xml", xml(before)).text == xml(after))
        let gradle = { (version: String) in "api \"g:x:\(version)\"\n" }
        #expect(try result(["g:x": .string(wanted)], "build.gradle", gradle(before)).text == gradle(after))
        let catalog = { (version: String) in "[libraries]\nx = \"g:x:\(version)\"\n" }
        #expect(
            try result(["g:x": .string(wanted)], "gradle/libs.versions.toml", catalog(before)).text
                == catalog(after))
    }

    @Test(arguments: [
        ("redis:alpine", "7.2", "redis:7.2-alpine"), ("redis:alpine3.20", "7.2", "redis:7.2-alpine3.20"),
        ("redis:7-alpine", "7.2", "redis:7.2-alpine"), ("redis", "7.2", "redis:7.2"),
        ("redis:latest", "7.2", "redis:7.2"), ("redis:lts-alpine", "7.2", "redis:7.2-alpine"),
        ("redis:slim-bookworm", "7.2", "redis:7.2-slim-bookworm"),
        ("redis:alpine", "7.2-bookworm", "redis:7.2-bookworm"),
        ("redis:nightly", "7.2", "redis:7.2"), ("debian:bookworm", "13", "debian:13"),
    ])
    func theVariantOfAnImageStays(before: String, wanted: String, after: String) throws {
        let name = String(before.prefix { $0 != ":" })
        #expect(try result([name: .string(wanted)], "Dockerfile", "FROM \(before)\n").text == "FROM \(after)\n")
    }

    @Test func aFrozenHookGetsItsCommitAndItsCommentTogether() throws {
        let file = ".pre-commit-config.yaml"
        let text = Self.hooks + "\(Self.old)  # frozen: v23.1.0\n    hooks: [{id: black}]\n"
        let alone = try result(["psf/black": "24.4.2"], file, text)
        #expect(
            alone.text == text && alone.said.contains("give the new 'commit' beside the version"), "\(alone.said)")
        let inputs: JSON = ["psf/black": ["version": "24.4.2", "commit": .string(Self.new)]]
        let both = try result(inputs, file, text)
        // a commit of digits alone would be read as a number without its quotes
        #expect(
            both.text == Self.hooks + "\"\(Self.new)\"  # frozen: v24.4.2\n    hooks: [{id: black}]\n",
            "\(both.text ?? "")")
        #expect(try result(inputs, file, both.text ?? "").said.hasPrefix("every package has its version already"))
        #expect(
            try result(["psf/black": ["version": "22.0", "commit": .string(Self.old)]], file, both.text ?? "").said
                .contains("is newer there"))
    }

    @Test func aFrozenHookIsLookedUpAsCommitAndTag() throws {
        let commit = "89abcdef89abcdef89abcdef89abcdef89abcdef"
        let tags = "printf '%s\\trefs/tags/%s\\n' \(Self.old) 23.1.0 \(commit) 24.4.2"
        let text = Self.hooks + "0123456789abcdef0123456789abcdef01234567  # frozen: 23.1.0\n"
        var job = try Job.example(["psf/black": "latest"])
        let files = try MemoryFileView([".pre-commit-config.yaml": text])
        job.programs = try TestPrograms(fakes: ["git": tags])
        let report = try DependenciesExecutor().execute(job, in: files)
        let after = Self.hooks + "\(commit)  # frozen: 24.4.2\n"
        #expect(try files.text(".pre-commit-config.yaml") == after)
        var again = try Job.example(["psf/black": "latest"])
        again.recorded = report.declaredInputs
        let same = try MemoryFileView([".pre-commit-config.yaml": text])
        _ = try DependenciesExecutor().execute(again, in: same)
        #expect(try same.text(".pre-commit-config.yaml") == after)
    }

    @Test func overridesThatWouldUndoTheChangeAreChangedOrNamed() throws {
        let text = """
            {
              "dependencies": {"x": "^1.0.0"},
              "overrides": {"x": "1.2.0", "y": {"x": "1.1.0"}, "z": "$x"},
              "resolutions": {"**/x": "1.2.0", "a/x": "1.0.0"},
              "pnpm": {"overrides": {"x@^1": "1.3.0", "b>x": "1.0.0"}}
            }
            """
        let after = try result(["x": "2.0.0"], "package.json", text)
        #expect(
            after.text
                == text.replacing("^1.0.0", with: "^2.0.0").replacing("1.2.0", with: "2.0.0").replacing(
                    "1.3.0", with: "2.0.0"), "\(after.text ?? "")")
        for owner in ["y", "a", "b"] { #expect(after.said.contains("within '\(owner)'"), "\(after.said)") }
    }

    @Test func aLockFileThatIsLeftIsAWarning() throws {
        let files = try MemoryFileView([
            "package.json": #"{"dependencies": {"x": "1.0.0"}}"#, "package-lock.json": "{}",
        ])
        let said = try DependenciesExecutor().outcome(["x": "2.0.0"], in: files, paths: ["package.json"])
        #expect(
            said.hasSuffix("warning: package-lock.json no longer fits its manifest: the task may not touch it"),
            "\(said)")
    }

    @Test func theNearestNameIsSuggested() throws {
        let said = try result(["clik": "8.1"], "requirements.txt", "# tools\nclick==8.0\nrequests[socks]==2\n")
            .said
        #expect(said.hasSuffix("uses 'clik' (did you mean 'click'?)"), "\(said)")
    }
}
