internal import Basics

/// The few lines of sh that git runs, and that call `leviathan hook NAME`.
package struct HookScript: Sendable {
    package static let mark = "leviathan hooks install"
    package static let kept = ".before-leviathan"
    /// A file that an installation holds a lock on while git runs the hooks as proof; they answer only then.
    package static let probe = "leviathan-probe"
    /// Stands in a script whose directory was made for it.
    static let madeDirectory = "# The directory was made for it."

    let hook: HookName
    /// The program as a shell word.
    let program: String
    /// Where an earlier hook is looked for: beside this one, or in the repository that a global hook runs in.
    var isGlobal = false
    var madeDirectory = false

    package init(_ hook: HookName, program: String) { (self.hook, self.program) = (hook, program) }

    package var text: String {
        let name = hook.rawValue
        let own = isGlobal ? "$(git rev-parse --git-common-dir)/hooks/\(name)" : "$here/\(name)\(Self.kept)"
        var text = """
            #!/bin/sh
            # Calls Leviathan; written by 'leviathan hooks install', and 'leviathan hooks uninstall' restores what was here.

            """
        if madeDirectory { text += Self.madeDirectory + "\n" }
        // Without a program of its own: starting dirname takes as long as a tenth of the judgement.
        text += "case $0 in */*) here=${0%/*} ;; *) here=. ;; esac\n"
        let probe = "$here/\(Self.probe)"
        text += "[ ! -e \"\(probe)\" ] || ! \(program) hook --probe \"\(probe)\" \(name) || exit 0\n"
        text += "own=\(own)\n"
        if hook.readsInput {
            text += "input=$(cat)\n"
            text += "if [ -x \"$own\" ]; then printf '%s\\n' \"$input\" | \"$own\" \"$@\" || exit; fi\n"
            text += "printf '%s\\n' \"$input\" | exec \(program) hook \(name) -- \"$@\"\n"
        } else {
            text += "if [ -x \"$own\" ]; then \"$own\" \"$@\" || exit; fi\n"
            text += "exec \(program) hook \(name) -- \"$@\"\n"
        }
        return text
    }

    /// The lines that stand in a file of husky's, which all who work on the repository share.
    var block: String {
        let name = hook.rawValue
        let probe = "$(dirname -- \"$0\")/\(Self.probe)"
        var text = Self.blockStart + "\n"
        text += "if [ -e \"\(probe)\" ] && leviathan hook --probe \"\(probe)\" \(name); then exit; fi\n"
        if hook.readsInput {
            text += "input=$(cat)\nprintf '%s\\n' \"$input\" | leviathan hook \(name) -- \"$@\" || exit\n"
            text += "exec <<LEVIATHAN_INPUT\n$input\nLEVIATHAN_INPUT\n"
        } else {
            text += "leviathan hook \(name) -- \"$@\" || exit\n"
        }
        return text + Self.blockEnd + "\n"
    }

    static let blockStart = "# >>> leviathan hooks install >>>"
    static let blockEnd = "# <<< leviathan hooks install <<<"

    /// A hook of a global directory that only passes on to the repository's own, which git does not look at any more.
    static func passingOn(_ name: String) -> String {
        """
        #!/bin/sh
        # Passes on to the repository's own hook; written by 'leviathan hooks install --global'.
        own=$(git rev-parse --git-common-dir)/hooks/\(name)
        [ ! -x "$own" ] || exec "$own" "$@"

        """
    }

    /// A path as a word that the shell takes as it is.
    static func word(_ path: String) -> String { "'" + path.replacing("'", with: "'\\''") + "'" }
}
