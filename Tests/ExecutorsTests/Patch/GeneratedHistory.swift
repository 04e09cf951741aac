import Basics
import ExecutorTestSupport
import Paths
import TestSupport

/// Files as a commit holds them.
struct Snapshot: Equatable {
    struct File: Equatable {
        var text: String
        var isExecutable = false
    }

    var files: [String: File] = [:]

    private static let names = [
        "a.txt", "b.txt", "docs/a b.md", "docs/é.md", "src/\"quoted\".c", "src/tab\there.c", "src/deep/er/x.swift",
        "z", "sp ace",
        "-dash", "back/a.txt",
    ]

    private static let words = [
        "alpha", "beta", "gamma", "", "{", "}", "    return x", "\ttab", "é", "--- a", "+++ b", "@@ -1 +1 @@", "-",
        "+x",
    ]

    private static func line(_ random: inout SeededRandom) -> String {
        let word = words.randomElement(using: &random) ?? ""
        return Bool.random(using: &random) ? word : word + " \(Int.random(in: 0..<500, using: &random))"
    }

    private static func text(_ random: inout SeededRandom, lines: ClosedRange<Int>, _ newLine: String) -> String {
        let count = Int.random(in: lines, using: &random)
        let body = (0..<count).map { _ in line(&random) }.joined(separator: newLine)
        return count == 0 || Int.random(in: 0..<4, using: &random) == 0 ? body : body + newLine
    }

    static func random(_ random: inout SeededRandom) -> Snapshot {
        var snapshot = Snapshot()
        for name in names where Int.random(in: 0..<3, using: &random) > 0 {
            let newLine = Int.random(in: 0..<5, using: &random) == 0 ? "\r\n" : "\n"
            snapshot.files[name] = File(
                text: text(&random, lines: 0...40, newLine),
                isExecutable: Int.random(in: 0..<4, using: &random) == 0)
        }
        return snapshot
    }

    /// The same files after somebody worked on them.
    func changed(_ random: inout SeededRandom, strength: Int) -> Snapshot {
        var next = self
        for _ in 0..<Int.random(in: 1...strength, using: &random) {
            guard let name = next.files.keys.sorted().randomElement(using: &random), let file = next.files[name]
            else { continue }
            switch Int.random(in: 0..<12, using: &random) {
            case 0: next.files[name] = nil
            case 1: next.files[name]?.isExecutable.toggle()
            case 2, 3: next.move(name, &random, keepsSource: false)
            case 4: next.move(name, &random, keepsSource: true)
            case 5:
                let free = Self.names.filter { next.files[$0] == nil }
                if let new = free.randomElement(using: &random) {
                    next.files[new] = File(text: Self.text(&random, lines: 0...20, "\n"))
                }
            default: next.files[name]?.text = Self.edited(file.text, &random)
            }
        }
        return next
    }

    private mutating func move(_ name: String, _ random: inout SeededRandom, keepsSource: Bool) {
        guard let target = Self.names.filter({ files[$0] == nil }).randomElement(using: &random),
            var file = files[name]
        else { return }
        if Bool.random(using: &random) { file.text = Self.edited(file.text, &random) }
        files[target] = file
        if !keepsSource { files[name] = nil }
    }

    static func edited(_ text: String, _ random: inout SeededRandom) -> String {
        let newLine = text.contains("\r\n") ? "\r\n" : "\n"
        // "\r\n" is one character, so both kinds of line end are split alike.
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...lines.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: lines.insert(line(&random), at: place)
            case 1 where place < lines.count: lines.remove(at: place)
            case 2 where place < lines.count: lines[place] = line(&random)
            default: continue
            }
        }
        return lines.joined(separator: newLine)
    }

    // MARK: As others see them

    /// A commit of the files, for `git fast-import`.
    func commit(as reference: String) -> String {
        var stream = "commit \(reference)\ncommitter A <a@example.com> 1700000000 +0000\ndata 0\n"
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
                "\t", with: "\\t")
            stream +=
                "M \(file.isExecutable ? "755" : "644") inline \"\(quoted)\"\ndata \(file.text.utf8.count)\n\(file.text)\n"
        }
        return stream
    }

    func view() throws -> MemoryFileView {
        let view = try MemoryFileView()
        for (name, file) in files {
            view.write(try RepoPath(name), Array(file.text.utf8), isExecutable: file.isExecutable)
        }
        return view
    }

    init() {}

    init(_ view: MemoryFileView) throws {
        for (path, bytes) in view.files {
            files["\(path)"] = File(
                text: String(decoding: bytes, as: UTF8.self), isExecutable: try view.isExecutable("\(path)"))
        }
    }
}
