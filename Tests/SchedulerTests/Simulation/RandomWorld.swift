import Basics
import Journal
import Model
import Paths
import Runner
import Scheduler
import TestSupport

/// A made-up world: targets in groups with weights and limits, tasks that depend on others, and what goes wrong there.
struct RandomWorld {
    static let start = Instant("2026-03-28T20:00:00Z") ?? Instant(secondsSinceEpoch: 1_774_728_000)

    let host: SimulatedHost
    let looks: Int
    private var random: SeededRandom
    private let seed: UInt64
    /// Whether nobody and nothing disturbs it.
    private var isQuiet = false

    /// The world in which a breaker opens while a third attempt is under way, and the probe dies.
    static let ofAProbe = UInt64.max

    init(seed: UInt64, looks: Int = 12) throws {
        guard seed != Self.ofAProbe else {
            host = try SimulatedHost([Self.probing], ProbeScript(), at: Self.start, seed: 1)
            (self.looks, random, self.seed, isQuiet) = (looks, SeededRandom(seed: 1), seed, true)
            return
        }
        var random = SeededRandom(seed: seed)
        var targets = Self.targets(&random)
        // Chances of their own, so that the other worlds stay as they are.
        var chances = SeededRandom(seed: seed ^ 0x5bd1_e995)
        if Self.spends(seed) {
            targets = targets.map { Self.spending($0, &chances) }
        }
        if Self.shares(seed) {
            var owned = SeededRandom(seed: seed ^ 0x2545_f491)
            targets = targets.map { Self.shared($0, &owned) }
        }
        if Self.pushesBranches(seed) {
            for place in targets.indices where place % 2 == 0 { targets[place].hasPullRequests = false }
        }
        // Every other one of these has forges that take few changes and may be down.
        if Self.spends(seed), seed % 2 == 0 {
            let forges = (0..<2).map { Self.forge($0, &chances) }
            for place in targets.indices { targets[place].forge = forges[chances.pick(2)] }
        }
        let script = RandomScript(
            seed: seed, failures: Double(random.pick(60)) / 100, mergeRate: [0.02, 0.3, 2][random.pick(3)],
            meanDuration: .seconds([60, 600, 4000][random.pick(3)]), deaths: 0.3)
        host = try SimulatedHost(targets, script, at: Self.start, seed: seed)
        host.machine.groups = Set(targets.compactMap(\.group)).sorted { $0.name < $1.name }
        if random.pick(2) == 0 { host.machine.limits.maxOpenPullRequests = 2 + random.pick(6) }
        if random.pick(2) == 0 { host.machine.limits.maxRunningAttempts = 1 + random.pick(4) }
        if random.pick(3) == 0 { host.machine.limits.maxTasksPerHour = 1 + random.pick(5) }
        if Self.spends(seed), chances.pick(2) == 0 {
            host.machine.limits.dailyBudget.tokens = 100_000 * (2 + chances.pick(8))
        }
        host.machine.serviceBreaker = Limits.Breaker(
            failures: 1 + Int(seed % 3), cooldown: .seconds(600 * Int64(1 + seed % 4)))
        (self.looks, self.random, self.seed) = (looks, random, seed)
    }

    private static func targets(_ random: inout SeededRandom) -> [SimulatedTarget] {
        let groups = (0..<random.pick(3)).map { number in
            var group = TargetGroup("group-\(number)")
            group.weight = 1 + random.pick(4)
            if random.pick(2) == 0 { group.limits.maxOpenPullRequests = 1 + random.pick(4) }
            return group
        }
        return (0..<1 + random.pick(4)).map { number in
            let group = groups.isEmpty || random.pick(3) == 0 ? nil : groups[random.pick(groups.count)]
            return SimulatedTarget(contract(number, &random), group: group)
        }
    }

    /// Whether its tasks ask models, within budgets of a day, and waiting raises their class.
    static func spends(_ seed: UInt64) -> Bool { seed % 7 == 6 }

    /// Whether its tasks touch files that others touch as well and that somebody owns, within limits of both.
    static func shares(_ seed: UInt64) -> Bool { seed % 5 == 3 }

    /// Whether proposals of every other target are branches alone.
    static func pushesBranches(_ seed: UInt64) -> Bool { seed % 11 == 4 }

    /// What tasks of such a world may touch: a whole directory, or one file.
    private static let places = ["api/**", "docs/**", "docs/guide.md", "docs/api.md", "ops/**", "ops/run.md"]

    /// Who owns what there, as `OwnedFiles` has it as well.
    static let codeOwners = "api/ @api\ndocs/ @docs\nops/ @ops\ndocs/api.md @api\n"

