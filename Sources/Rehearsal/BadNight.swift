internal import CanaryEngine
internal import JSONTree
internal import Journal
internal import Lab
internal import Manifests

/// One night drawn from a seed: faults of every kind, and then all heals.
package struct BadNight: Sendable {
    package let seed: UInt64
    package let scenario: Scenario
    package let mishap: Mishap
    /// What goes wrong and when, a line each: for people.
    package let plot: [String]

    /// After so long everything is well again, and the run must come to its end.
    private static let healing = Duration.seconds(1500)

    package init(seed: UInt64) {
        self.seed = seed
        var dice = Dice(seed: seed)
        let isBad = dice.hits(0.3)
        let behaviour = dice.hits(0.1) ? "flap" : "steady"
        let version = isBad ? "v3" : "v2"
        var scenario = Scenario(
            "night \(seed)", flow: DemoFlow.short, version: version,
            manifest: DemoFlow.manifest(version: version, behaviour: behaviour),
            ends: .promoted, .rolledBack, .refused)
        scenario.longest = .seconds(6 * 3600)
        scenario.mayLoseRequests = behaviour == "flap"
        var plot = ["\(version), \(behaviour)"]
        Self.choosePlace(&scenario, &dice, &plot)
        Self.stageCluster(&scenario, &dice, version, &plot)
        Self.stagePeople(&scenario, &dice, &plot)
        var mishap = Self.mishap(seed, &dice, &scenario, &plot)
        if dice.hits(0.3) {
            plot.append("the journal stands in the cluster")
            scenario.keepsJournalInCluster = true
        }
        Self.stageTools(&scenario, &dice, &plot)
        if dice.hits(0.2) {
            let jump = (at: dice.moment, by: dice.pick([-7_200_000, -90_000, 90_000, 7_200_000]))
            plot.append("\(jump.at): the date jumps by \(jump.by / 1000) s")
            mishap.jump = jump
        }
        self.scenario = scenario
        self.mishap = mishap
        self.plot = plot
    }

    /// Where it happens; in two of the worlds each version has a Service, and users are divided by
    /// hosts.
    private static func choosePlace(
        _ scenario: inout Scenario, _ dice: inout Dice, _ plot: inout [String]
    ) {
        let version = scenario.version
        let place = dice.pick([
            ("the demo's world", DemoWorld.file), ("with subsets", DemoVariations.withSubsets),
            ("without an autoscaler", DemoVariations.withoutAutoscaler),
            ("a slow mesh", DemoVariations.slowMesh),
            ("with a neighbour", DemoVariations.withNeighbour),
            ("by hosts", DemoVariations.byHosts("v1", version)),
            ("by hosts, the next one", DemoVariations.afterHosts),
        ])
        plot.append(place.0)
        scenario.world = place.1
        // Nobody has made the Service of the version that comes: its manifest brings it.
        if place.0 == "by hosts, the next one" {
            scenario.manifest += "\n" + DemoFlow.service(version: version)
        }
    }

    /// Pods, mesh and metrics that are not well.
    private static func stageCluster(
        _ scenario: inout Scenario, _ dice: inout Dice, _ version: String,
        _ plot: inout [String]
    ) {
        func meanwhile(
            _ words: String, _ deed: @escaping @Sendable (inout LabState) -> Void
        ) {
            let moment = dice.moment
            plot.append("\(moment): \(words)")
            scenario.events.append(.init(.at(moment), .world(deed)))
        }
        if dice.hits(0.4) {
            let most = dice.whole(1...10)
            meanwhile("mesh lag \(most) s") {
                _ = $0.mesh.turn("lag", ["least": 0, "most": .integer(most)])
            }
        }
        if dice.hits(0.4) {
            let faults: [PrometheusSettings.Fault] = PrometheusSettings.Fault.allCases
            let fault = dice.pick(faults.filter { $0 != .none })
            meanwhile("prometheus \(fault)") {
                _ = $0.mesh.turn("prometheus", ["fault": .string(fault.rawValue)])
            }
        }
        if dice.hits(0.3) {
            let behaviour = dice.pick([PodBehaviour.crash, .flap, .neverReady])
            meanwhile("candidate \(behaviour)") {
                $0.cluster.setBehaviour(
                    behaviour, namespace: "demo", deployment: "demo-app-\(version)")
            }
            // It may break when promotion is decided already.
            scenario.excuses.append("S6 promoted, and the candidate has no ready pod")
            scenario.mayLoseRequests = true
        }
        for _ in 0..<dice.whole(0...3) {
            let place = dice.whole(0...9)
            meanwhile("a pod is evicted") { state in
                let pods = state.cluster.objects(.pod).filter { $0.namespace == "demo" }
                guard !pods.isEmpty else { return }
                state.cluster.evict(namespace: "demo", pod: pods[place % pods.count].name)
            }
            scenario.mayLoseRequests = true
        }
        if dice.hits(0.3) {
            let pods = dice.whole(4...8)
            meanwhile("demand for \(pods) pods of stable") {
                $0.cluster.setDemand(pods, namespace: "demo", deployment: "demo-app-v1")
            }
        }
        scenario.events.append(
            .init(
                .at(healing),
                .world { state in
                    _ = state.mesh.turn("prometheus", ["fault": "none"])
                    _ = state.mesh.turn("lag", 1)
                    for name in ["demo-app-v1", "demo-app-\(version)"] {
                        state.cluster.setBehaviour(nil, namespace: "demo", deployment: name)
                        state.cluster.setDemand(nil, namespace: "demo", deployment: name)
                    }
                }))
    }

    /// People who change their minds, or what the run owns.
    private static func stagePeople(
        _ scenario: inout Scenario, _ dice: inout Dice, _ plot: inout [String]
    ) {
        if dice.hits(0.25) {
            let moment = dice.moment
            plot.append("\(moment): abort")
            scenario.events.append(.init(.at(moment), .wish(.abort)))
        }
        if dice.hits(0.15) {
            let weight = dice.whole(0...100)
            let moment = dice.moment
            let candidate = ObjectReference(
                .deployment, namespace: "demo", name: "demo-app-\(scenario.version)")
            plot.append("\(moment): a person gives the candidate \(weight)%")
            scenario.hasForeignHands = true
            scenario.mayLoseRequests = true
            // Nobody takes the edit back.
            scenario.ends.append(.personNeeded)
            scenario.events.append(
                .init(
                    .at(moment),
                    .world { state in
                        // Before it comes, and when it is gone, there is nobody to give them to.
                        guard state.cluster.object(candidate) != nil else { return }
                        state.cluster.edit(DemoVariations.routes, by: "kubectl-edit") {
                            DemoVariations.weigh(&$0, weight)
                        }
                    }))
        }
    }

    /// A tool that puts back what it keeps, and tests that hang, fail or are killed.
    private static func stageTools(
        _ scenario: inout Scenario, _ dice: inout Dice, _ plot: inout [String]
    ) {
        if dice.hits(0.15) {
            let (moment, delay) = (dice.moment, Duration.seconds(dice.whole(1...60)))
            plot.append("\(moment): a tool keeps the route, and puts it back after \(delay)")
            scenario.hasForeignHands = true
            scenario.mayLoseRequests = true
            scenario.ends.append(.personNeeded)
            let world = try? scenario.world.begin(date: LabClock.defaultEpoch)
            let source = world?.cluster.object(DemoVariations.routes)?.spec
            scenario.events += [
                .init(
                    .at(moment),
                    .world {
                        $0.cluster.keep(
                            DemoVariations.routes, as: source, putBackAfter: delay,
                            by: "argocd-controller")
                    }),
                .init(.at(healing), .world { $0.cluster.letGo(DemoVariations.routes) }),
            ]
        }
        if dice.hits(0.3) {
            let moment = dice.moment
            let end = dice.pick([ScriptedSpawner.End.hangs, .code(1), .code(137)])
            plot.append("the smoke test is a command: \(end) until \(moment)")
            scenario.flow = DemoFlow.text(
                smoke: "{command: [\"./smoke\"], timeout: 1m, retries: 1}",
                steps: DemoFlow.shortSteps)
            scenario.commands = { _, now in now < moment ? end : .code(0) }
        }
    }

    private static func mishap(
        _ seed: UInt64, _ dice: inout Dice, _ scenario: inout Scenario,
        _ plot: inout [String]
    ) -> Mishap {
        var mishap = Mishap()
        mishap.healing = healing
        if dice.hits(0.7) {
            var outcomes = CallOutcome.everyOne
            // A server that denies at random denies a run; that is tried by itself.
            if dice.hits(0.8) {
                outcomes.removeAll { [.status(401), .status(403), .status(422)].contains($0) }
            }
            let rate = dice.pick([0.01, 0.05, 0.2])
            plot.append("calls fail at \(rate)")
            scenario.excuses += Scenario.leftLease
            mishap.calls = FaultPlan(rate: rate, among: outcomes, seed: seed)
        }
        for _ in 0..<dice.whole(0...3) { mishap.kills.append(dice.moment) }
        if dice.hits(0.2) {
            let rate = dice.pick([0.02, 0.1])
            plot.append("the journal fails at \(rate)")
            mishap.journal = JournalFaults(rate: rate, seed: seed)
        }
        if dice.hits(0.3) {
            mishap.stall = Lifeline.Stall(
                effect: dice.whole(1...150), point: dice.hits(0.5) ? .before : .after,
                lasts: .seconds(dice.whole(5...90)))
        }
        for _ in 0..<dice.whole(0...2) { mishap.reliefs.append(dice.moment) }
        if dice.hits(0.3) { mishap.rival = .seconds(dice.whole(0...60)) }
        plot.append("killed at \(mishap.kills), reliefs at \(mishap.reliefs)")
        if let rival = mishap.rival { plot.append("a rival after \(rival)") }
        if let stall = mishap.stall {
            plot.append("stands still for \(stall.lasts) at effect \(stall.effect)")
        }
        return mishap
    }

    package func play() throws -> Playbill { try Stage(scenario).play(mishap) }

    /// The command that plays this night again.
    package var replay: String { Replay.command("--night \(seed)") }

    /// What was wrong with the night; nil where nothing was.
    package func finding() -> Sweep.Finding? {
        let complaints: [String]
        do { complaints = try play().complaints(scenario) } catch { complaints = ["\(error)"] }
        guard !complaints.isEmpty else { return nil }
        return Sweep.Finding(replay: replay, complaints: complaints)
    }
}

/// Draws the things of a night.
private struct Dice {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed &* 0x9FB2_1C65_1E98_DF25) }

    mutating func hits(_ chance: Double) -> Bool { generator.fraction() < chance }

    mutating func whole(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(generator.next() % UInt64(range.count))
    }

    mutating func pick<Thing>(_ things: [Thing]) -> Thing { things[whole(0...things.count - 1)] }

    /// Some moment of the first phase.
    var moment: Duration { mutating get { .milliseconds(whole(0...900_000)) } }
}
