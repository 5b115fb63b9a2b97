internal import IstioRoutes
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping
internal import Voyage

/// The way there, and what the cluster is.
extension Examination {
    var client: KubernetesClient { rig.cluster.patient(for: rig.pace.patience) }

    func server() async throws -> [Symptom] {
        let begin = rig.time.now
        let version = try await client.patiently { try await $0.serverVersion() }
        let took = Int((rig.time.now - begin) / .milliseconds(1))
        return [
            Symptom(
                "API server", .good, "Kubernetes \(version) at \(client.server), in \(took) ms")
        ]
    }

    /// What is measured goes by monotonic clocks; dates are for people, and for a lease's age.
    func clock() -> [Symptom] {
        guard let theirs = rig.cluster.serverDate else {
            return [Symptom("clock", .unseen, "the API server tells no date")]
        }
        let seconds = (rig.time.date - theirs) / 1000
        if abs(seconds) <= 5 {
            return [Symptom("clock", .good, "this machine and the API server agree")]
        }
        let side = seconds > 0 ? "ahead of" : "behind"
        return [
            Symptom(
                "clock", .odd, "this machine is \(abs(seconds)) s \(side) the API server",
                do: "set it by NTP: times in reports and journals are this machine's")
        ]
    }

    func mesh() async throws -> [Symptom] {
        let version = try await IstioRouter.servedVersion(client)
        return [Symptom("mesh", .good, "networking.istio.io/\(version) is served")]
    }

    func autoscaling() async throws -> [Symptom] {
        let versions = try await client.patiently { try await $0.served(group: "autoscaling") }
        let keda = try await client.patiently {
            try await $0.served(group: ResourceKind.scaledObject.group)
        }
        let kinds = versions.map { "autoscaling/\($0)" } + keda.map { "keda.sh/\($0)" }
        return [Symptom("autoscaling", .good, kinds.joined(separator: ", "))]
    }

    /// Whether a release could begin: what it needs of rights, objects and sources.
    func release() async throws -> [Symptom] {
        guard let flow else {
            return [
                Symptom("release", .unseen, "no flow was named", do: "theseus doctor FLOW")
            ]
        }
        var terms = Departure.Terms()
        terms.remembersInCluster = remembersInCluster
        let charter = try await Departure(rig: rig, run: "doctor", terms: terms)
            .survey(flow.flow, from: flow.source)
        let stable = charter.stable.map { "\($0.deployment) (\($0.label))" } ?? "nothing"
        let candidate = "\(charter.candidate.deployment) (\(charter.candidate.label))"
        return [Symptom("release", .good, "could begin: \(stable) -> \(candidate)")]
            + charter.warnings.map { Symptom("release", .odd, $0) }
    }
}
