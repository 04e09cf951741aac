internal import Basics
package import Paths
internal import TOML
internal import YAML

/// Why a file cannot be read by its own format, and where.
package struct SyntaxProblem: Error, Equatable {
    package let line: Int
    package let message: String

    init(_ message: String, line: Int) { (self.message, self.line) = (message, line) }
}

/// The formats whose files are checked, by their names.
package enum ContentSyntax: Sendable {
    case json
    /// JSON in which the programs that read it allow comments and a comma at the end.
    case jsonWithComments
    case yaml
    case toml
    case python

    /// `nil` for a file of no known kind.
    package init?(_ path: RepoPath) {
        switch path.loweredExtension {
        case "json":
            let parts = path.description.lowercased().split(separator: "/")
            self = Self.allowsComments(parts) ? .jsonWithComments : .json
        case "yaml", "yml": self = .yaml
        case "toml": self = .toml
        case "py": self = .python
        default: return nil
        }
    }

    /// Editors and compilers whose JSON files have comments, by their directories and names.
    private static func allowsComments(_ parts: [Substring]) -> Bool {
        let name = parts.last ?? ""
        if parts.dropLast().contains(where: { [".vscode", ".devcontainer", ".zed"].contains($0) }) { return true }
        let names: Set<Substring> = [
            "devcontainer.json", ".eslintrc.json", ".jshintrc.json", "api-extractor.json", "deno.json",
            "language-configuration.json", ".swcrc.json", "typedoc.json", "nest-cli.json", "turbo.json",
            "biome.json", "rush.json", "project.json", "angular.json", "wrangler.json",
        ]
        return names.contains(name) || name.hasPrefix("tsconfig") || name.hasPrefix("jsconfig")
    }

    private static let templateMarks = ["templat", "skeleton", ".tmpl."].map { Array($0.utf8) }
    private static let fillings = ["{{", "{%", "<%", "${"].map { Array($0.utf8) }

    /// Whether a generator fills the file in later, so that it need not be well-formed yet.
    package static func isTemplate(_ path: RepoPath, _ bytes: [UInt8]) -> Bool {
        if path.bytes.contains(piece: fillings[0]) || path.bytes.contains(piece: "__cookiecutter") { return true }
        let lowered = path.loweredBytes
        return templateMarks.contains { lowered.contains(piece: $0) }
            && fillings.contains { bytes.contains(piece: $0) }
    }

    /// The first problem; `nil` for a file that is well-formed.
    package func problem(in bytes: [UInt8]) -> SyntaxProblem? {
        switch self {
        case .json: Self.json(bytes)
        case .jsonWithComments: Self.json(JSONComments.blanked(bytes))
        case .yaml: Self.yaml(bytes)
        case .toml: Self.toml(bytes)
        case .python: PythonSyntax.problem(in: bytes)
        }
    }

    private static func json(_ bytes: [UInt8]) -> SyntaxProblem? {
        // The mark is not JSON, but what editors on Windows write and most programs skip.
        let mark = bytes.textStart
        do throws(JSONError) {
            _ = try JSON.parse(bytes[mark...], maximumDepth: 400)
            return nil
        } catch {
            return SyntaxProblem("not valid JSON: \(error.problem)", line: bytes.line(at: error.offset + mark))
        }
    }

    private static func yaml(_ bytes: [UInt8]) -> SyntaxProblem? {
        do throws(YAMLError) {
            _ = try YAML.parse(bytes)
            return nil
        } catch { return SyntaxProblem("not valid YAML: \(error.message)", line: error.span.start.line) }
    }

    private static func toml(_ bytes: [UInt8]) -> SyntaxProblem? {
        do throws(TOMLError) {
            _ = try TOMLDocument(bytes)
            return nil
        } catch {
            let advice = error.hint.map { "; \($0)" } ?? ""
            return SyntaxProblem(error.message + advice, line: error.position?.line ?? 1)
        }
    }
}

/// Makes plain JSON of JSON with comments, every byte at its old place.
enum JSONComments {
    static func blanked(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        var comma: Int?
        var (index, previous) = (0, UInt8(0))
        // Behind the last end of a comment none begins, so that openings without an end are looked into only once.
        let lastEnd = lastCommentEnd(bytes)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                (comma, previous) = (nil, bytes[index])
                index = endOfString(bytes, index)
                continue
            case UInt8(ascii: "/"):
                let end = endOfComment(bytes, index, lastEnd)
                for place in index..<end where bytes[place] != UInt8(ascii: "\n") {
                    result[place] = UInt8(ascii: " ")
                }
                if end > index {
                    index = end
                    continue
                }
            case UInt8(ascii: ","): comma = "{[,".utf8.contains(previous) ? nil : index
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let comma { result[comma] = UInt8(ascii: " ") }
                comma = nil
            case 9, 10, 13, 32: break
            default: comma = nil
            }
            if bytes[index] > 32 { previous = bytes[index] }
            index += 1
        }
        return result
    }

    private static func endOfString(_ bytes: [UInt8], _ start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\n") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    /// The start itself where no comment begins, or where one never ends.
    private static func endOfComment(_ bytes: [UInt8], _ start: Int, _ lastEnd: Int) -> Int {
        guard start + 1 < bytes.count else { return start }
        if bytes[start + 1] == UInt8(ascii: "/") {
            return bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        }
        guard bytes[start + 1] == UInt8(ascii: "*"), start + 2 <= lastEnd else { return start }
        var index = start + 2
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") { return index + 2 }
            index += 1
        }
        return start
    }

    /// Where the last `*/` begins; -1 where there is none.
    private static func lastCommentEnd(_ bytes: [UInt8]) -> Int {
        bytes.indices.dropLast().last { bytes[$0] == UInt8(ascii: "*") && bytes[$0 + 1] == UInt8(ascii: "/") }
            ?? -1
    }
}
