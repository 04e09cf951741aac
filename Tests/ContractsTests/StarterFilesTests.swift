import Basics
import Contracts
import Model
import Testing

@Suite struct StarterFilesTests {
    @Test(
        arguments: ["my-repo", "it's: odd", "ünïcode", "yes", "12", "a\nb", "#x"],
        [nil, "make test", "go test ./... # all: of 'them'"])
    func lintClean(target: String, command: String?) {
        let starter = StarterFiles(
            target: target, defaultBranch: "release/1.0", testCommands: command.map { [$0, "other test"] } ?? [],
            codeDirectories: ["it's, code", "src"], docsDirectories: ["doc # 1"])
        var source = MemorySource()
        source.files = [:]
        for (path, text) in starter.files { source.files[path] = Array(text.utf8) }
        let reading = ContractLoader.load(from: source)
        #expect(reading.diagnostics.isEmpty, "\(reading.shown)")
        #expect(reading.contract?.target.id == target && reading.contract?.target.defaultBranch == "release/1.0")
        let checks = reading.contract?.policy.invariants.map(\.check) ?? []
        #expect(checks.contains(.command(command ?? "")) == (command != nil))
    }
}
