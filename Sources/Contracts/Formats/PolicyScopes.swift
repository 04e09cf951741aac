internal import Basics
internal import Model
internal import Paths
internal import YAML

/// The places in a policy that describe scopes: today's one, and those of older forms.
enum PolicyScopes {
    static let fields: [Field<PolicyDraft>] = [
        Field(
            "scopes", expected: "a mapping from scope names to scopes",
            schema: [
                "type": ["object", "null"],
                "additionalProperties": ["anyOf": [["$ref": "#/definitions/scope"], ["type": "null"]]],
            ],
            "The kinds of task, and what each may touch."
        ) { entry, draft, context in
            readMapping(entry, &draft, &context) { child, record, context in
                if child.value.isNull { return }
                ScopeFormat.record.read(child.value, into: &record, &context)
            }
        },
        Field(
            "scope_paths", expected: "a mapping from scope names to lists of path patterns", schema: patternLists,
            "An older way to write `scopes.NAME.allowed_paths`.", isQuiet: true
        ) { entry, draft, context in
            reportForm(entry, "scopes: {NAME: {allowed_paths: […]}}", &context)
            readMapping(entry, &draft, &context, assignPaths)
        },
        Field(
            "allowed_paths", expected: "a mapping from scope names to lists of path patterns, or one list",
            schema: ["anyOf": [patternLists, patternList, ["type": "null"]]],
            "An older way to write `scopes.NAME.allowed_paths`; as a list, one scope for every task.",
            isQuiet: true
        ) { entry, draft, context in
            reportForm(entry, "scopes: {NAME: {allowed_paths: […]}}", &context)
            if entry.value.items == nil { return readMapping(entry, &draft, &context, assignPaths) }
            var record = Record(ScopeDraft(name: "every-task"))
            record.span = entry.key.span
            record.value.scope.servesEveryTask = true
            record.value.scope.place = context.place(entry.key.span)
            assignPaths(entry, &record, &context)
            draft.common = record
        },
        Field(
            "scope_constraints", expected: "a mapping from scope names to scopes",
            schema: ["type": ["object", "null"], "additionalProperties": ["$ref": "#/definitions/scope"]],
            "An older way to write parts of `scopes.NAME`.", isQuiet: true
        ) { entry, draft, context in
            reportForm(entry, "scopes: {NAME: {…}}", &context)
            readMapping(entry, &draft, &context) { child, record, context in
                if child.value.isNull { return }
                ScopeFormat.record.read(child.value, into: &record, &context)
            }
        },
    ]

    private static let patternList: JSON = ["type": "array", "items": Codec<PathPattern>.pattern.schema]
    private static let patternLists: JSON = ["type": "object", "additionalProperties": patternList]

    private static func readMapping(
        _ entry: YAMLEntry, _ draft: inout PolicyDraft, _ context: inout ReadingContext,
        _ body: (YAMLEntry, inout Record<ScopeDraft>, inout ReadingContext) -> Void
    ) {
        guard let children = entry.value.pairs else {
            context.reportWrongType(entry.value, expected: "a mapping from scope names to what each allows")
            return
        }
        let position = context.position
        context.position = ReadingPosition(root: entry.value)
        defer { context.position = position }
        for child in children {
            guard child.key.scalarText != nil else {
                context.report(.wrongType, "a scope's name should be text", at: child.key.span)
                continue
            }
            draft.scopes.update(child.key, { body(child, &$0, &context) }, in: context.file)
        }
    }

    /// Reads `NAME: [patterns]` as if it stood at `allowed_paths` of the scope.
    private static func assignPaths(
        _ entry: YAMLEntry, _ record: inout Record<ScopeDraft>, _ context: inout ReadingContext
    ) {
        ScopeFormat.record.assign("allowed_paths", entry, to: &record, &context)
    }

    private static func reportForm(_ entry: YAMLEntry, _ form: String, _ context: inout ReadingContext) {
        context.report(
            .aliasedSpelling, "the canonical form of '\(entry.key.scalarText ?? "")' is '\(form)'",
            at: entry.key.span, fix: wrapping(entry, context))
    }

    /// `scope_paths: {docs: [docs/**]}` becomes `scopes: {docs: {allowed_paths: [docs/**]}}`, where no other key
    /// describes scopes.
    private static func wrapping(_ entry: YAMLEntry, _ context: ReadingContext) -> [TextEdit] {
        let others: [String] = ["scopes", "scope_paths", "allowed_paths", "scope_constraints"].filter { name in
            context.position.root?.pairs?.contains { $0.key.scalarText == name } == true
        }
        let name = entry.key.scalarText ?? ""
        if others.count == 2, name != "scopes", name != "scope_constraints" {
            let other = others.first { $0 != name } ?? ""
            return joining(entry, with: other, context)
        }
        guard others == [name], name != "scope_constraints", let children = entry.value.entries,
            !children.contains(where: \.isMerge)
        else { return others == ["scope_constraints"] ? [context.edit(entry.key.span.byteRange, "scopes")] : [] }
        var edits = [context.edit(entry.key.span.byteRange, "scopes")]
        for child in children {
            guard child.value.items != nil, child.value.aliasSpan == nil, child.value.anchor == nil else {
                return []
            }
            guard child.value.isFlow else {
                guard let edit = nesting(child, context) else { return [] }
                edits.append(edit)
                continue
            }
            edits += context.wrap(child.value.span.byteRange, "{allowed_paths: ", "}")
        }
        return edits
    }

    /// Lists of paths in one line each go into the scopes that another key describes.
    private static func joining(
        _ entry: YAMLEntry, with other: String, _ context: ReadingContext
    ) -> [TextEdit] {
        let home = context.position.root?.entries?.first { $0.key.scalarText == other }
        let lines = LineEnding.start(in: context.bytes, of: entry.key.span.start.offset)
        guard let scopes = home?.value.entries, let children = entry.value.entries,
            lines == entry.key.span.start.offset,
            let end = LineEnding.next(in: context.bytes, after: entry.value.place.end.offset - 1),
            !context.source(lines..<end).contains("#")
        else { return [] }
        var edits = [context.edit(lines..<end, "")]
        for child in children {
            let scope = scopes.first { $0.key.scalarText == child.key.scalarText }
            guard let scope, child.value.isFlow, child.value.items != nil,
                let arrival = context.appending(
                    "allowed_paths: " + context.source(child.value.span.byteRange), to: scope)
            else { return [] }
            edits.append(arrival)
        }
        return edits
    }

    /// A line `allowed_paths:` above a list in lines, at its own indentation.
    private static func nesting(_ child: YAMLEntry, _ context: ReadingContext) -> TextEdit? {
        let column = child.value.span.start.column
        guard column > child.key.span.start.column, child.value.span.start.line > child.key.span.end.line else {
            return nil
        }
        let start = LineEnding.start(in: context.bytes, of: child.value.span.start.offset)
        let newLine = LineEnding.text(in: context.bytes, around: child.key.span.start.offset)
        return context.edit(
            start..<start, String(repeating: " ", count: column - 1) + "allowed_paths:" + newLine)
    }
}
