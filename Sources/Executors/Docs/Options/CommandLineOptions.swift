internal import Analysis
internal import Basics
internal import Paths

/// The options that a program declares, read by what reads the library's own calls.
///
/// A file that imports no library that is known has none, and what the file itself does not say is left out.
enum CommandLineOptions {
    static func found(in text: String, of path: RepoPath) -> [CommandOption] {
        let bytes = Array(text.utf8)
        let found: [CommandOption] =
            switch language(of: path, text) {
            case .python: python(bytes)
            case .go: GoFlagOptions.found(in: CodeTokens(bytes, .go))
            case .rust: ClapOptions.found(in: CodeTokens(bytes, .rust))
            case .script: ScriptOptions.found(in: CodeTokens(bytes, .script))
            case .other: []
            case .text: UsageText.options(in: text)
            }
        return Array(found.prefix(CommandOption.limit))
    }

    private enum Language { case python, go, rust, script, other, text }

    private static func language(of path: RepoPath, _ text: String) -> Language {
        switch path.loweredExtension {
        case "py", "pyi": return .python
        case "go": return .go
        case "rs": return .rust
        case "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts": return .script
        case "sh", "bash", "zsh", "txt", "usage", "help", "md", "": break
        default: return .other
        }
        let first = text.prefix(200).prefix { !$0.isNewline }
        guard first.hasPrefix("#!") else { return .text }
        return first.contains("python") ? .python : first.contains("node") ? .script : .text
    }

    private static func python(_ bytes: [UInt8]) -> [CommandOption] {
        guard let source = PythonSource(bytes) else { return [] }
        let calls = PythonCalls(source)
        guard !calls.imports.isEmpty else { return [] }
        let values = PythonValues(source)
        var found = ArgparseOptions(calls, values).found
        found += ClickOptions.found(in: calls, values)
        found += TyperOptions(calls, values).found
        return found.sorted { $0.place < $1.place }.map(\.option)
    }
}
