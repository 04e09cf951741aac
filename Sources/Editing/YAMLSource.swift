package import Basics
package import YAML

/// YAML in block or flow style; a file of several documents is a list of them.
struct YAMLSource: StructuredText {
    let bytes: [UInt8]
    let documents: [YAMLDocument]
    let value: JSON

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        self.bytes = bytes
        do throws(YAMLError) { documents = try YAML.parse(bytes) } catch {
            throw EditRefusal(syntax: error.message, at: error.span.start, hint: error.hint)
        }
        value =
            documents.count > 1
            ? .array(documents.map { $0.root?.plainValue ?? .null }) : documents.first?.root?.plainValue ?? .null
    }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        var rest = steps[...]
        var document = documents.first
        if documents.count > 1 {
            guard case .index(let index) = rest.popFirst(), documents.indices.contains(index), !rest.isEmpty else {
                throw EditRefusal(
                    "the file has \(documents.count) documents",
                    hint: "begin the key with one of them, as in [0].key or [kind=Deployment].key")
            }
            document = documents[index]
        }
        guard let root = document?.root else {
            return [newDocument(saying: JSON.setting(value, at: rest, in: nil))]
        }
        return try YAMLWriter(bytes: bytes, root: root).edits(setting: value, at: rest)
    }

    /// The content of a file that has only comments, or nothing.
    private func newDocument(saying value: JSON) -> [ByteEdit] {
        let lines = YAMLFormatter(root: nil).lines(of: value, indent: 0)
        return [Lines.insertion(of: lines, at: bytes.count, in: bytes)]
    }
}

extension YAMLNode {
    /// What the node says, aliases followed and merge keys left as they are.
    package var plainValue: JSON {
        guard let tag, scalar == nil || !["!", "?"].contains(tag) else { return untaggedValue }
        return .object([.init("tag", .string(tag)), .init("value", untaggedValue)])
    }

    private var untaggedValue: JSON {
        switch content {
        case .sequence(let items): return .array(items.map(\.plainValue))
        case .mapping(let entries):
            return .object(
                entries.map { .init($0.key.scalar?.text ?? $0.key.plainValue.text(), $0.value.plainValue) })
        case .scalar(let scalar):
            switch value {
            case .null, nil: return .null
            case .bool(let flag): return .bool(flag)
            case .integer(let number): return .integer(number)
            case .float(let number): return number.isNaN ? .string(scalar.text) : .double(number)
            case .string(let text): return .string(text)
            }
        }
    }

    /// Where each item, or entry with its key, stands.
    var elementRanges: [Range<Int>] {
        switch content {
        case .scalar: []
        case .sequence(let items): items.map(\.place.byteRange)
        case .mapping(let entries):
            entries.map { entry in
                let start = entry.key.place.start.offset
                return start..<max(start, entry.key.place.end.offset, entry.value.place.end.offset)
            }
        }
    }

    var isBlockCollection: Bool { scalar == nil && !isFlow }

    /// The column of the first byte, counted from 0.
    package var indent: Int { span.start.column - 1 }
}
