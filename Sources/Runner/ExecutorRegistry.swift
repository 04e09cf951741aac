internal import Agent
package import Executors

/// The executors that are built in, by name.
package enum ExecutorRegistry {
    package static let all: [any Executor] = [
        DocsExecutor(), TestsExecutor(), EditExecutor(), PatchExecutor(), DependenciesExecutor(), CIExecutor(),
        InfraExecutor(), CommandExecutor(), AgentExecutor(),
    ]
}

extension ExecutorCatalog {
    /// The built-in executors, and the plugins that can be found.
    package init(searchPath: String?, repositoryFiles: [String] = []) {
        self.init(builtIn: ExecutorRegistry.all, searchPath: searchPath, repositoryFiles: repositoryFiles)
    }
}
