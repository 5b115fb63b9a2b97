/// Reads a query.
struct PromQLParser {
    private let tokens: [PromQLToken]
    private var position = 0
    private var depth = 0

    typealias Reading = (expression: PromQLExpression, selectors: [PromQLSelector])

    /// The query, and the selectors that it has.
    static func read(_ query: String) throws(PromQLFlaw) -> Reading {
        var parser = PromQLParser(tokens: try PromQLLexer.tokens(of: query))
        if parser.token.kind == .end { throw parser.flaw("no expression found in input") }
        let expression = try parser.expression(binding: 0)
        guard parser.token.kind == .end else {
            throw parser.flaw("unexpected \(parser.token.shown)")
        }
        return (expression, parser.found)
    }

    private var found: [PromQLSelector] = []

    private init(tokens: [PromQLToken]) { self.tokens = tokens }

    private var token: PromQLToken { tokens[position] }

    private func flaw(_ reason: String, at column: Int? = nil) -> PromQLFlaw {
        PromQLFlaw(kind: .parse(column: column ?? token.column), reason: reason)
    }

    private mutating func advance() { if position < tokens.count - 1 { position += 1 } }

    private mutating func take(_ sign: String) -> Bool {
        guard token.kind == .sign(sign) else { return false }
        advance()
        return true
    }

    private mutating func takeWord(_ words: String...) -> String? {
        guard case .word(let word) = token.kind, words.contains(word.lowercased()) else {
            return nil
        }
        advance()
        return word.lowercased()
    }

    private mutating func need(_ sign: String, in place: String) throws(PromQLFlaw) {
        guard take(sign) else {
            throw flaw("unexpected \(token.shown) in \(place), expected \"\(sign)\"")
        }
    }

    private var operation: PromQLOperation.Kind? {
        switch token.kind {
        case .sign(let sign): PromQLOperation.Kind(rawValue: sign)
        case .word(let word):
            PromQLOperation.Kind(rawValue: word.lowercased()).flatMap { $0.isSet ? $0 : nil }
        case .number, .duration, .text, .end: nil
        }
    }

