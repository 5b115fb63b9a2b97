internal import HTTPMessages
internal import JSONTree
internal import Manifests

/// What the containers of pods write.
extension LabCluster {
    /// The answer to `GET …/pods/NAME/log`.
    func log(of pod: KubernetesObject, _ call: LabCall) throws(LabRefusal) -> HTTPResponse {
        let names = (pod.spec["containers"]?.items ?? []).compactMap { $0["name"]?.text }
        let name = call.address.value("container") ?? names.first ?? ""
        guard names.contains(name) else {
            throw .badRequest("container \(name) is not valid for pod \(pod.name)")
        }
        let status = pod.status["containerStatuses"]?.items?.first { $0["name"]?.text == name }
        let restarts = status?["restartCount"]?.whole ?? 0
        let isPrevious = call.address.value("previous") == "true"
        if isPrevious, restarts == 0 {
            throw .badRequest(
                "previous terminated container \"\(name)\" in pod \"\(pod.name)\" not found")
        }
        let waiting = status?.at("state", "waiting", "reason")?.text
        if waiting != nil, waiting != "CrashLoopBackOff" {
            throw .badRequest(
                "container \"\(name)\" in pod \"\(pod.name)\" is waiting to start:"
                    + " \(waiting ?? "")")
        }
        var lines = Self.lines(pod, status, isPrevious || waiting != nil)
        if let tail = call.address.value("tailLines").flatMap({ Int($0) }) {
            lines = lines.suffix(tail)
        }
        return HTTPResponse(
            status: 200, headers: ["Content-Type": "text/plain"],
            body: .text(lines.map { $0 + "\n" }.joined()))
    }

    /// A program that dies tells its password, as programs do.
    private static func lines(_ pod: KubernetesObject, _ status: JSONTree?, _ isDead: Bool)
        -> [String]
    {
        let begin = "starting \(status?["image"]?.text ?? "")"
        if let code = status?.at("state", "terminated", "exitCode")?.whole {
            return [begin, code == 0 ? "all is well" : "fatal: exit \(code)"]
        }
        if isDead {
            return [begin, "connecting to postgres://app:lab-secret@db/app", "fatal: no database"]
        }
        return [begin, isReady(pod) ? "listening on 8080" : "warming the cache"]
    }
}
