internal import Basics
internal import Contracts
internal import Forges
internal import Git
internal import Model
internal import Secrets

/// The checkout, its remote and its forge.
extension Doctor {
    func target() -> [DoctorFinding] {
        let checkout: TargetCheckout
        do throws(StageError) { checkout = try TargetCheckout.open(directory) } catch {
            return [
                DoctorFinding(
                    "checkout", .warning, error.message + ": no remote, contract or workspace was looked at",
                    hint: error.hint)
            ]
        }
        let always = [DoctorFinding("checkout", .ok, checkout.root)] + locks(checkout) + workspaces(checkout)
        do throws(StageError) {
            let remote = try checkout.remote(preferring: "origin")
            let base = try checkout.base(asked: nil, remote: remote)
            let stage = ContractStage(
                checkout: checkout, base: base, fallbackTarget: checkout.fallbackTarget(remote: remote),
                in: context)
            let branch = try self.branch(checkout, base, remote)
            let contract: Contract
            do throws(StageError) { contract = try stage.contract(fromWorktree: false) } catch {
                return always + branch + [DoctorFinding("contract", error)]
            }
            let count = contract.backlog.tasks.count
            let tasks = count == 1 ? "1 task" : "\(count) tasks"
            let found = DoctorFinding("contract", .ok, "'\(contract.target.id)' at \(base.name), \(tasks)")
            return always + branch + [found] + mistakes(contract)
                + forge(checkout, contract.target.delivery.remote, contract)
        } catch { return always + [DoctorFinding("branch", error)] }
    }

    /// The branch that changes are proposed to, and how old what is known of it is.
    private func branch(_ checkout: TargetCheckout, _ base: Base, _ remote: String?) throws(StageError)
        -> [DoctorFinding]
    {
        guard let remote else {
            return [DoctorFinding("branch", .ok, "\(base.name) (\(base.commit.short)); there is no remote")]
        }
        do throws(GitError) {
            let url = try checkout.repository.remoteURL(remote).map { URLRedaction.redact($0) } ?? "no URL"
            var found = [DoctorFinding("remote", .ok, "'\(remote)' is \(url)")]
            let fetched = try? FileSystem.status(checkout.repository.gitDirectory + "/FETCH_HEAD")
            let age = fetched.map { ", last fetched \(context.times.moment($0.modified))" } ?? ""
            found.append(DoctorFinding("branch", .ok, "\(base.name) (\(base.commit.short))\(age)"))
            if try checkout.repository.remoteDefaultBranch(remote) == nil {
                found.append(
                    DoctorFinding(
                        "branch", .warning, "which branch is the default of '\(remote)' is not recorded here",
                        hint: "git remote set-head \(remote) --auto"))
            }
            return found
        } catch { throw StageError(.invalid, error) }
    }

    /// Lock files of git's; one that no git can be at work with is removed where mending was asked for.
    private func locks(_ checkout: TargetCheckout) -> [DoctorFinding] {
        let now = context.clock.now()
        var found: [DoctorFinding] = []
        do throws(FileError) {
            for file in try checkout.repository.lockFiles() {
                let text = file.text(context.times)
                guard try file.isAbandoned(at: now) else {
                    let hint = "wait for the git that has it; where there is none, remove it"
                    found.append(DoctorFinding("lock", .warning, text, hint: hint))
                    continue
                }
                found.append(
                    mended("lock", .problem, text, hint: "remove it: the git that made it is gone") {
                        () throws(FileError) in try file.remove()
                    })
            }
        } catch { found.append(DoctorFinding("lock", error)) }
        return found
    }

    private func mistakes(_ contract: Contract) -> [DoctorFinding] {
        let ids = contract.backlog.mistakes.keys.sorted()
        guard let first = ids.first else { return [] }
        let what =
            ids.count == 1 ? "task '\(first)' has a mistake and does" : "\(ids.count) tasks have mistakes and do"
        return [DoctorFinding("contract", .warning, what + " not run", hint: "'leviathan lint' shows where")]
    }

    /// The kind of workspace that programs get here, and what is kept for them.
    private func workspaces(_ checkout: TargetCheckout) -> [DoctorFinding] {
        let kind: DoctorFinding
        if let problem = OverlayTrial(context).tried() {
            kind = DoctorFinding(
                "workspaces", .warning, "worktrees, since no overlay can be had: \(problem)",
                hint: "docs/workspaces.md says what overlays need; worktrees are slower, and as safe")
        } else {
            kind = DoctorFinding("workspaces", .ok, "overlays over shared checkouts can be had")
        }
        do throws(StageError) {
            let inventory = SlotInventory(checkout, context)
            let mended =
                mends ? try inventory.reclaim().map { DoctorFinding("workspaces", .ok, $0, fix: .done) } : []
            let slots = try inventory.slots()
            let broken = slots.filter { $0.kind == "broken" }.map {
                DoctorFinding(
                    "workspaces", .warning, "\($0.name) cannot be used as it is",
                    hint: "the next task makes it anew, and 'leviathan workspaces --remove \($0.name)' removes it")
            }
            let usage = try inventory.usage()
            let text =
                "\(slots.count) kept, \(SizeText.text(usage.slots)), and \(usage.setUpCount) "
                + "result\(usage.setUpCount == 1 ? "" : "s") of set-ups, \(SizeText.text(usage.setUps))"
            return [kind] + mended + [DoctorFinding("workspaces", .ok, text)] + broken
        } catch { return [kind, DoctorFinding("workspaces", error)] }
    }

    // MARK: The forge

    private func forge(_ checkout: TargetCheckout, _ remote: String, _ contract: Contract) -> [DoctorFinding] {
        do throws(StageError) {
            guard let diagnosis = try TargetForge.diagnose(contract.target, checkout, remote: remote, context)
            else {
                if contract.target.delivery.forge == .none {
                    return [DoctorFinding("forge", .ok, "none is asked for: a proposal is a branch here")]
                }
                return [try plainRemote(checkout, remote)]
            }
            // Credentials that are not there are as much of a problem as those that may not do what is asked of them.
            return diagnosis.lines.map {
                DoctorFinding($0.name, $0.isProblem ? .problem : .ok, $0.text, hint: $0.hint)
            }
        } catch { return [DoctorFinding("forge", error)] }
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
}
