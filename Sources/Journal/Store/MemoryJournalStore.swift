internal import Basics

/// A journal that is nowhere but in memory, and that can be told to die at any step: what was committed is there when
/// it is opened again, and nothing else is.
package final class MemoryJournalStore: JournalStore {
    /// Where the store dies next.
    package enum CrashPoint: CaseIterable, Sendable {
        /// Before anything of the next change is kept.
        case beforeCommit
        /// When all of it is kept, and nobody has been told.
        case afterCommit
    }

    /// What would be on the disk.
    private struct State {
        var records: [EventRecord] = []
        var places: [String: Int] = [:]
        var chains: [ChainName: ChainHead] = [:]
        var claims: [Claim] = []
    }

    /// What a transaction that is under way adds: what is there already is never copied.
    private struct Draft {
        var records: [EventRecord] = []
        var places: [String: Int] = [:]
        var chains: [ChainName: ChainHead] = [:]
        var claims: [Claim]
    }

    package private(set) var projections: Projections
    private var state: State
    private var draft: Draft?
    private var isDead = false
    package var crashPoint: CrashPoint?

    package convenience init() throws(JournalError) { try self.init(State()) }

    private init(_ state: State) throws(JournalError) {
        self.state = state
        projections = try .inMemory()
        try projections.project(state.records)
    }

    /// The store as whoever comes next finds it.
    package func reopened() throws(JournalError) -> MemoryJournalStore { try MemoryJournalStore(state) }

    // MARK: Writing

    @discardableResult
    package func append(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord] {
        try writing { () throws(JournalError) in drafts }
    }

    private func writing(_ body: () throws(JournalError) -> [EventDraft]) throws(JournalError) -> [EventRecord] {
        guard !isDead else { throw .crashed }
        draft = Draft(claims: state.claims)
        defer { draft = nil }
        var written: [EventRecord] = []
        for event in try body() { written.append(try insert(event)) }
        if crashPoint == .beforeCommit { try die() }
        guard let done = draft else { return written }
        state.records += done.records
        state.places.merge(done.places) { $1 }
        state.chains.merge(done.chains) { $1 }
        state.claims = done.claims
        if crashPoint == .afterCommit { try die() }
        try projections.project(done.records)
        return written
    }

    private func die() throws(JournalError) {
        isDead = true
        throw .crashed
    }

    private func insert(_ event: EventDraft) throws(JournalError) -> EventRecord {
        let payload = try CanonicalPayload.text(of: event)
        if let place = draft?.places[event.id] ?? state.places[event.id] {
            let known = place < state.records.count ? state.records[place] : records[place]
            guard known.hash == EventHash.compute(event, previous: known.previousHash) else {
                throw .differentEvent(id: event.id)
            }
            return known
        }
        let name = ChainName(of: EventCodec.subject(of: event.payload))
        let chain = draft?.chains[name] ?? state.chains[name]
        let hash = EventHash.compute(event, canonicalPayload: payload, previousHex: chain?.hash.hex)
        let record = EventRecord(
            sequence: count + 1, id: event.id, type: event.type, timestamp: event.timestamp,
            actor: event.actor, payload: event.payload, previousHash: chain?.hash, hash: hash)
        let head = ChainHead(name: name, start: nil, events: (chain?.events ?? 0) + 1, hash: hash)
        let place = record.sequence - 1
        draft?.places[event.id] = place
        draft?.records.append(record)
        draft?.chains[name] = head
        return record
    }

    /// What stands now, with what the transaction that is under way has written.
    private var records: [EventRecord] { draft.map { state.records + $0.records } ?? state.records }
    private var count: Int { state.records.count + (draft?.records.count ?? 0) }
    private var standing: [Claim] { draft?.claims ?? state.claims }

    // MARK: Claims

    package func claim(
        _ claim: Claim, _ drafts: (any JournalStore) throws(JournalError) -> [EventDraft]
    ) throws(JournalError) {
        _ = try writing { () throws(JournalError) in
            if let other = standing.first(where: { $0.target == claim.target && $0.task == claim.task }) {
                throw .claimed(other)
            }
            draft?.claims.append(claim)
            return try drafts(self)
        }
    }

    package func release(_ attempt: String, _ drafts: [EventDraft]) throws(JournalError) {
        _ = try writing { () throws(JournalError) in
            draft?.claims.removeAll { $0.attempt == attempt }
            return drafts
        }
    }

    package func recover(_ claim: Claim, _ drafts: [EventDraft]) throws(JournalError) -> Bool {
        var isOurs = false
        _ = try writing { () throws(JournalError) in
            guard standing.contains(claim) else { return [] }
            isOurs = true
            draft?.claims.removeAll { $0 == claim }
            return drafts
        }
        return isOurs
    }

    package func remark(_ claim: Claim, _ mark: ClaimMark) throws(JournalError) -> Bool {
        var isOurs = false
        _ = try writing { () throws(JournalError) in
            guard let place = standing.firstIndex(of: claim) else { return [] }
            isOurs = true
            draft?.claims[place] = claim.marked(mark)
            return []
        }
        return isOurs
    }

    package func claims() throws(JournalError) -> [Claim] {
        guard !isDead else { throw .crashed }
        return standing.sorted { ($0.claimedAt, $0.attempt) < ($1.claimedAt, $1.attempt) }
    }

    // MARK: Reading

    package func events(_ query: EventQuery) throws(JournalError) -> [EventRecord] {
        guard !isDead else { throw .crashed }
        // The first has the number one, and none is missing.
        let found =
            state.records.dropFirst(query.after).filter(query.asksFor)
            + (draft?.records ?? []).filter(query.asksFor)
        guard let limit = query.limit else { return found }
        return Array(query.prefersNewest ? found.suffix(limit) : found.prefix(limit))
    }

    package func head() throws(JournalError) -> JournalHead {
        guard !isDead else { throw .crashed }
        return JournalHead(sequence: count, hash: (draft?.records.last ?? state.records.last)?.hash)
    }

    package func chainHeads() throws(JournalError) -> [ChainHead] {
        guard !isDead else { throw .crashed }
        return state.chains.merging(draft?.chains ?? [:]) { $1 }.values.sorted { $0.name.text < $1.name.text }
    }

    package func reading<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        try body()
    }
}

extension EventQuery {
    /// Whether an event is among those that are asked for, the number of them aside.
    func asksFor(_ record: EventRecord) -> Bool {
        guard record.sequence > after, through.map({ record.sequence <= $0 }) ?? true,
            types.isEmpty || types.contains(record.type)
        else { return false }
        // Only then is its payload looked at.
        guard target != nil || task != nil || attempt != nil else { return true }
        let subject = record.subject
        return target.map { subject.target == $0 } ?? true && task.map { subject.task == $0 } ?? true
            && attempt.map { subject.attempt == $0 } ?? true
    }
}
