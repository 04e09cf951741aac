package import Basics

/// Turns diagnostics into the text of one format; one file a format.
package struct DiagnosticRenderer {
    package enum Format: String, CaseIterable, Sendable { case full, short, json, sarif, github }

    let files: [String: SourceFile]
    let usesColor: Bool

    package init(files: [SourceFile], usesColor: Bool = false) {
        self.files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        self.usesColor = usesColor
    }

    package func render(_ diagnostics: [Diagnostic], as format: Format) -> String {
        switch format {
        case .full: full(diagnostics)
        case .short: Self.short(diagnostics)
        case .json: JSON.array(diagnostics.map(Self.json)).text(.pretty) + "\n"
        case .sarif: Self.sarif(diagnostics).text(.pretty) + "\n"
        case .github: Self.githubCommands(diagnostics)
        }
    }

    /// `2 errors, 1 warning and 3 notes`; "no problems" where there are none.
    package static func summary(_ diagnostics: [Diagnostic]) -> String {
        var counts: [Diagnostic.Severity: Int] = [:]
        for diagnostic in diagnostics { counts[diagnostic.severity, default: 0] += 1 }
        let parts = [Diagnostic.Severity.error, .warning, .note].compactMap { severity in
            counts[severity].map { "\($0) \(severity.rawValue)\($0 == 1 ? "" : "s")" }
        }
        guard let last = parts.last else { return "no problems" }
        return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension SourcePlace {
    /// `file:line:column`, as editors and terminals understand it.
    package var text: String { "\(file):\(span.start.line):\(span.start.column)" }
}

extension Collection<Diagnostic> {
    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// By file, then by place, then the worst first.
    package func sortedByPlace() -> [Diagnostic] {
        sorted { left, right in
            guard let leftPlace = left.place else { return right.place != nil }
            guard let rightPlace = right.place else { return false }
            if leftPlace.file != rightPlace.file { return leftPlace.file < rightPlace.file }
            let (leftStart, rightStart) = (leftPlace.span.start.offset, rightPlace.span.start.offset)
            if leftStart != rightStart { return leftStart < rightStart }
            return (left.severity, left.id, left.message) < (right.severity, right.id, right.message)
        }
    }
}
