internal import HTTPMessages
package import JSONTree
internal import Manifests

/// What is in a world when it begins: its objects, users and dice.
///
/// ```
/// apiVersion: theseus.dev/v1
/// kind: World
/// seed: 7
/// warmUp: 10m                  # users have been there for so long
/// pace: {latency: 2ms, controllers: 20ms, readyAfter: 3s, goneAfter: 1s, autoscalers: 2s,
///        scaleDownAfter: 30s}
/// objects: [ … ]               # Kubernetes objects; namespaces are made where they are missing
/// unserved: [autoscaling/v2]   # as an older cluster
/// users, versions, mesh, …     # the mesh's part, see MeshSettings
/// ```
package struct LabWorldFile: Sendable {
    package var seed: UInt64
    package var warmUp: Duration
    package var pace: LabPace
    package var objects: [JSONTree]
    /// Versions of groups that the cluster does not serve.
    package var unserved: [String]
    /// The whole file, in which the mesh finds its part.
    package var tree: JSONTree

    package init(_ tree: JSONTree) throws(LabWorldFileError) {
        self.tree = tree
        if let kind = tree["kind"]?.text, kind != "World" {
            throw LabWorldFileError(.otherKind, place: "kind", detail: "it is a \(kind)")
        }
        let known = [
            "apiVersion", "kind", "metadata", "seed", "warmUp", "pace", "objects", "mesh", "users",
            "versions", "otherVersions", "ripple", "prometheus", "epoch", "unserved",
        ]
        if let odd = tree.members?.keys.first(where: { !known.contains($0) }) {
            throw LabWorldFileError(
                .unknownKey, place: odd, detail: "known are \(known.joined(separator: ", "))")
        }
        if let odd = MeshSettings.unknownKey(in: tree) {
            throw LabWorldFileError(
                .unknownKey, place: odd, detail: "the mesh's part knows no such key")
        }
        seed = UInt64(bitPattern: Int64(tree["seed"]?.whole ?? 1))
        warmUp = try Self.duration(tree["warmUp"], "warmUp") ?? .seconds(600)
        pace = try Self.pace(tree["pace"] ?? [:])
        objects = tree["objects"]?.items ?? []
        unserved = (tree["unserved"]?.items ?? []).compactMap(\.text)
        for (number, object) in objects.enumerated()
        where LabWorldFile.resource(of: object) == nil {
            throw LabWorldFileError(
                .unknownObject, place: "objects[\(number)]",
                detail: "\(object["apiVersion"]?.text ?? "?") \(object["kind"]?.text ?? "?")")
        }
    }

    private static func duration(_ tree: JSONTree?, _ place: String) throws(LabWorldFileError)
        -> Duration?
    {
        guard let tree else { return nil }
        let text = tree.text ?? tree.whole.map { "\($0)s" } ?? ""
        guard let duration = LabTime.duration(text) else {
            throw LabWorldFileError(.noDuration, place: place, detail: "give 500ms, 3s or 2m")
        }
        return duration
    }

    private static func pace(_ tree: JSONTree) throws(LabWorldFileError) -> LabPace {
        var pace = LabPace()
        for member in tree.members ?? [:] {
            let place = "pace.\(member.key)"
            let duration = try duration(member.value, place) ?? .zero
            switch member.key {
            case "latency": pace.latency = duration
            case "controllers": pace.controllers = duration
            case "readyAfter": pace.readyAfter = duration
            case "goneAfter": pace.goneAfter = duration
            case "autoscalers": pace.autoscalers = duration
            case "scaleDownAfter": pace.scaleDownAfter = duration
            default:
                throw LabWorldFileError(.unknownKey, place: place, detail: "no such pace")
            }
        }
        return pace
    }

    /// Whether the lab's cluster keeps objects of this kind, in this version.
    package static func keeps(_ object: JSONTree) -> Bool { resource(of: object) != nil }

    /// The versions in which the lab's cluster serves some kind of a group.
    package static func versions(of group: String) -> [String] {
        LabCatalog.all.filter { $0.group == group }.flatMap(\.versions).reduce(into: []) {
            if !$0.contains($1) { $0.append($1) }
        }
    }

    private static func resource(of object: JSONTree) -> LabResource? {
        LabCatalog.all.first { resource in
            resource.kind == object["kind"]?.text
                && resource.versions.contains { version in
                    (resource.group.isEmpty ? version : "\(resource.group)/\(version)")
                        == object["apiVersion"]?.text
                }
        }
    }

    /// The world as it stands when everything in it has become ready and users are used to it.
    ///
    /// `date`: the moment at which it is handed over, in milliseconds since 1970.
    package func begin(date: Int) throws(LabWorldFileError) -> LabState {
        var cluster = LabCluster(epoch: date - warmUp.milliseconds, seed: seed, pace: pace)
        for name in ["default", "kube-system", "istio-system"] { cluster.open(name) }
        for (number, object) in objects.enumerated() {
            cluster.open(object.at("metadata", "namespace")?.text ?? "default")
            let answer = cluster.place(object, as: Self.resource(of: object))
            guard answer.status < 300 else {
                let message = (try? answer.body.tree())??["message"]?.text ?? "\(answer.status)"
                throw LabWorldFileError(
                    .refused, place: "objects[\(number)]", detail: message)
            }
        }
        var state = LabState(cluster: cluster, mesh: LabMesh(settings: tree, seed: seed))
        state.cluster.unserved = unserved
        // KEDA is there where somebody uses it.
        if state.cluster.objects(.scaledObject).isEmpty {
            state.cluster.unserved.append(ResourceKind.scaledObject.apiVersion)
        }
        state.advance(to: warmUp)
        return state
    }
}

