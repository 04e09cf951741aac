internal import Basics
internal import Editing
internal import Model
internal import Paths

/// A page's outline that a repository keeps in `.leviathan/templates/`.
struct RepositoryTemplate {
    private let path: RepoPath
    private let text: String

    private static let directory = ".leviathan/templates"

    init(named name: String, in files: any FileView) throws(ExecutorError) {
        do throws(FileViewError) {
            for candidate in [name, name + ".md"] {
                guard let path = try? RepoPath("\(Self.directory)/\(candidate)"), let bytes = try files.read(path)
                else { continue }
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw FileViewError("\(path): it is not UTF-8 text")
                }
                (self.path, self.text) = (path, text.replacing("\r\n", with: "\n"))
                return
            }
            throw try Self.unknown(name, files)
        } catch { throw ExecutorError("docs", error) }
    }

    private static func unknown(_ name: String, _ files: any FileView) throws(FileViewError) -> FileViewError {
        let own = try files.list(under: try? RepoPath(directory), where: { _ in true }).map { path in
            String(path.name.hasSuffix(".md") ? path.name.dropLast(3) : path.name[...])
        }
        let names = DocsTemplate.all.map(\.name) + own
        return FileViewError(
            "there is no template '\(name)'",
            causes: ["there are \(names.joined(separator: ", "))"]
                + (Suggestion.nearest(to: name, among: names).map { ["did you mean '\($0)'?"] } ?? []))
    }

    /// The page: the heading that the template begins with, and what follows it.
    func filled(with parts: DocsParts, _ job: Job) throws(ExecutorError) -> (title: String?, body: String) {
        let filled = try filledText(parts, job)
        guard filled.hasPrefix("# ") else { return (nil, Self.ended(filled)) }
        let line = filled.prefix { $0 != "\n" }
        return (String(line.dropFirst(2)), Self.ended(String(filled[line.endIndex...])))
    }

    private static func ended(_ text: String) -> String {
        let trimmed = text.trimmed
        return trimmed.isEmpty ? "" : trimmed + "\n"
    }

    /// Every placeholder filled in; all mistakes are told at once, each with its place.
    private func filledText(_ parts: DocsParts, _ job: Job) throws(ExecutorError) -> String {
        var (result, rest, problems) = ("", text[...], [String]())
        while let open = rest.firstRange(of: "{{") {
            let before = rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            if before.last == "\\" {
                result += before.dropLast() + "{{"
                continue
            }
            result += before
            guard let close = rest.firstRange(of: "}}"), !rest[..<close.lowerBound].contains("\n") else {
                problems.append("\(place(of: open.lowerBound)): '{{' without its '}}'")
                continue
            }
            let name = String(rest[..<close.lowerBound]).trimmed
            switch value(of: name, parts, job) {
            case .success(let value): result += value
            case .failure(let problem): problems.append("\(place(of: open.lowerBound)): \(problem.message)")
            }
            rest = rest[close.upperBound...]
        }
        guard let first = problems.first else { return result + rest }
        throw ExecutorError(
            "docs", first, causes: Array(problems.dropFirst().prefix(20)),
            hint:
                "the placeholders are \(Self.names.joined(separator: ", ")), inputs.NAME; write \\{{ for plain braces"
        )
    }

    private func place(of index: String.Index) -> String {
        let position = SourcePosition(
            of: text.utf8.distance(from: text.startIndex, to: index), in: Array(text.utf8))
        return "\(path):\(position.line):\(position.column)"
    }

    private static let names = [
        "task.id", "task.title", "task.description", "date", "title", "criteria", "sections", "contents", "links",
    ]

    private func value(of name: String, _ parts: DocsParts, _ job: Job) -> Result<String, FileViewError> {
        if name.hasPrefix("inputs."), let value = job.task.inputs[String(name.dropFirst(7))] {
            return .success(value.elements.map { list($0.map(\.plainText)) } ?? value.plainText)
        }
        switch name {
        case "task.id": return .success(job.task.id)
        case "task.title": return .success(Markdown.inline(job.task.displayTitle))
        case "task.description": return .success(parts.details)
        case "date": return .success(String(job.now.secondsText.prefix { $0 != "T" }))
        case "title": return .success(Markdown.inline(parts.title))
        case "criteria": return .success(list(parts.criteria))
        case "links": return .success(list(parts.links))
        case "contents": return .success(parts.contents)
        case "sections":
            return .success(parts.sections.flatMap { $0.render(level: 2) }.joined(separator: "\n\n"))
        default:
            if name.hasPrefix("inputs.") {
                return .failure(FileViewError("the task gives no \(name) for '{{\(name)}}'"))
            }
            let nearest = Suggestion.nearest(to: name, among: Self.names).map { "; did you mean '{{\($0)}}'?" }
            return .failure(FileViewError("there is no placeholder '{{\(name.prefix(80))}}'" + (nearest ?? "")))
        }
    }

    private func list(_ entries: [String]) -> String {
        entries.map { "- " + Markdown.inline($0) }.joined(separator: "\n")
    }
}
