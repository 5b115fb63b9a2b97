internal import JSONTree

/// Which answers are good.
struct Condition: Hashable {
    /// What several numbers must be made into, so that one bound speaks for all.
    enum Fold: String { case max, min }

    var minimum: Double?
    var maximum: Double?
    var fold: Fold?
    /// Where the bound itself was bad, and is good here.
    var isStrict = false
    /// An empty answer was judged there, too.
    var allowsNothing = false

    /// The bounds that an expression for good answers (`isGood`) or bad ones comes to; nil for what is
    /// no simple comparison.
    init?(_ text: String, isGood: Bool) {
        guard let expression = Expression(text),
            let found = Self.bounds(expression, isGood: isGood)
        else { return nil }
        self = found
    }

    /// Both must hold.
    func and(_ other: Condition) -> Condition? {
        guard fold == other.fold else { return nil }
        var both = self
        both.minimum = [minimum, other.minimum].compactMap { $0 }.max()
        both.maximum = [maximum, other.maximum].compactMap { $0 }.min()
        both.isStrict = isStrict || other.isStrict
        both.allowsNothing = allowsNothing || other.allowsNothing
        if let low = both.minimum, let high = both.maximum, low > high { return nil }
        return both
    }

    private init() {}

    private static func bounds(_ expression: Expression, isGood: Bool) -> Condition? {
        switch expression {
        case .not(let inside): return bounds(inside, isGood: !isGood)
        case .pair("&&", let left, let right):
            if let rest = beside(left, right, isPresence) {
                var found = bounds(rest, isGood: isGood)
                if !isGood { found?.allowsNothing = true }
                return found
            }
            guard isGood, let one = bounds(left, isGood: true),
                let two = bounds(right, isGood: true)
            else { return nil }
            return one.and(two)
        case .pair("||", let left, let right):
            if let rest = beside(left, right, isAbsence) {
                var found = bounds(rest, isGood: isGood)
                if isGood { found?.allowsNothing = true }
                return found
            }
            guard !isGood, let one = bounds(left, isGood: false),
                let two = bounds(right, isGood: false)
            else { return nil }
            return one.and(two)
        case .pair(let sign, let left, let right): return compare(sign, left, right, isGood)
        case .call("all", let parts) where isGood && parts.count == 2:
            return folded(parts, isGood: true)
        case .call("any", let parts) where !isGood && parts.count == 2:
            return folded(parts, isGood: false)
        default: return nil
        }
    }

    /// `all(result, {# < 1})`: the greatest must be below 1.
    private static func folded(_ parts: [Expression], isGood: Bool) -> Condition? {
        guard parts[0] == .name("result"), var found = bounds(parts[1], isGood: isGood),
            found.fold == nil
        else { return nil }
        switch (found.minimum, found.maximum) {
        case (nil, .some): found.fold = .max
        case (.some, nil): found.fold = .min
        default: return nil
        }
        return found
    }

    private static func compare(
        _ sign: String, _ left: Expression, _ right: Expression, _ isGood: Bool
    ) -> Condition? {
        let mirrored = ["<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="]
        let opposite = ["<": ">=", ">": "<=", "<=": ">", ">=": "<", "==": "!=", "!=": "=="]
        var sign = sign
        let bound: Double
        let value: Expression
        switch (left, right) {
        case (_, .number(let number)): (value, bound) = (left, number)
        case (.number(let number), _):
            (value, bound) = (right, number)
            sign = mirrored[sign] ?? sign
        default: return nil
        }
        guard let isDefaulted = isValue(value), bound.isFinite else { return nil }
        if !isGood { sign = opposite[sign] ?? sign }
        var found = Condition()
        found.allowsNothing = isDefaulted
        switch sign {
        case "<", "<=": found.maximum = bound
        case ">", ">=": found.minimum = bound
        case "==": (found.minimum, found.maximum) = (bound, bound)
        default: return nil
        }
        found.isStrict = sign == "<" || sign == ">"
        return found
    }

    /// Whether it stands for the one number of the answer, and whether something stands in for an
    /// empty one; nil where it does not.
    private static func isValue(_ expression: Expression) -> Bool? {
        switch expression {
        case .name("result"), .name("#"), .index(.name("result"), 0): false
        case .call("asFloat", let parts) where parts.count == 1: isValue(parts[0])
        case .call("default", let parts) where parts.count == 2: isValue(parts[0]).map { _ in true }
        default: nil
        }
    }

    /// What stands beside a part that only asks whether there is an answer.
    private static func beside(
        _ left: Expression, _ right: Expression, _ isSuch: (Expression) -> Bool
    ) -> Expression? {
        if isSuch(left) { return right }
        return isSuch(right) ? left : nil
    }

    /// It says that there is an answer: `len(result) > 0`, `!isNaN(result[0])`.
    private static func isPresence(_ expression: Expression) -> Bool {
        switch expression {
        case .not(let inside): isAbsence(inside)
        case .pair(let sign, .call("len", [.name("result")]), .number(let number)):
            number == 0 && [">", "!="].contains(sign) || number == 1 && sign == ">="
        case .pair("!=", .name("result"), .name("nil")): true
        default: false
        }
    }

    /// It says that there is none: `len(result) == 0`, `isNaN(result[0])`.
    private static func isAbsence(_ expression: Expression) -> Bool {
        switch expression {
        case .call("isNaN", let parts), .call("isInf", let parts), .call("isNil", let parts):
            parts.count == 1 && isValue(parts[0]) != nil
        case .pair("==", .call("len", [.name("result")]), .number(0)): true
        case .pair("<", .call("len", [.name("result")]), .number(1)): true
        case .pair("==", .name("result"), .name("nil")): true
        default: false
        }
    }

    // MARK: Words

    /// What an expression says that the answer must be, where that is no number: `result == "ok"`.
    static func literal(_ text: String) -> JSONTree? {
        switch Expression(text) {
        case .pair("==", .name("result"), .text(let text))?: .string(text)
        case .pair("==", .name("result"), .flag(let flag))?: .bool(flag)
        case .name("result")?: .bool(true)
        case .not(.name("result"))?: .bool(false)
        default: nil
        }
    }
}
