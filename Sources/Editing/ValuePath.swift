package import Basics

/// The way to a value in a structured file, such as `jobs.build.steps[name=Test].uses`.
///
/// Keys are separated by dots; a key with a dot or bracket stands in quotes. `[2]` is an element of a list,
/// `[-1]` its last, `[name=Test]` the one element whose member `name` is `Test`.
package struct ValuePath: Hashable, Sendable, CustomStringConvertible {
    package enum Step: Hashable, Sendable {
        case key(String)
        case index(Int)
        /// The one element of a list whose member has that text.
        case element(where: String, is: String)
    }

    package let steps: [Step]

    package init(_ steps: [Step]) { self.steps = steps }

    package init(_ text: String) throws(EditRefusal) {
        var reader = ValuePathReader(text)
        steps = try reader.steps()
    }

    /// A path as a task writes it: a text, or a list of keys and indexes that are taken as they stand.
    package init(_ value: JSON) throws(EditRefusal) {
        if let text = value.string {
            try self.init(text)
            return
        }
        let steps: [Step] = (value.elements ?? []).compactMap { element in
            element.string.map(Step.key) ?? element.integer.map(Step.index)
        }
        guard !steps.isEmpty, steps.count == value.elements?.count else {
            throw EditRefusal("a key is a text such as a.b[0].c, or a list of keys and indexes")
        }
        self.init(steps)
    }

    package func appending(_ step: Step) -> ValuePath { ValuePath(steps + [step]) }

    package var description: String { Self.text(of: steps[...]) }

    package static func text(of steps: ArraySlice<Step>) -> String {
        var text = ""
        for step in steps {
            switch step {
            case .key(let key):
                let isPlain = !key.isEmpty && !key.contains { ".[]\"'".contains($0) }
                text += (text.isEmpty ? "" : ".") + (isPlain ? key : "\"\(key)\"")
            case .index(let index): text += "[\(index)]"
            case .element(let key, let value): text += "[\(key)=\(value)]"
            }
        }
        return text
    }

    /// The keys of a path that has nothing else, for formats that know no lists.
    package var keys: [String]? {
        var keys: [String] = []
        for step in steps {
            guard case .key(let key) = step else { return nil }
            keys.append(key)
        }
        return keys
    }
}

/// Takes the text of a path apart.
private struct ValuePathReader {
    private let text: [Character]
    private var position = 0

    init(_ text: String) { self.text = Array(text) }

    mutating func steps() throws(EditRefusal) -> [ValuePath.Step] {
        var steps: [ValuePath.Step] = []
        while position < text.count {
            if text[position] == "[" {
                steps.append(try bracket())
                if position < text.count, text[position] != "[", text[position] != "." { throw failure() }
            } else {
                if !steps.isEmpty, !take(".") { throw failure() }
                steps.append(.key(try key()))
            }
        }
        guard !steps.isEmpty, steps.count <= 100 else { throw failure() }
        return steps
    }

    private func failure() -> EditRefusal {
        EditRefusal(
            "'\(String(text.prefix(200)))' is no key path",
            hint: "write it as a.b[0].c, keys with dots in quotes: a.\"b.c\", or as a list: [a, b.c]")
    }

    private mutating func take(_ character: Character) -> Bool {
        guard position < text.count, text[position] == character else { return false }
        position += 1
        return true
    }

    private mutating func key() throws(EditRefusal) -> String {
        if let quoted = try quoted() { return quoted }
        let start = position
        while position < text.count, text[position] != ".", text[position] != "[" { position += 1 }
        guard position > start else { throw failure() }
        return String(text[start..<position])
    }

    private mutating func quoted() throws(EditRefusal) -> String? {
        guard position < text.count, text[position] == "\"" || text[position] == "'" else { return nil }
        guard let end = text[(position + 1)...].firstIndex(of: text[position]) else { throw failure() }
        defer { position = end + 1 }
        return String(text[(position + 1)..<end])
    }

    /// `[2]`, `["a key"]`, `[name=value]` or `[name="a value"]`.
    private mutating func bracket() throws(EditRefusal) -> ValuePath.Step {
        position += 1
        if let quoted = try quoted() {
            guard take("]") else { throw failure() }
            return .key(quoted)
        }
        let start = position
        while position < text.count, text[position] != "]", text[position] != "=" { position += 1 }
        let name = String(text[start..<position])
        if take("=") {
            let isQuoted = position < text.count && (text[position] == "\"" || text[position] == "'")
            let value = isQuoted ? try quoted() ?? "" : rest()
            guard take("]"), !name.isEmpty else { throw failure() }
            return .element(where: name, is: value)
        }
        guard take("]"), let index = Int(name) else { throw failure() }
        return .index(index)
    }

    private mutating func rest() -> String {
        let start = position
        while position < text.count, text[position] != "]" { position += 1 }
        return String(text[start..<position])
    }
}
