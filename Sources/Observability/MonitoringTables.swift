/// What is measured, alerted about and shown, as the documentation has it.
package enum MonitoringTables {
    package static var text: String { metrics + "\n" + alerts + "\n" + panels }

    private static var metrics: String {
        let rows = Metric.all.map { "| `\($0.text)` | \($0.kind.rawValue) | \($0.help) | \($0.advice) |\n" }
        return "| name | kind | what it says | what to do |\n| --- | --- | --- | --- |\n" + rows.joined()
    }

    private static var alerts: String {
        AlertRule.all.map { rule in
            let lasting = rule.lasting == "0m" ? "at once" : "after \(rule.lasting)"
            return """
                ### \(rule.name)

                \(rule.severity.rawValue.prefix(1).uppercased())\(rule.severity.rawValue.dropFirst()), \(lasting): \(rule.summary)
                \(rule.advice)


                """
        }.joined()
    }

    private static var panels: String {
        let rows = Dashboard.all.map { "| \($0.title) | \($0.advice) |\n" }
        return "| panel | what to do |\n| --- | --- |\n" + rows.joined()
    }
}
