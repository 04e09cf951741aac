import Basics
import Editing
import TestSupport
import Testing

/// Whatever stands in a file and whatever is asked for: the value is there afterwards, or nothing has changed.
@Suite(.timeLimit(.minutes(60))) struct StructuredPropertyTests {
    private static let pieces: [FileFormat: [String]] = [
        .yaml: [
            "a: 1\n", "b:\n  c: x\n", "  d: [1, {e: f}]\n", "- 1\n", "g: |\n  text\n\n", "h: &x {i: 1}\n",
            "j: *x\n",
            "k: # note\n", "  - l: 'm'\n", "    n: \"o\"\n", "<<: *x\n", "---\n", "p: >-\n  q\n  r\n", "# s\n",
            "\r\n",
            "t: {u: 1,\n  v: 2}\n", "'w x': ~\n", "y:\n- z\n", "{", "}", ": ", "- ", "é: ü\n",
        ],
        .json: [
            "{\n  \"a\": 1,\n  \"b\": {\"c\": [1, 2]}\n}", "{\"A\":{},\"e\":[{\"n\":null}]}", "{}", "[1]", "[]",
            "{", "}", "[", "]", "\"a\": ", "\"b\": ", "1", "null", "\"x\\u00e9\"", ", ", "\n", "  ",
            "{\"c\": [1, 2]}", "\r\n",
        ],
        .jsonc: [
            "{\n  \"a\": 1, // x\n  \"b\": {\"c\": [1, 2,]}, /* y */\n}", "/* z */ {\"A\": {} // x\n}", "{}",
            "[1,]", "{", "}", "[", "]", "\"a\": ", "1", ", ", "// x\n", "/* y */", "\n",
            "{\"a\": {\"b\": 1,}, // z\n}",
        ],
        .toml: [
            "a = 1\n", "[b]\n", "c.d = 'x'\n", "[[e]]\n", "f = [1, # g\n 2]\n", "h = {i = 1}\n", "[b.j]\n",
            "# k\n", "\r\n",
            "l = \"\"\"\nm\"\"\"\n", "[e.n]\n",
        ],
        .ini: [
            "[a]\n", "b = c\n", "  d\n", "e: f\r\n", "# g\n", "h\n", "[i.j]\n", "\n", "k =\n", "  # l\n", "= ",
        ],
        .properties: ["a=b\n", "c.d : e\\\n", "  f\n", "# g\n", "h\r\n", "\\u00e9=x\n", "i j\n", "\\", "! k\n"],
        .dotenv: [
            "A=b\n", "export C='d'\n", "E=\"f\\\"\"\n", "# g\n", "H=i # j\r\n", "K=\n", "\n", "L=\"m\nn\"\n",
        ],
    ]

    private static let paths = [
        "a", "b", "b.c", "b.d[1].e", "a.b.c", "e[0].f", "f[2]", "h.i", "[0]", "[1].a", "y[1]", "k[0].l", "A",
        "C.d", "new.one",
        "k[l=m].n", "t.v", "g", "b.\"x y\"", "e[-1].n.o", "'w x'.z",
    ]

    private static let values: [JSON] = [
        "", "x", "1", "yes", "null", "a: b", "#", "- x", "two\nlines\n", "\ttab", "'", "\"", "\\", "é✓", " x ",
        "[", "{a}", "%",
        "*x", "&x", "!t", "2024-01-01", "1:30", "0x1F", "\u{0}", "\u{85}", "\u{2028}", "a\r\nb", "=", "---", .null,
        true, 7,
        -1.5, 1e300, [], [:], ["x", 1], ["k": "v", "l": ["m", ["n": "o"]]], [["a": 1], ["b": [[2]]]], "\n", "\n x",
        "x\n\n",
    ]

    @Test(arguments: FileFormat.allCases) func theValueIsThereOrNothingHasChanged(format: FileFormat) throws {
        var random = SeededRandom(seed: 3)
        let pieces = try #require(Self.pieces[format])
        var (accepted, refused) = (0, 0)
        for _ in 0..<600 {
            // Few pieces of JSON still make JSON.
            let count = Int.random(in: 0...(format == .json || format == .jsonc ? 2 : 7), using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let path = try ValuePath(Self.paths.randomElement(using: &random) ?? "a")
            let value = Self.values.randomElement(using: &random) ?? .null
            let bytes = Array(text.utf8)
            guard let result = try? format.setting(path, to: value, in: bytes) else {
                refused += 1
                continue
            }
            accepted += 1
            let context =
                "\(path) = \(value.text()) in \(text.debugDescription): \(String(decoding: result, as: UTF8.self).debugDescription)"
            #expect(try format.setting(path, to: value, in: result) == result, "\(context)")
            let read = try format.value(at: path, in: result)
            let isText = [.ini, .properties, .dotenv].contains(format)
            #expect(isText ? read != nil : read == value || value == "two\nlines\n", "\(context)")
            if text.contains("\r\n"), !text.replacing("\r\n", with: "").contains("\n"),
                !"\(value.text())".contains("\\n")
            {
                let ends = String(decoding: result, as: UTF8.self).replacing("\r\n", with: "")
                #expect(!ends.unicodeScalars.contains("\n"), "\(context)")
            }
        }
        #expect(accepted > 40 && refused > 40, "\(accepted) accepted, \(refused) refused")
    }
}
