internal import Basics
internal import Editing

/// Tests as a framework writes them.
struct TestSource {
    private let framework: TestFramework
    /// The word for a test in scripts.
    private let testWord: String
    /// How a script is laid out.
    private let style: ScriptStyle

    init(_ framework: TestFramework, testWord: String? = nil, style: ScriptStyle = .standard) {
        (self.framework, self.testWord, self.style) = (framework, testWord ?? framework.testWord, style)
    }

    /// Blank lines before what is added.
    var gap: String { framework.language == .python ? "\n\n" : "\n" }

    /// All tests, with blank lines between them.
    func tests(_ cases: [TestCase], isAlone: Bool) -> String {
        let between = isAlone && framework.language == .python ? "\n\n" : "\n"
        return cases.map { test($0) }.joined(separator: between)
    }

    /// A text between quotes, which the language takes for nothing but text.
    func quoted(_ text: String) -> String {
        switch framework.language {
        case .php: Self.quoted(text, "'", escaping: "\\'")
        case .ruby: Self.quoted(text, "\"", escaping: "\\\"#")
        case .kotlin: Self.quoted(text, "\"", escaping: "\\\"$")
        case .script: style.quoted(text)
        case .python:
            // As their formatters have it: with the quote of which the text has fewer.
            Self.count("\"", in: text) > Self.count("'", in: text)
                ? Self.quoted(text, "'", escaping: "\\'") : Self.quoted(text, "\"", escaping: "\\\"")
        default: Self.quoted(text, "\"", escaping: "\\\"")
        }
    }

    private static func count(_ scalar: Unicode.Scalar, in text: String) -> Int {
        text.unicodeScalars.count { $0 == scalar }
    }

    static func quoted(_ text: String, _ quote: String, escaping signs: String) -> String {
        let escaped = Set(signs.unicodeScalars)
        var result = quote
        for scalar in text.unicodeScalars {
            if escaped.contains(scalar) { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result + quote
    }

    private func test(_ test: TestCase) -> String {
        let reason = quoted("not implemented: " + test.text)
        let text = quoted(framework.namesAreTexts ? test.name : test.text)
        switch framework {
        case .pytest:
            return decorator("", "@pytest.mark.skip(", "reason=\(reason)")
                + "def \(test.name)():\n    pytest.fail(\"not implemented\")\n"
        case .unittest:
            return decorator("    ", "@unittest.skip(", reason)
                + "    def \(test.name)(self):\n        self.fail(\"not implemented\")\n"
        case .swiftTesting:
            return "    @Test(\(text), .disabled(\"not implemented\"))\n    func \(test.name)() {\n"
                + "        Issue.record(\"not implemented\")\n    }\n"
        case .xctest:
            return "    func \(test.name)() throws {\n        throw XCTSkip(\(reason))\n    }\n"
        case .go: return "func \(test.name)(t *testing.T) {\n\tt.Skip(\(reason))\n}\n"
        case .jest, .vitest, .mocha, .nodeTest:
            return
                "  \(testWord).skip(\(text), () => {\n    throw new Error(\(quoted("not implemented")));\n  });\n"
        case .ava: return "\(testWord).skip(\(text), (t) => {\n  t.fail(\(quoted("not implemented")));\n});\n"
        case .junit: return junit(test, reason, text)
        case .rust:
            return "    #[test]\n    #[ignore = \(reason)]\n    fn \(test.name)() {\n"
                + "        panic!(\"not implemented\");\n    }\n"
        case .rspec:
            return "  it \(text), skip: \"not implemented\" do\n    raise \"not implemented\"\n  end\n"
        case .phpunit:
            return
                "    public function \(test.name)(): void\n    {\n        $this->markTestSkipped(\(reason));\n    }\n"
        case .kotlinJUnit, .kotlinTest: return kotlin(test, reason, text)
        case .xunit:
            return
                "    [Fact(DisplayName = \(text), Skip = \"not implemented\")]\n    public void \(test.name)()\n"
                + "    {\n        Assert.Fail(\"not implemented\");\n    }\n"
        }
    }

    /// On one line where that fits, as Python's formatters have it.
    private func decorator(_ indent: String, _ call: String, _ argument: String) -> String {
        let line = indent + call + argument + ")"
        guard TextWidth.columns(line) > 88 else { return line + "\n" }
        return indent + call + "\n" + indent + "    " + argument + "\n" + indent + ")\n"
    }

    private func junit(_ test: TestCase, _ reason: String, _ text: String) -> String {
        return """
                @Test
                @Disabled(\(reason))
                @DisplayName(\(text))
                void \(test.name)() {
                    Assertions.fail("not implemented");
                }

            """
    }

    private func kotlin(_ test: TestCase, _ reason: String, _ text: String) -> String {
        let marks =
            framework == .kotlinTest
            ? "    @Ignore\n    @Test\n"
            : "    @Test\n    @Disabled(\"not implemented\")\n    @DisplayName(\(text))\n"
        return marks + "    fun \(test.name)() {\n        TODO(\(reason))\n    }\n"
    }
}

/// How wide a text stands in columns.
enum TextWidth {
    static func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { columns, scalar in
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return columns
            default: break
            }
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
                0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
                return columns + 2
            default: return columns + 1
            }
        }
    }
}

/// The words and strings of a source, to see what is there already.
enum SourceWords {
    static func names(in bytes: [UInt8]) -> Set<String> {
        let words = bytes.split { !($0.isNameByte && $0 != UInt8(ascii: "-")) }
        return Set(words.map { String(decoding: $0, as: UTF8.self) })
    }

    /// The words that stand behind the one with which a function begins.
    static func functions(in bytes: [UInt8], after keyword: String) -> Set<String> {
        var functions: Set<String> = []
        var isNext = false
        for word in bytes.split(whereSeparator: { !($0.isNameByte && $0 != UInt8(ascii: "-")) }) {
            if isNext { functions.insert(String(decoding: word, as: UTF8.self)) }
            isNext = word.elementsEqual(keyword.utf8)
        }
        return functions
    }

    /// What stands between quotes of any kind on one line, its escapes taken back.
    static func strings(in bytes: [UInt8]) -> Set<String> {
        var strings: Set<String> = []
        var position = 0
        while position < bytes.count {
            let quote = bytes[position]
            position += 1
            guard "\"'`".utf8.contains(quote) else { continue }
            var (text, end) = ([UInt8](), position)
            while end < bytes.count, bytes[end] != quote, bytes[end] != Lines.feed {
                if bytes[end] == UInt8(ascii: "\\"), end + 1 < bytes.count { end += 1 }
                text.append(bytes[end])
                end += 1
            }
            guard end < bytes.count, bytes[end] == quote else { continue }
            strings.insert(String(decoding: text, as: UTF8.self))
            position = end + 1
        }
        return strings
    }
}
