internal import Basics

/// Keeps events in their chains, claims, and what is derived from both.
///
/// Every implementation passes the same conformance suite.
package protocol JournalStore: AnyObject {
    /// Appends events, all or none; one that is there already with the same content is left as it is.
    ///
    /// They are on the disk when this returns; their payloads come back as they were given.
    @discardableResult func append(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord]

    /// The events that a query asks for, oldest first; `after` is the position to read from.
    func events(_ query: EventQuery) throws(JournalError) -> [EventRecord]

    func head() throws(JournalError) -> JournalHead

    /// The heads of all chains, by name.
    func chainHeads() throws(JournalError) -> [ChainHead]

    /// Claims a task and records the attempt's first events, in one transaction; refused while another claim stands.
    func claim(
        _ claim: Claim, _ drafts: (any JournalStore) throws(JournalError) -> [EventDraft]
    ) throws(JournalError)

    /// Records an attempt's last events and gives its task free, in one transaction.
    func release(_ attempt: String, _ drafts: [EventDraft]) throws(JournalError)

    /// Ends an attempt whose owner is gone, unless somebody else did so first; returns whether it was this call.
    func recover(_ claim: Claim, _ drafts: [EventDraft]) throws(JournalError) -> Bool

    /// Puts another mark on a claim that stands, as the owner of a lease does in time; false where it stands no more.
    func remark(_ claim: Claim, _ mark: ClaimMark) throws(JournalError) -> Bool

    /// Every claim that stands, the oldest first.
    func claims() throws(JournalError) -> [Claim]

    /// Everything that `body` reads is of one moment.
    func reading<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result

    /// What is derived from the events.
    var projections: Projections { get }
}

extension JournalStore {
    package func events() throws(JournalError) -> [EventRecord] { try events(EventQuery()) }
}
