import HTTPMessages
import JSONTree
import Lab
import Manifests

/// A world on a turnable clock, and a hand that sends requests to it.
struct ClusterHand: Sendable {
    let turnable = TurnableWorld()
    let clock: LabClock
    let world: LabWorld

    struct Answer: Sendable {
        let status: Int
        let tree: JSONTree
        let headers: HTTPHeaders

        var reason: String { tree["reason"]?.text ?? "" }
        var message: String { tree["message"]?.text ?? "" }
        func at(_ path: String...) -> JSONTree? { tree.at(path) }
    }

    init(_ state: LabState = Self.demo) {
        clock = LabClock(turnable)
        world = LabWorld(state, time: clock)
    }

    /// The demo's world, made once: a state is a value.
    static let demo: LabState = {
        do { return try DemoWorld.file.begin(date: 1_767_614_400_000) } catch {
            preconditionFailure("\(error)")
        }
    }()

    func run<Value: Sendable>(_ story: @escaping @Sendable (ClusterHand) async throws -> Value)
        throws -> Value
    {
        try turnable.run { try await story(self) }
    }

    func ask(
        _ method: String, _ path: String, _ body: JSONTree? = nil, type: String? = nil,
        agent: String = "hand/1"
    ) async throws -> Answer {
        var request = HTTPRequest(method, LabWorld.server + path)
        request.headers["User-Agent"] = agent
        if let type { request.headers["Content-Type"] = "application/\(type)" }
        if let body { request.body = .tree(body) }
        let response = try await world.send(request)
        return Answer(
            status: response.status, tree: try response.body.tree() ?? .null,
            headers: response.headers)
    }

    static let pods = "/api/v1/namespaces/demo/pods"
    static let services = "/api/v1/namespaces/demo/services"
    static let endpoints = "/api/v1/namespaces/demo/endpoints"
    static let maps = "/api/v1/namespaces/demo/configmaps"
    static let deployments = "/apis/apps/v1/namespaces/demo/deployments"
    static let scalers = "/apis/autoscaling/v2/namespaces/demo/horizontalpodautoscalers"
    static let routes = "/apis/networking.istio.io/v1/namespaces/demo/virtualservices"
    static let rules = "/apis/networking.istio.io/v1/namespaces/demo/destinationrules"

    static func map(_ name: String, _ content: JSONTree = ["a": "1"]) -> JSONTree {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": "demo"], "data": content,
        ]
    }
}
