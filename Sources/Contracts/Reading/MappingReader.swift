internal import Basics
internal import Model
internal import YAML

/// Reads one mapping by its declared format: checks types, resolves spellings, reports what it does not know.
struct MappingReader {
    /// A value, and the key that it stands under.
    struct Found {
        let key: YAMLNode
        let value: YAMLNode
    }

    let node: YAMLNode
    let format: Format
    let sink: DiagnosticSink
    private var found: [String: Found] = [:]

    /// `nil`, and a diagnostic, when the node is no mapping.
    init?(_ node: YAMLNode, as format: Format, _ sink: DiagnosticSink) {
        guard node.entries != nil else {
            sink.report(.wrongType, "\(format.name) must be a mapping; this is \(node.kindName)", at: node.place)
            return nil
        }
        (self.node, self.format, self.sink) = (node, format, sink)
        for merged in node.entriesIncludingMerged { take(merged.entry) }
        for field in format.fields where field.isRequired && found[field.name] == nil {
            sink.report(
                .missingField, "\(format.name) has no '\(field.name)'", at: keySpan, hint: "add '\(field.name): …'"
            )
        }
    }

    /// Where to point when the mapping as a whole is meant.
    var keySpan: SourceSpan { node.entries?.first?.key.place ?? node.place }

    private mutating func take(_ entry: YAMLEntry) {
        guard let key = entry.key.scalar?.text else {
            return sink.report(
                .wrongType, "a key must be text; this is \(entry.key.kindName)", at: entry.key.place)
        }
        guard let field = format.field(spelled: key) else { return reportUnknown(key, entry.key.place) }
        if key != field.name { noteAlias(key, field, entry.key) }
        guard let known = found[field.name] else {
            found[field.name] = Found(key: entry.key, value: entry.value)
            return
        }
        if known.key.scalar?.text != key, !known.value.isSameValue(as: entry.value) {
            sink.report(
                .conflictingSpellings, "'\(key)' and '\(known.key.scalar?.text ?? "")' say different things",
                at: entry.key.place, related: [sink.related("the other spelling", known.key.place)],
                hint: "keep only '\(field.name)'")
        }
    }

    private func noteAlias(_ key: String, _ field: Field, _ node: YAMLNode) {
        let fix =
            node.aliasSpan == nil
            ? [TextEdit(file: sink.file, range: node.span.byteRange, replacement: field.name)] : []
        sink.report(
            .aliasedSpelling, "'\(key)' is read as '\(field.name)'", severity: .note, at: node.place,
            hint: "write '\(field.name)'", fix: fix)
    }

    private func reportUnknown(_ key: String, _ span: SourceSpan) {
        let nearest = Suggestion.nearest(to: key, among: format.knownSpellings)
        sink.report(
            .unknownKey, "\(format.name) knows no key '\(key.printable)'", severity: .warning, at: span,
            hint: nearest.map { "did you mean '\($0)'?" })
    }

    subscript(name: String) -> Found? {
        guard let found = found[name], found.value.value != .null else { return nil }
        return found
    }

    /// The key's place, for messages about what it holds.
    func place(of name: String) -> SourceSpan { found[name]?.value.place ?? keySpan }

    func text(_ name: String) -> String? {
        guard let value = self[name]?.value else { return nil }
        guard let scalar = value.scalar else { return wrongType(name, "text", value) }
        return scalar.text
    }

    func boolean(_ name: String) -> Bool? {
        guard let value = self[name]?.value else { return nil }
        if case .bool(let flag) = value.value { return flag }
        let hint = value.scalar?.isOldBoolean == true ? "write true or false" : nil
        return wrongType(name, "true or false", value, hint: hint)
    }

    func integer(_ name: String) -> Int? {
        guard let value = self[name]?.value else { return nil }
        guard case .integer(let number) = value.value else { return wrongType(name, "a whole number", value) }
        guard case .integer(let range)? = format.field(spelled: name)?.kind, !range.contains(number) else {
            return number
        }
        sink.report(
            .outOfRange, "'\(name)' is \(number); it must be from \(range.lowerBound) to \(range.upperBound)",
            at: value.place)
        return nil
    }

    func number(_ name: String) -> Double? {
        guard let value = self[name]?.value else { return nil }
        switch value.value {
        case .integer(let number): return Double(number)
        case .float(let number) where number.isFinite: return number
        default: return wrongType(name, "a number", value)
        }
    }

