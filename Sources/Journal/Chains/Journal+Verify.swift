internal import Basics
internal import SQLite

extension Journal {
    /// Walks every chain from its beginning to its head and stops believing at the first event that does not fit; rows
    /// and heads are of one moment.
    package func verify() throws(JournalError) -> JournalVerification {
        try reading { () throws(JournalError) in
            let seal = try firstSeal()
            var walk = ChainWalk(try chainRows(), after: seal)
            var firstBreak: JournalVerification.Break?
            try query(JournalSchema.selection + " ORDER BY sequence") { row in
                guard firstBreak == nil, let problem = walk.problem(with: row) else { return }
                firstBreak = JournalVerification.Break(
                    sequence: row.integer(0), eventID: row.text(1) ?? "", problem: problem)
            }
            if firstBreak == nil { firstBreak = try missingEnd(behind: walk) }
            let (unsealed, unfit) = closedChains(walk)
            return JournalVerification(
                intactEvents: walk.count, prunedEvents: seal?.lastSequence ?? 0, head: Self.digest(walk.head),
                chains: walk.places.values.compactMap(\.followed).sorted { $0.name.text < $1.name.text },
                unsealed: unsealed, firstBreak: firstBreak ?? unfit)
        }
    }

    private static func digest(_ hex: [UInt8]) -> Digest? { Digest(hex: String(decoding: hex, as: UTF8.self)) }

    /// The events that the heads know of and the table does not hold.
    private func missingEnd(behind walk: ChainWalk) throws(JournalError) -> JournalVerification.Break? {
        let head = try head()
        guard head.sequence == walk.sequence && head.hash == Self.digest(walk.head) else {
            return JournalVerification.Break(
                sequence: walk.sequence + 1, eventID: "",
                problem: head.sequence > walk.sequence
                    ? "it is missing, and so is everything up to event \(head.sequence), which was written last"
                    : "the record of the head does not name the newest event")
        }
        for place in walk.places.values.sorted(by: { $0.row.id < $1.row.id })
        where place.row.events != place.events
            || place.row.hash ?? "" != String(decoding: place.head, as: UTF8.self)
        {
            if place.row.hash == nil && place.events == 0 { continue }
            return JournalVerification.Break(
                sequence: place.row.sequence, eventID: "",
                problem:
                    "the chain '\(place.row.name)' has \(place.events) events, and its record says that it ends "
                    + "with its event \(place.row.events)")
        }
        return nil
    }

    /// Closed chains that nothing seals yet, and the first that is not what its seal says.
    private func closedChains(_ walk: ChainWalk) -> ([ChainName], JournalVerification.Break?) {
        var unsealed: [ChainName] = []
        for place in walk.places.values.sorted(by: { $0.row.id < $1.row.id }) where place.row.name.isClosed {
            guard let head = place.followed else { continue }
            guard let seal = walk.seal(of: head) else {
                unsealed.append(head.name)
                continue
            }
            guard seal.hash != head.hash || seal.events != head.events else { continue }
            let problem = "the closed chain '\(head.name)' is not the one that the home's chain seals"
            return (
                unsealed, JournalVerification.Break(sequence: place.row.sequence, eventID: "", problem: problem)
            )
        }
        return (unsealed, nil)
    }

    /// Every place of every chain, with the number of an event in its chain and in the journal and its hash.
    ///
    /// Where chains stood at a checkpoint comes first.
    package func eachPlace(
        _ body: (_ sequence: Int, _ chain: ChainName, _ number: Int, _ hash: String) -> Void
    ) throws(JournalError) {
        try reading { () throws(JournalError) in
            let seal = try firstSeal()
            var counts: [Int: (name: ChainName, events: Int)] = [:]
            let rows = try chainRows()
            for row in rows { counts[row.id] = (row.name, 0) }
            for head in seal?.chains ?? [] {
                if let row = rows.first(where: { $0.name == head.name }) { counts[row.id]?.events = head.events }
                body(seal?.lastSequence ?? 0, head.name, head.events, head.hash.hex)
            }
            try query("SELECT sequence, chain, hash FROM events ORDER BY sequence") { row in
                guard let known = counts[row.integer(1)] else { return }
                counts[row.integer(1)]?.events += 1
                body(row.integer(0), known.name, known.events + 1, row.text(2) ?? "")
            }
        }
    }

    /// The newest event that was removed; 0 where none was.
    package func prunedEvents() throws(JournalError) -> Int { try firstSeal()?.lastSequence ?? 0 }
}

extension ChainWalk.Place {
    fileprivate var followed: ChainHead? {
        guard events > 0, let hash = Digest(hex: String(decoding: head, as: UTF8.self)) else { return nil }
        return ChainHead(name: row.name, start: row.start, events: events, hash: hash)
    }
}
