/// Something to tell a person about a text they wrote.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Hashable, Comparable, Sendable {
        case error, warning, note

        /// The worst first.
        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
    }

    /// A second place that helps to understand the first.
    package struct Related: Hashable, Sendable {
        package let message: String
        package let place: SourcePlace

        package init(_ message: String, at place: SourcePlace) { (self.message, self.place) = (message, place) }
    }

    /// Stable for ever, such as `duplicate-task-id`.
    package let id: String
    package let severity: Severity
    package let message: String
    package let place: SourcePlace?
    package let related: [Related]
    package let hint: String?
    /// Edits that mend the problem without changing what was meant.
    package let fix: [TextEdit]

    package init(
        _ id: String, _ severity: Severity, _ message: String, at place: SourcePlace?, related: [Related] = [],
        hint: String? = nil, fix: [TextEdit] = []
    ) {
        (self.id, self.severity, self.message, self.place) = (id, severity, message, place)
        (self.related, self.hint, self.fix) = (related, hint, fix)
    }
}

/// A stretch of a named file.
package struct SourcePlace: Hashable, Sendable {
    package let file: String
    package let span: SourceSpan

    package init(file: String, span: SourceSpan) { (self.file, self.span) = (file, span) }
}

/// A replacement of some bytes of a file.
package struct TextEdit: Hashable, Sendable {
    package let file: String
    package let range: Range<Int>
    package let replacement: String

    package init(file: String, range: Range<Int>, replacement: String) {
        (self.file, self.range, self.replacement) = (file, range, replacement)
    }
}
