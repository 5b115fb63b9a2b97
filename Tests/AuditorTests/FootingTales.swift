import CanaryEngine
import JSONTree

/// What others do to the rule under users' feet.
extension AuditTests {
    /// Stable's subset means the candidate's pods.
    private static let turned: JSONTree = {
        var rule = Tale.rule("v1", "v2")
        var subsets = rule.at("spec", "subsets")?.items ?? []
        subsets[0].set("v2", at: "labels", "version")
        rule.set(.array(subsets), at: "spec", "subsets")
        return rule
    }()

    private static let home = Fact.done(
        Tale.order(7, 0, .home), note: "all traffic is home")

    static let footing: [Told] = [
        Told("home is said, and stable's subset means the candidate", after: .half, breaks: "S6") {
            $0.keep("DestinationRule", "shop", turned, by: "ann")
            $0.turn()
            $0.tell(.goHome)
            $0.remember(home)
        },
        Told("home is said, and the rule is gone", after: .half, breaks: "S6") {
            $0.remove("DestinationRule", "shop", by: "ann")
            $0.turn()
            $0.tell(.goHome)
            $0.remember(home)
        },
        Told("stable's subset is put back before home is said", after: .half) {
            $0.keep("DestinationRule", "shop", turned, by: "ann")
            $0.turn()
            $0.write("DestinationRule", "shop", Tale.rule("v1", "v2"))
            $0.tell(.goHome)
            $0.remember(home)
        },
        Told("nobody puts the rule back", after: .half, breaks: "S3") {
            $0.plan = RunPlan(steps: [.backup])
            $0.remove("DestinationRule", "shop", by: "ann")
            for minute in 1...6 {
                $0.date += 60_000
                $0.state.clock = .seconds(60 * minute)
                $0.pod("v1", 1)
                $0.done(7, minute)
            }
        },
        Told("users are led to both when all was home, and stay there", after: .half, breaks: "S6")
        {
            $0.leadAway(forMinutes: 4)
        },
        Told("users are led to both when all was home, and home again", after: .half) {
            $0.leadAway(forMinutes: 1)
            $0.tell(.goHome)
        },
        Told(
            "rolled back, and a route leads to what is gone", breaks: "S3", "S6", "S9"
        ) { .returned(from: .half, leavingOut: [.unpin]) },
    ]
}

extension Tale {
    /// All is said to be home, and then somebody unpins the route.
    fileprivate mutating func leadAway(forMinutes minutes: Int) {
        plan = RunPlan(steps: [.backup])
        turn()
        tell(.goHome)
        remember(.done(Self.order(7, 0, .home), note: "all traffic is home"))
        keep(
            "VirtualService", "shop", Self.routes([Self.destination(nil)], isDark: false), by: "ann"
        )
        for minute in 1...minutes {
            date += 60_000
            state.clock = .seconds(60 * minute)
            pod("v1", 1)
            done(7, minute)
        }
    }
}
