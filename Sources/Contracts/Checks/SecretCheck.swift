internal import Basics

/// Finds credentials that somebody pasted into a file of the contract.
enum SecretCheck {
    static func diagnostics(in files: [SourceFile]) -> [Diagnostic] {
        files.flatMap { file in
            SecretScan.findings(in: file.bytes).map { finding in
                Diagnostic(
                    DiagnosticID.secretInContract.rawValue, .error, "this looks like \(finding.kind)",
                    at: SourcePlace(file: file.path, span: span(of: finding, in: file.bytes)),
                    hint: "remove it, and revoke it where it was issued: it may be in the history")
            }
        }
    }

    private static func span(of finding: SecretScan.Finding, in bytes: [UInt8]) -> SourceSpan {
        let lineStart = bytes[..<finding.range.lowerBound].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        func position(_ offset: Int) -> SourcePosition {
            let column = bytes[lineStart..<offset].count { $0 & 0xC0 != 0x80 } + 1
            return SourcePosition(offset: offset, line: finding.line, column: column)
        }
        return SourceSpan(start: position(finding.range.lowerBound), end: position(finding.range.upperBound))
    }
}
