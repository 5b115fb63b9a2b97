internal import JSONTree

/// Where the requests for one version go: to a subset of the service's host, or to a host of its
/// own.
package struct VersionDestination: Hashable, Sendable, CustomStringConvertible {
    package let host: MeshHost
    /// nil: the host's Service selects this version's pods alone.
    package let subset: String?

    package init(host: MeshHost, subset: String? = nil) {
        self.host = host
        self.subset = subset
    }

    func means(_ host: MeshHost, _ subset: String?) -> Bool {
        self.host == host && self.subset == subset
    }

    /// Makes an entry of a `route` list lead here.
    func take(_ entry: inout JSONTree, in reading: RouteReading) {
        var target = entry["destination"] ?? .object([:])
        lead(&target, in: reading)
        entry["destination"] = target
    }

    /// Makes a `destination` lead here; its host stays written as short or as long as it was.
    func lead(_ target: inout JSONTree, in reading: RouteReading) {
        let written = target["host"]?.text ?? ""
        if reading.host(written) != host { target["host"] = .string(name(asIn: written)) }
        target["subset"] = subset.map(JSONTree.string)
    }

    /// All hosts of one service are of one namespace: only the first label differs.
    private func name(asIn written: String) -> String {
        let name = String(host.name.prefix { $0 != "." })
        return written.firstIndex(of: ".").map { name + written[$0...] } ?? name
    }

    package var description: String { subset.map { "subset \($0)" } ?? "host \(host)" }
}

/// The hosts by which requests come to the pods of one service: its own and, where each version has
/// a Service, those of the two versions.
package struct ServiceHosts: Hashable, Sendable {
    package let service: MeshHost
    package let stable: MeshHost
    package let candidate: MeshHost

    package init(service: MeshHost, stable: MeshHost, candidate: MeshHost) {
        self.service = service
        self.stable = stable
        self.candidate = candidate
    }

    /// One host for both versions.
    package init(_ host: MeshHost) {
        self.init(service: host, stable: host, candidate: host)
    }

    package func contains(_ host: MeshHost) -> Bool {
        host == stable || host == candidate || host == service
    }
}
