package import Basics

/// Turns diagnostics into the text of one format.
package struct DiagnosticRenderer {
    package enum Format: String, CaseIterable, Sendable { case full, short, json, github }

    private let files: [String: SourceFile]
    private let usesColor: Bool

    package init(files: [SourceFile], usesColor: Bool = false) {
        self.files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        self.usesColor = usesColor
    }

    package func render(_ diagnostics: [Diagnostic], as format: Format) -> String {
        switch format {
        case .full: diagnostics.map(full).joined(separator: "\n")
        case .short: diagnostics.map { Self.short($0) + "\n" }.joined()
        case .github: diagnostics.map { Self.annotation($0) + "\n" }.joined()
        case .json: JSON.array(diagnostics.map(Self.json)).text(.pretty) + "\n"
        }
    }

    // MARK: One line each

    private static func position(_ place: SourcePlace?) -> String {
        place.map { "\($0.file):\($0.span.start.line):\($0.span.start.column)" } ?? ".leviathan"
    }

    private static func short(_ diagnostic: Diagnostic) -> String {
        "\(position(diagnostic.place)): \(diagnostic.severity.rawValue)[\(diagnostic.id)]: \(diagnostic.message)"
    }

    private static func annotation(_ diagnostic: Diagnostic) -> String {
        let command = diagnostic.severity == .note ? "notice" : diagnostic.severity.rawValue
        func escape(_ text: String) -> String {
            text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        }
        let place =
            diagnostic.place.map {
                " file=\($0.file),line=\($0.span.start.line),col=\($0.span.start.column),"
            } ?? " "
        let text = diagnostic.message + (diagnostic.hint.map { " (\($0))" } ?? "")
        return "::\(command)\(place)title=\(diagnostic.id)::\(escape(text))"
    }

    // MARK: Full

    private func full(_ diagnostic: Diagnostic) -> String {
        let head = paint(diagnostic.severity.rawValue + "[" + diagnostic.id + "]", diagnostic.severity)
        var text = "\(head): \(diagnostic.message)\n"
        text += excerpt(diagnostic.place, note: nil)
        for related in diagnostic.related { text += excerpt(related.place, note: related.message) }
        if let hint = diagnostic.hint { text += "  hint: \(hint)\n" }
        return text
    }

    /// The place, its line, and a caret below it; the line of a secret stays hidden.
    private func excerpt(_ place: SourcePlace?, note: String?) -> String {
        guard let place else { return "" }
        var text = "  --> \(Self.position(place))\(note.map { " (\($0))" } ?? "")\n"
        guard note != nil || !isSecret(place), let line = files[place.file]?.line(at: place.span.start),
            !line.isEmpty
        else { return text }
        let number = String(place.span.start.line)
        let margin = String(repeating: " ", count: number.count)
        let (shown, column) = Self.window(line, around: place.span.start.column)
        let isOneLine = place.span.end.line == place.span.start.line
        let width = isOneLine ? max(1, min(place.span.end.column - place.span.start.column, shown.count)) : 1
        let indent = String(repeating: " ", count: max(0, column - 1))
        text += "   \(number) | \(shown)\n"
        text += "   \(margin) | \(indent)\(String(repeating: "^", count: max(1, min(width, 100 - column))))\n"
        return text
    }

    private func isSecret(_ place: SourcePlace) -> Bool {
        guard let file = files[place.file] else { return false }
        return SecretCheck.diagnostics(in: [file]).contains { $0.place?.span.start.line == place.span.start.line }
    }

    /// At most a hundred characters around a column, control characters made harmless.
    private static func window(_ line: String, around column: Int) -> (String, Int) {
        let scalars = Array(line.unicodeScalars)
        let start = column > 90 ? min(column - 40, scalars.count) : 0
        let safe = scalars[start...].prefix(100).map { scalar in
            scalar == "\t" ? " " : scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
        }
        return (String(safe), column - start)
    }

    private func paint(_ text: String, _ severity: Diagnostic.Severity) -> String {
        guard usesColor else { return text }
        let code = severity == .error ? 31 : severity == .warning ? 33 : 36
        return "\u{1B}[1;\(code)m\(text)\u{1B}[0m"
    }

    // MARK: JSON

    package static func json(_ diagnostic: Diagnostic) -> JSON {
        [
            "id": .string(diagnostic.id), "severity": .string(diagnostic.severity.rawValue),
            "message": .string(diagnostic.message), "place": diagnostic.place.map(json) ?? .null,
            "related": .array(
                diagnostic.related.map { ["message": .string($0.message), "place": json($0.place)] }),
            "hint": .optional(diagnostic.hint),
        ]
    }

    private static func json(_ place: SourcePlace) -> JSON {
        func position(_ position: SourcePosition) -> JSON {
            [
                "offset": .integer(position.offset), "line": .integer(position.line),
                "column": .integer(position.column),
            ]
        }
        return [
            "file": .string(place.file), "start": position(place.span.start), "end": position(place.span.end),
        ]
    }
}
