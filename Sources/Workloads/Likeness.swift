package import CanaryEngine
internal import Digests
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// One look at the candidate: how many of its pods are ready, and what it consists of.
package struct CandidateLook: Sendable {
    package let readiness: Readiness
    package let likeness: Likeness
    /// What the mesh cannot tell from its pods.
    var strangers: [Stranger] = []
    /// Stable's pods that are not on their way out; nil where the look did not show them.
    package var stablePods: Int?
    /// Where its pod template was changed since it was made, and is not what the manifest says.
    let alteration: String?
    /// Who shows which print, by the part's name or by both.
    let sources: [String: String]

    /// What is not as it was applied and judged, in a sentence; nil: nothing.
    ///
    /// What is promoted must be what was judged: somebody else's `set image` in between is another
    /// version, which nobody looked at. Once something was judged the manifest has no say any more:
    /// what the API server made of it, by webhooks too, is what users met.
    package func difference(from judged: Likeness?) -> String? {
        if !strangers.isEmpty {
            return "the mesh takes for the candidate what is not: \(Stranger.list(strangers))"
        }
        guard let judged else {
            return alteration.map { "the candidate is not what was applied: \($0)" }
        }
        let comparable = Ingredients.comparable(likeness, with: judged)
        guard let stranger = judged.strangers(in: comparable).first else { return nil }
        let lead = "the candidate is not what was judged: "
        guard let print = stranger.print else { return lead + "\(stranger.part) is gone" }
        if let source = sources["\(stranger.part) \(print)"] {
            let known = judged.parts.first { $0.name == stranger.part }?.prints ?? []
            return lead + "\(source) runs \(print), not \(known.joined(separator: " or "))"
        }
        return lead + (sources[stranger.part] ?? stranger.part)
    }
}

/// The last look at the candidate, and the versions of all that it was taken from.
package struct CandidateMemory: Sendable {
    var versions: [String] = []
    var look: CandidateLook?

    package init() {}

    init(versions: [String], look: CandidateLook) {
        self.versions = versions
        self.look = look
    }
}

extension WorkloadKeeper {
    /// Looks at the candidate; nil where it is not there.
    ///
    /// Its pod template, the images that its pods really run, and what the ConfigMaps say that the
    /// template names. Of Secrets the names stand in the template; what they say is looked at only
    /// where the flow asks for it.
    package func look() async throws -> CandidateLook? {
        var none = CandidateMemory()
        return try await look(&none)
    }

    /// Looks; where everything is in the version of the last look, that one stands.
    package func look(_ memory: inout CandidateMemory) async throws -> CandidateLook? {
        guard let sight = try await sightOfBoth() else { return nil }
        var look = try await look(at: sight, &memory)
        look.stablePods = sight.stablePods
        return look
    }

    private func look(at sight: Sight, _ memory: inout CandidateMemory) async throws
        -> CandidateLook
    {
        let (candidate, pods) = (sight.deployment, sight.pods)
        let template = candidate.tree.at("spec", "template") ?? .null
        var holders: [Holder] = []
        for (kind, name) in named(in: template) {
            holders.append(Holder(kind: kind, name: name, object: try await get(kind, name)))
        }
        let versions = ([candidate] + pods + sight.strangers + holders.compactMap(\.object)).map {
            "\($0.uid) \($0.resourceVersion)"
        }
        if versions == memory.versions, let last = memory.look { return last }
        let look = look(at: sight, holders)
        memory = CandidateMemory(versions: versions, look: look)
        return look
    }

    /// Looks at the candidate as it was found just now.
    func look(at sight: Sight) async throws -> CandidateLook {
        var none = CandidateMemory()
        return try await look(at: sight, &none)
    }

    /// What the template names besides images, as it stands; nil: it is not there.
    private struct Holder {
        let kind: ResourceKind
        let name: String
        let object: KubernetesObject?
    }

