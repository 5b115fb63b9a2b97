/// For fish: `theseus completion fish | source`.
enum FishCompletion {
    static var text: String {
        let lines =
            CommandTable.firstWords.map { first in
                "complete -c theseus -n __fish_use_subcommand -a \(first.word)"
                    + " -d \(first.summary.quoted)"
            }
            + CommandTable.pairs.map { pair in
                "complete -c theseus -n '__fish_seen_subcommand_from \(pair.first);"
                    + " and not __fish_seen_subcommand_from \(pair.second)' -a \(pair.second)"
                    + " -d \(pair.entry.summary.quoted)"
            }
            + CommandTable.common.map { option($0, upon: "not __fish_use_subcommand") }
            + CommandTable.commands.flatMap(command)
        return """
            # theseus: completion for fish.
            #   theseus completion fish | source
            complete -c theseus -f
            \(lines.joined(separator: "\n"))
            """
    }

    private static func command(_ entry: CommandEntry) -> [String] {
        let condition = condition(entry)
        var lines = entry.options.map { option($0, upon: condition) }
        switch entry.filling {
        case .files: lines.append("complete -c theseus -n \(condition.quoted) -F")
        case .words(let words):
            lines.append(
                "complete -c theseus -n \(condition.quoted)"
                    + " -a \(words.joined(separator: " ").quoted)")
        case .unknown: break
        }
        return lines
    }

    /// `show` is a command, and the second word of another.
    private static func condition(_ entry: CommandEntry) -> String {
        let seen = entry.name.split(separator: " ").map { "__fish_seen_subcommand_from \($0)" }
        let others = CommandTable.pairs.filter { $0.second == entry.name }.map {
            "not __fish_seen_subcommand_from \($0.first)"
        }
        return (seen + others).joined(separator: "; and ")
    }

    private static func option(_ option: OptionEntry, upon condition: String) -> String {
        let name = option.name.drop { $0 == "-" }
        let value =
            switch option.value.map(Filling.init(option:)) {
            case nil: ""
            case .files?: " -r -F"
            case .words(let words)?: " -x -a \(words.joined(separator: " ").quoted)"
            case .unknown?: " -x"
            }
        return "complete -c theseus -n \(condition.quoted) -l \(name)\(value)"
            + " -d \(option.summary.quoted)"
    }
}
