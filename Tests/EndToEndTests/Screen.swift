import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// What commands print, held against what a person has looked at: `Tests/Screens/NAME.txt`.
///
/// What differs from run to run (ids, times, places) is replaced by what it is.
struct Screen {
    private let name: String
    private var text = ""

    init(_ name: String) { self.name = name }

    /// Runs a command in the target, and adds what it was, what it printed and how it ended.
    @discardableResult
    mutating func run(
        _ line: String, _ target: TestTarget, in directory: String? = nil, extra: [String: String] = [:]
    ) throws -> ProcessOutcome {
        let words = line.split(separator: " ").map(String.init)
        let outcome = try target.leviathan(arguments: words, in: directory, extra: extra)
        text += "$ leviathan \(Self.steady(line, target))\n" + Self.lines(outcome.output.text, target)
        let errors = Self.lines(outcome.errors.text, target)
        if !errors.isEmpty { text += "--- standard error\n" + errors }
        text += "--- \(outcome.ending)\n\n"
        return outcome
    }

    /// With `LEVIATHAN_RECORD=1` the screen is written, and the test fails so that nobody records by accident.
    func expect(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        let file = tests.joined(separator: "/") + "/Screens/\(name).txt"
        if getenv("LEVIATHAN_RECORD") != nil {
            try FileSystem.write(Array(text.utf8), to: file)
            Issue.record("\(name) was recorded", sourceLocation: sourceLocation)
            return
        }
        let known = FileSystem.exists(file) ? try FileSystem.read(file, limit: 1 << 20) : []
        guard known != Array(text.utf8) else { return }
        let changes = Self.changes(from: String(decoding: known, as: UTF8.self), to: text)
        Issue.record(
            "\(name) is not what was looked at; LEVIATHAN_RECORD=1 swift test writes it\n\(changes)",
            sourceLocation: sourceLocation)
    }

    private static func changes(from old: String, to new: String) -> String {
        let (before, after) = (old.split(separator: "\n"), new.split(separator: "\n"))
        return after.difference(from: before).prefix(20).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)\n"
            case .remove(_, let line, _): "- \(line)\n"
            }
        }.joined()
    }
}

// MARK: What differs from run to run

extension Screen {
    private static func lines(_ text: String, _ target: TestTarget) -> String {
        var steady = steady(text, target)
        // Columns are as wide as what was replaced.
        if steady.contains("‹") { steady = squeezed(steady) }
        return steady.isEmpty || steady.hasSuffix("\n") ? steady : steady + "\n"
    }

    /// Runs of spaces within a line become two, but for quoted files and what points into them.
    private static func squeezed(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.prefixMatch(of: #/[ 0-9]*\|/#) != nil { return String(line) }
            return String(line).replacing(#/([^ ]) {2,}/#) { "\($0.output.1)  " }
        }.joined(separator: "\n")
    }

    private static func steady(_ text: String, _ target: TestTarget) -> String {
        var text = text.replacing(target.repository.directory.path, with: "/place")
        for (pattern, replacement) in patterns() { text = text.replacing(pattern, with: replacement) }
        text = text.replacing(Clock.system.now().secondsText.prefix(10), with: "‹today›")
        return text.replacing(#/"([a-z_]*(?:_ms|seconds|duration))":( ?)[0-9.]+/#) {
            "\"\($0.output.1)\":\($0.output.2)‹number›"
        }
    }

    /// In this order: what an earlier one replaced is not looked at again.
    private static func patterns() -> [(Regex<Substring>, String)] {
        [
            (#/attempt-[a-z0-9-]+-[0-9a-f]{8}/#, "‹attempt›"),
            (#/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#, "‹id›"),
            (#/\b[0-9a-f]{64}\b/#, "‹digest›"),
            (#/\b[0-9a-f]{40}\b/#, "‹object›"),
            (#/\b(?:[0-9a-f]{7,8}|(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{9,32})\b/#, "‹hex›"),
            (
                #/\b20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}(?:\.[0-9]+)?(?:Z| UTC)?(?: \((?:in [^)]*|[^)]* ago|just now)\))?/#,
                "‹time›"
            ),
            (#/just now|\b[0-9]+ (?:s|min|h) ago\b/#, "‹ago›"),
            (#/\b[0-9]{2}:[0-9]{2}:[0-9]{2}\b/#, "‹time›"),
            (#/\b[0-9]+(?:\.[0-9]+)? (?:ms|s|min)\b/#, "‹duration›"),
        ]
    }
}