    private static func shared(_ target: SimulatedTarget, _ owned: inout SeededRandom) -> SimulatedTarget {
        var target = target
        if owned.pick(3) > 0 { target.policy.limits.maxOpenPerPath = 1 + owned.pick(2) }
        if owned.pick(3) > 0 { target.policy.limits.maxOpenPerOwner = 1 + owned.pick(2) }
        // Room for these limits to be the ones that hold.
        (target.policy.limits.maxOpenPullRequests, target.policy.limits.maxRunningAttempts) = (9, 3)
        for place in target.backlog.tasks.indices {
            let patterns = Set((0..<1 + owned.pick(2)).map { _ in places[owned.pick(places.count)] })
            target.backlog.tasks[place].allowedPaths = patterns.sorted().compactMap { try? PathPattern($0) }
        }
        target.owners = TouchedFiles(codeOwners: codeOwners)
        return target
    }

    /// A forge that takes few changes.
    private static func forge(_ number: Int, _ chances: inout SeededRandom) -> SimulatedForge {
        func limit(_ value: Int) -> EffectiveLimit<Int> { EffectiveLimit(value: value, source: .machine) }
        return SimulatedForge(
            "forge-\(number).example",
            ForgeWriteLimits(
                perMinute: limit(3 + chances.pick(8)), perHour: limit(8 + chances.pick(40))))
    }

    private static func spending(_ target: SimulatedTarget, _ chances: inout SeededRandom) -> SimulatedTarget {
        var (policy, backlog) = (target.contract.policy, target.backlog)
        policy.limits.dailyBudget.tokens = 100_000 * (1 + chances.pick(4))
        if chances.pick(2) == 0 { policy.limits.dailyBudget.dollars = Double(2 + chances.pick(6)) }
        policy.scopes[0].limits.dailyBudget.tokens = 100_000 * (1 + chances.pick(3))
        if chances.pick(2) == 0 {
            policy.limits.raisePriorityAfter = .seconds(1800 * (1 + Int64(chances.pick(8))))
        }
        (policy.limits.maxOpenPullRequests, policy.limits.maxRunningAttempts) = (6, 3)
        for place in backlog.tasks.indices where chances.pick(3) > 0 {
            backlog.tasks[place].executor = "agent"
            backlog.tasks[place].inputs = [
                "budget": [
                    "tokens": .integer(50_000 * (1 + chances.pick(4))), "usd": .integer(1 + chances.pick(3)),
                ]
            ]
        }
        var spending = target
        (spending.policy, spending.backlog) = (policy, backlog)
        return spending
    }

    private static var probing: SimulatedTarget {
        var policy = Policy()
        (policy.limits.maxOpenPullRequests, policy.limits.maxRunningAttempts) = (9, 3)
        policy.limits.breaker = Limits.Breaker(failures: 2, cooldown: .seconds(600))
        var backlog = Backlog()
        backlog.tasks = (0..<6).map { number in
            var task = BacklogTask(id: "task-\(number)")
            task.ready = true
            // The first three are under way together, the others come when the breaker is open.
            task.notBefore = number < 3 ? nil : start + .seconds(540)
            return task
        }
        return SimulatedTarget(
            Contract(target: TargetDescription(id: "target-0"), policy: policy, backlog: backlog))
    }

    private static func contract(_ number: Int, _ random: inout SeededRandom) -> Contract {
        var policy = Policy()
        policy.scopes = ["code", "docs"].map { Scope(name: $0) }
        if random.pick(3) == 0 { policy.scopes[1].limits.maxOpenPullRequests = 1 }
        policy.limits.maxOpenPullRequests = 1 + random.pick(5)
        policy.limits.maxRunningAttempts = 1 + random.pick(3)
        policy.limits.maxAttemptsPerTask = 1 + random.pick(3)
        if random.pick(2) == 0 { policy.limits.backoff = .seconds(60 * (1 + random.pick(60))) }
        let cooldown: Duration? = random.pick(3) == 0 ? nil : .seconds(600 * (1 + random.pick(6)))
        policy.limits.breaker = Limits.Breaker(failures: 2 + random.pick(2), cooldown: cooldown)
        if random.pick(3) == 0 { policy.limits.maxTasksPerDay = 2 + random.pick(4) }
        policy.schedule.weight = Double(1 + random.pick(16))
        if random.pick(5) == 0 { policy.schedule.windows = ["Mon-Sun 01:00-06:30 Europe/Berlin"] }
        var backlog = Backlog()
        backlog.mentionsReady = true
        for task in 0..<2 + random.pick(8) {
            var entry = BacklogTask(id: "task-\(task)")
            (entry.ready, entry.scope) = (random.pick(8) > 0, ["code", "docs"][random.pick(2)])
            entry.priority = BacklogTask.Priority.allCases[random.pick(3)]
            if task > 0, random.pick(5) == 0 { entry.dependencies = ["task-\(random.pick(task))"] }
            backlog.tasks.append(entry)
        }
        return Contract(target: TargetDescription(id: "target-\(number)"), policy: policy, backlog: backlog)
    }

