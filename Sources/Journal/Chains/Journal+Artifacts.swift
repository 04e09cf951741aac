package import Basics
internal import SQLite

extension Journal {
    /// Removes files that nothing refers to and that were last written before `cutoff`; returns their names.
    ///
    /// What is younger than the oldest attempt that still runs stays: its event may be yet to come. While this looks
    /// and removes, nobody can record a reference.
    package func collectArtifacts(olderThan cutoff: Instant, isDryRun: Bool) throws(JournalError) -> [String] {
        let collect = { () throws(JournalError) -> [String] in
            let begun = try self.claims().map { claim in
                // The clock of files lags a little behind; a beginning that cannot be read was before all of them.
                Instant(claim.claimedAt).map { $0 + .seconds(-1) } ?? Instant(microsecondsSinceEpoch: .min)
            }
            let reachable = Set(try self.reachableArtifacts())
            do throws(ArtifactError) {
                return try self.artifacts.collectGarbage(
                    olderThan: begun.reduce(cutoff, min), isDryRun: isDryRun,
                    isReachable: { reachable.contains($0) })
            } catch { throw .artifact(error) }
        }
        return isDryRun ? try reading(collect) : try transaction(collect)
    }

    /// Every artifact that an event or a checkpoint refers to.
    func reachableArtifacts() throws(JournalError) -> [Digest] {
        var found: [Digest] = []
        try query("SELECT DISTINCT sha256 FROM artifacts") { row in
            if let digest = Digest(hex: row.text(0) ?? "") { found.append(digest) }
        }
        return try found + seals().map(\.snapshot)
    }

    /// Looks at every file that something refers to; returns how many there are, and what is wrong with them.
    package func verifyArtifacts() throws(JournalError) -> (looked: Int, problems: [String]) {
        let digests = Set(try reading { () throws(JournalError) in try reachableArtifacts() })
        let problems = digests.sorted { $0.hex < $1.hex }.compactMap { artifacts.problem(with: $0)?.description }
        return (digests.count, problems)
    }
}
