/// The anchors that GitHub gives to the headings of a page.
package struct HeadingSlugs {
    private(set) var anchors: Set<String> = []
    private var uses: [String: Int] = [:]

    /// Adds a heading; one whose slug is taken gets a number.
    package mutating func add(heading: String) {
        let slug = Self.slug(heading)
        var name = slug
        while uses[name] != nil {
            uses[slug, default: 0] += 1
            name = "\(slug)-\(uses[slug, default: 0])"
        }
        uses[name] = 0
        anchors.insert(name)
    }

    /// Adds an anchor that stands in the text itself.
    package mutating func add(anchor: some StringProtocol) { anchors.insert(anchor.lowercased()) }

    package func contains(_ fragment: String) -> Bool {
        let wanted = fragment.lowercased()
        if wanted.isEmpty || wanted == "top" || anchors.contains(wanted) { return true }
        return wanted.hasPrefix("user-content-") && anchors.contains(String(wanted.dropFirst(13)))
    }

    /// Lower case, without signs, with a hyphen for each space.
    static func slug(_ heading: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in plainText(heading).lowercased().unicodeScalars {
            if scalar == " " {
                result.append("-")
            } else if scalar == "-" || scalar == "_" || isKept(scalar) {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation:
            true
        default: false
        }
    }

    /// What a heading shows: the text of links and of code, without tags and emphasis.
    private static func plainText(_ heading: String) -> String {
        var result = ""
        var rest = heading[...]
        while let character = rest.popFirst() {
            switch character {
            case "`":
                let end = rest.firstIndex(of: "`") ?? rest.endIndex
                result += rest[..<end]
                rest = rest[end...].dropFirst()
            case "\\": if let escaped = rest.popFirst() { result.append(escaped) }
            case "!" where rest.first == "[": continue
            case "]" where rest.first == "(" || rest.first == "[":
                let close: Character = rest.first == "(" ? ")" : "]"
                guard let end = rest.firstIndex(of: close) else { continue }
                rest = rest[end...].dropFirst()
            case "<":
                let isTag = rest.first.map { $0.isLetter || $0 == "/" || $0 == "!" } ?? false
                guard isTag, let end = rest.firstIndex(of: ">") else { continue }
                rest = rest[end...].dropFirst()
            case "*": continue
            case "_":
                // Between letters it is part of a word, elsewhere emphasis.
                let isInWord =
                    (result.last.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false)
                    && (rest.first.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false)
                if isInWord { result.append("_") }
            default: result.append(character)
            }
        }
        return result
    }
}
