import HTTPMessages
import JSONTree
import KubernetesAPI
import Manifests
import Synchronization
import Timekeeping

/// Answers each request with the next of its answers, and keeps the requests.
final class CannedServer: HTTPTransport {
    private let answers: Mutex<[Result<HTTPResponse, HTTPFailure>]>
    private let heard = Mutex<[HTTPRequest]>([])

    init(_ answers: [Result<HTTPResponse, HTTPFailure>]) { self.answers = Mutex(answers) }

    convenience init(_ answers: HTTPResponse...) { self.init(answers.map { .success($0) }) }

    var requests: [HTTPRequest] { heard.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        heard.withLock { $0.append(request) }
        let next = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let next else {
            throw HTTPFailure(.refused, reached: .never, place: request.place)
        }
        return try next.get()
    }
}

extension HTTPResponse {
    static func tree(_ tree: JSONTree, status: Int = 200, headers: HTTPHeaders = [:])
        -> HTTPResponse
    {
        HTTPResponse(status: status, headers: headers, body: .tree(tree))
    }

    static func status(_ code: Int, _ message: String, headers: HTTPHeaders = [:])
        -> HTTPResponse
    {
        tree(
            [
                "kind": "Status", "apiVersion": "v1", "status": "Failure",
                "message": .string(message), "reason": "Because", "code": .integer(code),
            ], status: code, headers: headers)
    }
}

/// A clock on which sleeping costs nothing; how long was slept is kept.
final class SwiftTime: Timekeeper {
    private let slept = Mutex<[Duration]>([])

    var sleeps: [Duration] { slept.withLock { $0 } }
    var now: Duration { sleeps.reduce(.zero, +) }
    var date: Int { 0 }

    func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        slept.withLock { $0.append(duration) }
        await Task.yield()
    }
}

func client(_ server: CannedServer, token: String? = nil) -> KubernetesClient {
    KubernetesClient(
        server: "https://api.example", token: token, transport: server, time: SwiftTime())
}

func configMap(_ name: String, _ contents: JSONTree = ["color": "blue"]) -> KubernetesObject {
    KubernetesObject([
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": ["name": .string(name), "namespace": "demo"], "data": contents,
    ])
}

let reference = ObjectReference(.configMap, namespace: "demo", name: "settings")
