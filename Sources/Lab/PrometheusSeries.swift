internal import JSONTree

/// The labels of one series, sorted by name.
struct SeriesLabels: Hashable, Sendable {
    struct Label: Hashable, Sendable {
        let name: String
        let value: String
    }

    private(set) var labels: [Label]

    init(_ labels: [Label] = []) {
        self.labels = labels.filter { !$0.value.isEmpty }.sorted { $0.name < $1.name }
    }

    private init(sorted: [Label]) { labels = sorted }

    subscript(name: String) -> String? { labels.first { $0.name == name }?.value }

    func only(_ names: [String]) -> SeriesLabels {
        SeriesLabels(sorted: labels.filter { names.contains($0.name) })
    }

    func without(_ names: [String]) -> SeriesLabels {
        SeriesLabels(sorted: labels.filter { !names.contains($0.name) })
    }

    var nameless: SeriesLabels {
        labels.first?.name == Self.metric ? SeriesLabels(sorted: Array(labels.dropFirst())) : self
    }

    func adding(_ name: String, _ value: String) -> SeriesLabels {
        if value.isEmpty { return self }
        var labels = labels
        let place = labels.firstIndex { $0.name > name } ?? labels.count
        labels.insert(Label(name: name, value: value), at: place)
        return SeriesLabels(sorted: labels)
    }

    var tree: JSONTree {
        .object(JSONObject(labels.map { ($0.name, JSONTree.string($0.value)) }))
    }

    /// The label that holds a series' name; it sorts before all that begin with a small letter.
    static let metric = "__name__"
}

/// The ledgers of requests and pods as Prometheus knows them, scraped now and then.
///
/// A series of Istio's begins with the first scrape that finds at least one request. It never ends: that
/// proxies go, and take their counters along, is not modelled. Those of pods begin and end with them.
struct PrometheusBook: Sendable {
    private enum Measure: Hashable, Sendable {
        case requests
        case sum
        /// An index into `LatencyProfile.bounds`.
        case bucket(Int)
        /// Of the container at the place that `flow` says.
        case pod(PodLedger.Measure)
    }

    private struct Series: Sendable {
        let metric: String
        let measure: Measure
        /// Which of `flows` it counts, or of `pods`.
        let flow: Int
        /// With its metric and without it; made once somebody asks for the metric.
        var labels: (whole: SeriesLabels, nameless: SeriesLabels)?
    }

    /// Streams of requests that have all labels in common.
    private struct Flow: Sendable {
        let labels: SeriesLabels
        var places: [Int]
    }

    /// The series that were selected among the first `known` of their metric, or of all.
    private struct Found: Sendable {
        var known = 0
        var series: [Int] = []
    }

    private var flows: [Flow] = []
    private var series: [Series] = []
    private var flowPlaces: [SeriesLabels: Int] = [:]
    /// The series of each metric: a query that names one looks at no others.
    private var places: [String: [Int]] = [:]
    /// What selectors were found to mean, by their matchers: a query's window changes from look to
    /// look, what it selects does not.
    private var found: [[PromQLSelector.Matcher]: Found] = [:]
    private var read = 0
    var pods = PodLedger()
    /// How many of `pods` have series; nil until somebody asks for one.
    private var readPods: Int?
    /// For each latency profile, the share of answers within each bound.
    private var shares: [[Double]] = []
    /// Where the workloads that ask live.
    private let sourceNamespaces: [String: String]
    /// Between two scrapes, in milliseconds.
    var interval: Int

    init(interval: Duration, sourceNamespaces: [String: String]) {
        self.interval = max(interval.milliseconds, 1)
        self.sourceNamespaces = sourceNamespaces
    }

    /// How many series there are; grows only.
    var seriesCount: Int { series.count }

    func labels(of index: Int) -> SeriesLabels {
        series[index].labels?.whole ?? written(index).whole
    }

    func namelessLabels(of index: Int) -> SeriesLabels {
        series[index].labels?.nameless ?? written(index).nameless
    }

    private func written(_ index: Int) -> (whole: SeriesLabels, nameless: SeriesLabels) {
        let one = series[index]
        let nameless =
            switch one.measure {
            case .requests, .sum: flows[one.flow].labels
            case .bucket(let bound): flows[one.flow].labels.adding("le", Self.bounds[bound])
            case .pod(let measure): SeriesLabels(pods.labels(of: one.flow) + measure.labels)
            }
        return (nameless.adding(SeriesLabels.metric, one.metric), nameless)
    }

    mutating func indices(matching selector: PromQLSelector) -> [Int] {
        if readPods == nil, selector.metric.map(Self.podMetrics.contains) ?? true { learnPods() }
        let all = selector.metric.map { places[$0] ?? [] } ?? Array(series.indices)
        var known = found[selector.matchers] ?? Found()
        guard known.known < all.count else { return known.series }
        for index in all[known.known...] {
            let labels = series[index].labels ?? written(index)
            series[index].labels = labels
            if selector.holds(labels.whole) { known.series.append(index) }
        }
        known.known = all.count
        if found.count > 500 { found.removeAll() }
        found[selector.matchers] = known
        return known.series
    }

    private static let podMetrics = Set(PodLedger.Measure.allCases.map(\.metric))

