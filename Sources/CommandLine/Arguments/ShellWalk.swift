internal import Basics

/// The functions that bash and zsh have in common, written so that both read them.
///
/// They share the variables `place`, `position`, `awaited`, `ended`, `helping`, `kind`, `list`, `attached` and
/// `handed`, which the calling function makes local.
struct ShellWalk {
    let model: CompletionModel

    init(_ model: CompletionModel) { self.model = model }

    var functions: String { [enter, takes, argument, handOn, walk].joined(separator: "\n") }

    private var name: String { model.prefix }

    private var enter: String {
        var lines = model.places.map { place in
            let helping = place.command.explains ? " helping=''" : ""
            return "\(Self.pattern(place.entries))) place=\(Self.quoted(place.path))\(helping) ;;"
        }
        if model.hasHelpCommand { lines.append("'/help') helping=1 ;;") }
        return """
            # Goes down into a command, or fails where the word is none.
            \(name)_enter() {
                case "$1" in *[!A-Za-z0-9_-]*) return 1 ;; esac
                case "$place/$1" in
            \(Self.indented(lines, 8))
                    *) return 1 ;;
                esac
            }

            """
    }

    private var takes: String {
        let lines = model.takes(any: "*").map { option in
            let attached = option.isAttached ? " attached=1" : ""
            return "\(Self.pattern(option.patterns))) \(Self.assigned(option.value))\(attached) ;;"
        }
        return """
            # Says in `kind` and `list` what an option takes, or fails for a flag.
            \(name)_takes() {
                kind='' list=() attached=''
                case "$place $1" in
            \(Self.indented(lines, 8))
                    *) return 1 ;;
                esac
            }

            """
    }

    private var argument: String {
        let lines = model.positions.map { "\(Self.pattern([$0.pattern]))) \(Self.assigned($0.value)) ;;" }
        return """
            # Says in `kind` and `list` what the argument at a position is.
            \(name)_argument() {
                kind='' list=()
                case "$place $1" in
            \(Self.indented(lines, 8))
                    *) return 1 ;;
                esac
            }

            """
    }

    private var handOn: String {
        let spellings = model.handedOn.map(Self.quoted)
        let pattern = spellings.isEmpty ? "''" : spellings.joined(separator: "|")
        return """
            # Remembers an option that the program has to know when it is asked for words.
            \(name)_hand_on() {
                local value="$2"
                case "$value" in '~/'*) value="$HOME/${value#'~/'}" ;; esac
                case "$1" in \(pattern)) handed+=("$1" "$value") ;; esac
            }

            """
    }

    private var walk: String {
        """
        # Walks over the words before the cursor.
        \(name)_walk() {
            local word letters
            for word in "$@"; do
                if [[ -n "$awaited" ]]; then
                    \(name)_hand_on "$awaited" "$word"
                    awaited=''
                elif [[ -n "$ended" || "$word" == '-' || "$word" != -* ]]; then
                    if [[ "$position" != 0 || -n "$ended" ]] || ! \(name)_enter "$word"; then
                        position=$((position + 1))
                    fi
                elif [[ "$word" == '--' ]]; then
                    ended=1
                elif [[ "$word" == --*=* ]]; then
                    \(name)_hand_on "${word%%=*}" "${word#*=}"
                elif [[ "$word" == --* ]]; then
                    if \(name)_takes "$word" && [[ -z "$attached" ]]; then awaited="$word"; fi
                else
                    letters="${word#-}"
                    while [[ -n "$letters" ]]; do
                        if \(name)_takes "-${letters:0:1}"; then
                            if [[ -n "${letters:1}" ]]; then
                                \(name)_hand_on "-${letters:0:1}" "${letters:1}"
                            elif [[ -z "$attached" ]]; then
                                awaited="-$letters"
                            fi
                            break
                        fi
                        letters="${letters:1}"
                    done
                fi
            done
        }

        """
    }

    // MARK: Spelling

    /// One word for a shell, whatever is in it.
    static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }

    /// Alternatives of a `case`; a star at either end stays a wildcard.
    static func pattern(_ alternatives: [String]) -> String {
        alternatives.map { text in
            if text.hasPrefix("* ") { return "*" + quoted(String(text.dropFirst())) }
            if text.hasSuffix(" *") { return quoted(String(text.dropLast())) + "*" }
            return quoted(text)
        }.joined(separator: "|")
    }

    private static func assigned(_ value: Completion) -> String {
        switch value {
        case .none: "kind=none"
        case .files: "kind=files"
        case .directories: "kind=directories"
        case .words(let words): "kind=words list=(\(words.map(quoted).joined(separator: " ")))"
        case .dynamic(let kind): "kind=dynamic list=(\(quoted(kind)))"
        }
    }

    static func indented(_ lines: [String], _ count: Int) -> String {
        lines.map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }
}
