import Basics
import Processes
import Testing

@Suite struct OutputRedactionTests {
    /// Takes out `secret`, and holds back what may become it.
    private struct Word: SecretRedaction {
        func redacted(_ text: String) -> String { text.replacing("secret", with: "***") }
        func redacted(_ bytes: [UInt8]) -> [UInt8] { Array(redacted(String(decoding: bytes, as: UTF8.self)).utf8) }
        func stream() -> any RedactingStream { WordStream(word: self) }
        func secretName(in bytes: [UInt8]) -> String? { nil }
    }

    private struct WordStream: RedactingStream {
        let word: Word
        var held: [UInt8] = []

        mutating func add(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            held += bytes
            return []
        }

        mutating func finish() -> [UInt8] {
            defer { held = [] }
            return word.redacted(held)
        }
    }

    @Test func nothingIsSeenOrKeptBeforeItWasRedacted() throws {
        var program = Subprocess.shell("printf 'a sec'; printf 'ret\\nb'; printf 'secret c' >&2", environment: [:])
        program.redaction = Word()
        var lines: [String] = []
        let outcome = try program.run { lines.append("\($0) \($1)") }
        #expect(outcome.output.text == "a ***\nb" && outcome.errors.text == "*** c")
        #expect(lines.sorted() == ["errors *** c", "output a ***", "output b"])
    }
}