    private mutating func expression(binding: Int) throws(PromQLFlaw) -> PromQLExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw flaw("query nests too deeply") }
        var left = try unary()
        while let kind = operation, kind.binding > binding {
            let column = token.column
            advance()
            left = try joined(left, kind, column: column)
        }
        return left
    }

    private mutating func joined(
        _ left: PromQLExpression, _ kind: PromQLOperation.Kind, column: Int
    ) throws(PromQLFlaw) -> PromQLExpression {
        let givesBool = takeWord("bool") != nil
        var on: [String]?
        var ignoring: [String] = []
        switch takeWord("on", "ignoring") {
        case "on": on = try labelList()
        case "ignoring": ignoring = try labelList()
        default: break
        }
        if takeWord("group_left", "group_right") != nil {
            throw flaw("grouping modifiers are not known to this Prometheus", at: column)
        }
        // Powers bind to the right: 2 ^ 3 ^ 2 is 2 ^ 9.
        let right = try expression(binding: kind == .power ? kind.binding - 1 : kind.binding)
        let types = (left.type, right.type)
        for type in [types.0, types.1] where type == .string || type == .rangeVector {
            throw flaw(
                "binary expression must contain only scalar and instant vector types", at: column)
        }
        let isScalar = types.0 == .scalar && types.1 == .scalar
        if kind.isSet, types.0 == .scalar || types.1 == .scalar {
            throw flaw(
                "set operator \"\(kind.rawValue)\" not allowed in binary scalar expression",
                at: column)
        }
        if givesBool, !kind.isComparison {
            throw flaw("bool modifier can only be used on comparison operators", at: column)
        }
        if kind.isComparison, isScalar, !givesBool {
            throw flaw("comparisons between scalars must use BOOL modifier", at: column)
        }
        return .binary(
            PromQLOperation(
                kind: kind, left: left, right: right, givesBool: givesBool, on: on,
                ignoring: ignoring))
    }

    private mutating func unary() throws(PromQLFlaw) -> PromQLExpression {
        if take("+") { return try unary() }
        guard take("-") else { return try postfixed(primary()) }
        let inner = try expression(binding: PromQLOperation.Kind.multiply.binding)
        guard inner.type == .scalar || inner.type == .instantVector else {
            throw flaw(
                "unary expression only allowed on expressions of type scalar or instant vector, "
                    + "got \"\(inner.type.rawValue)\"")
        }
        return .negated(inner)
    }

    private mutating func primary() throws(PromQLFlaw) -> PromQLExpression {
        let start = token
        switch token.kind {
        case .number(let number):
            advance()
            return .number(number)
        case .text(let text):
            advance()
            return .text(text)
        case .sign("("):
            advance()
            let inner = try expression(binding: 0)
            guard take(")") else { throw flaw("unclosed left parenthesis", at: start.column) }
            return inner
        case .sign("{"): return try selector(name: nil)
        case .word(let word):
            advance()
            return try named(word, column: start.column)
        case .duration, .sign, .end: throw flaw("unexpected \(token.shown)")
        }
    }

    private mutating func named(_ word: String, column: Int) throws(PromQLFlaw) -> PromQLExpression
    {
        let small = word.lowercased()
        let isOpen = token.kind == .sign("(")
        let isGrouped = token.kind == .word("by") || token.kind == .word("without")
        if let kind = PromQLAggregation.Kind(rawValue: small), isOpen || isGrouped {
            return try aggregation(kind, column: column)
        }
        if isOpen {
            guard let function = PromQLFunction(rawValue: word) else {
                throw flaw("unknown function with name \"\(word)\"", at: column)
            }
            return try call(function, column: column)
        }
        if token.kind != .sign("{") {
            if small == "inf" { return .number(.infinity) }
            if small == "nan" { return .number(.nan) }
        }
        return try selector(name: word)
    }

    private mutating func labelList() throws(PromQLFlaw) -> [String] {
        try need("(", in: "grouping opts")
        var labels: [String] = []
        while !take(")") {
            guard case .word(let label) = token.kind else {
                throw flaw("unexpected \(token.shown) in grouping opts, expected label")
            }
            labels.append(label)
            advance()
            if !take(","), token.kind != .sign(")") {
                throw flaw("unexpected \(token.shown) in grouping opts, expected \",\" or \")\"")
            }
        }
        return labels
    }
}

extension PromQLParser {
    private mutating func arguments() throws(PromQLFlaw) -> [PromQLExpression] {
        try need("(", in: "call")
        var arguments: [PromQLExpression] = []
        while !take(")") {
            arguments.append(try expression(binding: 0))
            if !take(","), token.kind != .sign(")") {
                throw flaw("unexpected \(token.shown) in function call, expected \",\" or \")\"")
            }
        }
        return arguments
    }

    private mutating func call(_ function: PromQLFunction, column: Int) throws(PromQLFlaw)
        -> PromQLExpression
    {
        let given = try arguments()
        let wanted = function.parameters
        guard given.count == wanted.count else {
            throw flaw(
                "expected \(wanted.count) argument(s) in call to \"\(function.rawValue)\", "
                    + "got \(given.count)", at: column)
        }
        for (argument, type) in zip(given, wanted) where argument.type != type {
            throw flaw(
                "expected type \(type.rawValue) in call to function \"\(function.rawValue)\", "
                    + "got \(argument.type.rawValue)", at: column)
        }
        return .call(function, given)
    }

    private mutating func aggregation(_ kind: PromQLAggregation.Kind, column: Int)
        throws(PromQLFlaw) -> PromQLExpression
    {
        var modifier = takeWord("by", "without")
        var labels: [String] = []
        if modifier != nil { labels = try labelList() }
        let given = try arguments()
        if modifier == nil {
            modifier = takeWord("by", "without")
            if modifier != nil { labels = try labelList() }
        }
        let wanted = kind.hasParameter ? 2 : 1
        guard given.count == wanted, let inner = given.last else {
            throw flaw(
                "wrong number of arguments for aggregate expression provided, "
                    + "expected \(wanted), got \(given.count)", at: column)
        }
        guard inner.type == .instantVector else {
            throw flaw(
                "expected type instant vector in aggregation expression, "
                    + "got \(inner.type.rawValue)", at: column)
        }
        if kind.hasParameter, given[0].type != .scalar {
            throw flaw(
                "expected type scalar in aggregation parameter, got \(given[0].type.rawValue)",
                at: column)
        }
        return .aggregate(
            PromQLAggregation(
                kind: kind, parameter: kind.hasParameter ? given[0] : nil, inner: inner,
                labels: labels.sorted(), isWithout: modifier == "without"))
    }

