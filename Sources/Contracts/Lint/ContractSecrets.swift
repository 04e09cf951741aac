internal import Basics
internal import Secrets

/// Finds tokens and keys in contract files, where they must not be.
enum ContractSecrets {
    static func findings(in bytes: [UInt8]) -> [SecretScan.Finding] {
        SecretScan.findings(in: bytes, includingURLPasswords: true)
    }

    /// What must never be shown: the findings, and other places with the text of one of the first.
    static func stretches(of findings: [SecretScan.Finding], in bytes: [UInt8]) -> [Range<Int>] {
        let texts = Set(findings.prefix(20).map { Array(bytes[$0.range]) })
        return findings.map(\.range) + texts.flatMap { bytes.ranges(of: $0) }
    }

    static func report(_ findings: [SecretScan.Finding], in bytes: [UInt8], _ context: inout ReadingContext) {
        for finding in findings {
            context.report(
                .secretInContract, "this looks like \(finding.kind)", at: span(of: finding, in: bytes),
                hint:
                    "take it out, revoke it where it was issued, and give it to Leviathan through the environment")
        }
    }

    private static func span(of finding: SecretScan.Finding, in bytes: [UInt8]) -> SourceSpan {
        let start = finding.range.lowerBound
        let end = bytes[finding.range].firstIndex(of: UInt8(ascii: "\n")) ?? finding.range.upperBound
        let lineStart = bytes[..<start].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let position = { (offset: Int) in
            SourcePosition(
                offset: offset, line: finding.line,
                column: bytes[lineStart..<offset].count { $0 & 0xC0 != 0x80 } + 1)
        }
        return SourceSpan(start: position(start), end: position(end))
    }
}
