package import Basics
internal import Synchronization

/// The secrets that programs of a run are given: each value is taken out wherever it shows, in whatever spelling.
package struct KnownSecrets: SecretRedaction {
    private static let mark = Array(SecretRedactor.mark.utf8)

    private let names: [String]
    private let matcher: SecretMatcher
    private let broken: BrokenSpellings
    private let publicity: Publicity

    /// The variables that are named like credentials or listed as secret; `nil` where there are none.
    ///
    /// `isPublic` is asked about a value that showed, once: what the repository itself holds is no secret.
    package init?(
        granted: [String: String], listed: [String], isPublic: @escaping @Sendable ([UInt8]) -> Bool
    ) {
        var (names, values) = ([String](), [[UInt8]]())
        var (pieces, lines, pairs) = ([SecretMatcher.Piece](), [SecretMatcher.Piece](), [SecretMatcher.Piece]())
        for (name, value) in granted.sorted(by: { $0.key < $1.key }) where Self.isSecret(name, value, listed) {
            for part in SecretSpellings.parts(of: Array(value.trimmed.utf8)) {
                let piece = { [number = values.count] bytes in SecretMatcher.Piece(bytes: bytes, secret: number) }
                pieces += SecretSpellings.all(of: part).map(piece)
                lines += SecretSpellings.inLines(of: part).map(piece)
                pairs += SecretSpellings.inPairs(of: part).map(piece)
                values.append(part)
                names.append(name)
            }
        }
        guard !pieces.isEmpty else { return nil }
        (self.names, matcher) = (names, SecretMatcher(pieces))
        broken = BrokenSpellings(lines: lines, pairs: pairs)
        publicity = Publicity(values, isPublic)
    }

    private static func isSecret(_ name: String, _ value: String, _ listed: [String]) -> Bool {
        guard value.trimmed.utf8.count >= SecretSpellings.shortest else { return false }
        // The path of a file that holds a secret is none.
        return listed.contains(name)
            || (CredentialName.matches(name) && !(value.hasPrefix("/") && FileSystem.exists(value)))
    }

    package func redacted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let ranges = ranges(in: bytes).found
        return ranges.isEmpty ? text : String(decoding: Self.replacing(ranges, in: bytes[...]), as: UTF8.self)
    }

    package func redacted(_ bytes: [UInt8]) -> [UInt8] {
        let ranges = ranges(in: bytes).found
        return ranges.isEmpty ? bytes : Self.replacing(ranges, in: bytes[...])
    }

    package func stream() -> any RedactingStream { Stream(self) }

    package func secretName(in bytes: [UInt8]) -> String? {
        var name: String?
        forEachSecret(in: bytes) { _, secret, _ in
            name = names[secret]
            return false
        }
        return name
    }

    /// Calls with each place, its secret, and whether more that comes may belong to it; until the answer is no.
    private func forEachSecret(in bytes: [UInt8], _ body: (Range<Int>, Int, Bool) -> Bool) {
        bytes.withUnsafeBufferPointer { buffer in
            var goesOn = true
            matcher.forEachMatch(in: buffer) { range, secret in
                goesOn = publicity.isPublic(secret) || body(range, secret, false)
                return goesOn
            }
            guard goesOn else { return }
            JoinedText.forEach(in: buffer, broken) { joined in
                broken.forEachMatch(in: joined) { range, secret in
                    let line = joined.kind == .pairs ? DumpLine(range, in: buffer) : nil
                    goesOn =
                        publicity.isPublic(secret) || body(line?.range ?? range, secret, line?.mayGoOn ?? false)
                    return goesOn
                }
                return goesOn
            }
        }
    }

    /// Where secrets stand, in order; those that overlap are one.
    ///
    /// `open`: where one begins whose line may go on.
    private func ranges(in bytes: [UInt8]) -> (found: [Range<Int>], open: Int?) {
        var found: [Range<Int>] = []
        var open: Int?
        forEachSecret(in: bytes) { range, _, mayGoOn in
            found.append(range)
            // with the character before it, which tells what a zero is
            if mayGoOn { open = min(open ?? .max, max(0, range.lowerBound - 1)) }
            return true
        }
        // what is broken comes after the rest
        found.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        let merged = found.reduce(into: [Range<Int>]()) { ranges, range in
            if let last = ranges.last, range.lowerBound < last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
        return (merged, open)
    }

    /// Where the end of the bytes begins that may be the beginning of a secret.
    private func openEnd(of bytes: [UInt8]) -> Int {
        min(matcher.openEnd(of: bytes), JoinedText.openEnd(of: bytes, broken))
    }

    private static func replacing(_ ranges: [Range<Int>], in bytes: ArraySlice<UInt8>) -> [UInt8] {
        var (result, position) = ([UInt8](), bytes.startIndex)
        for range in ranges {
            if range.lowerBound >= position { result += bytes[position..<range.lowerBound] + mark }
            position = max(position, range.upperBound)
        }
        return result + bytes[min(position, bytes.endIndex)...]
    }

    /// What of a stream may be the beginning of a secret is held back, and no more than that.
    private struct Stream: RedactingStream {
        private let secrets: KnownSecrets
        private var held: [UInt8] = []
        /// How much of the beginning of what is held belongs to a secret that was taken out already.
        private var taken = 0

        init(_ secrets: KnownSecrets) { self.secrets = secrets }

        mutating func add(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            held += bytes
            let (ranges, open) = secrets.ranges(in: held)
            return release(ranges, upTo: min(secrets.openEnd(of: held), open ?? .max))
        }

        mutating func finish() -> [UInt8] { release(secrets.ranges(in: held).found, upTo: held.count) }

        private mutating func release(_ ranges: [Range<Int>], upTo end: Int) -> [UInt8] {
            let hidden = (taken > 0 ? [0..<taken] : []) + ranges.filter { $0.lowerBound < end }
            var (result, position) = ([UInt8](), 0)
            for range in hidden {
                let isKnown = range.lowerBound < position || (taken > 0 && range.lowerBound == 0)
                if !isKnown { result += held[position..<range.lowerBound] + KnownSecrets.mark }
                position = max(position, range.upperBound)
            }
            if position < end { result += held[position..<end] }
            held = Array(held[end...])
            taken = max(0, position - end)
            return result
        }
    }
}

/// Remembers of each secret that showed whether it is one.
private final class Publicity: Sendable {
    private let values: [[UInt8]]
    private let ask: @Sendable ([UInt8]) -> Bool
    private let known = Mutex<[Int: Bool]>([:])

    init(_ values: [[UInt8]], _ ask: @escaping @Sendable ([UInt8]) -> Bool) {
        (self.values, self.ask) = (values, ask)
    }

    func isPublic(_ secret: Int) -> Bool {
        if let answer = known.withLock({ $0[secret] }) { return answer }
        let answer = ask(values[secret])
        known.withLock { $0[secret] = answer }
        return answer
    }
}
