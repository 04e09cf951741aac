internal import Basics
internal import YAML

/// Collects the diagnostics of one file.
final class DiagnosticSink {
    let file: String
    private(set) var diagnostics: [Diagnostic] = []

    init(file: String) { self.file = file }

    func place(_ span: SourceSpan) -> SourcePlace { SourcePlace(file: file, span: span) }

    func report(
        _ id: DiagnosticID, _ message: String, severity: Diagnostic.Severity = .error, at span: SourceSpan?,
        related: [Diagnostic.Related] = [], hint: String? = nil, fix: [TextEdit] = []
    ) {
        diagnostics.append(
            Diagnostic(
                id.rawValue, severity, message, at: span.map(place), related: related, hint: hint, fix: fix))
    }

    func related(_ message: String, _ span: SourceSpan) -> Diagnostic.Related {
        Diagnostic.Related(message, at: place(span))
    }
}
