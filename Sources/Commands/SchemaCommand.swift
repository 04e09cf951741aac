internal import CommandLine
internal import Contracts
internal import Executors
internal import Model
internal import Runner

/// `leviathan schema`: JSON Schemas for editors.
enum SchemaCommand: Command {
    static let name = "schema"

    static let spec = CommandSpec(
        name, group: .setUp, "Print the JSON Schema of a file",
        discussion: """
            For editors that check YAML while you write. With yaml-language-server, put this on the first line of the \
            file: # yaml-language-server: $schema=PATH. The backlog's schema knows the inputs of each built-in executor, and \
            which one serves each scope of the policy that is found here.
            """,
        arguments: [
            ArgumentSpec(
                "FILE", choices: SchemaDocument.Kind.allCases.map(\.rawValue), "contract, policy, backlog, …")
        ], examples: [CommandSpec.Example("leviathan schema backlog > backlog.schema.json", "for an editor")])

    static func run(_ context: CommandContext) -> ExitCode {
        let kind = context.arguments.argument("FILE").flatMap(SchemaDocument.Kind.init(rawValue:)) ?? .contract
        context.output.data(
            SchemaDocument.text(kind, executors: ExecutorRegistry.inputs, scopes: scopes(context)))
        return .done
    }

    /// Which executor serves the tasks of a scope: what the policy here says, else the scope's own name.
    private static func scopes(_ context: CommandContext) -> [(scope: String, executor: String)] {
        let catalog = ExecutorCatalog(searchPath: nil)
        var scopes: [(scope: String, executor: String)] = []
        if let target = try? Target(context, fromWorktree: true), let contract = try? target.contract() {
            for scope in contract.policy.scopes {
                guard let name = catalog.name(for: BacklogTask(id: ""), scope: scope) else { continue }
                scopes.append((scope.name, name))
            }
        }
        let named = Set(scopes.map(\.scope))
        return scopes + ExecutorRegistry.usualScopes.filter { !named.contains($0.scope) }
    }
}
