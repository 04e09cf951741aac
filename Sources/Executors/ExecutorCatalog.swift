internal import Basics
package import Model
internal import Paths

/// The executors that a task may name: those that are built in, and the plugins that can be found.
package struct ExecutorCatalog: Sendable {
    /// Where a repository keeps plugins of its own.
    package static let pluginDirectory = ".leviathan/executors"

    private let builtIn: [any Executor]
    /// Absolute directories, in which order they are looked through.
    private let directories: [String]
    private let repositoryFiles: [String]

    /// `repositoryFiles` are the names in the base commit's `.leviathan/executors`; they come before the path's.
    package init(builtIn: [any Executor], searchPath: String?, repositoryFiles: [String] = []) {
        self.builtIn = builtIn
        directories = (searchPath ?? "").split(separator: ":").filter { $0.hasPrefix("/") }.map(String.init)
        self.repositoryFiles = repositoryFiles
    }

    package func executor(named name: String) -> (any Executor)? {
        builtIn.first { $0.name == name } ?? plugin(named: name)
    }

    /// The executor of a task: its own choice, else its scope's, else the one that bears the scope's name.
    package func name(for task: BacklogTask, scope: Scope) -> String? {
        task.executor ?? scope.executor ?? builtIn.first { $0.name == scope.name }?.name
    }

    /// All of them, the built-in ones first.
    package var all: [any Executor] { builtIn + plugins }

    package var plugins: [PluginExecutor] {
        let installed = directories.flatMap { (try? FileSystem.list($0)) ?? [] }
        let names = Set((repositoryFiles + installed).compactMap(pluginName))
        return names.sorted().compactMap(plugin)
    }

    private func plugin(named name: String) -> PluginExecutor? {
        let file = PluginExecutor.prefix + name
        guard pluginName(file) == name else { return nil }
        if repositoryFiles.contains(file), let path = try? RepoPath(Self.pluginDirectory + "/" + file) {
            return PluginExecutor(name, at: .repository(path))
        }
        let place = directories.first { FileSystem.exists($0 + "/" + file) }
        return place.map { PluginExecutor(name, at: .installed($0 + "/" + file)) }
    }

    /// A plugin takes no name that is built in.
    private func pluginName(_ file: String) -> String? {
        guard file.hasPrefix(PluginExecutor.prefix) else { return nil }
        let name = String(file.dropFirst(PluginExecutor.prefix.count))
        guard !name.isEmpty, !name.contains("/"), !builtIn.contains(where: { $0.name == name }) else {
            return nil
        }
        return name
    }
}
