import Basics
import Enforcement
import Forges
import Git
import Model
import TestSupport
import Testing

/// Reads no file: the change below has none.
private struct NoContents: ChangeContents {
    func bytes(of blob: ObjectID) throws -> [UInt8]? { nil }
}

/// A sealed commit of the base's own tree, approved since no rule has anything against it.
func sealedCommit(
    in repository: TestRepository, on base: ObjectID, branch: String = "agent/task-001"
) throws -> SealedCommit {
    let opened = try Repository.open(repository.path)
    let tree = try opened.commit(base).tree
    let scope = Scope(name: "docs")
    let subject = RuleSubject(
        changes: ChangeSet(base: base, baseTree: tree, tree: tree, changes: [], patchBytes: 0),
        rules: RuleSet(
            scope: scope, permission: Permission(scope: scope, policy: Policy(), limits: []),
            limits: EffectiveLimits([]), invariants: [], sandbox: Sandbox()),
        contents: NoContents())
    let approval = try #require(examine(subject, onFindings: { _ in }, invariants: { [] }).approval)
    let person = Signature(name: "A", email: "a@example.org", time: Instant(secondsSinceEpoch: 1_000_000_000))
    let message = CommitMessage(
        BacklogTask(id: "task-001"), scope: "docs", trailers: [("Task-ID", "task-001")])
    return try SealedCommit(
        approval, message, by: SealedCommit.People(author: person, committer: person), branch: branch,
        attempt: "attempt-task-001-0001", in: opened, cancellation: Cancellation())
}

@Suite struct SealedCommitTests {
    @Test func isTheApprovedTreeOnTheBaseAndNothingElse() throws {
        let repository = try TestRepository()
        try repository.write("a.txt", "one\n")
        let base = try repository.commitAll("Base")
        let sealed = try sealedCommit(in: repository, on: base)
        let written = try Repository.open(repository.path).commit(sealed.id)
        #expect(written.parents == [base] && written.tree == sealed.approval.changes.tree)
        #expect(written.trailer("Task-ID") == "task-001")
    }

    @Test(arguments: ["main", "agents/x", "agent", "refs/heads/main"])
    func isForNoBranchButLeviathansOwn(branch: String) throws {
        let repository = try TestRepository()
        try repository.write("a.txt", "one\n")
        let base = try repository.commitAll("Base")
        #expect(throws: DeliveryError.self) { try sealedCommit(in: repository, on: base, branch: branch) }
    }
}
