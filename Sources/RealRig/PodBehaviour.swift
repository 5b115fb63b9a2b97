internal import JSONTree
internal import Manifests

/// How a pod's program behaves: said by the environment variables in its template.
struct PodBehaviour: Hashable, Sendable {
    /// How long an answer takes, in milliseconds (`LATENCY_MS`).
    var latency = 5
    /// Of 100 requests so many fail with 500 (`FAIL_PERCENT`).
    var failPercent = 0
    /// How long after its start it is ready, in milliseconds (`READY_AFTER_MS`); -1: never.
    var readyAfter = 200
    /// How long it goes on taking new requests after it was told to end: `preStop` of the template.
    var preStop = 0
    /// It ends at once, again and again (`CRASH=1`).
    var crashes = false
    /// It does its work for so many milliseconds and ends (`RUN_MS`) with this code (`EXIT`), as the
    /// first container of a Job's pod does.
    var runsFor: Int?
    var exitCode = 0
    /// Its image is not there: the reference ends with `:missing`.
    var isUnpullable = false
    var port = 8080

    init(_ pod: KubernetesObject) {
        let container = pod.spec["containers"]?.items?.first ?? .null
        for variable in container["env"]?.items ?? [] {
            let value = variable["value"]?.text.flatMap { Int($0) } ?? 0
            switch variable["name"]?.text {
            case "LATENCY_MS": latency = value
            case "FAIL_PERCENT": failPercent = value
            case "READY_AFTER_MS": readyAfter = value
            case "CRASH": crashes = value != 0
            case "RUN_MS": runsFor = value
            case "EXIT": exitCode = value
            default: break
            }
        }
        isUnpullable = container["image"]?.text?.hasSuffix(":missing") ?? false
        let words = container.at("lifecycle", "preStop", "exec", "command")?.items ?? []
        if words.first?.text == "sleep" {
            preStop = (words.last?.text.flatMap { Int($0) } ?? 0) * 1000
        }
        port = container["ports"]?.items?.first?["containerPort"]?.whole ?? 8080
    }
}
