/// The help pages, from the table.
enum HelpText {
    static func page(_ topic: String?) throws(UsageError) -> String {
        guard let topic else { return overview }
        guard let entry = CommandTable.command(topic) else {
            throw UsageError(.unknownCommand(topic), command: nil)
        }
        return page(of: entry)
    }

    private static var overview: String {
        let width = (CommandTable.commands.map { call($0).count }.max() ?? 0) + 2
        let lines = CommandTable.commands.map { "  \(padded(call($0), width))\($0.summary)" }
        return """
            theseus takes one service from version A to B behind an Istio mesh, in small proven steps,
            and brings it home again when anything fails.

            theseus COMMAND [OPTIONS]

            \(lines.joined(separator: "\n"))

            Options of every command:
            \(options(CommandTable.common))

            Exit: 0 done · 1 rolled back · 2 usage · 3 refused, nothing was changed · 4 a person is needed
                  5 another run holds this target · 6 interrupted, resumable
            """
    }

    private static func page(of entry: CommandEntry) -> String {
        var text = "theseus \(call(entry))\n    \(entry.summary)"
        if !entry.options.isEmpty { text += "\n\nOptions:\n\(options(entry.options))" }
        return text + "\n\nOptions of every command:\n\(options(entry.common))"
    }

    private static func call(_ entry: CommandEntry) -> String {
        if entry.operand.isEmpty { return entry.name }
        return entry.operandIsNeeded
            ? "\(entry.name) \(entry.operand)" : "\(entry.name) [\(entry.operand)]"
    }

    private static func options(_ options: [OptionEntry]) -> String {
        let shown = options.map {
            ($0.value.map { " \($0)" } ?? "").isEmpty ? $0.name : "\($0.name) \($0.value ?? "")"
        }
        let width = (shown.map(\.count).max() ?? 0) + 2
        return zip(shown, options).map { "  \(padded($0, width))\($1.summary)" }
            .joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
