/// How many cells of a terminal a text takes.
package enum DisplayWidth {
    /// Where a text that is too wide loses its middle or its end.
    package enum Cut: Sendable { case end, middle }

    /// Blocks of Unicode whose letters take two cells; emoji are known by their property.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E, 0x3040...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D37F, 0x1F200...0x1F2FF,
        0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]

    package static func of(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The text, cut with an ellipsis where it is wider than allowed: behind a word, if one ends in the second half.
    package static func fitted(_ text: String, to width: Int, cut: Cut = .end) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        let units = units(text)
        if cut == .end {
            let start = beginning(units, width: width - 1).joined()
            let isWhole = text.dropFirst(start.count).first == " "
            let word = isWhole ? start.endIndex : start.lastIndex(of: " ")
            if let word, of(start[..<word]) * 2 >= width { return start[..<word] + "…" }
            return start + "…"
        }
        let tail = beginning(units.reversed(), width: (width - 1) / 2).reversed().joined()
        return beginning(units, width: width - 1 - of(tail)).joined() + "…" + tail
    }

    /// As many of them as fit.
    private static func beginning(_ units: [Substring], width: Int) -> [Substring] {
        var used = 0
        return Array(
            units.prefix { unit in
                used += of(unit)
                return used <= width
            })
    }

    /// The characters, and the escapes that stand in place of dangerous ones: half of one would say something else.
    private static func units(_ text: String) -> [Substring] {
        var (units, rest) = ([Substring](), text[...])
        while let first = rest.first {
            let count = first == "\\" ? escapeLength(rest) : 1
            units.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return units
    }

    private static func escapeLength(_ text: Substring) -> Int {
        let next = text.dropFirst()
        if let letter = next.first, "nrt".contains(letter) { return 2 }
        guard next.hasPrefix("u{"), let end = next.prefix(9).firstIndex(of: "}") else { return 1 }
        return text.distance(from: text.startIndex, to: end) + 1
    }

    private static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if scalars.count == 1 { return of(first) }
        if isRegionalIndicator(first) { return 2 }
        let isEmoji =
            first.properties.isEmoji && scalars.dropFirst().contains { $0.value == 0xFE0F || $0.value == 0x200D }
        return isEmoji ? 2 : scalars.reduce(0) { $0 + ($1.properties.isEmojiModifier ? 0 : of($1)) }
    }

    /// Whether a letter belongs to a script that is written from right to left.
    static func runsLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F1E6...0x1F1FF).contains(scalar.value)
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x7F: return 1
        case 0..<0xA0, 0x1160...0x11FF: return 0
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if isRegionalIndicator(scalar) { return 1 }
        return scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
    }

    private static func isWide(_ value: UInt32) -> Bool {
        guard value >= 0x1100 else { return false }
        var (low, high) = (0, wideRanges.count)
        while low < high {
            let middle = (low + high) / 2
            if wideRanges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < wideRanges.count && wideRanges[low].contains(value)
    }
}
