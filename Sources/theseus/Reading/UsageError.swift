/// A command line that means nothing: what, where, what to do.
struct UsageError: Error, CustomStringConvertible {
    enum Code {
        case unknownCommand(String)
        /// An option where the command should stand.
        case optionFirst(String)
        case unknownOption(String)
        case missingOperand(String)
        case missingValue(String, String)
        case switchWithValue(String)
        case surplus(String)
        case twice(String)
        /// Two options of which only one may be there.
        case apart(String, String)
        /// The option wants what stands beside it left out, and says why.
        case accompanied(String, String, String)
        case wrongValue(String, String, [String])
        case malformed(String, String, String)
        /// Of some kind of thing, among those that there are.
        case unknownName(String, String, [String])
    }

    let code: Code
    let command: CommandEntry?

    init(_ code: Code, command: CommandEntry?) {
        self.code = code
        self.command = command
    }

    private var what: String {
        switch code {
        case .unknownCommand(let word): "unknown command \"\(word)\""
        case .optionFirst(let word): "\(word) stands before the command"
        case .unknownOption(let word): "unknown option \(word)"
        case .missingOperand(let operand): "\(operand) is missing"
        case .missingValue(let option, let value): "\(option) needs a value: \(value)"
        case .switchWithValue(let option): "\(option) takes no value"
        case .surplus(let word): "one word too many: \"\(word)\""
        case .twice(let option): "\(option) is given twice"
        case .apart(let option, let other): "\(option) cannot stand beside \(other)"
        case .accompanied(let option, let other, _): "\(option) cannot stand beside \(other)"
        case .wrongValue(let option, let value, _): "\(option) cannot be \"\(value)\""
        case .malformed(let option, let value, _): "\(option) cannot be \"\(value)\""
        case .unknownName(let kind, let word, _): "unknown \(kind) \"\(word)\""
        }
    }

    private var remedy: String {
        switch code {
        case .unknownCommand(let word):
            suggestion(word, CommandTable.commands.map(\.name)) ?? "see `theseus help`"
        case .optionFirst: "name the command first: theseus COMMAND [OPTIONS]"
        case .unknownOption(let word):
            suggestion(
                word, ((command?.options ?? []) + CommandTable.common).map(\.name)) ?? page
        case .wrongValue(_, _, let allowed): "give \(allowed.joined(separator: " or "))"
        case .malformed(_, _, let form): "give \(form)"
        case .accompanied(let option, _, let form): "give \(option) \(form)"
        case .unknownName(_, let word, let known):
            suggestion(word, known)
                ?? (known.isEmpty
                    ? "nothing stands inside it" : "there are: \(known.joined(separator: ", "))")
        case .apart: "leave one of them out"
        case .missingOperand, .missingValue, .switchWithValue, .surplus, .twice: page
        }
    }

    private var page: String { "see `theseus help \(command?.name ?? "")`" }

    private func suggestion(_ word: String, _ known: [String]) -> String? {
        // The first word of two is meant as both.
        if let whole = known.first(where: { $0.hasPrefix("\(word) ") }) {
            return "did you mean \"\(whole)\"?"
        }
        let nearest = known.map { ($0, EditDistance.between(word, $0)) }.min { $0.1 < $1.1 }
        guard let nearest, nearest.1 <= max(2, word.count / 3) else { return nil }
        return "did you mean \"\(nearest.0)\"?"
    }

    var description: String {
        """
        usage: \(what)
          where: \(command.map { "theseus \($0.name)" } ?? "theseus")
          do:    \(remedy)
        """
    }
}

/// How many letters lie between two words.
enum EditDistance {
    static func between(_ a: String, _ b: String) -> Int {
        let a = Array(a)
        let b = Array(b)
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let above = row[j + 1]
                row[j + 1] = min(
                    above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
