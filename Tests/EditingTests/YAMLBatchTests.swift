import Basics
import Editing
import TestSupport
import Testing

/// Many values of one file at once: the same as one after the other, and read as often however many there are.
@Suite(.timeLimit(.minutes(60))) struct YAMLBatchTests {
    private static func pod(_ count: Int) -> [UInt8] {
        let containers = (0..<count).map { "    - name: c\($0)\n      image: nginx:1.24 # why\n" }
        return Array(("kind: Pod\nspec:\n  containers:\n" + containers.joined()).utf8)
    }

    private static func image(_ index: Int) -> ValuePath {
        ValuePath([.key("spec"), .key("containers"), .index(index), .key("image")])
    }

    @Test(arguments: [2, 100, 3000]) func theFileIsReadTwiceHoweverManyValuesAreSet(count: Int) throws {
        var reads = 0
        let assignments = (0..<count).map { Assignment(Self.image($0), "nginx:1.25") }
        let result = try FileFormat.yaml.setting(assignments, in: Self.pod(count), reads: &reads)
        let expected = String(decoding: Self.pod(count), as: UTF8.self).replacing("nginx:1.24", with: "nginx:1.25")
        #expect(result == Array(expected.utf8))
        #expect(reads == 2)
    }

    /// One that cannot be written with the others is found by halves.
    @Test func oneOddPlaceCostsFewReadsMore() throws {
        let text = String(decoding: Self.pod(1000), as: UTF8.self)
            .replacing("name: c500\n      image: nginx:1.24", with: "name: c500\n      image: &a nginx:1.24")
        var reads = 0
        let assignments = (0..<1000).map { Assignment(Self.image($0), "nginx:1.25") }
        #expect(throws: EditRefusal.self) {
            try FileFormat.yaml.setting(assignments, in: Array(text.utf8), reads: &reads)
        }
        let others = assignments.enumerated().filter { $0.offset != 500 }.map(\.element)
        let result = try FileFormat.yaml.setting(others, in: Array(text.utf8), reads: &reads)
        let changed = try FileFormat.yaml.value(at: Self.image(501), in: result)
        let kept = try FileFormat.yaml.value(at: Self.image(500), in: result)
        #expect(changed == "nginx:1.25" && kept == "nginx:1.24")
        #expect(reads < 30)
    }

    @Test func newMembersAndTheSameOneTwiceAreMadeInTheirOrder() throws {
        let assignments = try [("a", "1"), ("new", "2"), ("a", "3"), ("list[1]", "4"), ("list[k=v].k", "w")].map {
            Assignment(try ValuePath($0.0), .string($0.1))
        }
        let text = "a: 0 # why\nlist:\n  - k: v\n  - x\n"
        let result = try FileFormat.yaml.setting(assignments, in: Array(text.utf8))
        let value = try FileFormat.yaml.value(of: result)
        #expect(value == ["a": "3", "list": [["k": "w"], "4"], "new": "2"])
        #expect(String(decoding: result, as: UTF8.self).hasPrefix("a: \"3\" # why\nlist:\n  - k: w\n"))
    }

    private static let texts = [
        "a: 1\nb: {c: x, d: [1, two]}\ne:\n  - f: 'g'\n  - \"h\"\n", "x: &x 1\ny: *x\nz: 2\nz2: !!str 3\n",
        "a: 1\n---\na: 2\nb: x\n", "a: |\n  text\n  more\nb: >-\n  folded\nc: x\n", "a: 1\na: 2\nb: 3\n",
        "a:\nb: ~\nc: x # y\r\nd: 'z'\r\n", "[{a: 1, b: 2}, {a: 3}]\n", "<<: &m {k: v}\na: {<<: *m, l: w}\n",
    ]

    private static let values: [JSON] = [
        "x", "1", "", "a: b", "# no", "two\nlines\n", 7, true, .null, "é", "- x", "yes",
    ]

    /// Whatever is asked for, the values are those of setting them one by one, or neither way can.
    @Test(arguments: texts) func isWhatOneAfterTheOtherGives(text: String) throws {
        var random = SeededRandom(seed: 11)
        let bytes = Array(text.utf8)
        let leaves = try FileFormat.yaml.value(of: bytes).leaves()
        for _ in 0..<200 {
            var assignments: [Assignment] = []
            for _ in 0..<Int.random(in: 2...6, using: &random) {
                let path = try #require(leaves.randomElement(using: &random))
                assignments.append(
                    Assignment(path, try #require(Self.values.randomElement(using: &random))))
            }
            let together = try? FileFormat.yaml.setting(assignments, in: bytes)
            var alone: [UInt8]? = bytes
            for assignment in assignments {
                alone = alone.flatMap { try? FileFormat.yaml.setting([assignment], in: $0) }
            }
            let given = try together.map { try FileFormat.yaml.value(of: $0).unordered }
            let wanted = try alone.map { try FileFormat.yaml.value(of: $0).unordered }
            // One after the other may pass a place that it does not get over when it comes to it once more.
            if wanted != nil { #expect(given == wanted, "\(assignments) in \(text.debugDescription)") }
        }
    }
}
