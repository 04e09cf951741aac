internal import Basics

/// The reference page of all diagnostics, made from their entries.
package enum DiagnosticReference {
    package static var markdown: String {
        var text = """
            # Diagnostics

            Everything that `leviathan lint` can say, by its stable id. Each bad example gives exactly that id, and
            each mended one gives nothing, beside the smallest companions of the other files:

            """
        for (path, content) in DiagnosticEntry.companions.sorted(by: { $0.key < $1.key }) {
            text += "\n" + block(path, content)
        }
        text += "\n| id | severity | meaning |\n|---|---|---|\n"
        for id in DiagnosticID.allCases {
            text += "| [`\(id.rawValue)`](#\(id.rawValue)) | \(id.severity.rawValue) | \(id.entry.summary) |\n"
        }
        for id in DiagnosticID.allCases { text += section(id.entry) }
        return text
    }

    private static func section(_ entry: DiagnosticEntry) -> String {
        """

        ## \(entry.id.rawValue)

        \(entry.id.severity.rawValue.capitalizedFirst). \(entry.summary)

        Bad:

        \(show(entry.bad))
        Mended:

        \(show(entry.mended))
        """
    }

    private static func show(_ example: DiagnosticEntry.Example) -> String {
        switch example {
        case .text(let file, let text):
            block(file, text.utf8.count > 1500 ? String(text.prefix(700)) + "…\n" : text)
        case .bytes(_, _, let description), .fault(_, _, let description): "> \(description)\n"
        case .absent(let file): "> there is no `\(file)`\n"
        }
    }

    private static func block(_ file: String, _ text: String) -> String {
        "```yaml\n# \(file)\n\(text)```\n"
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
