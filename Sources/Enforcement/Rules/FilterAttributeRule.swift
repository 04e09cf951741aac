internal import Analysis
internal import Basics
internal import Model
internal import Paths

/// A filter would make the committed bytes others than the examined ones, so nothing under one is changed.
struct FilterAttributeRule: Rule {
    private static let fileName = Array(".gitattributes".utf8)

    func violations(in subject: RuleSubject) -> [Violation] {
        let present = subject.ownChanges.filter { $0.operation != .delete && $0.newMode != 0o160000 }
        return present.flatMap { change in
            change.path.name.lowercased() == ".gitattributes" ? Self.newFilters(in: change, subject) : []
        } + Self.filtered(present, subject)
    }

    /// Lines that give a filter, and do not stand in the base's file already.
    private static func newFilters(in change: Change, _ subject: RuleSubject) -> [Violation] {
        guard let file = ChangedFile(change, in: subject), let after = file.after else { return [] }
        var known: Set<ArraySlice<UInt8>> = []
        if let before = file.before { before.forEachLine { known.insert(before[$1]) } }
        let attributes = GitAttributes(after)
        let giving = Set(attributes.lines.filter(\.givesFilter).map(\.number) + attributes.macroLines)
        var found: [Violation] = []
        after.forEachLine { number, range in
            guard giving.contains(number), !known.contains(after[range]) else { return }
            found.append(
                Violation(
                    "filter-attribute", path: change.path, line: number,
                    "'\(change.path)' line \(number) gives files a filter, a program that runs at each checkout",
                    hint: "leave filters to a person"))
        }
        return found
    }

    private static func filtered(_ present: [Change], _ subject: RuleSubject) -> [Violation] {
        guard let tree = subject.tree else { return [] }
        var table = AttributeTable(tree: tree, contents: subject.contents)
        // What cannot be had is told of each file that it decides about.
        try? subject.contents.expect(try attributeFiles(above: present.map(\.path), tree))
        return present.filter { $0.newMode != 0o120000 && $0.newBlob != $0.oldBlob }.compactMap { change in
            do {
                guard try table.hasFilter(change.path) else { return nil }
                return Violation(
                    "filter-attribute", path: change.path,
                    "'\(change.path)' is under a filter (such as LFS), which Leviathan does not run",
                    hint: "keep the file out of the task's change")
            } catch {
                return Violation(
                    "filter-attribute", path: change.path,
                    "whether '\(change.path)' is under a filter cannot be checked: a .gitattributes file cannot be read"
                )
            }
        }
    }

    private static func attributeFiles(above paths: [RepoPath], _ tree: any TreeQuestion) throws -> [ObjectID] {
        var directories: Set<[UInt8]> = [[]]
        for path in paths {
            for (index, byte) in path.bytes.enumerated() where byte == RepoPath.separator {
                directories.insert(Array(path.bytes[...index]))
            }
        }
        return try directories.compactMap { directory in
            guard case .file(let blob) = try tree.item(at: RepoPath(bytes: directory + fileName)) else {
                return nil
            }
            return blob
        }
    }

    /// The attribute files on the way to each path, each read once.
    private struct AttributeTable {
        let tree: any TreeQuestion
        let contents: any ChangeContents
        private var files: [[UInt8]: GitAttributes?] = [:]

        init(tree: any TreeQuestion, contents: any ChangeContents) {
            (self.tree, self.contents) = (tree, contents)
        }

        /// What the deepest attribute file with an opinion says.
        mutating func hasFilter(_ path: RepoPath) throws -> Bool {
            let top = try file(in: [], macros: [:])
            var result = top?.filter(path, below: 0)
            for (index, byte) in path.bytes.enumerated() where byte == RepoPath.separator {
                let inner = try file(in: Array(path.bytes[...index]), macros: top?.macros ?? [:])
                result = inner?.filter(path, below: index + 1) ?? result
            }
            return result ?? false
        }

        /// `directory` ends in its slash, or is empty.
        private mutating func file(in directory: [UInt8], macros: [String: Bool]) throws -> GitAttributes? {
            if let known = files[directory] { return known }
            var attributes: GitAttributes?
            if case .file(let blob) = try tree.item(at: RepoPath(bytes: directory + FilterAttributeRule.fileName))
            {
                guard let bytes = try contents.bytes(of: blob) else { throw AttributesTooLarge() }
                attributes = GitAttributes(bytes, macros: macros)
            }
            files[directory] = .some(attributes)
            return attributes
        }
    }

    private struct AttributesTooLarge: Error {}
}
