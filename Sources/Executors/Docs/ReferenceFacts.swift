internal import Basics
internal import Contracts
internal import Editing
internal import Model
internal import Paths

/// What the tree itself says, drawn from the files that `inputs.reference` names.
struct ReferenceFacts {
    /// A fact, and the files that it was found in.
    struct Finding {
        let name: String
        let text: String
        let files: [RepoPath]
    }

    private var files: [Finding]?
    private var options: [Finding]?
    private var variables: [Finding]?
    private(set) var notes: [String] = []

    private static let fileLimit = 20_000
    private static let byteLimit = 256 << 20

    init(_ value: InputValues, _ job: Job, in view: any FileView) throws(ExecutorError) {
        var reader = SourceReader(job, view)
        if let patterns = value["files"] {
            files = try reader.read(patterns, "files") { path, text in
                [Finding(name: "", text: SourceSummary.line(of: path, text), files: [path])]
            }
        }
        if let patterns = value["options"] {
            options = Self.merged(
                try reader.read(patterns, "options") { path, text in
                    CommandLineOptions.found(in: text, of: path).map {
                        Finding(name: $0.name, text: $0.help, files: [path])
                    }
                }, isSorted: false)
        }
        if let patterns = value["environment"] {
            variables = Self.merged(
                try reader.read(patterns, "environment") { path, text in
                    EnvironmentVariables.found(in: text).map { Finding(name: $0, text: "", files: [path]) }
                }, isSorted: true)
        }
        notes = reader.notes
    }

    /// One finding a name, with all files it was found in.
    private static func merged(_ findings: [Finding], isSorted: Bool) -> [Finding] {
        var order: [String] = []
        var byName: [String: Finding] = [:]
        for finding in findings {
            guard let known = byName[finding.name] else {
                order.append(finding.name)
                byName[finding.name] = finding
                continue
            }
            let files = known.files.last == finding.files.first ? known.files : known.files + finding.files
            byName[finding.name] = Finding(
                name: known.name, text: known.text.isEmpty ? finding.text : known.text, files: files)
        }
        return (isSorted ? order.sorted() : order).compactMap { byName[$0] }
    }

    // MARK: Sections

    func sections(linkedFrom page: RepoPath) -> [DocsSection] {
        func links(_ files: [RepoPath]) -> String {
            let shown = files.prefix(5).map { DocsLinks.link("\($0)", DocsLinks.relative($0, from: page)) }
            return shown.joined(separator: ", ") + (files.count > 5 ? " and \(files.count - 5) more" : "")
        }
        func section(_ title: String, _ columns: [String], _ findings: [Finding], _ row: (Finding) -> [String])
            -> DocsSection
        {
            var section = DocsSection(title)
            section.table = .init(columns: columns, rows: findings.map(row))
            if findings.isEmpty { (section.table, section.text) = (nil, "None were found.") }
            return section
        }
        var sections: [DocsSection] = []
        if let options {
            sections.append(
                section("Options", ["Option", "What it does"], options) { ["`\($0.name)`", $0.text] })
        }
        if let variables {
            sections.append(
                section("Environment variables", ["Variable", "Read in"], variables) {
                    ["`\($0.name)`", links($0.files)]
                })
        }
        if let files {
            sections.append(section("Files", ["File", "What it is"], files) { [links($0.files), $0.text] })
        }
        return sections
    }

    // MARK: Reading

    /// Reads files for their facts; what the policy keeps from every task is not looked into.
    private struct SourceReader {
        private let job: Job
        private let view: any FileView
        private(set) var notes: [String] = []
        private var budget = ReferenceFacts.byteLimit

        init(_ job: Job, _ view: any FileView) { (self.job, self.view) = (job, view) }

        mutating func read(
            _ value: JSON, _ key: String, _ facts: (RepoPath, String) -> [Finding]
        ) throws(ExecutorError) -> [Finding] {
            let patterns = try ReferenceFacts.patterns(value, key)
            var findings: [Finding] = []
            do throws(FileViewError) {
                let paths = try list(patterns, key)
                for path in paths {
                    guard try view.kind(of: path) ?? .other != .other, let bytes = try view.read(path) else {
                        continue
                    }
                    budget -= bytes.count
                    guard budget > 0 else {
                        throw FileViewError(
                            "inputs.reference.\(key) stands for more than \(SizeText.text(byteLimit))")
                    }
                    // Line ends and a mark say nothing; to a reader of letters `\r\n` is one that no source has.
                    let plain = Lines.withoutReturns(Array(bytes[bytes.textStart...]))
                    guard let text = String(validating: plain, as: UTF8.self), !plain.contains(0) else {
                        let isText = bytes.isUTF16 || !plain.contains(0)
                        if isText { notes.append("\(path) is not UTF-8 text, and was not read") }
                        continue
                    }
                    findings += facts(path, text)
                }
            } catch { throw ExecutorError("docs", error) }
            return findings
        }

        private mutating func list(_ patterns: [PathPattern], _ key: String) throws(FileViewError) -> [RepoPath] {
            var paths: Set<RepoPath> = []
            var kept = 0
            for pattern in patterns {
                for path in try view.list(under: pattern.directory, where: pattern.matches) {
                    if case .forbidden = job.permission.refusal(of: path) { kept += 1 } else { paths.insert(path) }
                }
            }
            if kept > 0 {
                notes.append("inputs.reference.\(key): \(kept) files that the policy forbids were not read")
            }
            guard !paths.isEmpty else {
                let names = patterns.map { "'\($0)'" }.joined(separator: ", ")
                throw FileViewError("inputs.reference.\(key): no file matches \(names)")
            }
            guard paths.count <= fileLimit else {
                throw FileViewError(
                    "inputs.reference.\(key) stands for \(paths.count) files; at most \(fileLimit) are read")
            }
            return paths.sorted()
        }
    }

    private static func patterns(_ value: JSON, _ key: String) throws(ExecutorError) -> [PathPattern] {
        var patterns: [PathPattern] = []
        for element in value.elements ?? [value] {
            do throws(PathPatternError) { patterns.append(try PathPattern(element.plainText)) } catch {
                throw ExecutorError(
                    "docs", "inputs.reference.\(key): \(error.message)", hint: "name files or globs such as src/**"
                )
            }
        }
        return patterns
    }
}
