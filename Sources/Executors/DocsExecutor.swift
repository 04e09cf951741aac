internal import Basics
internal import Model

/// Writes Markdown from what the task says, and never disturbs what a person wrote.
package struct DocsExecutor: Executor {
    package let name = "docs"
    package let version = "1"
    package let summary = "Markdown pages from the task's description, criteria and inputs.sections"

    package init() {}

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        let path = try DocsTarget.path(for: job)
        let page = try DocsPage(task: job.task)
        do throws(FileViewError) {
            guard let existing = try files.read(path) else {
                try files.write(path, page.newFile)
                return Report(notes: ["wrote \(path)"])
            }
            let updated = ManagedBlock(owner: job.task.id).updating(existing, with: page.body(level: 2))
            guard let updated else {
                throw FileViewError("'\(path)' has a 'leviathan:begin \(job.task.id)' mark without its end mark")
            }
            if updated == existing { return Report(notes: ["\(path) says this already"]) }
            try files.write(path, updated, isExecutable: nil)
            return Report(notes: ["updated the block of \(job.task.id) in \(path)"])
        } catch {
            throw ExecutorError(name, error)
        }
    }
}

/// Decides which file a docs task writes.
enum DocsTarget {
    static func path(for job: Job) throws(ExecutorError) -> RepoPath {
        let patterns = job.task.allowedPaths
        let pages = patterns.filter { $0.isLiteral && $0.text.lowercased().hasSuffix(".md") }
        if pages.count > 1 {
            throw ExecutorError(
                "docs", "'\(job.task.id)' allows two pages: \(pages.map(\.text).joined(separator: ", "))",
                hint: "name exactly one .md file in allowed_paths, or a directory such as docs/")
        }
        if let page = pages.first { return try repoPath(page.text, job) }
        guard let directory = patterns.lazy.compactMap({ Self.directory(of: $0) }).first else {
            throw ExecutorError(
                "docs", "no allowed path of '\(job.task.id)' can hold a Markdown page",
                hint: "add one such as docs/guide.md or docs/ to allowed_paths")
        }
        return try repoPath(directory + job.task.id.uppercased().replacing("-", with: "_") + ".md", job)
    }

    /// `docs/` of `docs/`, `docs/**`, `docs/*.md` and `docs/**/*.md`.
    private static func directory(of pattern: PathPattern) -> String? {
        if pattern.text.hasSuffix("/") && !pattern.text.contains("*") { return pattern.text }
        for ending in ["**/*.md", "**", "*.md", "*"] where pattern.text.hasSuffix(ending) {
            let prefix = String(pattern.text.dropLast(ending.count))
            let isPlain = !prefix.contains { "*?[{".contains($0) }
            return isPlain && (prefix.isEmpty || prefix.hasSuffix("/")) ? prefix : nil
        }
        return nil
    }

    private static func repoPath(_ text: String, _ job: Job) throws(ExecutorError) -> RepoPath {
        do throws(RepoPathError) { return try RepoPath(text) } catch {
            throw ExecutorError("docs", "'\(job.task.id)' names no usable page", causes: [error.message])
        }
    }
}
