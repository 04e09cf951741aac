import Analysis
import TestSupport
import Testing

@Suite struct CodeMaskTests {
    /// The text with `·` for what is filled.
    private func masked(_ text: String, _ language: CodeLanguage) -> String {
        String(decoding: CodeMask(Array(text.utf8), language).bytes, as: UTF8.self).replacing("\u{1}", with: "·")
    }

    @Test(
        arguments: [
            (.python, "a = 'b#' # c", "a = '··'    "), (.python, "'''x\ny''' + \"\\\"\"", "'''·\n·''' + \"··\""),
            (.swift, "f(\"a\\(g(\"b)\"))c\") /* d /* e */ f */ + 1", "f(\"············\")                   + 1"),
            (.swift, "#\"a\"b\\\"# + \"\"\"\n\"c\"\n\"\"\" // d", "#\"····\"# + \"\"\"\n···\n\"\"\"     "),
            (.script, "`a${`b`}c` / d / e; x = /[/\"]/ + 'f'", "`········` / d / e; x = /····/ + '·'"),
            (.go, "`a\\` + \"b\" + 'c'", "`··` + \"·\" + '·'"),
            (.rust, "r#\"a\"b\"# 'x' f<'a>(\"c\nd\")", "r#\"···\"# '·' f<'a>(\"·\n·\")"),
            (.java, "\"a\" + '\\'' + \"\"\"\nb\"\"\" /* /* */ + 1", "\"·\" + '··' + \"\"\"\n·\"\"\"          + 1"),
            (.kotlin, "\"a${f(\"b\")}c\" '\"' /* /* */ */ d", "\"···········\" '·'             d"),
            (
                .groovy, "'a${b' + \"c${d[\"e\"]}f\" + '''g\n'h''' /* /* */ i",
                "'····' + \"···········\" + '''·\n··'''          i"
            ),
            (.ruby, "a \"b#{c(\"d\")}e\" # f\ng = %w[h [i] j] / 2", "a \"···········\"    \ng = %w[·······] / 2"),
            (.ruby, "x = <<~A + 1\n  it's\n  A\ny /z'/ if $'\n", "x = <<~A + 1\n······\n  A\ny /··/ if $'\n"),
            (.ruby, "=begin\n'\n=end\na '\nb'\n__END__\n\"", "      \n \n    \na '\n·'\n       \n "),
            (
                .php, "<b>'</b><?php a('b\n') # c\n#[D] ?> \" <?= \"{$e['f']}\"",
                "              a('·\n')    \n#[D]          \"·········\""
            ),
            (.php, "<?php x(<<<'A'\n  y\"\n  A, 1); // z", "      x(<<<   \n····\n  A, 1);     "),
            (.csharp, "$\"a{{{b(\"c\")}\" + @\"d\\\" + 'e' // f", "$\"···········\" + @\"··\" + '·'     "),
            (.csharp, "\"\"\"a\"b\"\"\" + @\"c\"\"d\" /* e */", "\"\"\"···\"\"\" + @\"····\"        "),
        ] as [(CodeLanguage, String, String)])
    func fillsStringsAndBlanksComments(language: CodeLanguage, text: String, expected: String) {
        #expect(masked(text, language) == expected)
    }

    @Test(
        arguments: [
            (.swift, "x(\"\", \"\"\"\na\"\"\", ##\"b\"#\"##)", ["", "\na", "b\"#"]),
            (.groovy, "a 'b:c:1', \"d:$e\"", ["b:c:1", "d:$e"]),
            (.groovy, "a(\"b:c:${v(\"x\")}\")", ["b:c:${v(\"x\")}"]),
            (.kotlin, "id(\"a\") version \"1\" // \"x\"", ["a", "1"]),
            (.go, "`a` + 'b'", ["a", "b"]),
        ] as [(CodeLanguage, String, [String])])
    func knowsWhatStandsBetweenTheQuotes(language: CodeLanguage, text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        let strings = CodeMask(bytes, language).strings
        #expect(strings.map { String(decoding: bytes[$0.content], as: UTF8.self) } == expected)
        for string in strings {
            #expect(string.range.lowerBound < string.content.lowerBound)
            #expect(string.content.upperBound < string.range.upperBound)
        }
    }

