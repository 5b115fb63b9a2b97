package import JSONTree
internal import KubernetesAPI
internal import Manifests

extension WorkloadKeeper {
    /// What the candidate consists of just now: two equal ones were judged as one.
    ///
    /// Its pod template, the images that its pods really run, and what the ConfigMaps say that the
    /// template names. Secrets are left out: nothing of them may reach a journal. nil where the
    /// candidate is not there.
    package func likeness() async throws -> JSONTree? {
        guard let candidate = try await get(.deployment, scope.candidateName) else { return nil }
        let template = candidate.tree.at("spec", "template") ?? .null
        var configMaps: [(String, JSONTree)] = []
        for name in Likeness.configMaps(in: template) {
            let found = try await get(.configMap, name)
            let said: JSONTree = [
                "data": found?.tree["data"] ?? .null,
                "binaryData": found?.tree["binaryData"] ?? .null,
            ]
            configMaps.append((name, said))
        }
        let images = Likeness.images(of: try await pods(of: candidate))
        let tree: JSONTree = [
            "template": template, "images": .array(images.map(JSONTree.string)),
            "configMaps": .object(JSONObject(configMaps)),
        ]
        return tree.canonical
    }
}

/// The parts that a likeness is made of.
enum Likeness {
    /// The ids of the images that the pods run, each once, sorted.
    static func images(of pods: [KubernetesObject]) -> [String] {
        let ids = pods.filter { !$0.isBeingDeleted }.flatMap { pod in
            ["initContainerStatuses", "containerStatuses"].flatMap { part in
                (pod.status[part]?.items ?? []).compactMap { $0["imageID"]?.text }
            }
        }
        return Set(ids.filter { !$0.isEmpty }).sorted()
    }

    /// The ConfigMaps that a pod template names, each once, sorted.
    static func configMaps(in template: JSONTree) -> [String] {
        var names: Set<String> = []
        let spec = template["spec"]
        for volume in spec?["volumes"]?.items ?? [] {
            if let name = volume.at("configMap", "name")?.text { names.insert(name) }
            for source in volume.at("projected", "sources")?.items ?? [] {
                if let name = source.at("configMap", "name")?.text { names.insert(name) }
            }
        }
        for container in ["initContainers", "containers"].flatMap({ spec?[$0]?.items ?? [] }) {
            for source in container["envFrom"]?.items ?? [] {
                if let name = source.at("configMapRef", "name")?.text { names.insert(name) }
            }
            for variable in container["env"]?.items ?? [] {
                let name = variable.at("valueFrom", "configMapKeyRef", "name")?.text
                if let name { names.insert(name) }
            }
        }
        return names.sorted()
    }
}
