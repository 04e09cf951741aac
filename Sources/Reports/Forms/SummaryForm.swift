internal import Basics
internal import Model
internal import Paths

/// The summary of a step, in Markdown, in which nothing that somebody else wrote acts.
package enum SummaryForm {
    /// GitHub takes 1 MiB of a step.
    package static let mostBytes = 1 << 20
    private static let mostRows = 200

    package static func render(_ evaluation: Evaluation) -> RenderedForm {
        let word = evaluation.verdict == .notJudged ? "not judged" : evaluation.verdict.rawValue
        var text = "### leviathan check: \(word)\n\n\(escaped(evaluation.clean(evaluation.summary)))\n\n"
        text += "| | |\n| --- | --- |\n"
        text += row("judged", evaluation.head.text + ", " + Evaluation.count(evaluation.commits, "commit"))
        text += row("rules of", evaluation.rules.text + (evaluation.scope.map { ", scope \($0)" } ?? ""))
        if let task = evaluation.task {
            text += row("task", "\(task) \(evaluation.clean(evaluation.title ?? ""))")
        }
        for remark in evaluation.remarks { text += row("note", remark) }
        for invariant in evaluation.invariants ?? [] {
            text += row("invariant", evaluation.clean(invariant.name) + ": " + invariant.outcome.rawValue)
        }
        let findings = evaluation.findings
        var (kept, omission) = (0, String?.none)
        if !findings.isEmpty { text += "\n| | where | what |\n| --- | --- | --- |\n" }
        for finding in findings.prefix(mostRows) {
            let line = self.line(finding)
            guard text.utf8.count + line.utf8.count < mostBytes - 1024 else { break }
            (text, kept) = (text + line, kept + 1)
        }
        omission = RenderedForm.omission(findings.count - kept, of: findings.count, "the summary", "\(mostRows)")
        if let omission { text += "\n\(escaped(omission))\n" }
        return RenderedForm(text + "\n", omission: omission)
    }

    private static func row(_ name: String, _ value: String) -> String { "| \(name) | \(escaped(value)) |\n" }

    private static func line(_ finding: Diagnostic) -> String {
        let place = finding.place.map { "\($0.file):\($0.span.start.line)" } ?? ""
        let message = finding.message + (finding.hint.map { "\nhint: " + $0 } ?? "")
        return "| \(escaped(finding.id)) | \(escaped(place)) | \(escaped(String(message.prefix(2000)))) |\n"
    }

    /// Whatever Markdown or HTML could take for more than a letter becomes a reference to the character.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\r": result += "<br>"
            case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil:
                result.unicodeScalars.append(scalar)
            case " ", ",", ".", "'", "(", ")", "/", "-", ";", "?": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value): result += "&#xFFFD;"
            default: result += "&#\(scalar.value);"
            }
        }
        return result
    }
}
