internal import Basics

/// The script for fish: one function that says what can follow.
struct FishCompletion {
    let model: CompletionModel

    init(_ model: CompletionModel) { self.model = model }

    var script: String {
        """
        # fish completion for \(model.name); save it as ~/.config/fish/completions/\(model.name).fish

        """ + [enter, takes, argument, values, following, complete].joined(separator: "\n") + """

            complete --command \(model.name) --erase
            complete --command \(model.name) --no-files --arguments '(\(name)_complete)'

            """
    }

    private var name: String { "_" + model.prefix }

    private static func quoted(_ word: String) -> String {
        "'" + word.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    /// The cases of a `switch`, each with one command.
    private static func cases(_ rows: [(patterns: [String], command: String)]) -> String {
        rows.map { row in
            "        case \(row.patterns.map(quoted).joined(separator: " "))\n            \(row.command)"
        }.joined(separator: "\n")
    }

    private var enter: String {
        var rows = model.places.map { ($0.entries, "echo \($0.path)") }
        if model.hasHelpCommand { rows.append((["/help"], "echo help")) }
        return """
            # Prints the place that a command leads to, or fails where the word is none.
            function \(name)_enter --argument-names place word
                string match --quiet --regex '^[A-Za-z0-9_-]+$' -- $word
                or return 1
                switch "$place/$word"
            \(Self.cases(rows))
                    case '*'
                        return 1
                end
            end

            """
    }

    /// A value as lines: its kind, then what belongs to it.
    private static func printed(_ value: Completion, _ more: String = "") -> String {
        let words =
            switch value {
            case .none: ["none"]
            case .files: ["files"]
            case .directories: ["directories"]
            case .words(let words): ["words"] + words
            case .dynamic(let kind): ["dynamic", kind]
            }
        return "printf '%s\\n' \(more)" + words.map(quoted).joined(separator: " ")
    }

    private var takes: String {
        let rows = model.takes(any: "*").map { option in
            (option.patterns, Self.printed(option.value, option.isAttached ? "attached " : "separate "))
        }
        return """
            # Prints whether an option takes its value attached or separate, and what it takes; fails for a flag.
            function \(name)_takes --argument-names place option
                switch "$place $option"
            \(Self.cases(rows))
                    case '*'
                        return 1
                end
            end

            """
    }

    private var argument: String {
        """
        # Prints what the argument at a position is.
        function \(name)_argument --argument-names place position
            switch "$place $position"
        \(Self.cases(model.positions.map { ([$0.pattern], Self.printed($0.value)) }))
                case '*'
                    return 1
            end
        end

        """
    }

    private var values: String {
        """
        # Prints the values of a kind, each behind what stands before it in the same word.
        function \(name)_values --argument-names front current program directory kind
            set --local list $argv[6..-1]
            switch "$kind"
                case words
                    printf "%s\\n" $front$list
                case files
                    for found in (__fish_complete_path $current)
                        printf '%s\\n' $front$found
                    end
                case directories
                    for found in (__fish_complete_directories $current)
                        printf '%s\\n' $front$found
                    end
                case dynamic
                    set --local handed
                    test -n "$directory"
                    and set handed (string split --max 1 = -- $directory)
                    for found in ($program $handed __complete $list[1] -- "$current" 2>/dev/null </dev/null)
                        string match --quiet --regex '[\\x00-\\x08\\x0a-\\x1f\\x7f]' -- $found
                        or printf '%s\\n' $front$found
                    end
            end
        end

        """
    }

    private static func printed(_ offers: [CompletionModel.Offer]) -> String {
        "printf '%s\\t%s\\n' " + offers.map { "\(quoted($0.word)) \(quoted($0.summary))" }.joined(separator: " ")
    }

    private var following: String {
        """
        function \(name)_options --argument-names place
            switch "$place"
        \(Self.cases(model.options.map { ([$0.place], Self.printed($0.offers)) }))
            end
            \(Self.printed(model.sharedOffers))
        end

        function \(name)_commands --argument-names place
            switch "$place"
        \(Self.cases(model.commands.map { ([$0.place], Self.printed($0.offers)) }))
            end
        end

        """
    }

    private var complete: String {
        let handedOn = model.handedOn.map(Self.quoted).joined(separator: " ")
        let explaining = model.places.filter(\.command.explains).map { Self.quoted($0.path) }
            .joined(separator: " ")
        return """
            function \(name)_complete
                set --local words (commandline --tokenize --current-process --cut-at-cursor)
                set --local current (commandline --current-token --cut-at-cursor)
                set --local program $words[1]
                type --query -- $program
                or set program \(model.name)
                set --local place ''
                set --local position 0
                set --local awaited ''
                set --local ended ''
                set --local helping ''
                set --local directory ''
                for word in $words[2..-1]
                    if test -n "$awaited"
                        contains -- $awaited \(handedOn)
                        and set directory "$awaited=$word"
                        set awaited ''
                    else if test -n "$ended"; or test "$word" = -; or not string match --quiet -- '-*' $word
                        set --local next
                        if test $position -eq 0; and test -z "$ended"
                            set next (\(name)_enter "$place" $word)
                        end
                        switch "$next"
                            case ''
                                set position (math $position + 1)
                            case help
                                set helping 1
                            case '*'
                                set place $next
                                contains -- $next \(explaining)
                                and set helping ''
                        end
                    else if test "$word" = --
                        set ended 1
                    else if string match --quiet -- '--*=*' $word
                        contains -- (string split --max 1 --fields 1 = -- $word) \(handedOn)
                        and set directory $word
                    else if string match --quiet -- '--*' $word
                        set --local taken (\(name)_takes "$place" $word)
                        test "$taken[1]" = separate
                        and set awaited $word
                    else
                        set --local letters (string split '' -- (string sub --start 2 -- $word))
                        for index in (seq (count $letters))
                            set --local taken (\(name)_takes "$place" -$letters[$index])
                            or continue
                            set --local rest (string join '' -- $letters[(math $index + 1)..-1])
                            if test -n "$rest" -a $index -lt (count $letters)
                                contains -- -$letters[$index] \(handedOn)
                                and set directory "-$letters[$index]=$rest"
                            else if test "$taken[1]" = separate
                                set awaited -$letters[$index]
                            end
                            break
                        end
                    end
                end

                if test -n "$awaited"
                    set --local taken (\(name)_takes "$place" $awaited)
                    \(name)_values '' "$current" $program "$directory" $taken[2..-1]
                else if test -z "$ended"; and string match --quiet -- '--*=*' $current
                    set --local parts (string split --max 1 = -- $current)
                    set --local taken (\(name)_takes "$place" $parts[1])
                    and \(name)_values "$parts[1]=" "$parts[2]" $program "$directory" $taken[2..-1]
                else if test -z "$ended"; and string match --quiet -- '-*' $current
                    \(name)_options "$place"
                else
                    if test $position -eq 0; and test -z "$ended"
                        \(name)_commands "$place"
                    end
                    if test -z "$helping"
                        set --local taken (\(name)_argument "$place" $position)
                        and \(name)_values '' "$current" $program "$directory" $taken
                    end
                end
            end

            """
    }
}
