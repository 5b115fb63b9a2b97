internal import JSONTree
internal import Manifests

/// Whose a subset, a pod or a destination is.
enum Side: Hashable, Sendable {
    case stable
    case candidate
    /// It means pods of both versions.
    case both
    /// It means pods of neither.
    case neither
}

/// Who plays which part: found from the stored versions alone.
///
/// The candidate is the Deployment that the run made or is to take away; stable is the other one that
/// the Service selects. Versions are told apart by the labels of their pods.
struct Cast: Sendable {
    let namespace: String
    let service: String
    let selector: LabelSelector?
    /// nil while the run has made none.
    var candidate: Member?
    /// nil on a first release.
    var stable: Member?
    /// Whose pods the other Services select, by their names; those that select no version's left out.
    private var hosts: [String: Side] = [:]

    /// One version: its Deployment's name and the labels of its pods.
    struct Member: Hashable, Sendable {
        let name: String
        let labels: JSONTree
    }

    static let runAnnotation = "theseus.dev/run"
    /// All annotations of a run begin so.
    static let prefix = "theseus.dev/"

    init(_ evidence: Evidence) {
        namespace = evidence.namespace
        service = evidence.service
        let place = ObjectReference(
            .service, namespace: evidence.namespace, name: evidence.service)
        selector = evidence.history.first { $0.reference == place && $0.object != nil }
            .flatMap { $0.object.flatMap { LabelSelector(service: $0) } }
        var known: [String] = []
        var others: [(member: Member, isSealed: Bool)] = []
        for stored in evidence.history
        where stored.reference.kind.kind == ResourceKind.deployment.kind
            && stored.reference.namespace == evidence.namespace
        {
            let name = stored.reference.name
            guard let object = stored.object else {
                known.removeAll { $0 == name }
                // Gone before the run made anything: it played no part.
                if candidate == nil { others.removeAll { $0.member.name == name } }
                continue
            }
            let isOurs =
                evidence.removes.map { $0 == name }
                ?? (object.annotation(Self.runAnnotation) == evidence.run)
            if known.contains(name) {
                guard isOurs, let place = others.firstIndex(where: { $0.member.name == name })
                else { continue }
                others[place].isSealed = true
                continue
            }
            known.append(name)
            let labels = object.tree.at("spec", "template", "metadata", "labels") ?? .null
            let member = Member(name: name, labels: labels)
            if isOurs {
                candidate = candidate ?? member
            } else if selector?.matches(labels) == true,
                !others.contains(where: { $0.member.name == name })
            {
                others.append((member, false))
            }
        }
        let candidateName = candidate?.name
        let rest = others.filter { $0.member.name != candidateName }
        stable = (rest.first { $0.isSealed } ?? rest.first)?.member
        findHosts(evidence)
    }

    private mutating func findHosts(_ evidence: Evidence) {
        for stored in evidence.history {
            let name = stored.reference.name
            guard stored.reference.kind.kind == ResourceKind.service.kind,
                stored.reference.namespace == namespace, name != service, hosts[name] == nil,
                let object = stored.object, LabelSelector(service: object) != nil
            else { continue }
            let side = side(ofSubset: object.spec["selector"])
            if side != .neither { hosts[name] = side }
        }
    }

    /// Whose pods a subset with these labels means.
    func side(ofSubset labels: JSONTree?) -> Side {
        let wanted = labels?.members ?? [:]
        func means(_ member: Member?) -> Bool {
            guard let member else { return false }
            return wanted.ordered.allSatisfy { member.labels[$0.key] == $0.value }
        }
        return switch (means(stable), means(candidate)) {
        case (true, true): .both
        case (true, false): .stable
        case (false, true): .candidate
        case (false, false): .neither
        }
    }

    /// Whose pods a Service besides the flow's selects.
    func side(ofHost name: String) -> Side { hosts[name] ?? .neither }

    /// Whether that version's Deployment made this pod; others may have the same labels.
    func isPod(_ pod: KubernetesObject?, of member: Member?) -> Bool {
        guard let pod, let member, let wanted = member.labels.members, !wanted.isEmpty else {
            return false
        }
        let labels = pod.tree.at("metadata", "labels")
        guard wanted.ordered.allSatisfy({ labels?[$0.key] == $0.value }) else { return false }
        let set = member.name + "-" + (labels?["pod-template-hash"]?.text ?? "")
        return (pod.tree.at("metadata", "ownerReferences")?.items ?? []).contains {
            $0["kind"]?.text == "ReplicaSet" && $0["name"]?.text == set
        }
    }

    /// Whether a host, written in an object of that namespace, leads to pods of the versions.
    func isService(_ written: String, from home: String) -> Bool {
        serviceName(written, from: home) != nil
    }

    /// The flow's service, or another one that selects pods of a version; nil for any other host.
    func serviceName(_ written: String, from home: String) -> String? {
        let parts = written.lowercased().split(separator: ".", omittingEmptySubsequences: true)
        guard let first = parts.first.map(String.init), first == service || hosts[first] != nil
        else { return nil }
        let isHere =
            parts.count == 1
            ? home == namespace : parts[1] == namespace && (parts.count == 2 || parts[2] == "svc")
        return isHere ? first : nil
    }
}
