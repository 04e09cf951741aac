package import Basics
internal import Contracts

/// SARIF 2.1.0 for code scanning: one run, with at most what GitHub takes of one.
package enum SARIFForm {
    /// GitHub refuses an upload above 25,000 results in a run, or above 10 MB.
    package static let mostResults = 25_000
    package static let mostBytes = 10_000_000

    package static func render(
        _ evaluation: Evaluation, mostResults: Int = mostResults, mostBytes: Int = mostBytes
    ) -> RenderedForm {
        let properties: JSON = [
            "verdict": .string(evaluation.verdict.rawValue), "task": .optional(evaluation.task),
            "head": .string(evaluation.head.commit.hex), "rules": .string(evaluation.rules.commit.hex),
        ]
        return fitted(evaluation.findings, mostResults, mostBytes, command: "check") { findings, omission in
            text(
                findings, evaluation.remarks + [omission].compactMap(\.self), category: "leviathan-check/",
                [JSON.Member("properties", properties)])
        }
    }

    /// Findings that belong to no change, under a category of their own.
    package static func render(
        _ findings: [Diagnostic], category: String, mostResults: Int = mostResults, mostBytes: Int = mostBytes
    ) -> RenderedForm {
        fitted(findings, mostResults, mostBytes, command: "check-manifests") { findings, omission in
            text(findings, [omission].compactMap(\.self), category: category, [])
        }
    }

    /// As many of the findings as a service takes.
    private static func fitted(
        _ findings: [Diagnostic], _ mostResults: Int, _ mostBytes: Int, command: String,
        _ text: ([Diagnostic], String?) -> String
    ) -> RenderedForm {
        var kept = min(findings.count, mostResults)
        while true {
            let omission = RenderedForm.omission(
                findings.count - kept, of: findings.count, "the SARIF file", "\(mostResults) results and 10 MB",
                command: command)
            let text = text(Array(findings.prefix(kept)), omission)
            if text.utf8.count <= mostBytes || kept == 0 { return RenderedForm(text, omission: omission) }
            kept /= 2
        }
    }

    private static func text(
        _ findings: [Diagnostic], _ remarks: [String], category: String, _ members: [JSON.Member]
    ) -> String {
        let invocation: JSON = [
            "executionSuccessful": true,
            "toolExecutionNotifications": .array(
                remarks.map { ["level": "note", "message": ["text": .string($0)]] }),
        ]
        let log = DiagnosticRenderer.sarif(
            findings,
            run: [
                JSON.Member("invocations", [invocation]),
                JSON.Member("automationDetails", ["id": .string(category)]),
            ] + members, rule: metadata)
        return log.text(.pretty) + "\n"
    }

    private static func metadata(_ id: String) -> [JSON.Member] {
        guard let entry = RuleCatalog.entry(id) else { return [] }
        return [
            JSON.Member("shortDescription", ["text": .string(entry.summary)]),
            JSON.Member("fullDescription", ["text": .string(entry.reason)]),
            JSON.Member("help", ["text": .string(entry.remedy + "\n\nleviathan explain " + id)]),
        ]
    }
}
