/// The languages whose comments and strings are told from their code.
package enum CodeLanguage: Sendable {
    case python, swift, script, go, rust, java, kotlin, groovy

    /// Whether a comment in a comment has an end of its own.
    var nestsComments: Bool {
        switch self {
        case .swift, .rust, .kotlin: true
        case .python, .script, .go, .java, .groovy: false
        }
    }

    /// Whether three quotes begin a string of several lines.
    var hasLongStrings: Bool {
        switch self {
        case .python, .swift, .java, .kotlin, .groovy: true
        case .script, .go, .rust: false
        }
    }
}

/// A string of source code.
package struct CodeString: Hashable, Sendable {
    /// With its quotes.
    package let range: Range<Int>
    /// What stands between them.
    package let content: Range<Int>
}
