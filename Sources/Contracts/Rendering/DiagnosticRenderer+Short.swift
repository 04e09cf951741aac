internal import Basics

extension DiagnosticRenderer {
    /// One line a diagnostic: `file:line:column: severity[id]: message`.
    static func short(_ diagnostics: [Diagnostic]) -> String {
        var text = ""
        for diagnostic in diagnostics {
            if let place = diagnostic.place { text += place.text + ": " }
            text += "\(diagnostic.severity.rawValue)[\(diagnostic.id)]: \(oneLine(diagnostic.message))\n"
        }
        return text
    }

    /// The text without anything that would break a line or steer a terminal.
    static func oneLine(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
            result.append(scalar == "\n" ? " " : isControl ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }
}
