internal import Basics
internal import Secrets

/// Takes out what has no place in a text for people: controls, and marks that make text read other than it is.
enum TextCleaning {
    static func clean(_ text: String) -> String {
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\t", "\u{200C}", "\u{200D}": output.append(scalar)
            case "\r": continue
            case "\u{2028}", "\u{2029}", "\u{85}", "\u{B}", "\u{C}": output.append("\n")
            default:
                let category = scalar.properties.generalCategory
                // Tag characters of flags are the one use that format characters have in a picture.
                if category != .control && category != .format && category != .privateUse { output.append(scalar) }
            }
        }
        return withoutSecrets(String(output))
    }

    /// The text with everything that has the shape of a credential hidden.
    static func withoutSecrets(_ text: String) -> String {
        let bytes = Array(URLRedaction.redact(text).utf8)
        var output: [UInt8] = []
        var place = 0
        for finding in SecretScan.findings(in: bytes) where finding.range.lowerBound >= place {
            output += bytes[place..<finding.range.lowerBound] + Array(Secret("").description.utf8)
            place = finding.range.upperBound
        }
        return place == 0
            ? String(decoding: bytes, as: UTF8.self) : String(decoding: output + bytes[place...], as: UTF8.self)
    }

    /// The text on one line, words apart by one space.
    static func oneLine(_ text: String) -> String {
        clean(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// At most so many characters, with a mark where something was left out.
    static func shortened(_ text: String, to limit: Int) -> String {
        guard text.unicodeScalars.count > limit else { return text }
        var view = String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, limit - 1)))
        // Not between a letter and its accent, nor behind half a joined picture.
        while let last = view.last, last == "\u{200D}" || last.properties.generalCategory == .nonspacingMark {
            view.removeLast()
        }
        return String(view) + "…"
    }
}
