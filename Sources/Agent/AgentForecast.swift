internal import Basics
internal import Contracts
internal import Executors
package import Model

/// What can be told of an agent before it begins: whom it will ask, and what that may cost.
package enum AgentForecast {
    /// The executor that it is about.
    package static let executor = "agent"

    /// The host of the service that models are asked at; `nil` where the task has another agent.
    package static func service(of task: BacklogTask, environment: [String: String]) -> String? {
        settings(task, environment)?.command == nil ? host(environment) : nil
    }

    /// At the worst; the budget is held before each call, so that nothing passes it.
    package static func spending(
        of task: BacklogTask, limits: EffectiveLimits, environment: [String: String]
    ) -> ExpectedSpending {
        guard let settings = settings(task, environment) else {
            // Inputs that cannot be understood end the attempt before anybody is asked.
            return .none
        }
        if settings.command != nil { return .uncountable("nobody counts what an external agent spends") }
        let budget = AgentBudget(settings.wanted, limits: limits)
        let isPriced = settings.prices != nil || ModelPrice.listed(settings.model) != nil
        return .atMost(
            Spending(
                tokens: budget.tokens.value, money: isPriced ? Money.millionths(budget.dollars.value) : nil))
    }

    static func host(_ environment: [String: String]) -> String {
        let named = environment["ANTHROPIC_BASE_URL"]?.trimmed ?? ""
        return host(ofAddress: named.isEmpty ? MessagesService.standardAddress : named)
    }

    static func host(ofAddress address: String) -> String {
        let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return (authority.split(separator: "@").last.map(String.init) ?? String(authority)).lowercased()
    }

    private static func settings(_ task: BacklogTask, _ environment: [String: String]) -> AgentSettings? {
        try? AgentSettings(InputValues(task.inputs, AgentInputs.declaration), environment: environment)
    }
}
