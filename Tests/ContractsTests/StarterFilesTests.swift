import Basics
import Contracts
import Model
import Testing

@Suite struct StarterFilesTests {
    @Test(
        arguments: ["my-repo", "it's: odd", "ünïcode", "yes", "12", "a\nb", "#x"],
        [nil, "make test", "go test ./... # all: of 'them'"])
    func lintClean(target: String, command: String?) {
        var starter = StarterFiles(target: target, defaultBranch: "release/1.0")
        starter.tests =
            command.map { [StarterTest($0, .passed), StarterTest("other test", .failed("a: [b"))] } ?? []
        (starter.testedPaths, starter.docsDirectories) = (["it's, code/**", "src/**", "*.py"], ["doc # 1"])
        starter.scopes = [StarterScope("ci", paths: [".github/workflows/a, b.yml"])]
        var source = MemorySource()
        source.files = [:]
        for (path, text) in starter.files { source.files[path] = Array(text.utf8) }
        let reading = ContractLoader.load(from: source)
        #expect(reading.diagnostics.isEmpty, "\(reading.shown)")
        #expect(reading.contract?.target.id == target && reading.contract?.target.defaultBranch == "release/1.0")
        let checks = reading.contract?.policy.invariants.map(\.check) ?? []
        #expect(checks.contains(.command(command ?? "")) == (command != nil))
    }

    @Test func aSetUpIsWrittenWithItsTestOrAsAComment() throws {
        var starter = StarterFiles(target: "x", defaultBranch: "main")
        var test = StarterTest("npm test", .passed)
        test.setup = StarterTest.SetUp(command: "npm ci", lockFiles: ["package.json", "package-lock.json"])
        starter.tests = [test]
        #expect(
            starter.files[1].text.contains(
                "workspace:\n  setup: npm ci\n  lock_files: [package.json, package-lock.json]\n  network: allow "))
        starter.tests[0].state = .failed("failed: exit code 1")
        let policy = starter.files[1].text
        #expect(
            policy.contains("# workspace:\n#   setup: npm ci\n")
                && policy.contains("  # - name: Tests must pass\n"))
        #expect(policy.contains("is left out: failed: exit code 1"))
    }
}
