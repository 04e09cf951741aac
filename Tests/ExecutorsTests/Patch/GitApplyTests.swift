import Basics
import ExecutorTestSupport
import Executors
import TestSupport
import Testing

/// `git apply` as the second opinion, on histories that nobody thought of.
@Suite(.timeLimit(.minutes(60))) struct GitApplyTests {
    /// A repository whose commits are generated, and the diffs between them.
    private struct GeneratedRepository {
        let repository: TestRepository

        init() throws {
            repository = try TestRepository()
            try repository.git("config", "core.fsync", "none")
        }

        /// Commits snapshots, each under a name of its own.
        func commit(_ snapshots: [String: Snapshot]) throws {
            let stream = snapshots.map { $0.value.commit(as: "refs/heads/\($0.key)") }.joined()
            try repository.git("fast-import", "--quiet", "--force", input: Array(stream.utf8))
        }

        /// `git` takes the last line break of its output away here; a diff always ends with one.
        func diff(_ options: [String]) throws -> String {
            try repository.git("diff-tree", "-p", "-r", arguments: options + ["old", "new"]) + "\n"
        }

        /// The tree that `git apply` makes of a commit's, `nil` when it refuses.
        func applied(_ diff: String, to name: String) throws -> String? {
            try repository.git("read-tree", "--reset", name)
            guard (try? repository.git("apply", "--cached", "-", input: Array(diff.utf8))) != nil else {
                return nil
            }
            return try repository.git("write-tree")
        }
    }

    private static let options = [
        ["-M", "-C", "--find-copies-harder"], [], ["-M", "--no-prefix"], ["-U1"], ["-M", "-U10", "--full-index"],
        ["-B", "-M"],
    ]

    @Test(arguments: 0..<5) func everyDiffLeadsFromOneCommitToTheNext(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let repository = try GeneratedRepository()
        for _ in 0..<5 {
            let old = Snapshot.random(&random)
            let new = old.changed(&random, strength: 6)
            let options = Self.options.randomElement(using: &random) ?? []
            try repository.commit(["old": old, "new": new])
            let diff = try repository.diff(options)
            guard diff != "\n" else { continue }
            let view = try old.view()
            let outcome = try PatchExecutor().outcome(["diff": .string(diff)], in: view)
            let result = try Snapshot(view)
            #expect(!outcome.hasPrefix("refused") && result == new, "\(options) \(outcome)\n\(diff)")
            let again = try PatchExecutor().outcome(["diff": .string(diff)], in: view)
            #expect(again == "the diff is applied already", "\(options) \(again)\n\(diff)")
        }
    }

    @Test(arguments: 0..<5) func onChangedFilesBothSayTheSame(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed) + 1000)
        let repository = try GeneratedRepository()
        var (accepted, refused) = (0, 0)
        for _ in 0..<5 {
            let old = Snapshot.random(&random)
            let new = old.changed(&random, strength: 4)
            let other = old.changed(&random, strength: 3)
            try repository.commit(["old": old, "new": new, "other": other])
            let diff = try repository.diff(["-M"])
            guard diff != "\n" else { continue }
            let theirs = try repository.applied(diff, to: "other")
            let view = try other.view()
            let outcome = try PatchExecutor().outcome(["diff": .string(diff)], in: view)
            if outcome.hasPrefix("refused") {
                refused += 1
                // In context git takes a last line for the same whether or not it is ended.
                let isStricter = outcome.contains("\\ no newline'")
                #expect(theirs == nil || isStricter, "git applies it, and we say \(outcome)\n\(diff)")
                #expect(try Snapshot(view) == other)
            } else if let theirs {
                accepted += 1
                try repository.commit(["ours": try Snapshot(view)])
                #expect(try repository.repository.git("rev-parse", "ours^{tree}") == theirs, "\(outcome)\n\(diff)")
            }
        }
        #expect(accepted + refused > 0)
    }
}