    private func look(at sight: Sight, _ holders: [Holder]) -> CandidateLook {
        let (candidate, pods) = (sight.deployment, sight.pods)
        let template = candidate.tree.at("spec", "template") ?? .null
        let place = "\(scope.reference(.deployment, candidate.name))"
        var parts = [Likeness.Part("template", [Ingredients.mark(of: template)])]
        var sources = ["template": "\(place) has another pod template\(Self.hand(candidate))"]
        for container in Ingredients.unpinned(in: template) {
            let seen = Ingredients.images(of: pods, container: container)
            let part = "image \(container)"
            parts.append(Likeness.Part(part, Set(seen.map(\.image)).sorted()))
            for (pod, image) in seen {
                sources["\(part) \(image)"] = "pod \(pod), container \(container),"
            }
        }
        for holder in holders {
            let part = "\(holder.kind.kind) \(holder.name)"
            parts.append(
                Likeness.Part(part, [Ingredients.mark(of: holder.object, holder.kind)]))
            sources[part] =
                "\(scope.reference(holder.kind, holder.name)) "
                + (holder.object.map { "says something else\(Self.hand($0))" } ?? "is gone")
        }
        return CandidateLook(
            readiness: Readiness(of: candidate, pods: pods), likeness: Likeness(parts),
            strangers: sight.strangers.map(Stranger.init(pod:)),
            alteration: alteration(of: candidate), sources: sources)
    }

    /// Refuses what would be refused later: to read the Secrets whose fingerprints are wanted.
    package func requireSecrets() async throws {
        let template = scope.candidate.tree.at("spec", "template") ?? .null
        for (kind, name) in named(in: template) where kind == .secret {
            _ = try await get(kind, name)
        }
    }

    /// What the candidate's pods read besides their images.
    private func named(in template: JSONTree) -> [(ResourceKind, String)] {
        let secrets = scope.fingerprintsSecrets ? Ingredients.secrets(in: template) : []
        return Ingredients.configMaps(in: template).map { (.configMap, $0) }
            + secrets.map { (.secret, $0) }
    }

    /// Stands on a Deployment: how many pod templates it has had, as its controller counts them.
    private static let revision = "deployment.kubernetes.io/revision"

    /// Where the candidate's pod template is no longer what this run applied; nil where it is.
    ///
    /// Its first template is what the API server made of the manifest: what differs in it was
    /// written by a webhook on the way, and is what we meant.
    private func alteration(of candidate: KubernetesObject) -> String? {
        guard let count = candidate.annotation(Self.revision), count != "1" else { return nil }
        var wanted = scope.candidate
        wanted.tree = ["spec": ["template": scope.candidate.spec["template"] ?? .null]]
        guard let place = Sameness.firstDifference(wanted, candidate) else { return nil }
        return "\(candidate.reference(as: .deployment)): \(place)\(Self.hand(candidate))"
    }

    private static func hand(_ object: KubernetesObject) -> String {
        object.lastWriter.map { ", last written by \($0)" } ?? ""
    }
}

extension WorkloadScope {
    /// The ConfigMaps that the candidate's pods read; whoever looks at it must be able to, too.
    package var settings: [String] {
        Ingredients.configMaps(in: candidate.tree.at("spec", "template") ?? .null)
    }
}

/// The parts that a likeness is made of.
enum Ingredients {
    /// The containers that the template itself names by an image's tag; what a mesh adds to the
    /// pods is not the candidate's.
    ///
    /// Where it names a digest the template says it all. What a runtime calls the image may differ
    /// from node to node then: the digest of the index, or of the platform.
    static func unpinned(in template: JSONTree) -> [String] {
        ["initContainers", "containers"].flatMap { list in
            (template.at("spec", list)?.items ?? []).compactMap {
                $0["image"]?.text?.contains("@") == true ? nil : $0["name"]?.text
            }
        }
    }

