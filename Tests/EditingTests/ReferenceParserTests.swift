import Basics
import Editing
import Processes
import TestSupport
import Testing

/// Where `scripts/setup test` installs them.
private enum ReferenceParsers {
    static let python =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/.build/venv/bin/python"

    static let areInstalled =
        (try? Subprocess(python, ["-c", "import json5, tomlkit, ruamel.yaml, javaproperties"], environment: [:])
        .run())?.succeeded
        == true
}

/// Each format's own parsers in Python read what was edited: it differs in the wanted value and in nothing else.
@Suite(.enabled(if: ReferenceParsers.areInstalled), .timeLimit(.minutes(60))) struct ReferenceParserTests {
    private static let bases: [FileFormat: [String]] = [
        .yaml: [
            "# head\na: 1\nb:\n  c: x   # why\n  d: [1, {e: f}]\nk:\n  - l: 'm'\n    n: \"o\"\n  - p\n",
            "version: '3'\nservices:\n  web:\n    image: nginx:1.25\n    ports:\n    - 80:80\n    - \"443:443\"\n",
            "on: [push]\njobs:\n  build:\n    steps:\n      - run: |\n          make\n\n          make test\n      - uses: a/b@v1\n",
            "base: &x\n  i: 1\nother: *x\nthird:\n  <<: *x\n  j: 2\n", "- 1\n- a: b\n  c: d\n-\n  e: f\n",
            "a: >-\n  folded\n  text\nb: \"q\\n\"\n\nc: ~\n", "a: {b: {c: [x, y]},\n  d: 1}\n", "",
        ],
        .json: [
            "{\n  \"a\": 1,\n  \"b\": {\"c\": [1, 2, {\"e\": \"f\"}]}\n}\n", "{\"a\":{},\"k\":[{\"n\":null}]}",
            "[1, {\"a\": 2}]",
            "{\n\t\"name\": \"x\",\n\t\"version\": \"1.0.0\"\n}",
        ],
        .jsonc: [
            "{\n  // why\n  \"a\": 1,\n  \"b\": {\"c\": [1, 2,],}, /* y */\n}\n", "/* z */ {\"a\": {} // x\n}",
        ],
        .toml: [
            "# head\na = 1\n\n[b]\nc = 'x'  # why\nd = [1, # g\n 2]\n\n[[k]]\nl = \"m\"\n\n[[k]]\nn = 1\n",
            "[package]\nname = \"x\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\n",
            "a.b.c = 1\n[b.d]\ne = \"\"\"\nx\ny\"\"\"\n", "",
        ],
        .ini: [
            "[a]\nb = c\n\n[b]\nc: d\n# note\n",
            "[metadata]\nname = x\nversion = 1.0\n\n[options]\ninstall_requires =\n    a\n    b\n",
        ],
        .properties: [
            "# head\na=1\nb.c = x\n! why\nname: web\nversion   2\n",
            "a = one \\\n    two\\\n    three\nb.c=C:\\\\dir\\tend\nspring.url=jdbc\\:x\\=1\n",
            "a\\ b=1\r\na=\\u00e9\\u2713\r\nname\r\n", "a=1\na=2\nversion", "",
        ],
    ]

    private static let paths = [
        "a", "b", "b.c", "b.d[1].e", "b.d[0]", "a.b.c", "k[0].l", "k[-1]", "k[1].n", "new.one", "new", "b.\"x y\"",
        "services.web.image", "services.web.ports[1]", "jobs.build.steps[1].uses", "jobs.build.steps[0].run",
        "jobs.build.steps[2]", "third.j", "third.i", "[1].a", "[0]", "[3]", "package.version",
        "dependencies.serde.version", "dependencies.tokio", "name", "version", "metadata.version", "options.extra",
        "b.d.e", "a.b.d",
    ]

    private static let values: [JSON] = [
        "", "x", "1", "yes", "null", "a: b", "#", "- x", "two\nlines\n", "\ttab", "'", "\"", "\\", "é✓", "[",
        "{a}", "*x",
        "&x", "!t", "2024-01-01", "1:30", "0x1F", "012", "1_000", "1e3", ".5", "~", "=", "---", "a\r\nb", "x #y",
        "x: ",
        true, 7, -1.5, [], [:], ["x", 1], ["k": "v", "l": ["m", ["n": "o"]]], [["a": 1], ["b": [[2]]]], "\n",
        "x\n\n",
        "on", "NO", "0o14", "+1", "@x", "`x`", "%x", "? x", "| x", "a,b", ", ", "<<", "x\u{85}y", "\u{FEFF}x",
    ]

    /// Reads a case a line; prints what is wrong, and how many were compared.
    private static let checker = """
        import configparser, copy, io, json, sys
        import javaproperties, json5, tomlkit
        from ruamel.yaml import YAML
        def plain(value):
            if isinstance(value, dict): return {str(k): plain(v) for k, v in value.items()}
            if isinstance(value, (list, tuple)): return [plain(v) for v in value]
            return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)
        def ini(text):
            parser = configparser.RawConfigParser(allow_no_value=True)
            parser.optionxform = str
            parser.read_string(text)
            return {s: dict(parser.items(s)) for s in parser.sections()}
        def yaml(text):
            documents = list(YAML(typ="safe", pure=True).load_all(text))
            assert len(documents) < 2
            return documents[0] if documents else None
        readers = {"yaml": yaml, "json": json.loads, "jsonc": json5.loads, "ini": ini,
                   "toml": lambda text: tomlkit.parse(text).unwrap(), "properties": javaproperties.loads}
        def put(data, steps, value):
            if not steps: return value
            step = steps[0]
            if isinstance(step, int):
                data = list(data or [])
                if step == len(data): data.append(None)
                data[step] = put(data[step], steps[1:], value)
                return data
            data = dict(data or {})
            data[step] = put(data.get(step), steps[1:], value)
            return data
        compared = 0
        for line in sys.stdin:
            case = json.loads(line)
            read = readers[case["format"]]
            before = plain(read(case["before"]))
            wanted = put(copy.deepcopy(before), case["steps"], case["value"])
            try: after = plain(read(case["after"]))
            except Exception as error:
                print("cannot be read:", repr(error), line); continue
            compared += 1
            if json.dumps(after, sort_keys=True) != json.dumps(wanted, sort_keys=True):
                print("differs:", after, "instead of", wanted, line)
        print("compared", compared)
        """

    @Test(arguments: [FileFormat.yaml, .json, .jsonc, .toml, .ini, .properties]) func differsInTheWantedValueAlone(
        format: FileFormat
    ) throws {
        var lines: [String] = []
        for text in try #require(Self.bases[format]) {
            for path in try Self.paths.map({ try ValuePath($0) }) {
                for value in Self.values {
                    guard let edit = edited(text, path, value, format) else { continue }
                    lines.append(edit.text())
                }
            }
        }
        try #require(lines.count > 100, "\(lines.count) edits")
        var program = Subprocess(ReferenceParsers.python, ["-c", Self.checker], environment: ["PYTHONUTF8": "1"])
        program.input = .bytes(Array(lines.joined(separator: "\n").utf8))
        program.captureLimit = Subprocess.CaptureLimit(head: 8 << 20, tail: 1 << 20)
        let checked = try program.run()
        let said = checked.output.text.split(separator: "\n")
        #expect(
            checked.succeeded && said.count == 1,
            "\(checked.errors.text)\(said.prefix(12).joined(separator: "\n"))")
        #expect(said.last == "compared \(lines.count)")
    }

    /// The edit, where it is not refused; texts alone for a format that knows nothing else.
    private func edited(_ text: String, _ path: ValuePath, _ value: JSON, _ format: FileFormat) -> JSON? {
        let bytes = Array(text.utf8)
        if format == .ini {
            // It knows texts alone, and blanks at the ends are no part of one.
            guard let text = value.string, path.keys?.count == 2, !" \t".contains(text.first ?? "x"),
                !" \t".contains(text.last ?? "x")
            else { return nil }
        }
        var (path, value) = (path, value)
        if format == .properties {
            // The whole path is one key, and every value a text.
            guard let keys = path.keys else { return nil }
            path = ValuePath([.key(keys.joined(separator: "."))])
            value = value.isCollection ? value : .string(value.plainText)
        }
        guard let root = try? format.value(of: bytes), let steps = try? root.resolve(path),
            let after = try? format.setting(path, to: value, in: bytes)
        else { return nil }
        return [
            "format": .string(format.rawValue), "before": .string(text), "value": value,
            "after": .string(String(decoding: after, as: UTF8.self)),
            "steps": .array(
                steps.map { step in
                    switch step {
                    case .key(let key): .string(key)
                    case .index(let index): .integer(index)
                    case .element(_, let name): .string(name)
                    }
                }),
        ]
    }
}
