internal import Analysis
internal import Basics
internal import Model
internal import Secrets

/// A change must not bring in a credential; one that the base's file holds already is not its fault.
struct SecretRule: ContentRule {
    private static let allowance = Array("leviathan:allow-secret".utf8)

    func violations(in file: ChangedFile) -> [Violation] {
        guard let after = file.after else { return [] }
        // In a file that is not text, only what has the shape of a token is more than chance.
        let extent: SecretScan.Extent = file.change.isBinary ? [] : [.assignments, .connections]
        let findings = SecretScan.findings(in: after, extent: extent)
        guard !findings.isEmpty else { return [] }
        let before = file.before ?? []
        let known = Set(SecretScan.findings(in: before, extent: extent).map { before[$0.range] })
        let allowances = Allowances(file)
        let holdsAllowance = after.contains(piece: Self.allowance)
        return findings.filter { !known.contains(after[$0.range]) }.compactMap { finding in
            let line = holdsAllowance ? after.wholeLine(around: finding.range.lowerBound) : []
            let asksForAllowance = line.contains(piece: Self.allowance)
            if asksForAllowance, allowances.contains(line) { return nil }
            return Violation(
                "secret", path: file.path, line: finding.line,
                "'\(file.path)' line \(finding.line) holds what looks like \(finding.kind)",
                hint: asksForAllowance
                    ? "'leviathan:allow-secret' counts only on a line that the base holds already"
                    : "take it out, and revoke it where it was issued if it is real")
        }
    }

    /// The lines of the base that allow a secret, in this file or in the one that it was moved from.
    private struct Allowances {
        private var lines: Set<ArraySlice<UInt8>> = []

        init(_ file: ChangedFile) {
            for bytes in file.ancestors where bytes.contains(piece: SecretRule.allowance) {
                bytes.forEachLine { _, range in
                    if bytes[range].contains(piece: SecretRule.allowance) { lines.insert(bytes[range]) }
                }
            }
        }

        func contains(_ line: ArraySlice<UInt8>) -> Bool { lines.contains(line) }
    }
}
