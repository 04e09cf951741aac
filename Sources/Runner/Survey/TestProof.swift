package import Basics
package import Contracts
internal import Git
internal import Model

/// Runs a suggested test command on the base, behind the fence and in a fresh checkout, as an invariant would be run.
package struct TestProof {
    private static let timeout = Duration.seconds(600)
    private let checkout: TargetCheckout
    private let context: Context

    package init(_ checkout: TargetCheckout, _ context: Context) {
        (self.checkout, self.context) = (checkout, context)
    }

    /// The command as it passes: by itself, or with its preparation; else what stands against it.
    package func prove(_ suggestion: TestSuggestion) throws(StageError) -> StarterTest {
        guard let head = try head() else {
            return StarterTest(suggestion.command, .untried("the repository has no commit yet"))
        }
        let plain = try problem(suggestion.command, WorkspaceSeeding(), head)
        guard let plain else { return StarterTest(suggestion.command, .passed) }
        guard let preparation = suggestion.preparation else {
            return StarterTest(suggestion.command, .failed(plain))
        }
        var seeding = WorkspaceSeeding()
        (seeding.setup, seeding.opensNetwork, seeding.lockFiles) = (preparation.setup, true, preparation.lockFiles)
        var test = StarterTest(preparation.command, .passed)
        test.setup = StarterTest.SetUp(command: preparation.setup, lockFiles: preparation.lockFiles)
        if let problem = try problem(preparation.command, seeding, head) { test.state = .failed(problem) }
        return test
    }

    private func head() throws(StageError) -> (commit: ObjectID, tree: ObjectID)? {
        do throws(GitError) {
            guard let commit = try checkout.repository.head()?.objectID else { return nil }
            return (commit, try checkout.repository.commit(commit).tree)
        } catch { throw StageError(.invalid, error) }
    }

    /// Why it does not pass, in a line; `nil` where it does.
    private func problem(
        _ command: String, _ seeding: WorkspaceSeeding, _ head: (commit: ObjectID, tree: ObjectID)
    ) throws(StageError) -> String? {
        if context.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
        var invariant = Invariant(name: "Tests must pass", check: .command(command))
        (invariant.baseline, invariant.timeout) = (.off, Self.timeout)
        let input = InvariantInput(
            invariants: [invariant], tree: head.tree, base: head.commit, baseTree: head.tree,
            kind: OverlayTrial(context).problem() == nil ? .overlay : .worktree,
            source: WorkspaceSource(
                checkout: checkout, sandbox: Sandbox(), seeding: seeding, timeout: Self.timeout, context: context))
        context.observer.progress("trying '\(command)'")
        do throws(StageError) {
            let result = try InvariantStage(input, changes: [], artifacts: nil).results().first
            guard let result else { return "nothing was run" }
            if result.outcome == .passed { return nil }
            return Self.line("\(result.outcome.rawValue): \(result.detail ?? "")")
        } catch {
            guard error.kind == .executor else { throw error }
            return Self.line(([error.message] + error.causes.suffix(3)).joined(separator: "; "))
        }
    }

    /// What says why, in one line: the first, and those that name a mistake; else the last ones.
    private static func line(_ text: String) -> String {
        let all = text.split(whereSeparator: \.isNewline).map { plain($0).trimmed }
        let lines = all.filter { line in
            line.contains(where: \.isLetter) && !asides.contains { line.hasPrefix($0) }
        }
        guard let first = lines.first else { return "" }
        let rest = lines.dropFirst()
        let telling = rest.filter { line in
            let small = line.lowercased()
            return signs.contains { small.contains($0) }
        }
        let shown = [first] + (telling.isEmpty ? rest.suffix(3) : telling.prefix(3))
        let line = shown.joined(separator: "; ")
        return line.count > 300 ? line.prefix(299) + "…" : line
    }

    /// A line without the colours of a terminal.
    private static func plain(_ line: Substring) -> String {
        var result = ""
        var rest = line.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\u{1B}", rest.first == "[" {
                rest = rest.drop { $0 == "[" || $0 == ";" || ("0"..."9").contains($0) }.dropFirst()
            } else if scalar.value >= 32 {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// How lines begin that say nothing of why.
    private static let asides = ["[notice]", "hint: workspace.setup", "WARNING: Running pip as"]

    private static let signs = [
        "error", "no such", "not found", "cannot", "could not", "failed", "fatal", "unable", "no module", "denied",
        "unknown", "missing", "cause:",
    ]
}
