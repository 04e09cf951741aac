import CommandLine
import Testing

@Suite struct TerminalTableTests {
    private let plain = Palette(isColored: false)

    @Test func columnsLineUp() {
        var table = Table([Table.Column("ID"), Table.Column("N", .right), Table.Column("TITLE")])
        #expect(table.isEmpty)
        table.add(["task-1", "5", "日本語 title"])
        table.add(["t", "12345", ""])
        table.add(["é", "1", "\u{1F1E9}\u{1F1EA} ok"])
        #expect(
            table.render(width: 80, plain) == """
                ID          N  TITLE
                task-1      5  日本語 title
                t       12345
                é           1  🇩🇪 ok

                """)
    }

    @Test func theWidestFlexibleColumnGivesWay() {
        var table = Table([
            Table.Column("ID", isFlexible: false), Table.Column("PATH", cut: .middle), Table.Column("TITLE"),
        ])
        table.add(["attempt-task-001", "Sources/Commands/Terminal/Table.swift", "a title of some length"])
        #expect(
            table.render(width: 50, plain) == """
                ID                PATH             TITLE
                attempt-task-001  Sources…e.swift  a title of…

                """)
    }

    @Test func columnsThatFitStayWhole() {
        var table = Table(["A", "B"])
        table.add(["short", String(repeating: "long ", count: 30)])
        let lines = table.render(width: 40, plain).split(separator: "\n")
        #expect(lines[1].hasPrefix("short  long") && DisplayWidth.of(lines[1]) <= 40 && lines[1].hasSuffix("…"))
    }

    @Test(arguments: 20...70)
    func everyLineFits(width: Int) {
        var table = Table(["ONE", "TWO"])
        for text in ["日本語日本語日本語日本語日本語", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "e\u{301}e\u{301}e\u{301} plain text that goes on and on"] {
            table.add([text, text])
        }
        for line in table.render(width: width, plain).split(separator: "\n") {
            #expect(DisplayWidth.of(line) <= width)
        }
    }

    @Test func idsAreNeverCut() {
        var table = Table([Table.Column("ID", isFlexible: false), "TITLE"])
        table.add([String(repeating: "i", count: 60), "some longer title"])
        let id = String(repeating: "i", count: 60)
        #expect(table.render(width: 80, plain).contains("\n\(id)  some longer title"))
        #expect(table.render(width: 40, plain) == "ID:\n  \(id)\nTITLE: some longer title\n")
    }

    @Test func nothingFromOutsideReachesTheTerminal() {
        var table = Table(["NAME"])
        table.add(["\u{1B}[2J\u{1B}]0;owned\u{7}\r\nnext\u{9B}31m\u{202E}gnp\u{200B}"])
        let text = table.render(width: 200, Palette(isColored: false))
        #expect(
            text == """
                NAME
                \\u{1b}[2J\\u{1b}]0;owned\\u{7}\\r\\nnext\\u{9b}31m\\u{202e}gnp\\u{200b}

                """)
        var cells = Table(["NAME"])
        cells.add([Table.Cell("\u{1B}[0m", .red)])
        #expect(cells.render(width: 80, Palette(isColored: true)).hasSuffix("\u{1B}[31m\\u{1b}[0m\u{1B}[0m\n"))
    }

    @Test func coloursDoNotCountAsWidth() {
        func render(_ palette: Palette) -> String {
            var table = Table(["STATE", "N"])
            table.add([Table.Cell("failed", .red), "1"])
            table.add([Table.Cell("ok", .green), "22"])
            return table.render(width: 80, palette)
        }
        #expect(render(plain) == "STATE   N\nfailed  1\nok      22\n")
        #expect(render(Palette(isColored: true)).replacing(/\u{1B}\[[0-9]+m/, with: "") == render(plain))
    }

    @Test func rowsOfAnyLengthAreTaken() {
        var table = Table(["A", "B"])
        table.add(["1"])
        table.add(["1", "2", "3"])
        #expect(table.render(width: 80, plain) == "A  B\n1\n1  2\n")
        #expect(Table([]).render(width: 10, plain) == "\n")
    }

    @Test func longTextGoesOnInTheNextLine() {
        var table = Table([Table.Column("ID", isFlexible: false), Table.Column("WHY", wraps: true), "STATE"])
        table.add(["task-1", "it depends on another task, which is not completed", "pending"])
        table.add(["task-2", "", "pending"])
        #expect(
            table.render(width: 40, plain) == """
                ID      WHY                      STATE
                task-1  it depends on another    pending
                        task, which is not
                        completed
                task-2                           pending

                """)
    }

    @Test func briefTextsComeBeforeFewerColumns() {
        func render(_ width: Int) -> String {
            var table = Table([
                Table.Column("ATTEMPT", isFlexible: false), Table.Column("TARGET", isOptional: true), "RESULT",
                Table.Column("TOOK", isOptional: true),
            ])
            table.add([
                Table.Cell("attempt-task-001-3f9a12c4", brief: "3f9a12c4"), Table.Cell("a-target"),
                Table.Cell("delivered"), Table.Cell("3.2 s"),
            ])
            return table.render(width: width, plain)
        }
        #expect(render(60).contains("attempt-task-001-3f9a12c4  a-target  delivered  3.2 s"))
        #expect(render(40).hasSuffix("\n3f9a12c4  a-target  delivered  3.2 s\n"))
        #expect(render(32) == "ATTEMPT   TARGET    RESULT\n3f9a12c4  a-target  delivered\n")
        #expect(render(20) == "ATTEMPT   RESULT\n3f9a12c4  delivered\n")
        #expect(
            render(14)
                == "ATTEMPT:\n  attempt-task-001-3f9a12c4\nTARGET:\n  a-target\nRESULT:\n  delivered\nTOOK: 3.2 s\n"
        )
    }

    @Test func lettersFromRightToLeftStayInTheirColumn() {
        var table = Table(["NAME", "STATE"])
        table.add(["שלום", "ok"])
        table.add(["plain", "ok"])
        let text = table.render(width: 80, Palette(isColored: false, isolates: true))
        #expect(text == "NAME   STATE\n\u{2068}שלום\u{2069}   ok\nplain  ok\n")
        #expect(!table.render(width: 80, plain).unicodeScalars.contains("\u{2068}"))
    }

    @Test func noWordIsBrokenWhereOneEnds() {
        #expect(DisplayWidth.fitted("a title of some length", to: 14) == "a title of…")
        #expect(DisplayWidth.fitted("a title of some length", to: 11) == "a title of…")
        #expect(DisplayWidth.fitted("a verylongwordindeed", to: 10) == "a verylon…")
    }
}
