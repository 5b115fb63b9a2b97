internal import HTTPMessages
internal import JSONTree
internal import Manifests

/// Knobs that break things, under `/lab`: for people and tests outside of the process.
///
/// `GET /lab` shows how things stand, `GET /lab/history?kind=VirtualService` every version that was
/// ever stored of a kind, or of all. `POST /lab/<knob>` with a JSON object turns one:
/// `pods` `{namespace, deployment, behaviour}` · `evict` `{namespace, pod}` ·
/// `demand` `{namespace, deployment, pods}` · `tag` `{image, digest}` ·
/// `api` `{failNext, status, retryAfter}`, or `{deny: [{verb, kind, namespace}]}`, which stays until
/// another list, such as `[]` · `candidate` `{version, errorRate, …}` · and the mesh's own, see
/// `LabMesh.turn`.
extension LabState {
    mutating func turnKnob(_ request: HTTPRequest, _ address: LabAddress) -> LabAnswer {
        if request.method == "GET" {
            return address.path.dropFirst().first == "history"
                ? .tree(history(of: address.value("kind"))) : .tree(summary)
        }
        guard request.method == "POST", let knob = address.path.dropFirst().first,
            let setting = try? request.body.tree(), setting.members != nil
        else { return Self.complaint("POST a JSON object to /lab/<knob>") }
        switch knob {
        case "pods": return turnPods(setting)
        case "evict":
            guard let pod = setting["pod"]?.text else { return Self.complaint("evict: give pod") }
            cluster.evict(namespace: Self.home(setting), pod: pod)
        case "demand":
            guard let name = setting["deployment"]?.text else {
                return Self.complaint("demand: give deployment")
            }
            cluster.setDemand(
                setting["pods"]?.whole, namespace: Self.home(setting), deployment: name)
        case "tag":
            guard let image = setting["image"]?.text, let digest = setting["digest"]?.text else {
                return Self.complaint("tag: give image and digest")
            }
            cluster.moveTag(image, to: digest)
        case "api": return turnAPI(setting)
        case "candidate":
            var behaviour = setting
            behaviour["version"] = nil
            guard let version = setting["version"]?.text else {
                return Self.complaint("candidate: give version")
            }
            return mesh.turn("versions", .object([version: behaviour]))
                ?? Self.complaint("no such knob")
        default:
            return mesh.turn(knob, setting)
                ?? .tree(["error": .string("there is no knob \(knob)")], status: 404)
        }
        return .tree(summary)
    }

    private mutating func turnPods(_ setting: JSONTree) -> LabAnswer {
        guard let name = setting["deployment"]?.text else {
            return Self.complaint("pods: give deployment")
        }
        var behaviour: PodBehaviour?
        if let word = setting["behaviour"]?.text {
            behaviour = PodBehaviour(rawValue: word)
            let known = PodBehaviour.allCases.map(\.rawValue).joined(separator: ", ")
            if behaviour == nil { return Self.complaint("pods: behaviour is one of \(known)") }
        }
        cluster.setBehaviour(behaviour, namespace: Self.home(setting), deployment: name)
        return .tree(summary)
    }

    private mutating func turnAPI(_ setting: JSONTree) -> LabAnswer {
        if let list = setting["deny"] {
            let denials = (list.items ?? [list]).map { LabDenial($0) }
            guard !denials.contains(nil) else {
                let verbs = LabDenial.verbs.joined(separator: ", ")
                return Self.complaint(
                    "api: deny is a list of {verb, kind, namespace}; a verb is one of \(verbs), a"
                        + " kind one that is served; * is any")
            }
            cluster.denials = denials.compactMap(\.self)
        }
        if setting["deny"] == nil || setting["failNext"] != nil {
            trouble = LabTrouble(
                left: setting["failNext"]?.whole ?? 0, status: setting["status"]?.whole ?? 503,
                retryAfter: setting["retryAfter"]?.whole)
        }
        return .tree(summary)
    }

    private static func home(_ setting: JSONTree) -> String {
        setting["namespace"]?.text ?? "demo"
    }

    private static func complaint(_ text: String) -> LabAnswer {
        .tree(["error": .string(text)], status: 400)
    }

    /// Oldest first; of a deletion the object is null.
    private func history(of kind: String?) -> JSONTree {
        let versions = cluster.history.filter { kind == nil || $0.reference.kind.kind == kind }
        return [
            "versions": .array(
                versions.map {
                    [
                        "revision": .integer($0.revision), "time": .number($0.at.inSeconds),
                        "kind": .string($0.reference.kind.kind),
                        "namespace": .string($0.reference.namespace),
                        "name": .string($0.reference.name), "manager": .string($0.manager),
                        "object": $0.object?.tree ?? .null,
                    ]
                })
        ]
    }

    private var summary: JSONTree {
        [
            "theseusLab": true, "speed": .integer(speed),
            "time": .number(now.inSeconds), "date": .string(cluster.timestamp),
            "milliseconds": .integer(cluster.epoch + now.milliseconds),
            "revision": .integer(cluster.revision), "mesh": mesh.summary,
        ]
    }
}

/// The next calls to the API server that are to fail.
struct LabTrouble: Sendable {
    var left = 0
    var status = 503
    var retryAfter: Int?

    /// The answer to a call that is to fail; nil: it goes through.
    mutating func next() -> HTTPResponse? {
        guard left > 0 else { return nil }
        left -= 1
        return LabRefusal.staged(status, retryAfter: retryAfter).response
    }
}

extension LabState {
    /// Answers one request at once; watches are the world's.
    mutating func answer(_ request: HTTPRequest, _ address: LabAddress, gateway: String)
        -> LabAnswer
    {
        if address.authority == gateway { return mesh.handleGateway(request, at: now) }
        switch address.path.first {
        case "prometheus": return mesh.handlePrometheus(request, address, at: now)
        case "lab": return turnKnob(request, address)
        default:
            if let failure = trouble.next() { return LabAnswer(failure) }
            return LabAnswer(cluster.handle(request, address))
        }
    }
}
