internal import Basics

/// The script for zsh: a file in `fpath` named after the function, or something to source.
struct ZshCompletion {
    let model: CompletionModel

    init(_ model: CompletionModel) { self.model = model }

    var script: String {
        """
        #compdef \(model.name)
        # zsh completion for \(model.name); put it into a directory of your fpath as \(model.prefix),
        # or load it after compinit with: source <(\(model.name) completions zsh)

        """ + [ShellWalk(model).functions, values, following, complete, registration].joined(separator: "\n")
    }

    private var name: String { model.prefix }

    private static func described(_ offers: [CompletionModel.Offer]) -> String {
        offers.map { offer in
            let word = offer.word.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
            return ShellWalk.quoted(word + ":" + offer.summary)
        }.joined(separator: " ")
    }

    private var values: String {
        """
        # Offers what `kind` and `list` say.
        \(name)_values() {
            local line text
            local -a found
            case "$kind" in
                words) compadd -- "${list[@]}" ;;
                files) _files ;;
                directories) _files -/ ;;
                dynamic)
                    for line in "${(@f)$("$program" "${handed[@]}" __complete "${list[1]}" -- "${(Q)PREFIX}" \\
                        2>/dev/null </dev/null)}"; do
                        text="${line%%$'\\t'*}"
                        [[ -z "$text" || "${line/$'\\t'/}" == *[[:cntrl:]]* ]] && continue
                        text="${${text//\\\\/\\\\\\\\}//:/\\\\:}"
                        if [[ "$line" == *$'\\t'* ]]; then text+=":${line#*$'\\t'}"; fi
                        found+=("$text")
                    done
                    _describe -t "${list[1]}" "${list[1]}" found ;;
            esac
        }

        """
    }

    private var following: String {
        let options = model.options.map {
            "\(ShellWalk.quoted($0.place))) found=(\(Self.described($0.offers))) ;;"
        }
        let commands = model.commands.map {
            "\(ShellWalk.quoted($0.place))) found=(\(Self.described($0.offers))) ;;"
        }
        return """
            \(name)_options() {
                local -a found shared
                shared=(\(Self.described(model.sharedOffers)))
                case "$place" in
            \(ShellWalk.indented(options, 8))
                    *) ;;
                esac
                _describe -o -t options option found -- shared
            }

            \(name)_commands() {
                local -a found
                case "$place" in
            \(ShellWalk.indented(commands, 8))
                    *) return 1 ;;
                esac
                _describe -t commands command found
            }

            """
    }

    private var complete: String {
        """
        \(name)() {
            local place='' position=0 awaited='' ended='' helping='' kind='' attached='' program="${(Q)words[1]}"
            local found_some=1
            local -a list handed
            case "$program" in '~/'*) program="$HOME/${program#'~/'}" ;; esac
            whence -- "$program" >/dev/null || program=\(ShellWalk.quoted(model.name))
            if ((CURRENT > 2)); then \(name)_walk "${(@Q)words[2,CURRENT-1]}"; fi

            if [[ -n "$awaited" ]]; then
                \(name)_takes "$awaited" && \(name)_values && found_some=0
            elif [[ -z "$ended" && "$PREFIX" == --*=* ]]; then
                if \(name)_takes "${PREFIX%%=*}"; then
                    compset -P 1 '*='
                    \(name)_values && found_some=0
                fi
            elif [[ -z "$ended" && "$PREFIX" == -* ]]; then
                \(name)_options && found_some=0
            else
                if [[ "$position" == 0 && -z "$ended" ]]; then \(name)_commands && found_some=0; fi
                if [[ -z "$helping" ]] && \(name)_argument "$position"; then \(name)_values && found_some=0; fi
            fi
            return found_some
        }

        """
    }

    private var registration: String {
        """
        if [[ "${funcstack[1]}" == \(ShellWalk.quoted(name)) ]]; then
            \(name) "$@"
        elif (( $+functions[compdef] )); then
            compdef \(name) \(model.name)
        fi

        """
    }
}
