/// A condition as Argo Rollouts writes it, as far as we read it.
indirect enum Expression: Hashable {
    case number(Double)
    case text(String)
    case flag(Bool)
    /// `result`, `#`, `nil` …
    case name(String)
    case index(Expression, Int)
    case member(Expression, String)
    case call(String, [Expression])
    case not(Expression)
    /// `<`, `&&` … between two.
    case pair(String, Expression, Expression)

    /// nil for what is not of this small language.
    init?(_ text: String) {
        guard let words = ExpressionWords.words(of: text) else { return nil }
        var reading = ExpressionReading(words: words[...])
        guard let whole = reading.either(), reading.words.isEmpty else { return nil }
        self = whole
    }
}

/// Cuts a condition into words.
private enum ExpressionWords {
    static func words(of text: String) -> [String]? {
        var words: [String] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest = rest.dropFirst()
            } else if first == "\"" || first == "'" {
                guard let end = rest.dropFirst().firstIndex(of: first) else { return nil }
                let inside = rest[rest.index(after: rest.startIndex)..<end]
                guard !inside.contains("\\") else { return nil }
                words.append("\"\(inside)")
                rest = rest[rest.index(after: end)...]
            } else if let pair = ["<=", ">=", "==", "!=", "&&", "||"].first(where: rest.hasPrefix) {
                words.append(pair)
                rest = rest.dropFirst(2)
            } else if first.isLetter || first == "_" {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                words.append(String(name))
                rest = rest.dropFirst(name.count)
            } else if first.isASCII, first.isNumber {
                let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "e") }
                words.append(String(digits))
                rest = rest.dropFirst(digits.count)
            } else if "<>!()[]{},.#-".contains(first) {
                words.append(String(first))
                rest = rest.dropFirst()
            } else {
                return nil
            }
        }
        return words
    }
}

/// Reads words: `||` binds least, then `&&`, then comparisons.
private struct ExpressionReading {
    var words: ArraySlice<String>

    private mutating func take(_ these: String...) -> String? {
        guard let next = words.first, these.contains(next) else { return nil }
        return words.popFirst()
    }

    mutating func either() -> Expression? {
        guard var left = both() else { return nil }
        while take("||", "or") != nil {
            guard let right = both() else { return nil }
            left = .pair("||", left, right)
        }
        return left
    }

    private mutating func both() -> Expression? {
        guard var left = comparison() else { return nil }
        while take("&&", "and") != nil {
            guard let right = comparison() else { return nil }
            left = .pair("&&", left, right)
        }
        return left
    }

    private mutating func comparison() -> Expression? {
        guard let left = value() else { return nil }
        guard let sign = take("<", "<=", ">", ">=", "==", "!=") else { return left }
        guard let right = value() else { return nil }
        return .pair(sign, left, right)
    }

    private mutating func value() -> Expression? {
        if take("!", "not") != nil { return value().map(Expression.not) }
        guard var here = atom() else { return nil }
        while let mark = take("[", ".") {
            if mark == "[" {
                guard let word = words.popFirst(), take("]") != nil else { return nil }
                if let index = Int(word) {
                    here = .index(here, index)
                } else if word.hasPrefix("\"") {
                    here = .member(here, String(word.dropFirst()))
                } else {
                    return nil
                }
            } else {
                guard let name = words.popFirst(), name.first?.isLetter == true else { return nil }
                here = .member(here, name)
            }
        }
        return here
    }

    private mutating func atom() -> Expression? {
        guard let word = words.popFirst() else { return nil }
        switch word {
        case "(":
            let inside = either()
            return take(")") == nil ? nil : inside
        case "{":
            // What `all` and `any` ask of each: {# < 1}.
            let inside = either()
            return take("}") == nil ? nil : inside
        case "-": return (words.popFirst().flatMap { Double($0) }).map { .number(-$0) }
        case "#": return .name("#")
        case "true": return .flag(true)
        case "false": return .flag(false)
        default: break
        }
        if word.hasPrefix("\"") { return .text(String(word.dropFirst())) }
        if word.first?.isNumber == true { return Double(word).map(Expression.number) }
        guard word.first?.isLetter == true || word.first == "_" else { return nil }
        guard take("(") != nil else { return .name(word) }
        var arguments: [Expression] = []
        while take(")") == nil {
            guard let argument = either() else { return nil }
            arguments.append(argument)
            if take(",") == nil, words.first != ")" { return nil }
        }
        return .call(word, arguments)
    }
}
