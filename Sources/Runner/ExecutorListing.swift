package import Basics
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
    }

    private let context: Context
    private let directory: String

    package init(_ context: Context, directory: String) {
        (self.context, self.directory) = (context, directory)
    }

    package func entries() -> [Entry] {
        let builtIn = ExecutorRegistry.all.map {
            Entry(name: $0.name, version: $0.version, summary: $0.summary, plugin: nil, problem: nil)
        }
        return builtIn + catalog().plugins.map(entry)
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
                problem: nil)
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
            program.fence = try place.fence(writable: [], directory: place.mount, network: .denied)
            program.fence?.readOnly.append(FileSystem.realPath(path) ?? path)
            switch PluginExecutor.greeting(of: program, cancellation: context.cancellation) {
            case .success(let greeting): plugin.greeting = greeting
            case .failure(let error): problem = ([error.message] + error.causes).joined(separator: ": ")
            }
        } catch { problem = error.message }
        return Entry(
            name: plugin.name, version: plugin.version, summary: plugin.summary, plugin: path, problem: problem)
    }
}
