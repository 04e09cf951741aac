internal import Basics
internal import CommandLine
internal import Glibc
internal import Reports
internal import Runner

/// The forms of an evaluation that go into files and to the service whose job this is.
struct CheckOutputs {
    static let options = [
        OptionSpec("sarif", .value("FILE"), completion: .files, group: "Forms", "Also write SARIF 2.1.0"),
        OptionSpec("junit", .value("FILE"), completion: .files, group: "Forms", "Also write JUnit XML"),
        OptionSpec(
            "code-quality", .value("FILE"), completion: .files, group: "Forms",
            "Also write GitLab's code quality report"),
        OptionSpec(
            "annotations", .optionalValue("SERVICE"), choices: AnnotationForm.Service.allCases.map(\.rawValue),
            group: "Forms", excludes: ["json"],
            "Also print what GitHub or Azure Pipelines show beside the changed lines; by itself for the job's service"
        ),
    ]

    private struct File {
        let path: String
        let render: (Evaluation) -> RenderedForm
    }

    private let files: [File]
    private let annotations: AnnotationForm.Service?
    /// Where GitHub and Gitea take the summary of a step from.
    private let summary: String?

    init(_ context: CommandContext) throws {
        let arguments = context.arguments
        var files: [File] = []
        if let path = arguments.value("sarif") { files.append(File(path: path) { SARIFForm.render($0) }) }
        if let path = arguments.value("junit") { files.append(File(path: path) { JUnitForm.render($0) }) }
        if let path = arguments.value("code-quality") {
            files.append(File(path: path) { CodeQualityForm.render($0) })
        }
        self.files = files
        summary = context.shared.environment["GITHUB_STEP_SUMMARY"].flatMap { $0.isEmpty ? nil : $0 }
        annotations = try Self.service(context)
    }

    private static func service(_ context: CommandContext) throws -> AnnotationForm.Service? {
        guard context.arguments.isGiven("annotations") else { return nil }
        if let asked = context.arguments.choice("annotations", AnnotationForm.Service.self) { return asked }
        if let own = AnnotationForm.Service(context.shared.environment) { return own }
        throw UsageError(
            "'--annotations' needs the name of a service outside of a job of GitHub or Azure Pipelines",
            hint: "--annotations=github, or --annotations=azure")
    }

    /// Sees that each file can be written before anything is judged, and that none of an earlier run stays.
    func prepare() throws {
        for file in files {
            do throws(FileError) {
                if let status = try FileSystem.status(file.path), status.kind != .file {
                    throw FileError("write", file.path, status.kind == .directory ? EISDIR : EINVAL)
                }
                try FileSystem.write([], to: file.path)
                try FileSystem.removeTree(file.path)
            } catch {
                throw StageError(
                    .invalid, "the result cannot be written to '\(file.path)'", causes: error.causes,
                    hint: "name a file in a directory that is there and that you can write to")
            }
        }
    }

    func write(_ evaluation: Evaluation, _ output: Printer) throws {
        for file in files {
            let form = file.render(evaluation)
            try Self.written(file.path) { () throws(FileError) in
                try FileSystem.write(Array(form.text.utf8), to: file.path)
            }
            if let omission = form.omission { output.note(omission) }
        }
        if let annotations {
            let form = AnnotationForm.render(evaluation, for: annotations)
            // Commands to the runner are what was asked for; what comes from outside is escaped in them.
            output.data(Array(form.text.utf8))
        }
        if let summary {
            let form = SummaryForm.render(evaluation)
            try Self.written(summary) { () throws(FileError) in
                try Self.append(Array(form.text.utf8), to: summary)
            }
        }
    }

    private static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("write", path, errno) }
        defer { close(descriptor) }
        try FileSystem.writeAll(bytes[...], to: descriptor, path)
    }

    private static func written(_ path: String, _ body: () throws(FileError) -> Void) throws(StageError) {
        do throws(FileError) { try body() } catch {
            throw StageError(.invalid, "the result cannot be written to '\(path)'", causes: error.causes)
        }
    }
}
