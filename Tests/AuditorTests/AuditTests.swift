import Auditor
import CanaryEngine
import Chronicle
import JSONTree
import Journal
import Manifests
import Testing

/// One history told by hand, and the promises that it breaks.
struct Told: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let promises: [String]
    let tale: @Sendable () -> Tale

    init(_ name: String, breaks promises: String..., tale: @escaping @Sendable () -> Tale) {
        testDescription = name
        self.promises = promises
        self.tale = tale
    }

    /// A good life up to a chapter, and then something else.
    init(
        _ name: String, after chapter: Tale.Chapter, breaks promises: String...,
        then more: @escaping @Sendable (inout Tale) -> Void
    ) {
        testDescription = name
        self.promises = promises
        tale = {
            var tale = Tale.told(to: chapter)
            more(&tale)
            return tale
        }
    }

    /// The numbers of the promises that the audit finds broken.
    var broken: [String] { Self.broken(in: tale().evidence) }

    static func broken(in evidence: Evidence) -> [String] {
        var seen: [String] = []
        for sentence in Audit.violations(in: evidence) {
            let promise = String(sentence.prefix { $0 != " " })
            if !seen.contains(promise) { seen.append(promise) }
        }
        return seen
    }
}

@Suite struct AuditTests {
    static let lives = [
        Told("promoted") { .promoted() },
        Told("aborted after the pins") { .returned(from: .deploy, leavingOut: [.goHome]) },
        Told("aborted at 1") { .returned(from: .one) },
        Told("aborted at 100") { .returned(from: .all) },
        Told("under way") { .told(to: .half) },
    ]

    @Test("A good life breaks nothing", arguments: lives)
    func good(_ told: Told) {
        #expect(Audit.violations(in: told.tale().evidence) == [])
        #expect(Audit.violations(in: told.tale().evidence.byHosts) == [])
    }

    /// What breaks a promise where the versions are subsets breaks it where each has a Service.
    @Test(arguments: routes + pods + longLives + judged + turns + ends)
    func badByHosts(_ told: Told) {
        #expect(Told.broken(in: told.tale().evidence.byHosts) == told.promises)
    }

    @Test(
        arguments: routes + pods + longLives + judged + turns + journals + ends + ownership
            + liveness + footing)
    func bad(_ told: Told) {
        #expect(told.broken == told.promises)
    }

    static func list(_ destinations: JSONTree...) -> JSONTree {
        Tale.routes(.array(destinations))
    }

    static let routes: [Told] = [
        Told("weights -25 and 125", after: .half, breaks: "S1", "S4", "S7") {
            $0.write(
                "VirtualService", "shop",
                list(Tale.destination("v1", -25), Tale.destination("v2", 125)))
        },
        Told("weights that sum to 90", after: .half, breaks: "S1") {
            $0.write(
                "VirtualService", "shop",
                list(Tale.destination("v1", 45), Tale.destination("v2", 45)))
        },
        Told("half a percent", after: .half, breaks: "S1") {
            var odd = Tale.destination("v1")
            odd["weight"] = 50.5
            $0.write("VirtualService", "shop", list(odd, Tale.destination("v2", 49)))
        },
        Told("a lone destination with 0", after: .darken, breaks: "S1") {
            $0.write("VirtualService", "shop", list(Tale.destination("v1", 0)))
        },
        Told("a route before its subset", after: .deploy, breaks: "S3") {
            $0.write("VirtualService", "shop", Tale.routes(Tale.parts(0)))
        },
        Told("a subset that goes while the dark route names it", after: .darken, breaks: "S3") {
            $0.write("DestinationRule", "shop", Tale.rule("v1"))
        },
        Told("a rule that goes while routes name its subsets", after: .darken, breaks: "S3") {
            $0.remove("DestinationRule", "shop")
        },
        Told("a candidate that goes while it has 1%", after: .one, breaks: "S3") {
            $0.remove("Deployment", "shop-v2")
        },
        Told("stable that goes while it has half", after: .half, breaks: "S3") {
            $0.remove("Deployment", "shop-v1")
        },
        Told("an unpinned route while the candidate stands", after: .darken, breaks: "S21") {
            $0.write("VirtualService", "shop", list(Tale.destination(nil)))
        },
        Told("a candidate before the pins", after: .backUp, breaks: "S21") {
            $0.write("Deployment", "shop-v2", Tale.deployment("v2"))
            $0.pod("v2", 1)
        },
        Told("unpinned before the candidate's pods are gone", after: .darken, breaks: "S21") {
            $0.turn()
            $0.tell(.undarken)
            $0.tell(.unpin)
        },
        Told("a dark route that leads to stable", after: .darken, breaks: "S21") {
            $0.change("VirtualService", "shop") { tree in
                var dark = Tale.dark
                dark["route"] = [Tale.destination("v1")]
                tree.set([dark, ["name": "primary", "route": Tale.parts(0)]], at: "spec", "http")
            }
        },
        Told("weight that the journal never meant", after: .darken, breaks: "S21") {
            $0.write("VirtualService", "shop", Tale.routes(Tale.parts(50)))
        },
        Told("more weight than the journal meant", after: .one, breaks: "S7") {
            $0.write("VirtualService", "shop", Tale.routes(Tale.parts(20)))
        },
    ]

