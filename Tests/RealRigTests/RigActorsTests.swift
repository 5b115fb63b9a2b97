import Auditor
import JSONTree
import Manifests
import Testing

@testable import RealRig

/// The small decisions of the rig's actors.
@Suite struct RigActorsTests {
    @Test(
        arguments: [
            (3, 10, 3, nil), (3, 10, 1, 3), (1, 10, 3, 1), (1, 2, 5, 1), (0, 10, 2, 1),
            (3, 10, 0, nil), (5, 4, 1, 4),
        ] as [(Int, Int, Int, Int?)])
    func anAutoscalerWantsItsMinimum(minimum: Int, maximum: Int, now: Int, wanted: Int?) {
        #expect(
            ScalingActor.wanted(minimum: minimum, maximum: maximum, now: now) == wanted)
    }

    @Test func aTemplateSaysHowItsProgramBehaves() {
        var version = StageObjects.Version(name: "v2")
        version.environment = ["FAIL_PERCENT": 30, "LATENCY_MS": 9, "CRASH": 1]
        let template = StageObjects(namespace: "a").deployment(version).at("spec", "template")
        let behaviour = PodBehaviour(KubernetesObject(template ?? .null))
        #expect(behaviour.failPercent == 30)
        #expect(behaviour.latency == 9)
        #expect(behaviour.crashes)
        #expect(!behaviour.isUnpullable)
        #expect(behaviour.preStop == 2000)
        #expect(behaviour.port == 8080)
    }

    @Test func diceFallAlikeForTheSameSeed() {
        func throwing(_ seed: UInt64) -> [Int] {
            var dice = Dice(seed: seed)
            return (0..<50).map { _ in dice.roll(6) }
        }
        #expect(throwing(1) == throwing(1))
        #expect(throwing(1) != throwing(2))
        #expect(Set(throwing(1)) == Set(0..<6))
    }

    @Test func aTestThatFailsIsPutBehindItsStep() {
        var flow = StageFlow()
        flow.failsAfter = 2
        let text = flow.text(StageObjects(namespace: "a"), gateway: "g", prometheus: "p")
        let steps = text.split(separator: "\n").filter { $0.hasPrefix("    - ") }
        #expect(steps.count == StageFlow.all.count + 1)
        #expect(steps[2] == "    - route")
        #expect(steps[3] == "    - test: stop")
    }

    /// The API server's own log says who wrote, not the objects.
    @Test func aVersionIsItsWritersByTheServersLog() {
        func stored(_ revision: Int, _ manager: String) -> StoredObject {
            StoredObject(
                revision: revision, date: 0,
                reference: ObjectReference(.deployment, namespace: "a", name: "shop-v1"),
                object: KubernetesObject(["kind": "Deployment"]), manager: manager)
        }
        func entry(_ verb: String, _ code: Int, _ version: String?) -> AuditTrail.Entry {
            AuditTrail.Entry(
                user: "u", verb: verb, group: "apps", resource: "deployments", namespace: "a",
                name: "shop-v1", code: code, resourceVersion: version)
        }
        let gone = StoredObject(
            revision: 9, date: 0,
            reference: ObjectReference(.deployment, namespace: "a", name: "shop-v1"), object: nil,
            manager: "")
        let history = [stored(1, "theseus"), stored(2, "rig"), stored(3, "rig"), gone]
        let provenance = Provenance([
            entry("update", 200, "2"), entry("update", 409, "3"), entry("delete", 200, nil),
        ])
        #expect(
            provenance.told(history).map(\.manager) == ["other", "theseus", "rig", "theseus"])
    }

    /// Somebody deletes it, we make it anew, and take that away in the end.
    @Test func aRemovalIsThatOfTheVeryObject() {
        let place = ObjectReference(.destinationRule, namespace: "a", name: "shop")
        func stored(_ revision: Int, _ uid: String?) -> StoredObject {
            StoredObject(
                revision: revision, date: 0, reference: place,
                object: uid.map {
                    KubernetesObject([
                        "kind": "DestinationRule", "metadata": ["uid": .string($0)],
                    ])
                }, manager: "")
        }
        func removal(_ uid: String?) -> AuditTrail.Entry {
            AuditTrail.Entry(
                user: "u", verb: "delete", group: "networking.istio.io",
                resource: "destinationrules", namespace: "a", name: "shop", code: 200,
                resourceVersion: nil, uid: uid)
        }
        let history = [stored(1, "one"), stored(2, nil), stored(3, "two"), stored(4, nil)]
        let ours = Provenance([removal("two")]).told(history).map(\.manager)
        #expect(ours == ["", "", "", "theseus"])
        #expect(Provenance.untold([removal("two")], by: Array(history.prefix(3))).count == 1)
        #expect(Provenance.untold([removal("two")], by: history).isEmpty)
        #expect(Provenance([removal(nil)]).told(history)[1].manager == "theseus")
    }

    @Test func whoIsLedToStableIsSeenInTheRoutes() {
        func leads(_ parts: JSONTree...) -> Bool {
            MeddledTale.Deed.leadsToStable(
                KubernetesObject([
                    "spec": [
                        "http": [
                            ["name": "theseus-x", "route": [["destination": ["subset": "v2"]]]],
                            ["name": "primary", "route": .array(parts)],
                        ]
                    ]
                ]))
        }
        let stable: JSONTree = ["destination": ["host": "shop", "subset": "v1"]]
        let rest: JSONTree = ["destination": ["host": "shop", "subset": "v2"], "weight": 0]
        let half: JSONTree = ["destination": ["host": "shop", "subset": "v2"], "weight": 50]
        #expect(leads(stable))
        #expect(leads(stable, rest))
        #expect(!leads(stable, half))
        #expect(!leads(["destination": ["host": "shop"]]))
        #expect(!leads())
    }

    @Test func whatWentBeforeIsHowThingsStood() {
        func stored(_ revision: Int, _ name: String, isGone: Bool = false) -> StoredObject {
            StoredObject(
                revision: revision, date: revision * 10,
                reference: ObjectReference(.deployment, namespace: "a", name: name),
                object: isGone ? nil : KubernetesObject(["kind": "Deployment"]),
                manager: "theseus")
        }
        let history = [
            stored(1, "x"), stored(2, "y"), stored(3, "x"), stored(4, "y", isGone: true),
            stored(5, "x"),
        ]
        let since = Provenance.since(50, history)
        #expect(since.map(\.revision) == [3, 5])
        #expect(since.map(\.manager) == ["before", "theseus"])
    }
}
