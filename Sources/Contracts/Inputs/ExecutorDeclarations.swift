package import Basics

/// What is known of executors where a contract is read: names, and what each wants to know.
package struct ExecutorDeclarations: Sendable {
    private let inputs: [String: ExecutorInputs]
    /// Whether there is a plugin of that name.
    private let isPlugin: @Sendable (String) -> Bool

    package init(_ builtIn: [ExecutorInputs], isPlugin: @escaping @Sendable (String) -> Bool = { _ in false }) {
        inputs = Dictionary(builtIn.map { ($0.executor, $0) }) { first, _ in first }
        self.isPlugin = isPlugin
    }

    /// Where executors are not looked at: any name is taken for one.
    package static let none = ExecutorDeclarations([])

    package var isEmpty: Bool { inputs.isEmpty }

    package var names: [String] { inputs.keys.sorted() }

    package subscript(name: String) -> ExecutorInputs? { inputs[name] }

    package func isKnown(_ name: String) -> Bool { inputs[name] != nil || isPlugin(name) }
}

/// The inputs of one task after they were held against their declaration.
///
/// Asking for a name that the declaration does not have is a mistake of the program.
package struct InputValues {
    private let value: JSON
    private let records: [InputRecord]

    package init(_ value: JSON, _ record: InputRecord) {
        self.value = value
        records = [record] + (record.variants?.record(for: value).map { [$0] } ?? [])
    }

    package init(_ value: JSON, _ declaration: ExecutorInputs) { self.init(value, declaration.record) }

    /// The value, under whichever of its names; `nil` where it is empty too.
    package subscript(name: String) -> JSON? {
        let input = records.lazy.compactMap { $0.member(name) }.first
        assert(input?.name == name, "'\(name)' is not declared")
        for name in input?.names ?? [name] {
            guard let found = value[name] else { continue }
            if !found.isNull { return found }
            if case .anything? = input?.type { return found }
        }
        return nil
    }

    /// A member that is a mapping of members itself.
    package func record(_ name: String) -> InputValues? {
        guard let found = self[name], found.members != nil else { return nil }
        let type = records.lazy.compactMap { $0.member(name) }.first?.type
        return type?.record.map { InputValues(found, $0) }
    }

    package var members: [JSON.Member] { value.members ?? [] }
}

extension InputType {
    /// The record that a value of the type can be.
    package var record: InputRecord? {
        switch self {
        case .record(let record): record
        case .either(let types): types.lazy.compactMap(\.record).first
        case .named(_, let inner): inner().record
        case .mapping(let inner), .list(let inner): inner.record
        default: nil
        }
    }
}
