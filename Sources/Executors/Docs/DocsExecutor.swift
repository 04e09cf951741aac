internal import Basics
package import Contracts
internal import Editing
internal import Model
internal import Paths

/// Writes Markdown from what the task says, and never disturbs what a person wrote.
package struct DocsExecutor: Executor {
    package let name = "docs"
    package let version = "5"
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
            let done =
                existing == nil
                ? "wrote \(path)"
                : page.isWhole ? "rewrote \(path)" : "updated the block of \(job.task.id) in \(path)"
            return Report(notes: [isChanged ? done : "\(path) says this already"] + page.notes)
        } catch {
            throw ExecutorError(name, error)
        }
    }

    /// The page of a person with the task's block in it.
    private func updated(_ bytes: [UInt8], _ path: RepoPath, _ page: DocsPage) throws(EditRefusal) -> [UInt8] {
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        guard page.isWhole || isUTF8 || page.body.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw EditRefusal(
                "'\(path)' is not UTF-8 text, and the block has letters beyond ASCII",
                hint: "save the file as UTF-8 text")
        }
        guard page.isWhole || !bytes.isUTF16 && !bytes.contains(0) else {
            throw EditRefusal(
                "'\(path)' is \(bytes.isUTF16 ? "UTF-16 text" : "binary")", hint: "save the file as UTF-8 text")
        }
        if page.isWhole { return Array(page.newFile.replacing("\n", with: Lines.ending(of: bytes)).utf8) }
        let block = ManagedBlock(owner: page.owner)
        guard page.isRelease else {
            if let result = block.updating(bytes, with: page.body) { return result }
            throw marks(path, page)
        }
        let changelog = ChangelogPlace(bytes)
        let plain = page.release == nil && changelog.hasUnreleased ? page.changes : page.body
        let body = changelog.styled(plain, version: page.release, date: page.releaseDate)
        if !block.isPresent(in: bytes), let place = changelog.place(for: page.release), place < bytes.count {
            let text = (block.wrapping(body) + "\n").replacing("\n", with: Lines.ending(of: bytes))
            return bytes[..<place] + Array(text.utf8) + bytes[place...]
        }
        if let result = block.updating(bytes, with: body) { return result }
        throw marks(path, page)
    }

    private func marks(_ path: RepoPath, _ page: DocsPage) -> EditRefusal {
        EditRefusal(
            "'\(path)' has a 'leviathan:begin \(page.owner)' mark without its end mark, or one of them twice",
            hint: "mend the marks by hand, or delete both")
    }
}
