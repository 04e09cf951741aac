import Basics
import TOML
import Testing

/// What a hostile file may make of itself.
@Suite struct TOMLBoundsTests {
    private func nested(_ count: Int, _ open: String, _ close: String) -> String {
        "a = " + String(repeating: open, count: count) + "1" + String(repeating: close, count: count) + "\n"
    }

    @Test(arguments: [("[", "]"), ("{b = ", "}"), ("{b.c = ", "}")])
    func nestingHasAnEnd(open: String, close: String) throws {
        let levels = open.contains(".") ? 50 : 100
        #expect(TOMLDocumentTests.failure(nested(levels, open, close)) == nil)
        let error = try #require(TOMLDocumentTests.failure(nested(levels + 1, open, close)))
        #expect(error.message == "not valid TOML: nested deeper than 100 levels")
        #expect(TOMLDocumentTests.failure(nested(200_000, open, close)) != nil)
    }

    @Test func keysHaveFewParts() throws {
        func key(_ count: Int) -> String { Array(repeating: "a", count: count).joined(separator: ".") }
        #expect(TOMLDocumentTests.failure("[\(key(100))]\n\(key(100)) = [1]\n") == nil)
        for text in ["[\(key(101))]\n", "\(key(101)) = 1\n"] {
            let error = try #require(TOMLDocumentTests.failure(text))
            #expect(error.message == "not valid TOML: a key of more than 100 parts")
        }
    }

    /// Each of these takes hours where the time grows with the square of the length.
    @Test(
        .timeLimit(.minutes(60)),
        arguments: [
            "[[a]]\n", "[[a.b]]\n", "# x\n", "[[a]]\nb = 1\n", "\n", "\t",
        ])
    func longFilesAreReadInTime(line: String) {
        #expect(TOMLDocumentTests.failure(String(repeating: line, count: 50_000)) == nil)
    }

    @Test(
        .timeLimit(.minutes(60)),
        arguments: ["[1]", "'x'", "{}", "{b = 1}", "1979-05-27", "1_0.5e3", "\"\\u00e9\""])
    func longArraysAreReadInTime(element: String) {
        let text = "a = [" + Array(repeating: element, count: 20_000).joined(separator: ", ") + "]\n"
        #expect(TOMLDocumentTests.failure(text) == nil)
        #expect(TOMLDocumentTests.failure(text.replacing("]\n", with: "\n")) != nil)
    }

    @Test(
        .timeLimit(.minutes(60)),
        arguments: ["\"", "'", "\"\"\"", "a = \"\"\"\\", "{", "[", "a = {b={", ".", "\u{FEFF}"])
    func unfinishedFilesAreRefusedInTime(piece: String) {
        #expect(TOMLDocumentTests.failure(String(repeating: piece, count: 100_000)) != nil)
        #expect(TOMLDocumentTests.failure("a = " + String(repeating: piece, count: 100_000)) != nil)
    }
}
