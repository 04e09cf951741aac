internal import Basics

/// How a kind of file writes a comment that stands on a line of its own.
package struct CommentStyle: Hashable {
    let opening: String
    package let closing: String

    package static let hash = CommentStyle(opening: "#", closing: "")
    static let slashes = CommentStyle(opening: "//", closing: "")
    package static let markup = CommentStyle(opening: "<!--", closing: "-->")
    package static let block = CommentStyle(opening: "/*", closing: "*/")
    static let dashes = CommentStyle(opening: "--", closing: "")
    static let semicolon = CommentStyle(opening: ";", closing: "")
    static let percent = CommentStyle(opening: "%", closing: "")

    /// The style of a file by its name; `nil` where it says nothing, or where the format has no comments.
    package static func of(fileName: String) -> CommentStyle? {
        let name = fileName.lowercased()
        if let style = names[name] { return style }
        if name.hasPrefix(".env") || name.hasPrefix("dockerfile") || name.hasPrefix("makefile") { return .hash }
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let ending = String(name[name.index(after: dot)...])
        return byEnding.first { $0.endings.contains(ending) }?.style
    }

    /// A style as a task writes it: what opens a comment, and what closes it where something does.
    package init?(_ text: String) {
        let words = text.split(separator: " ")
        guard let opening = words.first, words.count <= 2, text.utf8.count <= 20 else { return nil }
        self.init(opening: String(opening), closing: words.count == 2 ? String(words[1]) : "")
    }

    private init(opening: String, closing: String) { (self.opening, self.closing) = (opening, closing) }

    package func line(_ text: String) -> String {
        closing.isEmpty ? "\(opening) \(text)" : "\(opening) \(text) \(closing)"
    }

    private static let names: [String: CommentStyle] = [
        "gemfile": .hash, "rakefile": .hash, "procfile": .hash, "codeowners": .hash, "containerfile": .hash,
        ".gitignore": .hash, ".gitattributes": .hash, ".dockerignore": .hash, ".npmrc": .hash,
        ".editorconfig": .hash,
        ".tool-versions": .hash, "go.mod": .slashes, "jenkinsfile": .slashes, "podfile": .hash, "justfile": .hash,
        "cmakelists.txt": .hash, "requirements.txt": .hash, "constraints.txt": .hash, ".bashrc": .hash,
    ]

    private static let byEnding: [(style: CommentStyle, endings: Set<String>)] = [
        (
            .hash,
            [
                "yml", "yaml", "toml", "py", "rb", "sh", "bash", "zsh", "fish", "pl", "r", "tf", "tfvars", "hcl",
                "cfg",
                "conf", "properties", "env", "mk", "cmake", "ps1", "nix", "ex", "exs", "jl", "service", "awk",
                "graphql",
                "gitignore", "dockerfile", "coffee", "pyi",
            ]
        ),
        (
            .slashes,
            [
                "swift", "js", "mjs", "cjs", "jsx", "ts", "tsx", "go", "rs", "java", "kt", "kts", "c", "h", "cc",
                "cpp",
                "hpp", "cs", "scala", "groovy", "gradle", "dart", "php", "proto", "m", "mm", "jsonc", "scss",
                "less",
                "zig", "sol", "v",
            ]
        ),
        (
            .markup,
            ["md", "markdown", "html", "htm", "xml", "svg", "vue", "xhtml", "plist", "csproj", "props", "targets"]
        ),
        (.block, ["css"]), (.dashes, ["sql", "lua", "hs", "elm", "ada"]),
        (.semicolon, ["ini", "lisp", "clj", "el", "asm"]),
        (.percent, ["tex", "erl", "bib"]),
    ]
}
