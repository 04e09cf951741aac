internal import Basics

/// Finds links, images, reference definitions and HTML anchors in text without code blocks.
struct MarkdownLinkScanner {
    private(set) var links: [MarkdownPage.Link] = []
    private(set) var anchors: [String] = []
    private static let longestDestination = 4096
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    /// How many `[` are open in this paragraph.
    private var depth = 0
    /// Where the next `>` is, once that was looked for.
    private var nextTagEnd = -1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func scan() {
        var startsLine = true
        while position < bytes.count, links.count < 100_000 {
            if startsLine { definition() }
            guard position < bytes.count else { return }
            let byte = bytes[position]
            startsLine = byte == 10
            switch byte {
            case 10:
                line += 1
                position += 1
                if isBlankLine { depth = 0 }
            case UInt8(ascii: "\\"): position += position + 1 < bytes.count && bytes[position + 1] == 10 ? 1 : 2
            case UInt8(ascii: "`"): skipCode()
            case UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "]"): closeBracket()
            case UInt8(ascii: "<"): tag()
            default: position += 1
            }
        }
    }

    private var isBlankLine: Bool {
        bytes[position...].first { $0 != 32 && $0 != 9 && $0 != 13 } == 10
    }

    /// A run of backquotes up to the next run of the same length, where there is one in this paragraph.
    private mutating func skipCode() {
        let length = bytes[position...].prefix { $0 == UInt8(ascii: "`") }.count
        let start = position + length
        var (index, breaks) = (start, 0)
        let limit = min(bytes.count, start + 64 << 10)
        while index < limit {
            if bytes[index] == UInt8(ascii: "`") {
                let run = bytes[index...].prefix { $0 == UInt8(ascii: "`") }.count
                if run == length {
                    (position, line) = (index + run, line + breaks)
                    return
                }
                index += run
                continue
            }
            if bytes[index] == 10 {
                breaks += 1
                if bytes[(index + 1)...].first(where: { $0 != 32 && $0 != 13 }) ?? 10 == 10 { break }
            }
            index += 1
        }
        position = start
    }

    private mutating func closeBracket() {
        position += 1
        guard depth > 0 else { return }
        depth -= 1
        guard position < bytes.count, bytes[position] == UInt8(ascii: "(") else { return }
        var index = position + 1
        while index < bytes.count, bytes[index] == 32 || bytes[index] == 10 || bytes[index] == 13 { index += 1 }
        guard let (text, end) = destination(from: index, stopsAtParenthesis: true) else { return }
        let rest = bytes[end...].first { $0 != 32 && $0 != 10 && $0 != 13 }
        guard
            rest == UInt8(ascii: ")") || rest == UInt8(ascii: "\"") || rest == UInt8(ascii: "'")
                || rest == UInt8(ascii: "(")
        else { return }
        links.append(MarkdownPage.Link(destination: text, line: line))
    }

    /// `[label]: destination "title"` at the start of a line.
    private mutating func definition() {
        var index = position
        while index < bytes.count, bytes[index] == 32 || bytes[index] == UInt8(ascii: ">") { index += 1 }
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "["), bytes[index + 1] != UInt8(ascii: "^")
        else {
            return
        }
        let lineEnd = bytes[index...].firstIndex(of: 10) ?? bytes.count
        guard let close = bytes[index..<lineEnd].firstIndex(of: UInt8(ascii: "]")), close > index + 1,
            close + 1 < lineEnd, bytes[close + 1] == UInt8(ascii: ":")
        else { return }
        var start = close + 2
        while start < lineEnd, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
        guard start < lineEnd, let (text, end) = destination(from: start, stopsAtParenthesis: false) else {
            return
        }
        let rest = bytes[min(end, lineEnd)..<lineEnd].drop { $0 == 32 || $0 == 9 || $0 == 13 }
        guard rest.first.map({ "\"'(".utf8.contains($0) }) ?? true else { return }
        links.append(MarkdownPage.Link(destination: text, line: line))
        position = lineEnd
    }

    private func destination(from start: Int, stopsAtParenthesis: Bool) -> (String, end: Int)? {
        guard start < bytes.count else { return nil }
        if bytes[start] == UInt8(ascii: "<") {
            let longest = bytes[start...].prefix(Self.longestDestination)
            guard let end = longest.firstIndex(where: { $0 == UInt8(ascii: ">") || $0 == 10 }),
                bytes[end] != 10
            else { return nil }
            return (String(decoding: bytes[(start + 1)..<end], as: UTF8.self), end + 1)
        }
        var (index, parentheses) = (start, 0)
        var text: [UInt8] = []
        loop: while index < bytes.count, index - start < Self.longestDestination {
            switch bytes[index] {
            case 0...32: break loop
            case UInt8(ascii: "("):
                parentheses += 1
                if parentheses > 32 { return nil }
            case UInt8(ascii: ")"):
                if parentheses == 0, stopsAtParenthesis { break loop }
                parentheses -= 1
            case UInt8(ascii: "\\"):
                // A backslash before a sign makes it plain.
                if index + 1 < bytes.count, bytes[index + 1] > 32, bytes[index + 1] < 127 { index += 1 }
            default: break
            }
            text.append(bytes[index])
            index += 1
        }
        return (String(decoding: text, as: UTF8.self), index)
    }

    // MARK: HTML

    /// The links and names in the attributes of a tag.
    private mutating func tag() {
        if nextTagEnd < position {
            nextTagEnd = bytes[position...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count
        }
        let end = nextTagEnd
        guard position + 1 < bytes.count, (97...122).contains(bytes[position + 1] | 0x20), end < bytes.count,
            end - position < 4096
        else {
            position += 1
            return
        }
        let text = String(decoding: bytes[position..<end], as: UTF8.self)
        let name = text.dropFirst().prefix { $0.isLetter || $0.isNumber }.lowercased()
        for (attribute, value) in Self.attributes(text) {
            switch (name, attribute) {
            case (_, "id"), ("a", "name"): anchors.append(value)
            case ("a", "href"), ("img", "src"): links.append(MarkdownPage.Link(destination: value, line: line))
            default: continue
            }
        }
        line += bytes[position..<end].count { $0 == 10 }
        position = end + 1
    }

    private static func attributes(_ tag: String) -> [(name: String, value: String)] {
        var found: [(String, String)] = []
        var rest = tag[...]
        while let sign = rest.firstIndex(of: "=") {
            let name = rest[..<sign].split(whereSeparator: \.isWhitespace).last?.lowercased() ?? ""
            rest = rest[rest.index(after: sign)...].drop(while: \.isWhitespace)
            guard let quote = rest.first, quote == "\"" || quote == "'" else { continue }
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: quote) else { break }
            found.append((name, String(rest[..<end])))
            rest = rest[end...].dropFirst()
        }
        return found
    }
}
