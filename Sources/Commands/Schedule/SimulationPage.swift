internal import Basics
internal import Scheduler

/// A simulation as one page that needs nothing else: no script, no other file.
enum SimulationPage {
    private static let (width, height) = (800, 160)

    static func html(_ result: SimulationResult) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>leviathan simulate</title>
        <style>\(style)</style>
        </head>
        <body>
        <h1>Simulation</h1>
        <p>\(escaped(SimulationReport.summary(result)))</p>
        <h2>Open proposals</h2>
        \(chart(result.samples.map(\.open), "open proposals over time"))
        <h2>Merged proposals</h2>
        \(chart(result.samples.map(\.completed), "merged proposals over time"))
        <h2>Targets</h2>
        \(table(
            ["Target", "Attempts", "Delivered", "Merged", "Closed", "Left"],
            result.targets.map {
                [$0.target] + [$0.attempts, $0.delivered, $0.merged, $0.closed, $0.left].map { "\($0)" }
            }))
        <h2>Waiting of all tasks, by reason</h2>
        \(table(["Reason", "Waited"], result.reasons.map { [$0.id, SimulationReport.hours($0.waited)] }))
        <h2>Timeline</h2>
        \(table(
            ["Time", "What", "Task", "Note"],
            result.timeline.map { [$0.time.secondsText, $0.what, "\($0.target)/\($0.task)", $0.note ?? ""] }))
        </body>
        </html>

        """
    }

    private static let style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
        body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        table { border-collapse: collapse } th, td { padding: .2rem .8rem .2rem 0; text-align: left }
        tr { border-bottom: 1px solid #8884 } svg { width: 100%; height: auto } rect { fill: #3b82f6 }
        """

    /// Bars, the highest of each stretch of time; the tables below say the same in words.
    private static func chart(_ values: [Int], _ title: String) -> String {
        let (highest, count) = (max(1, values.max() ?? 1), min(values.count, 200))
        let bars = (0..<count).map { place -> String in
            let slice = values[place * values.count / count..<max((place + 1) * values.count / count, 1)]
            let size = (slice.max() ?? 0) * (height - 20) / highest
            let left = place * width / max(1, count)
            return "<rect x=\"\(left)\" y=\"\(height - size)\" width=\"\(max(1, width / max(1, count) - 1))\" "
                + "height=\"\(size)\"/>"
        }
        return
            "<svg role=\"img\" aria-label=\"\(title), up to \(values.max() ?? 0)\" viewBox=\"0 0 \(width) \(height)\">"
            + bars.joined() + "</svg>\n<p>up to \(values.max() ?? 0)</p>"
    }

    private static func table(_ titles: [String], _ rows: [[String]]) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>\n"
        }
        return "<table>\n<thead>" + row(titles, "th") + "</thead>\n<tbody>\n" + rows.map { row($0, "td") }.joined()
            + "</tbody>\n</table>"
    }

    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: String(character)
            }
        }.joined()
    }
}
