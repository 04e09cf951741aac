import Basics
import CommandLine
import TestSupport
import Testing

@Suite struct ArgumentsMisuseTests {
    private func error(_ words: [String]) -> UsageError? {
        do throws(UsageError) { _ = try ArgumentParser(ArgumentsExample.program).parse(words) } catch {
            return error
        }
        return nil
    }

    private static let runUsage = "tool run [OPTIONS] TASK [MODE]"
    private static let usage = "tool COMMAND [OPTIONS]"

    @Test(
        arguments: [
            ("rnu x", "there is no command 'rnu'", "did you mean 'run'?", usage),
            ("jour", "there is no command 'jour'", "did you mean 'journal'?", usage),
            ("verify", "there is no command 'verify'", "did you mean 'journal verify'?", usage),
            ("bogus", "there is no command 'bogus'", "'tool help' lists the commands", usage),
            ("bogus --help", "there is no command 'bogus'", "'tool help' lists the commands", usage),
            ("help rnu", "there is no command 'rnu'", "did you mean 'run'?", usage),
            ("help run task", "there is no command 'task'", "'tool help run' lists the commands", runUsage),
            ("secre", "there is no command 'secre'", "'tool help' lists the commands", usage),
            ("journal verfy", "there is no command 'verfy'", "did you mean 'verify'?", "tool journal COMMAND"),
            ("journal", "'tool journal' needs one of its commands: verify, export", nil, "tool journal COMMAND"),
            (
                "-q journal", "'tool journal' needs one of its commands: verify, export", nil,
                "tool journal COMMAND"
            ),
        ] as [(String, String, String?, String)])
    func explainsCommands(line: String, message: String, hint: String?, usage: String) {
        check(line, message, hint.map { $0.replacing("'journal verify'", with: "'tool journal verify'") }, usage)
    }

    @Test(
        arguments: [
            ("run x --limt 3", "there is no option '--limt'", "did you mean '--limit'?", runUsage),
            ("run x --exec y", "there is no option '--exec'", "did you mean '--executor'?", runUsage),
            ("run x --jsn", "there is no option '--jsn'", "did you mean '--json'?", runUsage),
            ("run x --hepl", "there is no option '--hepl'", "did you mean '--help'?", runUsage),
            ("run x --no-json", "there is no option '--no-json'", "'--json' cannot be turned off", runUsage),
            ("run x --no-ftch", "there is no option '--no-ftch'", "did you mean '--no-fetch'?", runUsage),
            ("run x --trac", "there is no option '--trac'", "'tool help run' lists the options", runUsage),
            ("run x -z", "there is no option '-z'", "'tool help run' lists the options", runUsage),
            ("run x -qz", "there is no option '-z'", "'tool help run' lists the options", runUsage),
            ("run x -json", "there is no option '-j'", "did you mean '--json'?", runUsage),
            ("run x -1", "there is no option '-1'", "'tool help run' lists the options", runUsage),
            (
                "list --dry-run", "there is no option '--dry-run'", "'tool run' has one of that name",
                "tool list [NAME …]"
            ),
            ("--deep", "there is no option '--deep'", "'tool journal verify' has one of that name", usage),
            ("list -n 3", "there is no option '-n'", "'tool run' has one of that name", "tool list [NAME …]"),
            ("--d=1", "there is no option '--d'", "'tool help' lists the options", usage),
            ("---", "there is no option '---'", "'tool help' lists the options", usage),
            ("--=x", "there is no option '--'", "'tool help' lists the options", usage),
        ] as [(String, String, String?, String)])
    func explainsOptions(line: String, message: String, hint: String?, usage: String) {
        check(line, message, hint, usage)
    }

    @Test(
        arguments: [
            ("run", "'TASK' is missing: The task", nil), ("run a fast c", "'c' is one argument too many", nil),
            (
                "run a fast --log c", "'c' is one argument too many",
                "if it is the value of '--log', write '--log=c'"
            ),
            ("run a slwo", "MODE cannot be 'slwo'; it is one of fast, slow", "did you mean 'slow'?"),
            ("run x --limit", "'--limit' needs a value", nil), ("run x -qn", "'-n' needs a value", nil),
            ("run x --limit -- y", "'--limit' needs a value", nil),
            ("run x --when", "'--when' needs a value", "it is one of now, never"),
            ("run x --type --json", "'--type' needs a value", "if '--json' is the value, write '--type=--json'"),
            ("run x -e -q", "'-e' needs a value", "if '-q' is the value, write '-e-q'"),
            ("run x --json=1", "'--json' takes no value", nil),
            ("run x --no-fetch=1", "'--no-fetch' takes no value", nil),
            ("run x --limit 1 --limit 2", "'--limit' is given twice", nil),
            ("run x --limit 1 -n 2", "'-n' is given twice", nil), ("-q run -q x", "'-q' is given twice", nil),
            ("run x --fetch --no-fetch", "'--fetch' and '--no-fetch' exclude each other", nil),
            ("run x --no-fetch --fetch", "'--no-fetch' and '--fetch' exclude each other", nil),
            ("run x --push --dry-run", "'--push' and '--dry-run' exclude each other", nil),
            ("run x --dry-run --push", "'--dry-run' and '--push' exclude each other", nil),
            ("run x --when nwo", "'--when' cannot be 'nwo'; it is one of now, never", "did you mean 'now'?"),
            ("run x --color=", "'--color' cannot be ''; it is one of auto, always, never", nil),
        ] as [(String, String, String?)])
    func explainsValues(line: String, message: String, hint: String?) {
        check(line, message, hint, Self.runUsage)
    }

    private func check(_ line: String, _ message: String, _ hint: String?, _ usage: String) {
        let found = error(line.split(separator: " ").map(String.init))
        #expect(found?.message == message)
        #expect(found?.hint == hint)
        #expect(found?.usage == usage)
    }

    @Test func wordsFromOutsideAreHarmlessAndShort() throws {
        for word in ["\u{1B}[31mred\u{7}\n", "--\u{1B}]0;x\u{7}", "-\u{9B}"] {
            let found = try #require(error([word]))
            #expect(found.message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
        let long = try #require(error([String(repeating: "x", count: 100_000)]))
        #expect(long.message.count < 100)
    }

    @Test func valuesOfUnknownOptionsAreNotRepeated() throws {
        let found = try #require(error(["run", "x", "--tokn=hunter2"]))
        #expect(!found.description.contains("hunter2") && found.hint?.contains("hunter2") != true)
    }

    @Test func neitherGarbageNorLengthStopsTheReader() {
        var random = SeededRandom(seed: 7)
        let pieces = [
            "-", "--", "---", "=", "-n", "--limit", "--limit=", "run", "journal", "verify", "help", "-h", "",
            "-qvq",
            "\u{301}", "-\u{301}", "--no-", "--no-fetch", "--log", "-C", "\u{0}", "task", "--color=always",
        ]
        for _ in 0..<3000 {
            let words = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                (0..<Int.random(in: 1...2, using: &random)).map { _ in
                    pieces[Int.random(in: 0..<pieces.count, using: &random)]
                }.joined()
            }
            if let found = error(words) { #expect(!found.message.isEmpty && found.usage.hasPrefix("tool")) }
        }
        #expect(error(["list"] + Array(repeating: "x", count: 50_000)) == nil)
        #expect(error(["run", "-" + String(repeating: "v", count: 50_000), "x"]) == nil)
    }
}