    private mutating func selector(name: String?) throws(PromQLFlaw) -> PromQLExpression {
        let column = token.column
        var matchers: [PromQLSelector.Matcher] = []
        if let name { matchers.append(.init(label: "__name__", test: .equal(name))) }
        if take("{") {
            while !take("}") {
                matchers.append(try matcher())
                if !take(","), token.kind != .sign("}") {
                    throw flaw(
                        "unexpected \(token.shown) in label matching, expected \",\" or \"}\"")
                }
            }
        }
        guard matchers.contains(where: { !$0.holds("") }) else {
            throw flaw(
                "vector selector must contain at least one non-empty matcher", at: column)
        }
        let selector = PromQLSelector(matchers: matchers, index: found.count)
        found.append(selector)
        return .instant(selector)
    }

    private mutating func matcher() throws(PromQLFlaw) -> PromQLSelector.Matcher {
        guard case .word(let label) = token.kind else {
            throw flaw("unexpected \(token.shown) in label matching, expected identifier or \"}\"")
        }
        advance()
        guard case .sign(let sign) = token.kind, ["=", "!=", "=~", "!~"].contains(sign) else {
            throw flaw(
                "unexpected \(token.shown) in label matching, expected label matching operator")
        }
        advance()
        guard case .text(let text) = token.kind else {
            throw flaw("unexpected \(token.shown) in label matching, expected string")
        }
        let column = token.column
        advance()
        switch sign {
        case "=": return .init(label: label, test: .equal(text))
        case "!=": return .init(label: label, test: .unequal(text))
        default:
            do throws(MeshPattern.Flaw) {
                let pattern = try MeshPattern(text, dotMatchesNewline: true)
                return .init(label: label, test: sign == "=~" ? .like(pattern) : .unlike(pattern))
            } catch {
                throw flaw("\(error)", at: column)
            }
        }
    }

    /// `[5m]` and `offset 5m`, behind a selector.
    private mutating func postfixed(_ expression: PromQLExpression) throws(PromQLFlaw)
        -> PromQLExpression
    {
        var result = expression
        while true {
            let column = token.column
            if take("[") {
                guard case .duration(let milliseconds) = token.kind, milliseconds > 0 else {
                    throw flaw("unexpected \(token.shown) in range, expected duration")
                }
                advance()
                if take(":") { throw flaw("subqueries are not known to this Prometheus") }
                try need("]", in: "range")
                guard case .instant(let selector) = result else {
                    throw flaw("ranges only allowed for vector selectors", at: column)
                }
                result = .span(selector, milliseconds: milliseconds)
            } else if takeWord("offset") != nil {
                let isNegative = take("-")
                guard case .duration(let milliseconds) = token.kind else {
                    throw flaw("unexpected \(token.shown) in offset, expected duration")
                }
                advance()
                result = try shifted(
                    result, by: isNegative ? -milliseconds : milliseconds, column: column)
            } else if token.kind == .sign("@") {
                throw flaw("the @ modifier is not known to this Prometheus")
            } else {
                return result
            }
        }
    }

    private func shifted(_ expression: PromQLExpression, by offset: Int, column: Int)
        throws(PromQLFlaw) -> PromQLExpression
    {
        switch expression {
        case .instant(var selector):
            selector.offset = offset
            return .instant(selector)
        case .span(var selector, let milliseconds):
            selector.offset = offset
            return .span(selector, milliseconds: milliseconds)
        case .number, .text, .call, .aggregate, .binary, .negated:
            throw flaw(
                "offset modifier must be preceded by an instant vector selector or range vector "
                    + "selector or a subquery", at: column)
        }
    }
}
