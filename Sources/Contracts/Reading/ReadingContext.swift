internal import Basics
internal import YAML

/// What is found while one file is read.
struct ReadingContext {
    let file: String
    let bytes: [UInt8]
    /// The mapping that is being read, and the groups of keys that were entered since.
    var position = ReadingPosition()
    /// The key whose value is being read, for messages.
    var label = ""
    private(set) var diagnostics: [Diagnostic] = []

    init(file: String, bytes: [UInt8] = []) { (self.file, self.bytes) = (file, bytes) }

    func place(_ span: SourceSpan) -> SourcePlace { SourcePlace(file: file, span: span) }

    mutating func report(
        _ id: DiagnosticID, _ message: String, at span: SourceSpan?, as severity: Diagnostic.Severity? = nil,
        related: [Diagnostic.Related] = [], hint: String? = nil, fix: [TextEdit] = []
    ) {
        guard diagnostics.count <= ContractBounds.diagnostics else { return }
        diagnostics.append(
            Diagnostic(
                id.rawValue, severity ?? id.severity, message, at: span.map(place), related: related, hint: hint,
                fix: fix))
    }

    /// Says what the value should have been and what it is.
    mutating func reportWrongType(_ node: YAMLNode, expected: String, hint: String? = nil, fix: [TextEdit] = []) {
        report(
            .wrongType, "\(subject) should be \(expected), but is \(node.found)", at: node.span, hint: hint,
            fix: fix)
    }

    var subject: String { label.isEmpty ? "this" : "'\(label)'" }

    /// Edits that put something around a value.
    func wrap(_ range: Range<Int>, _ before: String, _ after: String) -> [TextEdit] {
        [
            edit(range.lowerBound..<range.lowerBound, before), edit(range.upperBound..<range.upperBound, after),
        ]
    }

    func edit(_ range: Range<Int>, _ replacement: String) -> TextEdit {
        TextEdit(file: file, range: range, replacement: replacement)
    }
}

/// Where in a record the reader is.
struct ReadingPosition {
    var root: YAMLNode?
    var groups: [YAMLEntry] = []
    /// The root key that the current group goes by today, where that is another one.
    var successor: String?

    var origin: UInt32? { root?.identity }
}
