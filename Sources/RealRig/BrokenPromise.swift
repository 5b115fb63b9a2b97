internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// Breaks promises in a run's name, after its end: auditor and users must notice.
struct BrokenPromise: Sendable {
    let namespace: String
    let run: String

    func tell(on rig: Rig, _ report: inout StoryReport) async throws {
        let stage = try await StoryStage.found(rig, namespace)
        let place = ObjectReference(
            .virtualService, namespace: namespace, name: stage.objects.service)
        guard let route = try await rig.cluster.client.get(place) else {
            throw RigError("no routes", place: "\(place)", remedy: "mend the story")
        }
        var users = StoryReport(name: "")
        try await stage.under(50, &users) {
            try await write(Self.broken(route, weights: [("v1", 70), ("v2", 70)]), stage)
            try await rig.time.sleep(for: .seconds(3))
        }
        report.expect(
            users.complaints.contains { $0.contains("of the mesh") },
            "users were sent to a subset that is not there, and nobody was lost")
        let found = try await stage.audit(run)
        report.expect(
            found.contains { $0.hasPrefix("S1") },
            "weights of 140 were stored in the run's name, and the auditor found \(found)")
        report.numbers.append(
            "caught: \(found.count) broken promises, \(users.complaints.count) kinds of loss")
    }

    /// With the account of those who deliver: as if the binary had done it.
    private func write(_ object: KubernetesObject, _ stage: StoryStage) async throws {
        let path = ResourceKind.virtualService.path(namespace: namespace, name: object.name)
        try await stage.caller.insist("PUT", path, object.tree)
    }

    /// The first route of a VirtualService, shared out so.
    private static func broken(
        _ route: KubernetesObject, weights: [(subset: String, weight: Int)]
    ) -> KubernetesObject {
        var route = route
        var routes = route.spec["http"]?.items ?? []
        guard !routes.isEmpty else { return route }
        routes[0]["route"] = .array(
            weights.map { share in
                [
                    "destination": ["host": "shop", "subset": .string("not-\(share.subset)")],
                    "weight": .integer(share.weight),
                ]
            })
        route.spec["http"] = .array(routes)
        return route
    }
}