    @Test(
        arguments: [
            (.swift, "let a = \"b\" // \"\n", nil), (.swift, "let a = \"b\nc\"", 8), (.swift, "a /* /* */", 2),
            (.swift, "\"\"\"\nb\"", 0), (.swift, "a + \"\\(b", 4), (.swift, "#\"a\"", 1), (.python, "\"a\\", 0),
            (.groovy, "a 'b'\nc 'd\ne 'f'", 8), (.groovy, "a 'it\\'s'", nil), (.groovy, "/* a", 0),
            (.script, "`a\nb", 0), (.go, "`a\nb`", nil), (.rust, "\"a\nb\"", nil), (.rust, "f(\"a\nb", 2),
            (.python, "'''a'", 0), (.kotlin, "'a' + \"\"\"b\\\"\"\"", nil),
        ] as [(CodeLanguage, String, Int?)])
    func saysWhatNeverEnds(language: CodeLanguage, text: String, place: Int?) {
        #expect(CodeMask(Array(text.utf8), language).unclosed == place)
    }

    @Test func blanksDeadBranchesWhenAsked() {
        var mask = CodeMask(Array("#if false\na\n#if b\nc\n#endif\n#else\nd\n#endif\n".utf8), .swift)
        mask.blankDeadBranches()
        let text = String(decoding: mask.bytes, as: UTF8.self)
        #expect(text == "         \n \n     \n \n      \n#else\nd\n#endif\n")
    }

    /// Whatever it is given, every byte stays at its place and every string in its order.
    @Test(
        .timeLimit(.minutes(60)),
        arguments: [
            CodeLanguage.python, .swift, .script, .go, .rust, .java, .kotlin, .groovy, .ruby, .php, .csharp,
        ])
    func garbageKeepsItsPlaces(language: CodeLanguage) {
        let pieces = [
            "\"", "'", "`", "\"\"\"", "'''", "#", "\\", "\\(", "${", "}", ")", "(", "{", "/", "//", "/*", "*/",
            "\n", "r#", "<<~A\n", "\nA\n", "<?php ", "?>", "%w[", "#{", "{$", "$@\"", "=begin\n",
            " ", "a", "é", "[", "]", "#if false\n",
        ]
        var random = SeededRandom(seed: 11)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...40, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            var bytes = Array(text.utf8)
            if Bool.random(using: &random), !bytes.isEmpty { bytes.removeLast() }
            var mask = CodeMask(bytes, language)
            mask.blankDeadBranches()
            #expect(mask.bytes.count == bytes.count)
            #expect(bytes.indices.allSatisfy { [bytes[$0], 32, CodeMask.filling].contains(mask.bytes[$0]) })
            #expect(bytes.indices.allSatisfy { (bytes[$0] == 10) == (mask.bytes[$0] == 10) })
            var end = 0
            for string in mask.strings {
                #expect(end <= string.range.lowerBound && string.range.upperBound <= bytes.count)
                #expect(string.content.clamped(to: string.range) == string.content)
                end = string.range.upperBound
            }
            #expect(mask.unclosed.map { bytes.indices.contains($0) } ?? true)
        }
    }

    @Test(.timeLimit(.minutes(60)), arguments: ["\"\\(", "${", "/*", "\"", "'", "#", "r#", "`${"])
    func longGarbageIsReadInTime(piece: String) {
        let bytes = Array(String(repeating: piece, count: 20_000).utf8)
        for language in [CodeLanguage.swift, .script, .rust, .kotlin, .groovy, .ruby, .php, .csharp] {
            #expect(CodeMask(bytes, language).bytes.count == bytes.count)
        }
    }
}
