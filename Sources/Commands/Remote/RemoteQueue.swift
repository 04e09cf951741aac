internal import Basics
internal import CommandLine
internal import Runner

/// What a control plane would do next, on which targets, and within which limits.
enum RemoteQueue {
    static func next(_ context: CommandContext, _ plane: RemotePlane) throws -> ExitCode {
        let targets = context.arguments.all("target")
        if context.arguments.flag("limits") { return try limits(targets, context, plane) }
        let isWhole = context.arguments.flag("all")
        var tasks: [JSON] = []
        for query in targets.isEmpty ? [[]] : targets.map({ [("target", $0)] }) {
            let found = try plane.items("/v1/tasks", "tasks", query, limit: isWhole || !targets.isEmpty ? nil : 1)
            tasks += found.items
        }
        isWhole ? showAll(tasks, context) : showFirst(tasks, context)
        return .done
    }

    private static func isRunnable(_ task: JSON) -> Bool { task["refusal"]?.members == nil }

    private static func showFirst(_ tasks: [JSON], _ context: CommandContext) {
        let next = tasks.first(where: isRunnable)
        if context.isJSON {
            context.output.json(next ?? .null)
        } else if let next {
            let name = [next["target"]?.string, next["task"]?.string].compactMap(\.self).joined(separator: "/")
            context.output.data("\(SafeText.line(name))  \(SafeText.line(next["title"]?.string ?? ""))\n")
        } else {
            context.output.note("nothing to do: no task may run now ('leviathan next --all --remote' says why)")
        }
    }

    private static func showAll(_ tasks: [JSON], _ context: CommandContext) {
        if context.isJSON { return context.output.json(.array(tasks)) }
        guard !tasks.isEmpty else { return context.output.note("nothing waits: no backlog has an open task") }
        var table = Table([
            Table.Column("#", .right), Table.Column("TASK", isFlexible: false),
            Table.Column("WHY NOT", wraps: true), "CLEARS",
            Table.Column("WHAT A PERSON CAN DO", wraps: true, isOptional: true),
        ])
        for task in tasks {
            let name = "\(task["target"]?.string ?? "")/\(task["task"]?.string ?? "")"
            let refusal = task["refusal"] ?? .null
            guard refusal.members != nil else {
                table.add([task["position"]?.integer.map { "\($0)" } ?? "", name, "-", "-", ""])
                continue
            }
            let clears = refusal["clears"]?["at"]?.string.map { context.times.brief($0) }
            table.add([
                "", name, refusal["message"]?.string ?? "", clears ?? refusal["clears"]?["by"]?.string ?? "",
                refusal["hint"]?.string ?? "",
            ])
        }
        context.show(table)
    }

    private static func limits(
        _ targets: [String], _ context: CommandContext, _ plane: RemotePlane
    ) throws -> ExitCode {
        guard !targets.isEmpty else {
            throw context.arguments.misuse("a control plane tells the limits of a target: add '--target TARGET'")
        }
        var rows: [JSON] = []
        for name in targets {
            let found = try plane.get("/v1/targets/\(RemotePlane.segment(name))/limits")
            if let problem = found["problem"]?.string {
                context.output.warning(StageError(.invalid, "'\(name)': \(problem)"))
            }
            for limit in found["limits"]?.elements ?? [] {
                rows.append(.object([JSON.Member("target", .string(name))] + (limit.members ?? [])))
            }
        }
        if context.isJSON {
            context.output.json(.array(rows))
            return .done
        }
        var table = Table([
            Table.Column("LIMIT", isFlexible: false), Table.Column("USED", .right),
            Table.Column("ALLOWED", .right), "SET BY",
        ])
        func text(_ value: JSON?) -> String { value.map { $0.string ?? ($0.isNull ? "-" : $0.text()) } ?? "-" }
        for row in rows {
            let name = row["limit"]?.string ?? row["name"]?.string ?? ""
            table.add([
                targets.count > 1 ? "\(text(row["target"]))/\(name)" : name, text(row["observed"]),
                text(row["allowed"]), text(row["set_by"]),
            ])
        }
        context.show(table)
        return .done
    }

    static func targets(
        _ columns: [Table.Column], _ context: CommandContext, _ plane: RemotePlane
    ) throws -> ExitCode {
        var listing = try Listing(columns, context)
        let found = try plane.items("/v1/targets", "targets", [], limit: listing.limit)
        listing.hasMore = found.hasMore
        for target in found.items {
            listing.add(
                [
                    Table.Cell(target["target"]?.string ?? ""), Table.Cell(target["group"]?.string ?? "-"),
                    Table.Cell(target["enabled"] == true ? "enabled" : "disabled"),
                    Table.Cell(target["repository"]?.string ?? ""),
                ], json: target)
        }
        return listing.show(empty: "the control plane shows you no target")
    }

    static func autonomy(_ context: CommandContext, _ plane: RemotePlane) throws -> ExitCode {
        let state = try plane.get("/v1/autonomy")
        let wanted = context.arguments.value("target")
        let rows = (state["targets"]?.elements ?? []).filter { wanted == nil || $0["target"]?.string == wanted }
        if let wanted, rows.isEmpty {
            throw StageError(
                .invalid, "the control plane knows no target '\(wanted)'",
                hint: "'leviathan target list --remote' shows those there are")
        }
        if context.isJSON {
            context.output.json(.array(rows.map(row)))
            return .done
        }
        if let stop = state["stop"], stop.members != nil {
            let words = [stop["by"]?.string.map { "by \($0)" }, stop["reason"]?.string].compactMap(\.self)
            context.output.warning(
                StageError(.refusal, "everything is stopped there: \(words.joined(separator: ", "))"))
        }
        guard !rows.isEmpty else {
            context.output.note("the control plane shows you no target")
            return .done
        }
        var table = Table([
            Table.Column("TARGET", isFlexible: false), "AUTONOMY", "SINCE", Table.Column("BY", isOptional: true),
            Table.Column("REASON", wraps: true),
        ])
        for json in rows.map(row) {
            func text(_ name: String) -> String { json[name]?.string ?? "" }
            table.add([
                text("target"), text("autonomy"), text("since").isEmpty ? "" : context.times.brief(text("since")),
                text("by"), text("reason"),
            ])
        }
        context.show(table)
        return .done
    }

    /// As 'autonomy status' has it of this home.
    private static func row(_ target: JSON) -> JSON {
        let changed = target["changed"] ?? .null
        return [
            "target": target["target"] ?? "", "autonomy": target["autonomy"] ?? "",
            "since": changed["at"] ?? .null, "by": changed["by"] ?? .null, "reason": changed["reason"] ?? .null,
        ]
    }
}
