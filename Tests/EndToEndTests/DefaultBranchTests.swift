import Basics
import Processes
import TestSupport
import Testing

/// A contract at the remote's default branch that names another branch as the one that changes are proposed to.
@Suite(.timeLimit(.minutes(60))) struct DefaultBranchTests {
    /// `main` names `develop`, and what `develop` names is not followed.
    private func target() throws -> ReviewTarget {
        let review = try ReviewTarget(more: "repository: {default_branch: develop}")
        let repository = review.target.repository
        try repository.git("checkout", "--quiet", "-b", "develop")
        let contract = try FileSystem.read(repository.path + "/.leviathan/contract.yaml", limit: 10_000)
        try repository.write(
            ".leviathan/contract.yaml",
            String(decoding: contract, as: UTF8.self).replacing("develop", with: "main"))
        try repository.write(
            ".leviathan/backlog.yaml", TestTarget.backlog.replacing("Add a guide", with: "Add it to develop"))
        try repository.commitAll("Develop")
        try repository.git("push", "--quiet", review.target.remote, "develop")
        return review
    }

    private func parent(_ review: ReviewTarget) throws -> String {
        try review.target.repository.git("--git-dir", review.target.remote, "rev-parse", "agent/task-001^")
    }

    @Test func isTheBaseAndTheBranchThatIsProposedTo() throws {
        let review = try target()
        let result = try review.leviathan("propose", "task-001", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        let pull = try #require(review.pulls.first)
        #expect(pull.base == "develop" && pull.title == "Add it to develop")
        let tip = try review.target.repository.git("--git-dir", review.target.remote, "rev-parse", "develop")
        #expect(try parent(review) == tip)
        for words in [["tasks"], ["show", "task-001"]] {
            let seen = try TestTarget.run(
                words, in: review.target.repository.path,
                environment: review.target.repository.environment.merging(
                    ["LEVIATHAN_HOME": review.target.home]) { $1 })
            #expect(seen.output.text.contains("Add it to develop"), "\(seen.output.text)\(seen.errors.text)")
        }
    }

    @Test func isFetchedWhereItHasMoved() throws {
        let review = try target()
        _ = try review.leviathan("propose", "task-001")
        try review.target.repository.write(
            ".leviathan/backlog.yaml", TestTarget.backlog.replacing("Add a guide", with: "Add it later"))
        let moved = try review.target.repository.commitAll("Move develop")
        try review.target.repository.git("push", "--quiet", review.target.remote, "develop")
        _ = try review.leviathan("propose", "task-001", "--refresh")
        #expect(try parent(review) == moved.hex && review.pulls.first?.title == "Add it later")
    }

    @Test func anotherBaseIsChosenByName() throws {
        let review = try target()
        let result = try review.leviathan("propose", "task-001", "--base", "origin/main", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(review.pulls.first?.base == "main" && review.pulls.first?.title == "Add a guide")
        let tip = try review.target.repository.git("--git-dir", review.target.remote, "rev-parse", "main")
        #expect(try parent(review) == tip)
    }

    @Test func oneThatIsNotThereIsNamed() throws {
        let review = try ReviewTarget(more: "repository: {default_branch: develop}")
        for refused in [try review.leviathan("tasks"), try review.leviathan("propose", "task-001")] {
            #expect(refused.ending == .exited(3), "\(refused.errors.text)")
            #expect(refused.errors.text.contains("names the default branch 'develop'"), "\(refused.errors.text)")
            #expect(refused.errors.text.contains("--base"))
        }
        #expect(review.pulls.isEmpty)
    }
}