    static let pods: [Told] = [
        Told("weight without a ready pod", after: .darken, breaks: "S2") {
            $0.pod("v2", 1, isReady: false)
            $0.date += 60_000
            $0.shift(1, step: 5)
        },
        Told("home to a stable without a ready pod", after: .half, breaks: "S2") {
            $0.pod("v1", 1, isReady: false)
            $0.pod("v1", 2, isReady: false)
            $0.date += 60_000
            $0.turn()
            $0.tell(.goHome)
        },
        Told("more than one pod carries", after: .one, breaks: "S4") { $0.shift(75, step: 6) },
    ]

    static let longLives: [Told] = [
        Told("weight that stays where no pod is", after: .half, breaks: "S2") {
            $0.pod("v2", 1, isReady: false)
            $0.date += 900_000
            $0.pod("v2", 1)
        },
        Told("promotion of more than the pods carry", after: .all, breaks: "S4") {
            $0.pod("v2", 2, isReady: false)
            $0.date += 60_000
            $0.tell(.close)
        },
    ]

    static let turns: [Told] = [
        Told("a rise after the abort", after: .one, breaks: "S15") {
            $0.state.weight = .all
            $0.pod("v2", 2)
            $0.remember(.tested(Tale.order(6), TestReport(passed: true, sentence: "")))
            $0.turn()
            $0.write(
                "VirtualService", "shop",
                list(Tale.destination("v1", 0), Tale.destination("v2", 100)))
        },
        Told("two rises, and nobody looked", after: .one, breaks: "S15") {
            $0.facts.removeLast()
            $0.shift(50, step: 6)
        },
    ]

    static let journals: [Told] = [
        Told("an epoch that goes back", after: .darken, breaks: "S12") {
            $0.epoch = 2
            $0.hold()
            $0.change("VirtualService", "shop") { _ in }
            $0.epoch = 1
            $0.change("VirtualService", "shop") { _ in }
        },
        Told("an epoch that is not its record's", after: .darken, breaks: "S12") {
            $0.epoch = 2
            $0.change("VirtualService", "shop") { _ in }
        },
        Told("a seal before the backup", after: .open, breaks: "S7") {
            $0.remember(.planned(digest: "plan"))
            $0.change("Deployment", "shop-v1") { _ in }
        },
        Told("a head that the journal does not have", after: .one, breaks: "S7") {
            let lost = $0.facts.count
            $0.shift(50, step: 6)
            $0.facts.removeSubrange(lost...)
        },
        Told("a head with another hash", after: .darken, breaks: "S7") {
            $0.change("VirtualService", "shop") { _ in }
            let last = $0.facts.removeLast()
            $0.facts.append(
                LoggedFact(
                    sequence: last.sequence, epoch: 1, date: last.date, actor: "theseus",
                    fact: last.fact, state: last.state,
                    head: JournalHead(sequence: last.sequence, epoch: 1, hash: "forged")))
        },
        Told("a record that is missing", after: .darken, breaks: "S18") {
            $0.facts.remove(at: 1)
        },
        Told("once, twice", after: .darken, breaks: "S8") {
            $0.remember(.started(Tale.order(4)))
            $0.remember(.started(Tale.order(4)))
        },
        Told("a result of what was cut off", after: .darken, breaks: "S8") {
            $0.remember(.started(Tale.order(4)))
            $0.epoch = 2
            $0.hold()
            $0.remember(.tested(Tale.order(4), TestReport(passed: true, sentence: "")))
        },
    ]