    /// What each pod runs in this container, as far as it is known; pods on their way out are left
    /// out.
    ///
    /// Of an id with a repository only the digest counts: one image may have several names. An id
    /// without one is the image's configuration's, which some runtimes tell: `id sha256:…`.
    static func images(of pods: [KubernetesObject], container: String)
        -> [(pod: String, image: String)]
    {
        pods.filter { !$0.isBeingDeleted }.flatMap { pod in
            ["initContainerStatuses", "containerStatuses"].flatMap { list in
                (pod.status[list]?.items ?? []).compactMap { status in
                    guard status["name"]?.text == container, let id = status["imageID"]?.text,
                        !id.isEmpty
                    else { return nil }
                    return (pod.name, mark(ofImage: id))
                }
            }
        }
    }

    private static func mark(ofImage id: String) -> String {
        if let at = id.utf8.lastIndex(of: UInt8(ascii: "@")) {
            return String(id[id.index(after: at)...])
        }
        return configuration + (id.firstRange(of: "://").map { String(id[$0.upperBound...]) } ?? id)
    }

    private static let configuration = "id "

    /// Without the images' ids that nothing judged can be held against, since the nodes that showed
    /// them call images otherwise.
    static func comparable(_ likeness: Likeness, with judged: Likeness) -> Likeness {
        Likeness(
            likeness.parts.map { part in
                guard part.name.hasPrefix("image "),
                    let known = judged.parts.first(where: { $0.name == part.name })?.prints
                else { return part }
                let forms = Set(known.map { $0.hasPrefix(configuration) })
                return Likeness.Part(
                    part.name,
                    part.prints.filter { forms.contains($0.hasPrefix(configuration)) })
            })
    }

    /// The ConfigMaps that a pod template names, each once, sorted.
    static func configMaps(in template: JSONTree) -> [String] {
        names(in: template, kind: "configMap", item: "name")
    }

    /// The Secrets that a pod template names, each once, sorted.
    static func secrets(in template: JSONTree) -> [String] {
        names(in: template, kind: "secret", item: "secretName")
    }

    private static func names(in template: JSONTree, kind: String, item: String) -> [String] {
        var names: Set<String> = []
        let spec = template["spec"]
        for volume in spec?["volumes"]?.items ?? [] {
            if let name = volume.at(kind, item)?.text { names.insert(name) }
            for source in volume.at("projected", "sources")?.items ?? [] {
                if let name = source.at(kind, "name")?.text { names.insert(name) }
            }
        }
        for container in ["initContainers", "containers"].flatMap({ spec?[$0]?.items ?? [] }) {
            for source in container["envFrom"]?.items ?? [] {
                if let name = source.at("\(kind)Ref", "name")?.text { names.insert(name) }
            }
            for variable in container["env"]?.items ?? [] {
                let name = variable.at("valueFrom", "\(kind)KeyRef", "name")?.text
                if let name { names.insert(name) }
            }
        }
        return names.sorted()
    }

    static func mark(of tree: JSONTree) -> String {
        SHA256.hex(of: JSONWriter.canonicalBytes(of: tree))
    }

    /// A fingerprint of what an object holds; its labels and annotations do not count.
    ///
    /// A Secret's is keyed with its uid: 122 random bits that stand in no journal, and that only
    /// those know who may read the Secret anyway. So nobody can try guesses on a fingerprint, and
    /// any holder finds the same one. A Secret that was made anew is another one.
    static func mark(of holder: KubernetesObject?, _ kind: ResourceKind) -> String {
        guard let holder else { return "absent" }
        let said: JSONTree = [
            "data": holder.tree["data"] ?? .null, "binaryData": holder.tree["binaryData"] ?? .null,
        ]
        guard kind == .secret else { return mark(of: said) }
        return HMACSHA256.hex(
            key: Array(holder.uid.utf8), message: JSONWriter.canonicalBytes(of: said))
    }
}
