internal import HTTPMessages
internal import JSONTree
package import Manifests

/// What happened to one object of a watched kind.
package enum WatchEvent: Hashable, Sendable {
    case added(KubernetesObject)
    case modified(KubernetesObject)
    case deleted(KubernetesObject)
    /// Nothing happened, but a later watch may start from here.
    case bookmark(resourceVersion: String)
}

/// A watch that is pulled.
///
/// `next` waits for one event; for one reader at a time.
/// Ends (nil) whenever the server ends it, which it does every few minutes: watch again from the
/// last resourceVersion. A `.gone` means: list again. A dead connection looks like a quiet one:
/// `KindFeed` does all that.
package struct WatchStream: Sendable {
    private let chunks: HTTPChunks?
    private let place: String
    private var line: [UInt8] = []
    private var waiting: [JSONTree] = []

    init(_ body: HTTPBody, place: String) throws(KubernetesError) {
        self.place = place
        switch body {
        case .chunks(let chunks):
            self.chunks = chunks
        case .empty:
            chunks = nil
        case .tree(let tree):
            chunks = nil
            waiting = [tree]
        case .bytes(let bytes):
            chunks = nil
            try take(bytes)
            try endLine()
        }
    }

    /// The next event; nil when the server has ended the watch.
    package mutating func next() async throws(KubernetesError) -> WatchEvent? {
        while waiting.isEmpty {
            let chunk: HTTPChunks.Chunk?
            do {
                chunk = try await chunks?.next()
            } catch {
                throw KubernetesError(
                    .unavailable(reached: error.reached), place: place, detail: error.meaning)
            }
            switch chunk {
            case .bytes(let bytes): try take(bytes)
            case .tree(let tree): waiting.append(tree)
            case nil:
                try endLine()
                if waiting.isEmpty { return nil }
            }
        }
        return try event(waiting.removeFirst())
    }

    private mutating func take(_ bytes: [UInt8]) throws(KubernetesError) {
        for byte in bytes {
            if byte == 0x0A { try endLine() } else { line.append(byte) }
        }
    }

    private mutating func endLine() throws(KubernetesError) {
        defer { line = [] }
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return }
        do {
            waiting.append(try JSONReader.tree(of: line))
        } catch {
            throw KubernetesError(.undecodable, place: place, detail: "an event is no JSON")
        }
    }

    private func event(_ tree: JSONTree) throws(KubernetesError) -> WatchEvent {
        let object = KubernetesObject(tree["object"] ?? .null)
        switch tree["type"]?.text {
        case "ADDED": return .added(object)
        case "MODIFIED": return .modified(object)
        case "DELETED": return .deleted(object)
        case "BOOKMARK": return .bookmark(resourceVersion: object.resourceVersion)
        case "ERROR":
            let code: KubernetesError.Code =
                object.tree["code"]?.whole == 410 ? .gone : .unavailable(reached: .perhaps)
            let reason = object.tree["reason"]?.text ?? "the watch broke"
            throw KubernetesError(code, place: place, detail: String(reason.prefix(100)))
        default:
            throw KubernetesError(.undecodable, place: place, detail: "an event of no known type")
        }
    }
}

extension KubernetesClient {
    /// Watches a kind from a resourceVersion on; the server is asked to end the watch after
    /// `length`, so that a connection that died unseen is not waited on for ever.
    package func watch(
        _ kind: ResourceKind, namespace: String?, selector: [(String, String)] = [],
        from resourceVersion: String, length: Duration = .seconds(300),
        freshConnection: Bool = false
    ) async throws(KubernetesError) -> WatchStream {
        var call = APICall(method: "GET", kind: kind, namespace: namespace)
        call.query = ObjectList.query(selector)
        call.query += [
            ("watch", "1"), ("allowWatchBookmarks", "true"),
            ("resourceVersion", resourceVersion),
            ("timeoutSeconds", "\(max(1, length.components.seconds))"),
        ]
        call.verb = "WATCH"
        call.streams = true
        call.freshConnection = freshConnection
        return try WatchStream(try await exchange(call).body, place: call.place)
    }
}
