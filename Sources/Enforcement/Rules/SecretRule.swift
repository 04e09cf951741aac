internal import Analysis
internal import Basics
internal import Model
internal import Secrets

/// A change must not bring in a credential; one that the base's file holds already is not its fault.
struct SecretRule: ContentRule {
    private static let allowance = Array("leviathan:allow-secret".utf8)
    /// More of them in one file tell nobody more.
    private static let mostViolations = 1000

    func violations(in file: ChangedFile) -> [Violation] {
        guard let after = file.after else { return [] }
        let texts = Self.texts(of: after, isBinary: file.change.isBinary)
        let found = texts.map { ($0, $0.findings()) }.filter { !$0.1.isEmpty }
        guard !found.isEmpty else { return [] }
        let before = Self.texts(of: file.before ?? [], isBinary: file.change.isBinary)
        var known = Set(before.flatMap { text in text.findings().map { text.bytes[$0.range] } })
        let allowances = Allowances(file)
        var violations: [Violation] = []
        for (text, findings) in found {
            let new = findings.filter { !known.contains(text.bytes[$0.range]) }
            violations += Self.violations(new, in: text.bytes, of: file, allowances)
            // What is read with and without zeros is reported once.
            known.formUnion(new.map { text.bytes[$0.range] })
        }
        return Array(violations.prefix(Self.mostViolations))
    }

    private static func violations(
        _ findings: [SecretScan.Finding], in text: [UInt8], of file: ChangedFile, _ allowances: Allowances
    ) -> [Violation] {
        let holdsAllowance = !findings.isEmpty && text.contains(piece: allowance)
        // Findings come in order, so that each line is looked at once.
        var line: ArraySlice<UInt8> = []
        var (asks, isAllowed) = (false, false)
        return findings.compactMap { finding in
            if holdsAllowance, !line.indices.contains(finding.range.lowerBound) {
                line = text.wholeLine(around: finding.range.lowerBound)
                asks = line.contains(piece: allowance)
                isAllowed = asks && allowances.contains(line)
            }
            return isAllowed ? nil : violation(finding, in: file, asksForAllowance: asks)
        }
    }

    private static func violation(
        _ finding: SecretScan.Finding, in file: ChangedFile, asksForAllowance: Bool
    ) -> Violation {
        Violation(
            "secret", path: file.path, line: finding.line,
            "'\(file.path)' line \(finding.line) holds what looks like \(finding.kind)",
            hint: asksForAllowance
                ? "'leviathan:allow-secret' counts only on a line that the base holds already"
                : "take it out, and revoke it where it was issued if it is real")
    }

    /// What is searched in a file: its text, also where that is UTF-16; in one that is no text, its bytes with and
    /// without the zeros, and there only what has the shape of a token is more than chance.
    private static func texts(of bytes: [UInt8], isBinary: Bool) -> [SearchedText] {
        if let text = WideText.utf8(of: bytes) { return [SearchedText(bytes: text, extent: SearchedText.all)] }
        guard isBinary else { return [SearchedText(bytes: bytes, extent: SearchedText.all)] }
        return ([bytes] + (WideText.withoutZeros(bytes).map { [$0] } ?? [])).map {
            SearchedText(bytes: $0, extent: [])
        }
    }

    private struct SearchedText {
        static let all: SecretScan.Extent = [.assignments, .connections]

        let bytes: [UInt8]
        let extent: SecretScan.Extent

        func findings() -> [SecretScan.Finding] { SecretScan.findings(in: bytes, extent: extent) }
    }

    /// The lines of the base that allow a secret, in this file or in the one that it was moved from.
    private struct Allowances {
        private var lines: Set<ArraySlice<UInt8>> = []

        init(_ file: ChangedFile) {
            for ancestor in file.ancestors {
                let bytes = WideText.utf8(of: ancestor) ?? ancestor
                guard bytes.contains(piece: SecretRule.allowance) else { continue }
                bytes.forEachLine { _, range in
                    if bytes[range].contains(piece: SecretRule.allowance) { lines.insert(bytes[range]) }
                }
            }
        }

        func contains(_ line: ArraySlice<UInt8>) -> Bool { lines.contains(line) }
    }
}
