internal import Basics
internal import Editing
internal import YAML

extension YAMLNode {
    func node(at steps: ArraySlice<ValuePath.Step>) -> YAMLNode? {
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
