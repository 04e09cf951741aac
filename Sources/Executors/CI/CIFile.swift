internal import Basics
package import Editing
internal import Paths
package import YAML

/// A file that defines CI, while it is edited.
struct CIFile {
    let path: RepoPath
    private(set) var bytes: [UInt8]
    private(set) var value: JSON
    /// What was changed, one line a fact.
    private(set) var changes: [String] = []
    /// What only a person can change.
    private(set) var left: [String] = []

    init(_ path: RepoPath, _ bytes: [UInt8]) throws(EditRefusal) {
        (self.path, self.bytes, value) = (path, bytes, try FileFormat.yaml.value(of: bytes))
        guard value.members != nil else { throw EditRefusal(syntax: "it is no mapping of keys") }
    }

    mutating func leave(_ reason: String) { left.append("\(path): \(reason)") }

    /// Sets a value; what it was before is told.
    mutating func set(_ steps: [ValuePath.Step], to wanted: JSON) throws(EditRefusal) {
        let before = value.value(at: steps[...])
        guard before?.unordered != wanted.unordered else { return }
        try replaceAll(try FileFormat.yaml.setting(ValuePath(steps), to: wanted, in: bytes))
        note(steps, before, wanted)
    }

    /// Sets a member; a new one stands before a sibling, where people look for it.
    mutating func set(
        _ key: String, in mapping: [ValuePath.Step], to wanted: JSON, before sibling: String
    ) throws(EditRefusal) {
        let steps = mapping + [.key(key)]
        guard value.value(at: steps[...]) == nil, let edit = insertion(of: key, wanted, mapping, before: sibling)
        else {
            return try set(steps, to: wanted)
        }
        let result = ByteEdit.apply([edit], to: bytes)
        let expected = JSON.setting(wanted, at: steps[...], in: value)
        guard let read = try? FileFormat.yaml.value(of: result), read.unordered == expected.unordered else {
            return try set(steps, to: wanted)
        }
        (bytes, value) = (result, read)
        note(steps, nil, wanted)
    }

    private func insertion(
        of key: String, _ wanted: JSON, _ mapping: [ValuePath.Step], before sibling: String
    ) -> ByteEdit? {
        guard let root = (try? YAML.parse(bytes))?.first?.root, let node = root.node(at: mapping[...]),
            !node.isFlow,
            let entry = node.entries?.first(where: { $0.key.scalar?.text == sibling })
        else { return nil }
        var place = Lines.start(of: entry.key.span.start.offset, in: bytes)
        // Comments right above belong to what they stand above.
        while place > 0 {
            let above = Lines.start(of: place - 1, in: bytes)
            let text = bytes[above..<place].drop(while: Lines.isBlank)
            guard text.first == UInt8(ascii: "#"), above < place else { break }
            place = above
        }
        guard place > 0 || mapping.isEmpty else { return nil }
        var lines = YAMLFormatter(root: root).lines(of: .object([.init(key, wanted)]), indent: node.indent)
        // Sections stand as far from each other as they did.
        if mapping.isEmpty, place > 0, Lines.isEmpty(before: place, in: bytes) { lines.append("") }
        return Lines.insertion(of: lines, at: place, in: bytes)
    }

    /// Exchanges a scalar for another one, with a tag as the comment behind it.
    ///
    /// `shown` is how the value before and the new one are told.
    mutating func replaceScalar(
        at steps: [ValuePath.Step], with text: String, tag: String?, shown: (before: String, after: String)
    ) throws(EditRefusal) {
        guard let node = (try? YAML.parse(bytes))?.first?.root?.node(at: steps[...]), let scalar = node.scalar,
            node.aliasSpan == nil, scalar.style != .literal, scalar.style != .folded
        else { throw EditRefusal("'\(ValuePath(steps))' is written in a way that only a person can change") }
        var range = node.span.byteRange
        if scalar.style != .plain { range = (range.lowerBound + 1)..<(range.upperBound - 1) }
        var edits = scalar.text == text ? [] : [ByteEdit(range, text)]
        if let tag { edits += TagComment.edits(setting: tag, behind: node.span.byteRange.upperBound, in: bytes) }
        guard !edits.isEmpty else { return }
        let result = ByteEdit.apply(edits, to: bytes)
        let expected = JSON.setting(.string(text), at: steps[...], in: value)
        guard let read = try? FileFormat.yaml.value(of: result), read == expected else {
            throw EditRefusal("the layout around '\(ValuePath(steps))' leaves no safe place to write it")
        }
        (bytes, value) = (result, read)
        note(steps, .string(shown.before), .string(shown.after))
    }

    private mutating func replaceAll(_ result: [UInt8]) throws(EditRefusal) {
        value = try FileFormat.yaml.value(of: result)
        bytes = result
    }

    private mutating func note(_ steps: [ValuePath.Step], _ before: JSON?, _ after: JSON) {
        let old = before.map { $0.plainText + " → " } ?? ""
        changes.append("\(path): \(ValuePath(steps)) \(old)\(after.plainText)")
    }
}

extension YAMLNode {
    package func node(at steps: ArraySlice<ValuePath.Step>) -> YAMLNode? {
        guard let step = steps.first else { return self }
        switch step {
        case .key(let key): return self[key]?.node(at: steps.dropFirst())
        case .index(let index):
            guard let items, items.indices.contains(index) else { return nil }
            return items[index].node(at: steps.dropFirst())
        case .element: return nil
        }
    }
}

/// The comment that says which tag a commit is.
enum TagComment {
    /// The tag in the comment behind a value; `nil` where there is none.
    static func tag(behind place: Int, in bytes: [UInt8]) -> String? {
        word(behind: place, in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// A tag in the comment becomes the new one; without one it is written first, and what stood there stays.
    static func edits(setting tag: String, behind place: Int, in bytes: [UInt8]) -> [ByteEdit] {
        if let word = word(behind: place, in: bytes) {
            return bytes[word].elementsEqual(tag.utf8) ? [] : [ByteEdit(word, tag)]
        }
        return [ByteEdit(at: place, inserting: " # \(tag)")]
    }

    private static func word(behind place: Int, in bytes: [UInt8]) -> Range<Int>? {
        guard place < bytes.count else { return nil }
        let line = place..<max(place, Lines.end(of: place, in: bytes))
        guard let hash = bytes[line].firstIndex(of: UInt8(ascii: "#")), hash > place,
            bytes[place..<hash].allSatisfy(Lines.isBlank)
        else { return nil }
        for word in bytes[(hash + 1)..<line.upperBound].split(whereSeparator: Lines.isBlank) {
            let text = String(decoding: word, as: UTF8.self)
            let digits = text.first == "v" ? text.dropFirst() : text[...]
            let isTag =
                digits.first?.isNumber == true
                && digits.allSatisfy {
                    $0.isASCII && ($0.isLetter || $0.isNumber || ".+-".contains($0))
                }
            if isTag { return word.startIndex..<word.endIndex }
        }
        return nil
    }
}
