package import Basics

extension DiagnosticRenderer {
    /// Workflow commands, which GitHub shows beside the lines of a pull request.
    package static func githubCommands(_ diagnostics: [Diagnostic]) -> String {
        var text = ""
        for diagnostic in diagnostics {
            var properties: [String] = []
            if let place = diagnostic.place {
                properties.append("file=" + escaped(place.file, alsoSeparators: true))
                properties.append("line=\(place.span.start.line),col=\(place.span.start.column)")
                properties.append("endLine=\(max(place.span.start.line, place.span.end.line))")
                if place.span.start.line == place.span.end.line {
                    properties.append("endColumn=\(place.span.end.column)")
                }
            }
            properties.append("title=" + escaped(diagnostic.id, alsoSeparators: true))
            var message = diagnostic.message
            if let hint = diagnostic.hint { message += "\nhint: \(hint)" }
            let command = diagnostic.severity == .note ? "notice" : diagnostic.severity.rawValue
            text +=
                "::\(command) \(properties.joined(separator: ","))::\(escaped(message, alsoSeparators: false))\n"
        }
        return text
    }

    private static func escaped(_ text: String, alsoSeparators: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where alsoSeparators: result += "%3A"
            case "," where alsoSeparators: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
