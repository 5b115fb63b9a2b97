internal import CanaryEngine
internal import FlowFiles
internal import JSONTree
internal import Lab
internal import Manifests
internal import Rehearsal

/// What people, tools and bad luck do to the world of a trial.
struct Deeds: Sendable {
    let ground: Playground

    typealias Deed = Scenario.Event.Deed

    private var namespace: String { ground.flow.target.namespace }

    /// From a share on every fifth of the candidate's requests fails.
    func turnBad(above percent: Double) -> Deed {
        let candidate = ground.candidate
        return .world { state in
            _ = state.mesh.turn(
                "versions",
                [
                    candidate: [
                        "errorRate": 0, "latency": ["median": 20, "spread": 0],
                        "strained": ["above": .number(percent), "errorRate": 0.2],
                    ]
                ])
        }
    }

    /// From the beginning so large a part of the candidate's requests fails.
    func fail(_ part: Double) -> Deed {
        let candidate = ground.candidate
        return .world { state in
            _ = state.mesh.turn(
                "versions",
                [
                    candidate: [
                        "errorRate": .number(part), "latency": ["median": 20, "spread": 0],
                    ]
                ])
        }
    }

    /// Each of the candidate's answers takes so much longer, in percent.
    func slow(by percent: Int) -> Deed {
        let candidate = ground.candidate
        return .world { state in
            _ = state.mesh.turn(
                "versions",
                [
                    candidate: [
                        "latency": [
                            "median": .number(20 * (1 + Double(percent) / 100)), "spread": 0,
                        ]
                    ]
                ])
        }
    }

    func behave(_ behaviour: PodBehaviour) -> Deed {
        let (namespace, deployment) = (namespace, ground.deployment)
        return .world {
            $0.cluster.setBehaviour(behaviour, namespace: namespace, deployment: deployment)
        }
    }

    func prometheus(_ setting: JSONTree) -> Deed {
        .world { _ = $0.mesh.turn("prometheus", setting) }
    }

    /// A tool that nobody knew of puts the routes back as they are now.
    var keepRoutes: Deed {
        let isOurs = isOurs
        return .world { state in
            for object in state.cluster.objects(.virtualService) where isOurs(object) {
                state.cluster.keep(
                    Self.reference(object), putBackAfter: .seconds(20), by: "gitops-controller")
            }
        }
    }

    /// Somebody at a keyboard gives the candidate a third of what the routes divide.
    var editWeights: Deed {
        let isOurs = isOurs
        return .world { state in
            for object in state.cluster.objects(.virtualService) where isOurs(object) {
                state.cluster.edit(Self.reference(object), by: "kubectl-edit") { Self.weigh(&$0) }
            }
        }
    }

    private static func reference(_ object: KubernetesObject) -> ObjectReference {
        ObjectReference(.virtualService, namespace: object.namespace, name: object.name)
    }

    private static func weigh(_ object: inout KubernetesObject) {
        var routes = object.spec["http"]?.items ?? []
        for place in routes.indices {
            guard var list = routes[place]["route"]?.items, list.count == 2 else { continue }
            list[0]["weight"] = 67
            list[1]["weight"] = 33
            routes[place]["route"] = .array(list)
        }
        object.tree.set(.array(routes), at: "spec", "http")
    }

    /// A VirtualService that the run may move.
    private var isOurs: @Sendable (KubernetesObject) -> Bool {
        let target = ground.flow.target
        let named = ground.flow.routes.map {
            "\($0.namespace ?? target.namespace)/\($0.virtualService)"
        }
        return { object in
            guard named.isEmpty else { return named.contains("\(object.namespace)/\(object.name)") }
            return ["http", "tls", "tcp"].contains { part in
                (object.spec[part]?.items ?? []).contains { route in
                    (route["route"]?.items ?? []).contains {
                        $0.at("destination", "host")?.text?.split(separator: ".").first
                            .map(String.init) == target.service
                    }
                }
            }
        }
    }
}
