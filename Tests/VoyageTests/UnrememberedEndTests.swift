import CanaryEngine
import Chronicle
import IstioRoutes
import JSONTree
import Journal
import KubernetesAPI
import Lab
import Manifests
import Testing
import Voyage

/// A run whose journal is lost: what its marks tell is enough to end it, and enough to begin no second one
/// over it.
@Suite struct UnrememberedEndTests {
    private static let place = ObjectReference(.virtualService, namespace: "demo", name: "demo-app")
    private static let rule = ObjectReference(.destinationRule, namespace: "demo", name: "demo-app")

    private static func object(_ port: Port, _ reference: ObjectReference) -> KubernetesObject? {
        port.world.snapshot().cluster.object(reference)
    }

    /// Where a run stands when its process ends and its journal goes.
    struct Moment: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let share: Int
        /// Whether pods of the candidate's stand.
        var hasPods = true
        let isIt: @Sendable (Fact) -> Bool
    }

    private static func end(_ port: Port) async throws -> (
        mark: RouteMark?, done: [String], rest: UnrememberedEnd.Rest?
    ) {
        let client = port.rig.cluster
        guard let mark = try await IstioRouter.marks(client, orIn: "demo").first else {
            return (nil, [], nil)
        }
        let (done, rest) = try await UnrememberedEnd(
            client: client, holder: "there/2", pace: port.rig.pace
        ).carryOut(mark, by: "ada")
        return (mark, done, rest)
    }

    /// Carries no mark of ours, and is as it was before the run.
    private static func expectAsBefore(_ port: Port, _ before: [KubernetesObject?]) {
        let now = [place, rule].map { object(port, $0) }
        #expect(now.map { $0?.spec } == before.map { $0?.spec })
        for kind in [ResourceKind.virtualService, .destinationRule, .deployment, .autoscaler] {
            for object in port.world.snapshot().cluster.objects(kind) {
                #expect(object.seal == nil && RouteRecord(on: object) == nil, "\(object.name)")
            }
        }
        #expect(
            object(port, ObjectReference(.lease, namespace: "demo", name: "theseus-demo-app"))
                == nil)
    }

    @Test(arguments: [
        Moment(testDescription: "before the routes are pinned", share: 0, hasPods: false) {
            if case .done(_, note: "stable is held at 3 pods") = $0 { true } else { false }
        },
        Moment(testDescription: "at 50%", share: 50) {
            if case .done(_, let note) = $0 { note.hasPrefix("50% with") } else { false }
        },
    ])
    func comesHomeByItsMarks(_ moment: Moment) throws {
        let port = try Port()
        let before = [Self.place, Self.rule].map { Self.object(port, $0) }
        try port.turnable.run {
            let first = try await port.begin("r1", until: moment.isIt)
            #expect(throws: Stranding.interrupted) { try first.end.get() }
            let lost = port.forgetful

            let (mark, done, begun) = try await Self.end(lost)
            var rest = begun
            #expect(mark?.run == "r1" && mark?.share.percent == moment.share)
            #expect(mark?.namespace == "demo" && mark?.service == "demo-app")
            #expect(mark.map { $0.records > 0 } == true)
            if moment.hasPods {
                let pods = ObjectReference(.deployment, namespace: "demo", name: "demo-app-v2")
                guard case .objects(let left) = rest else {
                    Issue.record("it ended otherwise: \(String(describing: rest))")
                    return
                }
                #expect(left.contains(pods))
                #expect(done == ["VirtualService demo/demo-app: brought home"])
                let now = try await IstioRouter.marks(port.rig.cluster, orIn: "demo")
                #expect(now.map(\.share) == [.none])
                // Nobody is led to pods that nobody judges.
                rest = try await Self.end(lost).rest
                #expect(rest == .objects(left))
                for reference in left {
                    let object = try #require(Self.object(port, reference))
                    try await port.rig.cluster.delete(object, as: reference.kind)
                }
                // Their pods are still ending: that is waited for.
                rest = try await Self.end(lost).rest
            }
            #expect(rest == .undone)
            Self.expectAsBefore(port, before)
            #expect(try await IstioRouter.marks(port.rig.cluster, orIn: "demo") == [])

            let next = try await lost.begin("r2")
            #expect(try next.end.get().course == .promoted)
        }
    }

    /// The same name again, by a journal that knows nothing of it: refused before anything is written.
    @Test func theSameNameIsNoFreshRun() throws {
        let port = try Port()
        try port.turnable.run {
            _ = try await port.begin("r1") {
                if case .done(_, let note) = $0 { note.hasPrefix("50% with") } else { false }
            }
            let revision = port.world.history().last?.revision
            let lost = port.forgetful
            let charter = try await lost.charter("r1")
            let heads = Heads(cluster: port.rig.cluster, store: lost.store)
            do {
                try await heads.requireNone(of: charter)
                Issue.record("it was let through")
            } catch let error as VoyageError {
                guard case .unremembered("r1", let record) = error.code, record > 10 else {
                    Issue.record("\(error)")
                    return
                }
                let first = "\(error)".split(separator: "\n").first ?? ""
                #expect(
                    first == "run: the cluster carries marks of run r1 at record \(record),"
                        + " and this journal has none of it")
            }
            #expect(port.world.history().last?.revision == revision)
            // Where nobody looked before, the lease alone is touched.
            await #expect(throws: VoyageError.self) {
                try await lost.expedition(Signals()) { _ in false }.begin(charter)
            }
            #expect(await lost.store.runs().isEmpty)
        }
    }

    /// Whoever drives it by another journal is not displaced: its lease tells it to go home.
    @Test func aLivingHolderIsToldAndNotDisplaced() throws {
        let port = try Port()
        try port.turnable.run {
            async let whole = port.begin("r1")
            while try await IstioRouter.marks(port.rig.cluster, orIn: "demo").first?.share.percent
                != 50
            {
                try await port.clock.sleep(for: .seconds(1))
            }
            let (_, _, rest) = try await Self.end(port.forgetful)
            #expect(rest == .driven)
            guard case .rolledBack = try await whole.end.get().course else {
                Issue.record("it went on")
                return
            }
            #expect(try await IstioRouter.marks(port.rig.cluster, orIn: "demo") == [])
        }
    }
}
