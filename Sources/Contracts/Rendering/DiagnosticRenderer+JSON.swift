package import Basics

extension DiagnosticRenderer {
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
        ["file": .string(place.file), "start": json(place.span.start), "end": json(place.span.end)]
    }

    private static func json(_ position: SourcePosition) -> JSON {
        [
            "offset": .integer(position.offset), "line": .integer(position.line),
            "column": .integer(position.column),
        ]
    }
}
