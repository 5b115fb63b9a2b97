internal import CanaryEngine
internal import Chronicle
internal import JSONTree
internal import Journal
internal import Lab
internal import Manifests

extension Playbill {
    /// Every fact and effect, a line each: for people who look at one play.
    package var telling: [String] {
        var lines = facts.map { logged in
            let second = Double((logged.date - LabClock.defaultEpoch) / 100) / 10
            let order = logged.fact.order.map { " " + OrderText.text(of: $0) } ?? ""
            return "\(logged.sequence) e\(logged.epoch) \(second) s \(logged.actor):"
                + "\(order) \(Self.words(logged.fact))"
        }
        for version in history where !Self.isNoise(version) {
            let second =
                Double(
                    (version.at - history[0].at - .seconds(600)).wholeMilliseconds / 100) / 10
            let marks = version.object.map { object in
                ["run", "epoch", "journal"]
                    .compactMap { object.annotation("theseus.dev/\($0)")?.prefix(14) }
                    .joined(separator: " ")
            }
            lines.append(
                "revision \(version.revision) at \(second) s \(version.reference)"
                    + " by \(version.manager) [\(marks ?? "removed")] \(Self.weights(version))")
        }
        for (process, effects) in effects.enumerated() {
            for (number, effect) in effects.enumerated() {
                lines.append("process \(process) effect \(number + 1): \(effect)")
            }
        }
        return lines
    }

    private static func isNoise(_ version: StoredVersion) -> Bool {
        ["ReplicaSet", "Endpoints", "EndpointSlice", "Pod"].contains(version.reference.kind.kind)
            || version.manager == "world"
    }

    private static func weights(_ version: StoredVersion) -> String {
        (version.object?.spec["http"]?.items ?? []).map { route in
            (route["route"]?.items ?? []).map { destination in
                let subset = destination.at("destination", "subset")?.text ?? "-"
                return "\(subset):\(destination["weight"]?.whole ?? 100)"
            }.joined(separator: " ")
        }.joined(separator: " | ")
    }

    private static func words(_ fact: Fact) -> String {
        switch fact {
        case .planned: "planned"
        case .held(let holding): "held by \(holding.holder) after \(holding.absence)"
        case .stepBegun: "begun"
        case .promotionDecided: "promotion decided"
        case .started: "started"
        case .done(_, let note): "done \(note)"
        case .backedUp(_, let backup): "backed up, \(backup.stableReady) ready"
        case .recognised(_, let likeness, let note):
            "recognised \(likeness.parts.count) parts: \(note)"
        case .tested(_, let report): "tested \(report.passed): \(report.sentence)"
        case .judged(_, let gate, let verdict): "\(gate) \(verdict.ruling): \(verdict.sentence)"
        case .observed(_, let seen, let note): "\(seen ? "seen" : "unseen") \(note)"
        case .lowered(_, let share): "lowered to \(share.percent)%"
        case .failed(_, let setback): "failed \(setback.kind): \(setback.reason)"
        case .deadlinePassed: "deadline passed"
        case .wished(let wish): "wished \(wish.kind.rawValue)"
        case .refused(let wish, let why): "refused \(wish.kind.rawValue): \(why)"
        case .noticed(let text): text
        }
    }

    /// The same for two plays that were the same to the last fact.
    package var fingerprint: String {
        "\(lasted), head " + String(facts.last?.head.hash.prefix(12) ?? "none")
            + ", revision \(history.last?.revision ?? 0)"
    }

    /// The play in one line.
    package var summary: String {
        "\(end?.rawValue ?? "no end"), \(facts.count) facts,"
            + " \(effects.map { String($0.count) }.joined(separator: "+")) effects, \(lasted),"
            + " \(jobs) jobs, \(history.count) versions, \(lostRequests) requests lost"
    }
}