    static let ends: [Told] = [
        Told("rolled back, the candidate's Deployment left", breaks: "S9") {
            var tale = Tale.told(to: .one)
            tale.turn()
            tale.tell(.goHome)
            tale.tell(.undarken)
            tale.remove("Pod", "shop-v2-1", by: "node")
            tale.tell(.unpin)
            tale.tell(.restore)
            return tale
        },
        Told("rolled back, stable's minimum left high", breaks: "S9") {
            var tale = Tale.returned(from: .one)
            var high = tale.objects["HorizontalPodAutoscaler shop-v1"] ?? .null
            high.set(2, at: "spec", "minReplicas")
            tale.keep("HorizontalPodAutoscaler", "shop-v1", high, by: "theseus")
            return tale
        },
        Told("rolled back, a mark left", breaks: "S9") {
            var tale = Tale.returned(from: .one)
            tale.change("VirtualService", "shop") { _ in }
            return tale
        },
        Told("rolled back, the lease left", breaks: "S9") {
            var tale = Tale.returned(from: .one)
            tale.write("Lease", "theseus-shop", ["spec": ["holderIdentity": "host"]])
            return tale
        },
        Told("promoted, and the marks are left", breaks: "S6") {
            var tale = Tale.promoted(leavingOut: [.tidy])
            tale.state.course = .promoted
            tale.remember(.done(Tale.order(8, 6, .closing), note: ""))
            return tale
        },
        Told("promoted, and the old version is left", breaks: "S6") {
            var tale = Tale.told(to: .all)
            tale.tell(.close)
            tale.tell(.tidy)
            return tale
        },
        Told("promoted, and then back", breaks: "S6") {
            var tale = Tale.told(to: .all)
            tale.tell(.close)
            tale.write("VirtualService", "shop", Tale.routes(Tale.parts(50), isDark: false))
            tale.write(
                "VirtualService", "shop",
                Tale.routes([Tale.destination("v2", 100)], isDark: false))
            return tale
        },
        Told("a person is needed, and users are where no pod is", after: .half, breaks: "S6") {
            $0.turn()
            $0.pod("v2", 1, isReady: false)
            $0.date += 60_000
            let first = Progress(step: 7, leg: 0, entered: .zero)
            let late = Setback(.deadline, "bringing traffic home took longer than 600 s")
            let way = Return(why: late, place: first)
            $0.state.course = .personNeeded(Trouble(setback: late, stop: .returning(way)))
            $0.remember(.deadlinePassed(Tale.order(7, 0, .home)))
            $0.pod("v1", 1)
        },
        Told("over, and nobody says how", breaks: "S6") {
            var tale = Tale.told(to: .darken)
            tale.isOver = true
            return tale
        },
    ]

    /// A VirtualService with a foreign destination and a route that leads elsewhere.
    private static func crowded(_ candidate: Int, foreign: Int = 20, elsewhere: String = "cart")
        -> JSONTree
    {
        let pool = 100 - foreign
        var list = Tale.parts(candidate, of: pool).items ?? []
        if candidate == 0 { list = [Tale.destination("v1", pool)] }
        list.append(["destination": ["host": "mirror"], "weight": .integer(foreign)])
        let other: JSONTree = ["route": [["destination": ["host": .string(elsewhere)]]]]
        let http: JSONTree = [
            Tale.dark, ["name": "primary", "timeout": "3s", "route": .array(list)], other,
        ]
        return ["spec": ["hosts": ["shop"], "http": http]]
    }

