import Basics
import TestSupport
import Testing
import YAML

@Suite(.timeLimit(.minutes(60))) struct YAMLTests {
    private func root(_ text: String) throws -> YAMLNode {
        try #require(try YAML.parse(Array(text.utf8)).first?.root)
    }

    @Test(arguments: [
        "a: 1️⃣value2️⃣ # c\n", "a: 1️⃣'it''s'2️⃣\n", "a: 1️⃣\"x\\ty\"2️⃣", "é: 1️⃣ünï2️⃣\n", "a: 1️⃣[1, 2]2️⃣ # c",
        "a: 1️⃣{b: c}2️⃣\r\n", "a:\n  1️⃣b: c\n  d: e2️⃣\n\n# end\n", "a:\n- x\n-   y\n",
        "a: 1️⃣|\n  one\n\n  two2️⃣\n\n\nb: 1\n",
        "\u{FEFF}a: 1️⃣b2️⃣\n", "a: 1️⃣one\n  two2️⃣\n\nb: c", "# é\na: &x 1️⃣b2️⃣\n", "a:1️⃣2️⃣ \nb: c\n",
    ])
    func spansAreExact(marked: String) throws {
        let source = MarkedText(marked)
        let value = try #require(try YAML.parse(source.bytes).first?.root?.entries?.first?.value)
        guard source.offsets[1] != nil else { return }
        let start = value.anchor == nil ? value.span.start.offset : value.span.end.offset - 1
        #expect(start..<value.span.end.offset == source.range(1, 2))
    }

    @Test func linesAndColumnsCountScalars() throws {
        let value = try #require(try root("x: 1\r\n'é😀': v\n").entries?.last?.value)
        #expect(value.span.start == SourcePosition(offset: 16, line: 2, column: 7))
    }

    @Test func resolvesByTheCoreSchema() throws {
        let node = try root(
            "[~, true, 0x1F, 0o17, 1e3, .inf, -.5, yes, '1', !!str 1, 1.2.3, 12-3, \"\", -7, 2026-01-01]")
        let values = node.items?.map { $0.value }
        #expect(
            values == [
                .null, .bool(true), .integer(31), .integer(15), .float(1000), .float(.infinity), .float(-0.5),
                .string("yes"),
                .string("1"), .string("1"), .string("1.2.3"), .string("12-3"), .string(""), .integer(-7),
                .string("2026-01-01"),
            ])
        #expect(node.items?[7].scalar?.isOldBoolean == true)
    }

    @Test func reportsDuplicateKeysWithBothPlaces() throws {
        let document = try #require(try YAML.parse(Array("a: 1\nb: 2\n'a': 3\n".utf8)).first)
        #expect(document.problems.map(\.kind) == [.duplicateKey])
        #expect(document.problems.first?.span.start.line == 3)
        #expect(document.problems.first?.related.first?.span.start.line == 1)
    }

    @Test func refusesBillionLaughs() {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (name, before) in zip("bcdefghij", "abcdefghi") {
            text +=
                "\(name): &\(name) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ", ") + "]\n"
        }
        #expect { try YAML.parse(Array(text.utf8)) } throws: { ($0 as? YAMLError)?.kind == .tooManyNodes }
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func refusesBottomlessNesting(opener: String) {
        let text = Array(String(repeating: opener, count: 100_000).utf8)
        #expect(throws: YAMLError.self) { try YAML.parse(text) }
    }

    @Test(arguments: [
        ("a: &x [*x]", YAMLError.Kind.recursiveAlias), ("a: *nope", .unknownAlias), ("a: [1, 2", .syntax),
        ("a: b: c", .syntax),
        ("\tx: 1", .syntax), ("a\0b", .notText), ("a: \u{1}", .syntax), ("@x", .syntax), ("a: 'x", .syntax),
    ])
    func namesWhatIsWrong(text: String, kind: YAMLError.Kind) {
        #expect { try YAML.parse(Array(text.utf8)) } throws: { ($0 as? YAMLError)?.kind == kind }
    }

    @Test func saysWhereTheBytesAreNotText() {
        for bytes: [UInt8] in [[0x61, 0x3A, 0x20, 0xFF], [0x61, 0x0A, 0xC3], [0x61, 0xED, 0xA0, 0x80]] {
            #expect { try YAML.parse(bytes) } throws: { ($0 as? YAMLError)?.kind == .notText }
        }
        #expect { try YAML.parse([0xFF, 0xFE, 0x61, 0]) } throws: { "\($0)".contains("UTF-16") }
        #expect {
            try YAML.parse(Array("ok: 1\nx: ".utf8) + [0xFF])
        } throws: { error in
            (error as? YAMLError)?.span.start.offset == 9 && (error as? YAMLError)?.span.start.line == 2
        }
    }

    @Test func readsStreamsAndEmptyFiles() throws {
        #expect(try YAML.parse([]).isEmpty)
        #expect(try YAML.parse(Array("# only a comment\n".utf8)).isEmpty)
        #expect(try YAML.parse(Array("%YAML 1.1\n---\na: 1\n...\n---\nb\n---\n".utf8)).count == 3)
    }

    @Test func refusesTooManyBytes() {
        var limits = YAMLLimits()
        limits.bytes = 10
        #expect { try YAML.parse([UInt8](repeating: 97, count: 11), limits: limits) } throws: {
            ($0 as? YAMLError)?.kind == .tooLarge
        }
    }

    @Test func keepsMergeKeysVisibleAndResolvesThemOnRequest() throws {
        let node = try root("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n")
        let use = try #require(node["use"])
        #expect(use.entries?.first?.isMerge == true)
        let merged = use.entriesIncludingMerged
        #expect(merged.map { $0.entry.key.scalar?.text } == ["y", "x"])
        #expect(merged.map { $0.mergedAt != nil } == [false, true])
        #expect(merged[0].entry.value.value == .integer(3))
        #expect(use.entries?.first?.value.aliasSpan?.start.line == 3)
    }

    @Test func everySpanReadsBackAsTheSameValue() throws {
        let text = """
            version: 1
            tasks:
              - id: task-001   # first
                title: "Ünïcode \\u00e9 title"
                paths: [docs/, 'a b/', "c: d"]
                notes: {x: 1, y: [~, true]}
              - id: 'task-002'
                title: plain text with colon:ish#hash
            """
        func check(_ node: YAMLNode) throws {
            if let scalar = node.scalar {
                let piece = Array(text.utf8[...])[node.span.byteRange]
                #expect(try YAML.parse(Array(piece)).first?.root?.scalar == scalar)
            }
            for child in node.items ?? [] { try check(child) }
            for entry in node.entries ?? [] {
                try check(entry.key)
                try check(entry.value)
            }
        }
        try check(try root(text))
    }

    @Test func garbageAlwaysEnds() {
        let seed = Array(
            "version: 1\ntasks:\n  - {id: &a x, b: *a}\n  - id: |\n      text\n    'q': [1, \"é\"]\n".utf8)
        var random = SeededRandom(seed: 3)
        for _ in 0..<4000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                }
                if bytes.isEmpty { bytes = seed }
            }
            if let documents = try? YAML.parse(bytes) {
                for root in documents.compactMap(\.root) { #expect(root.span.end.offset <= bytes.count) }
            }
        }
    }
}
