import Basics
import Enforcement
import Model
import Testing

/// What TOML is stands in the reader's own tests.
@Suite struct TOMLSyntaxTests {
    @Test(arguments: ["a = 1 # x\n[b.c]\nd = [1, {e = 'f'}]\r\n", "\u{FEFF}a = true", ""])
    func accepts(text: String) throws {
        #expect(try ChangeFixture().with("a.toml", text).violations() == [])
    }

    @Test(arguments: [
        ("[a]\nb = 1\n\nc = oops\n", "line 4: not valid TOML: 'oops' is no value; text stands in quotes"),
        ("[a]\n[a]\n", "line 2: not valid TOML: 'a' stands twice"),
        ("a = 1\nb = [1\n", "line 3: not valid TOML: expected ',' or ']'"),
        ("a = 1979-02-29\n", "line 1: not valid TOML: '1979-02-29' is no value; text stands in quotes"),
    ])
    func refusesWithTheLine(text: String, problem: String) throws {
        let found = try ChangeFixture().with("a.toml", text).violations()
        #expect(found.map(\.rule) == ["malformed-content"])
        #expect(found.first?.message == "'a.toml' \(problem)")
    }
}
