import Basics
import Git
import Paths
import TestSupport
import Testing

/// Texts are compared line by line only as long as that ends soon.
@Suite struct TextComparisonTests {
    /// Lines of two letters in an order that looks like none.
    private func letters(_ count: Int, _ seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).flatMap { _ -> [UInt8] in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return [state >> 40 & 1 == 0 ? 97 : 98, 10]
        }
    }

    @Test func linesAreCounted() throws {
        let counts = try TextComparison.lineCounts(from: Array("a\nb\nc\n".utf8), to: Array("a\nx\ny\nc\n".utf8))
        #expect(counts.added == 2 && counts.removed == 1)
        #expect(try TextComparison.lineCounts(from: [], to: [97, 10]).added == 1)
    }

    @Test func twoLettersInManyLinesAreRefused() {
        let error = #expect(throws: GitError.self) {
            try TextComparison.lineCounts(from: letters(60_000, 1), to: letters(60_000, 2))
        }
        #expect(error?.kind == .tooLarge)
        #expect(error?.message == "cannot compare two texts line by line")
    }

    /// A large file of which little changes, at both of its ends, and one that is new from its first line to its last.
    @Test func largeTextsOfWhichLittleMovesAreCompared() throws {
        let lines = (0..<60_000).map { "line \($0 % 1000)\n" }
        var changed = lines
        (changed[0], changed[59_999]) = ("first\n", "last\n")
        changed.insert("between\n", at: 30_000)
        let (old, new) = (Array(lines.joined().utf8), Array(changed.joined().utf8))
        let counts = try TextComparison.lineCounts(from: old, to: new)
        #expect(counts.added == 3 && counts.removed == 2)
        let other = Array((0..<60_000).map { "other \($0)\n" }.joined().utf8)
        #expect(try TextComparison.lineCounts(from: old, to: other).added == 60_000)
    }

    @Test func fewLinesAreComparedWhateverDiffers() throws {
        let counts = try TextComparison.lineCounts(from: letters(20_000, 1), to: letters(20_000, 2))
        #expect(counts.added == counts.removed && counts.added > 1000)
    }

    /// What a change brings is refused in the same way.
    @Test func aChangeOfSuchAFileIsRefused() throws {
        let test = try TestRepository()
        let repository = try Repository.open(test.path)
        let trees = try [UInt64(1), 2].map { seed in
            try repository.tree(
                updating: nil,
                with: [.upsert(RepoPath("a.txt"), repository.writeBlob(letters(60_000, seed)), .regular)])
        }
        let error = #expect(throws: GitError.self) { try repository.diff(from: trees[0], to: trees[1]) }
        #expect(error?.message == "cannot compare 'a.txt' with what it was line by line")
        #expect(try repository.diff(from: trees[0], to: trees[1], countsLines: false).count == 1)
    }
}
