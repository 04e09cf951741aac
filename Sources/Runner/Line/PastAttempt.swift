internal import Basics
internal import Git
internal import Journal

/// What is known of an attempt that is to be done again.
struct PastAttempt {
    let attempt: String
    let task: String
    /// Name and version, such as `docs@1`; empty where nobody wrote it down.
    let executor: String
    let base: ObjectID
    let tree: ObjectID
    let startedAt: Instant
    /// What the result depended on besides the task and the base.
    let inputs: JSON?
    /// The commit that told all this of itself; `nil` where this home's own journal did.
    let claimant: Commit?

    /// The attempt of that id, else the one that made a commit, else the only one whose id begins or ends so.
    static func find(
        _ subject: String, _ repository: Repository, _ context: Context
    ) throws(StageError) -> PastAttempt {
        let journal = try optional { () throws(JournalError) in try context.readJournal() }
        if let journal, let past = try recorded(subject, in: journal) { return past }
        let commit: Commit
        do throws(StageError) { commit = try self.commit(subject, repository) } catch {
            guard let journal, let id = try onlyOne(named: subject, in: journal) else { throw error }
            guard let past = try recorded(id, in: journal) else { throw error }
            return past
        }
        let past = try PastAttempt(commit, journal)
        guard let journal, let own = try delivered(past, in: journal) else { return past }
        return own
    }

    /// What the journal knows of an attempt that a commit names, if it is this very one: the same base, the same tree.
    private static func delivered(_ past: PastAttempt, in journal: Journal) throws(StageError) -> PastAttempt? {
        let record = try optional { () throws(JournalError) in try journal.attempt(past.attempt) }
        guard let record, record.base == past.base.hex, record.tree == past.tree.hex, record.task == past.task
        else { return nil }
        let own = try recorded(past.attempt, in: journal)
        return past.executor.isEmpty || own?.executor == past.executor ? own : nil
    }

    private static func optional<Value>(_ body: () throws(JournalError) -> Value) throws(StageError) -> Value {
        do throws(JournalError) { return try body() } catch { throw StageError(.unexpected, error) }
    }

    // MARK: From the journal

    private static func onlyOne(named part: String, in journal: Journal) throws(StageError) -> String? {
        let ids = try optional { () throws(JournalError) in try journal.attemptIDs(named: part) }
        guard ids.count > 1 else { return ids.first }
        throw StageError(
            .invalid, "'\(part)' could be \(ids.prefix(5).joined(separator: ", "))", hint: "write more of the id")
    }

    private static func recorded(_ id: String, in journal: Journal) throws(StageError) -> PastAttempt? {
        let record = try optional { () throws(JournalError) in try journal.attempt(id) }
        guard let record else { return nil }
        var query = EventQuery()
        (query.attempt, query.types) = (id, [.attemptStarted, .changeFrozen])
        let asked = query
        let events = try optional { () throws(JournalError) in try journal.events(asked) }
        var (version, clock): (String?, Instant?) = (nil, nil)
        for event in events {
            switch event.event {
            case .attemptStarted(_, let time): clock = clock ?? time.flatMap { Instant($0) }
            case .changeFrozen(let files): version = files.executorVersion
            default: break
            }
        }
        guard let base = record.base.flatMap({ ObjectID(hex: $0) }), let clock
        else { throw StageError(.invalid, "attempt '\(id)' was recorded without what a second run needs") }
        guard let tree = record.tree.flatMap({ ObjectID(hex: $0) }) else {
            throw StageError(.invalid, "attempt '\(id)' never came to a change that could be compared")
        }
        return PastAttempt(
            attempt: id, task: record.task,
            executor: [record.executor, version].compactMap(\.self)
                .joined(separator: "@"), base: base, tree: tree, startedAt: clock,
            inputs: try inputs(of: id, in: journal))
    }

    private static func inputs(of attempt: String, in journal: Journal) throws(StageError) -> JSON? {
        let kept = try optional { () throws(JournalError) in try journal.artifactRecords(attempt: attempt) }
        let text = kept.last { $0.kind == AttemptRecorder.inputs }?.digest
        guard let digest = text.flatMap({ Digest(hex: $0) }) else { return nil }
        do {
            return try JSON.parse(try journal.artifacts.read(digest))
        } catch let error as any ExplainedError { throw StageError(.invalid, error) } catch {
            throw StageError(.unexpected, "\(error)")
        }
    }

    // MARK: From a commit

    private static func commit(_ name: String, _ repository: Repository) throws(StageError) -> Commit {
        do throws(GitError) {
            if let id = try repository.commitID(name) { return try repository.commit(id) }
        } catch { throw StageError(.invalid, error) }
        throw StageError(
            .invalid, "there is no attempt and no commit '\(name)'",
            hint: "'leviathan attempts' lists the attempts of this machine")
    }

    private init(_ commit: Commit, _ journal: Journal?) throws(StageError) {
        guard let attempt = commit.trailer("Attempt-ID"), let task = commit.trailer("Task-ID"),
            let base = commit.trailer("Leviathan-Base").flatMap({ ObjectID(hex: $0) })
        else {
            throw StageError(
                .invalid, "the commit \(commit.id.short) was not made by Leviathan: it has none of its trailers")
        }
        (self.attempt, self.task, self.base, tree) = (attempt, task, base, commit.tree)
        (executor, startedAt) = (commit.trailer("Leviathan-Executor") ?? "", commit.author.time)
        claimant = commit
        inputs = try journal.flatMap { (journal) throws(StageError) in
            try Self.inputs(of: attempt, in: journal)
        }
    }

    private init(
        attempt: String, task: String, executor: String, base: ObjectID, tree: ObjectID, startedAt: Instant,
        inputs: JSON?
    ) {
        (self.attempt, self.task, self.executor, self.base) = (attempt, task, executor, base)
        (self.tree, self.startedAt, self.inputs, claimant) = (tree, startedAt, inputs, nil)
    }
}
