/// Scripts that teach a shell what can follow on a command line.
package enum CompletionScript {
    package enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

    package static func render(_ program: CommandSpec, for shell: Shell) -> String {
        let model = CompletionModel(program)
        return switch shell {
        case .bash: BashCompletion(model).script
        case .zsh: ZshCompletion(model).script
        case .fish: FishCompletion(model).script
        }
    }
}
