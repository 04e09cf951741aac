internal import Basics
internal import CommandLine
internal import Runner

/// The other lists of a control plane: its queue, its events, its graph.
enum RemoteLists {
    static let taskColumns: [Table.Column] = [
        Table.Column("ID", isFlexible: false), Table.Column("TITLE", wraps: true),
        Table.Column("TARGET"), Table.Column("PRIORITY", isOptional: true), Table.Column("RUNNABLE", wraps: true),
    ]

    static func tasks(_ context: CommandContext, _ plane: RemotePlane) throws -> ExitCode {
        let local = ["scope", "state", "priority", "label", "limits"].first { context.arguments.isGiven($0) }
        if let local {
            throw context.arguments.misuse("'--\(local)' asks a repository, and not a control plane's queue")
        }
        var listing = try Listing(taskColumns, context)
        let found = try plane.items("/v1/tasks", "tasks", [], limit: listing.limit)
        let onlyRunnable = context.arguments.flag("runnable")
        listing.hasMore = found.hasMore
        for task in found.items where !onlyRunnable || task["refusal"]?.isNull == true {
            func text(_ name: String) -> String { task[name]?.string ?? "" }
            let why = task["refusal"]?["message"]?.string
            listing.add(
                [
                    Table.Cell(text("task")), Table.Cell(text("title")), Table.Cell(text("target")),
                    Table.Cell(text("priority")), Table.Cell(why.map { "no: " + $0 } ?? "yes"),
                ], json: task)
        }
        return listing.show(empty: "no task matches")
    }

    static func events(
        _ columns: [Table.Column], _ context: CommandContext, _ plane: RemotePlane
    ) throws -> ExitCode {
        guard !context.arguments.flag("follow") else {
            throw context.arguments.misuse("'--follow' watches this home; a control plane has /v1/events/stream")
        }
        var listing = try Listing(columns, context)
        var query = context.arguments.all("type").map { ("type", $0) }
        for name in ["target", "task", "attempt"] {
            if let value = context.arguments.value(name) { query.append((name, value)) }
        }
        let (events, hasMore) = try newest(query, listing.limit, plane)
        listing.hasMore = hasMore
        for event in events { listing.add(row(event, context.times), json: event) }
        return listing.show(linesOfJSON: true, empty: "no event matches")
    }

    /// The newest, in the order in which they happened.
    private static func newest(
        _ query: [(String, String)], _ limit: Int?, _ plane: RemotePlane
    ) throws(StageError) -> ([JSON], Bool) {
        var (pages, before, hasMore): ([[JSON]], Int, Bool) = ([], 1 << 50, true)
        var count = 0
        while hasMore, count < limit ?? 100_000 {
            let page = try plane.get(
                "/v1/events",
                query + [("before", String(before)), ("limit", String(min(200, (limit ?? 100_000) - count)))])
            let found = page["events"]?.elements ?? []
            pages.append(found)
            count += found.count
            guard let next = page["next_cursor"]?.integer, next < before else {
                hasMore = false
                break
            }
            before = next
        }
        return (pages.reversed().flatMap(\.self), hasMore)
    }

    private static func row(_ event: JSON, _ times: TimeText) -> [Table.Cell] {
        let (facts, time) = (event["payload"] ?? .null, event["timestamp"]?.string ?? "")
        let known: Set<String> = ["target", "target_id", "task_id", "attempt_id", "changes", "violations", "spec"]
        let rest = (facts.members ?? []).filter { !known.contains($0.name) }.map { member in
            "\(member.name)=\(member.value.string ?? member.value.text())"
        }
        return [
            .count(event["sequence"]?.integer ?? 0), .moment(time, times),
            Table.Cell(event["event_type"]?.string ?? ""), Table.Cell(facts["task_id"]?.string ?? ""),
            Table.Cell(facts["attempt_id"]?.string.map { String($0.suffix(8)) } ?? ""),
            Table.Cell(rest.joined(separator: " ")),
        ]
    }

    static func summary(_ context: CommandContext, _ plane: RemotePlane) throws -> ExitCode {
        let summary = try plane.get("/v1/graph/summary")
        if context.isJSON {
            context.output.json(summary)
            return .done
        }
        var table = Table(["TYPE", Table.Column("COUNT", .right)])
        for member in (summary["nodes"]?.members ?? []) + (summary["edges"]?.members ?? []) {
            table.add([member.name, member.value.text()])
        }
        context.show(table)
        return .done
    }
}
