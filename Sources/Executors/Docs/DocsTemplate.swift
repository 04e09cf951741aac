internal import Basics
internal import Contracts
internal import Editing
internal import Model

/// An outline that is built in: which inputs become which parts of a page, in which order.
struct DocsTemplate {
    struct Part {
        let key: String
        let heading: String
        var isNumbered = false
        var isRequired = false

        var example: String { isNumbered ? "[Look, Answer]" : "A sentence, or a list." }
    }

    let name: String
    let parts: [Part]
    /// Whether one of the parts has to be there, whichever.
    var needsAny = false
    /// Whether the criteria are listed as what the page covers.
    var listsCriteria = true

    static let all = [guide, runbook, decision, reference, changelog]

    private static let guide = DocsTemplate(
        name: "guide",
        parts: [
            Part(key: "audience", heading: "Who this is for"),
            Part(key: "requirements", heading: "Before you begin"),
            Part(key: "steps", heading: "Steps", isNumbered: true),
            Part(key: "examples", heading: "Examples"),
            Part(key: "troubleshooting", heading: "When something goes wrong"),
        ])

    private static let runbook = DocsTemplate(
        name: "runbook",
        parts: [
            Part(key: "symptoms", heading: "Symptoms"), Part(key: "impact", heading: "Impact"),
            Part(key: "diagnosis", heading: "Diagnosis", isNumbered: true),
            Part(key: "steps", heading: "Steps", isNumbered: true, isRequired: true),
            Part(key: "verification", heading: "Verification"),
            Part(key: "rollback", heading: "Rollback", isNumbered: true),
            Part(key: "escalation", heading: "Escalation"),
        ])

    private static let decision = DocsTemplate(
        name: "adr",
        parts: [
            Part(key: "status", heading: "Status"), Part(key: "context", heading: "Context", isRequired: true),
            Part(key: "decision", heading: "Decision", isRequired: true),
            Part(key: "alternatives", heading: "Alternatives"),
            Part(key: "consequences", heading: "Consequences"),
        ], listsCriteria: false)

    static let reference = DocsTemplate(
        name: "reference",
        parts: [Part(key: "usage", heading: "Usage"), Part(key: "examples", heading: "Examples")])

    static let changelog = DocsTemplate(
        name: "changelog",
        parts: ["added", "changed", "deprecated", "removed", "fixed", "security"].map { key in
            Part(key: key, heading: key.prefix(1).uppercased() + key.dropFirst())
        }, needsAny: true, listsCriteria: false)

    /// The parts that the inputs have something for; one that is needed and missing is an error.
    func sections(from inputs: InputValues) throws(ExecutorError) -> [DocsSection] {
        var sections: [DocsSection] = []
        var missing: [String] = []
        for part in parts {
            guard let value = inputs[part.key], !value.isEmptyContent else {
                if part.isRequired { missing.append("inputs.\(part.key)") }
                continue
            }
            sections.append(
                try DocsSection(
                    part.heading, content: value, isNumbered: part.isNumbered, at: "inputs.\(part.key)"))
        }
        if needsAny, sections.isEmpty { missing = ["one of inputs." + parts.map(\.key).joined(separator: ", ")] }
        guard missing.isEmpty else {
            throw ExecutorError(
                "docs", "the template '\(name)' needs \(missing.joined(separator: " and "))",
                hint: "it knows \(parts.map(\.key).joined(separator: ", "))")
        }
        return name == Self.changelog.name ? [release(of: inputs, sections)] : sections
    }

    /// The heading of a release: `1.2.0 - 2026-01-31`.
    private func release(of inputs: InputValues, _ changes: [DocsSection]) -> DocsSection {
        let version = inputs["version"]?.plainText ?? "Unreleased"
        var section = DocsSection(version + (inputs["date"].map { " - " + $0.plainText } ?? ""))
        section.sections = changes
        return section
    }
}

extension JSON {
    /// Whether there is nothing to write down.
    var isEmptyContent: Bool { isNull || isEmptyCollection || string?.trimmed.isEmpty == true }
}
