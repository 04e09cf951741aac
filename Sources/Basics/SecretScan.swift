/// Finds credentials in a text by the shapes that only credentials have.
package enum SecretScan {
    /// A place that holds a credential; never the credential itself.
    package struct Finding: Hashable, Sendable {
        package let kind: String
        package let range: Range<Int>
        /// Counted from 1.
        package let line: Int
    }

    /// Beginnings that only tokens have, and how many characters must follow.
    private static let prefixes: [(text: String, kind: String, length: Int)] = [
        ("ghp_", "a GitHub token", 30), ("gho_", "a GitHub token", 30), ("ghs_", "a GitHub token", 30),
        ("ghu_", "a GitHub token", 30), ("ghr_", "a GitHub token", 30), ("github_pat_", "a GitHub token", 30),
        ("glpat-", "a GitLab token", 18), ("AKIA", "an AWS key id", 16), ("ASIA", "an AWS key id", 16),
        ("sk-ant-", "an Anthropic key", 20), ("xoxb-", "a Slack token", 20), ("xoxp-", "a Slack token", 20),
        ("AIza", "a Google API key", 35), ("npm_", "an npm token", 36), ("pypi-AgEI", "a PyPI token", 40),
        ("-----BEGIN RSA PRIVATE KEY", "a private key", 0), ("-----BEGIN PRIVATE KEY", "a private key", 0),
        ("-----BEGIN EC PRIVATE KEY", "a private key", 0), ("-----BEGIN OPENSSH PRIVATE KEY", "a private key", 0),
    ]

    package static func findings(in bytes: [UInt8]) -> [Finding] {
        prefixes.flatMap { prefix in
            bytes.ranges(of: Array(prefix.text.utf8)).compactMap { range -> Finding? in
                let tail = bytes[range.upperBound...].prefix(while: isTokenByte)
                let startsToken = range.lowerBound == 0 || !isTokenByte(bytes[range.lowerBound - 1])
                guard startsToken || prefix.length == 0, tail.count >= prefix.length else { return nil }
                let line = bytes[..<range.lowerBound].count { $0 == UInt8(ascii: "\n") } + 1
                return Finding(kind: prefix.kind, range: range.lowerBound..<tail.endIndex, line: line)
            }
        }.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
