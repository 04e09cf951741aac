import Basics
import Editing
import Testing

@Suite struct JSONEditingTests {
    private static let package = """
        {
          "name": "web",
          "version": "1.0.0",
          "scripts": { "test": "jest" },
          "dependencies": {
            "react": "^18.2.0",
            "lodash":"~4.17.0"
          },
          "files": ["dist", "lib"],
          "empty": {}
        }

        """

    @Test(
        arguments: [
            ("version", "2.0", "\"1.0.0\"", "\"2.0\""),
            ("dependencies.lodash", "~4.18.0", "~4.17.0", "~4.18.0"),
            ("dependencies.vue", "^3", "\"~4.17.0\"\n", "\"~4.17.0\",\n    \"vue\": \"^3\"\n"),
            ("scripts.lint", "eslint", "\"jest\" }", "\"jest\", \"lint\": \"eslint\" }"),
            ("files[2]", "bin", "\"lib\"]", "\"lib\", \"bin\"]"),
            ("files", ["dist"], "[\"dist\", \"lib\"]", "[\"dist\"]"),
            ("empty.a", true, "{}\n", "{\n    \"a\": true\n  }\n"),
            ("engines.node", ">=20", "{}\n", "{},\n  \"engines\": {\n    \"node\": \">=20\"\n  }\n"),
            ("name", "a \"b\" \\ ü\n", "\"web\"", "\"a \\\"b\\\" \\\\ ü\\n\""),
            ("private", true, "{}\n", "{},\n  \"private\": true\n"),
        ] as [(String, JSON, String, String)])
    func changesOnlyWhatIsAsked(path: String, value: JSON, from: String, to: String) throws {
        let expected = Self.package.replacing(from, with: to)
        #expect(expected != Self.package)
        #expect(try FileFormat.json.setting(path, to: value, in: Self.package) == expected)
        #expect(try FileFormat.json.setting(path, to: value, in: expected) == expected)
    }

    @Test(
        arguments: [
            ("b", 2, "{\"a\":1}", "{\"a\":1,\"b\":2}"),
            ("b", 2, "{\"a\": 1}", "{\"a\": 1, \"b\": 2}"),
            ("a", 2, "{}", "{\n  \"a\": 2\n}"),
            ("a.b", 2, "{\"a\": null}", "{\"a\": {\"b\": 2}}"),
            ("[0]", 2, "[1]", "[2]"),
            ("[1]", 2, "[1]", "[1, 2]"),
            ("b", 2, "{\r\n\t\"a\": 1\r\n}", "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}"),
            ("a", 2, "\u{FEFF}{\"a\": 1}", "\u{FEFF}{\"a\": 2}"),
            ("a", 12345678901234567, "{\"a\": 1.50}", "{\"a\": 12345678901234567}"),
        ] as [(String, JSON, String, String)])
    func keepsTheLayout(path: String, value: JSON, before: String, after: String) throws {
        #expect(try FileFormat.json.setting(path, to: value, in: before) == after)
    }

    @Test(
        arguments: [
            ("b", 2, "{\n  // one\n  \"a\": 1 // two\n}\n", "{\n  // one\n  \"a\": 1, // two\n  \"b\": 2\n}\n"),
            ("b", 2, "{\n  \"a\": 1, /* two */\n}\n", "{\n  \"a\": 1, /* two */\n  \"b\": 2,\n}\n"),
            ("a[1]", 2, "{\"a\": [1, /* x, */ ]}", "{\"a\": [1, 2, /* x, */ ]}"),
            ("a", 2, "/* \"a\": 0 */ {\"a\": /* was */ 1}", "/* \"a\": 0 */ {\"a\": /* was */ 2}"),
        ] as [(String, JSON, String, String)])
    func keepsComments(path: String, value: JSON, before: String, after: String) throws {
        #expect(try FileFormat.jsonc.setting(path, to: value, in: before) == after)
        #expect(try FileFormat.jsonc.setting(path, to: value, in: after) == after)
    }

    @Test(arguments: [
        ("{\"a\": 1 // x\n}", "line 1:9: not valid JSON: a comment"),
        ("{\"a\": 1,}", "line 1:8: not valid JSON: a comma before '}'"),
        ("{\n  \"a\" 1}", "line 2:7: not valid JSON: expected ':'"),
        ("{\"a\": 1, \"a\": 2}", "line 1:10: not valid JSON: the member 'a' stands twice in one object"),
        ("{\"a\": tru}", "line 1:7: not valid JSON: unknown word"),
        ("{\"a\": 01}", "line 1:7: not valid JSON: unknown word"),
        ("", "line 1:1: not valid JSON: unexpected end"),
        ("{} x", "line 1:4: not valid JSON: something follows the value"),
        ("{\"a\": \"x}", "line 1:7: not valid JSON: a string without an end"),
    ])
    func refusesBrokenFilesWithThePlace(text: String, message: String) {
        #expect(FileFormat.json.refusal(setting: "a", in: text) == message)
    }

    @Test func deepNestingIsRefused() {
        let text = String(repeating: "[", count: 100_000)
        #expect(FileFormat.json.refusal(setting: "[0]", in: text).contains("nested deeper than 200 levels"))
    }

    @Test func goingThereAndBackGivesTheSameBytes() throws {
        let bytes = Array(Self.package.utf8)
        for path in try FileFormat.json.value(of: bytes).leaves() {
            let old = try #require(try FileFormat.json.value(at: path, in: bytes))
            let there = try FileFormat.json.setting(path, to: "changed", in: bytes)
            #expect(try there != bytes && FileFormat.json.setting(path, to: old, in: there) == bytes, "\(path)")
        }
    }
}
