internal import Basics
package import Paths

/// Limits that one place sets; `nil` where it says nothing.
package struct Limits: Blankable {
    /// Stops a target after failures in a row.
    package struct Breaker: Hashable, Sendable {
        package var failures: Int
        /// Without it only a person resets the breaker.
        package var cooldown: Duration?

        package init(failures: Int, cooldown: Duration?) { (self.failures, self.cooldown) = (failures, cooldown) }
    }

    /// The largest size of a file whose path the pattern matches.
    package struct FileSize: Hashable, Sendable {
        package var pattern: PathPattern
        package var bytes: Int

        package init(pattern: PathPattern, bytes: Int) { (self.pattern, self.bytes) = (pattern, bytes) }
    }

    package var allowedPathPrefixes: [PathPattern]?
    package var maxOpenPullRequests: Int?
    /// Of proposals whose tasks allow a path that the task allows as well.
    package var maxOpenPerPath: Int?
    /// Of proposals that may touch files of one owner, for each owner of the task's paths.
    package var maxOpenPerOwner: Int?
    package var maxRunningAttempts: Int?
    package var maxAttemptsPerTask: Int?
    package var breaker: Breaker?
    package var attemptTimeout: Duration?
    package var backoff: Duration?
    package var maxTasksPerHour: Int?
    package var maxTasksPerDay: Int?
    package var maxFiles: Int?
    package var maxPatchBytes: Int?
    package var maxFileSizes: [FileSize] = []
    package var agentBudget = AgentBudget()
    package var dailyBudget = DailyBudget()
    /// After each such time of waiting a task counts as of the next higher class.
    package var raisePriorityAfter: Duration?

    package init() {}
}

/// A limit in force, and the place that set it.
package struct EffectiveLimit<Value: Hashable & Sendable>: Hashable, Sendable {
    package let value: Value
    package let source: LimitSource

    package init(value: Value, source: LimitSource) { (self.value, self.source) = (value, source) }

    static func platform(_ value: Value) -> EffectiveLimit { EffectiveLimit(value: value, source: .platform) }
}

/// Who set a limit.
package enum LimitSource: String, Sendable {
    case platform = "platform default"
    case machine = "this machine's config.yaml"
    case group = "the target's group in config.yaml"
    case target = "policy limits"
    case backlog
    case scope
    case task
}

/// The limits in force for one task: of all places that set one, the strictest wins.
package struct EffectiveLimits: Hashable, Sendable {
    package let maxOpenPullRequests: EffectiveLimit<Int>
    package let maxOpenPerPath: EffectiveLimit<Int>?
    package let maxOpenPerOwner: EffectiveLimit<Int>?
    package let maxRunningAttempts: EffectiveLimit<Int>
    package let maxAttemptsPerTask: EffectiveLimit<Int>
    package let breaker: EffectiveLimit<Limits.Breaker>
    package let attemptTimeout: EffectiveLimit<Duration>
    package let backoff: EffectiveLimit<Duration>
    package let maxTasksPerHour: EffectiveLimit<Int>?
    package let maxTasksPerDay: EffectiveLimit<Int>?
    package let maxFiles: EffectiveLimit<Int>?
    package let maxPatchBytes: EffectiveLimit<Int>?
    /// Every place's list counts, and the tightest of their answers.
    package let maxFileSizes: [EffectiveLimit<[Limits.FileSize]>]
    package let agentBudget: EffectiveAgentBudget
    package let dailyTokens: EffectiveLimit<Int>?
    /// In millionths of a dollar.
    package let dailyMoney: EffectiveLimit<Int>?
    package let raisePriorityAfter: EffectiveLimit<Duration>?

    /// Combines what each place says, from the machine down to the task.
    package init(_ places: [(source: LimitSource, limits: Limits)]) {
        maxOpenPullRequests = Self.strictest(places, \.maxOpenPullRequests) ?? .platform(1)
        maxRunningAttempts = Self.strictest(places, \.maxRunningAttempts) ?? .platform(1)
        maxAttemptsPerTask = Self.strictest(places, \.maxAttemptsPerTask) ?? .platform(2)
        attemptTimeout = Self.strictest(places, \.attemptTimeout) ?? .platform(.seconds(900))
        backoff = Self.strictest(places, \.backoff, isStricter: >) ?? .platform(.zero)
        breaker =
            Self.strictest(places, \.breaker) ?? .platform(Limits.Breaker(failures: 2, cooldown: nil))
        maxOpenPerPath = Self.strictest(places, \.maxOpenPerPath)
        maxOpenPerOwner = Self.strictest(places, \.maxOpenPerOwner)
        dailyTokens = Self.strictest(places, \.dailyBudget.tokens)
        dailyMoney = Self.strictest(places, \.dailyMoney)
        raisePriorityAfter = Self.strictest(places, \.raisePriorityAfter)
        maxTasksPerHour = Self.strictest(places, \.maxTasksPerHour)
        maxTasksPerDay = Self.strictest(places, \.maxTasksPerDay)
        maxFiles = Self.strictest(places, \.maxFiles)
        maxPatchBytes = Self.strictest(places, \.maxPatchBytes)
        agentBudget = EffectiveAgentBudget(places)
        maxFileSizes = places.filter { !$0.limits.maxFileSizes.isEmpty }.map {
            EffectiveLimit(value: $0.limits.maxFileSizes, source: $0.source)
        }
    }

    /// The tightest size for the path; of several patterns of one place the first that matches counts.
    package func maxFileSize(of path: RepoPath) -> Limits.FileSize? {
        maxFileSizes.compactMap { sizes in sizes.value.first { $0.matches(path) } }.min { $0.bytes < $1.bytes }
    }

    static func strictest<Value: Comparable & Hashable & Sendable>(
        _ places: [(source: LimitSource, limits: Limits)], _ value: (Limits) -> Value?,
        isStricter: (Value, Value) -> Bool = (<)
    ) -> EffectiveLimit<Value>? {
        places.compactMap { place in
            value(place.limits).map { EffectiveLimit(value: $0, source: place.source) }
        }.min { isStricter($0.value, $1.value) }
    }
}

extension Limits {
    /// What a day may cost, in millionths of a dollar.
    package var dailyMoney: Int? { dailyBudget.dollars.map(Money.millionths) }
}

extension Limits.Breaker: Comparable {
    /// The stricter first: fewer failures, then the longer cooldown, a person's reset above all.
    package static func < (left: Self, right: Self) -> Bool {
        if left.failures != right.failures { return left.failures < right.failures }
        guard let rightCooldown = right.cooldown else { return false }
        return left.cooldown.map { $0 > rightCooldown } ?? true
    }
}

extension Limits.FileSize {
    /// A pattern without a slash speaks of names in any directory, as `*.md` does.
    package func matches(_ path: RepoPath) -> Bool {
        if pattern.matches(path) { return true }
        guard !pattern.text.contains("/"), let name = try? RepoPath(path.name) else { return false }
        return pattern.matches(name)
    }
}
