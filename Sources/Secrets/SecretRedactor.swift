internal import Basics

/// Takes credentials out of what is kept or shown: known values, and whatever has the shape of one.
package struct SecretRedactor: TextRedaction {
    package static let mark = "***"
    private static let shortestValue = 8

    /// The values of the environment's variables that are named like credentials, the longest first.
    private let values: [[UInt8]]

    package init(environment: [String: String]) {
        var found: Set<String> = []
        for (name, value) in environment where CredentialName.matches(name) {
            let plain = value.trimmed
            if plain.utf8.count >= Self.shortestValue, !plain.hasPrefix("/") { found.insert(plain) }
        }
        values = found.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    }

    package func redacted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let ranges = ranges(in: bytes)
        guard !ranges.isEmpty else { return text }
        var result: [UInt8] = []
        var position = 0
        for range in ranges where range.upperBound > position {
            if range.lowerBound >= position {
                result += bytes[position..<range.lowerBound] + Array(Self.mark.utf8)
            }
            position = range.upperBound
        }
        return String(decoding: result + bytes[position...], as: UTF8.self)
    }

    private func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for value in values {
            var start = 0
            while let place = bytes.firstIndex(of: value, from: start) {
                ranges.append(place..<place + value.count)
                start = place + value.count
            }
        }
        ranges += SecretScan.findings(in: bytes, extent: [.urlPasswords, .assignments]).map(\.range)
        return ranges.sorted { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    }
}
