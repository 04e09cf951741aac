/// Where a shell finds completions of programs.
struct CompletionPlaces {
    /// Files that hold ours, if they are there.
    let files: [String]
    /// What the shell reads when it starts.
    let startFiles: [String]

    /// Where a person puts their own.
    var own: String { files[0] }
    var directory: String { String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)]) }

    /// `nil` for a shell that there are no completions for.
    init?(_ shell: String, _ environment: [String: String]) {
        let home = environment["HOME"] ?? ""
        func place(_ variable: String, _ standard: String) -> String {
            environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? home + standard
        }
        let (data, configuration) = (
            place("XDG_DATA_HOME", "/.local/share"), place("XDG_CONFIG_HOME", "/.config")
        )
        let roots = ["/usr/local/share", "/usr/share"]
        switch shell {
        case "bash":
            files =
                ([data] + roots).map { $0 + "/bash-completion/completions/leviathan" }
                + ["/etc/bash_completion.d/leviathan"]
            startFiles = [home + "/.bashrc", home + "/.bash_profile", home + "/.profile"]
        case "zsh":
            files =
                [data + "/zsh/site-functions/_leviathan"]
                + roots.flatMap {
                    ["\($0)/zsh/site-functions/_leviathan", "\($0)/zsh/vendor-completions/_leviathan"]
                }
            startFiles = [place("ZDOTDIR", "") + "/.zshrc"]
        case "fish":
            files =
                [configuration + "/fish/completions/leviathan.fish"]
                + roots.map { $0 + "/fish/vendor_completions.d/leviathan.fish" }
            startFiles = [configuration + "/fish/config.fish"]
        default: return nil
        }
    }
}
