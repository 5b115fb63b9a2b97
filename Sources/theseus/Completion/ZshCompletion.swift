/// For zsh: a file `_theseus` in a folder of `$fpath`, or `source <(theseus completion zsh)`.
enum ZshCompletion {
    static var text: String {
        """
        #compdef theseus
        # theseus: completion for zsh. Write it to a file _theseus in a folder of $fpath, or
        #   source <(theseus completion zsh)
        _theseus() {
            local -a commands
            commands=(
        \(CommandTable.firstWords.map { "        " + "\($0.word):\($0.summary)".quoted }
            .joined(separator: "\n"))
            )
            if (( CURRENT == 2 )); then
                _describe command commands
                return
            fi
            local command="$words[2]"
            if (( CURRENT > 3 )); then
                case "$command $words[3]" in
                    (\(pairs))
                        command="$command $words[3]"
                        shift words
                        (( CURRENT-- )) ;;
                esac
            fi
            shift words
            (( CURRENT-- ))
            case "$command" in
        \(CommandTable.commands.map(command).joined(separator: "\n"))
        \(halves.joined(separator: "\n"))
            esac
        }
        if [[ "$funcstack[1]" == _theseus ]]; then
            _theseus "$@"
        else
            compdef _theseus theseus
        fi
        """
    }

    private static var pairs: String {
        CommandTable.pairs.map { "\"\($0.entry.name)\"" }.joined(separator: "|")
    }

    private static func command(_ entry: CommandEntry) -> String {
        var parts = (entry.options + entry.common).map(option)
        let seconds = CommandTable.pairs.filter { $0.first == entry.name }.map(\.second)
        if !entry.operand.isEmpty {
            let place = entry.operand.hasSuffix("…") ? "*" : "1"
            parts.append("\(place):\(plain(entry.operand)):\(action(entry.filling))".quoted)
        } else if !seconds.isEmpty {
            parts.append("1:COMMAND:(\(seconds.joined(separator: " ")))".quoted)
        }
        let lines = parts.map { " \\\n                \($0)" }.joined()
        return "        (\(entry.name.quoted))\n            _arguments\(lines) ;;"
    }

    private static func option(_ option: OptionEntry) -> String {
        let words = "[\(plain(option.summary))]"
        guard let value = option.value else { return "\(option.name)\(words)".quoted }
        let star = option.repeats ? "*" : ""
        return "\(star)\(option.name)=\(words):\(plain(value)):\(action(Filling(option: value)))"
            .quoted
    }

    private static func action(_ filling: Filling) -> String {
        switch filling {
        case .files: "_files"
        case .words(let words):
            "(\(words.map(escaped).joined(separator: " ")))"
        case .unknown: " "
        }
    }

    private static func escaped(_ word: String) -> String {
        word.replacing(" ", with: "\\ ").replacing(":", with: "\\:")
    }

    /// Colons and brackets have a meaning there.
    private static func plain(_ text: String) -> String {
        text.replacing(":", with: "\\:").replacing("[", with: "\\[").replacing("]", with: "\\]")
    }

    private static var halves: [String] {
        CommandTable.firstWords.filter { CommandTable.command($0.word) == nil }.map { half in
            let seconds = CommandTable.pairs.filter { $0.first == half.word }.map(\.second)
            return
                "        (\(half.word))\n            _values command \(seconds.joined(separator: " ")) ;;"
        }
    }
}
