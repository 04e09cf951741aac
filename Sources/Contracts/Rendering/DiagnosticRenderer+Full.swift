internal import Basics

extension DiagnosticRenderer {
    /// For people: the message, the place, the line with a mark under it, what is related, and a hint.
    func full(_ diagnostics: [Diagnostic]) -> String {
        let colors = DiagnosticColors(isOn: usesColor)
        var text = ""
        for diagnostic in diagnostics {
            let label = colors.paint("\(diagnostic.severity.rawValue)[\(diagnostic.id)]", as: diagnostic.severity)
            text += label + colors.bold(": " + Self.oneLine(diagnostic.message)) + "\n"
            let width = gutterWidth(of: diagnostic)
            if let place = diagnostic.place {
                text += lines(at: place, "-->", width, colors) { colors.paint($0, as: diagnostic.severity) }
            }
            for related in diagnostic.related {
                text += lines(at: related.place, ":::", width, colors, Self.oneLine(related.message)) {
                    colors.dim($0)
                }
            }
            if let hint = diagnostic.hint {
                text += "\(blank(width)) \(colors.dim("=")) \(colors.hint("hint:")) \(Self.oneLine(hint))\n"
            }
            text += "\n"
        }
        return text
    }

    private func lines(
        at place: SourcePlace, _ arrow: String, _ width: Int, _ colors: DiagnosticColors,
        _ remark: String = "", paint: (String) -> String
    ) -> String {
        var text = "\(blank(width))\(colors.dim(arrow)) \(place.text)"
        guard let source = files[place.file], !source.bytes.isEmpty else {
            return text + (remark.isEmpty ? "" : " \(remark)") + "\n"
        }
        let excerpt = source.excerpt(of: place.span)
        let number = String(place.span.start.line)
        let bar = colors.dim("|")
        text += "\n\(blank(width)) \(bar)\n"
        text += "\(colors.dim(number))\(blank(width - number.count)) \(bar) \(excerpt.text)\n"
        let mark = String(repeating: "^", count: excerpt.width) + (remark.isEmpty ? "" : " \(remark)")
        return text + "\(blank(width)) \(bar) \(blank(excerpt.indent))\(paint(mark))\n"
    }

    private func gutterWidth(of diagnostic: Diagnostic) -> Int {
        let places = [diagnostic.place].compactMap(\.self) + diagnostic.related.map(\.place)
        return places.map { String($0.span.start.line).count }.max() ?? 1
    }

    private func blank(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}

/// Colours for a terminal, or none.
private struct DiagnosticColors {
    let isOn: Bool

    func paint(_ text: String, as severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: wrap(text, "1;31")
        case .warning: wrap(text, "1;33")
        case .note: wrap(text, "1;36")
        }
    }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "34") }
    func hint(_ text: String) -> String { wrap(text, "1;32") }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
