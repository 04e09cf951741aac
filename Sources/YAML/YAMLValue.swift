/// What a scalar means by the core schema of YAML 1.2.
package enum YAMLValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
}

extension YAMLScalar {
    package var value: YAMLValue { style == .plain ? Self.resolve(text) : .string(text) }

    /// Whether YAML 1.1 would take the plain text for a boolean, as `yes` and `off`.
    package var isOldBoolean: Bool {
        style == .plain && ["y", "n", "yes", "no", "on", "off"].contains(text.lowercased())
    }

    func value(tagged tag: String) -> YAMLValue {
        switch tag {
        case "tag:yaml.org,2002:str", "!": .string(text)
        default: style == .plain || tag.hasPrefix("tag:yaml.org,2002:") ? Self.resolve(text) : .string(text)
        }
    }

    private static func resolve(_ text: String) -> YAMLValue {
        guard let first = text.utf8.first else { return .null }
        switch text {
        case "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let startsNumber =
            (48...57).contains(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
            || first == UInt8(ascii: ".")
        return startsNumber ? number(text) ?? .string(text) : .string(text)
    }

    private static func number(_ text: String) -> YAMLValue? {
        if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map(YAMLValue.integer) }
        if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8).map(YAMLValue.integer) }
        let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        switch unsigned {
        case ".inf", ".Inf", ".INF": return .float(text.first == "-" ? -.infinity : .infinity)
        case ".nan", ".NaN", ".NAN": return unsigned.count == text.count ? .float(.nan) : nil
        default: break
        }
        let body = unsigned.utf8
        guard body.contains(where: { (48...57).contains($0) }),
            body.allSatisfy({ (48...57).contains($0) || ".eE+-".utf8.contains($0) })
        else { return nil }
        if body.allSatisfy({ (48...57).contains($0) }) {
            return Int(text).map(YAMLValue.integer) ?? Double(text).map(YAMLValue.float)
        }
        return Double(text).map(YAMLValue.float)
    }
}
