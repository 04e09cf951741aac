internal import Basics
internal import Model
internal import YAML

/// Dependencies exist and never lead back to where they began.
enum DependencyRule {
    static func check(_ subject: LintSubject, _ report: inout LintReport) {
        var positions: [String: Int] = [:]
        for (position, task) in subject.tasks.enumerated() where positions[task.task.id] == nil {
            positions[task.task.id] = position
        }
        var index: SpellingIndex?
        var graph = [[Int]](repeating: [], count: subject.tasks.count)
        for (position, task) in subject.tasks.enumerated() where !task.task.dependencies.isEmpty {
            let nodes = task.items("dependencies")
            for (number, dependency) in task.task.dependencies.enumerated() {
                if let target = positions[dependency] {
                    graph[position].append(target)
                    continue
                }
                let names = index ?? SpellingIndex(positions.keys)
                index = names
                let near = names.nearest(to: dependency)
                let span = nodes.indices.contains(number) ? nodes[number].span : task.idSpan
                report.add(
                    .unknownDependency, "no task has the id '\(dependency)'", in: task.file, at: span,
                    as: task.isFinished ? .warning : nil, hint: near.map { "did you mean '\($0)'?" })
            }
        }
        for cycle in cycles(of: graph) { describe(cycle, of: subject.tasks, &report) }
    }

    private static func describe(_ cycle: [Int], of tasks: [LintTask], _ report: inout LintReport) {
        let first = tasks[cycle[0]]
        var names = cycle.prefix(20).map { tasks[$0].task.id }
        if cycle.count > 20 { names.append("… (\(cycle.count) tasks)") }
        let related = cycle.dropFirst().prefix(10).compactMap { position -> Diagnostic.Related? in
            let task = tasks[position]
            return task.span("dependencies").map {
                .init("'\(task.task.id)' depends on the next", at: task.place($0))
            }
        }
        report.add(
            .dependencyCycle, "these tasks wait for each other: \((names + [names[0]]).joined(separator: " → "))",
            in: first.file, at: first.span("dependencies"), related: related,
            hint: "take one of these dependencies out")
    }

    /// One cycle for each group of nodes that wait for each other, found in a single walk over all edges.
    static func cycles(of graph: [[Int]]) -> [[Int]] {
        var state = [Mark](repeating: .unseen, count: graph.count)
        var isReported = [Bool](repeating: false, count: graph.count)
        var cycles: [[Int]] = []
        for root in graph.indices where state[root] == .unseen {
            var path = [root]
            var next = [0]
            state[root] = .onPath(0)
            while let node = path.last, let edge = next.last {
                guard edge < graph[node].count else {
                    state[node] = .done
                    path.removeLast()
                    next.removeLast()
                    continue
                }
                next[next.count - 1] += 1
                let target = graph[node][edge]
                switch state[target] {
                case .unseen:
                    state[target] = .onPath(path.count)
                    path.append(target)
                    next.append(0)
                case .onPath(let start):
                    if !isReported[target] && !isReported[node] { cycles.append(Array(path[start...])) }
                    for member in path[start...].reversed() where !isReported[member] { isReported[member] = true }
                case .done: continue
                }
            }
        }
        return cycles
    }

    private enum Mark: Equatable { case unseen, onPath(Int), done }
}
