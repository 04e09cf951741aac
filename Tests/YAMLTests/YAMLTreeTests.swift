import Basics
import TestSupport
import Testing
import YAML

/// The nodes of a document lie side by side; these hold that each still finds what is its own.
@Suite(.timeLimit(.minutes(60))) struct YAMLTreeTests {
    private func root(_ text: String) throws -> YAMLNode {
        try #require(try YAML.parse(Array(text.utf8)).first?.root)
    }

    @Test func findsWhatFollowsNestedCollections() throws {
        let node = try root("a: [1, {b: [2, [3]], c: {}}, []]\nd: {e: {f: g}}\nh: i\n")
        #expect(node.entries?.map { $0.key.scalar?.text } == ["a", "d", "h"])
        let items = try #require(node["a"]?.items)
        #expect(items.count == 3 && items[2].items?.isEmpty == true)
        #expect(items[1]["b"]?.items?.last?.items?.first?.value == .integer(3))
        #expect(items[1]["c"]?.entries?.isEmpty == true)
        #expect(node["d"]?["e"]?["f"]?.scalar?.text == "g")
        #expect(node["h"]?.scalar?.text == "i")
    }

    @Test(arguments: [
        ("'it''s'", "it's"), ("\"a\\tb\"", "a\tb"), ("\"plain\"", "plain"), ("'plain'", "plain"), ("''", ""),
        ("\"\"", ""),
        ("a\n  b", "a b"), ("|\n  a\n\n  b\n", "a\n\nb\n"), (">-\n  a\n  b", "a b"), ("!!str 12", "12"),
        ("&x word", "word"), ("&x 'word'", "word"), ("", ""),
    ])
    func readsTextsThatAreWrittenOtherwise(written: String, text: String) throws {
        let node = try root("first: one\nkey: \(written)\n")
        #expect(node["key"]?.scalar?.text == text)
        #expect(node["key"]?.textLength == text.utf8.count)
        #expect(node["first"]?.scalar?.text == "one")
    }

    @Test func followsAliasesToKeysScalarsAndCollections() throws {
        let node = try root("a: &k name\nb: &m {x: [1, 2], y: *k}\n*k : 3\nc: *m\nd: after\n")
        #expect(node["name"]?.value == .integer(3))
        #expect(node["c"]?["x"]?.items?.count == 2)
        #expect(node["c"]?["y"]?.scalar?.text == "name")
        #expect(node["c"]?.anchor == "m" && node["c"]?.aliasSpan?.start.line == 4)
        #expect(node["d"]?.aliasSpan == nil && node["d"]?.scalar?.text == "after")
        let own = try #require(node["b"])
        #expect(own.isIdentical(to: node["b"]) && !own.isIdentical(to: node["c"]) && !own.isIdentical(to: nil))
    }

    @Test func keepsTagsAndAnchorsWithTheirNodes() throws {
        let node = try root("a: 1\nb: !x 2\nc: &y 3\nd: !z &w [4, !v 5]\ne: 6\n")
        let values = try #require(node.entries).map(\.value)
        #expect(values.map(\.tag) == [nil, "!x", nil, "!z", nil])
        #expect(values.map(\.anchor) == [nil, nil, "y", "w", nil])
        #expect(values[3].items?.map(\.tag) == [nil, "!v"])
    }

    /// Offsets are known for every 64th character only.
    @Test func countsBytesBehindManyLettersOfSeveralBytes() throws {
        let letters = String(repeating: "é😀x", count: 100)
        let node = try root("# \(letters)\na: \(letters)\nb: [\(letters), end]\n")
        let end = try #require(node["b"]?.items?.last)
        let text = "# \(letters)\na: \(letters)\nb: [\(letters), "
        #expect(end.span.start == SourcePosition(offset: text.utf8.count, line: 3, column: 307))
        #expect(end.span.end.offset == text.utf8.count + 3)
    }

    @Test(arguments: [
        ("a: 1\na: 2\n", ["a"]), ("\u{E9}: 1\ne\u{301}: 2\n", ["e\u{301}"]), ("{a: {b: 1, c: 2, b: 3}}", ["b"]),
        ("<<: {a: 1}\n<<: {b: 1}\n", []), ("'<<': 1\n'<<': 2\n", ["<<"]), ("[1]: 1\n[1]: 2\n", []),
        ("a: &x k\n*x : 1\nk: 2\n", ["k"]), ("a: 1\nA: 2\nab: 3\n", []),
    ])
    func findsKeysThatStandTwice(text: String, keys: [String]) throws {
        let problems = try #require(try YAML.parse(Array(text.utf8)).first).problems
        #expect(problems.map { $0.message.split(separator: "'").dropFirst().first.map(String.init) } == keys)
    }

    @Test func findsKeysThatStandTwiceInLargeMappings() throws {
        let text = (0..<200).map { "k\($0): 1\n" }.joined() + "k77: 2\n"
        let problems = try #require(try YAML.parse(Array(text.utf8)).first).problems
        #expect(problems.map(\.span.start.line) == [201])
        #expect(problems.first?.related.first?.span.start.line == 78)
    }

    /// Everything but the first task's own node is compared, in texts, styles, tags and nesting.
    @Test(
        arguments: [
            ("tasks: [{id: a}, {id: b}]", "tasks: [{id: a, state: done}, {id: b}]", true),
            ("tasks:\n- id: a\n- id: b\n", "tasks:\n- id: a\n  x: [1, {y: 2}]\n- id: b\n", true),
            ("tasks:\n- id: a\nend: 'x'\n", "tasks:\n- id: a\n  x: 1\nend: 'x'\n", true),
            ("tasks: [{id: a}, {id: b}]", "tasks: [{id: a}, {id: c}]", false),
            ("tasks: [{id: a}, {id: b}]", "tasks: [{id: a}]", false),
            ("tasks: [{id: a}]", "tasks: [{id: a}, {id: b}]", false),
            ("tasks: [{id: a}, [b, [c]]]", "tasks: [{id: a}, [b], [c]]", false),
            ("tasks: [{id: a}, [b, c]]", "tasks: [{id: a}, [b, [c]]]", false),
            ("tasks: [{id: a}, [b], c]", "tasks: [{id: a}, [b, c]]", false),
            ("tasks: [{id: a}]\nend: x", "tasks: [{id: a}]\nend: 'x'", false),
            ("tasks: [{id: a}]\nend: x", "tasks: [{id: a}]\nend: !!str x", false),
            ("tasks: [{id: a}]\nend: |\n  x\n", "tasks: [{id: a}]\nend: |\n  x\n\n\n", true),
            ("tasks: [{id: a}]\nend: \"a\\nb\"", "tasks: [{id: a}]\nend: \"a\\nc\"", false),
            ("tasks: [{id: a}, ~, {}]", "tasks: [{id: a}, ~, []]", false),
            ("tasks: [{id: a}, &b {c: d}]", "tasks: [{id: a}, &e {c: d}]", false),
            ("tasks: [{id: a}, &b c, *b]", "tasks: [{id: a}, &b c, *b]", nil),
        ] as [(String, String, Bool?)])
    func comparesTwoDocuments(before: String, after: String, isSame: Bool?) throws {
        let left = try #require(try YAML.parse(Array(before.utf8)).first?.root)
        let right = try #require(try YAML.parse(Array(after.utf8)).first?.root)
        let (mine, theirs) = (
            try #require(left["tasks"]?.items?.first), try #require(right["tasks"]?.items?.first)
        )
        #expect(left.saysSame(as: right, apartFrom: mine, theirs) == isSame)
        #expect(right.saysSame(as: left, apartFrom: theirs, mine) == isSame)
        #expect(left.saysSame(as: left, apartFrom: mine, mine) == (isSame == nil ? nil : true))
    }

    @Test func findsAKeyInAnySpelling() throws {
        let node = try #require(
            try YAML.parse(Array("{a: 1, e\u{301}: 2, '': 3, ? {b: c} : 4, a2: 5}".utf8)).first?.root)
        #expect(
            node["a"]?.reads("1") == true && node["\u{E9}"]?.reads("2") == true && node[""]?.reads("3") == true)
        #expect(node["b"] == nil && node["a2"]?.reads("5") == true && node["a"]?.reads("12") == false)
    }
}
