import Basics
import Processes
import TestSupport

/// A target with one proposal that was pushed, and the clones and branches that tests of `check` need.
struct CheckTarget {
    let target: TestTarget

    /// `policy` may name invariants; the proposal of task-001 is pushed unless the test pushes its own.
    init(policy: String = TestTarget.policy, proposes: Bool = true) throws {
        target = try TestTarget(policy: policy)
        guard proposes else { return }
        let result = try target.leviathan("propose", "task-001", "--json")
        guard result.succeeded else { throw GitFailure(description: result.errors.text) }
        try target.repository.git("checkout", "-q", "-B", "agent/task-001", "origin/agent/task-001")
    }

    var repository: TestRepository { target.repository }

    func check(_ words: String..., extra: [String: String] = [:], in directory: String? = nil) throws
        -> ProcessOutcome
    {
        try target.leviathan("check", arguments: words, in: directory, extra: extra)
    }

    /// The evaluation of `check --json`.
    func evaluation(
        _ words: String..., extra: [String: String] = [:], in directory: String? = nil
    ) throws -> JSON {
        try target.leviathan("check", arguments: words + ["--json"], in: directory, extra: extra).json
    }

    /// Makes the head's commit anew with other trailers; the tree stays.
    func amend(_ change: (String) -> String) throws {
        let message = try repository.git("log", "-1", "--format=%B")
        try repository.git("commit", "-q", "--amend", "-F", "-", input: Array(change(message).utf8))
    }

    /// Adds a commit to the branch that is checked out.
    @discardableResult
    func commit(_ files: [String: String], _ message: String = "By hand") throws -> ObjectID {
        for (name, text) in files { try repository.write(name, text) }
        return try repository.commitAll(message)
    }

    /// A clone beside the checkout.
    func clone(_ words: String..., name: String = "clone") throws -> String {
        let path = repository.directory.path + "/" + name
        try repository.git("clone", "-q", arguments: words + ["file://" + target.remote, path])
        return path
    }
}

extension JSON {
    /// The rules of the violations, in their order.
    var violatedRules: [String] { self["violations"]?.elements?.compactMap { $0["rule"]?.string } ?? [] }

    var differenceTexts: [String] { self["differences"]?.elements?.compactMap(\.string) ?? [] }
}
