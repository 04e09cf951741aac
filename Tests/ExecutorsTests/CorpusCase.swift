import Basics
import Model
import Paths
import Testing

/// A task on a small tree, and the bytes that it has to give; the files of `Corpus` hold them.
///
/// A file begins with a tree (`=== file PATH` and its lines; `=== no newline` ends one that has no line break at its end).
/// Then `=== task NAME EXECUTOR` with the task as JSON on one line, and what becomes of the tree: `=== change PATH` with
/// pieces that stand there once and what takes their place (`-` and `+` before each line, `@` between two), `=== new PATH`,
/// `=== gone PATH`, or `=== refused TEXT` for an error that says so. Whatever is not named stays as it is.
struct CorpusCase: CustomTestStringConvertible {
    let tree: String
    let name: String
    let executor: String
    let head: JSON
    let files: [String: [UInt8]]
    var expected: [String: [UInt8]]
    var refusal: String?

    var testDescription: String { "\(tree): \(name)" }

    struct Malformed: Error {
        let message: String
    }

    static let all: [CorpusCase] = {
        let directory = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Corpus"
        let names = (try? FileSystem.list(directory)) ?? []
        return names.filter { $0.hasSuffix(".case") }.sorted().flatMap { name in
            do {
                return try cases(
                    in: FileSystem.read(directory + "/" + name, limit: 4 << 20), tree: String(name.dropLast(5)))
            } catch { fatalError("\(name): \(error)") }
        }
    }()

    private static func cases(in bytes: [UInt8], tree: String) throws -> [CorpusCase] {
        var (files, cases): ([String: [UInt8]], [CorpusCase]) = ([:], [])
        for section in sections(bytes) {
            let words = section.title.split(separator: " ", maxSplits: 1).map(String.init)
            let rest = words.count > 1 ? words[1] : ""
            switch words[0] {
            case "file": files[rest] = section.body
            case "no": break
            case "task":
                let parts = rest.split(separator: " ").map(String.init)
                guard parts.count == 2 else { throw Malformed(message: "\(tree): '\(rest)'") }
                let head = try JSON.parse(String(decoding: section.body, as: UTF8.self))
                cases.append(
                    CorpusCase(
                        tree: tree, name: parts[0], executor: parts[1], head: head, files: files, expected: files))
            default: try cases[cases.count - 1].expect(words[0], rest, section.body)
            }
        }
        return cases
    }

    private struct Section {
        let title: String
        var body: [UInt8] = []
    }

    private static func sections(_ bytes: [UInt8]) -> [Section] {
        var sections: [Section] = []
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast() {
            if line.starts(with: "=== ".utf8) {
                let title = String(decoding: line.dropFirst(4), as: UTF8.self)
                if title == "no newline" { sections[sections.count - 1].body.removeLast() }
                sections.append(Section(title: title))
            } else if !sections.isEmpty {
                sections[sections.count - 1].body += line + [10]
            }
        }
        return sections
    }

    private mutating func expect(_ word: String, _ path: String, _ body: [UInt8]) throws {
        switch word {
        case "new": expected[path] = Self.piece(body, "+")
        case "gone": expected[path] = nil
        case "refused": refusal = path
        case "change":
            var text = expected[path] ?? []
            for block in body.dropLast().split(separator: Array("\n@\n".utf8)) {
                let (old, new) = (Self.piece(Array(block), "-"), Self.piece(Array(block), "+"))
                guard let place = text.firstRange(of: old), text[place.upperBound...].firstRange(of: old) == nil
                else {
                    throw Malformed(message: "\(testDescription): a piece of '\(path)' does not stand there once")
                }
                text.replaceSubrange(place, with: new)
            }
            expected[path] = text
        default: throw Malformed(message: "\(testDescription): '\(word)'")
        }
    }

    /// The lines with a mark, without it.
    private static func piece(_ block: [UInt8], _ mark: Unicode.Scalar) -> [UInt8] {
        let lines = block.split(separator: 10, omittingEmptySubsequences: false).filter {
            $0.first == UInt8(ascii: mark)
        }
        return Array(lines.map { Array($0.dropFirst()) }.joined(separator: [10]))
    }
}
