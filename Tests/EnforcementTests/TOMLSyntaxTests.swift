import Basics
import Enforcement
import Model
import Testing

@Suite struct TOMLSyntaxTests {
    @Test(arguments: [
        "a = 1 # x\n\"b c\" = 'd'\nd.e.f = [1, 2.5, [\"x\"],]\n",
        "a = \"\"\"\nx \\\n   y\"\"\"\"\"\nb = '''z'''\n",
        "d = 1979-05-27T07:32:00Z\nl = 1979-05-27 07:32:00.999999\nt = 07:32:00\nx = 2000-02-29\ny = 1979-05-27t00:32:00-07:00\n",
        "a = 0xDEAD_beef\nb = 0o17\nc = 0b1_0\nd = 1_000\ne = -0.5e+1_0\nf = +inf\ng = nan\nh = 0\ni = 0.0\n",
        "[a.b]\nc = 1\n[a]\nd = 2\n[[t]]\nx = 1\n[[t.u]]\n[[t]]\nx = 2\n",
        "a = {b = 1, c.d = 2, e = [{f = 1}, {f = 2}]}\r\n",
        "a.b.c = 1\na.b.d = 2\n", "[fruit]\napple.taste.sweet = true\n[fruit.apple.texture]\nsmooth = true\n",
        "a = [\n  1, # one\n\n  2\n]\n", "a = \"\\u00e9 \\U0001F600 \\\" \\\\\"\n", "[ a . \"b.c\" ]\n",
        "1 = 2\n3.4 = 5\n",
        "a = true", "\u{FEFF}a = 1\n", "[[a.b]]\n[a]\nc = 1\n", "a = \"\"\"\"x\"\"\"\"\n",
    ])
    func accepts(text: String) throws {
        #expect(try Exhibit().with("a.toml", text).violations() == [])
    }

    @Test(arguments: [
        "a", "a =", "a = b", "= 1", "a = 1 b = 2", "a = 01", "a = 1_", "a = 1__0", "a = .5", "a = 5.", "a = +0x1",
        "a = 1e",
        "a = \"x", "a = 'x\n'", "a = \"\\q\"", "a = \"\\ud800\"", "a = \"\u{1}\"", "a = \"\"\"x", "a = '''x''''''",
        "a = [1 2]", "a = [1,,2]", "a = [1", "a = {b = 1,}", "a = {b = 1\n}", "a = {b = 1, b = 2}",
        "a = {b.c = 1, b = 2}",
        "a = 1\na = 2", "a = 1\na.b = 2", "[a]\n[a]", "[a]\nb = 1\n[a.b]", "[[a]]\n[a]", "a = []\n[[a]]",
        "[a]\n[[a]]",
        "a = {}\n[a.b]", "a = {}\na.b = 1", "[a.b.c]\n[a]\nb.c.d = 1", "[f]\na.b = 1\n[f.a]", "[a", "[]", "[a]]",
        "[[a]",
        "[a]b = 1", "a = 1979-13-01", "a = 1979-02-29", "a = 25:00:00", "a = 1979-05-27T", "a = 07:32", "a = TRUE",
        "a = +true",
        "# \u{1}", "a = 1 \r", "\"\"\"a\"\"\" = 1", "a..b = 1", ".a = 1", "a. = 1", "a = nope", "é = 1",
    ])
    func refuses(text: String) throws {
        #expect(try Exhibit().with("a.toml", text).rules() == ["malformed-content"])
    }

    @Test func refusesInvalidUTF8AndNamesLines() throws {
        let found = try Exhibit().with("a.toml", "[a]\nb = 1\n\nc = oops\n").violations()
        #expect(
            found.first?.message == "'a.toml' line 4: not valid TOML: 'oops' is no value; text stands in quotes")
    }
}
