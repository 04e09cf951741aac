internal import Analysis
internal import Basics
internal import Model
internal import Paths

/// Follows the relative links of changed Markdown files through the new tree.
///
/// A link that leads nowhere counts when the change wrote it, or took away what it led to.
struct LinkCheck {
    private let contents: any ChangeContents
    private let tree: (any TreeQuestion)?
    private let changes: [RepoPath: Change]

    init(changes: [Change], contents: any ChangeContents, tree: (any TreeQuestion)?) {
        (self.contents, self.tree) = (contents, tree)
        self.changes = Dictionary(changes.map { ($0.path, $0) }) { first, _ in first }
    }

    func problems(in files: [ChangedFile]) -> [String] {
        let pages = files.filter { Self.isMarkdown($0.path) }
        guard !pages.isEmpty else { return [] }
        guard let tree else {
            return ["where the links of '\(pages[0].path)' lead cannot be checked: the tree cannot be looked into"]
        }
        var follower = LinkFollower(tree: tree, contents: contents, changes: changes)
        do { try contents.expect(pages.flatMap { try Self.linkedPages($0, tree) }) } catch {
            return ["the pages that '\(pages[0].path)' links to cannot be read"]
        }
        return pages.flatMap { file -> [String] in
            guard let after = file.after else {
                return ["the links of '\(file.path)' cannot be checked: it cannot be read"]
            }
            let known = Set(file.before.map { MarkdownPage($0).links.map(\.destination) } ?? [])
            let page = MarkdownPage(after)
            return page.links.compactMap { link in
                guard
                    let problem = follower.problem(
                        with: link.destination, in: file.path, page, wasThere: known.contains(link.destination))
                else { return nil }
                return "'\(file.path)' line \(link.line): the link to '\(link.destination)' \(problem)"
            }
        }
    }

    /// The pages of which a page names headings.
    private static func linkedPages(_ file: ChangedFile, _ tree: any TreeQuestion) throws -> [ObjectID] {
        try file.after.map { MarkdownPage($0).links }?.compactMap { link in
            guard let link = RelativeLink(link.destination), link.fragment != nil, let path = link.path,
                case .inside(let place) = link.target(path, from: file.path), isMarkdown(place),
                case .file(let blob) = try tree.item(at: place)
            else { return nil }
            return blob
        } ?? []
    }

    static func isMarkdown(_ path: RepoPath) -> Bool {
        let name = path.name.lowercased()
        return name.hasSuffix(".md") || name.hasSuffix(".markdown")
    }
}

/// Answers for one link at a time, and remembers the pages it read.
private struct LinkFollower {
    let tree: any TreeQuestion
    let contents: any ChangeContents
    let changes: [RepoPath: Change]
    private var anchors: [ObjectID: HeadingSlugs] = [:]

    init(tree: any TreeQuestion, contents: any ChangeContents, changes: [RepoPath: Change]) {
        (self.tree, self.contents, self.changes) = (tree, contents, changes)
    }

    /// Pages of the forge that people reach by going up from the repository's root.
    private static let forgePages: Set<String> = [
        "issues", "pulls", "pull", "wiki", "releases", "actions", "discussions", "security", "compare", "blob",
        "tree",
        "commit", "commits", "labels", "milestones", "projects", "stargazers", "tags", "graphs", "network",
    ]

