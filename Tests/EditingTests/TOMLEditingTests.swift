import Basics
import Editing
import Testing

@Suite struct TOMLEditingTests {
    private static let project = """
        # the project
        title = 'literal' # keep
        multi = \"""
        one
        two\"""
        point = { x = 1, y.z = 2 }
        when = 1979-05-27T07:32:00Z
        hex = 0xFF

        [project]
        name = "web"
        dependencies = [
            "requests>=2.0",  # http
            'six',
        ]
        optional.test = ["pytest"]

        [tool.black]
        line-length=100

        [[tool.mypy.overrides]]
        module = "a"

        [[tool.mypy.overrides]]
        module = "b"
        strict = true

        # the end

        """

    @Test(
        arguments: [
            ("title", "other", "'literal' # keep", "'other' # keep"),
            ("title", "it's", "'literal' # keep", "\"it's\" # keep"),
            ("multi", "x\ny", "one\ntwo", "x\ny"),
            ("point.x", 5, "x = 1", "x = 5"),
            ("point.y.z", 5, "y.z = 2", "y.z = 5"),
            ("point.y.w", 5, "y.z = 2 }", "y.z = 2, y.w = 5 }"),
            ("when", "2024-01-01T00:00:00Z", "1979-05-27T07:32:00Z", "2024-01-01T00:00:00Z"),
            ("hex", 16, "0xFF", "16"),
            ("project.name", "a\"b", "\"web\"", "\"a\\\"b\""),
            ("project.dependencies[0]", "requests==2.32.0", "requests>=2.0", "requests==2.32.0"),
            ("project.dependencies[-1]", "seven", "'six'", "'seven'"),
            ("project.dependencies[2]", "new", "'six',\n", "'six',\n    'new',\n"),
            ("project.optional.test[1]", "tox", "[\"pytest\"]", "[\"pytest\", \"tox\"]"),
            (
                "project.optional.docs", ["sphinx"], "[\"pytest\"]\n",
                "[\"pytest\"]\noptional.docs = [\"sphinx\"]\n"
            ),
            ("project.version", "1.0", "[\"pytest\"]\n", "[\"pytest\"]\nversion = \"1.0\"\n"),
            ("tool.black.target", ["py311"], "length=100\n", "length=100\ntarget=[\"py311\"]\n"),
            ("tool.mypy.overrides[0].strict", false, "\"a\"\n", "\"a\"\nstrict = false\n"),
            ("tool.mypy.overrides[module=b].strict", false, "strict = true", "strict = false"),
            (
                "tool.mypy.overrides[2]", ["module": "c"], "strict = true\n",
                "strict = true\n\n[[tool.mypy.overrides]]\nmodule = \"c\"\n"
            ),
            ("tool.mypy.strict", true, "strict = true\n", "strict = true\n\n[tool.mypy]\nstrict = true\n"),
            ("tool.ruff.select", ["E"], "strict = true\n", "strict = true\n\n[tool.ruff]\nselect = [\"E\"]\n"),
            ("build.x", 1, "strict = true\n", "strict = true\n\n[build]\nx = 1\n"),
            ("added", 1, "hex = 0xFF\n", "hex = 0xFF\nadded = 1\n"),
        ] as [(String, JSON, String, String)])
    func changesOnlyWhatIsAsked(path: String, value: JSON, from: String, to: String) throws {
        let expected = Self.project.replacing(from, with: to)
        #expect(expected != Self.project)
        #expect(try FileFormat.toml.setting(path, to: value, in: Self.project) == expected)
        #expect(try FileFormat.toml.setting(path, to: value, in: expected) == expected)
    }

    @Test(
        arguments: [
            ("a.b", 1, "", "[a]\nb = 1\n"),
            ("a", 1, "", "a = 1\n"),
            ("a", 1, "[b]\nc = 2\n", "a = 1\n\n[b]\nc = 2\n"),
            ("a", 1, "# licence\n\n[b]\nc = 2\n", "# licence\n\na = 1\n\n[b]\nc = 2\n"),
            ("b.d", 1, "[b]\r\nc = 2", "[b]\r\nc = 2\r\nd = 1"),
            ("b.d", 1, "[b]", "[b]\nd = 1"),
            ("b.d", 1, "\u{FEFF}b = {}\n", "\u{FEFF}b = { d = 1 }\n"),
            ("a.\"x.y\".z", 1, "[a.\"x.y\"]\nz = 0\n", "[a.\"x.y\"]\nz = 1\n"),
            ("a", [1, 2], "a = [\n  1,\n  3\n]\n", "a = [\n  1,\n  2\n]\n"),
            ("a", [1], "a = [\n  1,\n  3,\n]\n", "a = [\n  1,\n]\n"),
            ("d.a.v", "2", "[d]\na = {v = \"1\", f = []} # x\n", "[d]\na = {v = \"2\", f = []} # x\n"),
            ("a.x.b", 1, "[[a]]\n[[a]]\n".replacing("a", with: "z") + "[a.x]\n", "[[z]]\n[[z]]\n[a.x]\nb = 1\n"),
        ] as [(String, JSON, String, String)])
    func keepsTheLayout(path: String, value: JSON, before: String, after: String) throws {
        #expect(try FileFormat.toml.setting(path, to: value, in: before) == after)
        #expect(try FileFormat.toml.setting(path, to: value, in: after) == after)
    }

    @Test(arguments: [
        ("a = 1\na = 2\n", "line 2:1: not valid TOML: 'a' stands twice"),
        ("a = [1\n", "line 2:1: not valid TOML: expected ',' or ']'"),
        ("a = {b = 1, b = 2}\n", "line 1:13: not valid TOML: the key 'b' stands twice"),
        ("[t]\na = 1\n", "'t' is a table"),
    ])
    func refusesWithThePlace(text: String, message: String) {
        #expect(FileFormat.toml.refusal(setting: "t", in: text) == message)
    }

    @Test func nullIsRefused() {
        #expect(FileFormat.toml.refusal(setting: "a", to: .null, in: "a = 1\n") == "TOML has no null")
    }

    @Test func goingThereAndBackGivesTheSameBytes() throws {
        let bytes = Array(Self.project.utf8)
        for path in try FileFormat.toml.value(of: bytes).leaves() where path.description != "hex" {
            let old = try #require(try FileFormat.toml.value(at: path, in: bytes))
            let there = try FileFormat.toml.setting(path, to: "two\nlines", in: bytes)
            let back = try FileFormat.toml.setting(path, to: old, in: there)
            guard !["multi", "when", "title", "project.dependencies[1]"].contains(path.description) else {
                continue
            }
            #expect(there != bytes && back == bytes, "\(path)")
        }
    }
}