extension LabCluster {
    /// Makes a namespace, where there is none of that name.
    fileprivate mutating func open(_ namespace: String) {
        guard shelves[LabCatalog.namespaces][Key(namespace: "", name: namespace)] == nil else {
            return
        }
        _ = place(
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]],
            as: LabCatalog.all[LabCatalog.namespaces])
    }

    fileprivate mutating func place(_ object: JSONTree, as resource: LabResource?) -> HTTPResponse {
        guard let resource else { return LabRefusal.noSuchPath.response }
        let version = object["apiVersion"]?.text ?? ""
        let root = resource.group.isEmpty ? "/api/\(version)" : "/apis/\(version)"
        let home = object.at("metadata", "namespace")?.text ?? "default"
        let scope = resource.isNamespaced ? "/namespaces/\(home)" : ""
        let url = "\(root)\(scope)/\(resource.plural)?fieldManager=world"
        return handle(HTTPRequest("POST", url, body: .tree(object)), LabAddress(url))
    }
}

/// What is wrong with a world's description, and where.
package struct LabWorldFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case otherKind
        case unknownKey
        case noDuration
        case unknownObject
        case refused
    }

    package let code: Code
    /// A path in the file.
    package let place: String
    package let detail: String

    init(_ code: Code, place: String, detail: String) {
        self.code = code
        self.place = place
        self.detail = detail
    }

    private var meaning: String {
        switch code {
        case .otherKind: "this is not the description of a world"
        case .unknownKey: "a world has no such key"
        case .noDuration: "this is no duration"
        case .unknownObject: "the lab's cluster keeps no such kind"
        case .refused: "the lab's cluster refuses this object"
        }
    }

    private var remedy: String {
        switch code {
        case .otherKind: "begin with apiVersion: theseus.dev/v1 and kind: World"
        case .unknownKey: "correct the key, or take it away"
        case .noDuration: "write a number and a unit"
        case .unknownObject: "correct apiVersion and kind, or leave the object out"
        case .refused: "mend the object as the message says"
        }
    }

    package var description: String {
        """
        world: \(meaning) (\(detail))
          where: \(place)
          do:    \(remedy)
        """
    }
}
