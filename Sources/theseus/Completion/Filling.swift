internal import FlowFiles

/// What may be written in a place of the command line.
enum Filling: Hashable, Sendable {
    case words([String])
    case files
    /// Nothing that we could know: a run, a number, a time.
    case unknown

    /// Of a closed set the words are written with bars; `FILE` is a file, alone or with an ending.
    init(option shown: String) {
        if shown.hasPrefix("FILE") {
            self = .files
        } else if shown.contains("|") {
            self = .words(
                shown.split(separator: "|").map { part in
                    // sqlite:PATH is completed up to where the path begins.
                    String(part.prefix { !$0.isUppercase })
                }.filter { !$0.isEmpty })
        } else {
            self = shown == shown.lowercased() ? .words([shown]) : .unknown
        }
    }

    init(operand: String, of command: String) {
        switch (command, operand) {
        case (_, "FLOW"), (_, "FLOW…"): self = .files
        case ("flows show", _): self = .words(FlowTemplates.names)
        case ("explain", _): self = .words(FlowExplanation.topics)
        case ("help", _): self = .words(CommandTable.commands.map(\.name))
        case ("completion", _): self = .words(CompletionCommand.shells)
        default: self = .unknown
        }
    }
}

extension CommandTable {
    /// The first words of commands, each once, with what they do.
    static var firstWords: [(word: String, summary: String)] {
        var words: [(word: String, summary: String)] = []
        for entry in commands {
            let word = String(entry.name.prefix { $0 != " " })
            guard !words.contains(where: { $0.word == word }) else { continue }
            words.append((word, command(word)?.summary ?? entry.summary))
        }
        return words
    }

    /// Commands of two words: `lab serve`.
    static var pairs: [(first: String, second: String, entry: CommandEntry)] {
        commands.compactMap { entry in
            let parts = entry.name.split(separator: " ").map(String.init)
            return parts.count == 2 ? (parts[0], parts[1], entry) : nil
        }
    }

    /// Options that a command has in a form of its own.
    static var ownForms: [(entry: CommandEntry, option: OptionEntry)] {
        commands.flatMap { entry in
            entry.options.filter { option in common.contains { $0.name == option.name } }
                .map { (entry, $0) }
        }
    }

    /// Each option that any command has, once.
    static var allOptions: [OptionEntry] {
        var options: [OptionEntry] = []
        for option in common + commands.flatMap(\.options)
        where !options.contains(where: { $0.name == option.name }) {
            options.append(option)
        }
        return options
    }
}

extension CommandEntry {
    var filling: Filling { Filling(operand: operand, of: name) }
}

extension String {
    /// Within single quotes of a shell.
    var quoted: String { "'\(replacing("'", with: #"'\''"#))'" }
}
