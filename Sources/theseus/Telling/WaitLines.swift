internal import CanaryEngine
internal import FlowFiles
internal import JSONTree
internal import MetricsGate

/// How long gates need, in words.
struct WaitLines: Sendable {
    /// What is known of users' requests, and from whom.
    struct Load: Sendable {
        /// nil: nobody knows.
        let figure: UsersLoad.Figure?
        /// Who says so; where nobody does, why.
        let source: String
    }

    let load: Load
    let waits: [GateWait]

    init(_ flow: Flow, _ load: Load) {
        self.load = load
        waits = load.figure.map(flow.waits(under:)) ?? []
    }

    func waits(in step: Int) -> [GateWait] { waits.filter { $0.step == step } }

    /// `gate errors: passes after 1m 40s at the earliest: 50 requests at the candidate`.
    static func line(_ wait: GateWait) -> String {
        let outlook = wait.outlook
        let name = "gate \(outlook.gate)\(wait.isWatchOnly ? ", watched only" : "")"
        let own = outlook.countsItsOwn ? ", and the samples that its own query counts" : ""
        let why = need(outlook.need) + own
        guard let time = outlook.time else {
            return "\(name): cannot pass at \(wait.weight.percent)%: it needs \(why)"
        }
        let length = PlanLines.text(time)
        return wait.isTooLong
            ? "\(name): cannot pass in time: it needs \(length) (\(why)), and the step ends after"
                + " \(PlanLines.text(wait.longest))"
            : "\(name): passes after about \(length) at the earliest: \(why)"
    }

    private static func need(_ need: GateOutlook.Need) -> String {
        switch need {
        case .scrapes: "two scrapes"
        case .candidateRequests(let count): "\(count) requests at the candidate"
        case .stableRequests(let count): "\(count) requests at stable"
        case .points(let count, let every): "\(count) points, one every \(PlanLines.text(every))"
        }
    }

    /// `50 requests a second, of which stable fails 0.2%: …`.
    var loadLine: String {
        guard let figure = load.figure else { return "not known: \(load.source)" }
        let failing = NumberText.short(figure.failing * 100)
        return "\(NumberText.short(figure.perSecond)) requests a second, of which stable fails"
            + " \(failing)%: \(load.source)"
    }

    // MARK: For machines

    var loadTree: JSONTree {
        [
            "perSecond": load.figure.map { .number($0.perSecond) } ?? .null,
            "failing": load.figure.map { .number($0.failing) } ?? .null,
            "source": .string(load.source),
        ]
    }

    var tree: JSONTree {
        .array(
            waits.map { wait in
                [
                    "step": .integer(wait.step + 1), "gate": .string(wait.outlook.gate),
                    "weight": .integer(wait.weight.percent),
                    "seconds": wait.outlook.time
                        .map { .integer(Int($0.components.seconds)) } ?? .null,
                    "needs": .string(Self.need(wait.outlook.need)),
                    "longest": .integer(Int(wait.longest.components.seconds)),
                    "isTooLong": .bool(wait.isTooLong), "watchOnly": .bool(wait.isWatchOnly),
                ]
            })
    }
}
