/// What somebody asked for on the command line.
struct CommandRequest: Sendable {
    struct Choice: Sendable {
        var name: String
        var value: String
    }

    var command: CommandEntry
    /// The first of them, where a command takes several.
    var operand: String?
    var choices: [Choice]
    /// Those behind the first.
    private(set) var others: [String] = []

    init(command: CommandEntry, operand: String?, choices: [Choice]) {
        self.command = command
        self.operand = operand
        self.choices = choices
    }

    var operands: [String] { (operand.map { [$0] } ?? []) + others }

    mutating func add(_ operand: String) { others.append(operand) }

    func value(_ option: String) -> String? { choices.last { $0.name == option }?.value }
    func values(_ option: String) -> [String] {
        choices.filter { $0.name == option }.map(\.value)
    }
    func has(_ option: String) -> Bool { choices.contains { $0.name == option } }
    var wantsJSON: Bool { value("--output") == "json" }
}

/// Reads words into a request, or says which word is wrong.
enum CommandReader {
    static func read(_ arguments: [String]) throws(UsageError) -> CommandRequest {
        var words = arguments[...]
        if words.first == "--help" || words.first == "-h" || words.isEmpty { words = ["help"] }
        if words.first == "--version" { words = ["version"] }
        let entry = try command(&words)
        if words.contains("--help") || words.contains("-h"), let help = CommandTable.command("help")
        {
            return CommandRequest(command: help, operand: entry.name, choices: [])
        }
        var request = CommandRequest(command: entry, operand: nil, choices: [])
        while let word = words.popFirst() {
            if word.hasPrefix("-"), word.count > 1 {
                request.choices.append(try choice(word, &words, entry))
            } else if entry.name == "help", let operand = request.operand {
                request.operand = "\(operand) \(word)"
            } else if request.operand == nil, !entry.operand.isEmpty {
                request.operand = word
            } else if entry.operand.hasSuffix("…") {
                request.add(word)
            } else {
                throw UsageError(.surplus(word), command: entry)
            }
        }
        let isBrought = entry.options.contains { $0.bringsOperand && request.has($0.name) }
        if entry.operandIsNeeded, request.operand == nil, !isBrought {
            throw UsageError(.missingOperand(entry.operand), command: entry)
        }
        try check(request)
        return request
    }

    private static func command(_ words: inout ArraySlice<String>) throws(UsageError)
        -> CommandEntry
    {
        let first = words.popFirst() ?? ""
        if let second = words.first, let entry = CommandTable.command("\(first) \(second)") {
            words.removeFirst()
            return entry
        }
        if let entry = CommandTable.command(first) { return entry }
        if first.hasPrefix("-") { throw UsageError(.optionFirst(first), command: nil) }
        // The first word of a command of two: what was meant by the second?
        let isHalf = CommandTable.commands.contains { $0.name.hasPrefix("\(first) ") }
        let second = words.first.flatMap { $0.hasPrefix("-") ? nil : " \($0)" } ?? ""
        throw UsageError(.unknownCommand(isHalf ? first + second : first), command: nil)
    }

    /// What fingers know from `kubectl`.
    private static let long = ["-n": "--namespace", "-o": "--output"]

    private static func choice(
        _ word: String, _ words: inout ArraySlice<String>, _ entry: CommandEntry
    ) throws(UsageError) -> CommandRequest.Choice {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = long[String(parts[0])] ?? String(parts[0])
        guard let option = (entry.options + entry.common).first(where: { $0.name == name })
        else { throw UsageError(.unknownOption(name), command: entry) }
        guard let value = option.value else {
            if parts.count == 2 { throw UsageError(.switchWithValue(name), command: entry) }
            return CommandRequest.Choice(name: name, value: "")
        }
        if parts.count == 2 { return CommandRequest.Choice(name: name, value: String(parts[1])) }
        // What begins like an option is one; a value that does is written --name=--value.
        guard let next = words.popFirst(), !next.hasPrefix("--") else {
            throw UsageError(.missingValue(name, value), command: entry)
        }
        return CommandRequest.Choice(name: name, value: next)
    }

    private static func check(_ request: CommandRequest) throws(UsageError) {
        for option in request.command.options + request.command.common {
            let values = request.values(option.name)
            if values.count > 1, !option.repeats {
                throw UsageError(.twice(option.name), command: request.command)
            }
            // A closed set of words is written with bars, all in lower case.
            guard let shown = option.value, shown == shown.lowercased() else { continue }
            let allowed = shown.split(separator: "|").map(String.init)
            for value in values where !allowed.contains(value) {
                throw UsageError(.wrongValue(option.name, value, allowed), command: request.command)
            }
        }
    }
}
