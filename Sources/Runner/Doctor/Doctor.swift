package import Basics
internal import Git
internal import Journal
package import Model

/// Tries what Leviathan needs on this machine and in this checkout; nothing is called ok that was not looked at.
package struct Doctor {
    let context: Context
    let directory: String
    /// Whether what is safe to mend is mended.
    let mends: Bool
    /// Leviathan's own.
    let version: String
    /// The weakest fence that is acceptable here; a policy may ask for more.
    let minimum: FenceRung?

    package init(
        _ context: Context, directory: String, mends: Bool, version: String, minimum: FenceRung? = nil
    ) {
        (self.context, self.directory, self.mends, self.version) = (context, directory, mends, version)
        self.minimum = minimum
    }

    package func examine() -> [DoctorFinding] {
        let machine = [programs(), git()] + home() + [disk()]
        return machine + fence() + journal() + serving() + [clock()] + completions() + target()
    }

    /// What is mended now, or could be: a problem that is gone, or one that names its mend.
    func mended(
        _ name: String, _ state: DoctorFinding.State, _ text: String, hint: String,
        _ mend: () throws(FileError) -> Void
    ) -> DoctorFinding {
        guard mends else { return DoctorFinding(name, state, text, hint: hint, fix: .offered) }
        do throws(FileError) {
            try mend()
            return DoctorFinding(name, .ok, "mended: " + text, fix: .done)
        } catch { return DoctorFinding(name, error) }
    }

    // MARK: The journal

    private func journal() -> [DoctorFinding] {
        do throws(JournalError) {
            guard let journal = try context.readJournal() else {
                // a dry run leaves no journal, and when it is killed directories all the same
                if mends { _ = try Recovery(context).run() }
                return [DoctorFinding("journal", .ok, "nothing is recorded yet")]
            }
            let found = try journal.verify()
            guard let broken = found.firstBreak else {
                return [DoctorFinding("journal", .ok, found.text)] + (try claims(journal))
            }
            return [
                DoctorFinding(
                    "journal", .problem, "event \(broken.sequence) does not fit: \(broken.problem)",
                    hint: "'leviathan journal restore' takes a backup, 'leviathan journal salvage' keeps what fits"
                )
            ]
        } catch { return [DoctorFinding("journal", error)] }
    }

    /// Who serves the journal, where that can be known.
    private func serving() -> [DoctorFinding] {
        do {
            guard case .postgres = try context.journalLocation(), try context.readJournal() != nil else {
                return []
            }
            let entries = try context.journalLocation().sharedEntries(patience: context.patience)
            let present = try ServingProcesses(entries, context.clock).present()
            return [SeparateHomes.finding(present, own: try context.knownHomeName())].compactMap(\.self)
        } catch {
            return [
                DoctorFinding("serving", (error as? any ExplainedError) ?? StageError(.unexpected, "\(error)"))
            ]
        }
    }

    /// What dead processes left open; closed where mending was asked for.
    private func claims(_ journal: Journal) throws(JournalError) -> [DoctorFinding] {
        if mends {
            return try Recovery(context).run().map { attempt in
                attempt.fate.isUndecided
                    ? DoctorFinding(
                        "attempts", .warning, attempt.text, hint: "'leviathan doctor --fix' tries it again")
                    : DoctorFinding("attempts", .ok, attempt.text, fix: .done)
            }
        }
        var found: [DoctorFinding] = []
        for claim in try journal.claims() {
            let isHeld = try context.isHeld(claim)
            found.append(
                isHeld
                    ? DoctorFinding("attempts", .ok, "\(claim.attempt) runs in \(claim.holder)")
                    : DoctorFinding(
                        "attempts", .warning, "\(claim.attempt) was left open by a process that died",
                        hint: "the next 'propose' closes it", fix: .offered))
        }
        return found
    }

    /// The clock, held against what was recorded last: a journal goes forward only.
    private func clock() -> DoctorFinding {
        let (now, times) = (context.clock.now(), context.times)
        var query = EventQuery()
        (query.limit, query.prefersNewest) = (1, true)
        let newest: EventRecord?
        do throws(JournalError) { newest = try context.readJournal()?.events(query).last } catch {
            return DoctorFinding(
                "clock", .warning, "\(times.full(now)); the journal cannot be read to compare it with")
        }
        guard let last = newest.flatMap({ Instant($0.timestamp) }) else {
            return DoctorFinding("clock", .ok, "\(times.full(now)); nothing is recorded to compare it with")
        }
        guard last <= now + .seconds(60) else {
            return DoctorFinding(
                "clock", .problem, "it shows \(times.full(now)), and the newest event is of \(times.full(last))",
                hint: "set the clock, such as with 'timedatectl set-ntp true'")
        }
        return DoctorFinding(
            "clock", .ok, "\(times.full(now)), not before the newest event of \(times.moment(last))")
    }
}
