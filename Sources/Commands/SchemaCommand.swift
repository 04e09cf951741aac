internal import CommandLine
internal import Contracts

/// `leviathan schema`: JSON Schemas for editors.
enum SchemaCommand: Command {
    static let spec = CommandSpec(
        "schema", group: .setUp, "Print the JSON Schema of a file",
        discussion: """
            For editors that check YAML while you write. With yaml-language-server, put this on the first line of the \
            file: # yaml-language-server: $schema=PATH
            """,
        arguments: [
            ArgumentSpec(
                "FILE", choices: SchemaDocument.Kind.allCases.map(\.rawValue), "contract, policy, backlog, …")
        ], examples: [CommandSpec.Example("leviathan schema backlog > backlog.schema.json", "for an editor")])

    static func run(_ context: CommandContext) -> ExitCode {
        let kind = context.arguments.argument("FILE").flatMap(SchemaDocument.Kind.init(rawValue:)) ?? .contract
        context.output.data(SchemaDocument.text(kind))
        return .done
    }
}
