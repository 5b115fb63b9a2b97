internal import CanaryEngine
internal import FlowFiles
internal import JSONTree
internal import Lab
internal import Manifests
internal import Rehearsal

/// Everything that can go wrong with a flow, as trials.
struct TrialList: Sendable {
    let ground: Playground
    private let deeds: Deeds
    private var plan: RunPlan { ground.flow.plan }

    init(_ ground: Playground) {
        self.ground = ground
        deeds = Deeds(ground: ground)
    }

    /// The day on which nothing goes wrong, gates and mesh asked in the Lab.
    static let goodDay = Trial("good", .nothing, at: .beforehand).with { $0.script.asksLab = true }

    /// The same with gates and mesh that say yes: what crashes and the API are tried on.
    static let briskDay = Trial("brisk", .nothing, at: .beforehand)

    /// What is asked of gates, tests, people and pods.
    var mishaps: [Trial] {
        shares + slowness + pods + tests + gates + metrics + people + hooks + meddlers
    }

    // MARK: The candidate

    private var weights: [(step: Int, percent: Int, before: Int)] {
        var before = 0
        var found: [(Int, Int, Int)] = []
        for (index, step) in plan.steps.enumerated() {
            guard case .weight(let weight) = step, weight.percent > before else { continue }
            found.append((index, weight.percent, before))
            before = weight.percent
        }
        return found
    }

    /// Gates that the Lab cannot ask are taken to notice.
    private var shares: [Trial] {
        weights.map { weight in
            Trial("turns-bad:\(weight.step + 1)", .turnsBad, at: .step(weight.step)).with {
                $0.script.asksLab = true
                $0.mayLoseRequests = true
                $0.detail = "from \(weight.percent)% on"
                for (step, name) in judged where step > weight.step {
                    if !ground.flow.playedGates.contains(name) {
                        $0.script.failingGates.insert(.init(place: .step(step), name: name))
                    }
                }
                let above = Double(weight.before + weight.percent) / 2
                $0.events = [.init(.at(.zero), deeds.turnBad(above: above))]
            }
        }
    }

    /// By how many percent candidates are slower that are tried.
    static let slower = [25, 100, 400]

    private var slowness: [Trial] {
        guard let first = weights.first?.step else { return [] }
        return Self.slower.map { percent in
            Trial("slower:\(percent)", .slower, at: .step(first)).with {
                $0.script.asksLab = true
                $0.detail = "by \(percent)%"
                $0.events = [.init(.at(.zero), deeds.slow(by: percent))]
            }
        }
    }

    /// A candidate that fails a part of its requests from the beginning: a whole delivery to hold the
    /// thin ones against.
    func failing(_ part: Double) -> Trial {
        Trial("fails:\(part)", .turnsBad, at: .beforehand).with {
            $0.script.asksLab = true
            $0.events = [.init(.at(.zero), deeds.fail(part))]
        }
    }

    private var pods: [Trial] {
        guard
            let deploy = plan.steps.firstIndex(where: {
                if case .deploy = $0 { true } else { false }
            })
        else { return [] }
        let early: [(String, Trial.What, PodBehaviour)] = [
            ("never-ready", .neverReady, .neverReady), ("crash-loop", .crashLoop, .crash),
        ]
        var trials = early.map { id, what, behaviour in
            Trial(id, what, at: .step(deploy)).with {
                $0.mayLoseRequests = plan.isFirstRelease
                $0.events = [.init(.at(.zero), deeds.behave(behaviour))]
            }
        }
        trials += plan.steps.indices.dropFirst(deploy + 1).map { step in
            Trial("pods-crash:\(step + 1)", .podsCrash, at: .step(step)).with {
                $0.mayLoseRequests = true
                // It may break when promotion is decided already.
                $0.excuses = ["S6 promoted, and the candidate has no ready pod"]
                $0.events = [
                    .init(.upon(after: .seconds(1)) { $0.isAt(step) }, deeds.behave(.crash))
                ]
            }
        }
        return trials
            + plan.steps.enumerated().compactMap { index, step in
                guard case .reach = step else { return nil }
                return Trial("out-of-reach:\(index + 1)", .outOfReach, at: .step(index)).with {
                    $0.script.isOutOfReach = true
                }
            }
    }

    // MARK: Tests and gates

