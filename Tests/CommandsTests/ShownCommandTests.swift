import Basics
import CommandLine
import Commands
import TestSupport
import Testing

/// Every command line that a page shows is one that the program understands.
@Suite struct ShownCommandTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    /// Pages with command lines, but for those that are made from the declarations.
    private static func pages() throws -> [String] {
        let docs = try FileSystem.list(root + "/docs").map { "docs/" + $0 }
        let builds = try FileSystem.list(root + "/docs/ci").map { "docs/ci/" + $0 }
        return ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
            + (docs + builds).filter { $0.hasSuffix(".md") && $0 != "docs/commands.md" }
    }

    /// Command lines of blocks, which are whole, and of the text, where arguments may be left out.
    private static func shown(_ page: String) throws -> [(line: String, isWhole: Bool)] {
        let text = String(decoding: try FileSystem.read(root + "/" + page, limit: 1 << 21), as: UTF8.self)
        var (shown, isBlock): ([(String, Bool)], Bool) = ([], false)
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```") {
                isBlock.toggle()
            } else if isBlock {
                let line = line.hasPrefix("$ ") ? line.dropFirst(2) : line
                if line.hasPrefix("leviathan ") { shown.append((String(line), true)) }
            } else {
                let quoted = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                for (index, part) in quoted where index % 2 == 1 && part.hasPrefix("leviathan ") {
                    shown.append((String(part), false))
                }
            }
        }
        return shown
    }

    /// The words up to what the shell reads for itself.
    private static func words(_ line: String) -> [String] {
        var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
        for character in line + " " {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                (quote, word) = (character, word ?? "")
            } else if character == " " {
                guard let whole = word else { continue }
                if ["|", ">", "<", "&&", ";", "#"].contains(whole) { return words }
                words.append(whole)
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words
    }

    @Test func everyPageShowsCommandsThatThereAre() throws {
        var count = 0
        for page in try Self.pages() {
            for (line, isWhole) in try Self.shown(page) {
                let words = Self.words(line).dropFirst()
                // `[--once | --loop]` and `…` stand for what is left to the reader.
                if words.contains(where: { $0.hasPrefix("[") || $0.contains("…") || $0.contains("|") }) {
                    continue
                }
                count += 1
                do throws(UsageError) { _ = try ArgumentParser(Program.spec).parse(Array(words)) } catch {
                    let isOpen = !isWhole && !error.message.hasPrefix("there is no ")
                    #expect(isOpen || Self.isTopic(Array(words)), "\(page): \(line): \(error.message)")
                }
            }
        }
        #expect(count > 150)
    }

    /// `help NAME` prints a page where there is no command of that name.
    private static func isTopic(_ words: [String]) -> Bool {
        guard words.first == "help", let name = words.last else { return false }
        return name == "topics" || name == "topic" || FileSystem.exists("\(root)/docs/\(name).md")
            || ["TOPIC", "NAME", "COMMAND"].contains(name)
    }
}
