internal import Basics

/// A call of a name, perhaps with dots in it.
package struct PythonCall {
    /// `parser.add_argument` as its words.
    package let name: [String]
    /// Where the name begins.
    package let start: Int
    /// The bracket that opens the arguments.
    package let open: Int
}

package struct PythonArgument {
    package let label: String?
    package let value: Range<Int>
}

/// The imports of a Python file, and its calls.
package struct PythonCalls {
    package let source: PythonSource
    /// What each imported name is called where it comes from.
    package private(set) var imports: [String: String] = [:]

    package init(_ source: PythonSource) {
        self.source = source
        for number in source.lines.indices { readImport(source.range(ofLine: number)) }
    }

    private mutating func readImport(_ range: Range<Int>) {
        guard let first = range.first else { return }
        if source.isWord(first, "import") {
            for part in source.parts(first + 1..<range.upperBound) { imported(part, from: "") }
        } else if source.isWord(first, "from"),
            let middle = range.first(where: { source.isWord($0, "import") }), middle > first + 1
        {
            let module = (first + 1..<middle).map(source.text).joined()
            var names = middle + 1..<range.upperBound
            if source.isSign(middle + 1, "(") { names = source.inside(middle + 1) }
            for part in source.parts(names) { imported(part, from: module + ".") }
        }
    }

    /// `a.b`, `a.b as c` or a name of a module.
    private mutating func imported(_ part: Range<Int>, from module: String) {
        guard let first = part.first, source.isWord(first) else { return }
        if let alias = part.first(where: { source.isWord($0, "as") }) {
            imports[source.text(alias + 1)] = module + (first..<alias).map(source.text).joined()
        } else {
            imports[source.text(first)] = module + source.text(first)
        }
    }

    /// The name as the library knows it; `nil` for one that is not imported.
    package func qualified(_ name: [String]) -> String? {
        guard let first = name.first, let origin = imports[first] else { return nil }
        return ([origin] + name.dropFirst()).joined(separator: ".")
    }

    /// The calls whose names begin and end within a range, in order.
    package func calls(in range: Range<Int>) -> [PythonCall] {
        range.compactMap { place in
            guard source.isSign(place, "("), source.isWord(place - 1) else { return nil }
            var start = place - 1
            while source.isSign(start - 1, "."), source.isWord(start - 2), start - 2 >= range.lowerBound {
                start -= 2
            }
            // What is called on a call's result or an element has no name.
            guard !source.isSign(start - 1, ".") else { return nil }
            let name = stride(from: start, to: place, by: 2).map(source.text)
            return PythonCall(name: name, start: start, open: place)
        }
    }

    package func arguments(_ call: PythonCall) -> [PythonArgument] {
        source.parts(source.inside(call.open)).map { part in
            let first = part.lowerBound
            guard source.isWord(first), source.isSign(first + 1, "=") else {
                return PythonArgument(label: nil, value: part)
            }
            return PythonArgument(label: source.text(first), value: first + 2..<max(first + 2, part.upperBound))
        }
    }
}