    /// What people, machines and the weather do between one look and the next.
    mutating func disturb() {
        guard !isQuiet else { return }
        let target = random.pick(host.world.count)
        let name = host.world[target].name
        switch random.pick(16) {
        case 0: host.world[target].isReachable.toggle()
        case 1: host.stop = host.stop == nil ? StopOrder(reason: "a test", since: host.now) : nil
        case 2: say(random.pick(2) == 0 ? .autonomyDisabled : .autonomyEnabled, random.pick(2) == 0 ? name : nil)
        case 3: host.world[target].moveBase()
        case 4: propose(in: target)
        case 5: editBacklog(of: target)
        case 6: decide(in: target)
        case 7: host.advance(to: host.now + .seconds(3600 * Int64(1 + random.pick(30))))
        case 8: host.store.crashPoint = random.pick(2) == 0 ? .beforeCommit : .afterCommit
        case 9: retry(in: target)
        case 10: say(.breakerReset, name)
        case 11: host.isJournalUnreadable.toggle()
        // A clock that jumps by years; in these worlds alone, so that the others stay as they are.
        case 13 where Self.spends(seed): host.world[target].forge?.isDown.toggle()
        case 12 where Self.spends(seed): host.advance(to: host.now + .seconds(3 * 365 * 86_400))
        default: break
        }
        // Nobody keeps everything shut for ever.
        if random.pick(4) == 0 {
            (host.stop, host.isJournalUnreadable) = (nil, false)
            for place in host.world.indices {
                host.world[place].isReachable = true
                host.world[place].forge?.isDown = false
            }
            say(.autonomyEnabled, nil)
        }
    }

    func say(_ type: EventType, _ target: String?) {
        let facts = target.map { [JSON.Member("target", .string($0))] } ?? []
        write([host.context.event(.other(type, .object(facts)))])
    }

    /// A person's command dies with the store, and is given again.
    private func write(_ drafts: [EventDraft]) {
        if (try? host.store.append(drafts)) == nil {
            host.reopen()
            _ = try? host.store.append(drafts)
        }
    }

    private mutating func propose(in target: Int) {
        let tasks = host.world[target].contract.backlog.tasks
        host.propose(tasks[random.pick(tasks.count)].id, of: host.world[target].name)
    }

    private mutating func editBacklog(of target: Int) {
        let place = random.pick(host.world[target].contract.backlog.tasks.count)
        guard host.world[target].contract.backlog.tasks[place].status == .pending else { return }
        host.world[target].backlog.tasks[place].ready.toggle()
        host.world[target].moveBase()
    }

    private mutating func decide(in target: Int) {
        let open = host.world[target].proposals.filter { $0.state == .open }
        guard !open.isEmpty else { return }
        host.world[target].decide(open[random.pick(open.count)].number, merges: random.pick(2) == 0)
    }

    private mutating func retry(in target: Int) {
        let world = host.world[target]
        let tasks = world.contract.backlog.tasks
        let task = tasks[random.pick(tasks.count)].id
        let requests = world.hasPullRequests ? world.proposals : []
        let settled = requests.filter { $0.task == task && $0.state != .open && $0.isRecorded }.map(
            \.number)
        let subject = EventSubject(target: world.name, task: task, attempt: nil)
        write([host.context.event(.taskUnblocked(settled: settled), about: subject)])
    }
}

/// Two attempts fail, a third one later, and the fourth dies.
struct ProbeScript: SimulationScript {
    func attempt(_ number: Int, of task: String, in target: String) -> AttemptScript {
        switch task {
        case "task-0": AttemptScript(duration: .seconds(60), ending: .failed(kind: "executor"))
        case "task-1": AttemptScript(duration: .seconds(70), ending: .failed(kind: "executor"))
        case "task-2": AttemptScript(duration: .seconds(290), ending: .failed(kind: "executor"))
        case "task-3": AttemptScript(duration: .seconds(100), ending: .dies)
        default: AttemptScript(duration: .seconds(60), ending: .delivered)
        }
    }

    func review(of proposal: Int, of task: String, in target: String) -> ReviewScript {
        ReviewScript(merges: false, after: nil)
    }
}

extension SeededRandom {
    /// From 0 to just below `bound`.
    mutating func pick(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
