package import Basics

/// A file of keys and values that was read with the places of everything in it.
protocol StructuredText {
    init(_ bytes: [UInt8]) throws(EditRefusal)

    /// Everything that the file says.
    var value: JSON { get }

    /// The value as this format would say it when it is read again.
    func representation(of value: JSON) throws(EditRefusal) -> JSON

    /// The path as this format understands it: where `a.b.c` is one key, or a section and a key.
    func spelling(of path: ValuePath) throws(EditRefusal) -> ValuePath

    /// Ways to write the value at resolved steps, the best one first.
    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]]
}

extension StructuredText {
    func representation(of value: JSON) throws(EditRefusal) -> JSON { value }

    func spelling(of path: ValuePath) throws(EditRefusal) -> ValuePath { path }
}

/// A value that a file is to have at a path.
package struct Assignment: Sendable {
    package let path: ValuePath
    package let value: JSON

    package init(_ path: ValuePath, _ value: JSON) { (self.path, self.value) = (path, value) }
}

/// Changes values and nothing else: each result is read again and compared with what was asked for.
struct StructuredEditor<Text: StructuredText> {
    private(set) var bytes: [UInt8]
    private(set) var text: Text
    /// How often a text was read.
    private(set) var reads = 1

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        (self.bytes, text) = (bytes, try Text(bytes))
    }

    func value(at path: ValuePath) throws(EditRefusal) -> JSON? {
        text.value.value(at: try text.value.resolve(try text.spelling(of: path))[...])
    }

    mutating func set(_ path: ValuePath, to wanted: JSON) throws(EditRefusal) {
        let wanted = try text.representation(of: wanted)
        let path = try text.spelling(of: path)
        if try isRenamed(path, to: wanted) { return }
        try set(try text.value.resolve(path), to: wanted, depth: 0)
    }

    /// Whether `[name=Old].name` was set before, so that its element now goes by the new name.
    private func isRenamed(_ path: ValuePath, to wanted: JSON) throws(EditRefusal) -> Bool {
        guard case .key(let key)? = path.steps.last, case .element(key, _)? = path.steps.dropLast().last,
            (try? text.value.resolve(path)) == nil
        else { return false }
        let renamed = path.steps.dropLast(2) + [.element(where: key, is: wanted.plainText), .key(key)]
        guard let steps = try? text.value.resolve(ValuePath(Array(renamed))) else { return false }
        return text.value.value(at: steps[...]) == wanted
    }

    /// Collections that keep what they hold are changed member by member, so that nothing else moves.
    private mutating func set(_ steps: [ValuePath.Step], to wanted: JSON, depth: Int) throws(EditRefusal) {
        let current = text.value.value(at: steps[...])
        if current?.unordered == wanted.unordered { return }
        switch (current, wanted) {
        case (.object(let old), .object(let new))
        where !old.isEmpty && depth < 50 && Set(old.map(\.name)).isSubset(of: new.map(\.name)):
            for member in new { try set(steps + [.key(member.name)], to: member.value, depth: depth + 1) }
        case (.array(let old), .array(let new)) where !old.isEmpty && depth < 50 && old.count <= new.count:
            for (index, element) in new.enumerated() {
                try set(steps + [.index(index)], to: element, depth: depth + 1)
            }
        default: try write(wanted, at: steps)
        }
    }

    private mutating func write(_ wanted: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) {
        let expected = JSON.setting(wanted, at: steps[...], in: text.value)
        for candidate in try text.edits(setting: wanted, at: steps) {
            let result = ByteEdit.apply(candidate, to: bytes)
            reads += 1
            guard let read = try? Text(result),
                read.value == expected || read.value.unordered == expected.unordered
            else { continue }
            (bytes, text) = (result, read)
            return
        }
        throw EditRefusal(
            "the layout around '\(ValuePath(steps))' leaves no safe place to write it",
            hint: "change this file by hand or with 'replace'")
    }
}
