import Basics
import Editing
import Testing

/// INI, properties and `.env` files.
@Suite struct LineFormatTests {
    private static let setup = """
        root = true
        [metadata]
        # the name
        name = web
        version: 1.0

        [options]
        install_requires =
            requests>=2.0
            # a comment
            six ; python_version < "3.8"
        zip_safe=False

        [options.extras_require]
        test = pytest

        """

    @Test(
        arguments: [
            ("metadata.name", "app", "name = web", "name = app"),
            ("metadata.NAME", "app", "name = web", "name = app"),
            ("metadata.version", 2.5, "version: 1.0", "version: 2.5"),
            ("metadata.url", "https://x", "version: 1.0\n", "version: 1.0\nurl: https://x\n"),
            ("options.install_requires[0]", "requests==2.32.0", "requests>=2.0", "requests==2.32.0"),
            ("options.install_requires[2]", "new", "\"3.8\"\n", "\"3.8\"\n    new\n"),
            ("options.zip_safe", true, "zip_safe=False", "zip_safe=true"),
            ("options.extras_require.test", "tox", "test = pytest", "test = tox"),
            ("options.extras_require.docs", ["a", "b"], "pytest\n", "pytest\ndocs =\n    a\n    b\n"),
            ("flake8.max", 9, "pytest\n", "pytest\n\n[flake8]\nmax = 9\n"),
            ("root", false, "root = true", "root = false"),
            ("top", 1, "root = true\n", "root = true\ntop = 1\n"),
            (
                "options.install_requires", ["one"],
                "\n    requests>=2.0\n    # a comment\n    six ; python_version < \"3.8\"", "\n    one"
            ),
        ] as [(String, JSON, String, String)])
    func ini(path: String, value: JSON, from: String, to: String) throws {
        let expected = Self.setup.replacing(from, with: to)
        #expect(expected != Self.setup)
        #expect(try FileFormat.ini.setting(path, to: value, in: Self.setup) == expected)
        #expect(try FileFormat.ini.setting(path, to: value, in: expected) == expected)
    }

    @Test(
        arguments: [
            ("a.b", 1, "", "[a]\nb = 1\n"),
            ("a.b", 1, "[a]", "[a]\nb = 1"),
            ("a.b", 1, "[a]\r\nb =\r\n", "[a]\r\nb = 1\r\n"),
            ("b", 1, "\u{FEFF}b=0\r\n", "\u{FEFF}b=1\r\n"),
        ] as [(String, JSON, String, String)])
    func iniLayouts(path: String, value: JSON, before: String, after: String) throws {
        #expect(try FileFormat.ini.setting(path, to: value, in: before) == after)
    }

    @Test(arguments: [
        ("a.b", "[a]\nb=1\nb=2\n", "line 3:1: 'a.b' stands twice"),
        ("a.b", "[a]\nb=1\n[a]\n", "the section 'a' stands twice"),
        ("a.b", "[a\n", "line 1:1: not valid INI: a section without ']'"),
        ("a.b", "[a]\n= 3\n", "line 2:1: not valid INI: a value without a key"),
    ])
    func iniRefusals(path: String, text: String, message: String) {
        #expect(FileFormat.ini.refusal(setting: path, in: text) == message)
    }

    @Test(
        arguments: [
            ("a.b", "x", "# c\na.b = y\nc: z\n", "# c\na.b = x\nc: z\n"),
            ("a.b", "x", "a.b y\n", "a.b x\n"),
            ("a.b", "x", "a.b = y\\\n   z\nc=1\n", "a.b = x\nc=1\n"),
            ("c.d", "ü: =", "a.b = y", "a.b = y\nc.d = \\u00fc: ="),
            ("a", " x", "a=1\n", "a=\\ x\n"),
            ("a", "x", "a\n", "a=x\n"),
            ("a", "x", "", "a=x\n"),
            ("a", "x", "! note\r\na=1\r\n", "! note\r\na=x\r\n"),
            ("sp ace", "x", "sp\\ ace=1\n", "sp\\ ace=x\n"),
        ] as [(String, JSON, String, String)])
    func properties(path: String, value: JSON, before: String, after: String) throws {
        #expect(try FileFormat.properties.setting(path, to: value, in: before) == after)
        #expect(try FileFormat.properties.setting(path, to: value, in: after) == after)
    }

    @Test func oldPropertiesKeepTheirLatin1() throws {
        let bytes: [UInt8] = Array("a=".utf8) + [0xFC] + Array("\nb=1\n".utf8)
        let result = try FileFormat.properties.setting(ValuePath("b"), to: "2", in: bytes)
        #expect(result == Array("a=".utf8) + [0xFC] + Array("\nb=2\n".utf8))
    }

    @Test(
        arguments: [
            ("A", "2", "A=1 # note\n", "A=2 # note\n"),
            ("A", "x y", "A=1\n", "A=\"x y\"\n"),
            ("A", "x", "A='1'\n", "A='x'\n"),
            ("A", "a\"b", "A=\"1\"\n", "A=\"a\\\"b\"\n"),
            ("A", "1#2", "A=1\n", "A=\"1#2\"\n"),
            ("B", "2", "export A=1", "export A=1\nexport B=2"),
            ("B", true, "", "B=true\n"),
            ("A", "x", "A=\"one\ntwo\" # c\nB=1\n", "A=\"x\" # c\nB=1\n"),
            ("A", "x", "A=\nB=1\n", "A=x\nB=1\n"),
        ] as [(String, JSON, String, String)])
    func dotenv(path: String, value: JSON, before: String, after: String) throws {
        #expect(try FileFormat.dotenv.setting(path, to: value, in: before) == after)
        #expect(try FileFormat.dotenv.setting(path, to: value, in: after) == after)
    }

    @Test(arguments: [
        ("A", "A=1\nA=2\n", "line 2:1: 'A' stands twice"),
        ("A", "nonsense\n", "line 1:1: not a valid .env file: a line without '='"),
        ("A", "A=\"x\n", "line 1:1: not a valid .env file: a value without its closing quote"),
        ("A B", "A=1\n", "'A B' is no name of a variable"),
    ])
    func dotenvRefusals(path: String, text: String, message: String) {
        #expect(FileFormat.dotenv.refusal(setting: path, in: text) == message)
    }

    @Test(
        arguments: [
            ("package.json", FileFormat.json), ("a.yml", .yaml), ("Cargo.toml", .toml), ("setup.cfg", .ini),
            (".env.local", .dotenv), ("tsconfig.base.json", .jsonc), ("gradle.properties", .properties),
            (".editorconfig", .ini), ("Pipfile", .toml), ("a.txt", nil), ("Makefile", nil),
        ] as [(String, FileFormat?)])
    func theNameSaysTheFormat(name: String, format: FileFormat?) {
        #expect(FileFormat(fileName: name) == format)
    }
}
