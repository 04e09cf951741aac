package import Basics
internal import Model

/// What mending a contract came to.
package struct FixReport: Sendable {
    package struct File: Hashable, Sendable {
        package let path: String
        package let before: [UInt8]
        package let after: [UInt8]
    }

    /// Only files that changed.
    package let files: [File]
    /// What was mended.
    package let applied: [Diagnostic]
    /// What there is still to say.
    package let reading: ContractReading
}

/// Applies the edits that diagnostics carry, as long as the files go on to mean the same.
package enum ContractFixer {
    private static let maximumRounds = 20

    package static func fix(
        _ source: some ContractSource, fallbackTarget: String? = nil, executors: ExecutorDeclarations = .none
    ) -> FixReport {
        var files: [String: [UInt8]] = [:]
        var applied: [Diagnostic] = []
        var refused: Set<Diagnostic> = []
        let first = ContractLoader.load(
            from: source, fallbackTarget: fallbackTarget, executors: executors)
        var reading = first
        for _ in 0..<maximumRounds {
            let batch = compatible(reading.diagnostics.filter { !$0.fix.isEmpty && !refused.contains($0) })
            if batch.isEmpty { break }
            var round = FixRound(
                source: source, fallbackTarget: fallbackTarget, executors: executors, files: files,
                reading: reading)
            round.apply(batch)
            (files, reading) = (round.files, round.reading)
            applied += round.applied
            refused.formUnion(round.refused)
        }
        let changed = first.files.compactMap { file -> FixReport.File? in
            guard let after = files[file.path], after != file.bytes else { return nil }
            return FixReport.File(path: file.path, before: file.bytes, after: after)
        }
        return FixReport(files: changed, applied: applied, reading: reading)
    }

    /// Those whose edits do not touch each other, in the order of the file.
    private static func compatible(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        var chosen: [Diagnostic] = []
        var taken: [String: RangeSet<Int>] = [:]
        for diagnostic in diagnostics {
            let isFree = diagnostic.fix.allSatisfy { edit in
                let wide = edit.range.lowerBound..<edit.range.upperBound + 1
                return !(taken[edit.file] ?? RangeSet()).intersects(RangeSet(wide))
            }
            guard isFree else { continue }
            for edit in diagnostic.fix {
                taken[edit.file, default: RangeSet()].insert(
                    contentsOf: edit.range.lowerBound..<edit.range.upperBound + 1)
            }
            chosen.append(diagnostic)
        }
        return chosen
    }
}

extension RangeSet<Int> {
    fileprivate func intersects(_ other: RangeSet<Int>) -> Bool { !isDisjoint(other) }
}

/// One round of mending: tries all edits at once, and in halves where that changes what the files mean.
private struct FixRound<Source: ContractSource> {
    let source: Source
    let fallbackTarget: String?
    let executors: ExecutorDeclarations
    var files: [String: [UInt8]]
    var reading: ContractReading
    var applied: [Diagnostic] = []
    var refused: [Diagnostic] = []

    init(
        source: Source, fallbackTarget: String?, executors: ExecutorDeclarations, files: [String: [UInt8]],
        reading: ContractReading
    ) {
        (self.source, self.fallbackTarget, self.executors) = (source, fallbackTarget, executors)
        (self.files, self.reading) = (files, reading)
    }

    mutating func apply(_ batch: [Diagnostic]) {
        let trial = tried(batch)
        if Meaning(reading).survives(in: trial.reading) {
            (files, reading) = (trial.files, trial.reading)
            applied += batch
        } else if batch.count == 1 {
            refused += batch
        } else {
            // The later half first, so that the places of the earlier one stay true.
            let middle = batch.count / 2
            apply(Array(batch[middle...]))
            apply(Array(batch[..<middle]))
        }
    }

    private func tried(_ batch: [Diagnostic]) -> (files: [String: [UInt8]], reading: ContractReading) {
        var edits: [String: [ByteEdit]] = [:]
        for edit in batch.flatMap(\.fix) {
            edits[edit.file, default: []].append(ByteEdit(edit.range, edit.replacement))
        }
        var files = files
        for (path, list) in edits {
            guard let bytes = files[path] ?? reading.files.first(where: { $0.path == path })?.bytes else {
                continue
            }
            files[path] = ByteEdit.apply(list, to: bytes)
        }
        let overlay = OverlaySource(files: files, source: source)
        return (
            files,
            ContractLoader.load(
                from: overlay, fallbackTarget: fallbackTarget, executors: executors)
        )
    }
}

/// A source in which some files have other bytes.
private struct OverlaySource<Source: ContractSource>: ContractSource {
    let files: [String: [UInt8]]
    let source: Source

    func read(_ path: String) throws(ContractSourceError) -> [UInt8]? {
        if let bytes = files[path] { return bytes }
        return try source.read(path)
    }

    func list(_ directory: String) throws(ContractSourceError) -> [String] { try source.list(directory) }
}

/// What files say, apart from where they say it.
private struct Meaning {
    private let contract: Contract?
    private let troubles: [String: Int]

    init(_ reading: ContractReading) {
        contract = reading.hasErrors ? nil : reading.contract?.withoutPlaces
        troubles = reading.diagnostics.filter { $0.severity != .note }.reduce(into: [:]) {
            $0[$1.id, default: 0] += 1
        }
    }

    /// The same contract, if there was one, and no trouble that was not there before.
    func survives(in reading: ContractReading) -> Bool {
        let after = Meaning(reading)
        if let contract, after.contract != contract { return false }
        return after.troubles.allSatisfy { $0.value <= troubles[$0.key] ?? 0 }
    }
}

extension Contract {
    fileprivate var withoutPlaces: Contract {
        var (policy, backlog) = (policy, backlog)
        for index in policy.scopes.indices { policy.scopes[index].place = nil }
        for index in policy.invariants.indices { policy.invariants[index].place = nil }
        for index in backlog.tasks.indices {
            backlog.tasks[index].place = nil
            backlog.tasks[index].invariants = backlog.tasks[index].invariants.map { extra in
                guard case .inline(var invariant) = extra else { return extra }
                invariant.place = nil
                return .inline(invariant)
            }
        }
        return Contract(target: target, policy: policy, backlog: backlog)
    }
}
