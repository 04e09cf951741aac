internal import Basics
package import Paths

/// Who owns which files, as a `CODEOWNERS` file says in GitHub's or GitLab's way.
package struct CodeOwners: Sendable {
    package enum Dialect: Sendable {
        case github, gitlab

        /// Where the file may be; the first that is there counts.
        package var places: [String] {
            switch self {
            case .github: [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]
            case .gitlab: ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"]
            }
        }

        /// `nil` for a forge that has its own way, or none.
        package init?(_ kind: ForgeKind) {
            switch kind {
            case .github: self = .github
            case .gitlab: self = .gitlab
            case .gitea, .gerrit, .plain: return nil
            }
        }
    }

    package enum Owner: Hashable, Sendable {
        case user(String)
        /// `organisation/team`, or a group with its subgroups.
        case team(String)
        case email(String)
        /// Everybody of a role, such as `maintainer`.
        case role(String)

        /// As a `CODEOWNERS` file writes it.
        package var name: String {
            switch self {
            case .user(let name), .team(let name): "@" + name
            case .email(let address): address
            case .role(let name): "@@" + name
            }
        }
    }

    private struct Rule: Sendable {
        let pattern: OwnerPattern
        let owners: [Owner]
        let isException: Bool
    }

    private struct Section: Sendable {
        let name: String
        let isOptional: Bool
        let owners: [Owner]
        /// Where it was last named; before the first line without a name.
        var line = -1
        var rules: [Rule] = []
    }

    private static let longestFile = 3 << 20
    private static let mostRules = 20_000

    private var sections: [Section] = []

    /// Lines that cannot be understood are passed over, as forges do.
    package init(_ bytes: [UInt8], _ dialect: Dialect) {
        let text = String(decoding: bytes.prefix(Self.longestFile), as: UTF8.self)
        sections = [Section(name: "", isOptional: false, owners: [])]
        var (count, current) = (0, 0)
        var places = ["": 0]
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let words = OwnerLine.words(line, dialect)
            guard let first = words.first, count < Self.mostRules else { continue }
            if dialect == .gitlab, let section = Self.section(line) {
                // Sections of one name, in any case, are one section, which stands where it was last named.
                let name = section.name.lowercased()
                current = places[name] ?? sections.count
                if current == sections.count { sections.append(section) }
                places[name] = current
                sections[current].line = number
                continue
            }
            let isException = dialect == .gitlab && first.hasPrefix("!")
            guard let pattern = OwnerPattern(isException ? String(first.dropFirst()) : first, dialect) else {
                continue
            }
            let own = words.dropFirst().compactMap(Self.owner)
            let owners = own.isEmpty && dialect == .gitlab ? sections[current].owners : own
            sections[current].rules.append(Rule(pattern: pattern, owners: owners, isException: isException))
            count += 1
        }
        sections = sections.filter { !$0.rules.isEmpty }.sorted { $0.line < $1.line }
    }

    /// The owners of a file: of each section the last rule that fits; those of optional sections come last.
    package func owners(of path: RepoPath) -> [Owner] {
        var (owners, known) = ([Owner](), Set<Owner>())
        for section in sections.filter({ !$0.isOptional }) + sections.filter(\.isOptional) {
            let fitting = section.rules.filter { $0.pattern.matches(path.bytes) }
            guard !fitting.contains(where: \.isException), let rule = fitting.last else { continue }
            for owner in rule.owners where known.insert(owner).inserted { owners.append(owner) }
        }
        return owners
    }

    /// Everybody who may own a file that the pattern matches: of each section the rules that may fit, but for those
    /// that a later one takes everything from.
    package func owners(within pattern: PathPattern) -> Set<Owner> {
        if pattern.isLiteral, let path = try? RepoPath(pattern.text) { return Set(owners(of: path)) }
        var found: Set<Owner> = []
        for section in sections {
            for rule in section.rules.reversed() where !rule.isException && rule.pattern.couldOverlap(pattern) {
                found.formUnion(rule.owners)
                if let directory = pattern.fixedDirectory, rule.pattern.coversEverything(below: directory) {
                    break
                }
            }
        }
        return found
    }

    /// Who to ask about a change: those who own most of it first, never its author, at most so many.
    package func reviewers(
        for paths: some Sequence<RepoPath>, limit: Int, excluding authors: [String] = []
    ) -> (reviewers: [Reviewer], unresolved: [String]) {
        var order: [Owner] = []
        var counts: [Owner: Int] = [:]
        for path in paths {
            for owner in owners(of: path) {
                if counts[owner] == nil { order.append(owner) }
                counts[owner, default: 0] += 1
            }
        }
        let ranked = order.enumerated().sorted { left, right in
            let (first, second) = (counts[left.element] ?? 0, counts[right.element] ?? 0)
            return first == second ? left.offset < right.offset : first > second
        }.map(\.element)
        let excluded = Set(authors.map { $0.lowercased() })
        var reviewers: [Reviewer] = []
        var unresolved: [String] = []
        for owner in ranked {
            switch owner {
            case .user(let name) where excluded.contains(name.lowercased()): continue
            case .email(let address) where excluded.contains(address.lowercased()): continue
            case .user(let name): reviewers.append(.user(name))
            case .team(let path): reviewers.append(.team(path.split(separator: "/").last.map(String.init) ?? path))
            case .email(let text), .role(let text): unresolved.append(text)
            }
        }
        return (Array(reviewers.prefix(max(0, limit))), unresolved)
    }

    private static func owner(_ word: String) -> Owner? {
        if word.hasPrefix("@@") { return word.count > 2 ? .role(String(word.dropFirst(2))) : nil }
        if word.hasPrefix("@") {
            let name = String(word.dropFirst())
            let isName =
                !name.isEmpty
                && name.unicodeScalars.allSatisfy { TextDefusal.isWord($0) || "-./".unicodeScalars.contains($0) }
            guard isName, !name.hasPrefix("/"), !name.hasSuffix("/") else { return nil }
            return name.contains("/") ? .team(name) : .user(name)
        }
        let parts = word.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") ? .email(word) : nil
    }

    /// `[Name]`, `^[Name]`, `[Name][2]`, each with owners for its rules that name none.
    private static func section(_ line: Substring) -> Section? {
        var rest = line.drop { $0 == " " || $0 == "\t" }
        let isOptional = rest.hasPrefix("^[")
        if isOptional { rest = rest.dropFirst() }
        guard rest.hasPrefix("["), let end = rest.firstIndex(of: "]"), end > rest.index(after: rest.startIndex)
        else {
            return nil
        }
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        rest = rest[rest.index(after: end)...]
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") { rest = rest[rest.index(after: close)...] }
        // A pattern may begin with a class, as in `[ab].txt`.
        guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
        let owners = OwnerLine.words(rest, .gitlab).compactMap(owner)
        return Section(name: name, isOptional: isOptional, owners: owners)
    }
}

/// Takes a line apart at its spaces, those with a backslash before them left in.
enum OwnerLine {
    static func words(_ line: Substring, _ dialect: CodeOwners.Dialect) -> [String] {
        var words: [String] = []
        var word = ""
        var isEscaped = false
        for character in line {
            if isEscaped {
                // What else a backslash stands before, the pattern has to know of.
                word += character == " " || character == "#" ? String(character) : "\\" + String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == " " || character == "\t" {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else if character == "#", word.isEmpty {
                return words
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
