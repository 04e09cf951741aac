internal import Basics
internal import CommandLine
internal import Contracts
internal import Kubernetes
internal import Reports
internal import Runner

/// `leviathan check-manifests`: rules about anybody's Kubernetes files.
enum CheckManifestsCommand: Command {
    static let name = "check-manifests"

    static let spec = CommandSpec(
        name, group: .look, "Check Kubernetes files, whoever wrote them",
        discussion: """
            Looks into every .yaml, .yml and .json file below the paths, and leaves alone what holds no object of a cluster. \
            What refers to each other is looked up among all of them, so name a directory with everything in it; \
            '-' reads standard input, such as what 'helm template' prints. The same rules are the built-in \
            invariant 'manifests'. 'leviathan explain manifest-namespace' says more about one. Ends with 5 when \
            something is wrong, and with 3 when a file cannot be read.
            """,
        options: [
            OptionSpec(
                "format", .value("FORMAT"), choices: DiagnosticRenderer.Format.allCases.map(\.rawValue),
                excludes: ["json"], "How findings are written"),
            OptionSpec("strict", "Take warnings for errors"),
            OptionSpec("sarif", .value("FILE"), completion: .files, "Also write SARIF 2.1.0"),
        ],
        arguments: [
            ArgumentSpec("PATH", .many, completion: .files, "Files and directories; by default the directory here")
        ],
        examples: [
            CommandSpec.Example("leviathan check-manifests deploy/", "in a CI job"),
            CommandSpec.Example("helm template chart | leviathan check-manifests -", "what a cluster would get"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let asked = context.arguments.arguments("PATH")
        let files = try ManifestFiles(asked.isEmpty ? ["."] : asked, in: context.directory).files
        let report = ManifestCheck.report(on: files)
        let findings = report.findings.sortedByPlace()
        let renderer = DiagnosticRenderer(
            files: files.map { SourceFile(path: $0.path, bytes: $0.bytes) }, usesColor: context.palette.isColored)
        show(findings, renderer, objects: report.objects, context)
        if let path = context.arguments.value("sarif") { try write(findings, to: path, context) }
        return ExitCode(manifests: findings, isStrict: context.arguments.flag("strict"))
    }

    private static func show(
        _ findings: [Diagnostic], _ renderer: DiagnosticRenderer, objects: Int, _ context: CommandContext
    ) {
        let format =
            context.isJSON ? .json : context.arguments.choice("format", DiagnosticRenderer.Format.self) ?? .full
        // Lines are shown without the values in them: one of them may be the secret that was found.
        let isShown = format != .full || !findings.contains { $0.id == "manifest-secret-value" }
        let shown = isShown ? renderer : DiagnosticRenderer(files: [], usesColor: context.palette.isColored)
        let text = shown.render(findings, as: format)
        switch format {
        case .json, .sarif: context.output.jsonText(text)
        // Commands to GitHub's runner are what was asked for; what comes from outside is escaped in them.
        case .github: context.output.data(Array(text.utf8))
        default: context.output.data(text)
        }
        guard format == .full || format == .short else { return }
        context.output.note(
            objects == 0 && findings.isEmpty
                ? "no Kubernetes files here: nothing was checked"
                : "\(DiagnosticRenderer.summary(findings)) in \(objects) object\(objects == 1 ? "" : "s")")
    }

    private static func write(_ findings: [Diagnostic], to path: String, _ context: CommandContext) throws {
        let form = SARIFForm.render(findings, category: "leviathan-manifests/")
        do throws(FileError) { try FileSystem.write(Array(form.text.utf8), to: path) } catch {
            throw StageError(.invalid, "the result cannot be written to '\(path)'", causes: error.causes)
        }
        if let omission = form.omission { context.output.note(omission) }
    }
}
