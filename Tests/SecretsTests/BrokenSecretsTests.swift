import Basics
import Secrets
import TestSupport
import Testing

/// Secrets in encodings that are broken into lines or pairs, as programs like `fold`, `xxd` and `od` write them.
@Suite struct BrokenSecretsTests {
    private static let value = "p@ss/w\u{F6}rd \"x\"+<1>&~9"
    private static let secrets = known(["DEPLOY_TOKEN": value])

    private static func known(_ granted: [String: String]) -> KnownSecrets? {
        KnownSecrets(granted: granted, listed: []) { _ in false }
    }

    private static let pairs = value.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }

    private static let dumps: [String] = [
        pairs.joined(separator: " "), pairs.joined(separator: " ").uppercased(), pairs.joined(separator: ":"),
        pairs.map { "\\x" + $0 }.joined(), pairs.map { "0x" + $0 }.joined(separator: ", "),
        pairs.map { "0x" + $0.uppercased() }.joined(separator: ","),
        stride(from: 0, to: pairs.count, by: 8).map { start in
            pairs[start..<min(start + 8, pairs.count)].map { "0x" + $0 }.joined(separator: ", ")
        }.joined(separator: ",\n  "),
        stride(from: 0, to: pairs.count, by: 2).map { pairs[$0..<min($0 + 2, pairs.count)].joined() }
            .joined(separator: " "),
    ]

    @Test(arguments: dumps) func pairsOfDigitsAreTakenOut(dump: String) throws {
        let secrets = try #require(Self.secrets)
        #expect(
            secrets.redacted("<\(dump)>\n") == "<***>\n" || secrets.redacted("<\(dump)>\n").hasSuffix("x***>\n"))
        #expect(secrets.secretName(in: Array("begin \(dump)".utf8)) == "DEPLOY_TOKEN")
    }

    /// With the place of each line at its beginning, a line is found where eight bytes at least are on it.
    @Test func dumpsWithPlacesAreFound() throws {
        let secrets = try #require(Self.secrets)
        for shift in 0..<16 {
            let bytes = [String](repeating: "2e", count: shift) + Self.pairs
            let dump = stride(from: 0, to: bytes.count, by: 16).map { start in
                "00000\(start) " + bytes[start..<min(start + 16, bytes.count)].joined(separator: " ")
            }.joined(separator: "\n")
            #expect(secrets.secretName(in: Array(dump.utf8)) == "DEPLOY_TOKEN", "\(dump)")
        }
    }

    /// As `xxd` and `hexdump -C` write it, with the characters beside the digits.
    private static func columns(_ value: String, of width: Int, frame: String) -> String {
        let bytes = Array(value.utf8)
        return stride(from: 0, to: bytes.count, by: 16).map { start in
            let line = bytes[start..<min(start + 16, bytes.count)]
            let digits = line.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            let groups = stride(from: 0, to: digits.count, by: width).map {
                digits[$0..<min($0 + width, digits.count)].joined()
            }.joined(separator: " ")
            let text = String(decoding: line.map { (32...126).contains($0) ? $0 : 46 }, as: UTF8.self)
            return "0000000\(start / 16): \(groups)  \(frame)\(text)\(frame)\n"
        }.joined()
    }

    @Test func theCharactersBesideADumpAreTakenOut() throws {
        let value = "q7zRtw0KdLm93kPax8Vb2Gh5JkLm"
        let secrets = try #require(Self.known(["DEPLOY_TOKEN": value]))
        for (width, frame) in [(2, ""), (1, "|"), (4, "")] {
            let dump = Self.columns(value, of: width, frame: frame)
            let shown = secrets.redacted("a\n" + dump + "b\n")
            for start in 0..<value.count - 5 {
                let part = value.dropFirst(start).prefix(6)
                #expect(!shown.contains(part), "\(part) in \(shown)")
            }
            #expect(shown.hasPrefix("a\n00000000: ***") && shown.hasSuffix("\nb\n"), "\(shown)")
        }
        let text = "70 40 and more  than that\n"
        #expect(secrets.redacted(text) == text)
    }

    @Test func linesOfAnyWidthAreTakenOut() throws {
        var random = SeededRandom(seed: 5)
        for round in 0..<200 {
            let value = (0..<Int.random(in: 12...60, using: &random)).map { _ in
                UInt8.random(in: 33...126, using: &random)
            }
            let secrets = try #require(Self.known(["API_KEY": String(decoding: value, as: UTF8.self)]))
            let encoded =
                round % 2 == 0
                ? Base64Lines.encode(value) : value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let text = Base64Lines.fold(encoded, width: 2 + round % 80, indent: round % 3)
            #expect(secrets.secretName(in: Array(text.utf8)) == "API_KEY", "\(text)")
            #expect(secrets.redacted("(\(text))").utf8.count <= 12, "\(text)")
        }
    }

    @Test func oneCaseIsTakenOut() throws {
        let secrets = try #require(Self.known(["A_TOKEN": "aZ3-bY4-cX5-dW6", "B_TOKEN": "Password1"]))
        #expect(secrets.redacted("AZ3-BY4-CX5-DW6 az3-by4-cx5-dw6") == "*** ***")
        #expect(secrets.redacted("PASSWORD1 password1 Password1") == "PASSWORD1 password1 ***")
    }

    @Test func aStreamGivesTheSameHoweverItIsCut() throws {
        let secrets = try #require(Self.secrets)
        let encoded = Base64Lines.encode(Array(Self.value.utf8))
        let columns = [(1, "|"), (2, "")].map { Self.columns(Self.value + Self.value, of: $0, frame: $1) }
        let forms = Self.dumps + columns + (1...9).map { Base64Lines.fold(encoded, width: $0, indent: $0 % 2) }
        var random = SeededRandom(seed: 6)
        for _ in 0..<2000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let form =
                    (forms + ["done\n", "x", " ", "0", "\n", "c", "1f "]).randomElement(using: &random) ?? ""
                let isWhole = Bool.random(using: &random)
                text += Array(form.utf8).dropFirst(isWhole ? 0 : Int.random(in: 0...9, using: &random))
                    .prefix(isWhole ? .max : Int.random(in: 1...60, using: &random))
            }
            let whole = secrets.redacted(text)
            var stream = secrets.stream()
            var (shown, start) = ([UInt8](), 0)
            while start < text.count {
                let end = min(text.count, start + Int.random(in: 1...9, using: &random))
                shown += stream.add(text[start..<end])
                start = end
            }
            shown += stream.finish()
            #expect(shown == whole, "\(String(decoding: text, as: UTF8.self))")
        }
    }

    /// A line that is done is shown, though its last letter could be the first of a secret.
    @Test func aFinishedLineIsNotHeldBack() throws {
        var stream = try #require(Self.secrets).stream()
        let first = Base64Lines.encode(Array(Self.value.utf8)).prefix(1)
        let line = Array("done\(first)\n".utf8)
        #expect(stream.add(line[...]) == line)
    }

    @Test func otherTextsStay() throws {
        let secrets = try #require(Self.secrets)
        let text = "one two\nthree: 00 11 22 33 44 55 66 77 88 99 aa bb\nZm9v\nYmFy\n0x12, 0x34, 0x56\n"
        #expect(secrets.redacted(text) == text)
        #expect(secrets.secretName(in: Array(text.utf8)) == nil)
    }
}

private enum Base64Lines {
    static func encode(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 { text.append(place > group.count ? "=" : letters[bits >> (18 - 6 * place) & 63]) }
        }
        return text
    }

    static func fold(_ text: String, width: Int, indent: Int) -> String {
        let characters = Array(text.utf8)
        return stride(from: 0, to: characters.count, by: width).map { start in
            String(repeating: " ", count: indent)
                + String(decoding: characters[start..<min(start + width, characters.count)], as: UTF8.self)
        }.joined(separator: "\n")
    }
}
