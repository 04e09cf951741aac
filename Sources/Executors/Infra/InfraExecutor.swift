internal import Basics
package import Contracts
internal import Editing
package import Model
internal import Paths
internal import Processes

/// Sets versions in what describes infrastructure: Terraform, Kubernetes, Helm and kustomize.
package struct InfraExecutor: Executor {
    package let name = "infra"
    package let version = "2"
    package let summary = "versions of Terraform modules and providers, images of Kubernetes, Helm and kustomize"

    package init() {}

    package var inputs: ExecutorInputs? { InfraInputs.declaration }

    package func runsPrograms(for task: BacklogTask) -> Bool { task.inputs["format"] == true }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let wishes = try InfraWishes(job)
        let staged = StagedFiles(files, for: job)
        var survey = InfraSurvey(wishes)
        do throws(EditRefusal) {
            try survey.update(staged)
            try survey.checkAllIsDone(in: staged)
            let changed = try staged.view { () throws(FileViewError) in try staged.commit() }
            var notes = survey.notes(isChanged: !changed.isEmpty)
            notes += try Self.staleLocks(survey, changed, files)
            if wishes.formats { notes += try format(job, changed, survey) }
            return Report(notes: notes)
        } catch { throw ExecutorError(name, error.message, causes: survey.reasons, hint: error.hint) }
    }

    /// Versions of providers that a lock file holds as well; `terraform init` refuses what does not fit.
    private static func staleLocks(
        _ survey: InfraSurvey, _ changed: [RepoPath], _ files: any FileView
    ) throws(EditRefusal) -> [String] {
        let places = Set(changed.filter { survey.providerFiles.contains($0) }.map(\.parent))
        var notes: [String] = []
        for directory in places.sorted(by: { "\($0.map(\.description) ?? "")" < "\($1.map(\.description) ?? "")" })
        {
            let name = (directory.map { "\($0)/" } ?? "") + ".terraform.lock.hcl"
            guard let lock = try? RepoPath(name), ((try? files.kind(of: lock)) ?? nil) != nil else { continue }
            notes.append("warning: \(lock) no longer fits: 'terraform init -upgrade' writes it anew")
        }
        return notes
    }

    /// Has Terraform lay out the files, where it is installed.
    private func format(
        _ job: Job, _ changed: [RepoPath], _ survey: InfraSurvey
    ) throws(EditRefusal) -> [String] {
        // A task that only asks for the layout means every file that it may touch.
        let paths =
            survey.wishes.isOnlyFormat ? survey.terraformFiles : changed.filter { $0.name.hasSuffix(".tf") }
        guard let programs = job.programs, !paths.isEmpty else {
            return paths.isEmpty ? [] : ["terraform fmt was not run: nothing is checked out"]
        }
        do throws(ExecutorError) {
            let tools = FencedTools(name, programs)
            guard try tools.isInstalled("terraform") else {
                return ["terraform fmt was not run: it is not installed"]
            }
            for start in stride(from: 0, to: paths.count, by: 200) {
                let names = paths[start..<min(start + 200, paths.count)].map { "./\($0)" }
                let outcome = try tools.run(["terraform", "fmt", "-list=false"] + names)
                guard outcome.succeeded else {
                    throw ExecutorError(
                        name, "'terraform fmt' failed: \(outcome.ending)", causes: outcome.errors.lastLines(10))
                }
            }
        } catch { throw EditRefusal(error.message + error.causes.map { "; " + $0 }.joined(), hint: error.hint) }
        return ["terraform fmt laid out \(paths.count == 1 ? "\(paths[0])" : "\(paths.count) files")"]
    }
}

extension InfraWishes {
    var isOnlyFormat: Bool { modules.isEmpty && providers.isEmpty && requiredVersion == nil && images.isEmpty }

    var concernsTerraform: Bool { !modules.isEmpty || !providers.isEmpty || requiredVersion != nil || formats }
}

/// What was found in all files together.
struct InfraSurvey {
    let wishes: InfraWishes
    private(set) var terraformFiles: [RepoPath] = []
    /// Files of Terraform with another version of a provider.
    private(set) var providerFiles: Set<RepoPath> = []
    /// What the files name, for what they do not.
    private var names: [String: Set<String>] = [:]
    private var changes: [String] = []
    private var left: [String] = []
    private var broken: [String] = []
    private var settled: Set<String> = []

    init(_ wishes: InfraWishes) { self.wishes = wishes }

    var reasons: [String] { Array((left + broken).prefix(20)) }

