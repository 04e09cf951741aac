internal import Basics
internal import Contracts
internal import Git
internal import Runner

/// `leviathan init`: writes a first `.leviathan/` that lints clean.
enum InitCommand: Command {
    static let spec = CommandSpec(
        "init", group: .setUp, "Write a first contract, policy and backlog",
        discussion:
            "Looks at the repository for its name, default branch and test command. Existing files are kept.",
        options: [OptionSpec("force", "Replace files that are there already")],
        examples: [CommandSpec.Example("leviathan init", "in a checkout that does not have .leviathan/ yet")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let checkout = try TargetCheckout.open(context.directory)
        let remote = try checkout.remote(preferring: "origin")
        let branch =
            try remote.flatMap { try checkout.repository.remoteDefaultBranch($0) } ?? currentBranch(checkout)
        let starter = StarterFiles(
            target: checkout.fallbackTarget(remote: remote), defaultBranch: branch,
            testCommand: testCommand(checkout.root))
        let present = starter.files.filter { FileSystem.exists(checkout.root + "/" + $0.path) }.map(\.path)
        guard present.isEmpty || context.arguments.flag("force") else {
            throw StageError(
                .invalid, "\(present.joined(separator: ", ")) \(present.count == 1 ? "is" : "are") there already",
                hint: "'leviathan lint' checks them; --force replaces them")
        }
        guard try FileSystem.status(checkout.root + "/.leviathan")?.kind != .symlink else {
            throw StageError(.invalid, "'.leviathan' is a symlink", hint: "make it a directory of this repository")
        }
        try FileSystem.createDirectory(checkout.root + "/.leviathan")
        for (path, text) in starter.files {
            try FileSystem.write(Array(text.utf8), to: checkout.root + "/" + path)
        }
        if context.isJSON {
            context.output.json(["written": .strings(starter.files.map(\.path))])
        } else {
            for (path, _) in starter.files { context.output.note("wrote \(path)") }
            context.output.note(
                "next: describe a task in .leviathan/backlog.yaml, set it 'ready: true', and try it with")
            context.output.note("  leviathan propose task-001 --dry-run --from-worktree")
        }
        return .done
    }

    private static func currentBranch(_ checkout: TargetCheckout) -> String {
        let name = (try? checkout.repository.head())?.name ?? ""
        return name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : "main"
    }

    /// The command that the files at the root suggest.
    private static func testCommand(_ root: String) -> String? {
        let signs = [
            ("Package.swift", "swift test"), ("Cargo.toml", "cargo test"), ("go.mod", "go test ./..."),
            ("package.json", "npm test"), ("pyproject.toml", "python3 -m pytest"),
            ("pytest.ini", "python3 -m pytest"),
            ("Makefile", "make test"),
        ]
        return signs.first { FileSystem.exists(root + "/" + $0.0) }?.1
    }
}
