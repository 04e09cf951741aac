internal import Basics
internal import Contracts
internal import Model
internal import Paths

/// The links of a page; what they lead to has to be there.
struct DocsLinks {
    /// Links in Markdown, in the order of `inputs.links`.
    let entries: [String]

    init(_ links: JSON?, from page: RepoPath, in files: any FileView) throws(ExecutorError) {
        var (entries, missing) = ([String](), [String]())
        for value in links?.elements ?? [] {
            let link = InputValues(value, DocsInputs.link)
            guard let target = value.string ?? link["path"]?.string, !target.isEmpty else { continue }
            let title = link["title"]?.string
            if target.hasPrefix("https://") || target.hasPrefix("http://") {
                entries.append(Self.link(title ?? target, target))
            } else if let path = Self.existing(target, in: files, page) {
                let fragment = target.firstIndex(of: "#").map { String(target[$0...]) } ?? ""
                entries.append(Self.link(title ?? path.name, Self.relative(path, from: page) + fragment))
            } else {
                missing.append(target)
            }
        }
        guard missing.isEmpty else {
            throw ExecutorError(
                "docs", "inputs.links names what is not there: \(missing.joined(separator: ", "))",
                hint: "paths begin at the root of the repository, such as docs/guide.md")
        }
        self.entries = entries
    }

    static func link(_ title: String, _ target: String) -> String {
        let text = Markdown.inline(title).replacing("[", with: "\\[").replacing("]", with: "\\]")
        let isPlain = target.allSatisfy { !$0.isWhitespace && !"()<>".contains($0) }
        return "[\(text)](\(isPlain ? target : "<" + target.filter { !"<>\n".contains($0) } + ">"))"
    }

    /// The way from the directory of one file to another file.
    static func relative(_ path: RepoPath, from page: RepoPath) -> String {
        let directory = (page.parent?.components ?? []).map { String(decoding: $0, as: UTF8.self) }
        let target = path.components.map { String(decoding: $0, as: UTF8.self) }
        let shared = zip(directory, target.dropLast()).prefix { $0 == $1 }.count
        let steps = Array(repeating: "..", count: directory.count - shared) + target.dropFirst(shared)
        return steps.joined(separator: "/")
    }

    private static func existing(_ target: String, in files: any FileView, _ page: RepoPath) -> RepoPath? {
        let plain = target.prefix { $0 != "#" }
        let text = plain.hasSuffix("/") ? plain.dropLast() : plain
        guard let path = try? RepoPath(String(text)) else { return nil }
        let isThere = ((try? files.kind(of: path)) ?? nil) != nil || (try? files.hasDirectory(path)) == true
        return isThere || path == page ? path : nil
    }
}
