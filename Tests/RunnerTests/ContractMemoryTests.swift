import Basics
import Git
import Model
import TestSupport
import Testing

@testable import Runner

/// A contract that was read once is not read again, until anything that decides it is another.
@Suite struct ContractMemoryTests {
    /// Takes the policy's object away: whoever reads it anew fails.
    private func hidePolicy(_ target: LineTarget) throws {
        let blob = try target.repository.git("rev-parse", "HEAD:.leviathan/policy.yaml")
            .split(separator: "\n").joined()
        let path = target.repository.path + "/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
        #expect(FileSystem.exists(path))
        try FileSystem.removeTree(path)
    }

    /// A backlog of its own, so that no other test has read the same tree.
    private func target(_ title: String) throws -> LineTarget {
        try LineTarget(backlog: LineTarget.backlog.replacing("Add a guide", with: title))
    }

    @Test func anUnchangedTreeIsNotReadAgain() throws {
        let target = try target("Remembered")
        let first = try target.snapshot(target.context()).contract
        try target.repository.git("commit", "-q", "--allow-empty", "-m", "The same files")
        let same = try target.repository.id("HEAD").hex
        try target.repository.write(".leviathan/backlog.yaml", LineTarget.backlog.replacing("guide", with: same))
        try target.repository.commitAll("Another backlog")
        try target.repository.git("push", "-q", "origin", "HEAD:main")
        try hidePolicy(target)
        #expect(throws: StageError.self) { _ = try target.snapshot(target.context()) }
        try target.repository.git("push", "-q", "--force", "origin", same + ":main")
        #expect(try target.snapshot(target.context()).contract === first)
    }

    @Test func aPluginThatIsGoneIsMissed() throws {
        let memory = ContractMemory()
        let contract = Contract(target: TargetDescription(id: "one"), policy: Policy(), backlog: Backlog())
        let key = ContractMemory.Key(tree: .zero, fallbackTarget: "one")
        memory.remember(contract, key, plugins: ["mine": true, "theirs": false])
        #expect(memory.contract(key) { $0 == "mine" } === contract)
        #expect(memory.contract(key) { _ in false } == nil)
        #expect(memory.contract(key) { _ in true } == nil)
        #expect(memory.contract(ContractMemory.Key(tree: .zero, fallbackTarget: "two")) { $0 == "mine" } == nil)
    }
}
