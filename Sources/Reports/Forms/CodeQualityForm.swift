internal import Basics
internal import Crypto

/// GitLab's code quality report.
package enum CodeQualityForm {
    /// GitLab keeps artifacts of a job within a size; a merge request that long is read by nobody.
    package static let mostFindings = 25_000

    package static func render(_ evaluation: Evaluation, most: Int = mostFindings) -> RenderedForm {
        let findings = evaluation.findings
        let omission = RenderedForm.omission(
            max(0, findings.count - most), of: findings.count, "the code quality file", "\(most)")
        var seen: [String: Int] = [:]
        let issues = findings.prefix(most).map { finding -> JSON in
            let place = finding.place
            let key = [finding.id, place?.file ?? "", finding.message].joined(separator: "\0")
            seen[key, default: 0] += 1
            let line = place?.span.start.line ?? 1
            return [
                "description": .string(finding.message + (finding.hint.map { " (\($0))" } ?? "")),
                "check_name": .string(finding.id),
                // The line is left out of it: a finding that moves is the same finding.
                "fingerprint": .string(SHA256.digest(of: key + "\0\(seen[key] ?? 0)").hex),
                "severity": .string(severity(finding)),
                "location": ["path": .string(place?.file ?? ""), "lines": ["begin": .integer(line)]],
            ]
        }
        return RenderedForm(JSON.array(issues).text(.pretty) + "\n", omission: omission)
    }

    private static func severity(_ finding: Diagnostic) -> String {
        switch finding.severity {
        case .error: finding.id == "secret" || finding.id == "granted-secret" ? "blocker" : "critical"
        case .warning: "minor"
        case .note: "info"
        }
    }
}
