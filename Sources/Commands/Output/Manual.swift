internal import Basics
internal import CDocs
internal import CommandLine

/// The pages of docs/, as they were when the program was built.
enum Manual {
    struct Page {
        let name: String
        let text: String

        /// Its first heading.
        var title: String {
            let line = text.prefix { $0 != "\n" }
            return String(line.drop { $0 == "#" || $0 == " " })
        }
    }

    static let pages: [Page] = {
        var pages: [Page] = []
        while let page = docs_page_at(pages.count)?.pointee {
            let text = UnsafeBufferPointer(start: page.text, count: page.length)
            pages.append(Page(name: String(cString: page.name), text: String(decoding: text, as: UTF8.self)))
        }
        return pages
    }()

    /// What `help NAME` prints where no command has the name: a page, or the list of them.
    static func answer(to words: [String], _ palette: Palette) -> String? {
        let words = words.filter { !$0.hasPrefix("-") }
        guard words.first == "help", words.count == 2 || words.count == 3 && isList(words[1]) else { return nil }
        guard let name = words.last, !isList(name) else { return list }
        return pages.first { $0.name == name }.map { palette.isColored ? styled($0.text, palette) : $0.text }
    }

    /// Why `help topic NAME` prints nothing; `nil` for anything else.
    static func mistake(in words: [String]) -> UsageError? {
        let words = words.filter { !$0.hasPrefix("-") }
        guard words.count == 3, words[0] == "help", isList(words[1]) else { return nil }
        let names = pages.map(\.name)
        let beginning = names.filter { $0.hasPrefix(words[2]) }
        let near = Suggestion.nearest(to: words[2], among: names) ?? (beginning.count == 1 ? beginning[0] : nil)
        return UsageError(
            "the manual has no page '\(SafeText.line(words[2]))'",
            hint: near.map { "did you mean '\($0)'?" } ?? "'leviathan help topics' lists the pages")
    }

    private static func isList(_ word: String) -> Bool { word == "topics" || word == "topic" }

    private static var list: String {
        let rows = pages.map { ($0.name, SafeText.line($0.title)) }
        return "The pages of the manual:\n"
            + DefinitionList(rows, alignedWith: []).render(width: 100, Palette(isColored: false))
            + "\n'leviathan help topic NAME' prints one.\n"
    }

    /// Markdown for a terminal: headings and what is quoted stand out.
    private static func styled(_ text: String, _ palette: Palette) -> String {
        var isCode = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            if line.hasPrefix("```") {
                isCode.toggle()
                return ""
            }
            if isCode { return "    " + palette.cyan(String(line)) }
            return line.hasPrefix("#") ? palette.bold(String(line.drop { $0 == "#" || $0 == " " })) : String(line)
        }
        return lines.joined(separator: "\n")
    }
}
