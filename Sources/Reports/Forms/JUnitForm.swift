internal import Basics
internal import Model

/// JUnit XML: a suite of rules and a suite of invariants, as GitLab, Jenkins and others show test results.
package enum JUnitForm {
    /// GitLab reads no more than 30 MB.
    package static let mostBytes = 30_000_000
    /// Of the detail of a single case.
    private static let mostDetail = 64 << 10

    package static func render(_ evaluation: Evaluation, mostBytes: Int = mostBytes) -> RenderedForm {
        let all = cases(evaluation)
        var kept = all.count
        while true {
            let failing = all.dropFirst(kept).count { $0.outcome.isFailure }
            let omission =
                kept == all.count
                ? nil
                : "\(all.count - kept) of \(all.count) cases (\(failing) of them failing) are not in the JUnit file, "
                    + "which takes 30 MB; 'leviathan check --json' has them all"
            let text = document(evaluation, Array(all.prefix(kept)), omission)
            if text.utf8.count <= mostBytes || kept == 0 { return RenderedForm(text, omission: omission) }
            kept /= 2
        }
    }

    private enum Outcome {
        case passed, skipped(String), failed(String, String), error(String, String)

        var isFailure: Bool {
            switch self {
            case .failed, .error: true
            case .passed, .skipped: false
            }
        }
    }

    private struct Case {
        let suite: String
        let name: String
        let outcome: Outcome
        var milliseconds = 0
    }

    // MARK: The cases

    /// What fails first, so that a cut never hides it behind what passed.
    private static func cases(_ evaluation: Evaluation) -> [Case] {
        let all = ruleCases(evaluation) + invariantCases(evaluation) + reproductionCase(evaluation)
        return all.filter(\.outcome.isFailure) + all.filter { !$0.outcome.isFailure }
    }

    private static func ruleCases(_ evaluation: Evaluation) -> [Case] {
        guard evaluation.isJudged || !evaluation.violations.isEmpty else {
            return [Case(suite: "rules", name: "rules", outcome: .skipped(evaluation.summary))]
        }
        guard !evaluation.violations.isEmpty else {
            return [Case(suite: "rules", name: "every rule", outcome: .passed)]
        }
        return evaluation.violations.map { violation in
            let name = violation.rule + (violation.path.map { ": \($0)" } ?? "")
            let text = [violation.message, violation.hint].compactMap(\.self).map(evaluation.clean)
            return Case(suite: "rules", name: name, outcome: .failed(text[0], text.joined(separator: "\n")))
        }
    }

    private static func invariantCases(_ evaluation: Evaluation) -> [Case] {
        guard let results = evaluation.invariants else {
            guard evaluation.invariantCount > 0, let omission = evaluation.omission else { return [] }
            let name = Evaluation.count(evaluation.invariantCount, "invariant")
            return [Case(suite: "invariants", name: name, outcome: .skipped("not run: " + omission.rawValue))]
        }
        return results.map { result in
            let detail = evaluation.clean(result.detail ?? "")
            let outcome: Outcome =
                switch result.outcome {
                case .passed: .passed
                case .skipped: .skipped(detail)
                case .couldNotRun, .timedOut: .error(result.outcome.rawValue, detail)
                case _ where !result.rejects:
                    .skipped("\(result.outcome.rawValue), and does not reject: \(detail)")
                default: .failed(result.outcome.rawValue, detail)
                }
            return Case(
                suite: "invariants", name: evaluation.clean(result.name), outcome: outcome,
                milliseconds: Int(result.duration.milliseconds))
        }
    }

    private static func reproductionCase(_ evaluation: Evaluation) -> [Case] {
        guard let reproduction = evaluation.reproduction else { return [] }
        let (word, reason) = (reproduction.outcome.rawValue, evaluation.clean(reproduction.reason ?? ""))
        let outcome: Outcome =
            switch reproduction.outcome {
            case .reproduced: .passed
            case .differs: .failed(word, reason)
            case .notReproducible: .error(word, reason)
            }
        return [Case(suite: "reproduction", name: reproduction.commit.short, outcome: outcome)]
    }

    // MARK: The document

    private static func document(_ evaluation: Evaluation, _ cases: [Case], _ omission: String?) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites name=\"leviathan check\" \(counts(cases))>\n"
        for name in ["rules", "invariants", "reproduction"] {
            let own = cases.filter { $0.suite == name }
            if !own.isEmpty { text += suite(name, own) }
        }
        let remarks = evaluation.remarks + [omission].compactMap(\.self)
        if !remarks.isEmpty {
            text +=
                "  <testsuite name=\"remarks\" tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0\">\n"
            text += "    <system-out>\(escaped(remarks.joined(separator: "\n")))</system-out>\n  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func suite(_ name: String, _ cases: [Case]) -> String {
        let skipped = cases.count { if case .skipped = $0.outcome { true } else { false } }
        var text = "  <testsuite name=\"\(name)\" \(counts(cases)) skipped=\"\(skipped)\">\n"
        for one in cases {
            text += "    <testcase classname=\"leviathan.\(name)\" name=\"\(escaped(one.name))\" "
            text += "time=\"\(seconds(one.milliseconds))\"" + body(one.outcome) + "\n"
        }
        return text + "  </testsuite>\n"
    }

    private static func body(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed: return "/>"
        case .skipped(let why): return "><skipped message=\"\(escaped(why))\"/></testcase>"
        case .failed(let message, let detail): return element("failure", message, detail)
        case .error(let message, let detail): return element("error", message, detail)
        }
    }

    private static func element(_ name: String, _ message: String, _ detail: String) -> String {
        let body = escaped(String(decoding: detail.utf8.prefix(mostDetail), as: UTF8.self))
        return "><\(name) message=\"\(escaped(message))\">\(body)</\(name)></testcase>"
    }

    private static func counts(_ cases: [Case]) -> String {
        let failures = cases.count { if case .failed = $0.outcome { true } else { false } }
        let errors = cases.count { if case .error = $0.outcome { true } else { false } }
        let time = seconds(cases.reduce(0) { $0 + $1.milliseconds })
        return "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" time=\"\(time)\""
    }

    /// With three digits behind the point: Jenkins' schema takes no more, and a sum of fractions has more.
    private static func seconds(_ milliseconds: Int) -> String {
        let rest = "\(milliseconds % 1000)"
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// XML has no way to write most control characters, not even as references.
    private static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "\n": result.append(contentsOf: "&#10;".unicodeScalars)
            case "\t": result.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
