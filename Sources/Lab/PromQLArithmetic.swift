internal import Glibc

extension PromQLEvaluation {
    func combine(_ operation: PromQLOperation) throws(PromQLFlaw) -> PromQLValue {
        let left = try value(of: operation.left)
        let right = try value(of: operation.right)
        switch (left, right) {
        case (.scalar(let a), .scalar(let b)):
            return .scalar(Self.compute(operation.kind, a, b) ?? 0)
        case (.vector(let samples), .scalar(let number)):
            return .vector(
                samples.compactMap { Self.sample($0, $0.value, number, operation) })
        case (.scalar(let number), .vector(let samples)):
            return .vector(
                samples.compactMap { Self.sample($0, number, $0.value, operation) })
        case (.vector(let a), .vector(let b)):
            return .vector(
                operation.kind.isSet
                    ? Self.set(operation, a, b) : try Self.match(operation, a, b))
        case (.text, _), (_, .text):
            throw PromQLFlaw(kind: .execution, reason: "strings cannot be reckoned with")
        }
    }

    /// nil: a comparison that does not hold.
    private static func compute(_ kind: PromQLOperation.Kind, _ a: Double, _ b: Double) -> Double? {
        switch kind {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .modulo: fmod(a, b)
        case .power: pow(a, b)
        case .equal: a == b ? 1 : nil
        case .unequal: a != b ? 1 : nil
        case .greater: a > b ? 1 : nil
        case .less: a < b ? 1 : nil
        case .greaterOrEqual: a >= b ? 1 : nil
        case .lessOrEqual: a <= b ? 1 : nil
        case .and, .or, .unless: nil
        }
    }

    /// A vector's sample against a scalar: comparisons keep the sample's own value.
    private static func sample(
        _ sample: PromQLSample, _ a: Double, _ b: Double, _ operation: PromQLOperation
    ) -> PromQLSample? {
        let result = compute(operation.kind, a, b)
        if operation.givesBool {
            return PromQLSample(labels: sample.labels.nameless, value: result ?? 0)
        }
        guard let result else { return nil }
        if operation.kind.isComparison { return sample }
        return PromQLSample(labels: sample.labels.nameless, value: result)
    }

    private static func key(_ labels: SeriesLabels, _ operation: PromQLOperation) -> SeriesLabels {
        if let on = operation.on { return labels.only(on) }
        return operation.ignoring.isEmpty
            ? labels.nameless : labels.nameless.without(operation.ignoring)
    }

    private static func set(
        _ operation: PromQLOperation, _ a: [PromQLSample], _ b: [PromQLSample]
    ) -> [PromQLSample] {
        let left = a.map { key($0.labels, operation) }
        let right = b.map { key($0.labels, operation) }
        switch operation.kind {
        case .and: return zip(a, left).filter { right.contains($0.1) }.map(\.0)
        case .unless: return zip(a, left).filter { !right.contains($0.1) }.map(\.0)
        default: return a + zip(b, right).filter { !left.contains($0.1) }.map(\.0)
        }
    }

    /// Each sample meets the one of equal labels on the other side; two of them are an error.
    private static func match(
        _ operation: PromQLOperation, _ a: [PromQLSample], _ b: [PromQLSample]
    ) throws(PromQLFlaw) -> [PromQLSample] {
        let left = a.map { key($0.labels, operation) }
        let right = b.map { key($0.labels, operation) }
        for (side, keys) in [("left", left), ("right", right)] {
            for (index, key) in keys.enumerated() where keys[..<index].contains(key) {
                guard side == "right" || right.contains(key) else { continue }
                throw PromQLFlaw(
                    kind: .execution,
                    reason: "found duplicate series for the match group \(text(key)) on the "
                        + "\(side)-hand side of the operation;"
                        + "many-to-many matching not allowed: matching labels must be unique on "
                        + "one side")
            }
        }
        return a.indices.compactMap { index in
            guard let partner = right.firstIndex(of: left[index]) else { return nil }
            let result = compute(operation.kind, a[index].value, b[partner].value)
            if operation.givesBool {
                return PromQLSample(labels: left[index], value: result ?? 0)
            }
            guard let result else { return nil }
            if operation.kind.isComparison { return a[index] }
            return PromQLSample(labels: left[index], value: result)
        }
    }

