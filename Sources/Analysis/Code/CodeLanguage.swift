/// The languages whose comments and strings are told from their code.
package enum CodeLanguage: Sendable {
    case python, swift, script, go, rust, java, kotlin, groovy, ruby, php, csharp

    /// Whether a comment in a comment has an end of its own.
    var nestsComments: Bool {
        switch self {
        case .swift, .rust, .kotlin: true
        case .python, .script, .go, .java, .groovy, .ruby, .php, .csharp: false
        }
    }

    /// Whether a string goes on behind the end of its line.
    var stringsSpanLines: Bool {
        switch self {
        case .rust, .ruby, .php: true
        default: false
        }
    }

    /// Whether three quotes begin a string of several lines.
    var hasLongStrings: Bool {
        switch self {
        case .python, .swift, .java, .kotlin, .groovy: true
        case .script, .go, .rust, .ruby, .php, .csharp: false
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
