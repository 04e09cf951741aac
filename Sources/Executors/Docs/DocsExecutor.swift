internal import Basics
package import Contracts
internal import Editing
internal import Model
internal import Paths

/// Writes Markdown from what the task says, and never disturbs what a person wrote.
package struct DocsExecutor: Executor {
    package let name = "docs"
    package let version = "2"
    package let summary = "Markdown pages from the task, inputs.template and facts of the tree"

    package init() {}

    package var inputs: ExecutorInputs? { DocsInputs.declaration }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let path = try DocsTarget.path(for: job)
        let page = try DocsPage(job: job, at: path, in: files)
        let staged = StagedFiles(files, for: job)
        do throws(EditRefusal) {
            let existing = try staged.read(path)
            let result = try existing.map { (bytes) throws(EditRefusal) in try updated(bytes, path, page) }
            try staged.write(path, result ?? Array(page.newFile.utf8))
            let isChanged = try !staged.view { () throws(FileViewError) in try staged.commit() }.isEmpty
            let done = existing == nil ? "wrote \(path)" : "updated the block of \(job.task.id) in \(path)"
            return Report(notes: [isChanged ? done : "\(path) says this already"] + page.notes)
        } catch {
            throw ExecutorError(name, error)
        }
    }

    /// The page of a person with the task's block in it.
    private func updated(_ bytes: [UInt8], _ path: RepoPath, _ page: DocsPage) throws(EditRefusal) -> [UInt8] {
        let block = ManagedBlock(owner: page.owner)
        if page.standsFirst, !block.isPresent(in: bytes), let place = Markdown.endOfIntroduction(in: bytes) {
            let newLine = Lines.ending(of: bytes)
            let text = (block.wrapping(page.body) + "\n").replacing("\n", with: newLine)
            return bytes[..<place] + Array(text.utf8) + bytes[place...]
        }
        if let result = block.updating(bytes, with: page.body) { return result }
        throw EditRefusal(
            "'\(path)' has a 'leviathan:begin \(page.owner)' mark without its end mark, or one of them twice",
            hint: "mend the marks by hand, or delete both")
    }
}
