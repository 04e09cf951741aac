import Basics
import TOML
import Testing

/// What is TOML 1.0 and what is not, and the place of each mistake.
@Suite struct TOMLDocumentTests {
    static func failure(_ text: String) -> TOMLError? {
        do throws(TOMLError) {
            _ = try TOMLDocument(Array(text.utf8))
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        "a = 1 # x\n\"b c\" = 'd'\nd.e.f = [1, 2.5, [\"x\"],]\n",
        "a = \"\"\"\nx \\\n   y\"\"\"\"\"\nb = '''z'''\n",
        "d = 1979-05-27T07:32:00Z\nl = 1979-05-27 07:32:00.999999\nt = 07:32:00\nx = 2000-02-29\ny = 1979-05-27t00:32:00-07:00\n",
        "a = 0xDEAD_beef\nb = 0o17\nc = 0b1_0\nd = 1_000\ne = -0.5e+1_0\nf = +inf\ng = nan\nh = 0\ni = 0.0\n",
        "[a.b]\nc = 1\n[a]\nd = 2\n[[t]]\nx = 1\n[[t.u]]\n[[t]]\nx = 2\n",
        "a = {b = 1, c.d = 2, e = [{f = 1}, {f = 2}]}\r\n",
        "a.b.c = 1\na.b.d = 2\n", "[fruit]\napple.taste.sweet = true\n[fruit.apple.texture]\nsmooth = true\n",
        "a = [\n  1, # one\n\n  2\n]\n", "a = \"\\u00e9 \\U0001F600 \\\" \\\\\"\n", "[ a . \"b.c\" ]\n",
        "1 = 2\n3.4 = 5\n", "", "\u{FEFF}", "# only a remark",
        "a = true", "\u{FEFF}a = 1\n", "[[a.b]]\n[a]\nc = 1\n", "a = \"\"\"\"x\"\"\"\"\n",
        "a = 9223372036854775807\nb = -9223372036854775808\n",
        "a = 07:32:00.1234567890123456789012345678901234567890\n",
        "[a.b.c]\n[a]\nb.d = 1\n",
    ])
    func accepts(text: String) { #expect(Self.failure(text) == nil) }

    @Test(arguments: [
        "a", "a =", "a = b", "= 1", "a = 1 b = 2", "a = 01", "a = 1_", "a = 1__0", "a = .5", "a = 5.", "a = +0x1",
        "a = 1e", "a = 0x", "a = 0x_1", "a = 0b2", "a = 0o8", "a = 0X1", "a = 1e1.5", "a = 9223372036854775808",
        "a = 0xFFFFFFFFFFFFFFFF",
        "a = \"x", "a = 'x\n'", "a = \"\\q\"", "a = \"\\ud800\"", "a = \"\u{1}\"", "a = \"\"\"x", "a = '''x''''''",
        "a = \"\\u+123\"", "a = \"\\u12\"", "a = \"\\U00110000\"", "a = \"\"\"\\ x\"\"\"", "a = \"\\",
        "a = [1 2]", "a = [1,,2]", "a = [1", "a = {b = 1,}", "a = {b = 1\n}", "a = {b = 1, b = 2}",
        "a = {b.c = 1, b = 2}", "a = {b = 1, b.c = 2}", "a = {b = {c = 1}, b.d = 2}",
        "a = 1\na = 2", "a = 1\na.b = 2", "[a]\n[a]", "[a]\nb = 1\n[a.b]", "[[a]]\n[a]", "a = []\n[[a]]",
        "[a]\n[[a]]", "[a.b]\n[[a]]", "[[a.b]]\n[a]\nb.c = 1", "[a.b.c]\n[a]\nb.d = 1\n[a.b]",
        "a = {}\n[a.b]", "a = {}\na.b = 1", "[a.b.c]\n[a]\nb.c.d = 1", "[f]\na.b = 1\n[f.a]", "[a", "[]", "[a]]",
        "[[a]", "[[a] ]", "[ [a]]",
        "[a]b = 1", "a = 1979-13-01", "a = 1979-02-29", "a = 25:00:00", "a = 1979-05-27T", "a = 07:32", "a = TRUE",
        "a = 07:60:00", "a = 07:32:61", "a = 07:32:00.", "a = 1979-05-27T07:32:00+24:00",
        "a = 1979-05-27  07:32:00",
        "a = +true",
        "# \u{1}", "a = 1 \r", "\"\"\"a\"\"\" = 1", "a..b = 1", ".a = 1", "a. = 1", "a = nope", "é = 1",
    ])
    func refuses(text: String) { #expect(Self.failure(text) != nil) }

    @Test(arguments: [
        ("a = 1\na = 2\n", "2:1 'a' stands twice"),
        ("[a]\n[a]\n", "2:1 'a' stands twice"),
        ("a.b = 1\n[a]\n", "2:1 'a' stands twice"),
        ("a = {}\n[a.b]\n", "2:1 'a' is no table"),
        ("[a.b.c]\n[a]\nb.c.d = 1\n", "3:1 'b.c' is defined elsewhere"),
        ("\"a b\" = 1\n'a b'.c = 2\n", "2:1 '\"a b\"' is no table"),
        ("a = [1\n", "2:1 expected ',' or ']'"),
        ("a = [1,\n", "1:5 an array without an end"),
        ("a = 01\n", "1:5 '01' is no value"),
        ("a = 1__0\n", "1:5 '1__0' is no value"),
        ("a = \n", "1:5 expected a value"),
        ("a = \"x\n", "1:5 a string without an end"),
        ("a = '''\n", "1:5 a string without an end"),
        ("a = \"\\q\"\n", "1:6 an unknown escape"),
        ("a = \"é\\uD800\"\n", "1:7 an escape that stands for no character"),
        ("a 1\n", "1:3 expected '='"),
        ("a = 1 b = 2\n", "1:7 expected the end of the line"),
        ("[a\n", "1:3 expected ']'"),
        ("[[a]\n", "1:4 expected ']]'"),
        ("a = {b = 1,\n}\n", "1:12 expected a key"),
        ("a = {b = 1 c = 2}\n", "1:12 expected ',' or '}'"),
        ("a = {b = 1, b = 2}\n", "1:13 the key 'b' stands twice"),
        ("\"\"\"a\"\"\" = 1\n", "1:1 a key on several lines"),
        ("a = 1\n# é\u{7F}\n", "2:4 a control character"),
        ("a = 1\r\nb = 'x\u{0}'\r\nc = \n", "2:7 a control character"),
        ("a = 1\rb = 2\n", "1:6 a control character"),
        ("a = \nb = \u{1}\n", "1:5 expected a value"),
        ("\u{FEFF}a = 1\r\nb = \r\n", "2:5 expected a value"),
        ("a = 1\na = 2\nb = \n", "2:1 'a' stands twice"),
    ])
    func namesThePlace(text: String, problem: String) throws {
        let error = try #require(Self.failure(text))
        let place = error.position.map { "\($0.line):\($0.column) " } ?? ""
        #expect(place + error.message.replacing("not valid TOML: ", with: "") == problem)
    }

    @Test func refusesWhatIsNoText() {
        #expect(throws: TOMLError.self) { try TOMLDocument([0x61, 0x3D, 0xFF]) }
        #expect(Self.failure("a = yes")?.hint == "text stands in quotes")
    }

    // MARK: Places

    @Test func everyValueKnowsItsPlace() throws {
        let text = """
            # é
            [ a . 'b' ] # header
            c.d = [ 0x1F, {e = "f", g.h = 07:32:00 }, ] # last
            [[t]]
              i = '''
            j'''
            """
        let bytes = Array("\u{FEFF}\(text)".utf8)
        func source(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let sections = try TOMLDocument(bytes).sections
        #expect(sections.map { source($0.headerLine) } == ["", "[ a . 'b' ] # header", "[[t]]"])
        #expect(sections.map(\.keys) == [[], ["a", "b"], ["t"]])
        #expect(sections.map(\.kind) == [.root, .table, .arrayElement])
        let pair = sections[1].pairs[0]
        #expect(pair.keys == ["c", "d"])
        #expect(source(pair.keyRange) == "c.d")
        #expect(source(pair.value.range) == "[ 0x1F, {e = \"f\", g.h = 07:32:00 }, ]")
        #expect(pair.value.endsWithComma)
        #expect(pair.value.elementRanges.map(source) == ["0x1F", "{e = \"f\", g.h = 07:32:00 }"])
        guard case .array(let elements) = pair.value.content else { throw TestFailure() }
        #expect(elements[1].elementRanges.map(source) == ["e = \"f\"", "g.h = 07:32:00"])
        #expect(source(sections[2].pairs[0].range) == "i = '''\nj'''")
    }

    private struct TestFailure: Error {}

    @Test func tablesKnowTheirSections() throws {
        let document = try TOMLDocument(Array("x = 1\n[a.b]\nc.d = 1\n[a]\n[[l]]\n[[l]]\n[l.m]\n".utf8))
        #expect(document.value == ["x": 1, "a": ["b": ["c": ["d": 1]]], "l": [[:], ["m": [:]]]])
        guard case .table(let a) = document.root["a"], case .table(let b) = a["b"], case .table(let c) = b["c"],
            case .tables(let l) = document.root["l"]
        else { throw TestFailure() }
        #expect(
            [a.lastSection, b.lastSection, c.lastSection, l[0].lastSection, l[1].lastSection] == [2, 1, 1, 3, 5])
        #expect([a.path, b.path, c.path, l[1].path] == [["a"], ["a", "b"], ["a", "b", "c"], ["l"]])
        guard case .header(2) = a.origin, case .header(1) = b.origin, case .dotted(1) = c.origin else {
            throw TestFailure()
        }
        #expect(document.root.names == ["x", "a", "l"])
    }
}
