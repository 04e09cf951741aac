internal import Basics
internal import Contracts

/// Lines of output that a build service shows beside the lines of a pull request.
package enum AnnotationForm {
    package enum Service: String, CaseIterable, Sendable {
        case github, azure

        /// The service whose job this is; `nil` outside of both.
        package init?(_ environment: [String: String]) {
            if environment["GITHUB_ACTIONS"] == "true" {
                self = .github
            } else if environment["TF_BUILD"] != nil {
                self = .azure
            } else {
                return nil
            }
        }
    }

    /// GitHub shows ten errors and ten warnings of a step, and fifty of a job.
    package static let mostOfAKind = 10

    package static func render(_ evaluation: Evaluation, for service: Service) -> RenderedForm {
        let findings = evaluation.findings
        var kept: [Diagnostic] = []
        for severity in [Diagnostic.Severity.error, .warning] {
            let own = findings.filter { $0.severity == severity }
            kept += own.prefix(mostOfAKind)
        }
        let omission = RenderedForm.omission(
            findings.count - kept.count, of: findings.count, "the annotations", "\(mostOfAKind) of a kind")
        if let omission { kept.append(Diagnostic("more", .note, omission, at: nil)) }
        let text =
            switch service {
            case .github: DiagnosticRenderer.githubCommands(kept)
            case .azure: kept.map(azure).joined()
            }
        return RenderedForm(text, omission: omission)
    }

    private static func azure(_ finding: Diagnostic) -> String {
        var properties = finding.severity == .note ? [] : ["type=\(finding.severity.rawValue)"]
        if let place = finding.place {
            properties.append("sourcepath=" + escaped(place.file, isProperty: true))
            properties.append("linenumber=\(place.span.start.line)")
        }
        properties.append("code=" + escaped(finding.id, isProperty: true))
        let message = finding.message + (finding.hint.map { "\nhint: " + $0 } ?? "")
        // The agent knows errors and warnings only.
        guard finding.severity != .note else { return escaped(message, isProperty: false) + "\n" }
        return "##vso[task.logissue \(properties.joined(separator: ";"))]\(escaped(message, isProperty: false))\n"
    }

    /// As the agent reads them back: `%AZP25` and so on.
    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%AZP25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ";" where isProperty: result += "%3B"
            case "]" where isProperty: result += "%5D"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
