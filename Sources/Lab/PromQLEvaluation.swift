/// What a query comes to.
enum PromQLValue: Sendable {
    case scalar(Double)
    case text(String)
    case vector([PromQLSample])
}

struct PromQLSample: Hashable, Sendable {
    var labels: SeriesLabels
    var value: Double
}

/// A query that was read once, and the series that its selectors were found to mean.
struct PromQLQuery: Sendable {
    let expression: PromQLExpression
    private let selectors: [PromQLSelector]
    private var matched: [[Int]] = []
    private var known = -1

    init(_ text: String) throws(PromQLFlaw) {
        (expression, selectors) = try Self.readings.meaning(of: text, or: PromQLParser.read)
    }

    private static let readings = Readings<PromQLParser.Reading>()

    /// Looks for new series; false where there are none.
    mutating func match(_ book: inout PrometheusBook) -> Bool {
        guard known != book.seriesCount else { return false }
        known = book.seriesCount
        matched.removeAll(keepingCapacity: true)
        for selector in selectors { matched.append(book.indices(matching: selector)) }
        return true
    }

    func series(of selector: PromQLSelector) -> [Int] { matched[selector.index] }
}

/// One query at one moment.
struct PromQLEvaluation {
    let query: PromQLQuery
    let book: PrometheusBook
    let ledger: RequestLedger
    /// The moment that is asked about, in milliseconds of the world's time.
    let moment: Int
    /// Nothing newer than this has reached Prometheus.
    let horizon: Int
    /// The date at the world's time zero, in milliseconds.
    let epoch: Int

    /// How long the last sample of a series stands for it.
    static let lookback = 300_000

    func result() throws(PromQLFlaw) -> PromQLValue { try value(of: query.expression) }

    func value(of expression: PromQLExpression) throws(PromQLFlaw) -> PromQLValue {
        switch expression {
        case .number(let number): return .scalar(number)
        case .text(let text): return .text(text)
        case .instant(let selector): return .vector(instant(selector))
        case .span: throw PromQLFlaw(kind: .execution, reason: "a range cannot be a result")
        case .call(let function, let arguments): return try call(function, arguments)
        case .aggregate(let aggregation): return try aggregate(aggregation)
        case .binary(let operation): return try combine(operation)
        case .negated(let inner):
            switch try value(of: inner) {
            case .scalar(let number): return .scalar(-number)
            case .vector(let samples):
                return .vector(
                    samples.map { PromQLSample(labels: $0.labels.nameless, value: -$0.value) })
            case .text: return .scalar(.nan)
            }
        }
    }

    func scalar(_ expression: PromQLExpression) throws(PromQLFlaw) -> Double {
        switch try value(of: expression) {
        case .scalar(let number): number
        case .text, .vector: .nan
        }
    }

    func vector(_ expression: PromQLExpression) throws(PromQLFlaw) -> [PromQLSample] {
        switch try value(of: expression) {
        case .vector(let samples): samples
        case .scalar, .text: []
        }
    }

    private func instant(_ selector: PromQLSelector) -> [PromQLSample] {
        let end = moment - selector.offset
        let scrape = book.scrape(notAfter: min(end, horizon))
        guard scrape > end - Self.lookback else { return [] }
        return query.series(of: selector).compactMap { index in
            book.sample(index, at: scrape, in: ledger).map {
                PromQLSample(labels: book.labels(of: index), value: $0)
            }
        }
    }

    /// The scrapes of a span, oldest first; the span is open at its beginning.
    private func scrapes(of selector: PromQLSelector, within span: Int) -> ClosedRange<Int>? {
        let end = moment - selector.offset
        let last = book.scrape(notAfter: min(end, horizon))
        let first = book.scrape(notAfter: end - span) + book.interval
        return first <= last ? first...last : nil
    }

    private func overTime(_ function: PromQLFunction, _ selector: PromQLSelector, span: Int)
        -> [PromQLSample]
    {
        guard let scrapes = scrapes(of: selector, within: span) else { return [] }
        let window = RateWindow(end: moment - selector.offset, span: span)
        return query.series(of: selector).compactMap { index in
            guard let found = found(index, in: scrapes) else { return nil }
            let value: Double?
            switch function {
            case .rate, .increase, .delta, .irate:
                value = window.change(function, rate: ends(of: index, in: found))
            case .countOverTime:
                value = Double((found.upperBound - found.lowerBound) / book.interval + 1)
            case .lastOverTime: value = book.sample(index, at: found.upperBound, in: ledger)
            default:
                let times = stride(
                    from: found.lowerBound, through: found.upperBound, by: book.interval)
                let values = times.compactMap { book.sample(index, at: $0, in: ledger) }
                value = Self.summary(function, values)
            }
            return value.map { PromQLSample(labels: book.namelessLabels(of: index), value: $0) }
        }
    }

