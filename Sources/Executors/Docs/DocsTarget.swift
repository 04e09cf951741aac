internal import Basics
internal import Model
internal import Paths

/// Decides which file a docs task writes.
enum DocsTarget {
    static func path(for job: Job) throws(ExecutorError) -> RepoPath {
        let patterns = job.task.allowedPaths
        var pages: [String] = []
        for pattern in patterns where pattern.isLiteral && pattern.text.lowercased().hasSuffix(".md") {
            if !pages.contains(pattern.text) { pages.append(pattern.text) }
        }
        if pages.count > 1 {
            throw ExecutorError(
                "docs", "'\(job.task.id)' allows two pages: \(pages.joined(separator: ", "))",
                hint: "name exactly one .md file in allowed_paths, or a directory such as docs/")
        }
        if let page = pages.first { return try repoPath(page, job) }
        let name = job.task.id.uppercased().replacing("-", with: "_") + ".md"
        var places: [RepoPath] = []
        for directory in patterns.compactMap({ Self.directory(of: $0) }) {
            places.append(try repoPath(directory + name, job))
        }
        guard let first = places.first else {
            throw ExecutorError(
                "docs", "no allowed path of '\(job.task.id)' can hold a Markdown page",
                hint: "add one such as docs/guide.md or docs/ to allowed_paths")
        }
        return places.first(where: job.permission.allows) ?? first
    }

    /// `docs/` of `docs/`, `docs/**`, `docs/*.md` and `docs/**/*.md`.
    static func directory(of pattern: PathPattern, endings: [String] = ["**/*.md", "**", "*.md", "*"]) -> String? {
        func isPlain(_ text: some StringProtocol) -> Bool { !text.contains { "*?[{".contains($0) } }
        if pattern.text.hasSuffix("/") { return isPlain(pattern.text) ? pattern.text : nil }
        for ending in endings where pattern.text.hasSuffix(ending) {
            let prefix = String(pattern.text.dropLast(ending.count))
            return isPlain(prefix) && (prefix.isEmpty || prefix.hasSuffix("/")) ? prefix : nil
        }
        return nil
    }

    private static func repoPath(_ text: String, _ job: Job) throws(ExecutorError) -> RepoPath {
        do throws(RepoPathError) { return try RepoPath(text) } catch {
            throw ExecutorError("docs", "'\(job.task.id)' names no usable page", causes: [error.message])
        }
    }
}
