internal import Basics
internal import Git
internal import Model
internal import Processes
internal import Workspaces

/// What the policy wants a workspace to hold besides the files of a tree.
final class WorkspaceSeeds {
    let plan: SeedPlan
    /// The layer that a set-up left above the checkout; kept from being removed while anything stands on it.
    private let setUp: SetupResult?

    /// `nil` where the policy wants nothing.
    static func find(
        _ opening: WorkspaceOpening, for ground: FilledTree, above checkout: String
    ) throws(StageError) -> WorkspaceSeeds? {
        opening.plan.seeding == WorkspaceSeeding() ? nil : try WorkspaceSeeds(opening, ground, checkout)
    }

    private init(_ opening: WorkspaceOpening, _ ground: FilledTree, _ checkout: String) throws(StageError) {
        plan = try Self.seedPlan(opening, ground)
        let key: String?
        do throws(WorkspaceError) {
            key = try SetupStore.key(opening.plan.seeding, repository: ground.repository, tree: ground.tree)
        } catch { throw StageError(workspace: error) }
        guard let key, let line = opening.plan.seeding.setup else {
            setUp = nil
            layers = []
            return
        }
        let result = try Self.result(of: line, key, opening, above: checkout)
        layers = [result.path]
        setUp = consume result
    }

    static func seedPlan(_ opening: WorkspaceOpening, _ ground: FilledTree) throws(StageError) -> SeedPlan {
        do throws(WorkspaceError) {
            return try SeedPlan(
                opening.plan.seeding, from: opening.checkout.root, repository: ground.repository, tree: ground.tree
            )
        } catch { throw StageError(workspace: error) }
    }

    /// The layers to put above the checkout.
    let layers: [String]

    /// Puts links and copies into a directory of files, or a layer; says what was left out.
    @discardableResult
    func apply(to directory: String) throws(StageError) -> [String] {
        do throws(WorkspaceError) { return plan.notes + (try plan.apply(to: directory)) } catch {
            throw StageError(workspace: error)
        }
    }

    /// Runs the set-up once above the checkout, and keeps the layer that it leaves.
    private static func result(
        of line: String, _ key: String, _ opening: WorkspaceOpening, above checkout: String
    ) throws(StageError) -> SetupResult {
        do {
            let store = SetupStore(of: opening.repository, opening.context)
            if let known = try store.find(key) { return known }
            return try store.make(key, cancellation: opening.context.cancellation) { directory in
                let place = try FencedPlace(opening.context)
                var fence = place.fence(
                    around: place.mount, granting: .everything, opening.plan.sandbox,
                    gitDirectory: opening.gitDirectory)
                fence.overlay = place.overlay(over: [checkout], into: directory)
                try run(line, in: place.mount, fence, opening)
            }
        } catch let error as StageError { throw error } catch let error as WorkspaceError {
            throw StageError(workspace: error)
        } catch { throw StageError(.unexpected, "\(error)") }
    }

    /// Runs a set-up where the files are.
    static func run(
        _ line: String, in directory: String, _ fence: Fence?, _ opening: WorkspaceOpening
    ) throws(StageError) {
        opening.context.observer.progress("set-up: " + line)
        var program = Subprocess.shell(
            line,
            environment: FencedPlace.environment(
                opening.context.environment, adding: opening.plan.sandbox.environment))
        (program.workingDirectory, program.fence) = (directory, fence)
        program.timeout = opening.plan.limits.attemptTimeout.value
        let outcome: ProcessOutcome
        do throws(SpawnError) {
            outcome = try program.runFenced(opening.context)
        } catch { throw StageError(.executor, error) }
        if outcome.ending == .cancelled { throw StageError(.interrupted, "interrupted") }
        guard outcome.succeeded else {
            let lines = (outcome.output.text + outcome.errors.text).split(separator: "\n").suffix(20)
            throw StageError(
                .executor, "the workspace's set-up '\(line)' failed: \(outcome.ending)",
                causes: lines.map(String.init),
                hint: "workspace.setup in the policy says what is run; sandbox.network opens the network for it")
        }
    }
}