    private mutating func learnPods() {
        for place in (readPods ?? 0)..<pods.count {
            for measure in pods.measures(of: place) { begin(measure.metric, .pod(measure), place) }
        }
        readPods = pods.count
    }

    /// Learns of streams that the ledger has begun since the last time, and of pods.
    mutating func learn(from ledger: RequestLedger) {
        if readPods != nil { learnPods() }
        for profile in ledger.profiles.dropFirst(shares.count) {
            shares.append(LatencyProfile.bounds.map(profile.share))
        }
        while read < ledger.streams.count {
            let stream = ledger.streams[read]
            for labels in metricLabels(of: stream) {
                if let known = flowPlaces[labels] {
                    flows[known].places.append(read)
                } else {
                    begin(labels, with: read)
                }
            }
            read += 1
        }
    }

    private mutating func begin(_ labels: SeriesLabels, with place: Int) {
        let flow = flows.count
        flowPlaces[labels] = flow
        flows.append(Flow(labels: labels, places: [place]))
        begin(Self.requests, .requests, flow)
        let first = series.count
        for bound in Self.bounds.indices {
            series.append(Series(metric: Self.bucket, measure: .bucket(bound), flow: flow))
        }
        places[Self.bucket, default: []] += first..<series.count
        begin(Self.sum, .sum, flow)
        begin(Self.count, .requests, flow)
    }

    private mutating func begin(_ metric: String, _ measure: Measure, _ flow: Int) {
        places[metric, default: []].append(series.count)
        series.append(Series(metric: metric, measure: measure, flow: flow))
    }

    private static let requests = "istio_requests_total"
    private static let histogram = "istio_request_duration_milliseconds"
    private static let bucket = histogram + "_bucket"
    private static let sum = histogram + "_sum"
    private static let count = histogram + "_count"
    private static let bounds = LatencyProfile.bounds.map(PromQLNumber.text)

    /// The label sets under which a stream is reported: by who asked, and by who answered.
    private func metricLabels(of stream: RequestStream) -> [SeriesLabels] {
        let host = stream.service.split(separator: ".")
        let isService = stream.service.hasSuffix(".svc.cluster.local") && host.count == 5
        let service = isService ? String(host[0]) : stream.service
        let namespace = isService ? String(host[1]) : "unknown"
        let unknown = { (text: String) in text.isEmpty ? "unknown" : text }
        let labels = SeriesLabels(
            [
                ("destination_canonical_revision", unknown(stream.version)),
                ("destination_canonical_service", stream.hasReached ? service : "unknown"),
                ("destination_service", stream.service),
                ("destination_service_name", service),
                ("destination_service_namespace", namespace),
                ("destination_version", unknown(stream.version)),
                ("destination_workload", unknown(stream.workload)),
                ("destination_workload_namespace", stream.hasReached ? namespace : "unknown"),
                ("request_protocol", "http"),
                ("response_code", String(stream.code)),
                ("response_flags", stream.flags),
                ("source_workload", stream.source),
                ("source_workload_namespace", sourceNamespaces[stream.source] ?? "unknown"),
            ].map { SeriesLabels.Label(name: $0, value: $1) })
        var reporters = ["source", "destination"]
        if !stream.hasReached { reporters = ["source"] }
        if stream.origin == .mirror { reporters = ["destination"] }
        return reporters.map { labels.adding("reporter", $0) }
    }

    /// The newest scrape that is not after a moment, in milliseconds of the world's time.
    func scrape(notAfter milliseconds: Int) -> Int {
        let rest = milliseconds % interval
        return milliseconds - (rest < 0 ? rest + interval : rest)
    }

    /// A scrape of those that found the series; nil: none did.
    ///
    /// Istio's never end, so that the last finds them if any does; a pod's may have ended, and are
    /// looked for from its first scrape on.
    func somewhere(_ index: Int, in scrapes: ClosedRange<Int>, _ isThere: (Int) -> Bool) -> Int? {
        if isThere(scrapes.upperBound) { return scrapes.upperBound }
        guard case .pod = series[index].measure else { return nil }
        let born = pods.born(series[index].flow)
        let first = max(scrapes.lowerBound, scrape(notAfter: born + interval - 1))
        return first <= scrapes.upperBound && isThere(first) ? first : nil
    }

    /// What a scrape found; nil where the series had not begun.
    func sample(_ index: Int, at milliseconds: Int, in ledger: RequestLedger) -> Double? {
        let (measure, flow) = (series[index].measure, series[index].flow)
        if case .pod(let measure) = measure {
            return pods.sample(measure, of: flow, at: milliseconds)
        }
        let seconds = Double(milliseconds) / 1000
        var requests = 0.0
        var measured = 0.0
        for place in flows[flow].places {
            let count = ledger.value(of: place, at: seconds)
            requests += count
            switch measure {
            case .requests, .pod: break
            case .sum: measured += count * ledger.profiles[ledger.streams[place].profile].mean
            case .bucket(let bound):
                measured += count * shares[ledger.streams[place].profile][bound]
            }
        }
        // Sums of thirds and the like fall short of whole numbers by a hair.
        let whole = (requests + 1e-6).rounded(.down)
        guard whole >= 1 else { return nil }
        switch measure {
        case .requests, .pod: return whole
        case .sum: return measured
        case .bucket: return (measured + 1e-6).rounded(.down)
        }
    }
}
