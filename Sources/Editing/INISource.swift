internal import Basics

/// INI as Python's `configparser` reads it: a value goes on in indented lines, and a comment has a line of its own.
///
/// A value of several lines is a list of them. Keys before the first section stand at the top level.
struct INISource: StructuredText {
    struct Entry {
        let key: String
        let keyRange: Range<Int>
        /// Behind the `=` or `:`; `nil` for a key without one.
        let delimiterEnd: Int?
        /// What stands on each line, without the first where it is empty.
        var lines: [Range<Int>]
        var isMultiline = false

        var end: Int { lines.last?.upperBound ?? delimiterEnd ?? keyRange.upperBound }
    }

    struct Section {
        /// `nil` for what stands before the first header.
        let name: String?
        let headerEnd: Int
        var entries: [Entry] = []
    }

    let bytes: [UInt8]
    let sections: [Section]
    let value: JSON

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        var parser = INIParser(bytes: bytes)
        sections = try parser.sections()
        self.bytes = bytes
        value = Self.value(of: sections, bytes)
    }

    private static func value(of sections: [Section], _ bytes: [UInt8]) -> JSON {
        var members: [JSON.Member] = []
        for section in sections {
            let entries = section.entries.map { entry -> JSON.Member in
                let lines = entry.lines.map { JSON.string(String(decoding: bytes[$0], as: UTF8.self)) }
                return JSON.Member(entry.key, entry.isMultiline ? .array(lines) : lines.first ?? "")
            }
            if let name = section.name {
                members.append(.init(name, .object(entries)))
            } else {
                members += entries
            }
        }
        return .object(members)
    }

    func representation(of value: JSON) throws(EditRefusal) -> JSON {
        if let elements = value.elements {
            var lines: [JSON] = []
            for element in elements { lines.append(try representation(of: element)) }
            return .array(lines)
        }
        let text = try value.lineText(format: "INI")
        return .string(text.trimmed)
    }

    func spelling(of path: ValuePath) throws(EditRefusal) -> ValuePath {
        let keys = path.steps.prefix { if case .key = $0 { true } else { false } }
        let names = ValuePath(Array(keys)).keys ?? []
        guard let last = names.last else { throw EditRefusal("'\(path)' names no key") }
        let outer = names.dropLast().joined(separator: ".")
        let entries = sections.filter { $0.name == (names.count == 1 ? nil : outer) }.flatMap(\.entries)
        let folded = entries.filter { $0.key.lowercased() == last.lowercased() }
        let isKnown = entries.contains { $0.key == last }
        let key = !isKnown && folded.count == 1 ? folded[0].key : last
        return ValuePath((names.count == 1 ? [] : [.key(outer)]) + [.key(key)] + path.steps[keys.count...])
    }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        let path = ValuePath(steps)
        let names = steps.prefix { if case .key = $0 { true } else { false } }
        guard names.count <= 2, steps.count - names.count <= 1, let keys = ValuePath(Array(names)).keys,
            let key = keys.last
        else { throw EditRefusal("'\(path)' does not lead to a key of a section") }
        let name = keys.count == 2 ? keys[0] : nil
        let found = sections.filter { $0.name == name }
        guard found.count <= 1 else { throw EditRefusal("the section '\(name ?? "")' stands twice") }
        guard let section = found.first else {
            return [[newSection(name ?? "", key, JSON.setting(value, at: steps.dropFirst(2), in: nil))]]
        }
        let entries = section.entries.filter { $0.key == key }
        guard entries.count <= 1 else {
            throw EditRefusal(
                "'\(path)' stands twice", at: SourcePosition(of: entries[1].keyRange.lowerBound, in: bytes))
        }
        guard let entry = entries.first else {
            return [[newEntry(key, JSON.setting(value, at: steps.dropFirst(names.count), in: nil), in: section)]]
        }
        if case .index(let index)? = steps.dropFirst(names.count).first {
            return [[lineEdit(of: entry, at: index, by: value.plainText)]]
        }
        return [[replacement(of: entry, by: value)]]
    }

    private var newLine: String { Lines.ending(of: bytes) }

    private func replacement(of entry: Entry, by value: JSON) -> ByteEdit {
        let start = entry.delimiterEnd ?? entry.keyRange.upperBound
        let mark = entry.delimiterEnd == nil ? " =" : ""
        if let elements = value.elements {
            let indent = entry.isMultiline ? lineIndent(of: entry) : "    "
            let lines = elements.map { newLine + indent + $0.plainText }
            return ByteEdit(start..<entry.end, mark + lines.joined())
        }
        guard !entry.isMultiline, let line = entry.lines.first, !line.isEmpty else {
            return ByteEdit(start..<entry.end, mark + " " + value.plainText)
        }
        return ByteEdit(line, value.plainText)
    }

    private func lineEdit(of entry: Entry, at index: Int, by text: String) -> ByteEdit {
        guard !entry.lines.indices.contains(index) else { return ByteEdit(entry.lines[index], text) }
        return ByteEdit(at: entry.end, inserting: newLine + lineIndent(of: entry) + text)
    }

    private func lineIndent(of entry: Entry) -> String {
        guard let last = entry.lines.last, last.lowerBound > Lines.end(of: entry.keyRange.upperBound, in: bytes)
        else {
            return "    "
        }
        return Lines.indentation(at: last.lowerBound, in: bytes)
    }

    private func text(_ key: String, _ value: JSON, like entry: Entry?) -> [String] {
        var equals = " ="
        if let entry, let end = entry.delimiterEnd {
            equals = String(decoding: bytes[entry.keyRange.upperBound..<end], as: UTF8.self)
        }
        if let elements = value.elements { return [key + equals] + elements.map { "    " + $0.plainText } }
        let isTight = entry.map { entry in entry.delimiterEnd == entry.lines.first?.lowerBound } ?? false
        return [key + equals + (isTight ? "" : " ") + value.plainText]
    }

    private func newEntry(_ key: String, _ value: JSON, in section: Section) -> ByteEdit {
        let lines = text(key, value, like: section.entries.last)
        guard let last = section.entries.last else {
            let place =
                section.name == nil
                ? bytes.textStart : Lines.next(after: section.headerEnd, in: bytes) ?? bytes.count
            let gap = section.name == nil && sections.count > 1 ? [""] : []
            return Lines.insertion(of: lines + gap, at: place, in: bytes)
        }
        let indent = Lines.indentation(at: last.keyRange.lowerBound, in: bytes)
        let place = Lines.next(after: last.end, in: bytes) ?? bytes.count
        return Lines.insertion(of: lines.map { indent + $0 }, at: place, in: bytes)
    }

    private func newSection(_ name: String, _ key: String, _ value: JSON) -> ByteEdit {
        let example = sections.last { !$0.entries.isEmpty }?.entries.last
        let lines = ["[\(name)]"] + text(key, value, like: example)
        let isEmpty = bytes.count == bytes.textStart
        return Lines.insertion(of: isEmpty ? lines : [""] + lines, at: bytes.count, in: bytes)
    }
}