    private var tests: [Trial] {
        plan.steps.indices.flatMap { step -> [Trial] in
            var names: [String] = []
            for leg in plan.legs(ofStep: step) {
                for call in leg.calls where !names.contains(call.name) { names.append(call.name) }
            }
            return names.flatMap { name -> [Trial] in
                let cue = Script.Cue(place: .step(step), name: name)
                let kinds: [(String, Trial.What, Script.TestAnswer)] = [
                    ("test-fails", .testFails, .fails), ("test-hangs", .testHangs, .hangs),
                ]
                return kinds.map { id, what, answer in
                    Trial("\(id):\(step + 1):\(name)", what, at: .step(step)).with {
                        $0.script.tests[cue] = answer
                        $0.detail = name
                    }
                }
            }
        }
    }

    /// Every gate that decides, with its step.
    private var judged: [(step: Int, name: String)] {
        plan.steps.enumerated().flatMap { index, step -> [(Int, String)] in
            switch step {
            case .bake(let bake): bake.gates.map { (index, $0) }
            case .gate(let name): [(index, name)]
            default: []
            }
        }
    }

    private var gates: [Trial] {
        judged.map { step, name in
            Trial("gate-fails:\(step + 1):\(name)", .gateFails, at: .step(step)).with {
                $0.script.failingGates = [.init(place: .step(step), name: name)]
                $0.detail = name
            }
        }
    }

    private var metrics: [Trial] {
        var steps: [Int] = []
        for (step, _) in judged where !steps.contains(step) { steps.append(step) }
        var trials = steps.flatMap { step -> [Trial] in
            let kinds: [(String, Trial.What, String)] = [
                ("no-metrics", .noMetrics, "empty"), ("metrics-hang", .metricsHang, "hang"),
            ]
            return kinds.map { id, what, fault in
                Trial("\(id):\(step + 1)", what, at: .step(step)).with {
                    $0.script.asksLab = true
                    for (place, name) in judged where place == step {
                        if !ground.flow.playedGates.contains(name) {
                            $0.script.silentGates.insert(.init(place: .step(step), name: name))
                        }
                    }
                    $0.events = [
                        .init(
                            .upon(after: .zero) { $0.isAt(step) },
                            deeds.prometheus(["fault": .string(fault)]))
                    ]
                }
            }
        }
        if !steps.isEmpty, ground.flow.prometheus != nil {
            let lag = ground.flow.scrape * 2
            trials.append(
                Trial("metrics-late", .metricsLate, at: .beforehand).with {
                    $0.script.asksLab = true
                    $0.detail = "by \(lag.components.seconds) s"
                    $0.events = [
                        .init(
                            .at(.zero), deeds.prometheus(["lag": .number(lag / .seconds(1))]))
                    ]
                })
        }
        return trials
    }

    // MARK: People and tools

    private var people: [Trial] {
        plan.steps.enumerated().flatMap { index, step -> [Trial] in
            guard case .approve = step else { return [] }
            let rejection = Scenario.Event(
                .upon(after: .seconds(1)) { $0.isAt(index) && $0.isApproving }, .signal(.reject))
            return [
                Trial("rejected:\(index + 1)", .rejected, at: .step(index)).with {
                    $0.unansweredStep = index
                    $0.events = [rejection]
                },
                Trial("unanswered:\(index + 1)", .unanswered, at: .step(index)).with {
                    $0.unansweredStep = index
                },
            ]
        }
    }

    /// Hooks at the end of the way home: an abort from the last share that users have.
    private var hooks: [Trial] {
        guard let last = weights.last?.step, !plan.hooks[.rolledBack].isEmpty else { return [] }
        return plan.hooks[.rolledBack].map { call in
            Trial("hook-hangs:\(call.name)", .hookHangs, at: .step(last)).with {
                $0.script.tests[.init(place: .home, name: call.name)] = .hangs
                $0.detail = call.name
                $0.events = [
                    .init(.upon(after: .seconds(3)) { $0.isAt(last) }, .signal(.abort))
                ]
            }
        }
    }

    private var meddlers: [Trial] {
        weights.flatMap { weight -> [Trial] in
            let step = weight.step
            let next = min(step + 1, plan.steps.count - 1)
            return [
                Trial("tool:\(step + 1)", .toolReverts, at: .step(step)).with {
                    $0.events = [.init(.upon(after: .zero) { $0.isAt(step) }, deeds.keepRoutes)]
                },
                Trial("person:\(next + 1)", .personEdits, at: .step(next)).with {
                    $0.events = [
                        .init(.upon(after: .seconds(2)) { $0.isAt(next) }, deeds.editWeights)
                    ]
                },
            ].map {
                $0.with {
                    $0.hasForeignHands = true
                    $0.mayLoseRequests = true
                }
            }
        }
    }
}

extension Leg {
    /// The tests that it calls and that decide.
    fileprivate var calls: [TestCall] {
        switch self {
        case .test(let call): [call]
        case .tests(let calls): calls
        case .bake(let bake): bake.tests
        default: []
        }
    }
}
