package import HTTPMessages
internal import JSONTree
package import Manifests
internal import Synchronization
package import Timekeeping

/// One API server, over any transport.
///
/// A value: copies share the transport. One call, one request: nothing is tried again in here.
package struct KubernetesClient: Sendable {
    package let server: String
    package let time: any Timekeeper
    private let token: String?
    private let transport: any HTTPTransport
    /// Takes secrets out of what the server or the transport says.
    private let conceal: @Sendable (String) -> String
    private let heard = LastDate()
    let served = ServedVersions()
    /// How long `patiently` tries before it throws what it met last; nil: until called off.
    package private(set) var patience: Duration?
    /// No call waits longer than this for its answer.
    private var longestCall = Duration.seconds(3600)
    /// Waits differ a little from client to client, so that those who were turned away together do
    /// not come back together.
    ///
    /// Not in a simulation, which shall be the same every time.
    let isJittered: Bool

    /// `server` is the base address, without a slash at its end.
    ///
    /// A transport that signs requests itself knows secrets which we do not: `conceal` takes them out
    /// of messages.
    package init(
        server: String, token: String? = nil, transport: any HTTPTransport, time: any Timekeeper,
        isJittered: Bool = false, conceal: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.server = server
        self.token = token
        self.transport = transport
        self.isJittered = isJittered
        self.conceal = conceal
        self.time = time
    }

    /// The same server, asked in vain for so long and no longer: before a run is begun or taken
    /// there is nothing that must go on.
    package func patient(
        for patience: Duration?, longestCall: Duration = .seconds(10)
    ) -> KubernetesClient {
        guard let patience else { return self }
        var client = self
        client.patience = patience
        client.longestCall = longestCall
        return client
    }

    /// What the server's clock shows now, in milliseconds since 1970, by the `Date` of its last
    /// answer and the time that has gone by since; nil before the first.
    package var serverDate: Int? { heard.date(at: time.now) }

    /// nil where there is no such object.
    package func get(_ reference: ObjectReference) async throws(KubernetesError)
        -> KubernetesObject?
    {
        do {
            return try await object(APICall("GET", reference))
        } catch  where error.code == .notFound {
            return nil
        }
    }

    package func create(_ object: KubernetesObject, as kind: ResourceKind)
        async throws(KubernetesError) -> KubernetesObject
    {
        var call = APICall(method: "POST", kind: kind, namespace: object.namespace)
        call.shown = object.name
        call.body = object.tree
        return try await self.object(call)
    }

    /// Replaces, under the resourceVersion that `object` carries.
    package func update(_ object: KubernetesObject, as kind: ResourceKind)
        async throws(KubernetesError) -> KubernetesObject
    {
        var call = APICall("PUT", object.reference(as: kind))
        call.body = object.tree
        return try await self.object(call)
    }

    /// Server-side apply as field manager `theseus`: creates, or sets the fields that `object` has.
    ///
    /// A resourceVersion in `object` is a precondition. `force` takes fields from other managers;
    /// without it their ownership is a `.conflict`.
    package func apply(_ object: KubernetesObject, as kind: ResourceKind, force: Bool = false)
        async throws(KubernetesError) -> KubernetesObject
    {
        var call = APICall("PATCH", object.reference(as: kind))
        call.query = [("fieldManager", "theseus"), ("force", force ? "true" : "false")]
        call.body = object.tree
        call.contentType = "application/apply-patch+yaml"  // JSON is YAML
        return try await self.object(call)
    }

    /// Deletes exactly this object in exactly this version: both are preconditions.
    package func delete(_ object: KubernetesObject, as kind: ResourceKind)
        async throws(KubernetesError)
    {
        var call = APICall("DELETE", object.reference(as: kind))
        call.body = [
            "apiVersion": "v1", "kind": "DeleteOptions",
            // What a CronJob has started runs on: it may be the process that deletes it.
            "propagationPolicy": kind.kind == ResourceKind.cronJob.kind ? "Orphan" : "Background",
            "preconditions": [
                "uid": .string(object.uid), "resourceVersion": .string(object.resourceVersion),
            ],
        ]
        _ = try await tree(call)
    }

    /// Sends, and keeps the answer's date; anything but a 2xx is thrown.
    func exchange(_ call: APICall) async throws(KubernetesError) -> HTTPResponse {
        let response: HTTPResponse
        do {
            var request = call.request(to: server, token: token)
            request.timeout = min(request.timeout, longestCall)
            response = try await transport.send(request)
        } catch {
            let said = error.detail.isEmpty ? "" : " (\(error.detail))"
            throw KubernetesError(
                .unavailable(reached: error.reached), place: call.place,
                detail: clean(error.meaning + said))
        }
        if let date = response.headers["Date"] { heard.hear(date, at: time.now) }
        guard (200..<300).contains(response.status) else { throw refusal(response, of: call) }
        return response
    }

    /// The answer's body; no object is no answer.
    func tree(_ call: APICall) async throws(KubernetesError) -> JSONTree {
        let response = try await exchange(call)
        if let tree = try? response.body.tree(), tree.members != nil { return tree }
        throw KubernetesError(
            .undecodable, place: call.place,
            detail: "HTTP \(response.status) without a JSON object")
    }

    private func object(_ call: APICall) async throws(KubernetesError) -> KubernetesObject {
        let object = KubernetesObject(try await tree(call))
        guard object.kind == call.kind.kind else {
            throw KubernetesError(
                .undecodable, place: call.place,
                detail: "asked for a \(call.kind.kind), got \(object.kind.prefix(40))")
        }
        return object
    }

    private func refusal(_ response: HTTPResponse, of call: APICall) -> KubernetesError {
        let status = try? response.body.tree()
        var detail = "HTTP \(response.status)"
        // What the server says of a Secret may quote it.
        let said = call.kind == .secret ? status?["reason"]?.text : status?["message"]?.text
        if let said, !said.isEmpty { detail = said }
        let asked = pause(response, status)
        let code: KubernetesError.Code =
            switch response.status {
            case 401: .unauthorized
            case 403: .forbidden
            case 404: isAbout(call, status) ? .notFound : .unavailable(reached: .never)
            case 409: .conflict
            case 410: .gone
            case 429: .tooMany(retryAfter: asked ?? .seconds(1))
            case 408, 500...: .unavailable(reached: .perhaps)
            default: .invalid
            }
        return KubernetesError(
            code, place: call.place, detail: clean(detail), retryAfter: asked,
            lacking: response.status == 403 ? call.right : nil)
    }

    /// Whether a 404 speaks of the very object: a proxy's, or one of a server that does not serve the
    /// kind at the moment, says nothing about it.
    private func isAbout(_ call: APICall, _ status: JSONTree?) -> Bool {
        guard let name = call.name else { return true }
        return status?.at("details", "name")?.text == name
    }

    /// What the server asks us to wait: in seconds, or until a date by its own clock.
    private func pause(_ response: HTTPResponse, _ status: JSONTree?) -> Duration? {
        let header = response.headers["Retry-After"]
        var milliseconds = header.flatMap { Int($0) }.map { min(max($0, 0), 3600) * 1000 }
        if milliseconds == nil, let date = header.flatMap(HTTPDate.milliseconds) {
            let now = response.headers["Date"].flatMap(HTTPDate.milliseconds) ?? time.date
            milliseconds = date - now
        }
        if milliseconds == nil, let said = status?.at("details", "retryAfterSeconds")?.whole {
            milliseconds = min(max(said, 0), 3600) * 1000
        }
        return milliseconds.map { .milliseconds(min(max($0, 1000), 3_600_000)) }
    }

    /// One line of at most 300 characters, without our token.
    func clean(_ detail: String) -> String {
        var line = detail
        if !detail.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            line = String(detail.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        }
        line = conceal(line)
        if let token, !token.isEmpty, Self.holds(line, token) {
            line = line.split(separator: token, omittingEmptySubsequences: false)
                .joined(separator: "…")
        }
        return line.count > 300 ? "\(line.prefix(299))…" : line
    }

    /// Whether a text has another in it, byte for byte.
    private static func holds(_ text: String, _ part: String) -> Bool {
        let (text, part) = (Array(text.utf8), Array(part.utf8))
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
    }
}

/// The date that copies of one client share.
private final class LastDate: Sendable {
    private struct Heard {
        var text = ""
        var milliseconds: Int?
        /// By our own monotonic clock.
        var moment = Duration.zero
    }

    private let last = Mutex(Heard())

    func date(at now: Duration) -> Int? {
        let last = last.withLock { $0 }
        return last.milliseconds.map { $0 + Int((now - last.moment) / .milliseconds(1)) }
    }

    /// Many answers come within one second: their dates are one text.
    func hear(_ text: String, at now: Duration) {
        last.withLock { last in
            guard last.text != text, let date = HTTPDate.milliseconds(text) else { return }
            last = Heard(text: text, milliseconds: date, moment: now)
        }
    }
}

extension KubernetesObject {
    /// Names this object among those of `kind`.
    package func reference(as kind: ResourceKind) -> ObjectReference {
        ObjectReference(kind, namespace: namespace, name: name)
    }
}
