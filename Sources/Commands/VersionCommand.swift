internal import Basics
internal import CBuild
internal import CommandLine

/// `leviathan version`: opens nothing, so that it starts in no time; with `-v` and `--json` what it was built from.
enum VersionCommand: Command {
    static let number = String(cString: cbuild_version())
    static var line: String { "leviathan \(number)\n" }
    static let name = "version"

    static let spec = CommandSpec(
        name, "Print the version",
        discussion: """
            With --verbose or --json it says as well which commit was built, by what, and with which libraries.
            """,
        examples: [CommandSpec.Example("leviathan version --json", "commit, build and libraries, for a report")])

    /// A library that the program is linked with, or loads at first use.
    private struct Library {
        let name: String
        /// `nil` where it cannot be loaded here.
        let version: String?
        let isLoaded: Bool
    }

    static func run(_ context: CommandContext) -> ExitCode {
        if context.isJSON {
            context.output.json(json)
        } else {
            context.output.data(context.arguments.flag("verbose") ? line + details : line)
        }
        return .done
    }

    private static var commit: String? { cbuild_commit().map { String(cString: $0) } }
    private static var compiler: String? { cbuild_compiler().map { String(cString: $0) } }
    private static var kind: String { String(cString: cbuild_kind()) }
    private static var architecture: String { String(cString: cbuild_architecture()) }

    private static var libraries: [Library] {
        var (libraries, found): ([Library], cbuild_library) = ([], cbuild_library())
        while cbuild_library_at(libraries.count, &found) {
            let version = withUnsafeBytes(of: found.version) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            libraries.append(
                Library(
                    name: String(cString: found.name), version: version.isEmpty ? nil : version,
                    isLoaded: found.is_loaded))
        }
        return libraries
    }

    private static func use(_ library: Library) -> String {
        library.isLoaded ? "loaded" : cbuild_is_static() ? "built in" : "linked"
    }

    private static var json: JSON {
        [
            "version": .string(number), "commit": .optional(commit),
            "build": [
                "kind": .string(kind), "architecture": .string(architecture), "compiler": .optional(compiler),
            ],
            "libraries": .array(
                libraries.map {
                    ["name": .string($0.name), "version": .optional($0.version), "use": .string(use($0))]
                }),
        ]
    }

    private static var details: String {
        let built = ["a \(kind) build for \(architecture)", compiler.map { "by Swift \($0)" }].compactMap { $0 }
        var text = "commit     \(commit ?? "not known")\nbuild      \(built.joined(separator: ", "))\n"
        for (place, library) in libraries.enumerated() {
            let head = place == 0 ? "libraries  " : "           "
            text += head + "\(library.name) \(library.version ?? "is not installed"), \(use(library))\n"
        }
        return text
    }
}
