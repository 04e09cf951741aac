internal import Basics
internal import CommandLine
internal import Contracts
internal import Kubernetes
internal import Model
internal import Runner

/// `leviathan target add --config-maps`: registers what the older system kept in ConfigMaps.
struct TargetMapAddition {
    private let context: CommandContext
    private let registry: TargetRegistry

    init(_ context: CommandContext, _ registry: TargetRegistry) {
        (self.context, self.registry) = (context, registry)
    }

    /// One that cannot be registered does not keep the others from it; what is registered already stays as it is.
    func run(_ file: String) throws -> ExitCode {
        let files = try ManifestFiles([file], in: context.directory).files
        let (maps, findings) = TargetMap.all(in: files)
        for finding in findings where finding.severity == .error {
            throw StageError(.invalid, finding.message, hint: finding.hint)
        }
        guard !maps.isEmpty else {
            throw StageError(
                .invalid, "there is no ConfigMap 'leviathan-target-NAME' in '\(file)'",
                hint: "kubectl get configmaps -o yaml | leviathan target add --config-maps -")
        }
        var (code, added) = (ExitCode.done, [JSON]())
        for map in maps {
            do {
                if let target = try add(map) { added.append(registry.json(target)) }
            } catch let error as any ExplainedError {
                context.output.error(error)
                code = .invalid
            }
        }
        if context.isJSON { context.output.json(.array(added)) }
        context.output.note(
            "what a ConfigMap says of tasks and rules is not read: the files in each repository's base hold")
        return code
    }

    private func add(_ map: TargetMap) throws -> TargetRegistration? {
        let repository = try map.repository.get()
        if let known = try registry.readable().first(where: { $0.repositoryURL == repository.url }) {
            context.output.note("'\(known.name)' is registered already: \(map.map)")
            return nil
        }
        var addition = TargetAddition(
            place: repository.url, name: nil, group: context.arguments.value("group"), context.shared)
        addition.branch = repository.branch
        let target = try addition.run(HomeControls(context.shared))
        context.output.note("'\(target.name)' is registered: \(map.map)")
        return target
    }
}