    /// The scrapes that found the series: a part without gaps, so that halving finds its ends.
    private func found(_ index: Int, in scrapes: ClosedRange<Int>) -> ClosedRange<Int>? {
        let isThere = { book.sample(index, at: $0, in: ledger) != nil }
        guard let one = book.somewhere(index, in: scrapes, isThere) else { return nil }
        let first = edge(from: one, towards: scrapes.lowerBound, isThere)
        return first...edge(from: one, towards: scrapes.upperBound, isThere)
    }

    /// The last scrape on the way to `end` at which something is still there.
    private func edge(from start: Int, towards end: Int, _ isThere: (Int) -> Bool) -> Int {
        if isThere(end) { return end }
        let step = end < start ? -book.interval : book.interval
        var near = 0
        var far = (end - start) / step
        while near + 1 < far {
            let middle = (near + far) / 2
            if isThere(start + middle * step) { near = middle } else { far = middle }
        }
        return start + near * step
    }

    private func ends(of index: Int, in found: ClosedRange<Int>) -> RateWindow.Ends {
        let step = book.interval
        let (first, last) = (found.lowerBound, found.upperBound)
        let value = { book.sample(index, at: $0, in: ledger) ?? 0 }
        return RateWindow.Ends(
            first: first, last: last, count: (last - first) / step + 1,
            firstValue: value(first), lastValue: value(last),
            previousValue: last - step >= first ? value(last - step) : nil, step: step)
    }

    private static func summary(_ function: PromQLFunction, _ values: [Double]) -> Double? {
        let sum = values.reduce(0, +)
        return switch function {
        case .averageOverTime: sum / Double(values.count)
        case .sumOverTime: sum
        case .minimumOverTime: values.min()
        case .maximumOverTime: values.max()
        default: nil
        }
    }

    private func call(_ function: PromQLFunction, _ arguments: [PromQLExpression])
        throws(PromQLFlaw) -> PromQLValue
    {
        switch function {
        case .rate, .increase, .irate, .delta, .averageOverTime, .sumOverTime, .minimumOverTime,
            .maximumOverTime, .countOverTime, .lastOverTime:
            guard case .span(let selector, let span) = arguments[0] else { return .vector([]) }
            return .vector(overTime(function, selector, span: span))
        case .histogramQuantile:
            return .vector(
                PromQLHistogram.quantiles(
                    try scalar(arguments[0]), of: try vector(arguments[1])))
        case .scalar:
            let samples = try vector(arguments[0])
            return .scalar(samples.count == 1 ? samples[0].value : .nan)
        case .vector:
            return .vector(
                [PromQLSample(labels: SeriesLabels(), value: try scalar(arguments[0]))])
        case .time: return .scalar(Double(moment + epoch) / 1000)
        case .timestamp: return .vector(try timestamps(arguments[0]))
        case .absent: return .vector(try absent(arguments[0]))
        case .clamp:
            let low = try scalar(arguments[1])
            let high = try scalar(arguments[2])
            if low > high { return .vector([]) }
            return .vector(try each(arguments[0]) { min(max($0, low), high) })
        case .clampLow:
            let low = try scalar(arguments[1])
            return .vector(try each(arguments[0]) { $0.isNaN ? $0 : max($0, low) })
        case .clampHigh:
            let high = try scalar(arguments[1])
            return .vector(try each(arguments[0]) { $0.isNaN ? $0 : min($0, high) })
        case .abs: return .vector(try each(arguments[0]) { Swift.abs($0) })
        case .ceil: return .vector(try each(arguments[0]) { $0.rounded(.up) })
        case .floor: return .vector(try each(arguments[0]) { $0.rounded(.down) })
        case .round: return .vector(try each(arguments[0]) { ($0 + 0.5).rounded(.down) })
        case .sqrt: return .vector(try each(arguments[0]) { $0.squareRoot() })
        }
    }

    private func each(_ expression: PromQLExpression, _ change: (Double) -> Double)
        throws(PromQLFlaw) -> [PromQLSample]
    {
        try vector(expression).map {
            PromQLSample(labels: $0.labels.nameless, value: change($0.value))
        }
    }

    /// When the samples were scraped; of what was reckoned, the moment that is asked about.
    private func timestamps(_ expression: PromQLExpression) throws(PromQLFlaw) -> [PromQLSample] {
        var date = moment
        if case .instant(let selector) = expression {
            date = book.scrape(notAfter: min(moment - selector.offset, horizon))
        }
        return try each(expression) { _ in Double(date + epoch) / 1000 }
    }

    private func absent(_ expression: PromQLExpression) throws(PromQLFlaw) -> [PromQLSample] {
        guard try vector(expression).isEmpty else { return [] }
        var labels: [SeriesLabels.Label] = []
        if case .instant(let selector) = expression {
            for matcher in selector.matchers where matcher.label != SeriesLabels.metric {
                guard case .equal(let value) = matcher.test else { continue }
                labels.append(.init(name: matcher.label, value: value))
            }
        }
        return [PromQLSample(labels: SeriesLabels(labels), value: 1)]
    }
}
