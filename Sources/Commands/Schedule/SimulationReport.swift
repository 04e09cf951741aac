internal import Basics
internal import CommandLine
internal import Scheduler

/// What a simulation came to, for a person and for a program.
enum SimulationReport {
    private static let shownEntries = 40

    static func text(_ result: SimulationResult, width: Int, _ palette: Palette) -> String {
        let parts = [
            timeline(result, palette), targets(result).render(width: width, palette),
            charts(result, width: width), waiting(result, width: width), summary(result) + "\n",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    static func summary(_ result: SimulationResult) -> String {
        let left = result.targets.map(\.left).reduce(0, +)
        return "\(result.start.secondsText) to \(result.end.secondsText): \(result.looks) looks, "
            + "\(result.grants) tasks begun, \(result.merged) merged (\(tenths(result.throughput)) a day), "
            + "\(left) left"
    }

    /// The beginning of what happened; `--json` and `--html` have all of it.
    private static func timeline(_ result: SimulationResult, _ palette: Palette) -> String {
        let lines = result.timeline.prefix(shownEntries).map { line($0, palette) + "\n" }
        let more = result.timeline.count - lines.count
        return lines.joined() + (more > 0 ? "… and \(more) more (--json and --html have them)\n" : "")
    }

    private static func line(_ entry: SimulationResult.Entry, _ palette: Palette) -> String {
        let what = entry.what + String(repeating: " ", count: max(0, 10 - entry.what.count))
        let coloured =
            ["delivered", "merged"].contains(entry.what)
            ? palette.green(what) : ["failed", "lost", "closed"].contains(entry.what) ? palette.red(what) : what
        let name = SafeText.line("\(entry.target)/\(entry.task)")
        return "\(entry.time.secondsText)  \(coloured)  \(name)"
            + (entry.note.map { "  " + SafeText.line($0) } ?? "")
    }

    private static func targets(_ result: SimulationResult) -> Table {
        let numbers = ["ATTEMPTS", "DELIVERED", "MERGED", "CLOSED", "LEFT"]
        var table = Table([Table.Column("TARGET", isFlexible: false)] + numbers.map { Table.Column($0, .right) })
        for target in result.targets {
            table.add(
                [target.target]
                    + [target.attempts, target.delivered, target.merged, target.closed, target.left].map {
                        "\($0)"
                    })
        }
        return table
    }

    private static func charts(_ result: SimulationResult, width: Int) -> String {
        let rows = [("open", result.samples.map(\.open)), ("merged", result.samples.map(\.completed))]
        return rows.map { name, values in
            let title = name + String(repeating: " ", count: 8 - name.count)
            return
                "\(title)\(sparkline(values, width: min(max(20, width - 24), 72)))  up to \(values.max() ?? 0)\n"
        }.joined()
    }

    /// A bar of eight heights for each stretch of time, its highest value.
    static func sparkline(_ values: [Int], width: Int) -> String {
        guard let highest = values.max(), highest > 0 else {
            return String(repeating: "▁", count: min(width, values.count))
        }
        let bars = Array("▁▂▃▄▅▆▇█")
        let count = min(width, values.count)
        return String(
            (0..<count).map { place in
                let slice = values[place * values.count / count..<max((place + 1) * values.count / count, 1)]
                return bars[(slice.max() ?? 0) * (bars.count - 1) / highest]
            })
    }

    /// How long tasks waited for each reason, as parts of all the waiting.
    private static func waiting(_ result: SimulationResult, width: Int) -> String {
        let reasons = result.reasons
        let total = reasons.map { Double($0.waited.microseconds) }.reduce(0, +)
        guard total > 0 else { return "" }
        let longest = reasons.map(\.id.count).max() ?? 0
        let room = Double(min(max(10, width - longest - 30), 40))
        return "waiting of all tasks, by reason\n"
            + reasons.map { reason in
                let part = Double(reason.waited.microseconds) / total
                let bar = String(repeating: "█", count: Int((part * room).rounded()))
                let name = reason.id + String(repeating: " ", count: longest - reason.id.count)
                return "\(name)  \(Int((part * 100).rounded())) %  \(bar)  \(hours(reason.waited))\n"
            }.joined()
    }

    static func hours(_ duration: Duration) -> String {
        "\(tenths(Double(duration.microseconds) / 3_600_000_000)) h"
    }

    static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func json(_ result: SimulationResult) -> JSON {
        [
            "start": .string(result.start.secondsText), "end": .string(result.end.secondsText),
            "looks": .integer(result.looks), "begun": .integer(result.grants), "merged": .integer(result.merged),
            "merged_per_day": .string(tenths(result.throughput)),
            "targets": .array(
                result.targets.map { target in
                    [
                        "target": .string(target.target), "attempts": .integer(target.attempts),
                        "delivered": .integer(target.delivered), "merged": .integer(target.merged),
                        "closed": .integer(target.closed), "left": .integer(target.left),
                    ]
                }),
            "waited_seconds": .object(
                result.reasons.map { JSON.Member($0.id, .integer(Int($0.waited.components.seconds))) }),
            "samples": .array(
                result.samples.map { sample in
                    [
                        "time": .string(sample.time.secondsText), "open": .integer(sample.open),
                        "merged": .integer(sample.completed),
                    ]
                }),
            "timeline": .array(
                result.timeline.map { entry in
                    [
                        "time": .string(entry.time.description), "what": .string(entry.what),
                        "target": .string(entry.target), "task": .string(entry.task),
                        "note": .optional(entry.note),
                    ]
                }),
            "problems": .strings(result.problems),
        ]
    }
}