    mutating func update(_ staged: StagedFiles) throws(EditRefusal) {
        let wishes = wishes
        let concernsTerraform = wishes.concernsTerraform
        let concernsImages = !wishes.images.isEmpty
        let paths = try staged.list(under: nil) { path in
            Self.isTerraform(path) ? concernsTerraform : concernsImages && Self.isYAML(path)
        }
        terraformFiles = paths.filter { Self.isTerraform($0) }
        // Most files name none of the images.
        let names = wishes.images.map { Array(($0.name.split(separator: "/").last ?? "").utf8) }
        for path in paths {
            guard let bytes = try staged.read(path) else { continue }
            if Self.isTerraform(path) {
                var file = TerraformFile(path, bytes)
                try keep(path, staged, bytes) { () throws(EditRefusal) in
                    try file.update(wishes)
                    return file.result
                }
                take(file.changes, file.left, file.settled)
                if file.changesProvider { providerFiles.insert(path) }
                for (kind, found) in file.names { self.names[kind, default: []].formUnion(found) }
            } else if names.contains(where: { bytes.contains(piece: $0) }) {
                var file = ImageManifest(path, bytes)
                try keep(path, staged, bytes) { () throws(EditRefusal) in
                    try file.update(wishes.images)
                    return try file.result()
                }
                take(file.changes, file.left, file.settled)
            }
        }
    }

    private static func isTerraform(_ path: RepoPath) -> Bool { path.bytes.suffix(3).elementsEqual(".tf".utf8) }

    private static func isYAML(_ path: RepoPath) -> Bool {
        path.bytes.suffix(4).elementsEqual(".yml".utf8) || path.bytes.suffix(5).elementsEqual(".yaml".utf8)
    }

    private mutating func take(_ changes: [String], _ left: [String], _ settled: Set<String>) {
        self.changes += changes
        self.left += ChangeNotes.shortened(left)
        self.settled.formUnion(settled)
    }

    /// A file with a mistake in it is left alone and named.
    private mutating func keep(
        _ path: RepoPath, _ staged: StagedFiles, _ bytes: [UInt8], _ body: () throws(EditRefusal) -> [UInt8]
    ) throws(EditRefusal) {
        let result: [UInt8]
        do throws(EditRefusal) { result = try body() } catch {
            guard error.kind == .syntax else { throw error.naming("\(path)") }
            broken.append(error.naming("\(path)").message)
            return
        }
        if result != bytes { try staged.write(path, result) }
    }

    /// What no file uses is a mistake.
    mutating func checkAllIsDone(in staged: StagedFiles) throws(EditRefusal) {
        var missing = wishes.modules.filter { !settled.contains("modules " + $0.name) }.map {
            "the module '\($0.name)'"
        }
        missing += wishes.providers.filter { !settled.contains("providers " + $0.name) }.map {
            "the provider '\($0.name)'"
        }
        missing += wishes.images.filter { !settled.contains("images " + $0.title) }.map {
            "the image '\($0.title)'"
        }
        if wishes.requiredVersion != nil, !settled.contains("terraform") { missing.append("a 'required_version'") }
        guard !missing.isEmpty else { return }
        try collectImages(staged)
        throw EditRefusal(
            "no file that the task may touch has \(missing.joined(separator: ", ")) in a way that can be changed",
            hint: nearest() ?? "check the name, and the task's allowed_paths")
    }

    /// The images of the first files, for a hint.
    private mutating func collectImages(_ staged: StagedFiles) throws(EditRefusal) {
        guard !wishes.images.isEmpty else { return }
        for path in try staged.list(under: nil, where: Self.isYAML).prefix(500) {
            guard let bytes = try staged.read(path), bytes.count < 1 << 20,
                bytes.contains(piece: Array("image".utf8)),
                let value = try? FileFormat.yaml.value(of: bytes)
            else { continue }
            names["images", default: []].formUnion(ImageManifest.names(in: value))
        }
    }

    /// The name that may be meant by the first that no file has.
    private func nearest() -> String? {
        let wanted = [("modules", wishes.modules.map(\.name)), ("providers", wishes.providers.map(\.name))]
        for (kind, titles) in wanted + [("images", wishes.images.map(\.title))] {
            guard let title = titles.first(where: { !settled.contains("\(kind) \($0)") }) else { continue }
            let known = (names[kind] ?? []).subtracting([title]).sorted()
            let sameEnd = known.first { $0.hasSuffix("/" + title) }
            return (sameEnd ?? Suggestion.nearest(to: title, among: known)).map { "did you mean '\($0)'?" }
        }
        return nil
    }

    func notes(isChanged: Bool) -> [String] {
        let done = wishes.isOnlyFormat ? [] : ["everything is as wanted already"]
        return (isChanged ? changes : done) + left + broken.map { "left alone: \($0)" }
    }
}
