internal import Basics

extension InputType {
    /// What is taken, as the end of a sentence.
    package var words: String {
        switch self {
        case .text: "text"
        case .scalar: "text or a number"
        case .flag: "true or false"
        case .anything: "anything"
        case .integer(let range): Self.words("a whole number", range, isOpen: range.upperBound == .max)
        case .number(let range): Self.words("a number", range, isOpen: range.upperBound == .infinity)
        case .duration: "a time such as 90s or 5m"
        case .choice(let names, _): "one of \(names.joined(separator: ", "))"
        case .template(let names):
            names.isEmpty
                ? "a file in .leviathan/templates/"
                : "one of \(names.joined(separator: ", ")), or a file in .leviathan/templates/"
        case .list(let element): "a list of \(element.plural)"
        case .mapping(let value): "a mapping of names to \(value.plural)"
        case .record(let record): "a mapping of \(record.members.map(\.name).joined(separator: ", "))"
        case .keyed(let records):
            "a mapping with one of \(records.compactMap(\.members.first?.name).joined(separator: ", "))"
        case .either(let types): types.map(\.words).joined(separator: ", or ")
        case .named(let name, _): "a \(name)"
        }
    }

    /// Several of them, within a list or a mapping.
    private var plural: String {
        switch self {
        case .text: "texts"
        case .scalar: "texts or numbers"
        case .integer: "whole numbers"
        case .number: "numbers"
        case .record: "mappings"
        case .keyed: "operations"
        case .either(let types): types.map(\.plural).joined(separator: " or ")
        case .named(let name, _): "\(name)s"
        default: "values, each \(words)"
        }
    }

    private static func words<Bound>(_ noun: String, _ range: ClosedRange<Bound>, isOpen: Bool) -> String {
        "\(noun) from \(range.lowerBound)" + (isOpen ? "" : " to \(range.upperBound)")
    }

    /// Whether a value is of the kind at all; what is in it is another question.
    func admits(_ value: JSON) -> Bool {
        switch (self, value) {
        case (.anything, _), (.scalar, .string), (.scalar, .integer), (.scalar, .bigInteger), (.scalar, .double),
            (.scalar, .bool), (.text, .string), (.choice, .string), (.template, .string), (.duration, .string),
            (.flag, .bool), (.list, .array), (.mapping, .object), (.record, .object), (.keyed, .object),
            (.integer, .integer), (.number, .integer), (.number, .double):
            true
        case (.either(let types), _): types.contains { $0.admits(value) }
        case (.named(_, let type), _): type().admits(value)
        default: false
        }
    }
}
