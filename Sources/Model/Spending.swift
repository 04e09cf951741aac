package import Basics

extension Limits {
    /// The most that models may cost within a day, whenever it begins.
    package struct DailyBudget: Hashable, Sendable {
        package var tokens: Int?
        package var dollars: Double?

        package init() {}
    }
}

/// What an attempt may spend, or has spent.
package struct Spending: Hashable, Sendable {
    package var tokens: Int
    /// In millionths of a dollar; `nil` where nobody knows the price.
    package var money: Int?

    package init(tokens: Int, money: Int?) { (self.tokens, self.money) = (tokens, money) }

    package var json: JSON { ["tokens": .integer(tokens), "usd_millionths": .optional(money)] }
}

/// What a task's executor may spend on models, before it begins.
package enum ExpectedSpending: Hashable, Sendable {
    /// It asks no model.
    case none
    /// At the worst; where it says so of tokens alone, nobody knows the price.
    case atMost(Spending)
    /// Nobody counts what it spends.
    case uncountable(String)
}

/// A budget of a day that does not allow another attempt.
package struct UsedBudget: Hashable, Sendable {
    package enum Unit: String, Hashable, Sendable {
        case tokens, usd

        package var limitName: String { "budget_per_day.\(rawValue)" }
    }

    package let unit: Unit
    /// Spent within the day.
    package let spent: Int
    /// What attempts that run may spend yet.
    package let reserved: Int
    /// What the attempt may spend.
    package let wanted: Int
    package let limit: EffectiveLimit<Int>
    /// When enough of it is over; `nil` where that hangs on what runs, or never comes.
    package let until: Instant?

    package init(
        _ unit: Unit, spent: Int, reserved: Int, wanted: Int, limit: EffectiveLimit<Int>, until: Instant?
    ) {
        (self.unit, self.spent, self.reserved, self.wanted) = (unit, spent, reserved, wanted)
        (self.limit, self.until) = (limit, until)
    }

    /// Whether it is more than the whole of a day allows.
    var isNeverEnough: Bool { wanted > limit.value }

    var text: String {
        "\(amount(spent)) are spent within 24 hours and \(amount(reserved)) reserved, it may need \(amount(wanted)), and "
            + "\(unit.limitName) is \(amount(limit.value)) (\(limit.source.rawValue))"
    }

    private func amount(_ value: Int) -> String { unit == .usd ? Money.text(value) : "\(value) tokens" }

    var release: Refusal.Release {
        if let until { return .at(until) }
        return isNeverEnough ? .byPerson : .byItself
    }

    var hint: String {
        isNeverEnough
            ? "lower inputs.budget.\(unit.rawValue) of the task or limits.agent_budget, or raise \(unit.limitName)"
            : "wait, or raise \(unit.limitName); 'leviathan next --limits' shows how far it is used up"
    }
}

/// Writes to a forge that do not leave room for another delivery.
package struct UsedWrites: Hashable, Sendable {
    package let host: String
    package let period: Duration
    package let used: Int
    package let limit: EffectiveLimit<Int>
    /// When there is room again; `nil` where that hangs on what runs.
    package let until: Instant?

    package init(host: String, period: Duration, used: Int, limit: EffectiveLimit<Int>, until: Instant?) {
        (self.host, self.period, self.used, self.limit, self.until) = (host, period, used, limit, until)
    }

    package var limitName: String { period <= .seconds(60) ? "writes_per_minute" : "writes_per_hour" }

    package var text: String {
        "\(used) writes to \(host) were made within \(period <= .seconds(60) ? "a minute" : "an hour") or are about to "
            + "be, and \(limitName) is \(limit.value) (\(limit.source.rawValue))"
    }
}
