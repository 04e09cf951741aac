internal import Basics
package import Contracts
internal import Editing
internal import Model

/// Carries out the operations that a task lists; all of them, or none.
package struct EditExecutor: Executor {
    package let name = "edit"
    package let version = "1"
    package let summary = "structured edits from inputs.edits: set, replace, insert, block, create, delete, move"

    package init() {}

    package var inputs: ExecutorInputs? { EditInputs.declaration }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let texts = Placeholders(job, templates: files)
        let operations = try EditOperations.read(
            try job.inputs(EditInputs.declaration)["edits"], texts: texts)
        let staged = StagedFiles(files, for: job)
        var notes: [String] = []
        for (index, operation) in operations.enumerated() {
            do throws(EditRefusal) { notes += try apply(operation, to: staged) } catch {
                throw ExecutorError(
                    name, "inputs.edits[\(index)] (\(type(of: operation).verb)): \(error.message)",
                    hint: error.hint)
            }
        }
        do throws(FileViewError) {
            let changed = try staged.commit()
            return Report(notes: changed.isEmpty ? ["everything is as the edits want it already"] : notes)
        } catch { throw ExecutorError(name, error) }
    }

    /// Applies an operation, and makes sure that applying it once more would change nothing.
    private func apply(
        _ operation: any EditOperation, to files: StagedFiles
    ) throws(EditRefusal) -> [String] {
        let notes = try operation.apply(to: files)
        guard !notes.isEmpty else { return [] }
        let again: [String]
        do throws(EditRefusal) { again = try operation.apply(to: files) } catch { again = [error.message] }
        guard let first = again.first else { return notes }
        throw EditRefusal(
            "a second run would not find it done (\(first))", hint: "make the operation more particular")
    }
}
