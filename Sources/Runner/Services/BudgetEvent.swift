internal import Basics
package import Journal
package import Model

/// What is written of the money and the tokens of an attempt: reserved at the worst case before it begins, settled when
/// it has ended.
package enum BudgetEvent {
    package static func reserved(_ spending: Spending, _ subject: EventSubject, scope: String?) -> Event {
        event(.budgetReserved, spending, subject, [JSON.Member("scope", .optional(scope))])
    }

    package static func settled(_ spending: Spending, _ subject: EventSubject) -> Event {
        event(.budgetSettled, spending, subject, [])
    }

    /// What is settled for an attempt whose process died: what its calls are known to have taken, and all that was
    /// reserved where one of them never came to an end.
    static func recovered(_ reserved: BudgetRecord, _ records: [EventRecord]) -> Spending {
        let worst = Spending(tokens: reserved.tokens, money: reserved.money)
        var (begun, tokens, money): (Int, Int, Int?) = (0, 0, reserved.money.map { _ in 0 })
        for record in records {
            switch record.type {
            case .modelCallStarted: begun += 1
            case .modelCallCompleted:
                begun -= 1
                guard let counted = record.payload["counted_tokens"]?.integer else { return worst }
                tokens += counted
                money = money.flatMap { sum in
                    record.payload["counted_usd_millionths"]?.integer.map { sum + $0 }
                }
            default: break
            }
        }
        let isPriced = reserved.money == nil || money != nil
        return begun == 0 && isPriced ? Spending(tokens: tokens, money: money) : worst
    }

    private static func event(
        _ type: EventType, _ spending: Spending, _ subject: EventSubject, _ more: [JSON.Member]
    ) -> Event {
        let facts: JSON = [
            "target": .optional(subject.target), "task_id": .optional(subject.task),
            "attempt_id": .optional(subject.attempt), "tokens": .integer(spending.tokens),
            "usd_millionths": .optional(spending.money),
        ]
        return .other(type, .object((facts.members ?? []) + more))
    }
}
