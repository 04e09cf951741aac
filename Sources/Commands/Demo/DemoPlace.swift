internal import Basics
internal import CommandLine
internal import Processes
internal import Runner

/// The throwaway repository, its remote, and the surroundings that programs see there.
struct DemoPlace {
    private let root: String
    private let environment: [String: String]
    private let program: String
    private let cancellation: Cancellation

    /// Variables that are about the terminal and the tongue; nothing else of the person's reaches the demo.
    private static let kept: Set<String> = [
        "PATH", "TERM", "COLUMNS", "LINES", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TZDIR", "TMPDIR", "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE", "LD_LIBRARY_PATH",
    ]

    init(_ context: Context) throws(StageError) {
        let parent = context.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        do throws(FileError) {
            let made = try FileSystem.createTemporaryDirectory(in: parent, prefix: "leviathan-demo-")
            root = FileSystem.realPath(made) ?? made
        } catch { throw StageError(.unexpected, error) }
        environment = context.environment.filter { Self.kept.contains($0.key) }.merging([
            "HOME": root, "LEVIATHAN_HOME": root + "/home",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "USER": "demo", "GIT_PAGER": "cat",
        ]) { $1 }
        program = FileSystem.linkTarget("/proc/self/exe") ?? "leviathan"
        cancellation = context.cancellation
    }

    private var checkout: String { root + "/example" }

    func prepare() throws {
        let settings = "[user]\n\tname = Demo\n\temail = demo@example.com\n[init]\n\tdefaultBranch = main\n"
        try write(settings, ".gitconfig")
        for words in [["init", "--quiet", "--bare", root + "/example.git"], ["init", "--quiet", checkout]] {
            try quietly(words, in: root)
        }
        try FileSystem.createDirectory(checkout + "/.leviathan")
        try write(DemoStep.policy, "example/.leviathan/policy.yaml")
        try write(DemoStep.backlog, "example/.leviathan/backlog.yaml")
        try write(DemoStep.readme, "example/README.md")
        for words in [
            ["add", "--all"], ["commit", "--quiet", "--message", "Start"],
            ["remote", "add", "origin", root + "/example.git"],
            ["push", "--quiet", "--set-upstream", "origin", "main"],
            ["remote", "set-head", "origin", "main"],
        ] {
            try quietly(words, in: checkout)
        }
    }

    /// Runs a step's command, whose output goes where ours does; returns its exit code.
    func run(_ step: DemoStep, showing: Bool) throws -> Int32 {
        var words = step.line.split(separator: " ").map(String.init)
        let isOurs = words.removeFirst() == "leviathan"
        var command = Subprocess(isOurs ? program : "git", words, environment: environment)
        command.workingDirectory = isOurs ? checkout : root + "/example.git"
        if showing { (command.output, command.errors) = (.inherited, .inherited) }
        return try code(of: command)
    }

    func remove(telling output: Printer) {
        do throws(FileError) { try FileSystem.removeTree(root) } catch { output.warning(error) }
    }

    private func write(_ text: String, _ name: String) throws(FileError) {
        try FileSystem.write(Array(text.utf8), to: root + "/" + name)
    }

    private func quietly(_ words: [String], in directory: String) throws {
        var command = Subprocess("git", words, environment: environment)
        command.workingDirectory = directory
        guard try code(of: command) == 0 else {
            throw StageError(
                .unexpected, "'git \(words.joined(separator: " "))' failed in the throwaway repository")
        }
    }

    private func code(of command: Subprocess) throws -> Int32 {
        let ending: ProcessOutcome.Ending
        do throws(SpawnError) { ending = try command.run(cancellation: cancellation).ending } catch {
            throw StageError(.invalid, error)
        }
        switch ending {
        case .exited(let code) where !cancellation.isCancelled: return code
        case .signalled(let number) where !cancellation.isCancelled: return 128 + number
        default: throw StageError(.interrupted, "the demo was ended early; everything of it is removed")
        }
    }
}
