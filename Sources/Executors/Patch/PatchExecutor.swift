internal import Basics
package import Contracts
internal import Editing
internal import Model
internal import Paths

/// Applies a diff that a task carries or names; all of it, or nothing.
package struct PatchExecutor: Executor {
    package let name = "patch"
    package let version = "1"
    package let summary = "a unified or git diff from inputs.diff, or from the file that inputs.file names"

    package init() {}

    package var inputs: ExecutorInputs? { PatchInputs.declaration }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let inputs = try job.inputs(PatchInputs.declaration)
        let fuzz = inputs["fuzz"]?.integer ?? 0
        let patches = try patches(try diff(inputs, files), inputs["strip"]?.integer)
        let staged = StagedFiles(files, for: job)
        var applier = PatchApplier(patches, fuzz: fuzz, files: staged)
        do throws(EditRefusal) { try applier.apply() } catch {
            throw ExecutorError(name, error.message, hint: error.hint)
        }
        if !applier.problems.isEmpty { throw conflict(applier.problems) }
        do throws(FileViewError) {
            let changed = try staged.commit()
            return Report(notes: changed.isEmpty ? ["the diff is applied already"] : applier.notes)
        } catch { throw ExecutorError(name, error) }
    }

    private func diff(_ inputs: InputValues, _ files: any FileView) throws(ExecutorError) -> [UInt8] {
        if let text = inputs["diff"]?.string { return Array(text.utf8) }
        let path: RepoPath
        do throws(RepoPathError) { path = try RepoPath(inputs["file"]?.string ?? "") } catch {
            throw ExecutorError(name, "inputs.file: \(error.message)")
        }
        do throws(FileViewError) {
            if let bytes = try files.read(path) { return bytes }
        } catch { throw ExecutorError(name, error) }
        throw ExecutorError(name, "inputs.file names '\(path)', which is not there")
    }

    private func patches(_ diff: [UInt8], _ strip: Int?) throws(ExecutorError) -> [FilePatch] {
        do throws(PatchSyntaxError) { return try PatchParser.parse(diff, strip: strip) } catch {
            throw ExecutorError(name, error.message, hint: error.hint)
        }
    }

    private func conflict(_ problems: [String]) -> ExecutorError {
        let count = problems.count == 1 ? "1 place" : "\(problems.count) places"
        let shown = problems.prefix(20) + (problems.count > 20 ? ["and \(problems.count - 20) more"] : [])
        return ExecutorError(
            name, "the diff does not apply, in \(count)", causes: Array(shown),
            hint: "make it anew against the base; inputs.fuzz (up to 3) lets context lines differ")
    }
}