extension JSON {
    /// A scalar on one line, for formats that know nothing else.
    func lineText(format: String) throws(EditRefusal) -> String {
        guard !isCollection, !isNull else { throw EditRefusal("\(format) has no \(isNull ? "null" : kindName)") }
        guard !plainText.contains(where: \.isNewline) else {
            throw EditRefusal("a value in \(format) stands on one line")
        }
        return plainText
    }
}

/// Takes INI apart, line by line.
private struct INIParser {
    private let bytes: [UInt8]
    private var found = [INISource.Section(name: nil, headerEnd: 0)]
    /// How far the current entry's key is indented; `nil` outside of entries.
    private var entryIndent: Int?

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func sections() throws(EditRefusal) -> [INISource.Section] {
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw EditRefusal(syntax: "not valid INI: the file is not UTF-8 text")
        }
        var position = bytes.textStart
        while position < bytes.count {
            try line(from: position, to: Lines.end(of: position, in: bytes))
            position = Lines.next(after: position, in: bytes) ?? bytes.count
        }
        return found
    }

    private mutating func line(from start: Int, to end: Int) throws(EditRefusal) {
        let content = trimmed(start..<end)
        guard let first = content.first.map({ bytes[$0] }) else { return }
        if "#;".utf8.contains(first) { return }
        let indent = content.lowerBound - start
        if let entryIndent, indent > entryIndent {
            let section = found.count - 1
            let entry = found[section].entries.count - 1
            if found[section].entries[entry].lines.first?.isEmpty == true {
                found[section].entries[entry].lines.removeFirst()
            }
            found[section].entries[entry].lines.append(content)
            found[section].entries[entry].isMultiline = true
        } else if first == UInt8(ascii: "[") {
            guard let close = bytes[content].lastIndex(of: UInt8(ascii: "]")), close > content.lowerBound + 1
            else {
                throw failure("a section without ']'", at: content.lowerBound)
            }
            let name = String(decoding: bytes[(content.lowerBound + 1)..<close], as: UTF8.self)
            found.append(.init(name: name, headerEnd: content.upperBound))
            entryIndent = nil
        } else {
            found[found.count - 1].entries.append(try entry(content))
            entryIndent = indent
        }
    }

    private func entry(_ content: Range<Int>) throws(EditRefusal) -> INISource.Entry {
        guard let delimiter = bytes[content].firstIndex(where: { "=:".utf8.contains($0) }) else {
            return INISource.Entry(key: text(content), keyRange: content, delimiterEnd: nil, lines: [])
        }
        let key = trimmed(content.lowerBound..<delimiter)
        guard !key.isEmpty else { throw failure("a value without a key", at: content.lowerBound) }
        let value = trimmed((delimiter + 1)..<content.upperBound)
        let line = value.isEmpty ? (delimiter + 1)..<(delimiter + 1) : value
        return INISource.Entry(key: text(key), keyRange: key, delimiterEnd: delimiter + 1, lines: [line])
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        let start = bytes[range].firstIndex { !Lines.isBlank($0) } ?? range.upperBound
        let end = bytes[start..<range.upperBound].lastIndex { !Lines.isBlank($0) }.map { $0 + 1 } ?? start
        return start..<end
    }

    private func failure(_ problem: String, at offset: Int) -> EditRefusal {
        EditRefusal(syntax: "not valid INI: \(problem)", at: SourcePosition(of: offset, in: bytes))
    }
}
