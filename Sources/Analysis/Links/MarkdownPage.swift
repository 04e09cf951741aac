internal import Basics

/// The links of a Markdown file, and the anchors that others can link to.
package struct MarkdownPage {
    package struct Link: Hashable {
        package let destination: String
        package let line: Int
    }

    package private(set) var links: [Link] = []
    package private(set) var slugs = HeadingSlugs()

    package init(_ bytes: [UInt8]) {
        let blocks = MarkdownBlocks(bytes)
        for heading in blocks.headings { addHeading(heading) }
        var scanner = MarkdownLinkScanner(blocks.text)
        scanner.scan()
        links = scanner.links
        for anchor in scanner.anchors { slugs.add(anchor: anchor) }
    }

    /// A heading, with the name that some generators take from `{#name}` behind it.
    private mutating func addHeading(_ heading: String) {
        slugs.add(heading: heading)
        guard heading.hasSuffix("}"), let open = heading.lastIndex(of: "{") else { return }
        for word in heading[open...].dropFirst().dropLast().split(separator: " ") where word.first == "#" {
            slugs.add(anchor: word.dropFirst())
        }
        slugs.add(heading: String(heading[..<open].reversed().drop(while: \.isWhitespace).reversed()))
    }
}

/// A Markdown file with everything blanked that is not text: code, comments, and what stands before the page.
struct MarkdownBlocks {
    private(set) var text: [UInt8]
    private(set) var headings: [String] = []

    private var fence: (byte: UInt8, length: Int)?
    private var isInComment = false
    private var isInList = false
    private var isInCode = false
    private var wasBlank = true
    /// The lines of the paragraph so far, which a line of `=` or `-` would make a heading.
    private var paragraph: [ArraySlice<UInt8>] = []

    init(_ bytes: [UInt8]) {
        text = bytes
        let front = Self.frontMatter(bytes)
        bytes.forEachLine { number, range in
            if number <= front { blank(range) } else { line(range, bytes) }
        }
    }

    /// How many lines of settings a site generator reads before the page.
    private static func frontMatter(_ bytes: [UInt8]) -> Int {
        guard bytes.starts(with: "---\n".utf8) || bytes.starts(with: "---\r\n".utf8) else { return 0 }
        var end = 0
        bytes.forEachLine { number, range in
            let line = bytes[range].prefix { $0 != 13 }
            if end == 0, number > 1, line.elementsEqual("---".utf8) || line.elementsEqual("...".utf8) {
                end = number
            }
        }
        return end
    }

    private mutating func line(_ range: Range<Int>, _ bytes: [UInt8]) {
        let line = bytes[range]
        let indent = line.prefix { $0 == 32 || $0 == 9 }.reduce(0) { $0 + ($1 == 9 ? 4 : 1) }
        let content = line.drop { $0 == 32 || $0 == 9 }
        if let open = fence {
            blank(range)
            let run = content.prefix { $0 == open.byte }.count
            if run >= open.length, content.dropFirst(run).allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) {
                fence = nil
            }
            return
        }
        if isInComment { return comment(range, bytes) }
        guard content.contains(where: { $0 != 13 }) else {
            (wasBlank, paragraph) = (true, [])
            return
        }
        if indent >= 4, !isInList, wasBlank || isInCode {
            isInCode = true
            return blank(range)
        }
        isInCode = false
        if let opened = Self.fence(content) {
            fence = opened
            (wasBlank, paragraph) = (false, [])
            return blank(range)
        }
        isInList = Self.isListItem(content) || (isInList && (indent > 0 || !wasBlank))
        heading(content)
        wasBlank = false
        comment(range, bytes)
    }

    /// Blanks the comments of a line.
    private mutating func comment(_ range: Range<Int>, _ bytes: [UInt8]) {
        var position = range.lowerBound
        while position < range.upperBound {
            let line = bytes[position..<range.upperBound]
            if isInComment {
                let end = line.firstIndex(of: Self.commentEnd).map { $0 + 3 }
                blank(position..<(end ?? range.upperBound))
                guard let end else { return }
                (isInComment, position) = (false, end)
            } else {
                guard let open = line.firstIndex(of: Self.commentStart) else { return }
                (isInComment, position) = (true, open)
            }
        }
    }

    private static let commentStart = Array("<!--".utf8)
    private static let commentEnd = Array("-->".utf8)

    private mutating func heading(_ content: ArraySlice<UInt8>) {
        let line = content.last == 13 ? content.dropLast() : content
        let marks = line.prefix { $0 == UInt8(ascii: "#") }.count
        let rest = line.dropFirst(marks)
        if (1...6).contains(marks), rest.first.map({ $0 == 32 || $0 == 9 }) ?? true {
            headings.append(Self.title(rest))
            paragraph = []
        } else if !paragraph.isEmpty, let mark = line.first,
            mark == UInt8(ascii: "=") || mark == UInt8(ascii: "-"),
            line.allSatisfy({ $0 == mark || $0 == 32 })
        {
            headings.append(
                paragraph.map { String(decoding: $0, as: UTF8.self).trimmed }.joined(separator: " "))
            paragraph = []
        } else if paragraph.count < 20 {
            paragraph.append(line)
        }
    }

    /// The text of a heading, without the marks that may close it.
    private static func title(_ bytes: ArraySlice<UInt8>) -> String {
        let title = String(decoding: bytes, as: UTF8.self).trimmed
        let closing = title.reversed().prefix { $0 == "#" }.count
        guard closing > 0, closing == title.count || title.dropLast(closing).last == " " else { return title }
        return String(title.dropLast(closing)).trimmed
    }

    private mutating func blank(_ range: Range<Int>) {
        for place in range { text[place] = UInt8(ascii: " ") }
    }

    private static func fence(_ content: ArraySlice<UInt8>) -> (byte: UInt8, length: Int)? {
        // A fence can also begin right behind the mark of a list item.
        let content = isListItem(content) ? content.drop { $0 != 32 && $0 != 9 }.drop { $0 == 32 } : content
        guard let byte = content.first, byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") else { return nil }
        let length = content.prefix { $0 == byte }.count
        guard length >= 3, byte != UInt8(ascii: "`") || !content.dropFirst(length).contains(byte) else {
            return nil
        }
        return (byte, length)
    }

    private static func isListItem(_ content: ArraySlice<UInt8>) -> Bool {
        guard let first = content.first else { return false }
        let isSpaced = { (rest: ArraySlice<UInt8>) in rest.first.map { $0 == 32 || $0 == 9 } ?? true }
        if "-*+".utf8.contains(first) { return isSpaced(content.dropFirst()) }
        let digits = content.prefix { (48...57).contains($0) }
        guard (1...9).contains(digits.count), let mark = content.dropFirst(digits.count).first else {
            return false
        }
        return (mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")"))
            && isSpaced(content.dropFirst(digits.count + 1))
    }
}
