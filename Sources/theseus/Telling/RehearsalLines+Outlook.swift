internal import CanaryEngine
internal import FlowFiles
internal import GateTrials
internal import JSONTree
internal import Rehearsal
internal import WorstDay

/// Whom a bad candidate hurts, and what would hurt fewer.
extension RehearsalLines {
    var outlook: [String] {
        guard let outlook = report.outlook else { return [] }
        return radius(outlook) + [""] + slowness + advice(outlook)
    }

    private func radius(_ outlook: Outlook) -> [String] {
        var lines = ["", radiusHead(outlook)]
        if !outlook.unjudged.isEmpty {
            lines.append("taken to pass: gates \(outlook.unjudged.joined(separator: ", "))")
        }
        lines.append(testsLine)
        return lines + Self.table(radiusRows(outlook.radius)) + [goodLine(outlook.radius)]
    }

    /// What the table leaves out, and where that stands.
    var testsLine: String {
        let places = testPlaces
        return places.isEmpty
            ? "counted by gates alone; no test runs while users meet the candidate"
            : "counted by gates alone; tests, which may notice sooner, stand at"
                + " \(names.names(of: places, among: report.flow.plan.steps.indices.map(Place.step)))"
    }

    /// The steps with tests while users meet the candidate.
    private var testPlaces: [Place] {
        var weight = TrafficWeight.none
        return report.flow.plan.steps.enumerated().compactMap { index, step in
            switch step {
            case .weight(let next):
                weight = next
                return nil
            case .test, .tests: break
            case .bake(let bake) where !bake.tests.isEmpty: break
            default: return nil
            }
            return weight > .none ? .step(index) : nil
        }
    }

    func radiusHead(_ outlook: Outlook) -> String {
        "blast radius at \(Self.number(outlook.radius.requestsPerSecond)) requests a second, stable"
            + " failing \(Self.percent(outlook.radius.usual)); \(outlook.runs) simulated deliveries each"
    }

    /// With its head.
    func radiusRows(_ radius: BlastRadius) -> [[String]] {
        let head = [
            "candidate fails", "rolled back", "requests hurt (median, p99)", "noticed after",
            "mostly by", "most hurt at",
        ]
        return [head]
            + radius.points.map { point in
                [
                    Self.percent(point.failing), Self.percent(point.rolledBack),
                    "\(Self.number(point.hurt(at: 0.5))), \(Self.number(point.hurt(at: 0.99)))",
                    point.medianDetect.map(Self.text) ?? "-", noticer(point), dominant(point),
                ]
            }
    }

    func goodLine(_ radius: BlastRadius) -> String {
        "a good candidate is rolled back in \(Self.percent(radius.good.rolledBack)) of deliveries"
            + (radius.good.medianPromoted.map {
                ", and promoted \(Self.text($0)) after its first user"
            } ?? "")
    }

    private func noticer(_ point: BlastRadius.Point) -> String {
        switch point.noticer {
        case .gate(let step, let name): "\(name), \(names.name(of: .step(step)))"
        case .silence(let step): "no evidence, \(names.name(of: .step(step)))"
        case nil: "nobody"
        }
    }

    /// The stage in which most are hurt.
    private func dominant(_ point: BlastRadius.Point) -> String {
        guard let outlook = report.outlook,
            let most = point.stages.indices.max(by: { point.stages[$0] < point.stages[$1] }),
            outlook.stages.indices.contains(most)
        else { return "-" }
        return
            "\(names.name(of: .step(outlook.stages[most]))) (\(Self.percent(point.stages[most])))"
    }

    /// Whole deliveries of candidates that answer more slowly; like ones together.
    var slowness: [String] {
        var groups: [[TrialResult]] = []
        for result in report.results where result.what == .slower {
            if let place = groups.firstIndex(where: {
                $0[0].end == result.end && $0[0].turned == result.turned
            }) {
                groups[place].append(result)
            } else {
                groups.append([result])
            }
        }
        return groups.map { group in
            let who =
                group[0].end == .promoted
                ? "is promoted" : "is noticed at \(names.name(of: group[0].turned ?? .over))"
            let percents = group.map { $0.detail.dropFirst(3) }.joined(separator: ", ")
            let most = group.map(\.requests).max() ?? 0
            return "a candidate slower by \(percents) (than 20 ms) \(who):"
                + " \(Self.number(most)) requests were slow"
        }
    }

    // MARK: Advice

