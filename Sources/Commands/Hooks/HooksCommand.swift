internal import Basics
internal import CommandLine
internal import Runner

/// `leviathan hooks`: puts the hooks where git looks for them, and takes them away.
enum HooksCommand: Command {
    private static let places = [
        OptionSpec("server", "The hook of a repository that others push to: pre-receive"),
        OptionSpec("global", excludes: ["server"], "For every repository of this user, by core.hooksPath"),
    ]

    static let name = "hooks"

    static let spec = CommandSpec(
        name, group: .setUp, "Install git hooks that judge branches of tasks",
        discussion: """
            What is there already stays and runs first; husky's files get a few lines, and core.hooksPath is respected. After \
            the installation git itself runs each hook once, to see that it is found. Hooks can be skipped with --no-verify: \
            'leviathan check' in a job, or pre-receive at the server, is what holds.
            """,
        subcommands: [
            CommandSpec(
                "install", "Put the hooks in front of what is there", options: places,
                examples: [
                    CommandSpec.Example("leviathan hooks install", "in a checkout"),
                    CommandSpec.Example("leviathan -C /srv/git/shop.git hooks install --server", "at the server"),
                ]),
            CommandSpec("uninstall", "Restore exactly what was there", options: places),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let arguments = context.arguments
        let place =
            arguments.flag("global")
            ? try HookPlace.global(context.shared) : try HookPlace.of(context.directory, context.shared)
        let hooks = arguments.flag("server") ? HookName.allCases.filter(\.isServers) : HookName.ofCheckouts
        let program = FileSystem.linkTarget("/proc/self/exe") ?? "leviathan"
        let installer = HookInstaller(place, hooks, program: program)
        let isInstall = arguments.path.last == "install"
        let results = isInstall ? try installer.install(context.shared) : try installer.uninstall(context.shared)
        return try report(results, place, isInstall: isInstall, context)
    }

    private static func report(
        _ results: [HookInstaller.Result], _ place: HookPlace, isInstall: Bool, _ context: CommandContext
    ) throws -> ExitCode {
        var (entries, code) = ([JSON](), ExitCode.done)
        let width = results.map(\.hook.rawValue.count).max() ?? 0
        for result in results {
            let problem = isInstall ? try HookProof(context.shared).problem(result.hook, at: place) : nil
            if problem != nil { code = .invalid }
            entries.append([
                "hook": .string(result.hook.rawValue), "path": .string(result.path),
                "result": .string(result.text),
                "runs": isInstall ? .bool(problem == nil) : .null, "problem": .optional(problem),
            ])
            guard !context.isJSON else { continue }
            let proof = isInstall ? problem.map { "; does NOT run: \($0)" } ?? "; git runs it" : ""
            let name = result.hook.rawValue + String(repeating: " ", count: width - result.hook.rawValue.count)
            context.output.data(SafeText.line("\(name)  \(result.text)\(proof)") + "\n")
        }
        if context.isJSON {
            context.output.json([
                "place": .string(place.kind.rawValue), "directory": .string(place.directory),
                "hooks": .array(entries),
            ])
        } else {
            context.output.note("in \(place.directory) (\(place.kind.rawValue))")
        }
        return code
    }
}
