internal import Basics
internal import Pages
internal import Scheduler

/// A simulation as one page that needs nothing else: no script, no other file.
enum SimulationPage {
    /// A chart has at most so many columns.
    private static let chartLimit = 120

    static func html(_ result: SimulationResult) -> String {
        var page = Page("leviathan simulate")
        page.top = "<p>\(SimulationReport.summary(result))</p>"
        page.add("Open proposals", id: "open", chart("Open proposals", result) { $0.open })
        page.add("Merged proposals", id: "merged", chart("Merged proposals", result) { $0.completed })
        page.add("Targets", id: "targets", targets(result))
        page.add("Waiting of all tasks, by reason", id: "reasons", reasons(result))
        page.add("Timeline", id: "timeline", timeline(result))
        return page.render()
    }

    /// The highest of each stretch of time.
    private static func chart(
        _ title: String, _ result: SimulationResult, _ value: (SimulationResult.Sample) -> Int
    ) -> Markup {
        let (samples, count) = (result.samples, min(result.samples.count, chartLimit))
        let places = (0..<count).map { place in
            let slice = samples[place * samples.count / count..<max((place + 1) * samples.count / count, 1)]
            return (slice.first?.time.secondsText ?? "", [slice.map(value).max() ?? 0])
        }
        return Charts.columns(title, [Charts.Series(title, number: 0)], places)
    }

    private static func targets(_ result: SimulationResult) -> Markup {
        let numbers = ["Attempts", "Delivered", "Merged", "Closed", "Left"]
        var table = PageTable(
            "What became of each target's tasks",
            [PageTable.Column("Target")] + numbers.map { PageTable.Column($0, isNumber: true) })
        for target in result.targets {
            table.add([
                .name(target.target), "\(target.attempts)", "\(target.delivered)", "\(target.merged)",
                "\(target.closed)", "\(target.left)",
            ])
        }
        return table.markup
    }

    private static func reasons(_ result: SimulationResult) -> Markup {
        var table = PageTable(
            "How long tasks waited, summed up by reason",
            [PageTable.Column("Reason"), PageTable.Column("Waited", isNumber: true)])
        for reason in result.reasons { table.add(["\(reason.id)", "\(SimulationReport.hours(reason.waited))"]) }
        return table.markup
    }

    private static func timeline(_ result: SimulationResult) -> Markup {
        var table = PageTable(
            "What happened, in order", ["Time", "What", "Task", "Note"].map { PageTable.Column($0) })
        for event in result.timeline {
            table.add([
                "\(event.time.secondsText)", "\(event.what)", "\(Markup.name("\(event.target)/\(event.task)"))",
                "\(event.note ?? "")",
            ])
        }
        return table.markup
    }
}
