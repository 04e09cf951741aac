internal import Basics
internal import Pages

/// Text that a program wrote for a terminal: its colours become classes, and all else that a terminal obeys is left out.
struct TerminalText {
    private static let escape = UInt8(ascii: "\u{1B}")
    /// A command to a terminal that is longer is none.
    private static let longest = 4096
    private static let colors = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

    private var color: String?
    private var isBold = false

    /// The lines as markup; a colour goes on until another one follows.
    ///
    /// What `words` holds is marked.
    mutating func markup(_ bytes: [UInt8], marking words: [UInt8] = []) -> Markup {
        var markup = Markup()
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            markup += self.line(Array(line), words) + "\n"
        }
        return markup
    }

    private mutating func line(_ bytes: [UInt8], _ words: [UInt8]) -> Markup {
        var markup = Markup()
        var (start, place) = (0, 0)
        while place < bytes.count {
            guard bytes[place] == Self.escape else {
                place += 1
                continue
            }
            markup += piece(bytes[start..<place], words)
            place = obey(bytes, place)
            start = place
        }
        return markup + piece(bytes[start...], words)
    }

    /// One piece in its colour; a line that was written over shows what stood there last.
    private func piece(_ bytes: ArraySlice<UInt8>, _ words: [UInt8]) -> Markup {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        if let last = bytes.lastIndex(of: UInt8(ascii: "\r")) { bytes = bytes[(last + 1)...] }
        guard !bytes.isEmpty else { return Markup() }
        let text = Self.marked(Array(bytes), words)
        let classes = [color.map { "ansi-" + $0 }, isBold ? "ansi-bold" : nil].compactMap(\.self)
        return classes.isEmpty ? text : "<span class=\"\(classes.joined(separator: " "))\">\(text)</span>"
    }

    private static func marked(_ bytes: [UInt8], _ words: [UInt8]) -> Markup {
        guard !words.isEmpty else { return "\(String(decoding: bytes, as: UTF8.self))" }
        var (markup, start) = (Markup(), 0)
        while let found = LogSearch.first(words, in: bytes, from: start) {
            markup += "\(String(decoding: bytes[start..<found], as: UTF8.self))"
            start = found + words.count
            markup += "<mark>\(String(decoding: bytes[found..<start], as: UTF8.self))</mark>"
        }
        return markup + "\(String(decoding: bytes[start...], as: UTF8.self))"
    }

    /// Takes a command to the terminal, and returns where the text goes on.
    private mutating func obey(_ bytes: [UInt8], _ start: Int) -> Int {
        let limit = min(bytes.count, start + Self.longest)
        guard start + 1 < limit else { return start + 1 }
        switch bytes[start + 1] {
        case UInt8(ascii: "["):
            var end = start + 2
            while end < limit, !(0x40...0x7E).contains(bytes[end]) { end += 1 }
            guard end < limit else { return limit }
            if bytes[end] == UInt8(ascii: "m") { style(bytes[(start + 2)..<end]) }
            return end + 1
        case UInt8(ascii: "]"):
            var end = start + 2
            while end < limit, bytes[end] != 7, bytes[end] != Self.escape { end += 1 }
            guard end < limit else { return limit }
            return bytes[end] == 7 ? end + 1 : min(limit, end + 2)
        default: return start + 2
        }
    }

    private mutating func style(_ text: ArraySlice<UInt8>) {
        let numbers = text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
            Int(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        var rest = numbers[...]
        while let number = rest.popFirst() {
            switch number {
            case 0: (color, isBold) = (nil, false)
            case 1: isBold = true
            case 22: isBold = false
            case 30...37: color = Self.colors[number - 30]
            case 90...97: color = Self.colors[number - 90]
            case 39: color = nil
            // One of many colours, as a ground or for the text: its numbers follow, and none of them is a style.
            case 38, 48: rest = rest.dropFirst(rest.first == 5 ? 2 : rest.first == 2 ? 4 : 0)
            default: break
            }
        }
    }
}
