internal import Basics
internal import Editing
internal import Model
internal import Paths

/// Fills `{{task.id}}`, `{{task.title}}` and `{{date}}` into texts.
///
/// Any other `{{…}}` is left as it is, since templates of other tools look the same; only what begins with `task.`
/// and is not known is an error.
struct Placeholders {
    private let values: [String: String]
    private let files: any FileView

    /// Where a repository keeps its own templates.
    private static let templateDirectory = ".leviathan/templates/"

    /// No placeholder is longer, braces and all, so that braces which nothing closes are passed by at once.
    private static let longest = 200

    init(_ job: Job, templates files: any FileView) {
        self.files = files
        values = [
            "task.id": job.task.id, "task.title": job.task.displayTitle,
            "date": String(job.now.secondsText.prefix { $0 != "T" }),
        ]
    }

    func filling(_ text: String) throws(EditRefusal) -> String {
        guard text.contains("{{") else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            result += rest[..<open.lowerBound]
            rest = rest[open.lowerBound...]
            guard let close = rest.prefix(Self.longest).firstRange(of: "}}") else {
                result += "{{"
                rest = rest[open.upperBound...]
                continue
            }
            let name = String(rest[open.upperBound..<close.lowerBound]).trimmed
            if let value = values[name] {
                result += value
                rest = rest[close.upperBound...]
            } else if name.hasPrefix("task.") {
                throw unknown(name)
            } else {
                result += "{{"
                rest = rest[open.upperBound...]
            }
        }
        return result + rest
    }

    /// The value with every text in it filled in; names of members are left as they are.
    func filling(_ value: JSON) throws(EditRefusal) -> JSON {
        switch value {
        case .string(let text): return .string(try filling(text))
        case .array(let elements):
            var filled: [JSON] = []
            for element in elements { filled.append(try filling(element)) }
            return .array(filled)
        case .object(let members):
            var filled: [JSON.Member] = []
            for member in members { filled.append(.init(member.name, try filling(member.value))) }
            return .object(filled)
        default: return value
        }
    }

    /// A template of the repository, filled in.
    func template(_ name: String) throws(EditRefusal) -> String {
        let path: RepoPath
        do throws(RepoPathError) { path = try RepoPath(Self.templateDirectory + name) } catch {
            throw EditRefusal(error.message)
        }
        let bytes: [UInt8]?
        do throws(FileViewError) { bytes = try files.read(path) } catch { throw EditRefusal(error.description) }
        guard let bytes else {
            throw EditRefusal(
                "there is no template '\(name)'", hint: "templates are files in \(Self.templateDirectory)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EditRefusal("the template '\(name)' is not UTF-8 text")
        }
        return try filling(text)
    }

    private func unknown(_ name: String) -> EditRefusal {
        let nearest = Suggestion.nearest(to: name, among: values.keys.sorted()).map { "did you mean '{{\($0)}}'?" }
        return EditRefusal(
            "there is no placeholder '{{\(name)}}'",
            hint: nearest ?? "there are \(values.keys.sorted().map { "{{\($0)}}" }.joined(separator: ", "))")
    }
}
