package import Basics
internal import Journal

/// What one process alone does among those that serve one journal.
package enum Duty: String, CaseIterable, Sendable {
    /// Anchors, looks at the chains, claims that ran out, traces.
    case keeping
    /// Giving out tasks.
    case scheduling

    fileprivate var file: String { self == .scheduling ? "leader.lock" : "keeper.lock" }
    fileprivate var number: Int { self == .scheduling ? 3 : 2 }
}

/// Who schedules for a home, and who keeps it: a control plane alone, or any number of runs beside one another.
package struct Leadership: Sendable {
    private static let pause: Int32 = 2000
    private let context: Context

    package init(_ context: Context) { self.context = context }

    private func path(_ duty: Duty) -> String { context.home + "/" + duty.file }

    /// Waits until no other process does it, runs `work`, and begins to wait again should it lose what it leads by;
    /// returns once the context is cancelled.
    ///
    /// Among processes of one home a lock on a file decides. Where the journal is in a database, a lease there decides
    /// among all that use it, wherever they run. `place` is where people find this process; `waits` is told, once, that
    /// another one is faster, and `failed` what is wrong with the way to know.
    package func run(
        _ duty: Duty, place: String, waits: () -> Void, failed: @escaping @Sendable (any ExplainedError) -> Void,
        _ work: @escaping @Sendable (Cancellation) -> Void
    ) {
        var (isTold, lastFailure): (Bool, String?) = (false, nil)
        while !context.cancellation.isCancelled {
            do {
                if try lead(duty, place, failed, work) {
                    (isTold, lastFailure) = (false, nil)
                } else {
                    if !isTold { waits() }
                    (isTold, lastFailure) = (true, nil)
                }
            } catch {
                let explained = (error as? any ExplainedError) ?? StageError(.unexpected, "\(error)")
                if lastFailure != explained.description { failed(explained) }
                lastFailure = explained.description
            }
            context.cancellation.wait(atMost: Self.pause)
        }
    }

    /// False where another process leads.
    private func lead(
        _ duty: Duty, _ place: String, _ failed: @escaping @Sendable (any ExplainedError) -> Void,
        _ work: @escaping @Sendable (Cancellation) -> Void
    ) throws -> Bool {
        guard let lease = try context.journalLocation().lease(duty.number) else {
            guard let lock = try take(duty, place) else { return false }
            defer { lock.release() }
            work(context.cancellation)
            return true
        }
        let leadership = self
        return try lease.run(context.cancellation) {
            failed($0)
        } _: { lead in
            do throws(StageError) {
                guard let lock = try leadership.lock(duty, place, until: lead) else { return }
                defer { lock.release() }
                work(lead)
            } catch { failed(error) }
        }
    }

    /// The home's lock, once whatever runs there by itself has ended.
    private func lock(_ duty: Duty, _ place: String, until lead: Cancellation) throws(StageError) -> FileLock? {
        while !lead.isCancelled {
            if let lock = try take(duty, place) { return lock }
            lead.wait(atMost: Self.pause)
        }
        return nil
    }

    private func take(_ duty: Duty, _ place: String) throws(StageError) -> FileLock? {
        do throws(FileError) {
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            guard let lock = try FileLock.take(path(duty)) else { return nil }
            try lock.describe(
                "leviathan serve at \(place), since \(context.clock.now().secondsText), by \(context.actor)\n")
            return lock
        } catch { throw StageError(.unexpected, error) }
    }

    /// The right to schedule beside other runs; refused, with its name, while a control plane does it alone.
    package func share() throws(StageError) -> FileLock {
        do throws(FileError) {
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            if let lock = try FileLock.take(path(.scheduling), .shared) { return lock }
        } catch { throw StageError(.unexpected, error) }
        throw StageError(
            .refusal, "the control plane of this home schedules already: " + holder(),
            hint: "let it do so, or start it with 'leviathan serve --no-scheduler'")
    }

    /// Who it is, in the words that the file holds.
    private func holder() -> String {
        let text =
            (try? FileSystem.read(path(.scheduling), limit: 4096)).map {
                String(decoding: $0, as: UTF8.self).trimmed
            }
            ?? ""
        return text.isEmpty ? "nobody wrote down who it is" : text
    }
}

extension Context {
    /// The same, ended by something else.
    package func with(_ cancellation: Cancellation) -> Context {
        Context(
            environment: environment, clock: clock, zones: zones, showsUTC: showsUTC, identifiers: identifiers,
            cancellation: cancellation, observer: observer, redaction: redaction)
    }
}