    private static func text(_ labels: SeriesLabels) -> String {
        "{"
            + labels.labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ", ") + "}"
    }

    func aggregate(_ aggregation: PromQLAggregation) throws(PromQLFlaw) -> PromQLValue {
        let parameter = try aggregation.parameter.map { inner throws(PromQLFlaw) in
            try scalar(inner)
        }
        var keys: [SeriesLabels] = []
        var groups: [[PromQLSample]] = []
        for sample in try vector(aggregation.inner) {
            let key =
                aggregation.isWithout
                ? sample.labels.nameless.without(aggregation.labels)
                : sample.labels.only(aggregation.labels)
            if let known = keys.firstIndex(of: key) {
                groups[known].append(sample)
            } else {
                keys.append(key)
                groups.append([sample])
            }
        }
        if aggregation.kind == .topk || aggregation.kind == .bottomk {
            let wanted = parameter ?? 0
            let count = wanted >= 1 ? Int(min(wanted, 1e6)) : 0
            return .vector(
                groups.flatMap { group in
                    let sorted = group.sorted { $0.value < $1.value }
                    let chosen =
                        aggregation.kind == .topk
                        ? sorted.suffix(count).reversed() : Array(sorted.prefix(count))
                    return chosen
                })
        }
        return .vector(
            zip(keys, groups).map { key, group in
                PromQLSample(
                    labels: key,
                    value: Self.summary(aggregation.kind, group.map(\.value), parameter ?? 0))
            })
    }

    private static func summary(
        _ kind: PromQLAggregation.Kind, _ values: [Double], _ parameter: Double
    ) -> Double {
        let count = Double(values.count)
        let sum = values.reduce(0, +)
        switch kind {
        case .sum: return sum
        case .avg: return sum / count
        // A NaN gives way to any number.
        case .min: return values.filter { !$0.isNaN }.min() ?? .nan
        case .max: return values.filter { !$0.isNaN }.max() ?? .nan
        case .count: return count
        case .group: return 1
        case .stddev:
            let mean = sum / count
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        case .quantile: return PromQLHistogram.quantile(parameter, ofValues: values)
        case .topk, .bottomk: return .nan
        }
    }
}

/// `rate` and `increase` as Prometheus reckons them: stretched to the ends of the span.
struct RateWindow {
    /// What is known of a counter within the span.
    ///
    /// Counters here never start anew.
    struct Ends {
        let first: Int
        let last: Int
        let count: Int
        let firstValue: Double
        let lastValue: Double
        let previousValue: Double?
        let step: Int
    }

    let end: Int
    let span: Int

    /// nil with fewer than two samples.
    func change(_ function: PromQLFunction, rate ends: Ends) -> Double? {
        guard ends.count >= 2 else { return nil }
        if function == .irate {
            return ends.previousValue.map { (ends.lastValue - $0) / (Double(ends.step) / 1000) }
        }
        let change = ends.lastValue - ends.firstValue
        let sampled = Double(ends.last - ends.first)
        let average = sampled / Double(ends.count - 1)
        var before = Double(ends.first - (end - span))
        var after = Double(end - ends.last)
        // The series begins or ends within the span: it is stretched by half a scrape only.
        if before >= average * 1.1 { before = average / 2 }
        if after >= average * 1.1 { after = average / 2 }
        if function != .delta, change > 0, ends.firstValue >= 0 {
            // A counter is not stretched to before it was zero.
            before = min(before, sampled * (ends.firstValue / change))
        }
        let factor = (sampled + before + after) / sampled
        return change * factor / (function == .rate ? Double(span) / 1000 : 1)
    }
}

/// Quantiles, of buckets and of plain values.
enum PromQLHistogram {
    private struct Bucket {
        let bound: Double
        let count: Double
    }

    static func quantiles(_ wanted: Double, of samples: [PromQLSample]) -> [PromQLSample] {
        var keys: [SeriesLabels] = []
        var groups: [[Bucket]] = []
        for sample in samples {
            guard let bound = sample.labels["le"].flatMap(number) else { continue }
            let key = sample.labels.nameless.without(["le"])
            let bucket = Bucket(bound: bound, count: sample.value)
            if let known = keys.firstIndex(of: key) {
                groups[known].append(bucket)
            } else {
                keys.append(key)
                groups.append([bucket])
            }
        }
        return zip(keys, groups).map { key, buckets in
            PromQLSample(labels: key, value: quantile(wanted, of: buckets))
        }
    }

    private static func number(_ text: String) -> Double? {
        text == "+Inf" ? .infinity : Double(text)
    }

    private static func quantile(_ wanted: Double, of unsorted: [Bucket]) -> Double {
        if wanted.isNaN { return .nan }
        if wanted < 0 { return -.infinity }
        if wanted > 1 { return .infinity }
        var buckets = unsorted.sorted { $0.bound < $1.bound }
        guard buckets.count >= 2, let total = buckets.last, total.bound == .infinity else {
            return .nan
        }
        // Counts that fall from one bucket to the next are lifted, as rounding can make them.
        var highest = 0.0
        buckets = buckets.map {
            highest = max(highest, $0.count)
            return Bucket(bound: $0.bound, count: highest)
        }
        if highest == 0 || highest.isNaN { return .nan }
        let rank = wanted * highest
        let index = buckets.firstIndex { $0.count >= rank } ?? buckets.count - 1
        if index == buckets.count - 1 { return buckets[buckets.count - 2].bound }
        if index == 0, buckets[0].bound <= 0 { return buckets[0].bound }
        let start = index == 0 ? 0 : buckets[index - 1].bound
        let below = index == 0 ? 0 : buckets[index - 1].count
        let within = buckets[index].count - below
        return start + (buckets[index].bound - start) * ((rank - below) / within)
    }

    static func quantile(_ wanted: Double, ofValues values: [Double]) -> Double {
        if values.isEmpty || wanted.isNaN { return .nan }
        if wanted < 0 { return -.infinity }
        if wanted > 1 { return .infinity }
        let sorted = values.sorted()
        let rank = wanted * Double(sorted.count - 1)
        let low = Int(rank)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (rank - Double(low))
    }
}
