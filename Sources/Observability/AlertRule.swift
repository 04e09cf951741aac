package import Basics

/// Something that a person should look at, as Prometheus is told of it.
package struct AlertRule: Hashable, Sendable {
    package enum Severity: String, Sendable {
        /// Somebody has to look now.
        case critical
        /// Somebody has to look today.
        case warning
        case info
    }

    package let name: String
    package let severity: Severity
    /// How long it must hold, as Prometheus writes it.
    package let lasting: String
    package let expression: String
    package let summary: String
    /// What to do, in the documentation's words as well.
    package let advice: String

    init(
        _ name: String, _ severity: Severity, for lasting: String, _ expression: String, _ summary: String,
        _ advice: String
    ) {
        (self.name, self.severity, self.lasting, self.expression) = (name, severity, lasting, expression)
        (self.summary, self.advice) = (summary, advice)
    }

    /// Where the documentation says what to do; `leviathan help monitoring` prints it.
    package static let runbooks = "docs/monitoring.md"

    /// The place of its paragraph there.
    package var anchor: String { name.lowercased() }

    /// As a rule of a group, for a rules file and for a cluster.
    package var json: JSON {
        [
            "alert": .string(name), "expr": .string(expression), "for": .string(lasting),
            "labels": ["severity": .string(severity.rawValue)],
            "annotations": [
                "summary": .string(summary), "description": .string(advice),
                "runbook_url": .string(Self.runbooks + "#" + anchor),
            ],
        ]
    }
}

/// The file of rules, whose form is JSON within YAML: nothing has to be escaped twice.
package enum AlertFile {
    package static var groups: JSON {
        ["groups": [["name": "leviathan", "interval": "30s", "rules": .array(AlertRule.all.map(\.json))]]]
    }

    package static var text: String {
        var lines = [
            "# Printed by 'leviathan serve --print alerts': change the program, not this file.", "groups:",
            "  - name: leviathan", "    interval: 30s", "    rules:",
        ]
        for rule in AlertRule.all {
            func quoted(_ text: String) -> String { JSON.string(text).text() }
            lines += [
                "      - alert: \(rule.name)", "        expr: \(quoted(rule.expression))",
                "        for: \(rule.lasting)", "        labels:", "          severity: \(rule.severity.rawValue)",
                "        annotations:", "          summary: \(quoted(rule.summary))",
                "          description: \(quoted(rule.advice))",
                "          runbook_url: \(AlertRule.runbooks)#\(rule.anchor)",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
