internal import Basics
package import Contracts
internal import Editing
package import Model
internal import Paths

/// Changes what defines CI: actions, runners, versions, permissions, timeouts; comments and layout stay.
package struct CIExecutor: Executor {
    package let name = "ci"
    package let version = "4"
    package let summary =
        "GitHub Actions and GitLab CI: actions, pins, runners, versions, permissions, timeouts, new workflows"

    package init() {}

    package var inputs: ExecutorInputs? { CIInputs.declaration }

    package func runsPrograms(for task: BacklogTask) -> Bool { CIWishes.needsLookup(task.inputs) }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let wishes = try CIWishes(job)
        let staged = StagedFiles(files, for: job)
        var survey = CISurvey(wishes, job)
        do throws(EditRefusal) {
            if let workflow = wishes.workflow {
                let new = try WorkflowTemplate(workflow, job, templates: files)
                if try new.write(to: staged) { survey.note("wrote \(new.path)") }
                survey.settle("workflow")
            }
            let paths = try staged.list(under: nil) { CIKind.of($0) != nil }
            for path in paths {
                guard let kind = CIKind.of(path), let bytes = try staged.read(path) else { continue }
                let result: [UInt8]?
                do throws(ExecutorError) { result = try survey.update(path, kind, bytes) } catch {
                    throw EditRefusal(error.message, hint: error.hint)
                }
                if let result, result != bytes { try staged.write(path, result) }
            }
            try survey.checkAllIsDone(sawFiles: !paths.isEmpty)
            let changed = try staged.view { () throws(FileViewError) in try staged.commit() }
            var report = Report(notes: survey.notes(isChanged: !changed.isEmpty))
            report.declaredInputs = survey.declared
            return report
        } catch { throw ExecutorError(name, error.message, causes: survey.reasons, hint: error.hint) }
    }
}

/// The kinds of files that define CI, by their paths.
enum CIKind {
    case workflow, action, pipeline

    static func of(_ path: RepoPath) -> CIKind? {
        let text = path.description
        guard text.hasSuffix(".yml") || text.hasSuffix(".yaml") else { return nil }
        let name = path.name
        for directory in [".github/", ".gitea/", ".forgejo/"] where text.hasPrefix(directory + "workflows/") {
            return .workflow
        }
        if name == "action.yml" || name == "action.yaml" { return .action }
        let isPipeline = name.hasSuffix(".gitlab-ci.yml") || name.hasSuffix(".gitlab-ci.yaml")
        return isPipeline || text.hasPrefix(".gitlab/ci/") ? .pipeline : nil
    }
}

/// What was found and done in all CI files together.
struct CISurvey {
    let wishes: CIWishes
    var lookup: ActionLookup
    private var changes: [String] = []
    private var left: [String] = []
    private var broken: [String] = []
    /// The wishes that some file has, or now has, fulfilled.
    private var settled: Set<String> = []

    init(_ wishes: CIWishes, _ job: Job) { (self.wishes, lookup) = (wishes, ActionLookup(job)) }

    var declared: JSON { lookup.declared }
    var reasons: [String] { Array((left + broken).prefix(20)) }

    mutating func note(_ change: String) { changes.append(change) }
    mutating func settle(_ wish: String) { settled.insert(wish) }

    mutating func update(_ path: RepoPath, _ kind: CIKind, _ bytes: [UInt8]) throws(ExecutorError) -> [UInt8]? {
        var file: CIFile
        do throws(EditRefusal) { file = try CIFile(path, bytes) } catch {
            broken.append(error.naming("\(path)").message)
            return nil
        }
        let result: [UInt8]
        let notes: [String]
        do throws(EditRefusal) {
            switch kind {
            case .workflow, .action: try updateWorkflow(&file, isWorkflow: kind == .workflow)
            case .pipeline: updatePipeline(&file)
            }
            (result, notes) = try file.finish()
        } catch { throw ExecutorError("ci", error.naming("\(path)")) }
        changes += notes
        left += ChangeNotes.shortened(file.left)
        return result
    }

    /// What no file knows is a mistake.
    func checkAllIsDone(sawFiles: Bool) throws(EditRefusal) {
        var missing = wishes.actions.filter { !settled.contains("uses " + $0.name) }.map {
            "the action '\($0.name)'"
        }
        missing += wishes.runners.filter { !settled.contains("runners " + $0.name) }.map {
            "the runner '\($0.name)'"
        }
        missing += wishes.versions.filter { !settled.contains("versions " + $0.name) }.map {
            "a version of '\($0.name)'"
        }
        missing += wishes.images.filter { !settled.contains("images " + $0.name) }.map { "the image '\($0.name)'" }
        for (name, value) in [
            ("permissions", wishes.permissions), ("timeout", wishes.timeout), ("concurrency", wishes.concurrency),
        ]
        where value != nil && !settled.contains(name) { missing.append("a place for '\(name)'") }
        if wishes.pinsAll, wishes.actions.isEmpty, !settled.contains("pin") { missing.append("an action to pin") }
        guard !missing.isEmpty else { return }
        throw EditRefusal(
            sawFiles
                ? "no CI file that the task may touch has \(missing.joined(separator: ", ")) in a way that can be changed"
                : "the task may touch no CI file",
            hint: "CI is protected: the scope's allowed_paths must name each file exactly")
    }

    func notes(isChanged: Bool) -> [String] {
        (isChanged ? changes : ["everything is as wanted already"]) + left + broken.map { "left alone: \($0)" }
    }
}
