import CommandLine
import Testing

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("ｱ", 1), ("Ａ", 2), ("한국", 4),
        ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("❤️", 2), ("❤", 1), ("🇩🇪", 2), ("1️⃣", 2),
        ("\u{200B}", 0), ("ไทย", 3), ("นี้", 1), ("हिन्दी", 5), ("…", 1), ("─", 1), ("⚡", 2), ("〈", 2), ("𠀀", 2),
        ("ß", 1),
    ])
    func widths(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test(arguments: [
        ("hello", 5, "hello"), ("hello", 4, "hel…"), ("hello", 1, "…"), ("hello", 0, ""), ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ])
    func cuts(text: String, width: Int, expected: String) {
        #expect(DisplayWidth.fitted(text, to: width) == expected)
    }

    @Test(arguments: [
        ("abcdefghij", 7, "abc…hij"), ("abcdefghij", 6, "abc…ij"), ("abcdefghij", 1, "…"), ("日本語日本語", 7, "日本…語"),
    ])
    func cutsInTheMiddle(text: String, width: Int, expected: String) {
        let found = DisplayWidth.fitted(text, to: width, cut: .middle)
        #expect(found == expected && DisplayWidth.of(found) <= width)
    }

    @Test(arguments: 1...20)
    func noEscapeIsCut(width: Int) {
        let text = SafeText.line("ab\u{1B}\u{202E}cd\nef\u{1B}")
        for cut in [DisplayWidth.Cut.end, .middle] {
            let shown = DisplayWidth.fitted(text, to: width, cut: cut)
            let rest = ["\\u{1b}", "\\u{202e}", "\\n"].reduce(shown) { $0.replacing($1, with: "") }
            #expect(!rest.contains("\\") && !rest.contains("{") && !rest.contains("}"), "\(shown)")
            #expect(DisplayWidth.of(shown) <= width)
        }
    }

    @Test func everyControlBecomesVisible() {
        let controls = (0...0x1F).map { $0 } + Array(0x7F...0x9F)
        for value in controls + [0x61C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x2066, 0xFEFF, 0xE0041, 0x3164] {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            let shown = SafeText.line("a" + String(scalar) + "b")
            #expect(!shown.unicodeScalars.contains(scalar) && shown.contains("\\"), "\(value)")
        }
        #expect(SafeText.line("a\r\nb\tc\u{1B}") == "a\\r\\nb\\tc\\u{1b}")
        #expect(SafeText.block("a\r\n\tb\u{1B}") == "a\\r\n\tb\\u{1b}")
    }

    @Test func ordinaryTextStaysAsItIs() {
        for text in [
            "", "plain", "naïve “quotes” – dash", "日本語", "👨‍👩‍👧‍👦 ❤️ 🇩🇪", "עברית", "نص \u{600}١", "می\u{200C}خواهم",
        ] {
            #expect(SafeText.line(text) == text)
        }
    }

    @Test func towersOfMarksAreCutDown() {
        let shown = SafeText.line("a" + String(repeating: "\u{301}", count: 20))
        #expect(shown.unicodeScalars.filter { $0 == "\u{301}" }.count == 8 && shown.hasSuffix("\\u{301}"))
    }

    @Test func wrapsAtSpaces() {
        #expect(Wrapping.wrap("one two three four", width: 9) == "one two\nthree\nfour")
        #expect(Wrapping.wrap("one two three", width: 9, indent: 4) == "    one\n    two\n    three")
        #expect(Wrapping.wrap("日本 日本 日本", width: 9) == "日本 日本\n日本")
        #expect(Wrapping.wrap("a\n\nb  c", width: 9, indent: 1) == " a\n\n b c")
        #expect(
            Wrapping.wrap("see https://example.org/long now", width: 10) == "see\nhttps://example.org/long\nnow")
        #expect(Wrapping.wrap("code:\n  $ keep   this as it is", width: 10) == "code:\n  $ keep   this as it is")
        #expect(Wrapping.wrap("a b", width: 0, indent: 9) == "         a\n         b")
    }

    @Test func longNamesStandAlone() {
        let list = DefinitionList([
            ("short", "explained"), ("a-name-that-is-much-longer-than-thirty", "explained too"), ("bare", ""),
        ])
        #expect(
            list.render(width: 60, Palette(isColored: false)) == """
                  short  explained
                  a-name-that-is-much-longer-than-thirty
                         explained too
                  bare

                """)
    }
}