    func duration(_ name: String) -> Duration? {
        converted(name, .badDuration, "a duration such as 90s, 15m or 1h30m") { DurationText.parse($0) }
    }

    func size(_ name: String) -> Int? {
        converted(name, .badSize, "a size such as 500KB or 4MB") { SizeText.parse($0) }
    }

    func date(_ name: String) -> Instant? {
        converted(name, .badDate, "a date such as 2026-02-01 or 2026-02-01T08:00:00Z") { Instant($0) }
    }

    func choice<Value: RawRepresentable & CaseIterable>(_ name: String, _ type: Value.Type) -> Value?
    where Value.RawValue == String {
        guard let text = text(name) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let choices = Value.allCases.map(\.rawValue)
        sink.report(
            .unknownValue,
            "'\(name)' cannot be '\(text.printable)'; it is one of \(choices.joined(separator: ", "))",
            at: place(of: name), hint: Suggestion.nearest(to: text, among: choices).map { "did you mean '\($0)'?" }
        )
        return nil
    }

    func strings(_ name: String) -> [String]? {
        guard let items = list(name) else { return nil }
        return items.compactMap { item in
            if let scalar = item.scalar, item.value != .null { return scalar.text }
            return wrongType(name, "a list of texts", item)
        }
    }

    func patterns(_ name: String) -> [PathPattern]? {
        list(name)?.compactMap { pattern(in: $0, name) }
    }

    func pattern(in item: YAMLNode, _ name: String) -> PathPattern? {
        guard let text = item.scalar?.text, item.value != .null else {
            return wrongType(name, "a list of path patterns", item)
        }
        do throws(PathPatternError) { return try PathPattern(text) } catch {
            sink.report(.badPattern, error.message.printable, at: item.place, hint: error.hint)
            return nil
        }
    }

    func list(_ name: String) -> [YAMLNode]? {
        guard let value = self[name]?.value else { return nil }
        if let items = value.items { return items }
        let text = value.scalar?.text.printable
        return wrongType(name, "a list", value, hint: text.map { "write '\(name): [\($0)]'" })
    }

    func mapping(_ name: String, as format: Format) -> MappingReader? {
        self[name].flatMap { MappingReader($0.value, as: format, sink) }
    }

    private func converted<Value>(
        _ name: String, _ id: DiagnosticID, _ expected: String, _ convert: (String) -> Value?
    ) -> Value? {
        guard let text = text(name) else { return nil }
        if let value = convert(text) { return value }
        sink.report(id, "'\(name)' is '\(text.printable)'; expected \(expected)", at: place(of: name))
        return nil
    }

    func wrongType<Value>(_ name: String, _ expected: String, _ value: YAMLNode, hint: String? = nil) -> Value? {
        sink.report(
            .wrongType, "'\(name)' must be \(expected); this is \(value.kindName)", at: value.place, hint: hint)
        return nil
    }
}

extension YAMLNode {
    /// Whether both say the same, wherever and however they are written.
    func isSameValue(as other: YAMLNode) -> Bool {
        switch (content, other.content) {
        case (.scalar, .scalar): return value == other.value
        case (.sequence(let left), .sequence(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSameValue(as: $1) }
        case (.mapping(let left), .mapping(let right)):
            return left.count == right.count
                && zip(left, right).allSatisfy {
                    $0.key.isSameValue(as: $1.key) && $0.value.isSameValue(as: $1.value)
                }
        default: return false
        }
    }

    /// The node as JSON, for values that only an executor understands.
    var json: JSON {
        switch content {
        case .sequence(let items): return .array(items.map(\.json))
        case .mapping:
            return .object(
                entriesIncludingMerged.map { JSON.Member($0.entry.key.scalar?.text ?? "", $0.entry.value.json) })
        case .scalar(let scalar):
            switch value {
            case .null: return .null
            case .bool(let flag): return .bool(flag)
            case .integer(let number): return .integer(number)
            case .float(let number) where number.isFinite: return .double(number)
            default: return .string(scalar.text)
            }
        }
    }
}

extension String {
    /// The text on one line and of bounded length, for a message.
    var printable: String {
        let safe = unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0) }
        return safe.count > 120 ? String(safe.prefix(120)) + "…" : String(safe)
    }
}
