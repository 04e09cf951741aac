package import Basics

/// One node of a document, with the exact place where it is written.
package final class YAMLNode: Sendable {
    package enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package let content: Content
    /// From the first to the last byte of the node; for an alias, of the node that it stands for.
    package let span: SourceSpan
    /// As written, such as `!!str`; `nil` where there is none.
    package let tag: String?
    package let anchor: String?
    /// Whether a collection is written in brackets or braces.
    package let isFlow: Bool
    /// The place of the `*name`, where the node came through an alias.
    package let aliasSpan: SourceSpan?
    /// How many nodes a walk through this one meets, aliases followed.
    let weight: Int

    init(
        _ content: Content, span: SourceSpan, tag: String? = nil, anchor: String? = nil, isFlow: Bool = false,
        aliasSpan: SourceSpan? = nil, weight: Int
    ) {
        (self.content, self.span, self.tag, self.anchor) = (content, span, tag, anchor)
        (self.isFlow, self.aliasSpan, self.weight) = (isFlow, aliasSpan, weight)
    }

    /// The same node, seen through an alias.
    func aliased(at place: SourceSpan) -> YAMLNode {
        YAMLNode(
            content, span: span, tag: tag, anchor: anchor, isFlow: isFlow, aliasSpan: place, weight: weight)
    }

    /// Where a reader of the file would look: the alias where there is one.
    package var place: SourceSpan { aliasSpan ?? span }

    package var scalar: YAMLScalar? { if case .scalar(let scalar) = content { scalar } else { nil } }

    package var items: [YAMLNode]? { if case .sequence(let items) = content { items } else { nil } }

    package var entries: [YAMLEntry]? { if case .mapping(let entries) = content { entries } else { nil } }

    /// The typed value of a scalar; a tag or quotes make it text.
    package var value: YAMLValue? {
        scalar.map { tag == nil || tag == "?" ? $0.value : $0.value(tagged: tag ?? "") }
    }

    /// The first value under a key; merge keys are not followed.
    package subscript(key: String) -> YAMLNode? { entries?.first { $0.key.scalar?.text == key }?.value }

    /// What a message calls a node of this kind.
    package var kindName: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar:
            switch value {
            case .null: "nothing"
            case .bool: "a boolean"
            case .integer, .float: "a number"
            default: "text"
            }
        }
    }
}

/// A key and its value.
package struct YAMLEntry: Sendable {
    package let key: YAMLNode
    package let value: YAMLNode
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
