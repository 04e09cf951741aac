package import Basics
internal import YAML

/// Inputs as a command line gives them, `NAME=VALUE` each.
package enum InputAssignments {
    /// The inputs of a task; a name that comes again makes a list.
    ///
    /// What is not declared is left for the check.
    package static func read(
        _ assignments: [String], for declaration: ExecutorInputs?
    ) throws(InputAssignmentError) -> JSON {
        var texts: [(name: String, values: [String])] = []
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
                throw InputAssignmentError(message: "'\(assignment)' is no NAME=VALUE")
            }
            let (name, value) = (
                String(assignment[..<equals]), String(assignment[assignment.index(after: equals)...])
            )
            if let index = texts.firstIndex(where: { $0.name == name }) {
                texts[index].values.append(value)
            } else {
                texts.append((name, [value]))
            }
        }
        // Of the first members it depends which others there are.
        let known = JSON.object(texts.map { JSON.Member($0.name, .string($0.values[0])) })
        let records =
            declaration.map { [$0.record] + ($0.record.variants?.record(for: known).map { [$0] } ?? []) } ?? []
        return .object(
            try texts.map { (name, values) throws(InputAssignmentError) in
                let type = records.lazy.compactMap { $0.member(name)?.type ?? $0.others }.first
                return JSON.Member(name, try value(values, type, name))
            })
    }

    private static func value(
        _ texts: [String], _ type: InputType?, _ name: String
    ) throws(InputAssignmentError) -> JSON {
        let values = try texts.map { (text) throws(InputAssignmentError) in try self.value(text, type, name) }
        guard values.count == 1 else { return .array(values) }
        let isListOnly = if case .list? = type { true } else { false }
        return isListOnly && values[0].elements == nil ? .array(values) : values[0]
    }

    /// Text where text is meant, else what YAML takes it for.
    private static func value(
        _ text: String, _ type: InputType?, _ name: String
    ) throws(InputAssignmentError) -> JSON {
        let isCollection = text.hasPrefix("[") || text.hasPrefix("{")
        if !isCollection, type?.takesText ?? true { return .string(text) }
        if isCollection, type?.takesOnlyText == true { return .string(text) }
        do throws(YAMLError) {
            return try YAML.parse(Array(text.utf8)).first?.root?.json ?? .string(text)
        } catch {
            throw InputAssignmentError(message: "the value of '\(name)' cannot be read: \(error.message)")
        }
    }
}

/// An assignment that cannot be understood.
package struct InputAssignmentError: Error, Hashable, Sendable {
    package let message: String
}

extension InputType {
    fileprivate var takesText: Bool {
        switch self {
        case .text, .scalar, .choice, .template, .duration: true
        case .list(let element): element.takesText
        case .either(let types): types.contains(where: \.takesText)
        case .named(_, let inner): inner().takesText
        default: false
        }
    }

    fileprivate var takesOnlyText: Bool {
        switch self {
        case .text, .choice, .template, .duration: true
        default: false
        }
    }
}
