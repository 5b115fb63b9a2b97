internal import Lab
internal import Rehearsal

/// What somebody asked of the sweep at the command line.
struct SweepRequest: Sendable {
    enum Part: Hashable, Sendable {
        case quick
        /// Everything, night after night, for so long.
        case all(Duration)
        case night(UInt64)
        case nights(first: UInt64, count: Int)
        case scenario(String, [Lifeline.Death])
        case call(String, CallSweep.Trial, Lifeline.Death?)
        case stories
        case deaths
        case doubles
        case outcomes
        case mustFail
        /// Deliveries a second, of so many of the shortest kind and fewer of the longer ones.
        case bench(Int)
        /// docs/EVIDENCE.md, of so many runs.
        case evidence(Int)
    }

    var part = Part.quick
    var isVerbose = false
    var lanes = 2
    /// Of the deaths only those of this scenario.
    var only: String?

    static let usage = """
        usage: theseus-sweep [--quick] [--verbose] [--lanes N]
               theseus-sweep --all [--for 10m]
               theseus-sweep --stories | --deaths | --doubles | --outcomes | --must-fail
               theseus-sweep --bench [--runs N]
               theseus-sweep --evidence [--runs N] > docs/EVIDENCE.md
               theseus-sweep --night SEED | --nights FIRST:COUNT
               theseus-sweep --scenario NAME [--death N:before|after]… [--call N:OUTCOME]
               theseus-sweep --deaths | --doubles --scenario NAME
        """

    /// nil where the words make no sense.
    init?(_ arguments: [String]) {
        var words = arguments[...]
        var name: String?
        var deaths: [Lifeline.Death] = []
        var trial: CallSweep.Trial?
        while let word = words.popFirst() {
            switch word {
            case "--quick": part = .quick
            case "--all": part = .all(.seconds(600))
            case "--stories": part = .stories
            case "--deaths": part = .deaths
            case "--doubles": part = .doubles
            case "--outcomes": part = .outcomes
            case "--must-fail": part = .mustFail
            case "--bench": part = .bench(400)
            case "--evidence": part = .evidence(1000)
            case "--verbose": isVerbose = true
            default:
                guard let value = words.popFirst() else { return nil }
                switch word {
                case "--for":
                    guard let duration = Self.duration(value) else { return nil }
                    part = .all(duration)
                case "--runs":
                    guard let count = Int(value), count > 0 else { return nil }
                    switch part {
                    case .evidence: part = .evidence(count)
                    case .bench: part = .bench(count)
                    default: return nil
                    }
                case "--night":
                    guard let seed = UInt64(value) else { return nil }
                    part = .night(seed)
                case "--nights":
                    let parts = value.split(separator: ":")
                    guard parts.count == 2, let first = UInt64(parts[0]),
                        let count = Int(parts[1])
                    else { return nil }
                    part = .nights(first: first, count: count)
                case "--lanes":
                    guard let count = Int(value) else { return nil }
                    lanes = count
                case "--scenario": name = value
                case "--death":
                    guard let read = Self.death(value) else { return nil }
                    deaths.append(read)
                case "--call":
                    guard let read = Self.trial(value) else { return nil }
                    trial = read
                default: return nil
                }
            }
        }
        only = part == .deaths || part == .doubles ? name : nil
        if let name, only == nil {
            part = trial.map { .call(name, $0, deaths.first) } ?? .scenario(name, deaths)
        }
    }

    private static func duration(_ text: String) -> Duration? {
        guard let unit = text.last, let count = Int(text.dropLast()) else { return nil }
        return switch unit {
        case "s": .seconds(count)
        case "m": .seconds(count * 60)
        case "h": .seconds(count * 3600)
        default: nil
        }
    }

    private static func trial(_ text: String) -> CallSweep.Trial? {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, CallOutcome.ofStreams.indices.contains(parts[1] - 1) else {
            return nil
        }
        return CallSweep.Trial(call: parts[0], outcome: CallOutcome.ofStreams[parts[1] - 1])
    }

    private static func death(_ text: String) -> Lifeline.Death? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let effect = Int(parts[0]) else { return nil }
        switch parts[1] {
        case "before": return Lifeline.Death(effect: effect, point: .before)
        case "after": return Lifeline.Death(effect: effect, point: .after)
        default: return nil
        }
    }
}
