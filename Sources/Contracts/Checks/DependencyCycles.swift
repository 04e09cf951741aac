internal import Basics
internal import Model

/// Finds tasks that wait for each other, each circle once, in time linear in the number of dependencies.
struct DependencyCycles {
    private enum Mark { case open, done }

    private let tasks: [BacklogTask]
    private let indices: [String: Int]

    init(_ tasks: [BacklogTask]) {
        self.tasks = tasks
        indices = Dictionary(tasks.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var diagnostics: [Diagnostic] {
        cycles.map { cycle in
            let names = (cycle + cycle.prefix(1)).map { tasks[$0].id.printable }
            return Diagnostic(
                DiagnosticID.dependencyCycle.rawValue, .error,
                "these tasks wait for each other: \(names.joined(separator: " → "))", at: tasks[cycle[0]].place,
                related: cycle.dropFirst().compactMap { index in
                    tasks[index].place.map { Diagnostic.Related("part of the circle", at: $0) }
                }, hint: "remove one of these dependencies")
        }
    }

    /// Depth-first with a path of its own, so that a long chain cannot overflow the stack.
    private var cycles: [[Int]] {
        var marks: [Mark?] = Array(repeating: nil, count: tasks.count)
        var found: [[Int]] = []
        for start in tasks.indices where marks[start] == nil {
            var path: [(task: Int, rest: ArraySlice<Int>)] = [(start, edges(from: start)[...])]
            marks[start] = .open
            while let (task, rest) = path.last {
                guard let next = rest.first else {
                    marks[task] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].rest = rest.dropFirst()
                if marks[next] == nil {
                    marks[next] = .open
                    path.append((next, edges(from: next)[...]))
                } else if marks[next] == .open, let begin = path.firstIndex(where: { $0.task == next }) {
                    found.append(path[begin...].map(\.task))
                }
            }
        }
        return found
    }

    private func edges(from task: Int) -> [Int] { tasks[task].dependencies.compactMap { indices[$0] } }
}
