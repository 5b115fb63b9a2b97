/// A query in PromQL, read and checked; nothing in it needs its text again.
indirect enum PromQLExpression: Hashable, Sendable {
    case number(Double)
    case text(String)
    /// One value per series, as of now.
    case instant(PromQLSelector)
    /// All samples of a span, in milliseconds.
    case span(PromQLSelector, milliseconds: Int)
    case call(PromQLFunction, [PromQLExpression])
    case aggregate(PromQLAggregation)
    case binary(PromQLOperation)
    case negated(PromQLExpression)

    var type: PromQLType {
        switch self {
        case .number: .scalar
        case .text: .string
        case .instant, .aggregate: .instantVector
        case .span: .rangeVector
        case .call(let function, _): function.result
        case .negated(let inner): inner.type
        case .binary(let operation):
            operation.left.type == .scalar && operation.right.type == .scalar
                ? .scalar : .instantVector
        }
    }
}

enum PromQLType: String, Hashable, Sendable {
    case scalar
    case string
    case instantVector = "instant vector"
    case rangeVector = "range vector"
}

/// Which series are meant.
struct PromQLSelector: Hashable, Sendable {
    struct Matcher: Hashable, Sendable {
        enum Test: Hashable, Sendable {
            case equal(String)
            case unequal(String)
            case like(MeshPattern)
            case unlike(MeshPattern)
        }

        let label: String
        let test: Test

        /// A label that a series does not have counts as empty.
        func holds(_ value: String) -> Bool {
            switch test {
            case .equal(let wanted): value == wanted
            case .unequal(let wanted): value != wanted
            case .like(let pattern): pattern.matchesWhole(value)
            case .unlike(let pattern): !pattern.matchesWhole(value)
            }
        }
    }

    var matchers: [Matcher]
    var offset = 0
    /// Its number in the query, from the left: the place of its series in the query's memory.
    let index: Int

    /// The one metric that is meant; nil where it is not named.
    var metric: String? {
        matchers.lazy.compactMap { matcher -> String? in
            guard matcher.label == SeriesLabels.metric, case .equal(let name) = matcher.test else {
                return nil
            }
            return name
        }.first
    }

    func holds(_ labels: SeriesLabels) -> Bool {
        matchers.allSatisfy { $0.holds(labels[$0.label] ?? "") }
    }
}

/// `sum by (…) (…)` and its like.
struct PromQLAggregation: Hashable, Sendable {
    enum Kind: String, CaseIterable, Hashable, Sendable {
        case sum, avg, min, max, count, group, stddev, quantile, topk, bottomk

        var hasParameter: Bool { self == .quantile || self == .topk || self == .bottomk }
    }

    let kind: Kind
    let parameter: PromQLExpression?
    let inner: PromQLExpression
    let labels: [String]
    /// The labels are those to leave out.
    let isWithout: Bool
}

/// Two expressions and what joins them.
struct PromQLOperation: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case modulo = "%"
        case power = "^"
        case equal = "=="
        case unequal = "!="
        case greater = ">"
        case less = "<"
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case and
        case or
        case unless

        var binding: Int {
            switch self {
            case .or: 1
            case .and, .unless: 2
            case .equal, .unequal, .greater, .less, .greaterOrEqual, .lessOrEqual: 3
            case .add, .subtract: 4
            case .multiply, .divide, .modulo: 5
            case .power: 7
            }
        }

        var isSet: Bool { self == .and || self == .or || self == .unless }
        var isComparison: Bool { binding == 3 }
    }

    let kind: Kind
    let left: PromQLExpression
    let right: PromQLExpression
    /// A comparison gives 0 and 1 instead of leaving out.
    let givesBool: Bool
    /// The labels by which vectors are matched; nil: by all.
    let on: [String]?
    let ignoring: [String]
}

enum PromQLFunction: String, CaseIterable, Hashable, Sendable {
    case rate, increase, irate, delta
    case averageOverTime = "avg_over_time"
    case sumOverTime = "sum_over_time"
    case minimumOverTime = "min_over_time"
    case maximumOverTime = "max_over_time"
    case countOverTime = "count_over_time"
    case lastOverTime = "last_over_time"
    case histogramQuantile = "histogram_quantile"
    case scalar, vector, absent, time, timestamp
    case clamp
    case clampLow = "clamp_min"
    case clampHigh = "clamp_max"
    case abs, ceil, floor, round, sqrt

    var parameters: [PromQLType] {
        switch self {
        case .rate, .increase, .irate, .delta, .averageOverTime, .sumOverTime, .minimumOverTime,
            .maximumOverTime, .countOverTime, .lastOverTime:
            [.rangeVector]
        case .histogramQuantile: [.scalar, .instantVector]
        case .scalar, .absent, .timestamp, .abs, .ceil, .floor, .round, .sqrt: [.instantVector]
        case .vector: [.scalar]
        case .time: []
        case .clamp: [.instantVector, .scalar, .scalar]
        case .clampLow, .clampHigh: [.instantVector, .scalar]
        }
    }

    var result: PromQLType {
        self == .scalar || self == .time ? .scalar : .instantVector
    }
}

/// Why a query was refused, in Prometheus' words.
struct PromQLFlaw: Error, Hashable, Sendable, CustomStringConvertible {
    enum Kind: Hashable, Sendable {
        /// The query is no PromQL (400).
        case parse(column: Int)
        /// It is, but cannot be carried out (422).
        case execution
    }

    let kind: Kind
    let reason: String

    var description: String {
        switch kind {
        case .parse(let column): "1:\(column): parse error: \(reason)"
        case .execution: reason
        }
    }
}
