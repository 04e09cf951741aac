internal import Basics
internal import Executors
internal import Model
internal import Paths

/// The tools that look at the repository; whatever it holds may be seen, a bounded piece at a time.
struct ReadingTools {
    static let listLimit = 1000
    static let readLines = 2000
    private static let readBytes = 64 << 10
    private static let fileBytes = 8 << 20
    private static let searchedFileBytes = 1 << 20
    private static let searchedBytes = 128 << 20
    private static let matchLimit = 200
    private static let lineBytes = 400

    let files: any FileView
    let cancellation: Cancellation

    func list(_ input: ToolInput) throws(ToolRefusal) -> String {
        let (directory, glob) = (try input.directory(), try input.glob())
        let paths = try paths(under: directory, glob)
        if paths.isEmpty { return "no files" }
        let shown = paths.prefix(Self.listLimit).map(\.description)
        let rest = paths.count - shown.count
        return (shown + (rest > 0 ? ["… and \(rest) more; ask for a directory or a glob"] : []))
            .joined(separator: "\n")
    }

    func read(_ input: ToolInput) throws(ToolRefusal) -> String {
        let path = try input.path()
        let from = try input.number("from_line", 1...Int.max) ?? 1
        let count = try input.number("lines", 1...Self.readLines) ?? Self.readLines
        let bytes = try text(of: path)
        if bytes.isEmpty { return "'\(path)' is empty" }
        let lines = Self.lines(bytes)
        guard from <= lines.count else { throw ToolRefusal("'\(path)' has only \(lines.count) lines") }
        var shown: [ArraySlice<UInt8>] = []
        var size = 0
        for line in lines[(from - 1)...].prefix(count) {
            size += line.count + 1
            if size > Self.readBytes && !shown.isEmpty { break }
            shown.append(line)
        }
        return Self.piece(shown, from: from, of: lines.count)
    }

    private static func piece(_ shown: [ArraySlice<UInt8>], from: Int, of total: Int) -> String {
        let bytes = Array(shown.joined(separator: [10]))
        var text = String(decoding: bytes.prefix(readBytes), as: UTF8.self)
        if bytes.count > readBytes { text += "\n… the line goes on" }
        let last = from + shown.count - 1
        if from == 1 && last == total { return text }
        return text + "\n… lines \(from) to \(last) of \(total)"
    }

    /// The text of a plain file of bearable size.
    private func text(of path: RepoPath) throws(ToolRefusal) -> [UInt8] {
        guard let kind = try view({ () throws(FileViewError) in try files.kind(of: path) }) else {
            let isDirectory = try view { () throws(FileViewError) in try files.hasDirectory(path) }
            throw ToolRefusal(isDirectory ? "'\(path)' is a directory; list it" : "there is no file '\(path)'")
        }
        guard kind != .other else { throw ToolRefusal("'\(path)' is not a plain file") }
        let bytes = try view { () throws(FileViewError) in try files.read(path) } ?? []
        guard bytes.count <= Self.fileBytes else {
            throw ToolRefusal("'\(path)' is \(SizeText.text(bytes.count)), too large to read")
        }
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw ToolRefusal("'\(path)' is not UTF-8 text")
        }
        return bytes
    }

    func search(_ input: ToolInput) throws(ToolRefusal) -> String {
        let wanted = try input.text("text", limit: 1000)
        guard !wanted.isEmpty, !wanted.contains(where: \.isNewline) else {
            throw ToolRefusal("'text' has to be one line that is not empty")
        }
        let ignoresCase = try input.flag("ignore_case") ?? false
        let piece = Self.folded(Array(wanted.utf8), ignoresCase)
        var (found, searched, skipped): ([String], Int, Int) = ([], 0, 0)
        for path in try paths(under: try input.directory(), try input.glob()) {
            guard searched < Self.searchedBytes, found.count < Self.matchLimit, !cancellation.isCancelled else {
                found.append("… and perhaps more; narrow the search down")
                break
            }
            guard let bytes = try searchable(path) else {
                skipped += 1
                continue
            }
            searched += bytes.count
            found += Self.matches(of: piece, in: bytes, ignoresCase, path).prefix(Self.matchLimit - found.count)
        }
        let note = skipped == 0 ? [] : ["(\(skipped) files that are large or no text were left out)"]
        return ((found.isEmpty ? ["nothing found"] : found) + note).joined(separator: "\n")
    }

    private func searchable(_ path: RepoPath) throws(ToolRefusal) -> [UInt8]? {
        let kind = try view { () throws(FileViewError) in try files.kind(of: path) }
        guard let kind, kind != .other else { return nil }
        let bytes = try view { () throws(FileViewError) in try files.read(path) } ?? []
        return bytes.count <= Self.searchedFileBytes && !bytes.prefix(8000).contains(0) ? bytes : nil
    }

    private static func matches(
        of piece: [UInt8], in bytes: [UInt8], _ ignoresCase: Bool, _ path: RepoPath
    ) -> [String] {
        let searched = folded(bytes, ignoresCase)
        var (found, start, line, counted): ([String], Int, Int, Int) = ([], 0, 1, 0)
        while let place = searched.firstIndex(of: piece, from: start), found.count < matchLimit {
            line += searched[counted..<place].reduce(0) { $1 == 10 ? $0 + 1 : $0 }
            counted = place
            let first = (searched[..<place].lastIndex(of: 10) ?? -1) + 1
            let end = searched[place...].firstIndex(of: 10) ?? searched.count
            let shown = String(decoding: bytes[first..<min(end, first + lineBytes)], as: UTF8.self)
            found.append("\(path):\(line): \(shown)\(end - first > lineBytes ? "…" : "")")
            start = end
        }
        return found
    }

    /// Only letters of ASCII have two cases here, so that places stay the same.
    private static func folded(_ bytes: [UInt8], _ ignoresCase: Bool) -> [UInt8] {
        ignoresCase ? bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 } : bytes
    }

    /// Without their line ends.
    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { $0.last == 13 ? $0.dropLast() : $0 }
    }

    private func paths(under directory: RepoPath?, _ glob: PathPattern?) throws(ToolRefusal) -> [RepoPath] {
        try view { () throws(FileViewError) in
            try files.list(under: directory) { path in glob?.matches(path) ?? true }
        }
    }

    private func view<Value>(_ body: () throws(FileViewError) -> Value) throws(ToolRefusal) -> Value {
        do throws(FileViewError) { return try body() } catch {
            throw ToolRefusal(PlainLine.text(error.description, limit: 500))
        }
    }
}
