import Basics
import Enforcement
import Model
import Testing

@Suite struct MalformedContentRuleTests {
    @Test(arguments: [
        ("a.json", "{\"a\": 1,}\n", 1), ("a.json", "{\n\"a\": tru\n}", 2), ("a.json", "", 1),
        ("a.json", "{} {}", 1), ("a.json", "// x\n{}", 1), ("A.JSON", "[1", 1), ("a.yaml", "a: b: c\n", 1),
        ("a.yml", "a:\n\t- b\n", 2), ("a.yaml", "a: [1\nb: 2\n", 2), ("a.yaml", "*unknown\n", 1),
        ("a.toml", "a = 1\na = 2\n", 2), ("a.py", "def f(:\n    pass\n", 1), ("a.json", "{\"a\": \"\u{1}\"}", 1),
    ])
    func refusesWhatCannotBeParsed(path: String, text: String, line: Int) throws {
        let found = try ChangeFixture().with(path, text).violations()
        #expect(found.map(\.rule) == ["malformed-content"])
        #expect(found.first?.line == line, "\(found.first?.message ?? "")")
        #expect(found.first?.message.hasPrefix("'\(path)' line \(line): not valid ") == true)
    }

    @Test(arguments: [
        ("a.json", "\u{FEFF}{\"a\": [1, -2.5e3, \"\\u00e9\", null, true]}\n"), ("a.yaml", ""),
        ("a.yaml", "---\na: &x 1\nb: *x\n...\n---\nc: !Ref d\n"), ("a.toml", ""), ("a.py", ""),
        ("tsconfig.json", "{\n  // why\n  \"a\": [1, 2,], /* x */\n}\n"),
        (".vscode/settings.json", "{\"a\": \"//\",}"),
        ("a.txt", "{"), ("a.json5", "{a: 1}"),
        ("chart/templates/x.yaml", "{{- if .Values.a }}\na: b\n{{- end }}\n"),
        ("{{cookiecutter.name}}/a.py", "import {{ cookiecutter.name }}\n"), ("a.yaml", "%YAML 1.1\n---\na: b\n"),
    ])
    func acceptsWhatIsWellFormedOrOfNoKnownKind(path: String, text: String) throws {
        #expect(try ChangeFixture().with(path, text).violations() == [])
    }

    @Test func theBaseMayBeBrokenAlready() throws {
        #expect(try ChangeFixture().with("a.json", "{\"b\"", before: "{\"a\"").rules() == [])
        #expect(try ChangeFixture().with("a.json", "{\"b\"", before: "{}").rules() == ["malformed-content"])
        // Under a new name a broken file is a new file.
        let moved = try ChangeFixture().with("b.json", "{", movedFrom: "a.json").without("a.json", "{")
        #expect(try moved.rules() == ["malformed-content"])
    }

    @Test func onlyTrailingCommasAndCommentsAreForgiven() throws {
        for text in ["{\"a\": 1,,}", "{,}", "{\"a\" 1}", "/* never closed", "{\"a\": \"b\n\"}", "{'a': 1}"] {
            #expect(try ChangeFixture().with("tsconfig.json", text).rules() == ["malformed-content"], "\(text)")
        }
    }

    @Test func hugeNestingIsAnAnswerAndNoCrash() throws {
        let deep = String(repeating: "[", count: 200_000)
        for name in ["a.json", "a.yaml", "a.toml", "a.py"] {
            let text = name == "a.toml" ? "a = " + deep : deep
            #expect(try ChangeFixture().with(name, text).rules() == ["malformed-content"], "\(name)")
        }
        #expect(
            try ChangeFixture().with("a.py", "f'" + String(repeating: "{f'", count: 50_000)).rules() == [
                "malformed-content"
            ])
        let inline = "a = " + String(repeating: "{a=", count: 50_000)
        #expect(try ChangeFixture().with("a.toml", inline).rules() == ["malformed-content"])
    }

    @Test func theInvariantSaysTheSame() throws {
        let fixture = try ChangeFixture().with("a.json", "{").with("b.json", "{}").with("c.txt", "{")
        let problems = BuiltinInvariant.parse.problems(in: fixture.changes, fixture)
        #expect(problems == ["'a.json' line 1: not valid JSON: expected a member name"])
        #expect(BuiltinInvariant.noOperation.problems(in: fixture.changes, fixture) == [])
        #expect(BuiltinInvariant.parse.problems(in: fixture.changes, Unreadable()).count == 2)
    }
}
