internal import API
internal import Basics
internal import ControlPlane
internal import Journal
internal import Pages

/// How the tasks of a target hang together, as a picture and as a table.
struct GraphPage {
    private static let limit = 300
    private let name: String
    private let call: ConsoleCall

    init(_ name: String, _ call: ConsoleCall) { (self.name, self.call) = (name, call) }

    func page() throws(ConsoleProblem) -> ConsolePage {
        // Who may see the target is the API's to say.
        _ = try call.inquiry.get("/v1/targets/\(Address.segment(name))/autonomy")
        let graph: TaskGraph
        do {
            graph = try call.inquiry.home.journals.with { try $0.taskGraph(target: name, limit: Self.limit) }
        } catch { throw ConsoleProblem(500, "The journal cannot be read", "\(error)") }
        var page = ConsolePage("Graph of \(name)", at: "/targets")
        page.add("Tasks and what they need", id: "graph", picture(graph) + omitted(graph))
        page.add("The same as a table", id: "table", table(graph))
        return page
    }

    private func picture(_ graph: TaskGraph) -> Markup {
        let nodes = graph.tasks.map { task in
            LayeredGraph.Node(
                id: task.id, title: task.id, note: Self.note(task), tone: Self.tone(task.state),
                address: task.lastAttempt.map { "/attempts/" + Address.segment($0) } ?? "#table")
        }
        return LayeredGraph("Tasks of \(name): what is needed stands to the left", nodes, needs: graph.needs)
            .markup
    }

    private func omitted(_ graph: TaskGraph) -> Markup {
        graph.omitted == 0 ? Markup() : "<p>\(graph.omitted) tasks that changed longest ago are left out.</p>"
    }

    private func table(_ graph: TaskGraph) -> Markup {
        guard !graph.tasks.isEmpty else { return Piece.nothing("No task of this target was tried yet.") }
        let needs = Dictionary(grouping: graph.needs) { $0.node }
        var table = PageTable(
            "Tasks that were tried",
            Show.columns(["Task", "State", "Needs", "Attempts", "Last attempt", "Pull request"]))
        for task in graph.tasks {
            let number = task.pullRequest.map { "#\($0) \(task.pullRequestState ?? "")" }
            let request = number.map { number -> Markup in
                task.url.map { .link("\(number)", to: $0) } ?? "\(number)"
            }
            table.add([
                .name(task.id), Piece.badge(task.state, Self.tone(task.state)),
                .name((needs[task.id] ?? []).map(\.needed).joined(separator: ", ")), "\(task.attempts)",
                Show.attempt(task.lastAttempt), request ?? Markup(),
            ])
        }
        return table.markup
    }

    private static func note(_ task: TaskGraph.Task) -> String {
        let request = task.pullRequest.map { ", #\($0) \(task.pullRequestState ?? "")" } ?? ""
        return task.state.replacing("_", with: " ") + request
    }

    private static func tone(_ state: String) -> Piece.Tone {
        switch state {
        case "completed": .good
        case "failed", "blocked", "declined": .bad
        case "in_progress", "pending_review": .warning
        default: .neutral
        }
    }
}
