internal import Basics
internal import CommandLine
internal import Contracts
internal import Git
internal import Paths
internal import Runner

/// `leviathan lint --fix`: writes what can be mended without changing what was meant.
enum LintFix {
    static func run(_ context: CommandContext, _ checkout: TargetCheckout, fallbackTarget: String) throws
        -> ExitCode
    {
        let source = DirectorySource(root: checkout.root)
        let report = ContractFixer.fix(
            source, fallbackTarget: fallbackTarget,
            executors: ExecutorRegistry.declarations(searchPath: context.shared.environment["PATH"], in: source))
        let isDryRun = context.arguments.flag("dry-run")
        if isDryRun {
            context.output.data(try patch(report.files, checkout.repository))
        } else {
            for file in report.files { try FileSystem.write(file.after, to: checkout.root + "/" + file.path) }
        }
        let verb = isDryRun ? "would mend" : "mended"
        for file in report.files { context.output.note("\(verb) \(file.path)") }
        if report.files.isEmpty { context.output.note("nothing to mend") }
        let rest = report.reading.diagnostics.filter { $0.severity != .note }
        let renderer = DiagnosticRenderer(
            files: report.reading.files, usesColor: context.output.errorPalette.isColored)
        if !rest.isEmpty { context.output.note(renderer.render(rest, as: .full)) }
        return report.reading.hasErrors ? .invalid : .done
    }

    /// The difference as a patch; its objects never reach the disk.
    private static func patch(_ files: [FixReport.File], _ repository: Repository) throws -> [UInt8] {
        try repository.keepNewObjectsInMemory()
        func tree(_ content: (FixReport.File) -> [UInt8]) throws -> ObjectID {
            try repository.tree(
                updating: nil,
                with: files.map { .upsert(try RepoPath($0.path), try repository.writeBlob(content($0)), .regular) }
            )
        }
        return try repository.patchText(from: tree(\.before), to: tree(\.after)).bytes
    }
}
