package import Basics

/// Why a text is not YAML that can be used.
package struct YAMLError: ExplainedError {
    package enum Kind: String, Sendable {
        case tooLarge = "file-too-large"
        case notText = "not-text"
        case syntax = "yaml-syntax"
        case tooDeep = "yaml-too-deep"
        case tooManyNodes = "yaml-too-many-nodes"
        case unknownAlias = "yaml-unknown-alias"
        case recursiveAlias = "yaml-recursive-alias"
    }

    package let kind: Kind
    package let message: String
    package let span: SourceSpan
    package let related: [(message: String, span: SourceSpan)]
    package let hint: String?

    init(
        _ kind: Kind, _ message: String, at span: SourceSpan, related: [(message: String, span: SourceSpan)] = [],
        hint: String? = nil
    ) {
        (self.kind, self.message, self.span, self.related, self.hint) = (kind, message, span, related, hint)
    }
}

/// Bounds for what a text may make of itself.
package struct YAMLLimits: Sendable {
    package var bytes = 16 << 20
    package var depth = 100
    /// Nodes that a walk meets, aliases followed.
    package var nodes = 2_000_000
    package var documents = 1000

    package init() {}
}
