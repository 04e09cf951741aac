internal import Basics
internal import Contracts

/// SARIF 2.1.0 for code scanning: one run, with at most what GitHub takes of one.
package enum SARIFForm {
    /// GitHub refuses an upload above 25,000 results in a run, or above 10 MB.
    package static let mostResults = 25_000
    package static let mostBytes = 10_000_000

    package static func render(
        _ evaluation: Evaluation, mostResults: Int = mostResults, mostBytes: Int = mostBytes
    ) -> RenderedForm {
        let findings = evaluation.findings
        var kept = min(findings.count, mostResults)
        while true {
            let omission = RenderedForm.omission(
                findings.count - kept, of: findings.count, "the SARIF file", "\(mostResults) results and 10 MB")
            let text = text(evaluation, Array(findings.prefix(kept)), omission)
            if text.utf8.count <= mostBytes || kept == 0 { return RenderedForm(text, omission: omission) }
            kept /= 2
        }
    }

    private static func text(_ evaluation: Evaluation, _ findings: [Diagnostic], _ omission: String?) -> String {
        let remarks = evaluation.remarks + [omission].compactMap(\.self)
        let invocation: JSON = [
            "executionSuccessful": true,
            "toolExecutionNotifications": .array(
                remarks.map { ["level": "note", "message": ["text": .string($0)]] }),
        ]
        let log = DiagnosticRenderer.sarif(
            findings,
            run: [
                JSON.Member("invocations", [invocation]),
                JSON.Member("automationDetails", ["id": "leviathan-check/"]),
                JSON.Member(
                    "properties",
                    [
                        "verdict": .string(evaluation.verdict.rawValue), "task": .optional(evaluation.task),
                        "head": .string(evaluation.head.commit.hex), "rules": .string(evaluation.rules.commit.hex),
                    ]),
            ], rule: metadata)
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
