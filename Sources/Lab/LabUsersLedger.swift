internal import Glibc

/// Time as users feel it: the load swells and ebbs a little, always the same for one seed.
///
/// Warped seconds replace true ones in counters, so that the ripple costs nothing: no event, and
/// a closed form for every moment.
struct LoadRipple: Hashable, Sendable {
    private let amplitude: Double
    private let frequency: Double
    private let phase: Double
    /// The cosine of the phase.
    private let beginning: Double

    /// `amplitude` is the share by which the load departs from its mean, below 1.
    init(amplitude: Double, period: Double, phase: Double) {
        self.amplitude = min(max(amplitude, 0), 0.9)
        frequency = 2 * Double.pi / period
        self.phase = phase
        beginning = cos(phase)
    }

    /// Seconds of load until `seconds`.
    func warped(_ seconds: Double) -> Double {
        if amplitude == 0 { return seconds }
        return seconds + amplitude / frequency * (beginning - cos(frequency * seconds + phase))
    }
}

/// One counter over time: straight between its breakpoints, so that any past value can be told.
struct CounterHistory: Hashable, Sendable {
    private struct Breakpoint: Hashable, Sendable {
        var seconds: Double
        var warped: Double
        var value: Double
        var rate: Double
    }

    private var breakpoints: [Breakpoint] = []
    private let ripple: LoadRipple

    init(_ ripple: LoadRipple) { self.ripple = ripple }

    /// Requests a second from now on, before the ripple.
    var rate: Double { breakpoints.last?.rate ?? 0 }

    /// The value at a moment; 0 before the first breakpoint that is still kept.
    func value(at seconds: Double) -> Double {
        var low = 0
        var high = breakpoints.count
        if let last = breakpoints.last, last.seconds <= seconds { low = high }
        while low < high {
            let middle = (low + high) / 2
            if breakpoints[middle].seconds <= seconds { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return 0 }
        let base = breakpoints[low - 1]
        if base.rate == 0 { return base.value }
        return base.value + base.rate * (ripple.warped(seconds) - base.warped)
    }

    /// Gives the counter another slope from a moment on; moments never go back.
    mutating func setRate(_ rate: Double, at seconds: Double) {
        if rate == self.rate { return }
        change(at: seconds) { $0.rate = rate }
    }

    /// The counter jumps.
    mutating func add(_ amount: Double, at seconds: Double) {
        change(at: seconds) { $0.value += amount }
    }

    private mutating func change(at seconds: Double, _ edit: (inout Breakpoint) -> Void) {
        let last = breakpoints.last
        var point = Breakpoint(
            seconds: max(seconds, last?.seconds ?? seconds), warped: ripple.warped(seconds),
            value: value(at: seconds), rate: rate)
        edit(&point)
        if last?.seconds == point.seconds {
            breakpoints[breakpoints.count - 1] = point
        } else {
            breakpoints.append(point)
        }
    }

    /// Lets go of what nobody can ask for any more.
    mutating func forget(before seconds: Double) {
        guard let first = breakpoints.firstIndex(where: { $0.seconds > seconds }), first > 1 else {
            return
        }
        breakpoints.removeFirst(first - 1)
    }

    var breakpointCount: Int { breakpoints.count }
}

/// What distinguishes one stream of equal requests from another.
struct RequestStream: Hashable, Sendable {
    /// Whose requests they are.
    enum Origin: Int, Hashable, Sendable {
        case users
        case tests
        /// Copies that a route's `mirror` makes; nobody waits for their answers.
        case mirror
    }

    /// Why they went where they went.
    enum Path: Int, Hashable, Sendable {
        /// A route named pods of this one version.
        case routed
        /// A route that asks for headers, cookies or parameters chose them.
        case matched
        /// No route told versions apart: the Service's selector took any pod.
        case unpinned
    }

    var origin: Origin
    var path: Path
    /// The workload that asked.
    var source: String
    var service: String
    /// Empty where no pod was reached.
    var workload: String
    var version: String
    var code: Int
    /// Envoy's response flags; `-` when all went well between proxies.
    var flags: String
    /// Which latency these requests have: an index into the ledger's profiles.
    var profile: Int

    var hasReached: Bool { !workload.isEmpty }
    /// No pod was found for them, though somebody asked.
    var isLost: Bool { flags != Self.fine }
    var isError: Bool { code >= 400 }

    static let fine = "-"
}

/// The book of all requests: a counter for every stream of them, and what each flows at now.
struct RequestLedger: Sendable {
    private(set) var streams: [RequestStream] = []
    private(set) var histories: [CounterHistory] = []
    private(set) var profiles: [LatencyProfile] = []
    private var places: [RequestStream: Int] = [:]
    private let steady: LoadRipple
    private let failing: LoadRipple
    private let retention: Double

    /// Errors ripple in a rhythm of their own, so that ratios move too.
    init(steady: LoadRipple, failing: LoadRipple, retention: Duration) {
        self.steady = steady
        self.failing = failing
        self.retention = retention.inSeconds
    }

    mutating func place(of profile: LatencyProfile) -> Int {
        if let known = profiles.firstIndex(of: profile) { return known }
        profiles.append(profile)
        return profiles.count - 1
    }

    mutating func place(of stream: RequestStream) -> Int {
        if let known = places[stream] { return known }
        places[stream] = streams.count
        streams.append(stream)
        histories.append(CounterHistory(stream.code < 400 ? steady : failing))
        return streams.count - 1
    }

    /// Replaces all rates: what is not named stands still from now on.
    mutating func setRates(_ rates: [(place: Int, perSecond: Double)], at seconds: Double) {
        var wanted = Array(repeating: 0.0, count: histories.count)
        for rate in rates { wanted[rate.place] += rate.perSecond }
        for (place, rate) in wanted.enumerated() {
            histories[place].setRate(rate, at: seconds)
            tidy(place, at: seconds)
        }
    }

    mutating func add(_ amount: Double, to place: Int, at seconds: Double) {
        histories[place].add(amount, at: seconds)
        tidy(place, at: seconds)
    }

    private mutating func tidy(_ place: Int, at seconds: Double) {
        guard histories[place].breakpointCount > 4096 else { return }
        histories[place].forget(before: seconds - retention)
    }

    func value(of place: Int, at seconds: Double) -> Double {
        histories[place].value(at: seconds)
    }

    /// How many requests of the chosen streams came after `start`, if there is one, until `end`.
    func count(
        from start: Double?, to end: Double, where isWanted: (RequestStream) -> Bool
    ) -> Double {
        var total = 0.0
        for (place, stream) in streams.enumerated() where isWanted(stream) {
            total += value(of: place, at: end)
            if let start { total -= value(of: place, at: start) }
        }
        return total
    }
}
