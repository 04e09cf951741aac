internal import Basics
internal import Contracts
internal import Editing
internal import Model
internal import Paths

/// A Markdown page made from a task.
struct DocsPage {
    /// Whose block it is.
    let owner: String
    /// What stands between the marks.
    let body: String
    /// Whether it is a release of a changelog, which stands where the order of the releases says.
    let isRelease: Bool
    /// The release's version; `nil` for what is not released.
    let release: String?
    let releaseDate: String?
    /// Whether the page is the task's as a whole, without marks.
    let isWhole: Bool
    private(set) var notes: [String] = []
    private let title: String

    init(job: Job, at path: RepoPath, in files: any FileView) throws(ExecutorError) {
        let inputs = try job.inputs(DocsInputs.declaration)
        let name = inputs["template"]?.plainText
        let template = DocsTemplate.all.first { $0.name == name }
        var parts = try DocsParts(
            job.task, inputs, template, links: DocsLinks(inputs["links"], from: path, in: files))
        if let facts = inputs.record("reference") {
            let reference = try ReferenceFacts(facts, job, in: files)
            parts.sections += reference.sections(linkedFrom: path)
            notes += reference.notes
        }
        parts.title = inputs["title"]?.string ?? job.task.displayTitle
        (owner, isRelease) = (job.task.id, template?.name == DocsTemplate.changelog.name)
        release = isRelease ? inputs["version"]?.string : nil
        releaseDate = isRelease ? inputs["date"]?.plainText : nil
        isWhole = inputs["marks"]?.string == "none"
        if let name, template == nil {
            let own = try RepositoryTemplate(named: name, in: files)
            let filled = try own.filled(with: parts, job)
            (title, body) = (filled.title ?? parts.title, Self.unmarked(filled.body))
        } else {
            (title, body) = (parts.title, Self.unmarked(parts.body))
        }
    }

    /// A text that holds a mark would end the block that it stands in.
    private static func unmarked(_ text: String) -> String {
        text.contains("<!-- leviathan:") ? text.replacing("<!-- leviathan:", with: "&lt;!-- leviathan:") : text
    }

    /// The whole file, for a page that is not there yet.
    var newFile: String {
        "# \(Markdown.inline(title))\n\n" + (isWhole ? body : ManagedBlock(owner: owner).wrapping(body))
    }

    /// What stands below a heading for what is not released, which is there already.
    var changes: String {
        guard isRelease, release == nil, let end = body.firstRange(of: "\n") else { return body }
        return String(body[end.upperBound...]).trimmed + "\n"
    }
}

/// What a page is put together from.
struct DocsParts {
    var title = ""
    let details: String
    let criteria: [String]
    var sections: [DocsSection]
    let links: [String]
    private let template: DocsTemplate?

    init(
        _ task: BacklogTask, _ inputs: InputValues, _ template: DocsTemplate?, links: DocsLinks
    ) throws(ExecutorError) {
        (details, criteria, self.template) = (task.details?.trimmed ?? "", task.acceptanceCriteria, template)
        self.links = links.entries
        sections = try template?.sections(from: inputs) ?? []
        for (index, element) in (inputs["sections"]?.elements ?? []).enumerated() {
            sections.append(try DocsSection(from: element, at: "inputs.sections[\(index)]"))
        }
    }

    var body: String {
        let all = allSections
        var parts = details.isEmpty || isChangelog ? [] : [details]
        if all.count > 5 { parts.append(contents) }
        for section in all { parts += section.render(level: 2) }
        return parts.isEmpty ? "" : parts.joined(separator: "\n\n") + "\n"
    }

    private var isChangelog: Bool { template?.name == DocsTemplate.changelog.name }

    private var allSections: [DocsSection] {
        var all = sections
        if isChangelog, !details.isEmpty { all[0].text = details }
        if !criteria.isEmpty, template?.listsCriteria ?? true {
            var covered = DocsSection("What this page covers")
            covered.points = criteria.map { .init(text: $0) }
            all.append(covered)
        }
        if !links.isEmpty {
            var seeAlso = DocsSection("See also")
            seeAlso.points = links.map { .init(text: $0) }
            all.append(seeAlso)
        }
        return all
    }

    /// A list of the sections, each with the anchor that a forge gives to it.
    var contents: String {
        var anchors = HeadingAnchors()
        _ = anchors.next(for: title)
        return allSections.map { section in
            let entry = "- [\(Markdown.inline(section.title))](#\(anchors.next(for: section.title)))"
            anchors.skip(section.sections)
            return entry
        }.joined(separator: "\n")
    }
}

/// Anchors of one page: the second heading of a name gets `-1` behind it.
private struct HeadingAnchors {
    private var counts: [String: Int] = [:]

    mutating func next(for heading: String) -> String {
        let anchor = Markdown.anchor(Markdown.inline(heading))
        let count = counts[anchor, default: 0]
        counts[anchor] = count + 1
        return count == 0 ? anchor : "\(anchor)-\(count)"
    }

    mutating func skip(_ sections: [DocsSection]) {
        for section in sections {
            _ = next(for: section.title)
            skip(section.sections)
        }
    }
}
