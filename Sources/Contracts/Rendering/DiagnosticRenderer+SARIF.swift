package import Basics

extension DiagnosticRenderer {
    /// A SARIF 2.1.0 log, as code-scanning services read it.
    ///
    /// `run` is what else there is to say of the run, and `rule` of the rule of an id.
    package static func sarif(
        _ diagnostics: [Diagnostic], run members: [JSON.Member] = [], rule: (String) -> [JSON.Member] = { _ in [] }
    ) -> JSON {
        let ids = Set(diagnostics.map(\.id)).sorted()
        var index: [String: Int] = [:]
        for (position, id) in ids.enumerated() { index[id] = position }
        let driver: JSON = [
            "name": "leviathan",
            "rules": .array(ids.map { Self.rule($0, rule($0)) }),
        ]
        let run = JSON.object(
            [JSON.Member("tool", ["driver": driver]), JSON.Member("columnKind", "unicodeCodePoints")] + members + [
                JSON.Member("results", .array(diagnostics.map { result($0, ruleIndex: index[$0.id] ?? 0) }))
            ])
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run],
        ]
    }

    private static func rule(_ id: String, _ members: [JSON.Member]) -> JSON {
        let summary = JSON.Member("shortDescription", ["text": .string(id)])
        return .object([JSON.Member("id", .string(id))] + (members.isEmpty ? [summary] : members))
    }

    private static func result(_ diagnostic: Diagnostic, ruleIndex: Int) -> JSON {
        let text = diagnostic.message + (diagnostic.hint.map { "\nhint: " + $0 } ?? "")
        var members: [JSON.Member] = [
            .init("ruleId", .string(diagnostic.id)), .init("ruleIndex", .integer(ruleIndex)),
            .init("level", .string(diagnostic.severity.rawValue)), .init("message", ["text": .string(text)]),
        ]
        if let place = diagnostic.place { members.append(.init("locations", [location(place)])) }
        if !diagnostic.related.isEmpty {
            let related = diagnostic.related.enumerated().map { position, related in
                location(related.place, id: position, message: related.message)
            }
            members.append(.init("relatedLocations", .array(related)))
        }
        return .object(members)
    }

    private static func location(_ place: SourcePlace, id: Int? = nil, message: String? = nil) -> JSON {
        let (start, end) = (place.span.start, place.span.end)
        var region: [JSON.Member] = [
            .init("startLine", .integer(start.line)), .init("startColumn", .integer(start.column)),
        ]
        if end > start {
            region.append(.init("endLine", .integer(end.line)))
            region.append(.init("endColumn", .integer(end.column)))
        }
        let physical: JSON = [
            "artifactLocation": ["uri": .string(uri(place.file))], "region": .object(region),
        ]
        var members: [JSON.Member] = [.init("physicalLocation", physical)]
        if let id { members.append(.init("id", .integer(id))) }
        if let message { members.append(.init("message", ["text": .string(message)])) }
        return .object(members)
    }

    /// The path as a relative URI, everything unusual percent-encoded.
    private static func uri(_ path: String) -> String {
        var text = ""
        for byte in path.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || "-._~/".contains(character) {
                text.append(character)
            } else {
                text += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return text
    }
}
