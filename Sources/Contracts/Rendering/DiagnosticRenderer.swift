package import Basics

/// The forms in which diagnostics can be shown.
package enum DiagnosticFormat: String, CaseIterable, Sendable { case full, short, json, sarif, github }

/// Turns diagnostics into text; one file a form.
package enum DiagnosticRenderer {
    package static func render(
        _ diagnostics: [Diagnostic], of files: [SourceFile], as format: DiagnosticFormat, colour: Bool = false
    ) -> String {
        switch format {
        case .full: full(diagnostics, of: files, colour: colour)
        case .short: short(diagnostics)
        case .json: json(diagnostics).text(.pretty) + "\n"
        case .sarif: sarif(diagnostics).text(.pretty) + "\n"
        case .github: github(diagnostics)
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
