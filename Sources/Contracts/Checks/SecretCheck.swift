internal import Basics

/// Finds credentials that somebody pasted into a file of the contract.
enum SecretCheck {
    /// Beginnings that only tokens have, and how many characters must follow.
    private static let prefixes: [(text: String, name: String, length: Int)] = [
        ("ghp_", "a GitHub token", 30), ("gho_", "a GitHub token", 30), ("ghs_", "a GitHub token", 30),
        ("github_pat_", "a GitHub token", 30), ("glpat-", "a GitLab token", 18), ("AKIA", "an AWS key id", 16),
        ("sk-ant-", "an Anthropic key", 20), ("xoxb-", "a Slack token", 20),
        ("-----BEGIN RSA PRIVATE KEY", "a private key", 0), ("-----BEGIN PRIVATE KEY", "a private key", 0),
        ("-----BEGIN OPENSSH PRIVATE KEY", "a private key", 0),
    ]

    static func diagnostics(in files: [SourceFile]) -> [Diagnostic] { files.flatMap(diagnostics(in:)) }

    private static func diagnostics(in file: SourceFile) -> [Diagnostic] {
        prefixes.flatMap { prefix in
            file.bytes.ranges(of: Array(prefix.text.utf8)).compactMap { range -> Diagnostic? in
                let tail = file.bytes[range.upperBound...].prefix { byte in
                    byte < 0x80
                        && (Character(Unicode.Scalar(byte)).isLetter || (48...57).contains(byte) || byte == 95
                            || byte == 45)
                }
                guard tail.count >= prefix.length else { return nil }
                return diagnostic(prefix.name, file, range.lowerBound..<tail.endIndex)
            }
        }
    }

    private static func diagnostic(_ name: String, _ file: SourceFile, _ range: Range<Int>) -> Diagnostic {
        let before = file.bytes[..<range.lowerBound]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = range.lowerBound - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
        let start = SourcePosition(offset: range.lowerBound, line: line, column: column)
        let end = SourcePosition(offset: range.upperBound, line: line, column: column + range.count)
        return Diagnostic(
            DiagnosticID.secretInContract.rawValue, .error, "this looks like \(name)",
            at: SourcePlace(file: file.path, span: SourceSpan(start: start, end: end)),
            hint: "remove it, and revoke it where it was issued: it is in the history")
    }
}
