/// A JSON value that keeps the order of its members and every digit of its integers.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// An integer beyond 64 bits, as its canonical digits.
    case bigInteger(String)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSON

        package init(_ name: String, _ value: JSON) { (self.name, self.value) = (name, value) }
    }

    /// The member of that name; `nil` when this is no object or has none.
    package subscript(name: String) -> JSON? { members?.last { $0.name == name }?.value }

    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    package var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }

    package var string: String? { if case .string(let text) = self { text } else { nil } }

    package var integer: Int? { if case .integer(let value) = self { value } else { nil } }

    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    package var double: Double? {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        case .bigInteger(let digits): Double(digits)
        default: nil
        }
    }

    package var isNull: Bool { self == .null }

    /// A string, or `null` where there is none.
    package static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// An integer, or `null` where there is none.
    package static func optional(_ number: Int?) -> JSON { number.map(JSON.integer) ?? .null }

    package static func strings(_ texts: some Sequence<String>) -> JSON { .array(texts.map(JSON.string)) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
    package init(nilLiteral: ()) { self = .null }
}
