package import Basics
package import Journal

/// What the journal says of every target at one moment.
package struct JournalState {
    /// More events than these say that everything is to be read anew.
    private static let longestStep = 1000
    /// Events that say nothing about what runs, is open or has failed.
    private static let idle: Set<EventType> = [.attemptGranted, .attemptHeld]

    let journal: (any JournalStore)?
    let use: LimitUse
    /// The last event that was there when the reading began.
    package let position: Int
    private let claims: [Claim]
    private let known: KnownStandings

    package init(_ journal: any JournalStore, now: Instant) throws(JournalError) {
        try self.init(reading: journal, now, KnownStandings())
    }

    package init(_ context: Context) throws(StageError) {
        let now = context.clock.now()
        self = try StageError.journaled { () throws(JournalError) in
            try JournalState(reading: try context.readJournal(), now, KnownStandings())
        }
    }

    /// The place comes first: what is written meanwhile is read twice, and never left out.
    private init(
        reading journal: (any JournalStore)?, _ now: Instant, _ known: KnownStandings,
        after last: JournalState? = nil
    ) throws(JournalError) {
        (self.journal, self.known) = (journal, known)
        position = try journal?.head().sequence ?? 0
        claims = try journal?.claims() ?? []
        use = try LimitUse(journal, now: now, since: last.map { ($0.use.begun, $0.position) })
    }

    private init(_ other: JournalState, at position: Int) {
        (journal, use, claims, known) = (other.journal, other.use, other.claims, other.known)
        self.position = position
    }

    package var hasJournal: Bool { journal != nil }

    /// Whether it was read from that journal.
    package func isOf(_ journal: any JournalStore) -> Bool { self.journal === journal }

    /// The same journal a moment later: of targets that no event since then is about nothing is read again.
    package func later(now: Instant) throws(JournalError) -> JournalState {
        guard let journal else { return try JournalState(reading: nil, now, KnownStandings()) }
        var query = EventQuery()
        (query.after, query.limit) = (position, Self.longestStep)
        let events = try journal.events(query)
        let news = events.filter { !Self.idle.contains($0.type) }
        let areSame = try journal.claims() == claims
        if news.isEmpty, areSame { return JournalState(self, at: events.last?.sequence ?? position) }
        guard events.count < Self.longestStep, !news.contains(where: { $0.subject.target == nil }) else {
            return try JournalState(reading: journal, now, KnownStandings())
        }
        let changed = Set(news.compactMap(\.subject.target))
        // What was declared void has not begun any more.
        let isVoid = news.contains { $0.type == .attemptInvalidated }
        let others = try JournalState(reading: journal, now, known.without(changed), after: isVoid ? nil : self)
        // A claim that came or went without an event is its target's alone.
        let moved = Set(others.claims).symmetricDifference(claims).map(\.target)
        return others.forgetting(Set(moved))
    }

    private func forgetting(_ targets: Set<String>) -> JournalState {
        known.forget(targets)
        return self
    }

    /// What is known of a target's tasks.
    func standings(of target: String) throws(JournalError) -> TaskStandings {
        if let kept = known[target] { return kept.with(use) }
        let read = try TaskStandings(journal, target: target, use: use)
        known[target] = read
        return read
    }
}

/// What was read of targets since something was last written about them.
private final class KnownStandings {
    private var standings: [String: TaskStandings] = [:]

    subscript(target: String) -> TaskStandings? {
        get { standings[target] }
        set { standings[target] = newValue }
    }

    func without(_ targets: Set<String>) -> KnownStandings {
        let others = KnownStandings()
        others.standings = standings.filter { !targets.contains($0.key) }
        return others
    }

    func forget(_ targets: Set<String>) { for target in targets { standings[target] = nil } }
}