    mutating func problem(
        with destination: String, in file: RepoPath, _ page: MarkdownPage, wasThere: Bool
    ) -> String? {
        guard let link = RelativeLink(destination) else { return nil }
        do {
            guard let path = link.path, !path.isEmpty else {
                guard let fragment = link.fragment, !page.slugs.contains(fragment) else { return nil }
                return try wasThere && !hadAnchor(fragment, at: file) ? nil : "names no heading of this page"
            }
            let place: RepoPath
            switch link.target(path, from: file) {
            case .root: return nil
            case .outside:
                return link.climbs(to: Self.forgePages) || wasThere ? nil : "leads out of the repository"
            case .inside(let path): place = path
            }
            guard let item = try tree.item(at: place) else {
                if try passesSymlink(place) { return nil }
                return wasThere && !isTakenAway(place) ? nil : "leads nowhere: there is no '\(place)'"
            }
            guard let fragment = link.fragment, LinkCheck.isMarkdown(place), case .file(let blob) = item,
                try !slugs(of: blob).contains(fragment)
            else { return nil }
            return try wasThere && !hadAnchor(fragment, at: place) ? nil : "names no heading of '\(place)'"
        } catch {
            return "cannot be followed: the tree or a file cannot be read"
        }
    }

    /// Whether the change deleted the file, or the last one of the directory.
    private func isTakenAway(_ place: RepoPath) -> Bool {
        changes.values.contains { $0.operation == .delete && ($0.path == place || $0.path.isBelow(place)) }
    }

    /// Whether the page had the heading before the change.
    private mutating func hadAnchor(_ fragment: String, at path: RepoPath) throws -> Bool {
        guard let change = changes[path], let blob = change.oldBlob else { return false }
        return try slugs(of: blob).contains(fragment)
    }

    private func passesSymlink(_ place: RepoPath) throws -> Bool {
        var parent = place.parent
        while let directory = parent {
            if case .symlink = try tree.item(at: directory) { return true }
            parent = directory.parent
        }
        return false
    }

    private mutating func slugs(of blob: ObjectID) throws -> HeadingSlugs {
        if let known = anchors[blob] { return known }
        guard let bytes = try contents.bytes(of: blob) else { throw PageTooLarge() }
        let slugs = MarkdownPage(bytes).slugs
        anchors[blob] = slugs
        return slugs
    }

    private struct PageTooLarge: Error {}
}

/// A destination that can only be found in the repository itself.
struct RelativeLink {
    let path: String?
    let fragment: String?

    private static let fillings = ["{{", "{%", "${", "<%", "}}"].map { Array($0.utf8) }

    /// `nil` for addresses, paths from a site's root, and what a template fills in.
    init?(_ destination: String) {
        let bytes = destination.utf8
        guard let first = bytes.first, first != RepoPath.separator, first != UInt8(ascii: "\\") else { return nil }
        let scheme = bytes.prefix {
            $0 != UInt8(ascii: ":") && $0 != RepoPath.separator && $0 != UInt8(ascii: "#")
        }
        if scheme.count < bytes.count, bytes[scheme.endIndex] == UInt8(ascii: ":"),
            (97...122).contains(first | 0x20)
        {
            return nil
        }
        guard !Self.fillings.contains(where: { Array(bytes).contains(piece: $0) }) else { return nil }
        let parts = destination.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts[0].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = Self.decoded(query[0])
        // With '?plain=1' the forge shows lines, not headings.
        fragment = parts.count > 1 && query.count == 1 ? Self.decoded(parts[1]) : nil
    }

    enum Target {
        case root
        case inside(RepoPath)
        case outside
    }

    /// Where the path leads from a file.
    func target(_ path: String, from file: RepoPath) -> Target {
        var parts = file.components.dropLast().map { Array($0) }
        for part in path.utf8.split(separator: RepoPath.separator) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) {
                guard parts.popLast() != nil else { return .outside }
            } else {
                parts.append(Array(part))
            }
        }
        if parts.isEmpty { return .root }
        return (try? RepoPath(bytes: Array(parts.joined(separator: [RepoPath.separator])))).map(Target.inside)
            ?? .outside
    }

    /// Whether the first name behind all the `..` is one of these.
    func climbs(to names: Set<String>) -> Bool {
        let name = path?.split(separator: "/").first { $0 != ".." && $0 != "." }
        return name.map { names.contains(String($0)) } ?? true
    }

    /// Percent signs and the one entity that addresses contain are resolved.
    private static func decoded(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self).replacing("&amp;", with: "&")
    }
}
