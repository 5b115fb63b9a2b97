import Golden
import Testing

/// Who may know whom: rooms depend downwards, and every new arrow is seen in review.
@Suite struct ArrowTests {
    /// The floors from the ground up, as in Package.swift; an arrow points to a lower floor.
    static let floors: [[String]] = [
        ["CSQLite", "CLibcurl", "CLibYAML", "CMicroHTTPD", "CCrypto", "CProcess"],
        ["CanaryEngine", "JSONTree", "Statistics", "Timekeeping", "HTTPMessages"],
        ["YAML", "Digests", "HTTPClient", "HTTPServer", "Processes", "Journal", "Diagrams"],
        ["Manifests", "Chronicle", "Secrets"],
        ["KubernetesAPI", "ClusterAccess", "MetricsSources", "Lab"],
        ["IstioRoutes", "Workloads", "TestHooks", "MetricsGate", "FlowFiles", "ClusterJournal"],
        ["Voyage", "Auditor", "Crossing"],
        ["Rehearsal", "Foresight", "RealRig", "GateTrials", "Checkup", "Drafting", "Retelling"],
        ["WorstDay"],
        ["theseus", "SweepCommand", "RigCommand"],
    ]

    /// The few arrows between rooms of one floor.
    static let neighbours = [
        "HTTPMessages -> JSONTree", "FlowFiles -> TestHooks", "FlowFiles -> MetricsGate",
        "Journal -> Digests", "ClusterAccess -> KubernetesAPI",
    ]

    /// These know no room at all.
    static let hermits = ["CanaryEngine", "JSONTree", "Statistics", "Timekeeping"]

    /// Only this room speaks to that C module.
    static let doors = [
        "CSQLite": "Journal", "CLibcurl": "HTTPClient", "CLibYAML": "YAML",
        "CMicroHTTPD": "HTTPServer", "CCrypto": "Digests", "CProcess": "Processes",
    ]

    static let arrows: [String: Set<String>] = {
        let rooms = Set(floors.joined())
        var arrows: [String: Set<String>] = [:]
        for source in Repository.sources {
            let modules = source.imports.map(\.module).filter(rooms.contains)
            arrows[source.room, default: []].formUnion(modules)
        }
        return arrows
    }()

    static func floor(of room: String) -> Int? {
        floors.firstIndex { $0.contains(room) }
    }

    @Test func arrowsAreAsDrawn() throws {
        let drawing = Self.arrows.keys.sorted().map { room in
            let lower = Self.arrows[room, default: []].sorted()
            return lower.isEmpty ? room : "\(room) -> \(lower.joined(separator: ", "))"
        }
        try expectGolden(drawing.joined(separator: "\n") + "\n", named: "arrows.txt")
    }

    @Test func arrowsPointDown() {
        #expect(!Self.arrows.isEmpty)
        for (room, others) in Self.arrows {
            guard let floor = Self.floor(of: room) else {
                Issue.record("give the room \(room) a floor in ArrowTests")
                continue
            }
            for other in others where !Self.neighbours.contains("\(room) -> \(other)") {
                let below = Self.floor(of: other) ?? 0
                #expect(below < floor, "\(room) (floor \(floor)) imports \(other) (\(below))")
            }
        }
    }

    @Test func someRoomsKnowNoRoom() {
        for room in Self.hermits {
            #expect(Self.arrows[room] == [], "\(room) imports a room")
        }
    }

    @Test func everyCModuleHasOneDoor() {
        for source in Repository.sources {
            for (module, access) in source.imports where module.hasPrefix("C") {
                guard let room = Self.doors[module] else { continue }
                #expect(source.room == room, "\(source.path) speaks \(module)")
                #expect(access == "internal ", "\(source.path): write internal import \(module)")
            }
        }
    }
}