    func advice(_ outlook: Outlook) -> [String] {
        guard !outlook.advice.isEmpty else {
            return ["advice: none: no change that was tried costs nothing"]
        }
        return ["advice, each tried on \(outlook.advice[0].runs) deliveries of a kind:"]
            + outlook.advice.map { "  \(sentence($0))" }
    }

    func sentence(_ advice: TriedChange) -> String {
        let odds =
            Self.percent(advice.caught) == Self.percent(advice.caughtNow)
            ? "the same odds (\(Self.percent(advice.caught)) of bad candidates rolled back)"
            : "\(Self.percent(advice.caught)) of bad candidates rolled back instead of"
                + " \(Self.percent(advice.caughtNow))"
        let alarms = "\(Self.percent(advice.falseAlarms)) of good ones"
        switch advice.change {
        case .bake(let step, let duration, let before):
            return "\(names.name(of: .step(step))): \(PlanLines.text(duration)) instead of"
                + " \(PlanLines.text(before)): \(odds), \(alarms),"
                + " \(Self.text(advice.sooner)) sooner"
        case .firstShare(let step, let share, let before):
            let time =
                advice.sooner < .zero
                ? "\(Self.text(.zero - advice.sooner)) later" : "\(Self.text(advice.sooner)) sooner"
            return
                "\(names.name(of: .step(step))): \(share)% instead of \(before)%: a candidate that"
                + " fails every fourth request hurts \(Self.number(advice.hurt)) instead of"
                + " \(Self.number(advice.hurtNow)), \(odds), \(alarms), \(time)"
        }
    }

    // MARK: Numbers

    static func percent(_ part: Double) -> String {
        let tenths = (part * 1000).rounded()
        let text = "\(Int(tenths) / 10)"
        return tenths.truncatingRemainder(dividingBy: 10) == 0
            ? "\(text)%" : "\(text).\(Int(tenths) % 10)%"
    }

    static func number(_ number: Double) -> String {
        let tenths = (number * 10).rounded()
        return number >= 10 || tenths.truncatingRemainder(dividingBy: 10) == 0
            ? "\(Int(number.rounded()))" : "\(Int(tenths) / 10).\(Int(tenths) % 10)"
    }

    static func table(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let line = zip(row, widths).map { padded($0, $1) }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    // MARK: For machines

    var outlookTree: JSONTree {
        guard let outlook = report.outlook else { return .null }
        let radius = outlook.radius
        return [
            "requestsPerSecond": .number(radius.requestsPerSecond),
            "stableFails": .number(radius.usual), "deliveries": .integer(outlook.runs),
            "unjudgedGates": .array(outlook.unjudged.map(JSONTree.string)),
            "testsNotCounted": .array(testPlaces.map { .string(names.name(of: $0)) }),
            "good": tree(radius.good), "points": .array(radius.points.map(tree)),
            "slower": .array(
                report.results.filter { $0.what == .slower }.map { result in
                    [
                        "by": .string(result.detail), "ends": .string(Self.word(result.end)),
                        "noticedAt": result.turned.map { .string(names.name(of: $0)) } ?? .null,
                        "slowRequests": .number(result.requests.rounded()),
                    ]
                }),
            "advice": .array(
                outlook.advice.map { advice in
                    [
                        "step": .string(names.name(of: .step(advice.step))),
                        "what": .string(sentence(advice)),
                        "secondsSooner": .number((advice.sooner / .seconds(1)).rounded()),
                        "rolledBack": .number(advice.caught),
                        "rolledBackNow": .number(advice.caughtNow),
                        "falseAlarms": .number(advice.falseAlarms),
                        "falseAlarmsNow": .number(advice.falseAlarmsNow),
                        "hurt": .number(advice.hurt.rounded()),
                        "hurtNow": .number(advice.hurtNow.rounded()),
                        "deliveries": .integer(advice.runs),
                    ]
                }),
        ]
    }

    private func tree(_ point: BlastRadius.Point) -> JSONTree {
        [
            "fails": .number(point.failing), "rolledBack": .number(point.rolledBack),
            "hurtMedian": .number(point.hurt(at: 0.5).rounded()),
            "hurt99": .number(point.hurt(at: 0.99).rounded()),
            "noticedAfterSeconds": point.medianDetect.map {
                .number(($0 / .seconds(1)).rounded())
            } ?? .null,
            "noticedBy": .string(noticer(point)), "mostHurtAt": .string(dominant(point)),
        ]
    }
}
