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

    /// Sentences of a run that is not over yet.
    var broken: [String] {
        let tale = tale()
        var evidence = tale.evidence
        evidence.isOver = tale.facts.last?.state.isOver ?? false
        var seen: [String] = []
        for sentence in Audit.violations(in: evidence) {
            let promise = String(sentence.prefix { $0 != " " })
            if !seen.contains(promise) { seen.append(promise) }
        }
        return seen
    }
}

@Suite struct AuditTests {
    @Test(
        "A good life breaks nothing",
        arguments: [
            Told("promoted") { .promoted() },
            Told("aborted after the pins") { .returned(from: .deploy, leavingOut: [.goHome]) },
            Told("aborted at 1") { .returned(from: .one) },
            Told("aborted at 100") { .returned(from: .all) },
            Told("under way") { .told(to: .half) },
        ])
    func good(_ told: Told) {
        #expect(Audit.violations(in: Self.evidence(told.tale())) == [])
    }

    private static func evidence(_ tale: Tale) -> Evidence {
        var evidence = tale.evidence
        evidence.isOver = tale.facts.last?.state.isOver ?? false
        return evidence
    }

    @Test(arguments: routes + pods + turns + journals + ends)
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
    ]
}
