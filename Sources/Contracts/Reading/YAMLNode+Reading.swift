internal import Basics
internal import YAML

/// The questions that codecs ask a node.
extension YAMLNode {
    /// Whether the node says nothing; most scalars are too long for that and are not looked at twice.
    var isNull: Bool {
        guard let textLength, textLength <= 4, textLength == 0 || begins(withAnyOf: "~nN") else { return false }
        return value == .null
    }

    /// The text of any scalar that says something, whatever its type.
    var scalarText: String? { isNull ? nil : scalar?.text }

    /// The text of a scalar that is text, or of a date, which YAML takes for text as well.
    var plainOrQuotedText: String? { if case .string(let text) = value { text } else { nil } }

    var flag: Bool? { if case .bool(let flag) = value { flag } else { nil } }

    var double: Double? {
        switch value {
        case .integer(let number): Double(number)
        case .float(let number): number
        default: nil
        }
    }

    var isTextOrInteger: Bool {
        switch value {
        case .string, .integer: true
        default: false
        }
    }

    var isTextOrNumber: Bool {
        switch value {
        case .string, .integer, .float: true
        default: false
        }
    }

    /// The entries of a mapping, those that come through merge keys included.
    var pairs: [YAMLEntry]? {
        guard let entries else { return nil }
        return entries.contains(where: \.isMerge) ? entriesIncludingMerged.map(\.entry) : entries
    }

    var isEmptyMapping: Bool { entries?.isEmpty == true }

    var isBlock: Bool { !isScalar && !isFlow }

    /// The first few characters of a collection, the whole of a scalar.
    var head: SourceSpan {
        if isScalar { return span }
        return isMapping && !isFlow ? entries?.first?.key.span ?? opening : opening
    }

    private var opening: SourceSpan {
        let start = span.start
        let end = SourcePosition(offset: start.offset + 1, line: start.line, column: start.column + 1)
        return SourceSpan(start: start, end: end)
    }

    /// What a message says was found instead.
    var found: String {
        guard let text = scalarText, text.utf8.count <= 60, !text.contains("\n") else { return kindName }
        switch value {
        case .string: return "the text '\(text)'"
        case .bool: return "the boolean \(text)"
        case .integer, .float: return "the number \(text)"
        default: return kindName
        }
    }

    /// Whether the node is a scalar on one line that may stand in brackets as it is written.
    var isPlainFlowSafe: Bool {
        guard let scalar, aliasSpan == nil, span.start.line == span.end.line else { return false }
        switch scalar.style {
        case .plain: return !scalar.text.contains { ",[]{}".contains($0) }
        case .singleQuoted, .doubleQuoted: return true
        default: return false
        }
    }

    /// A scalar's text, or a report of what else it is.
    func text(in context: inout ReadingContext, expected: String) -> String? {
        if case .string(let text) = value { return text }
        var fix: [TextEdit] = []
        var hint: String?
        if let text = scalarText, aliasSpan == nil {
            hint = "write \"\(text)\" in quotes"
            fix = [context.edit(span.byteRange, "\"\(text)\"")]
        }
        context.reportWrongType(self, expected: expected, hint: hint, fix: fix)
        return nil
    }

    func integer(in context: inout ReadingContext, expected: String) -> Int? {
        if case .integer(let number) = value { return number }
        var fix: [TextEdit] = []
        if let scalar, scalar.style != .plain, aliasSpan == nil, Int(scalar.text) != nil {
            fix = [context.edit(span.byteRange, scalar.text)]
        }
        context.reportWrongType(
            self, expected: expected, hint: fix.isEmpty ? nil : "write it without quotes", fix: fix)
        return nil
    }

    /// The node as JSON; a key that is no scalar becomes its JSON text.
    var json: JSON {
        switch content {
        case .scalar:
            switch value {
            case .null, nil: return .null
            case .bool(let flag): return .bool(flag)
            case .integer(let number): return .integer(number)
            case .float(let number): return number.isFinite ? .double(number) : .string(scalar?.text ?? "")
            case .string(let text): return .string(text)
            }
        case .sequence(let items): return .array(items.map(\.json))
        case .mapping:
            return .object((pairs ?? []).map { .init($0.key.scalar?.text ?? $0.key.json.text(), $0.value.json) })
        }
    }
}
