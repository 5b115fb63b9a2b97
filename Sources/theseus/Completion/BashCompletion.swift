/// For bash: `source <(theseus completion bash)`.
enum BashCompletion {
    static var text: String {
        """
        # theseus: completion for bash.
        #   source <(theseus completion bash)
        _theseus() {
            local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
            local command="${COMP_WORDS[1]:-}" options="" words="" files=""
            COMPREPLY=()
            if ((COMP_CWORD == 1)); then
                mapfile -t COMPREPLY < <(compgen -W \(list(CommandTable.firstWords.map(\.word))) -- "$word")
                return
            fi
            if ((COMP_CWORD > 2)); then
                case "$command ${COMP_WORDS[2]}" in
                    \(pairs)) command="$command ${COMP_WORDS[2]}" ;;
                esac
            fi
            case "$command $before" in
        \(CommandTable.ownForms.map { value($0.option, of: $0.entry.name) }.joined(separator: "\n"))
            esac
            case "$before" in
        \(CommandTable.allOptions.compactMap { $0.value == nil ? nil : value($0) }.joined(separator: "\n"))
            esac
            case "$command" in
        \(CommandTable.commands.map(command).joined(separator: "\n"))
        \(halves.joined(separator: "\n"))
            esac
            if [[ $word == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$options \(common)" -- "$word")
            elif [[ $files ]]; then
                mapfile -t COMPREPLY < <(compgen -f -- "$word")
            else
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
            fi
        }
        complete -o filenames -F _theseus theseus
        """
    }

    private static func list(_ words: [String]) -> String { "\"\(words.joined(separator: " "))\"" }

    private static var common: String { CommandTable.common.map(\.name).joined(separator: " ") }

    private static var pairs: String {
        CommandTable.pairs.map { "\"\($0.entry.name)\"" }.joined(separator: " | ")
    }

    /// What stands behind an option; `command`: only there.
    private static func value(_ option: OptionEntry, of command: String? = nil) -> String {
        let way =
            switch Filling(option: option.value ?? "") {
            case .files: "mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return"
            case .words(let words):
                "mapfile -t COMPREPLY < <(compgen -W \(list(words)) -- \"$word\"); return"
            case .unknown: "return"
            }
        let place = command.map { "\"\($0) \(option.name)\"" } ?? option.name
        return "        \(place)) \(way) ;;"
    }

    private static func command(_ entry: CommandEntry) -> String {
        var parts = ["options=\(list(entry.options.map(\.name)))"]
        let seconds = CommandTable.pairs.filter { $0.first == entry.name }.map(\.second)
        switch entry.filling {
        case .files: parts.append("files=1")
        case .words(let words): parts.append("words=\(list(words + seconds))")
        case .unknown: if !seconds.isEmpty { parts.append("words=\(list(seconds))") }
        }
        return "        \"\(entry.name)\") \(parts.joined(separator: " ")) ;;"
    }

    /// First words that are no command: `lab`.
    private static var halves: [String] {
        CommandTable.firstWords.filter { CommandTable.command($0.word) == nil }.map { half in
            let seconds = CommandTable.pairs.filter { $0.first == half.word }.map(\.second)
            return "        \(half.word)) words=\(list(seconds)) ;;"
        }
    }
}
