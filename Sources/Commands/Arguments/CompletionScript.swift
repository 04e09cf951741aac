/// Scripts that teach a shell what can follow on a command line.
package enum CompletionScript {
    package enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

    package static func render(_ program: CommandSpec, for shell: Shell) -> String {
        switch shell {
        case .bash: bash(program)
        case .zsh: zsh(program)
        case .fish: fish(program)
        }
    }

    private static func spellings(_ options: [OptionSpec]) -> [String] {
        options.flatMap { option in
            option.name.count == 1
                ? ["-" + option.name] : ["--" + option.name] + (option.short.map { ["-\($0)"] } ?? [])
        } + ["--help"]
    }

    // MARK: bash

    private static func bash(_ program: CommandSpec) -> String {
        let name = program.name
        let commands = program.visibleSubcommands
        var text = """
            # bash completion for \(name); load it with: source <(\(name) completions bash)
            _\(name)() {
                local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command="" word
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case "$word" in
                        \(commands.map(\.name).joined(separator: "|"))) command="$word"; break ;;
                    esac
                done
                COMPREPLY=()
                case "$command $previous" in

            """
        for command in [nil] + commands.map(Optional.init) {
            for option in (command?.options ?? program.options) where option.takesValue {
                let pattern = spellings([option]).dropLast().map { "\"\(command?.name ?? "")\"*\" \($0)\"" }
                    .joined(separator: "|")
                text += "        \(pattern)) \(bashValues(option.choices, option.completion, name)); return ;;\n"
            }
        }
        text += "    esac\n    case \"$command\" in\n"
        for command in commands {
            let words = spellings(command.options + program.options) + command.arguments.flatMap(\.choices)
            text +=
                "        \(command.name)) COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$current\"))"
            for argument in command.arguments {
                if case .dynamic(let kind) = argument.completion {
                    text +=
                        "\n            COMPREPLY+=($(compgen -W \"$(\(name) __complete \(kind) 2>/dev/null)\" -- \"$current\"))"
                }
            }
            text += " ;;\n"
        }
        let top = (commands.map(\.name) + ["help"] + spellings(program.options)).joined(separator: " ")
        return text + """
                    *) COMPREPLY=($(compgen -W "\(top)" -- "$current")) ;;
                esac
            }
            complete -F _\(name) \(name)

            """
    }

    private static func bashValues(_ choices: [String], _ completion: Completion, _ name: String) -> String {
        if !choices.isEmpty {
            return "COMPREPLY=($(compgen -W \"\(choices.joined(separator: " "))\" -- \"$current\"))"
        }
        return switch completion {
        case .none: "COMPREPLY=()"
        case .files: "COMPREPLY=($(compgen -f -- \"$current\"))"
        case .directories: "COMPREPLY=($(compgen -d -- \"$current\"))"
        case .dynamic(let kind):
            "COMPREPLY=($(compgen -W \"$(\(name) __complete \(kind) 2>/dev/null)\" -- \"$current\"))"
        }
    }

    // MARK: zsh

    private static func zsh(_ program: CommandSpec) -> String {
        let name = program.name
        var text = """
            #compdef \(name)
            # zsh completion for \(name); load it with: source <(\(name) completions zsh)
            _\(name)() {
                local line state
                _arguments -C \(program.options.map(zshOption).joined(separator: " ")) '1:command:->command' '*::argument:->argument'
                case $state in
                    command)
                        local -a commands=(

            """
        for command in program.visibleSubcommands {
            text += "                \(quoted("\(command.name):\(command.summary)"))\n"
        }
        text += """
                        )
                        _describe command commands ;;
                    argument)
                        case $line[1] in

            """
        for command in program.visibleSubcommands {
            let options = (command.options + program.options).map(zshOption)
            let arguments = command.arguments.map { zshArgument($0, name) }
            text +=
                "                \(command.name)) _arguments \((options + arguments).joined(separator: " ")) ;;\n"
        }
        return text + """
                        esac ;;
                esac
            }
            compdef _\(name) \(name)

            """
    }

    private static func zshOption(_ option: OptionSpec) -> String {
        let spelling = option.name.count == 1 ? "-" + option.name : "--" + option.name
        let value =
            option.takesValue ? ":\(option.name):\(zshAction(option.choices, option.completion, "leviathan"))" : ""
        let equals = option.takesValue && option.name.count > 1 ? "=" : ""
        return quoted("\(option.repeats ? "*" : "")\(spelling)\(equals)[\(bracketSafe(option.summary))]\(value)")
    }

    private static func zshArgument(_ argument: ArgumentSpec, _ name: String) -> String {
        let prefix = argument.arity == .many ? "*" : argument.arity == .optional ? ":" : ""
        return quoted("\(prefix):\(argument.name):\(zshAction(argument.choices, argument.completion, name))")
    }

    private static func zshAction(_ choices: [String], _ completion: Completion, _ name: String) -> String {
        if !choices.isEmpty { return "(\(choices.joined(separator: " ")))" }
        return switch completion {
        case .none: ""
        case .files: "_files"
        case .directories: "_files -/"
        case .dynamic(let kind): "($(\(name) __complete \(kind) 2>/dev/null))"
        }
    }

    private static func bracketSafe(_ text: String) -> String {
        text.replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: "\\:")
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

    // MARK: fish

    private static func fish(_ program: CommandSpec) -> String {
        let name = program.name
        var text =
            "# fish completion for \(name); load it with: \(name) completions fish | source\ncomplete -c \(name) -f\n"
        for option in program.options { text += "complete -c \(name) \(fishOption(option, name))\n" }
        for command in program.visibleSubcommands {
            text +=
                "complete -c \(name) -n __fish_use_subcommand -a \(command.name) -d \(quoted(command.summary))\n"
            let condition = "-n '__fish_seen_subcommand_from \(command.name)'"
            for option in command.options {
                text += "complete -c \(name) \(condition) \(fishOption(option, name))\n"
            }
            for argument in command.arguments {
                let values = fishValues(argument.choices, argument.completion, name)
                if !values.isEmpty { text += "complete -c \(name) \(condition) \(values)\n" }
            }
        }
        return text
    }

    private static func fishOption(_ option: OptionSpec, _ name: String) -> String {
        let spelling =
            option.name.count == 1
            ? "-s \(option.name)" : "-l \(option.name)" + (option.short.map { " -s \($0)" } ?? "")
        let value = option.takesValue ? " -x \(fishValues(option.choices, option.completion, name))" : ""
        return "\(spelling)\(value) -d \(quoted(option.summary))"
    }

    private static func fishValues(_ choices: [String], _ completion: Completion, _ name: String) -> String {
        if !choices.isEmpty { return "-a \(quoted(choices.joined(separator: " ")))" }
        return switch completion {
        case .none: ""
        case .files: "-F"
        case .directories: "-a '(__fish_complete_directories)'"
        case .dynamic(let kind): "-a '(\(name) __complete \(kind) 2>/dev/null)'"
        }
    }
}
