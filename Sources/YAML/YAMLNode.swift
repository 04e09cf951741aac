package import Basics

/// One node of a document, with the exact place where it is written.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    let tree: YAMLTree
    let slot: UInt32

    private var resolved: UInt32 { tree.resolved(slot) }

    private var kind: YAMLTree.Kind { tree.slots[Int(resolved)].kind }

    package var content: Content {
        if let items { return .sequence(items) }
        if let entries { return .mapping(entries) }
        return .scalar(scalar ?? YAMLScalar(text: "", style: .plain))
    }

    /// From the first to the last byte of the node; for an alias, of the node that it stands for.
    package var span: SourceSpan { tree.slots[Int(resolved)].span }

    /// The place of the `*name`, where the node came through an alias.
    package var aliasSpan: SourceSpan? {
        let own = tree.slots[Int(slot)]
        return own.kind == .alias ? own.span : nil
    }

    /// Where a reader of the file would look: the alias where there is one.
    package var place: SourceSpan { tree.slots[Int(slot)].span }

    /// As written, such as `!!str`; `nil` where there is none.
    package var tag: String? { tree.properties(of: resolved)?.tag }

    package var anchor: String? { tree.properties(of: resolved)?.anchor }

    /// Whether a collection is written in brackets or braces.
    package var isFlow: Bool { kind == .flowSequence || kind == .flowMapping }

    package var isScalar: Bool { !kind.isCollection }

    package var isSequence: Bool { kind.isSequence }

    package var isMapping: Bool { kind.isMapping }

    package var scalar: YAMLScalar? {
        kind.style.map { YAMLScalar(text: String(decoding: tree.text(of: resolved), as: UTF8.self), style: $0) }
    }

    /// How many bytes the text of a scalar has, without making it.
    package var textLength: Int? { isScalar ? tree.textLength(of: resolved) : nil }

    package var items: [YAMLNode]? { isSequence ? Array(children) : nil }

    package var entries: [YAMLEntry]? {
        guard isMapping else { return nil }
        var entries: [YAMLEntry] = []
        for (index, child) in children.enumerated() where index.isMultiple(of: 2) {
            if index == 0 { entries.reserveCapacity(8) }
            entries.append(YAMLEntry(tree: tree, slot: child.slot))
        }
        return entries
    }

    /// What a collection holds, of a mapping each key before its value.
    var children: YAMLChildren {
        let resolved = resolved
        return YAMLChildren(
            tree: tree, slot: resolved + 1, end: kind.isCollection ? tree.slots[Int(resolved)].link : resolved + 1)
    }

    /// Whether both are one node at one place.
    package func isIdentical(to other: YAMLNode?) -> Bool {
        other.map { tree === $0.tree && slot == $0.slot } ?? false
    }

    /// The anchors that some alias of the document stands for.
    package var aliasedAnchors: Set<String> { tree.aliasedAnchors }

    /// Tells the node from the others of its document.
    package var identity: UInt32 { slot }

    /// The typed value of a scalar; a tag or quotes make it text.
    package var value: YAMLValue? {
        guard let scalar else { return nil }
        guard let tag, tag != "?" else { return scalar.value }
        return scalar.value(tagged: tag)
    }

    /// The first value under a key; merge keys are not followed.
    package subscript(key: String) -> YAMLNode? {
        guard isMapping else { return nil }
        var children = children
        while let name = children.next(), let value = children.next() {
            if name.reads(key) { return value }
        }
        return nil
    }

    /// Whether the text of a scalar is this one.
    package func reads(_ text: String) -> Bool {
        guard isScalar else { return false }
        let bytes = tree.text(of: resolved)
        if bytes.elementsEqual(text.utf8) { return true }
        // Only letters beyond ASCII have several spellings.
        return bytes.contains { $0 >= 0x80 } && String(decoding: bytes, as: UTF8.self) == text
    }

    /// Whether the text of a scalar begins with one of these bytes.
    package func begins(withAnyOf bytes: StaticString) -> Bool {
        guard isScalar, let first = tree.text(of: resolved).first else { return false }
        return bytes.withUTF8Buffer { $0.contains(first) }
    }

    /// What a message calls a node of this kind.
    package var kindName: String {
        if isSequence { return "a list" }
        if isMapping { return "a mapping" }
        switch value {
        case .null: return "nothing"
        case .bool: return "a boolean"
        case .integer, .float: return "a number"
        default: return "text"
        }
    }
}

/// Walks over the nodes that a collection holds itself.
struct YAMLChildren: Sequence, IteratorProtocol {
    let tree: YAMLTree
    var slot: UInt32
    let end: UInt32

    mutating func next() -> YAMLNode? {
        guard slot < end else { return nil }
        defer { slot = tree.next(after: slot) }
        return YAMLNode(tree: tree, slot: slot)
    }
}

/// A key and its value.
package struct YAMLEntry: Sendable {
    let tree: YAMLTree
    /// That of the key; the value follows it.
    let slot: UInt32

    package var key: YAMLNode { YAMLNode(tree: tree, slot: slot) }

    package var value: YAMLNode { YAMLNode(tree: tree, slot: tree.next(after: slot)) }
}

/// A scalar's text after unescaping and folding, and how it was written.
package struct YAMLScalar: Hashable, Sendable {
    package enum Style: Hashable, Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

    package let text: String
    package let style: Style
}

/// A document of a stream.
package struct YAMLDocument: Sendable {
    /// `nil` for a document without content.
    package let root: YAMLNode?
    package let problems: [YAMLProblem]
}

/// Something wrong in a document that could be read nevertheless.
package struct YAMLProblem: Sendable {
    package enum Kind: String, Sendable {
        case duplicateKey = "duplicate-key"
    }

    package let kind: Kind
    package let message: String
    package let span: SourceSpan
    package let related: [(message: String, span: SourceSpan)]
}
