internal import Basics
internal import Editing

/// Tests as a framework writes them.
struct TestSource {
    private let framework: TestFramework

    init(_ framework: TestFramework) { self.framework = framework }

    /// Blank lines before what is added.
    var gap: String { framework.language == .python ? "\n\n" : "\n" }

    /// All tests, with blank lines between them.
    ///
    /// `qualified` spells out where names come from, for a file whose imports are not known.
    func tests(_ cases: [TestCase], qualified: Bool, isAlone: Bool) -> String {
        let between = isAlone && framework.language == .python ? "\n\n" : "\n"
        return cases.map { test($0, qualified: qualified) }.joined(separator: between)
    }

    /// A text between double quotes, which no language here takes for anything but text.
    func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\\" || scalar == "\"" { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    private func test(_ test: TestCase, qualified: Bool) -> String {
        let reason = quoted("not implemented: " + test.text)
        let text = quoted(framework.namesAreTexts ? test.name : test.text)
        switch framework {
        case .pytest:
            return
                "@pytest.mark.skip(reason=\(reason))\ndef \(test.name)():\n    pytest.fail(\"not implemented\")\n"
        case .unittest:
            return
                "    @unittest.skip(\(reason))\n    def \(test.name)(self):\n        self.fail(\"not implemented\")\n"
        case .swiftTesting:
            return "    @Test(\(text), .disabled(\"not implemented\"))\n    func \(test.name)() {\n"
                + "        Issue.record(\"not implemented\")\n    }\n"
        case .xctest:
            return "    func \(test.name)() throws {\n        throw XCTSkip(\(reason))\n    }\n"
        case .go: return "func \(test.name)(t *testing.T) {\n\tt.Skip(\(reason))\n}\n"
        case .jest, .vitest:
            return "  test.skip(\(text), () => {\n    throw new Error(\"not implemented\");\n  });\n"
        case .junit: return junit(test, reason, text, qualified ? "org.junit.jupiter.api." : "")
        case .rust:
            return "    #[test]\n    #[ignore = \(reason)]\n    fn \(test.name)() {\n"
                + "        panic!(\"not implemented\");\n    }\n"
        }
    }

    private func junit(_ test: TestCase, _ reason: String, _ text: String, _ origin: String) -> String {
        let fail = origin.isEmpty ? "fail" : origin + "Assertions.fail"
        return """
                @\(origin)Test
                @\(origin)Disabled(\(reason))
                @\(origin)DisplayName(\(text))
                void \(test.name)() {
                    \(fail)("not implemented");
                }

            """
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
