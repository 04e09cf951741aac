import Basics
import CommandLine
import Testing

@Suite struct ArgumentsParsingTests {
    private func parse(_ line: String) throws(UsageError) -> ParsedArguments {
        try ArgumentParser(ArgumentsExample.program).parse(line.split(separator: " ").map(String.init))
    }

    @Test func readsEverySpelling() throws {
        let parsed = try parse("-C dir --json run -qv --limit=-3 --type a --type=b task")
        #expect(parsed.path == ["run"] && parsed.value("directory") == "dir" && parsed.flag("json"))
        #expect(parsed.flag("quiet") && parsed.flag("verbose") && !parsed.flag("dry-run"))
        #expect(parsed.value("limit") == "-3" && parsed.all("type") == ["a", "b"])
        #expect(parsed.argument("TASK") == "task" && parsed.argument("MODE") == nil)
    }

    @Test(arguments: ["run -Cdir x", "run -C=dir x", "run x -C dir", "-qCdir run x", "run --directory=dir x"])
    func optionsOfTheProgramStandAnywhere(line: String) throws {
        let parsed = try parse(line)
        #expect(parsed.path == ["run"] && parsed.value("directory") == "dir" && parsed.argument("TASK") == "x")
    }

    @Test(arguments: ["run -n-1 x", "run -n -1 x", "run --limit -1 x", "run --limit=-1 x", "run x -qn -1"])
    func aNegativeNumberIsAValue(line: String) throws {
        #expect(try parse(line).value("limit") == "-1")
    }

    @Test func whatFollowsTheDashesIsPlain() throws {
        #expect(try parse("run -- --json").argument("TASK") == "--json")
        #expect(try parse("run -- --json fast").argument("MODE") == "fast")
        #expect(try parse("list a - -- -b -- --help").arguments("NAME") == ["a", "-", "-b", "--", "--help"])
        #expect(try !parse("run -- --help").asksForHelp)
    }

    @Test func findsCommandsByPathAndAlias() throws {
        #expect(try parse("journal verify --deep").path == ["journal", "verify"])
        #expect(try parse("r x").path == ["run"])
        #expect(try parse("").path == [])
        #expect(try parse("journal export a b").arguments("FILE") == ["a", "b"])
        #expect(try parse("secret --trace").flag("trace"))
    }

    @Test func valuesMayBeAnything() throws {
        let parser = ArgumentParser(ArgumentsExample.program)
        let words = ["run", "--limit=", "--type=a=b", "--type", "", "--type=\u{301}x", "", "fast"]
        let parsed = try parser.parse(words)
        #expect(parsed.value("limit") == "" && parsed.all("type") == ["a=b", "", "\u{301}x"])
        #expect(parsed.argument("TASK") == "")
    }

    @Test func defaultsHoldUntilSomethingIsGiven() throws {
        let bare = try parse("run x")
        #expect(bare.value("color") == "auto" && !bare.isGiven("color"))
        #expect(bare.flag("fetch") && bare.value("log") == nil && bare.count("verbose") == 0)
        let full = try parse("run x --color never --no-fetch --log -vv --verbose")
        #expect(full.value("color") == "never" && full.isGiven("color") && !full.flag("fetch"))
        #expect(full.isGiven("log") && full.value("log") == "run.log" && full.count("verbose") == 3)
        #expect(try parse("run --log=mine x").value("log") == "mine")
        #expect(try parse("run --log x").argument("TASK") == "x")
        #expect(try parse("run --no-fetch --push x").flag("push"))
    }

    @Test(
        arguments: [
            ("--help", []), ("-h", []), ("help", []), ("run --help", ["run"]), ("--help run", ["run"]),
            ("help run", ["run"]), ("help r", ["run"]), ("help journal verify", ["journal", "verify"]),
            ("journal -h verify", ["journal", "verify"]), ("journal --help", ["journal"]), ("run -qh", ["run"]),
            ("run --bogus a b c d --help", ["run"]), ("run --limit --help", ["run"]),
            ("run x --json=1 -h", ["run"]),
            ("--bogus run -h", ["run"]), ("help", []),
        ] as [(String, [String])])
    func helpIsFoundAnywhere(line: String, path: [String]) throws {
        let parsed = try parse(line)
        #expect(parsed.asksForHelp && parsed.path == path)
    }

    @Test(arguments: ["--version", "run --version", "--version run x", "run x --version", "journal --version"])
    func theVersionLeavesNothingToRun(line: String) throws {
        let parsed = try parse(line)
        #expect(parsed.flag("version") && parsed.path.isEmpty && !parsed.asksForHelp)
    }

    @Test func readsValuesWithAMeaning() throws {
        #expect(try parse("run x -n 5").integer("limit") == 5)
        #expect(try parse("run x").integer("limit") == nil)
        #expect(try parse("run x -n -5").integer("limit", in: -9...9) == -5)
        #expect(try parse("run x -n 1h30m").duration("limit") == .seconds(5400))
        #expect(try parse("run x -n 2KB").size("limit") == 2000)
        #expect(try parse("run x").choice("color", ColorChoice.self) == .auto)
    }

    @Test(arguments: ["many", "-1", "", "5.0", "99999999999999999999", "٣"])
    func aNumberThatIsNoneIsMisuse(text: String) throws {
        let parsed = try ArgumentParser(ArgumentsExample.program).parse(["run", "x", "--limit=\(text)"])
        #expect(
            throws: UsageError(
                "'--limit' needs a whole number; '\(text)' is none", usage: "tool run [OPTIONS] TASK [MODE]")
        ) { try parsed.integer("limit") }
    }

    @Test func namesWhatWasExpected() throws {
        let parsed = try parse("run x --limit soon")
        func message(_ read: (ParsedArguments) throws(UsageError) -> Void) -> String? {
            do throws(UsageError) { try read(parsed) } catch { return error.message }
            return nil
        }
        #expect(
            message { parsed throws(UsageError) in _ = try parsed.duration("limit") }
                == "'--limit' needs a duration such as 30s, 5m or 1h30m; 'soon' is none")
        #expect(
            message { parsed throws(UsageError) in _ = try parsed.integer("limit", in: 1...9) }
                == "'--limit' needs a whole number from 1 to 9; 'soon' is none")
        #expect(
            message { parsed throws(UsageError) in _ = try parsed.integer("limit", in: 1...Int.max) }
                == "'--limit' needs a whole number of at least 1; 'soon' is none")
        #expect(
            message { parsed throws(UsageError) in _ = try parsed.size("limit") }
                == "'--limit' needs a size such as 500KB or 2MB; 'soon' is none")
        #expect(parsed.misuse("no").usage == "tool run [OPTIONS] TASK [MODE]")
    }
}
