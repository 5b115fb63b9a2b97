internal import HTTPMessages
internal import HTTPServer
internal import Timekeeping

/// Reads Envoy's access log as it grows, and serves what it says as Istio's metrics.
actor MetricsExporter {
    private let path: String
    private let directory: PodDirectory
    private let time: any Timekeeper
    private var counters = MeshCounters()
    private var offset = 0
    private var rest: [UInt8] = []
    private var log = LogReading()

    init(path: String, directory: PodDirectory, time: any Timekeeper) {
        self.path = path
        self.directory = directory
        self.time = time
    }

    func run() async throws {
        while true {
            read()
            try await time.sleep(for: .milliseconds(100))
        }
    }

    /// A server of the metrics; the caller lets it serve.
    nonisolated func server() throws(ServerError) -> LoopbackServer {
        try LoopbackServer { _ in
            HTTPResponse(
                status: 200, headers: ["Content-Type": "text/plain; version=0.0.4"],
                body: .text(await self.counters.text))
        }
    }

    /// Requests whose labels have all these values, of what was logged so far.
    func requests(_ wanted: [String: String]) -> Int {
        read()
        return counters.requests(wanted)
    }

    /// Short answers come in time for a scrape, whatever was told before.
    func forget(_ namespace: String) {
        read()
        counters.forget(namespace)
    }

    /// How many lines were read, and how many more say nothing.
    func reading() -> LogReading {
        read()
        return log
    }

    private func read() {
        let bytes = RigFolder.read(path, from: offset)
        guard !bytes.isEmpty else { return }
        offset += bytes.count
        rest += bytes
        var lines = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
        let last = lines.removeLast()
        for line in lines where !line.isEmpty {
            log.lines += 1
            if let entry = AccessEntry(line) {
                counters.add(entry, directory)
            } else {
                log.unread.append(String(decoding: line.prefix(300), as: UTF8.self))
            }
        }
        rest = Array(last)
    }
}
