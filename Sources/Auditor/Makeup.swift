internal import JSONTree
internal import Manifests

/// What the candidate's pods consist of besides their template, as the stored versions tell.
struct Makeup: Sendable {
    /// What one container of one pod runs, or what one ConfigMap says.
    private struct Ware: Sendable {
        let print: String
        let since: Int
    }

    private let cast: Cast
    /// By pod, then by container.
    private var images: [String: [String: Ware]] = [:]
    private var settings: [String: Ware] = [:]

    init(_ cast: Cast) { self.cast = cast }

    mutating func take(_ stored: StoredObject) {
        guard stored.reference.namespace == cast.namespace else { return }
        let name = stored.reference.name
        switch stored.reference.kind.kind {
        case "Pod":
            guard let pod = stored.object, !pod.isBeingDeleted,
                cast.isPod(pod, of: cast.candidate)
            else {
                images[name] = nil
                return
            }
            for status in ["initContainerStatuses", "containerStatuses"].flatMap({
                pod.status[$0]?.items ?? []
            }) {
                guard let container = status["name"]?.text, let id = status["imageID"]?.text,
                    !id.isEmpty
                else { continue }
                Self.note(
                    Self.digest(of: id), at: stored.date,
                    in: &images[name, default: [:]][container])
            }
        case "ConfigMap":
            let tree = stored.object?.tree
            let said: JSONTree = [
                "data": tree?["data"] ?? .null, "binaryData": tree?["binaryData"] ?? .null,
            ]
            Self.note(JSONWriter.text(of: said.canonical), at: stored.date, in: &settings[name])
        default: break
        }
    }

    /// `@sha256:…` where the id names a repository, whichever; else the configuration's.
    private static func digest(of id: String) -> String {
        if let at = id.utf8.lastIndex(of: UInt8(ascii: "@")) { return String(id[at...]) }
        return id.firstRange(of: "://").map { String(id[$0.upperBound...]) } ?? id
    }

    private static func note(_ print: String, at date: Int, in ware: inout Ware?) {
        if ware?.print != print { ware = Ware(print: print, since: date) }
    }

    /// What stands here and did not stand in `judged`, of what a look at `date` can have seen.
    ///
    /// Of pods only the containers count that the template names by an image's tag, of ConfigMaps
    /// those that it names. Of an image's ids only those of the same form can be compared: some
    /// runtimes tell a repository's digest, some the image's configuration's.
    func strangers(to judged: Makeup, template: JSONTree, before date: Int) -> [String] {
        var found: [String] = []
        let containers = ["initContainers", "containers"].flatMap { list in
            (template.at("spec", list)?.items ?? []).compactMap {
                $0["image"]?.text?.contains("@") == true ? nil : $0["name"]?.text
            }
        }
        for container in containers {
            let known = Set(judged.images.values.compactMap { $0[container]?.print })
            let forms = Set(known.map { $0.hasPrefix("@") })
            for (pod, wares) in images.sorted(by: { $0.key < $1.key }) {
                guard let ware = wares[container], ware.since <= date, !known.contains(ware.print),
                    forms.contains(ware.print.hasPrefix("@"))
                else { continue }
                found.append("pod \(pod), container \(container) runs \(ware.print)")
            }
        }
        for name in Self.names(in: template) {
            let now = settings[name]
            guard now?.print != judged.settings[name]?.print, (now?.since ?? 0) <= date else {
                continue
            }
            found.append("ConfigMap \(name) says something else")
        }
        return found
    }

    /// The ConfigMaps that a pod template names, sorted: wherever it names one, it does so as
    /// `configMap`, `configMapRef` or `configMapKeyRef`.
    private static func names(in tree: JSONTree) -> [String] {
        var names: Set<String> = []
        func search(_ tree: JSONTree) {
            for item in tree.items ?? [] { search(item) }
            for member in tree.members ?? [:] {
                if ["configMap", "configMapRef", "configMapKeyRef"].contains(member.key),
                    let name = member.value["name"]?.text
                {
                    names.insert(name)
                }
                search(member.value)
            }
        }
        search(tree)
        return names.sorted()
    }
}
