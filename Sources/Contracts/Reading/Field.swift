internal import Basics
internal import YAML

/// One field of a format: what it is called, by whom, what it takes and what it means.
struct Field<Root: Sendable>: Sendable {
    /// The canonical spelling first.
    let spellings: [Spelling<Root>]
    let summary: String
    let isRequired: Bool
    /// What holds when it is missing, for the reference page.
    let standard: String?

    var name: String { spellings[0].path }

    /// Whether its spellings add to each other instead of meaning the same.
    let isGathered: Bool
}

/// One way to write a field; a class, as every value that is read asks for one.
final class Spelling<Root: Sendable>: Sendable {
    typealias Apply = @Sendable (YAMLEntry, inout Root, inout ReadingContext) -> Void

    /// Keys from the root of the record, joined by dots.
    let path: String
    let expected: String
    let makeSchema: @Sendable () -> JSON
    let apply: Apply
    /// The value alone, to compare two spellings; `nil` when it cannot be read.
    let value: @Sendable (YAMLNode) -> AnyHashable?
    /// The value in canonical YAML; `nil` when its text can stay.
    let written: @Sendable (YAMLNode) -> String?
    /// Whether the note about an older spelling is left to `apply`.
    let isQuiet: Bool

    init(
        path: String, expected: String, makeSchema: @escaping @Sendable () -> JSON, apply: @escaping Apply,
        value: @escaping @Sendable (YAMLNode) -> AnyHashable?, written: @escaping @Sendable (YAMLNode) -> String?,
        isQuiet: Bool = false
    ) {
        (self.path, self.expected, self.makeSchema, self.apply) = (path, expected, makeSchema, apply)
        (self.value, self.written, self.isQuiet) = (value, written, isQuiet)
    }

    var schema: JSON { makeSchema() }
}

/// Another way to write a value, possibly in another unit.
struct Alias<Value: Hashable & Sendable>: Sendable, ExpressibleByStringLiteral {
    let path: String
    let codec: Codec<Value>?

    init(_ path: String, _ codec: Codec<Value>?) { (self.path, self.codec) = (path, codec) }

    init(stringLiteral value: String) { self.init(value, nil) }
}

extension Field {
    /// A key path is made when the field is first met: making all of them at once costs a millisecond.
    typealias KeyPathMaker<Value> = @Sendable () -> any WritableKeyPath<Root, Value> & Sendable

    init<Value>(
        _ path: String, _ target: @autoclosure @escaping KeyPathMaker<Value>, _ codec: Codec<Value>,
        also aliases: [Alias<Value>] = [], required: Bool = false, standard: String? = nil, _ summary: String
    ) {
        self.init(
            path, codec, also: aliases, required: required, standard: standard, summary,
            set: { $0[keyPath: target()] = $1 })
    }

    init<Value>(
        _ path: String, _ target: @autoclosure @escaping KeyPathMaker<Value?>, _ codec: Codec<Value>,
        also aliases: [Alias<Value>] = [], required: Bool = false, standard: String? = nil, _ summary: String
    ) {
        self.init(
            path, codec, also: aliases, required: required, standard: standard, summary,
            set: { $0[keyPath: target()] = $1 })
    }

    init<Value>(
        _ path: String, _ codec: Codec<Value>, also aliases: [Alias<Value>] = [], required: Bool = false,
        standard: String? = nil, _ summary: String, set: @escaping @Sendable (inout Root, Value) -> Void
    ) {
        let canonical = Self.spelling(path, codec, canonical: codec, set)
        spellings = [canonical] + aliases.map { Self.spelling($0.path, $0.codec ?? codec, canonical: codec, set) }
        (self.summary, isRequired, self.standard, isGathered) = (summary, required, standard, false)
    }

    /// A field that does its own reading.
    init(
        _ path: String, also aliases: [String] = [], expected: String,
        schema: @autoclosure @escaping @Sendable () -> JSON, _ summary: String, isQuiet: Bool = false,
        apply: @escaping Spelling<Root>.Apply
    ) {
        spellings = ([path] + aliases).map { path in
            Spelling(
                path: path, expected: expected, makeSchema: schema, apply: apply, value: { _ in nil },
                written: { _ in nil }, isQuiet: isQuiet)
        }
        (self.summary, isRequired, standard, isGathered) = (summary, false, nil, true)
    }

    private static func spelling<Value>(
        _ path: String, _ codec: Codec<Value>, canonical: Codec<Value>,
        _ set: @escaping @Sendable (inout Root, Value) -> Void
    ) -> Spelling<Root> {
        let silently: @Sendable (YAMLNode) -> Value? = { node in
            var context = ReadingContext(file: "")
            return codec.read(node, &context)
        }
        return Spelling(
            path: path, expected: codec.expected, makeSchema: codec.makeSchema,
            apply: { entry, root, context in
                if let value = codec.read(entry.value, &context) { set(&root, value) }
            },
            value: { silently($0).map(AnyHashable.init) },
            written: { node in
                codec.expected == canonical.expected ? nil : silently(node).flatMap { canonical.written?($0) }
            })
    }

    /// The same field inside a larger record.
    func lifted<Outer>(
        to path: @autoclosure @escaping Field<Outer>.KeyPathMaker<Root>, under prefixes: [String]
    ) -> Field<Outer> {
        let lifted = prefixes.flatMap { prefix in
            spellings.map { $0.lifted(to: path, as: prefix.isEmpty ? $0.path : "\(prefix).\($0.path)") }
        }
        return Field<Outer>(
            spellings: lifted, summary: summary, isRequired: isRequired, standard: standard, isGathered: isGathered
        )
    }
}

extension Spelling {
    fileprivate func lifted<Outer>(
        to path: @escaping Field<Outer>.KeyPathMaker<Root>, as name: String
    ) -> Spelling<Outer> {
        let apply = self.apply
        return Spelling<Outer>(
            path: name, expected: expected, makeSchema: makeSchema,
            apply: { entry, root, context in apply(entry, &root[keyPath: path()], &context) }, value: value,
            written: written, isQuiet: isQuiet)
    }
}
