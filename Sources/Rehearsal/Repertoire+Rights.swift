internal import CanaryEngine
internal import Lab

/// Rights that are taken from the run in the middle, and given back a while later.
extension Repertoire {
    private static func deny(_ verb: String, _ kind: String) -> Scenario.Event.Deed {
        .world { $0.cluster.denials = [LabDenial(verb: verb, kind: kind)] }
    }

    private static let allow = Scenario.Event.Deed.world { $0.cluster.denials = [] }

    static let rights: [Scenario] = [
        // Neither journal nor routes can be written: as soon as they may, everybody is brought home.
        Scenario(
            "rights-renewed", flow: DemoFlow.short,
            events: [
                .init(.upon(after: .seconds(5)) { $0.isBaking(at: 50) }, deny("*", "*")),
                .init(.upon(after: .seconds(45)) { $0.isBaking(at: 50) }, allow),
            ], ends: .rolledBack
        ).with {
            $0.keepsJournalInCluster = true
            // Whoever takes the run once the rights are back has nothing to turn round for.
            $0.endsAfterCrash = [.promoted]
            $0.saying = "it was brought home while nothing could be remembered"
        },
        // Users come home by the pods alone; the rest waits for the right.
        Scenario(
            "deployments-unreadable", flow: DemoFlow.short,
            events: [
                .init(
                    .upon(after: .seconds(3)) { $0.isBaking(at: 50) }, deny("get", "Deployment")),
                .init(.upon(after: .seconds(90)) { $0.isBaking(at: 50) }, allow),
            ], ends: .rolledBack
        ).with {
            $0.endsAfterCrash = [.promoted]
            $0.saying = "may not go on home, and asks again: GET Deployment demo/demo-app-v2"
        },
    ]
}
