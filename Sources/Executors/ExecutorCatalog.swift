internal import Basics
package import Model

/// The executors that a task may name: those that are built in, and the plugins that can be found.
package struct ExecutorCatalog: Sendable {
    /// Where a repository keeps plugins of its own.
    package static let pluginDirectory = ".leviathan/executors"

    package let plugins: [PluginExecutor]

    /// `repositoryFiles` are the names in the base commit's `.leviathan/executors`; they come before the path's.
    package init(searchPath: String?, repositoryFiles: [String] = []) {
        var found: [String: PluginExecutor] = [:]
        for file in repositoryFiles {
            guard let name = Self.pluginName(file), let path = try? RepoPath(Self.pluginDirectory + "/" + file)
            else {
                continue
            }
            found[name] = PluginExecutor(name, at: .repository(path))
        }
        for directory in (searchPath ?? "").split(separator: ":") where directory.hasPrefix("/") {
            for file in (try? FileSystem.list(String(directory))) ?? [] {
                guard let name = Self.pluginName(file), found[name] == nil else { continue }
                found[name] = PluginExecutor(name, at: .installed(directory + "/" + file))
            }
        }
        plugins = found.values.sorted { $0.name < $1.name }
    }

    package var all: [any Executor] { ExecutorRegistry.all + plugins }

    package func executor(named name: String) -> (any Executor)? { all.first { $0.name == name } }

    /// The executor of a task: its own choice, else its scope's, else the one that bears the scope's name.
    package func name(for task: BacklogTask, scope: Scope) -> String? {
        task.executor ?? scope.executor ?? ExecutorRegistry.all.first { $0.name == scope.name }?.name
    }

    /// A plugin takes no name that is built in.
    private static func pluginName(_ file: String) -> String? {
        guard file.hasPrefix(PluginExecutor.prefix) else { return nil }
        let name = String(file.dropFirst(PluginExecutor.prefix.count))
        guard !name.isEmpty, !ExecutorRegistry.all.contains(where: { $0.name == name }) else { return nil }
        return name
    }
}
