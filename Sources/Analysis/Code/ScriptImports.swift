internal import Basics

/// The modules that a file of JavaScript or TypeScript imports, by `import` or by `require`.
package struct ScriptImports {
    package struct Import {
        package let module: String
        /// The names that the file calls what it imports.
        package let names: Set<String>
        /// Behind the statement, with its semicolon.
        package let end: Int
    }

    package private(set) var all: [Import] = []
    /// Whether the file is a module that imports, or one that requires; `nil` where it does neither.
    package private(set) var isModule: Bool?
    private let code: CodeTokens

    package init(_ code: CodeTokens) {
        self.code = code
        for place in 0..<code.count where code.isString(place) {
            guard code.tokens[place].end - code.tokens[place].start < 200 else { continue }
            let isCall = code.isSign(place - 1, "(")
            let word = isCall ? place - 2 : place - 1
            guard ["from", "import", "require"].contains(code.text(word)), let module = code.literal(place) else {
                continue
            }
            add(module, at: place, word, isCall: isCall)
            if isModule != true { isModule = !isCall }
        }
    }

    private mutating func add(_ module: String, at place: Int, _ word: Int, isCall: Bool) {
        // Back to the word that begins the statement.
        var start = word
        let beginnings: Set<String> = ["import", "const", "let", "var", "export"]
        while start > 0, word - start < 400, !beginnings.contains(code.text(start)), !code.isSign(start - 1, ";") {
            start -= 1
        }
        var names: Set<String> = []
        for inner in start..<word where code.isWord(inner) {
            let isRenamed = code.isWord(inner + 1, "as") || code.isSign(inner + 1, ":")
            if !isRenamed, !Self.words.contains(code.text(inner)) { names.insert(code.text(inner)) }
        }
        var last = isCall ? place + 1 : place
        if code.isSign(last + 1, ";") { last += 1 }
        all.append(Import(module: module, names: names, end: code.tokens[min(last, code.count - 1)].end))
    }

    private static let words: Set<String> = [
        "import", "const", "let", "var", "export", "as", "from", "type", "require",
    ]

    package func has(_ modules: Set<String>) -> Bool { all.contains { modules.contains($0.module) } }

    /// The names that come from a module.
    package func names(from module: String) -> Set<String> {
        all.filter { $0.module == module }.reduce(into: []) { $0.formUnion($1.names) }
    }
}
