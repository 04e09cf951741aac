internal import Basics
internal import CommandLine
internal import Runner

/// Attempts as a control plane tells of them.
enum RemoteAttempts {
    static func list(
        _ path: String, _ context: CommandContext, _ plane: RemotePlane
    ) throws -> ExitCode {
        var listing = try Listing(AttemptsCommand.columns, context)
        var query = context.arguments.all("state").map { ("state", $0) }
        for name in ["target", "task"] {
            if let value = context.arguments.value(name) { query.append((name, value)) }
        }
        let since = try context.arguments.parsed("since", expected: "a date, a time or an age such as 7d") {
            PointInTime.parse($0, context)?.description
        }
        if let since { query.append(("since", since)) }
        let found = try plane.items(path, "attempts", query, limit: listing.limit)
        listing.hasMore = found.hasMore
        for attempt in found.items { listing.add(row(attempt, context.times), json: attempt) }
        return listing.show(empty: "no attempt matches")
    }

    private static func row(_ attempt: JSON, _ times: TimeText) -> [Table.Cell] {
        func text(_ name: String) -> String { attempt[name]?.string ?? "" }
        let state = text("state")
        let result = state == "invalidated" || text("outcome").isEmpty ? state : text("outcome")
        return [
            .id(text("attempt")), Table.Cell(text("target")), Table.Cell(text("task")),
            .count(attempt["attempt_number"]?.integer ?? 0), Table.Cell(result, AttemptsCommand.style(of: result)),
            .moment(text("created_at"), times),
            .duration(attempt["duration_ms"]?.integer.map { .milliseconds($0) }),
            Table.Cell(text("reason").isEmpty ? text("branch") : text("reason")),
        ]
    }

    static func show(_ context: CommandContext, _ plane: RemotePlane) throws -> ExitCode {
        let attempt = try plane.get("/v1/attempts/" + name(context))
        if context.isJSON {
            context.output.json(attempt)
            return .done
        }
        context.output.data(text(attempt, context))
        return .done
    }

    private static func name(_ context: CommandContext) -> String {
        RemotePlane.segment(context.arguments.argument("ATTEMPT") ?? "")
    }

    private static func text(_ attempt: JSON, _ context: CommandContext) -> String {
        func text(_ name: String) -> String? { attempt[name]?.string }
        var page = DetailPage(text("attempt") ?? "", "", context.palette)
        let number = attempt["attempt_number"]?.integer.map { ", attempt \($0)" } ?? ""
        page.row("task", "\(text("task") ?? "") in \(text("target") ?? "")\(number)")
        let result = [text("outcome") ?? text("state"), text("reason")].compactMap(\.self)
        page.row("result", result.joined(separator: ": "))
        page.row("began", "\(context.times.moment(text("created_at") ?? "")) by \(text("actor") ?? "")")
        page.row("took", attempt["duration_ms"]?.integer.map { ShortDuration.text(.milliseconds($0)) })
        for (name, member) in [
            ("base", "base"), ("executor", "executor"), ("tree", "tree"), ("commit", "commit"),
            ("branch", "branch"),
        ] { page.row(name, text(member)) }
        page.row("pull request", attempt["pull_request"]?.integer.map { "#\($0)" })
        page.rows("artifacts", attempt["artifacts"]?.elements.map { $0.map(Self.artifact) } ?? [])
        return page.render()
    }

    private static func artifact(_ artifact: JSON) -> String {
        let size = artifact["bytes"]?.integer.map(SizeText.text) ?? ""
        return ["kind", "name"].compactMap { artifact[$0]?.string }.joined(separator: " ")
            + " \(size) \(artifact["sha256"]?.string ?? "")"
    }

    static func invalidate(_ context: CommandContext, _ plane: RemotePlane) throws -> ExitCode {
        guard let reason = context.arguments.value("reason"), !reason.trimmed.isEmpty else {
            throw context.arguments.misuse("a control plane wants to know why: add '--reason TEXT'")
        }
        let answer = try plane.post("/v1/attempts/\(name(context))/invalidate", ["reason": .string(reason)])
        if context.isJSON { context.output.json(answer) }
        context.output.note(
            "\(answer["attempt"]?.string ?? "the attempt") is void; the branch it may have pushed is as it was")
        return .done
    }
}
