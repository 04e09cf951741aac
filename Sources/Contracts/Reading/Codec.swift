internal import Basics
internal import YAML

/// Reads one kind of value, and describes it for schemas, messages and the reference page.
struct Codec<Value: Hashable & Sendable>: Sendable {
    typealias Read = @Sendable (YAMLNode, inout ReadingContext) -> Value?

    /// With its article: "a list of path patterns".
    let expected: String
    /// The plural without an article, for lists: "path patterns".
    let plural: String
    /// Makes a JSON Schema that takes what `read` takes; few commands ask for it.
    let makeSchema: @Sendable () -> JSON
    /// Reports what is wrong and gives `nil`, or gives the value.
    let read: Read
    /// The value as canonical YAML, where that differs from how an older spelling wrote it.
    let written: (@Sendable (Value) -> String)?

    init(
        _ expected: String, plural: String, schema: @autoclosure @escaping @Sendable () -> JSON,
        written: (@Sendable (Value) -> String)? = nil, read: @escaping Read
    ) {
        (self.expected, self.plural, makeSchema) = (expected, plural, schema)
        (self.read, self.written) = (read, written)
    }

    var schema: JSON { makeSchema() }
}

extension Codec {
    /// A scalar that `parse` understands, or says why not.
    static func scalar(
        _ expected: String, plural: String, schema: @autoclosure @escaping @Sendable () -> JSON,
        written: (@Sendable (Value) -> String)? = nil, problem id: DiagnosticID, hint: String? = nil,
        parse: @escaping @Sendable (String) -> Result<Value, Reason>
    ) -> Codec {
        Codec(expected, plural: plural, schema: schema(), written: written) { node, context in
            guard let text = node.plainOrQuotedText else {
                context.reportWrongType(node, expected: expected, hint: hint)
                return nil
            }
            switch parse(text) {
            case .success(let value): return value
            case .failure(let reason):
                context.report(
                    id, "\(context.subject) cannot be used: \(reason.text)", at: node.span,
                    hint: reason.hint ?? hint)
                return nil
            }
        }
    }
}

/// Why a text cannot be understood.
struct Reason: Error {
    let text: String
    var hint: String?

    init(_ text: String, hint: String? = nil) { (self.text, self.hint) = (text, hint) }
}
