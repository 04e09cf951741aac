/// The script for bash, from version 3.2 on.
struct BashCompletion {
    let model: CompletionModel

    init(_ model: CompletionModel) { self.model = model }

    var script: String {
        """
        # bash completion for \(model.name); load it with: source <(\(model.name) completions bash)

        """ + [ShellWalk(model).functions, offer, values, following, complete].joined(separator: "\n")
            + "\ncomplete -F \(name) \(model.name)\n"
    }

    private var name: String { model.prefix }

    private static func words(_ offers: [CompletionModel.Offer]) -> String {
        offers.map { ShellWalk.quoted($0.word) }.joined(separator: " ")
    }

    // `compgen -W` would expand what it is given, and task names come from outside.
    private var offer: String {
        """
        # Adds the candidates that go on from what is typed; `lead` is what readline keeps of it.
        \(name)_offer() {
            local candidate
            for candidate in "$@"; do
                [[ "$candidate" == "$current"* ]] || continue
                printf -v candidate '%q' "$candidate"
                candidate="$front$candidate"
                COMPREPLY+=("${candidate#"$lead"}")
            done
        }

        """
    }

    private var values: String {
        """
        # Offers what `kind` and `list` say.
        \(name)_values() {
            local candidate action=-f
            case "$kind" in
                words) \(name)_offer "${list[@]}" ;;
                dynamic)
                    while IFS=$'\\t' read -r candidate _; do
                        case "$candidate" in
                            *[[:cntrl:]]*) ;;
                            ?*) \(name)_offer "$candidate" ;;
                        esac
                    done < <("$program" ${handed[@]+"${handed[@]}"} __complete "${list[0]}" -- "$current" \\
                        2>/dev/null </dev/null) ;;
                files|directories)
                    [[ "$kind" == directories ]] && action=-d
                    compopt -o filenames 2>/dev/null
                    while IFS= read -r candidate; do
                        candidate="$front$candidate"
                        COMPREPLY+=("${candidate#"$lead"}")
                    done < <(compgen "$action" -- "$current") ;;
            esac
        }

        """
    }

    private var following: String {
        let options = model.options.map {
            "\(ShellWalk.quoted($0.place))) \(name)_offer \(Self.words($0.offers)) ;;"
        }
        let commands = model.commands.map {
            "\(ShellWalk.quoted($0.place))) \(name)_offer \(Self.words($0.offers)) ;;"
        }
        return """
            \(name)_options() {
                case "$place" in
            \(ShellWalk.indented(options, 8))
                    *) ;;
                esac
                \(name)_offer \(Self.words(model.sharedOffers))
            }

            \(name)_commands() {
                case "$place" in
            \(ShellWalk.indented(commands, 8))
                    *) ;;
                esac
            }

            """
    }

    private var complete: String {
        """
        \(name)() {
            local place='' position=0 awaited='' ended='' helping='' kind='' attached=''
            local current typed lead front='' word glued='' last=-1 index program="${COMP_WORDS[0]}"
            local -a whole=() list=() handed=()
            COMPREPLY=()

            # readline takes words apart at `=` and `:`; put them together again.
            for ((index = 0; index <= COMP_CWORD; index++)); do
                word="${COMP_WORDS[index]}"
                if [[ -n "$word" && -z "${word//[=:]/}" && last -gt 0 ]]; then
                    whole[last]+="$word"
                    glued=1
                elif [[ -n "$word" && -n "$glued" ]]; then
                    whole[last]+="$word"
                    glued=''
                else
                    last=$((last + 1))
                    whole[last]="$word"
                    glued=''
                fi
            done
            current="${whole[last]}"
            typed="${COMP_WORDS[COMP_CWORD]}"
            if [[ -z "${typed//[=:]/}" ]]; then typed=''; fi
            lead="${current%"$typed"}"

            case "$program" in '~/'*) program="$HOME/${program#'~/'}" ;; esac
            type "$program" >/dev/null 2>&1 || program=\(ShellWalk.quoted(model.name))
            \(name)_walk "${whole[@]:1:last-1}"

            if [[ -n "$awaited" ]]; then
                \(name)_takes "$awaited" && \(name)_values
            elif [[ -z "$ended" && "$current" == --*=* ]]; then
                front="${current%%=*}="
                \(name)_takes "${current%%=*}" && current="${current#*=}" && \(name)_values
            elif [[ -z "$ended" && "$current" == -* ]]; then
                \(name)_options
            else
                if [[ "$position" == 0 && -z "$ended" ]]; then \(name)_commands; fi
                if [[ -z "$helping" ]] && \(name)_argument "$position"; then \(name)_values; fi
            fi
            return 0
        }

        """
    }
}
