package import Basics

/// Takes credentials out of what is kept or shown: known values, and whatever has the shape of one.
package struct SecretRedactor {
    package static let mark = "***"
    private static let shortestValue = 8

    /// The values of the environment's variables that are named like credentials, the longest first.
    private let values: [[UInt8]]

    package init(environment: [String: String]) {
        var found: Set<String> = []
        for (name, value) in environment where Self.namesCredential(name) {
            let plain = value.trimmed
            if plain.utf8.count >= Self.shortestValue, !plain.hasPrefix("/") { found.insert(plain) }
        }
        values = found.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    }

    /// Whether a word of the name says so: `API_KEY` does, `KEYBOARD_LAYOUT` does not.
    private static func namesCredential(_ name: String) -> Bool {
        name.uppercased().split(separator: "_").contains { word in
            words.contains { word == $0 || (word.hasSuffix($0) && $0.count > 4) || word == $0 + "S" }
        }
    }

    private static let words = [
        "KEY", "APIKEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PAT", "PWD", "CREDENTIAL",
        "AUTH", "AUTHORIZATION",
    ]

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

    /// Every text in the value, names of members included.
    package func redacted(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(redacted(text))
        case .array(let elements): .array(elements.map(redacted))
        case .object(let members):
            .object(members.map { JSON.Member(redacted($0.name), redacted($0.value)) })
        default: json
        }
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
