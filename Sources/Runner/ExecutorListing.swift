package import Basics
package import Contracts
internal import Executors
internal import Git
internal import Paths
internal import Processes

/// Lists the executors of this machine, and of the checkout if there is one.
package struct ExecutorListing {
    package struct Entry: Sendable {
        package let name: String
        package let version: String
        package let summary: String
        /// Where a plugin is; `nil` for what is built in.
        package let plugin: String?
        /// Why a plugin cannot be used.
        package let problem: String?
        /// What it wants to know of a task; `nil` where it does not say.
        package let inputs: ExecutorInputs?
    }

    private let context: Context
    private let directory: String

    package init(_ context: Context, directory: String) {
        (self.context, self.directory) = (context, directory)
    }

    package func entries() -> [Entry] { ExecutorRegistry.all.map(entry) + catalog().plugins.map(entry) }

    /// The executor of that name, or an error that suggests the nearest.
    package func entry(named name: String) throws(StageError) -> Entry {
        if let builtIn = ExecutorRegistry.all.first(where: { $0.name == name }) { return entry(builtIn) }
        let plugins = catalog().plugins
        if let plugin = plugins.first(where: { $0.name == name }) { return entry(plugin) }
        let names = ExecutorRegistry.all.map(\.name) + plugins.map(\.name)
        throw StageError(
            .invalid, "there is no executor '\(name)'",
            hint: Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
                ?? "there are \(names.joined(separator: ", "))")
    }

    private func entry(_ builtIn: any Executor) -> Entry {
        Entry(
            name: builtIn.name, version: builtIn.version, summary: builtIn.summary, plugin: nil, problem: nil,
            inputs: builtIn.inputs)
    }

    /// Outside a checkout only what is installed counts; why a checkout's own are left out is told.
    private func catalog() -> ExecutorCatalog {
        let installed = ExecutorCatalog(searchPath: context.environment["PATH"])
        do throws(StageError) {
            guard let checkout = try TargetCheckout.find(directory) else { return installed }
            let remote = try checkout.remote(preferring: "origin")
            return try ExecutorCatalog(checkout, try checkout.base(asked: nil, remote: remote), context)
        } catch {
            context.observer.warning(
                StageError(.invalid, "plugins of a repository are not listed", causes: [error.description]))
            return installed
        }
    }

    private func entry(_ plugin: PluginExecutor) -> Entry {
        switch plugin.place {
        case .repository(let path):
            Entry(
                name: plugin.name, version: plugin.version, summary: plugin.summary, plugin: path.description,
                problem: nil, inputs: nil)
        case .installed(let path): greeted(plugin, at: path)
        }
    }

    private func greeted(_ plugin: PluginExecutor, at path: String) -> Entry {
        var (plugin, problem) = (plugin, String?.none)
        do throws(StageError) {
            let place = try FenceDirectories(context)
            var program = Subprocess(
                path, environment: FenceDirectories.environment(context.environment))
            program.workingDirectory = place.mount
            program.fence = try place.alone()
            switch PluginExecutor.greeting(of: program, cancellation: context.cancellation) {
            case .success(let greeting): plugin.greeting = greeting
            case .failure(let error): problem = ([error.message] + error.causes).joined(separator: ": ")
            }
        } catch { problem = error.message }
        return Entry(
            name: plugin.name, version: plugin.version, summary: plugin.summary, plugin: path, problem: problem,
            inputs: plugin.inputs)
    }
}
