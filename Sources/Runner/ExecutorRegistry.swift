internal import Agent
package import Contracts
package import Executors

/// The executors that are built in, by name.
package enum ExecutorRegistry {
    package static let all: [any Executor] = [
        DocsExecutor(), TestsExecutor(), EditExecutor(), PatchExecutor(), DependenciesExecutor(), CIExecutor(),
        InfraExecutor(), CommandExecutor(), AgentExecutor(),
    ]

    /// What each built-in executor wants to know.
    package static let inputs: [ExecutorInputs] = all.compactMap(\.inputs)

    /// The executors that serve the scopes of their own names.
    package static let usualScopes = inputs.map { (scope: $0.executor, executor: $0.executor) }

    /// What is known of executors beside a contract: plugins are looked for when a task names one.
    package static func declarations(searchPath: String?, in source: some ContractSource) -> ExecutorDeclarations {
        declarations(searchPath: searchPath, in: source) { _, answer in answer }
    }

    /// The same; `note` is told of each name that is asked for beside the built-in ones, with the answer.
    static func declarations(
        searchPath: String?, in source: some ContractSource, note: @escaping @Sendable (String, Bool) -> Bool
    ) -> ExecutorDeclarations {
        let isThere = plugins(searchPath: searchPath, in: source)
        return ExecutorDeclarations(inputs) { note($0, isThere($0)) }
    }

    /// Whether an executor of that name can be found.
    static func plugins(
        searchPath: String?, in source: some ContractSource
    ) -> @Sendable (String) -> Bool {
        // That they cannot be listed ends whatever would run one of them.
        let files = (try? source.list(ExecutorCatalog.pluginDirectory)) ?? []
        let catalog = ExecutorCatalog(searchPath: searchPath, repositoryFiles: files)
        return { catalog.executor(named: $0) != nil }
    }
}

extension ExecutorCatalog {
    /// The built-in executors, and the plugins that can be found.
    package init(searchPath: String?, repositoryFiles: [String] = []) {
        self.init(builtIn: ExecutorRegistry.all, searchPath: searchPath, repositoryFiles: repositoryFiles)
    }
}
