internal import Basics
internal import Forges
internal import Git
internal import Model

/// Finds the task that a stretch of history carries out: by what was asked for, the branch's name, or the commits' trailers.
struct TaskSearch {
    struct Found {
        var task: String?
        var source: String?
        var violations: [Violation] = []
        var note: String?
    }

    static let trailer = "Task-ID"

    let range: ReviewedRange
    let asked: String?
    /// Whether a scope judges, and no task is looked for.
    let judgesByScope: Bool

    func find() -> Found {
        let named = Self.ordered(range.commits.flatMap { $0.trailers(Self.trailer) })
        var found = Found()
        found.violations = range.commits.compactMap(Self.contradiction)
        if judgesByScope, asked == nil { return found }
        if let asked { return certain(asked, "--task", named, found) }
        if let task = range.branch.flatMap(Self.task) { return certain(task, "the branch's name", named, found) }
        if named.count == 1, range.branch == nil || isCarriedThroughout {
            (found.task, found.source) = (named[0], "the commits' trailers")
            return found
        }
        if named.count > 1, range.branch == nil, found.violations.isEmpty {
            found.violations = [
                Violation(
                    "trailer-task", "the commits name several tasks: \(named.joined(separator: ", "))",
                    hint: "propose each task on a branch of its own, or name one with --task")
            ]
        }
        found.note = note(named)
        return found
    }

    /// The task of a branch of Leviathan's.
    static func task(of branch: String) -> String? {
        AgentBranch.isOne(branch) ? String(branch.dropFirst(AgentBranch.prefix.count)) : nil
    }

    private func certain(_ task: String, _ source: String, _ named: [String], _ found: Found) -> Found {
        var found = found
        (found.task, found.source) = (task, source)
        for commit in range.commits {
            let others = Self.ordered(commit.trailers(Self.trailer)).filter { $0 != task }
            guard others.count == 1, commit.trailers(Self.trailer).count == 1 else { continue }
            found.violations.append(
                Violation(
                    "trailer-task",
                    "the commit \(commit.id.short) is of the task '\(others[0])', and not of '\(task)'",
                    hint: "propose it on a branch of its own"))
        }
        return found
    }

    private static func contradiction(_ commit: Commit) -> Violation? {
        let named = ordered(commit.trailers(trailer))
        guard named.count > 1 else { return nil }
        return Violation(
            "trailer-task", "the commit \(commit.id.short) names several tasks: \(named.joined(separator: ", "))",
            hint: "Leviathan writes one Task-ID; make the commit anew with 'leviathan propose'")
    }

    /// Whether every commit but merges names the task.
    private var isCarriedThroughout: Bool {
        range.commits.allSatisfy { $0.parents.count > 1 || $0.trailer(Self.trailer) != nil }
    }

    private func note(_ named: [String]) -> String {
        let branch = range.branch.map { "'\($0)' is no agent branch" } ?? "no commit names a task"
        guard range.branch != nil, !named.isEmpty else { return "\(branch), and was not judged" }
        return
            "\(branch), and was not judged; some of its commits are of \(named.prefix(5).joined(separator: ", "))"
    }

    private static func ordered(_ names: [String]) -> [String] {
        var known: Set<String> = []
        return names.filter { known.insert($0).inserted }
    }
}
