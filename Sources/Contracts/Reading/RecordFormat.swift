internal import Basics
internal import YAML

/// A declared mapping: its fields in the order of the reference page.
struct RecordFormat<Root: Sendable>: Sendable {
    /// With its article: "a task".
    let name: String
    let fields: [Field<Root>]
    let table: KeyTable
    private let positions: [String: Int]

    init(_ name: String, _ fields: [Field<Root>]) {
        (self.name, self.fields) = (name, fields)
        var table = KeyTable()
        for (index, field) in fields.enumerated() {
            for (position, spelling) in field.spellings.enumerated() {
                table.add(
                    KeyTable.Target(field: index, spelling: position, canonical: field.name), at: spelling.path)
            }
        }
        self.table = table
        positions = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// What was read from one mapping, and where each field of it stands.
struct Record<Root: Sendable>: Sendable {
    struct Found: Sendable {
        let entry: YAMLEntry
        /// The mapping it was found in, as several of a file may describe one record.
        let origin: UInt32?
        private let fieldNumber: UInt16
        private let spellingNumber: UInt8

        init(field: Int, spelling: Int, entry: YAMLEntry, origin: UInt32?) {
            (fieldNumber, spellingNumber) = (UInt16(field), UInt8(spelling))
            (self.entry, self.origin) = (entry, origin)
        }

        var field: Int { Int(fieldNumber) }

        var spelling: Int { Int(spellingNumber) }
    }

    var value: Root
    var found: [Found] = []
    /// Where the record starts, for what is missing from it.
    var span: SourceSpan?

    init(_ value: Root) { self.value = value }
}

extension RecordFormat {
    /// The value of a field, where it was written.
    func node(_ field: String, of record: Record<Root>) -> YAMLNode? { entry(field, of: record)?.value }

    func entry(_ field: String, of record: Record<Root>) -> YAMLEntry? {
        guard let position = positions[field] else { return nil }
        return record.found.first { $0.field == position }?.entry
    }

    /// Reads a mapping into the record, reporting everything that is wrong with it.
    func read(_ node: YAMLNode, into record: inout Record<Root>, _ context: inout ReadingContext) {
        let (label, position) = (context.label, context.position)
        context.position = ReadingPosition(root: node)
        if record.span == nil { record.span = node.head }
        read(node, table, &record, &context)
        (context.label, context.position) = (label, position)
    }

    /// Reports the required fields that are still missing.
    func reportMissing(_ record: Record<Root>, _ context: inout ReadingContext) {
        for (index, field) in fields.enumerated() where field.isRequired {
            guard !record.found.contains(where: { $0.field == index }) else { continue }
            context.report(
                .missingField, "\(name) needs '\(field.name)': \(field.spellings[0].expected)", at: record.span)
        }
    }

    /// Reads a value as if it stood at that field.
    func assign(
        _ field: String, _ entry: YAMLEntry, to record: inout Record<Root>, _ context: inout ReadingContext
    ) {
        guard let index = positions[field] else { return }
        read(entry, KeyTable.Target(field: index, spelling: 0, canonical: field), &record, &context)
    }

    private func read(
        _ node: YAMLNode, _ table: KeyTable, _ record: inout Record<Root>, _ context: inout ReadingContext
    ) {
        guard let entries = node.pairs else {
            context.label = table.path
            context.reportWrongType(node, expected: table.path.isEmpty ? "\(name), a mapping" : "a mapping")
            return
        }
        record.found.reserveCapacity(record.found.count + entries.count)
        for entry in entries {
            guard let key = entry.key.scalarText else {
                context.report(
                    .wrongType, "a key should be text, but is \(entry.key.found)", at: entry.key.span)
                continue
            }
            guard let child = table.children[key] else {
                reportUnknown(key, entry, table, &context)
                continue
            }
            if let target = child.target {
                read(entry, target, &record, &context)
            } else if !entry.value.isNull {
                let position = context.position
                if let successor = child.successor { enter(entry, child, successor, &context) }
                context.position.groups.append(entry)
                read(entry.value, child, &record, &context)
                context.position = position
            }
        }
    }

    private func read(
        _ entry: YAMLEntry, _ target: KeyTable.Target, _ record: inout Record<Root>,
        _ context: inout ReadingContext
    ) {
        let spelling = fields[target.field].spellings[target.spelling]
        let isGathered = fields[target.field].isGathered
        context.label = spelling.path
        let isNull = entry.value.isNull
        let earlier = isGathered ? nil : record.found.first { $0.field == target.field }
        if !isNull, let earlier,
            earlier.spelling != target.spelling || earlier.origin != context.position.origin
        {
            if reportConflict(entry, spelling, with: earlier, fields[target.field], &context) { return }
        }
        if target.spelling > 0, !spelling.isQuiet {
            reportAlias(entry, fields[target.field], spelling, &context)
        }
        if isNull || earlier != nil { return }
        record.found.append(
            .init(
                field: target.field, spelling: target.spelling, entry: entry, origin: context.position.origin))
        spelling.apply(entry, &record.value, &context)
    }

    /// Two spellings of one field must agree; says whether they do not.
    private func reportConflict(
        _ entry: YAMLEntry, _ spelling: Spelling<Root>, with earlier: Record<Root>.Found, _ field: Field<Root>,
        _ context: inout ReadingContext
    ) -> Bool {
        let other = field.spellings[earlier.spelling]
        guard let first = other.value(earlier.entry.value), let second = spelling.value(entry.value),
            first != second
        else { return false }
        context.report(
            .conflictingSpellings,
            spelling.path == other.path
                ? "'\(spelling.path)' is written in two places, with different values"
                : "'\(spelling.path)' and '\(other.path)' are two spellings of one field, with different values",
            at: entry.key.span,
            related: [.init("'\(other.path)' says otherwise here", at: context.place(earlier.entry.key.span))],
            hint: "keep '\(field.name)' alone")
        return true
    }

    private func reportUnknown(
        _ key: String, _ entry: YAMLEntry, _ table: KeyTable, _ context: inout ReadingContext
    ) {
        if key.hasPrefix("x-") { return }
        let near = Suggestion.nearest(to: key, among: table.children.keys)
        let elsewhere = near == nil ? self.table.paths(endingIn: key).first : nil
        let place = table.path.isEmpty ? name : "'\(table.path)' of \(name)"
        context.report(
            .unknownKey, "\(place) knows no key '\(key.prefix(100))'", at: entry.key.span,
            as: near == nil ? nil : .error, hint: (near ?? elsewhere).map { "did you mean '\($0)'?" })
    }
}
