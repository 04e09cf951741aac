import Basics
import Processes
import TestSupport
import Testing
import YAML

@testable import Kubernetes

/// What is written is read as the same value, by YAML of either version.
@Suite struct ManifestTextTests {
    static let texts = [
        "", "plain", "two words", " leading", "trailing ", "yes", "No", "ON", "off", "y", "true", "null", "~",
        "0x1", "1e3",
        "1", "01", "1:30", "2026-01-01", "-", "- a", "a: b", "a:b", "a:", "a #b", "#", "=", "<<", "*", "&a", "!x",
        "%", "@",
        "`", "'", "\"", "\\", "{a}", "[a]", ",", "?", "|", ">", "/path", "leviathan:local", "$(HOME)", ".5",
        ".inf", ".NaN",
        "+1", "1_000", "two\nlines", "two\nlines\n", "two\n\nparagraphs\n", "\nfirst is empty", "ends\n\n",
        " indented\nline",
        "a\n  deeper\nb\n", "tab\tinside", "\ttab first\nx", "a\r\nb\r\n", "nul\u{0}", "bell\u{7}",
        "next\u{85}line",
        "\u{2028}", "\u{FEFF}mark", "é ü 漢字", "😀", "\u{FFFF}", "a\n\u{1}\n", "---", "--- a", "...", "a\n---\nb\n",
        String(repeating: "long ", count: 60),
    ]

    static let document: JSON = [
        "texts": .strings(texts), "keys": .object(texts.map { JSON.Member($0, "x") }),
        "values": .object(texts.enumerated().map { JSON.Member("k\($0.offset)", .string($0.element)) }),
        "deep": [["a": ["b": ["two\nlines\n", ["c": "yes", "d": [:]]]], "e": []], ["f": .strings(texts)]],
        "lists": [["a", "no"], [], [["x": "off"]]],
        "numbers": [0, -1, 3.5, true, false, nil],
    ]

    @Test func ourReaderReadsTheSame() throws {
        let documents = try YAML.parse(Array(ManifestText.stream([Self.document, ["a": 1]]).utf8))
        #expect(documents.count == 2)
        for document in documents { #expect(document.problems.isEmpty) }
        #expect(YAMLValues.json(try #require(documents[0].root)) == Self.document)
    }

    private static let python =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/.build/venv/bin/python"

    /// Clusters read YAML 1.1, where `yes` is true and `1:30` is ninety.
    @Test(.enabled(if: FileSystem.exists(python)), arguments: ["1.1", "1.2"])
    func othersReadTheSame(version: String) throws {
        let program = """
            import sys, json
            from ruamel.yaml import YAML
            yaml = YAML(typ='safe', pure=True)
            yaml.version = '\(version)'
            json.dump(yaml.load(sys.stdin.buffer.read()), sys.stdout)
            """
        var reader = Subprocess(Self.python, ["-c", program], environment: ["PATH": "/usr/bin:/bin"])
        reader.input = .bytes(Array(ManifestText.document(Self.document).utf8))
        let result = try reader.run()
        #expect(result.succeeded, "\(result.errors.text)")
        #expect(try JSON.parse(result.output.text) == Self.document)
    }

    @Test func theFormIsWhatPeopleWrite() {
        let value: JSON = [
            "kind": "Job", "metadata": ["name": "a", "labels": ["app": "x"]],
            "list": [["name": "1", "args": ["a", "on"]], "word"], "none": [], "text": "one\ntwo\n",
        ]
        let text = """
            kind: Job
            metadata:
              name: a
              labels:
                app: x
            list:
              - name: "1"
                args:
                  - a
                  - "on"
              - word
            none: []
            text: |
              one
              two

            """
        #expect(ManifestText.document(value) == text)
    }
}
