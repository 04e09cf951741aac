package import Basics

extension DiagnosticRenderer {
    /// One object: the counts, and every diagnostic with its places.
    package static func json(_ diagnostics: [Diagnostic]) -> JSON {
        let count = { (severity: Diagnostic.Severity) in
            JSON.integer(diagnostics.count { $0.severity == severity })
        }
        return [
            "errors": count(.error), "warnings": count(.warning), "notes": count(.note),
            "diagnostics": .array(diagnostics.map(json)),
        ]
    }

    package static func json(_ diagnostic: Diagnostic) -> JSON {
        let related = diagnostic.related.map { related -> JSON in
            ["message": .string(related.message), "place": json(related.place)]
        }
        return [
            "id": .string(diagnostic.id), "severity": .string(diagnostic.severity.rawValue),
            "message": .string(diagnostic.message), "place": diagnostic.place.map(json) ?? .null,
            "related": .array(related), "hint": .optional(diagnostic.hint),
            "fixable": .bool(!diagnostic.fix.isEmpty),
        ]
    }

    private static func json(_ place: SourcePlace) -> JSON {
        [
            "file": .string(place.file),
            "line": .integer(place.span.start.line), "column": .integer(place.span.start.column),
            "end_line": .integer(place.span.end.line), "end_column": .integer(place.span.end.column),
        ]
    }
}
