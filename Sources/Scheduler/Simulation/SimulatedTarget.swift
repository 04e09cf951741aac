package import Basics
package import Model
package import Paths
package import Runner

/// A target that is nowhere but in a simulation: its contract, its base, and its forge.
package struct SimulatedTarget {
    package struct Proposal: Hashable, Sendable {
        package enum State: String, Sendable { case open, merged, closed }

        package let number: Int
        package let task: String
        package let attempt: String
        package let commit: ObjectID
        package let opened: Instant
        /// What it changes: files that its task allows.
        package let files: [RepoPath]
        package var state = State.open
        /// Whether the journal has been told.
        package var isRecorded = true
    }

    package let name: String
    package let group: TargetGroup?
    package private(set) var contract: Contract
    package private(set) var base: Base
    package var proposals: [Proposal] = []
    /// Whether its forge and its remote can be reached.
    package var isReachable = true
    /// Whether a proposal is a pull request, or a branch alone.
    package var hasPullRequests = true
    /// The forge that it shares with others; `nil` where nothing is shared.
    package var forge: SimulatedForge?
    /// Who owns which files there.
    package var owners = TouchedFiles.none
    private var held: Set<ObjectID> = []
    private var commits = 0

    package init(_ contract: Contract, group: TargetGroup? = nil) {
        (name, self.contract, self.group) = (contract.target.id, contract, group)
        base = Base(commit: Self.commit(of: contract.target.id, 0), tree: .zero, name: "origin/main")
    }

    package var backlog: Backlog {
        get { contract.backlog }
        set { contract = Contract(target: contract.target, policy: contract.policy, backlog: newValue) }
    }

    package var policy: Policy {
        get { contract.policy }
        set { contract = Contract(target: contract.target, policy: newValue, backlog: contract.backlog) }
    }

    package var reading: TargetReading {
        let held = held
        let files = Dictionary(proposals.map { ($0.commit, $0.files) }) { first, _ in first }
        var reading = TargetReading(
            contract: contract, base: base, touched: TouchedFiles(owners) { files[$0] }, isInBase: held.contains)
        reading.forge = forge?.known
        return reading
    }

    package var scheduled: ScheduledTarget {
        var registration = TargetRegistration(name: name, repositoryURL: "simulated")
        registration.group = group?.name
        return ScheduledTarget(registration, group)
    }

    package func openProposal(of task: String) -> Proposal? {
        proposals.first { $0.task == task && $0.state == .open }
    }

    mutating func open(_ task: String, by attempt: String, at now: Instant) -> Proposal {
        commits += 1
        if !hasPullRequests, let place = proposals.firstIndex(where: { $0.task == task && $0.state == .open }) {
            // The branch is moved to the new commit.
            proposals[place].state = .closed
        }
        let proposal = Proposal(
            number: proposals.count + 1, task: task, attempt: attempt, commit: Self.commit(of: name, commits),
            opened: now, files: files(of: task))
        proposals.append(proposal)
        return proposal
    }

    /// What the next proposal of a task changes: below each of its patterns, or of the first alone, one file.
    private func files(of task: String) -> [RepoPath] {
        let patterns = contract.backlog[task]?.allowedPaths ?? []
        let texts = patterns.prefix(commits.isMultiple(of: 2) ? 1 : patterns.count).map { pattern in
            pattern.isLiteral
                ? pattern.text : pattern.fixedDirectory.map { "\($0)/file-\(commits % 3).md" } ?? "file.md"
        }
        return texts.compactMap { text in try? RepoPath(text) }
    }

    /// A person decides; a merge brings the change and the task's mark into the base.
    package mutating func decide(_ number: Int, merges: Bool) {
        guard proposals.indices.contains(number - 1), proposals[number - 1].state == .open else { return }
        proposals[number - 1].state = merges ? .merged : .closed
        proposals[number - 1].isRecorded = false
        guard merges else { return }
        held.insert(proposals[number - 1].commit)
        if let place = backlog.tasks.firstIndex(where: { $0.id == proposals[number - 1].task }) {
            backlog.tasks[place].status = .completed
            backlog.tasks[place].ready = false
        }
        moveBase()
    }

    /// Somebody pushed to the base.
    package mutating func moveBase() {
        commits += 1
        base = Base(commit: Self.commit(of: name, commits), tree: .zero, name: "origin/main")
    }

    private static func commit(_ name: UInt64, _ number: Int) -> [UInt8] {
        [name, UInt64(number), 0].flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
    }

    private static func commit(of name: String, _ number: Int) -> ObjectID {
        let hash = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return ObjectID(bytes: commit(hash, number).prefix(20)) ?? .zero
    }
}
