package import Basics
package import Journal
internal import Model

/// What is in use of this machine's own limits, over all targets.
package struct MachineUse {
    /// The limits that its configuration sets, with what counts against each now.
    package let limits: [LimitState]
    package let running: Int
    package let open: Int
    /// What models cost within the last day, and what is reserved for those that run: tokens, and millionths of a dollar
    /// where all prices are known.
    package let spent: (tokens: Int, money: Int?)
    package let reserved: (tokens: Int, money: Int?)

    package init(_ context: Context, _ journal: any JournalStore) throws(StageError) {
        let (machine, now) = (try MachineConfiguration.read(context), context.clock.now())
        let use = try StageError.journaled { () throws(JournalError) in
            try LimitUse(journal, now: now).adding(branchesBeside: nil, journal)
        }
        let places = [(source: LimitSource.machine, limits: machine.limits)]
        let check = LimitCheck(
            places: places, effective: EffectiveLimits(places),
            reach: LimitReach(target: "", scope: nil, task: "", group: []), use: use, now: now)
        limits = check.states(LimitCheck.Observed()).filter { $0.source == LimitSource.machine.rawValue }
        (running, open) = (use.running.count, use.open.count)
        let counted = check.budgets(.machine)
        spent = Self.sum(counted.filter { $0.settled != nil })
        reserved = Self.sum(counted.filter { $0.settled == nil })
    }

    private static func sum(_ budgets: [LimitUse.BudgetUse]) -> (tokens: Int, money: Int?) {
        let money = budgets.map(\.spending.money)
        return (
            budgets.map(\.spending.tokens).reduce(0, +),
            money.contains { $0 == nil } ? nil : money.compactMap(\.self).reduce(0, +)
        )
    }
}
