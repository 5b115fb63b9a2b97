internal import HTTPMessages
internal import JSONTree
internal import Synchronization

/// Writes down what a played run says to the API server of its lab.
final class Scribe: HTTPTransport, Sendable {
    /// A write that the server took.
    struct Entry: Sendable {
        let chapter: PlannedWrite.Chapter
        let method: String
        let path: APIPath
        let body: JSONTree
    }

    struct Notes: Sendable {
        var chapter = PlannedWrite.Chapter.beforehand
        var calls = 0
        var entries: [Entry] = []
        /// Where it looked, in order, each once.
        var looks: [String] = []
        fileprivate var known: Set<String> = []
    }

    private let inner: any HTTPTransport
    private let server: String
    private let kept = Mutex(Notes())

    init(_ inner: any HTTPTransport, to server: String) {
        self.inner = inner
        self.server = server
    }

    var notes: Notes { kept.withLock { $0 } }

    /// What is written from now on belongs there.
    func turn(to chapter: PlannedWrite.Chapter) { kept.withLock { $0.chapter = chapter } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let target = APIPath.target(of: request.url, below: server) ?? request.url
        let chapter = kept.withLock { notes in
            notes.calls += 1
            let isLook = request.method == "GET" && !request.streams
            if isLook, notes.known.insert(target).inserted { notes.looks.append(target) }
            return notes.chapter
        }
        let response = try await inner.send(request)
        if request.method != "GET", (200..<300).contains(response.status),
            let path = APIPath(target), let body = (try? request.body.tree()) ?? nil
        {
            let entry = Entry(chapter: chapter, method: request.method, path: path, body: body)
            kept.withLock { $0.entries.append(entry) }
        }
        return response
    }
}
