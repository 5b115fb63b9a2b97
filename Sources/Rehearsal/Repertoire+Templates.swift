internal import CanaryEngine
internal import JSONTree
internal import Lab

/// The templates that theseus ships: the good day of each, and each way in which one can fail.
extension Repertoire {
    /// As a team writes it: a template, a smoke test, and where things are.
    private static func flow(_ template: String, _ parameters: String) -> String {
        """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: demo-app}
        spec:
          template: \(template)
          parameters: {smoke: ./smoke, deadline: 2m, bake: 30s, \(parameters)}
          target:
            namespace: demo
            service: demo-app
            manifest: manifest.yaml
          routes: [{virtualService: demo-app, http: [primary]}]
          gateway: {url: "http://lab.invalid:7081", host: demo.example.test}
          prometheus: {address: "http://lab.invalid:7080/prometheus", scrape: 5s}
          dark: {match: [{headers: {x-theseus: {exact: dark}}}]}
          settle: 10s
        """
    }

    /// What is told of each template.
    private struct Telling {
        var template: String
        var parameters: String
        /// A person says yes.
        var isAsked = false
        /// Where gates catch a candidate that errs.
        var caught: TrafficWeight
        /// When the candidate turns slow, and the share at which its numbers show it; nil: nothing
        /// of this template measures them.
        var slow: (upon: @Sendable (Standing) -> Bool, seen: TrafficWeight)?

        var flow: String { Repertoire.flow(template, parameters) }
    }

    private static let performance = "requests: 50, tolerance: 300%"

    private static let tellings = [
        Telling(
            template: "canary", parameters: "longBake: 30s, \(performance)", caught: .least,
            slow: ({ $0.isBaking(at: 1) }, half)),
        Telling(
            template: "canary-stepped", parameters: performance, caught: .least,
            slow: ({ $0.isBaking(at: 25) }, half)),
        Telling(
            template: "mirror-then-canary",
            parameters: "longBake: 30s, mirrorFor: 1m, \(performance)", caught: .least,
            slow: ({ $0.isBaking(at: 1) }, half)),
        Telling(
            template: "blue-green", parameters: performance, caught: .all,
            slow: ({ $0.state.weight == .all }, .all)),
        Telling(template: "ab-test", parameters: "time: 1m", isAsked: true, caught: .least),
        Telling(
            template: "dark-only", parameters: "time: 1m, \(performance)", isAsked: true,
            caught: .all, slow: ({ $0.isApproving }, .all)),
    ]

    static let templates: [Scenario] =
        tellings.flatMap(days) + undecided + [
            Scenario(
                "bootstrap-never-ready", flow: flow("bootstrap", ""),
                manifest: DemoFlow.manifest(version: "v2", behaviour: "never-ready"),
                world: DemoVariations.withoutStable, ends: .rolledBack
            ).with {
                $0.mayLoseRequests = true
                $0.highestWeight = .none
            }
        ]

    private static let approval = Scenario.Event(
        .upon(after: .seconds(30)) { $0.isApproving }, .wish(.approve))

    private static func days(_ telling: Telling) -> [Scenario] {
        let events = telling.isAsked ? [approval] : []
        var days = [
            Scenario(
                "\(telling.template)-good", flow: telling.flow, events: events, ends: .promoted),
            Scenario(
                "\(telling.template)-bad", flow: telling.flow, version: "v3", events: events,
                ends: .rolledBack
            ).with { $0.highestWeight = telling.caught },
            Scenario(
                "\(telling.template)-smoke-fails", flow: telling.flow,
                commands: { _, _ in .code(1) },
                ends: .rolledBack
            ).with { $0.highestWeight = .none },
            Scenario(
                "\(telling.template)-never-ready", flow: telling.flow,
                manifest: DemoFlow.manifest(version: "v2", behaviour: "never-ready"),
                ends: .rolledBack
            ).with { $0.highestWeight = .none },
        ]
        if let slow = telling.slow {
            let turn = Scenario.Event(
                .upon(after: .seconds(5), slow.upon),
                .world { _ = $0.mesh.turn("versions", ["v2": ["latency": ["median": 900]]]) })
            days.append(
                Scenario(
                    "\(telling.template)-slow", flow: telling.flow, events: events + [turn],
                    ends: .rolledBack
                ).with { $0.highestWeight = slow.seen })
        }
        return days
    }

    /// A person says no, or nothing.
    private static let undecided: [Scenario] = tellings.filter(\.isAsked).flatMap { telling in
        let shares = telling.template == "ab-test" ? half : .none
        let flow = Repertoire.flow(telling.template, telling.parameters + ", decision: 3m")
        return [
            Scenario(
                "\(telling.template)-rejected", flow: flow,
                events: [.init(.upon(after: .seconds(30)) { $0.isApproving }, .wish(.reject))],
                ends: .rolledBack
            ).with { $0.highestWeight = shares },
            Scenario("\(telling.template)-undecided", flow: flow, ends: .rolledBack)
                .with { $0.highestWeight = shares },
        ]
    }
}
