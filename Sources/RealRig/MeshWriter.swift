internal import JSONTree
internal import Manifests
internal import Timekeeping

/// Stands in for istiod: hands Envoy what the cluster says, a settable moment later.
///
/// Files are moved into place, each whole; endpoints first, then clusters, listeners and routes, in
/// the order in which an istiod pushes.
actor MeshWriter {
    private let mirror: ClusterMirror
    private let folder: RigFolder
    private let listeners: [JSONTree]
    private let time: any Timekeeper
    private var lag: Duration
    private var written = MeshTables(MeshView(), folder: "")
    private var number = 0
    /// How late Envoy was told of something, at most.
    private(set) var longestLag = Duration.zero

    /// `listeners` are those of HTTP.
    init(
        mirror: ClusterMirror, folder: RigFolder, listeners: [JSONTree], lag: Duration,
        time: any Timekeeper
    ) {
        self.mirror = mirror
        self.folder = folder
        self.listeners = listeners
        self.lag = lag
        self.time = time
    }

    /// From now on Envoy hears of changes so much later.
    func setLag(_ lag: Duration) { self.lag = lag }

    func run() async throws {
        var seen = -1
        var waiting: [(due: Duration, view: MeshView)] = []
        try write(MeshTables(MeshView(), folder: folder.path), isFirst: true)
        while true {
            let version = await mirror.version(of: MeshView.kinds)
            if version != seen {
                seen = version
                waiting.append((time.now + lag, await look()))
            }
            while let first = waiting.first, first.due <= time.now {
                waiting.removeFirst()
                // Of several that are due the newest says it all, as a debounced push does.
                if let next = waiting.first, next.due <= time.now { continue }
                try write(MeshTables(first.view, folder: folder.path), isFirst: false)
                longestLag = max(longestLag, time.now - first.due + lag)
            }
            try await time.sleep(for: .milliseconds(20))
        }
    }

    private func look() async -> MeshView {
        MeshView(
            virtualServices: await mirror.all(.virtualService),
            destinationRules: await mirror.all(.destinationRule),
            services: await mirror.all(.service), endpoints: await mirror.all(.endpoints),
            pods: await mirror.all(.pod))
    }

    private func write(_ tables: MeshTables, isFirst: Bool) throws {
        number += 1
        for (name, endpoints) in tables.endpoints.sorted(by: { $0.key < $1.key })
        where written.endpoints[name] != endpoints {
            try put([endpoints], in: MeshTables.file(of: name))
        }
        if tables.clusters != written.clusters || isFirst {
            try put(tables.clusters, in: "cds.json")
        }
        if tables.streams != written.streams || isFirst {
            try put(listeners + tables.streams, in: "lds.json")
        }
        if tables.gateway != written.gateway || isFirst {
            try put([tables.gateway], in: "rds-gateway.json")
        }
        if tables.mesh != written.mesh || isFirst { try put([tables.mesh], in: "rds-mesh.json") }
        written = tables
    }

    private func put(_ resources: [JSONTree], in name: String) throws {
        let answer: JSONTree = [
            "version_info": .string("\(number)"), "resources": .array(resources),
        ]
        try folder.put(JSONWriter.bytes(of: answer), in: name)
    }
}
