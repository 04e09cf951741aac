internal import Agent
internal import Basics
internal import Executors
package import Model

/// Whom a task's executor will ask outside, and what that may cost, before anything of it begins.
package struct SpendingForecast: Sendable {
    private let environment: [String: String]
    private let catalog = ExecutorCatalog(builtIn: ExecutorRegistry.all, searchPath: nil)

    package init(environment: [String: String] = [:]) { self.environment = environment }

    private func asksModels(_ task: BacklogTask, _ scope: Scope?) -> Bool {
        (scope.map { catalog.name(for: task, scope: $0) } ?? task.executor) == AgentForecast.executor
    }

    /// The service that models are asked at; `nil` where none is.
    package func service(of task: BacklogTask, _ scope: Scope?) -> Service? {
        guard asksModels(task, scope) else { return nil }
        return AgentForecast.service(of: task, environment: environment).map { Service(.model, $0) }
    }

    package func spending(of task: BacklogTask, _ scope: Scope?, _ limits: EffectiveLimits) -> ExpectedSpending {
        guard asksModels(task, scope) else { return .none }
        return AgentForecast.spending(of: task, limits: limits, environment: environment)
    }
}
