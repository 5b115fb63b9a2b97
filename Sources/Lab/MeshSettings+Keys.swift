package import JSONTree

extension MeshSettings {
    /// The first key of a world's mesh part that means nothing, as a path; nil: all are known.
    ///
    /// Keys that are not the mesh's are not looked at.
    package static func unknownKey(in tree: JSONTree) -> String? {
        let latency = Keys(["median", "spread"])
        let strained = Keys(["above", "errorRate"], ["latency": latency])
        let version = Keys(
            ["errorRate", "errorCode", "capacityPerPod", "saturation"],
            ["latency": latency, "strained": strained])
        let lag = Keys(["least", "most"])
        let user = Keys(
            [
                "service", "namespace", "perSecond", "gatewayShare", "host", "method", "path",
                "headers", "client",
            ], ["schedule": Keys(["at", "perSecond"])])
        let parts: [(String, Keys)] = [
            (
                "mesh",
                Keys(
                    ["versionLabel", "gateway"],
                    ["lag": lag, "gatewayLag": lag, "clientLag": lag])
            ),
            ("users", user), ("otherVersions", version), ("ripple", Keys(["share", "period"])),
            ("prometheus", Keys(["scrapeInterval", "delay", "lag", "fault", "frozen"])),
        ]
        for (name, keys) in parts {
            if let found = tree[name].flatMap({ keys.unknown(in: $0, at: name) }) { return found }
        }
        for member in tree["versions"]?.members ?? [:] {
            let place = "versions.\(member.key)"
            if let found = version.unknown(in: member.value, at: place) { return found }
        }
        return nil
    }

    /// What an object may hold.
    private struct Keys {
        let plain: [String]
        let nested: [String: Keys]

        init(_ plain: [String], _ nested: [String: Keys] = [:]) {
            self.plain = plain
            self.nested = nested
        }

        func unknown(in tree: JSONTree, at place: String) -> String? {
            for (index, item) in (tree.items ?? []).enumerated() {
                if let found = unknown(in: item, at: "\(place)[\(index)]") { return found }
            }
            for member in tree.members ?? [:] {
                let path = "\(place).\(member.key)"
                if let inner = nested[member.key] {
                    if let found = inner.unknown(in: member.value, at: path) { return found }
                } else if !plain.contains(member.key) {
                    return path
                }
            }
            return nil
        }
    }
}
