package import Basics
internal import Contracts
internal import Forges
internal import Git
internal import Journal
internal import Model
internal import Processes

/// One thing that was looked at.
package struct DoctorFinding: Hashable, Sendable {
    package enum State: String, Sendable { case ok, warning, problem }

    package let name: String
    package let state: State
    package let text: String
    package let hint: String?

    init(_ name: String, _ state: State, _ text: String, hint: String? = nil) {
        (self.name, self.state, self.text, self.hint) = (name, state, text, hint)
    }

    init(_ name: String, _ error: any ExplainedError) {
        self.init(name, .problem, ([error.message] + error.causes).joined(separator: ": "), hint: error.hint)
    }

    package var json: JSON {
        [
            "name": .string(name), "state": .string(state.rawValue), "text": .string(text),
            "hint": .optional(hint),
        ]
    }
}

/// Tries what Leviathan needs on this machine and in this checkout.
package struct Doctor {
    private let context: Context
    private let directory: String
    private let mends: Bool

    package init(_ context: Context, directory: String, mends: Bool) {
        (self.context, self.directory, self.mends) = (context, directory, mends)
    }

    package func examine() -> [DoctorFinding] {
        [git(), home()] + fence() + journal() + target()
    }

    private func git() -> DoctorFinding {
        do throws(GitCommandError) {
            let version = try GitCommand(environment: context.environment)
                .version(cancellation: context.cancellation)
            return DoctorFinding("git", .ok, "version \(version)")
        } catch { return DoctorFinding("git", error) }
    }

    private func home() -> DoctorFinding {
        let home = context.home
        do throws(FileError) {
            guard let status = try FileSystem.status(home) else {
                return DoctorFinding("home", .ok, "\(home) is made by the first attempt")
            }
            guard status.kind == .directory else {
                return DoctorFinding("home", .problem, "\(home) is not a directory", hint: "set LEVIATHAN_HOME")
            }
            guard FileSystem.isWritable(home) else {
                return DoctorFinding(
                    "home", .problem, "\(home) cannot be written",
                    hint: "set LEVIATHAN_HOME to a place that can")
            }
            do throws(StageError) { try context.requireHome() } catch {
                return DoctorFinding("home", error)
            }
            let others = status.permissions & 0o077
            return others == 0
                ? DoctorFinding("home", .ok, home)
                : DoctorFinding(
                    "home", .warning, "\(home) is open to others", hint: "chmod 700 \(home)")
        } catch { return DoctorFinding("home", error) }
    }

    /// What the fence is made of here, by trying each part.
    private func fence() -> [DoctorFinding] {
        let place = context.home + "/fenced"
        do throws(FileError) { try FileSystem.createDirectory(place, permissions: 0o700) } catch {
            return [DoctorFinding("fence", error)]
        }
        let report = FenceProbe.probe(in: place)
        guard report.level != .none else {
            return [
                DoctorFinding(
                    "fence", .problem, "none: " + report.gaps.joined(separator: "; "),
                    hint: "invariants that run a program are refused here")
            ]
        }
        return [DoctorFinding("fence", .ok, report.level.rawValue)]
            + report.gaps.map { DoctorFinding("fence", .warning, $0) } + leftovers(in: place)
    }

    /// Directories of programs whose process is gone; those without a lock may be an older version's, at work just now.
    private func leftovers(in place: String) -> [DoctorFinding] {
        let failures = mends ? FenceDirectories.reclaim(context).map { DoctorFinding("fence", $0) } : []
        do throws(FileError) {
            return failures
                + (try OwnedDirectory.strangers(in: place)).map {
                    DoctorFinding(
                        "fence", .warning, "nothing tells whose '\(place)/\($0)' is",
                        hint: "remove it when no older version of Leviathan is at work")
                }
        } catch { return failures + [DoctorFinding("fence", error)] }
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

    /// What dead processes left open; closed where mending was asked for.
    private func claims(_ journal: Journal) throws(JournalError) -> [DoctorFinding] {
        if mends {
            return try Recovery(context).run().map { attempt in
                DoctorFinding("attempts", attempt.fate.isUndecided ? .warning : .ok, attempt.text)
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
                        hint: "the next 'propose' closes it, and so does 'leviathan doctor --fix'"))
        }
        return found
    }

    // MARK: The checkout

    private func target() -> [DoctorFinding] {
        let checkout: TargetCheckout
        do throws(StageError) { checkout = try TargetCheckout.open(directory) } catch {
            return [DoctorFinding("target", .warning, error.message, hint: error.hint)]
        }
        do throws(StageError) {
            let remote = try checkout.remote(preferring: "origin")
            let base = try checkout.base(asked: nil, remote: remote)
            let stage = ContractStage(
                checkout: checkout, base: base, fallbackTarget: try checkout.fallbackTarget(remote: remote),
                in: context)
            let contract = try stage.contract(fromWorktree: false)
            let count = contract.backlog.tasks.count
            let tasks = count == 1 ? "1 task" : "\(count) tasks"
            let found = DoctorFinding("target", .ok, "'\(contract.target.id)' at \(base.name), \(tasks)")
            return [found] + mistakes(contract) + locks(checkout) + workspaces(checkout)
                + forge(checkout, contract.target.delivery.remote, contract)
        } catch { return [DoctorFinding("target", error)] }
    }

    /// Lock files of git's; one that no git can be at work with is removed where mending was asked for.
    private func locks(_ checkout: TargetCheckout) -> [DoctorFinding] {
        let now = context.clock.now()
        var found: [DoctorFinding] = []
        do throws(FileError) {
            for file in try checkout.repository.lockFiles() {
                guard try file.isAbandoned(at: now) else {
                    let hint = "wait for the git that has it; where there is none, remove it"
                    found.append(DoctorFinding("git", .warning, file.text(context.times), hint: hint))
                    continue
                }
                if mends { try file.remove() }
                found.append(
                    DoctorFinding(
                        "git", mends ? .ok : .problem,
                        (mends ? "removed, it was left: " : "") + file.text(context.times),
                        hint: mends ? nil : "the git that made it is gone: leviathan doctor --fix"))
            }
        } catch { found.append(DoctorFinding("git", error)) }
        return found
    }

    private func mistakes(_ contract: Contract) -> [DoctorFinding] {
        let ids = contract.backlog.mistakes.keys.sorted()
        guard let first = ids.first else { return [] }
        let what =
            ids.count == 1 ? "task '\(first)' has a mistake and does" : "\(ids.count) tasks have mistakes and do"
        return [DoctorFinding("target", .warning, what + " not run", hint: "'leviathan lint' shows where")]
    }

    /// The kind of workspace that programs get here, and what is kept for them.
    private func workspaces(_ checkout: TargetCheckout) -> [DoctorFinding] {
        let kind: DoctorFinding
        if let problem = OverlayTrial(context).tried() {
            kind = DoctorFinding("workspace", .warning, "worktrees, since no overlay can be had: \(problem)")
        } else {
            kind = DoctorFinding("workspace", .ok, "overlays over shared checkouts")
        }
        do throws(StageError) {
            let shelf = SlotInventory(checkout, context)
            let mended = mends ? try shelf.reclaim().map { DoctorFinding("workspace", .ok, $0) } : []
            let slots = try shelf.slots()
            let size = SizeText.text(slots.reduce(0) { $0 + $1.bytes })
            let broken = slots.filter { $0.kind == "broken" }.map {
                DoctorFinding(
                    "workspace", .warning, "\($0.name) cannot be used as it is",
                    hint: "the next task makes it anew, and 'leviathan workspaces --remove \($0.name)' removes it")
            }
            return [kind] + mended + [DoctorFinding("workspace", .ok, "\(slots.count) kept, \(size)")] + broken
        } catch { return [kind, DoctorFinding("workspace", error)] }
    }

    /// A remote without a forge, which takes branches if it is there.
    private func plainRemote(_ checkout: TargetCheckout, _ remote: String) throws(StageError) -> DoctorFinding {
        guard try checkout.repository.hasRemote(remote) else {
            return DoctorFinding(
                "forge", .problem, "the repository has no remote '\(remote)': nothing can be delivered",
                hint: "git remote add \(remote) URL, or 'delivery: {forge: none}' in contract.yaml for branches "
                    + "that stay here")
        }
        do throws(DeliveryError) {
            _ = try BranchDelivery(remote, of: checkout, context)
                .state(of: nil, cancellation: context.cancellation)
            return DoctorFinding(
                "forge", .ok,
                "none: a proposal is a branch pushed to '\(remote)', which answers; whether it takes "
                    + "pushes is not tried")
        } catch { return DoctorFinding("forge", error) }
    }

    /// Credentials that are not there are as much of a problem as those that may not do what is asked of them.
    private static func findings(_ diagnosis: ForgeDiagnosis) -> [DoctorFinding] {
        diagnosis.lines.map { DoctorFinding("forge", $0.isProblem ? .problem : .ok, $0.text, hint: $0.hint) }
    }

    private func forge(_ checkout: TargetCheckout, _ remote: String, _ contract: Contract) -> [DoctorFinding] {
        do throws(StageError) {
            guard let diagnosis = try TargetForge.diagnose(contract.target, checkout, remote: remote, context)
            else {
                if contract.target.delivery.forge == .none {
                    return [DoctorFinding("forge", .ok, "none: a proposal is a branch here")]
                }
                return [try plainRemote(checkout, remote)]
            }
            return Self.findings(diagnosis)
        } catch { return [DoctorFinding("forge", error)] }
    }
}

extension JournalVerification {
    /// What was looked at, and what nobody can look at any more.
    package var text: String {
        var text = "\(intactEvents) events, unbroken, in \(chains.count) chain\(chains.count == 1 ? "" : "s")"
        if prunedEvents > 0 { text += ", behind \(prunedEvents) that were removed and are sealed" }
        for name in unsealed { text += "; the closed chain '\(name)' is not sealed yet" }
        return text
    }
}

extension RecoveredAttempt {
    /// What became of it, for a person.
    package var text: String {
        switch fate {
        case .delivered: "\(claim.attempt) had been delivered when its process died"
        case .pushed:
            "\(claim.attempt) had pushed its branch when its process died; the next attempt sees to its pull request"
        case .interrupted: "\(claim.attempt) is closed as interrupted: its process had died"
        case .undecided(let reason): "\(claim.attempt) stays open, its process died in the delivery: \(reason)"
        }
    }
}

extension RecoveredAttempt.Fate {
    var isUndecided: Bool { if case .undecided = self { true } else { false } }
}
