internal import JSONTree
internal import Manifests

/// Makes a version of a manifest that speaks of one name only: `reviews` becomes `reviews-1-4`.
///
/// The Deployment gets the version label in its pods and its selector, and the version behind its
/// name; so do the objects that are of this version alone: its autoscaler, its budget, and the
/// ConfigMaps that its pods read. What the versions share stays: Services, accounts, roles; but a
/// Service whose selector has `candidate` for the version label is of this version. The same manifest
/// and image always give the same names.
struct ManifestVersion {
    /// The version label's value.
    let value: String
    /// What stands behind names.
    let suffix: String

    /// nil for what can be no label: more than 63 characters, or others than letters, digits, `-`,
    /// `_` and `.`, or no letter or digit at an end.
    init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { Self.isAlphanumeric($0) || "-_.".utf8.contains($0) }
        guard isPlain, text.utf8.count <= 63, let first = text.utf8.first,
            let last = text.utf8.last,
            Self.isAlphanumeric(first), Self.isAlphanumeric(last)
        else { return nil }
        value = text
        suffix = String(text.lowercased().map { "_.".contains($0) ? "-" : $0 })
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }

    /// The version that an image's reference tells: its tag or, without one, the beginning of its
    /// digest; nil where it tells none, as `latest` does.
    static func told(byImage reference: String) -> String? {
        let parts = reference.split(separator: "@", maxSplits: 1)
        let last = parts.first?.split(separator: "/").last ?? ""
        let named = last.split(separator: ":", maxSplits: 1)
        if named.count == 2, named[1] != "latest" { return String(named[1]) }
        guard parts.count == 2, let digest = parts[1].split(separator: ":").last else { return nil }
        return String(digest.prefix(12))
    }

    /// The image by which a Deployment's version is told: that of the container with its name or the
    /// service's, else of the first.
    static func image(of deployment: KubernetesObject, service: String) -> String? {
        let containers =
            deployment.tree.at("spec", "template", "spec", "containers")?.items ?? []
        let main = containers.first {
            $0["name"]?.text == deployment.name || $0["name"]?.text == service
        }
        return (main ?? containers.first)?["image"]?.text
    }

    // MARK: Applying

    func apply(to objects: inout [KubernetesObject], label: String) {
        guard let place = objects.firstIndex(where: { $0.kind == "Deployment" }) else { return }
        let labels = objects[place].tree.at("spec", "template", "metadata", "labels")
        let name = objects[place].name
        var renamed: [String: String] = [:]
        let read = Self.configMaps(in: objects[place].tree["spec"] ?? .null)
        for index in objects.indices {
            switch objects[index].kind {
            case "Deployment":
                rename(&objects[index])
                let value = JSONTree.string(value)
                objects[index].tree.set(value, at: "metadata", "labels", label)
                objects[index].tree.set(
                    value, at: "spec", "template", "metadata", "labels", label)
                objects[index].tree.set(value, at: "spec", "selector", "matchLabels", label)
            case "HorizontalPodAutoscaler", "ScaledObject":
                let target = objects[index].spec.at("scaleTargetRef", "name")?.text
                guard target == name else { continue }
                rename(&objects[index])
                objects[index].tree.set(
                    .string(versioned(name)), at: "spec", "scaleTargetRef", "name")
            case "PodDisruptionBudget":
                guard LabelSelector(objects[index].spec["selector"])?.matches(labels) == true else {
                    continue
                }
                rename(&objects[index])
                objects[index].tree.set(
                    .string(value), at: "spec", "selector", "matchLabels", label)
            case "Service" where objects[index].spec.at("selector", label) == Self.meant:
                rename(&objects[index])
                objects[index].tree.set(.string(value), at: "spec", "selector", label)
            case "ConfigMap" where read.contains(objects[index].name):
                renamed[objects[index].name] = versioned(objects[index].name)
                rename(&objects[index])
            default: break
            }
        }
        objects[place].tree["spec"] = Self.renaming(
            objects[place].tree["spec"] ?? .null, renamed)
    }

    /// Stands in a Service's selector for the version that is not known yet.
    private static let meant: JSONTree = "candidate"

    private func versioned(_ name: String) -> String {
        name.hasSuffix("-\(suffix)") ? name : "\(name)-\(suffix)"
    }

    private func rename(_ object: inout KubernetesObject) {
        object.tree.set(.string(versioned(object.name)), at: "metadata", "name")
    }

    /// Where a pod template names a ConfigMap.
    private static let places = ["configMap", "configMapRef", "configMapKeyRef"]

    private static func configMaps(in tree: JSONTree) -> Set<String> {
        var names: Set<String> = []
        for item in tree.items ?? [] { names.formUnion(configMaps(in: item)) }
        for member in tree.members ?? [:] {
            if places.contains(member.key), let name = member.value["name"]?.text {
                names.insert(name)
            }
            names.formUnion(configMaps(in: member.value))
        }
        return names
    }

    private static func renaming(_ tree: JSONTree, _ names: [String: String]) -> JSONTree {
        switch tree {
        case .array(let items): return .array(items.map { renaming($0, names) })
        case .object(let members):
            return .object(
                JSONObject(
                    members.map { member in
                        var value = renaming(member.value, names)
                        if places.contains(member.key), let name = value["name"]?.text,
                            let other = names[name]
                        {
                            value["name"] = .string(other)
                        }
                        return (member.key, value)
                    }))
        default: return tree
        }
    }
}
