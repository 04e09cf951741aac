internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner

/// `leviathan stats`: how tasks fare, by target and scope.
enum StatsCommand: Command {
    static let name = "stats"

    static let spec = CommandSpec(
        name, group: .record, "Show how tasks fare, by target and scope",
        discussion:
            "Counts are of all time; medians and the chart look at the newest \(Journal.statisticsWindow) attempts.",
        options: [OptionSpec("target", .value("TARGET"), completion: .asking(.targets), "Only this target")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal(.null) }
        let target = context.arguments.value("target")
        let (scopes, days) = try journal.statisticsAndDays(target: target)
        let costs = Costs(try journal.costs(target: target))
        if context.isJSON {
            context.output.json([
                "scopes": .array(scopes.map { costs.json($0) }), "days": .array(days.map(\.json)),
            ])
            return .done
        }
        guard !scopes.isEmpty else {
            context.output.note("no attempt matches")
            return .done
        }
        context.show(table(scopes, costs))
        context.output.data("\n" + chart(days, context.output))
        return .done
    }

    /// What the attempts of each scope have cost.
    private struct Costs {
        private let money: [[String]: Int]

        init(_ records: [CostRecord]) {
            money = Dictionary(records.map { ([$0.target, $0.scope], $0.money) }) { $0 + $1 }
        }

        var isEmpty: Bool { money.values.allSatisfy { $0 == 0 } }

        func of(_ scope: ScopeStatistics) -> Int { money[[scope.target, scope.scope]] ?? 0 }

        func perMerge(_ scope: ScopeStatistics) -> Int? { scope.merged == 0 ? nil : of(scope) / scope.merged }

        func json(_ scope: ScopeStatistics) -> JSON {
            .object(
                (scope.json.members ?? []) + [
                    JSON.Member("cost_usd", Money.json(of(scope))),
                    JSON.Member("cost_per_merge_usd", perMerge(scope).map(Money.json) ?? .null),
                ])
        }
    }

    private static func table(_ scopes: [ScopeStatistics], _ costs: Costs) -> Table {
        // The first say most, so the last are left out first; nobody needs a column of nothing.
        let numbers =
            ["ATTEMPTS", "SUCCESS", "REJECTED", "FAILED", "MERGED", "MEDIAN", "TO MERGE"]
            + (costs.isEmpty ? [] : ["COST", "A MERGE"])
        let shown = numbers.map { Table.Column($0, .right, isOptional: $0 != "ATTEMPTS" && $0 != "SUCCESS") }
        var table = Table([Table.Column("TARGET", cut: .middle), Table.Column("SCOPE", cut: .middle)] + shown)
        for scope in scopes {
            let money =
                costs.isEmpty ? [] : [Money.text(costs.of(scope)), costs.perMerge(scope).map(Money.text) ?? ""]
            table.add(
                [
                    scope.target, scope.scope.isEmpty ? "-" : scope.scope, "\(scope.attempts)",
                    scope.successRate.map { "\(Int(($0 * 100).rounded())) %" } ?? "", "\(scope.rejected)",
                    "\(scope.failed)", "\(scope.merged)", scope.medianDuration.map(ShortDuration.text) ?? "",
                    scope.medianTimeToMerge.map(ShortDuration.text) ?? "",
                ] + money)
        }
        return table
    }

    /// A bar a day for the newest days, the part that succeeded in another colour.
    private static func chart(_ days: [DayCount], _ output: Printer) -> String {
        let palette = output.palette
        let shown = days.suffix(14)
        let highest = max(1, shown.map { $0.succeeded + $0.other }.max() ?? 1)
        let room = output.drawsBars ? max(0, min(output.width - 24, 60, highest)) : 0
        return palette.bold("DAY IN UTC") + "\n"
            + shown.map { day in
                func bar(_ count: Int) -> String {
                    String(
                        repeating: "█", count: count == 0 || room == 0 ? 0 : max(1, count * room / highest)
                    )
                }
                return "\(day.day)  \(palette.green(bar(day.succeeded)))\(palette.red(bar(day.other)))  "
                    + "\(day.succeeded) of \(day.succeeded + day.other)\n"
            }.joined()
    }
}
