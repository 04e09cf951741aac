/// Text from outside, made harmless for a terminal.
package enum SafeText {
    /// More marks than this on one letter only serve to smear over other lines.
    private static let mostMarks = 8

    /// One line; what a terminal would obey or hide is shown as an escape.
    package static func line(_ text: String) -> String { made(text, keepsLines: false) }

    /// Several lines; line breaks and tabs stay.
    package static func block(_ text: String) -> String { made(text, keepsLines: true) }

    private static func made(_ text: String, keepsLines: Bool) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var result = String.UnicodeScalarView()
        var marks = 0
        for scalar in text.unicodeScalars {
            marks = isMark(scalar) ? marks + 1 : 0
            let isLayout = keepsLines && (scalar == "\n" || scalar == "\t")
            if !isLayout && (isDangerous(scalar) || marks > mostMarks) {
                result.append(contentsOf: escape(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        let category = scalar.properties.generalCategory
        return category == .nonspacingMark || category == .enclosingMark
    }

    /// Control characters, changes of direction, breaks of lines, and what is invisible; joiners and the
    /// selectors of emoji stay.
    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: return false
        case 0x200C, 0x200D, 0x034F, 0xFE00...0xFE0F, 0xE0100...0xE01EF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default: return scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}