    private static func crowd(_ tale: inout Tale) {
        tale.keep("VirtualService", "shop", crowded(0), by: "ann")
    }

    static let ownership: [Told] = [
        Told("among foreign destinations", after: .darken) {
            crowd(&$0)
            $0.state.weight = .all
            $0.pod("v2", 2)
            $0.done(5, 1)
            $0.write("VirtualService", "shop", crowded(40))
        },
        Told("a foreign destination that lost weight", after: .darken, breaks: "S10") {
            crowd(&$0)
            $0.write("VirtualService", "shop", crowded(0, foreign: 10))
        },
        Told("a route to another service", after: .darken, breaks: "S10") {
            crowd(&$0)
            $0.write("VirtualService", "shop", crowded(0, elsewhere: "shop-cart"))
        },
        Told("a whole spec written anew", after: .darken, breaks: "S10") {
            crowd(&$0)
            $0.write("VirtualService", "shop", Tale.routes(Tale.parts(0)))
        },
        Told("somebody's subset", after: .darken, breaks: "S10") {
            $0.keep("DestinationRule", "shop", Tale.rule("v1", "v2", "v0"), by: "ann")
            $0.write("DestinationRule", "shop", Tale.rule("v1", "v2"))
        },
        Told("the run's rule, which somebody turned to another host, led back", after: .darken) {
            var turned = $0.objects["DestinationRule shop"] ?? .null
            turned.set("cart", at: "spec", "host")
            $0.keep("DestinationRule", "shop", turned, by: "ann")
            $0.change("DestinationRule", "shop") { $0.set("shop", at: "spec", "host") }
        },
        Told("the run's rule turned to another host", after: .darken, breaks: "S10") {
            $0.change("DestinationRule", "shop") { $0.set("cart", at: "spec", "host") }
        },
        Told("somebody's rule turned to the service", after: .darken, breaks: "S10") {
            $0.keep("DestinationRule", "cart", ["spec": ["host": "cart"]], by: "ann")
            $0.change("DestinationRule", "cart") { $0.set("shop", at: "spec", "host") }
        },
        Told("stable's template", after: .darken, breaks: "S10") {
            $0.change("Deployment", "shop-v1") {
                $0.set("other", at: "spec", "template", "spec", "serviceAccountName")
            }
        },
        Told("somebody's annotation", after: .darken, breaks: "S10") {
            var noted = $0.objects["VirtualService shop"] ?? .null
            noted.set("ann", at: "metadata", "annotations", "owner")
            $0.keep("VirtualService", "shop", noted, by: "ann")
            $0.change("VirtualService", "shop") {
                $0.set(nil, at: "metadata", "annotations", "owner")
            }
        },
    ]

    static let liveness: [Told] = [
        Told("a deadline that flapping moves", after: .deploy, breaks: "L7") {
            $0.state.course = .advancing(Progress(step: 1, leg: 6, entered: .zero))
            $0.done(1, 5)
            $0.state.clock = .seconds(9)
            $0.state.course = .advancing(Progress(step: 1, leg: 6, entered: .seconds(9)))
            $0.remember(.noticed("a pod is ready again"))
        },
        Told("a clock that goes back", after: .deploy, breaks: "L3") {
            $0.state.clock = .seconds(9)
            $0.remember(.noticed("nine"))
            $0.state.clock = .seconds(8)
            $0.remember(.noticed("eight"))
        },
        Told("a wait that counts from a moment to come", after: .deploy, breaks: "L3") {
            $0.state.course = .advancing(Progress(step: 1, leg: 6, entered: .seconds(99)))
            $0.done(1, 5)
        },
        Told("a run that takes a day", breaks: "L1") {
            var tale = Tale.told(to: .half)
            tale.state.clock = .seconds(86_400)
            tale.tell(.all)
            for chapter in [Tale.Chapter.close, .retire, .tidy] { tale.tell(chapter) }
            tale.plan = RunPlan(steps: [
                .backup, .deploy(deadline: .seconds(600)), .route, .weight(.least),
                .weight(.all), .retire,
            ])
            return tale
        },
    ]
}
