// swift-tools-version: 6.3
import PackageDescription

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Rooms are optimised in debug builds too, their assertions kept on: the tests play thousands of
/// deliveries in the Lab, which takes them a sixth of the time.
let optimised: [SwiftSetting] =
    house + [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]

func room(_ name: String, on lower: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: lower, swiftSettings: optimised)
}

func tests(_ name: String, of rooms: [Target.Dependency], data: [String] = []) -> Target {
    .testTarget(name: name, dependencies: rooms, exclude: data, swiftSettings: house)
}

let package = Package(
    name: "theseus",
    targets: [
        // The C doors.
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CProcess"),

        // Floor 0: knows nothing.
        room("CanaryEngine"),
        room("JSONTree"),
        room("Statistics"),
        room("Timekeeping"),
        room("HTTPMessages", on: ["JSONTree"]),

        // Floor 1: one library each.
        room("YAML", on: ["JSONTree", "CLibYAML"]),
        room("Digests", on: ["CCrypto"]),
        room("HTTPClient", on: ["HTTPMessages", "JSONTree", "Timekeeping", "CLibcurl"]),
        room("HTTPServer", on: ["HTTPMessages", "JSONTree", "CMicroHTTPD"]),
        room("Processes", on: ["Timekeeping", "CProcess"]),
        room("Journal", on: ["Digests", "Timekeeping", "CSQLite"]),

        room("Diagrams", on: ["CanaryEngine"]),

        // Floor 2: the two languages that the rooms above speak.
        room("Manifests", on: ["JSONTree"]),
        room("Chronicle", on: ["CanaryEngine", "Journal", "JSONTree", "Timekeeping"]),

        room("Secrets", on: ["HTTPMessages", "Processes", "Timekeeping"]),

        // Floor 3.
        room("KubernetesAPI", on: ["Manifests", "HTTPMessages", "JSONTree", "Timekeeping"]),
        room(
            "Lab",
            on: ["Manifests", "HTTPMessages", "JSONTree", "Timekeeping", "YAML"]),

        room(
            "ClusterAccess",
            on: [
                "KubernetesAPI", "HTTPClient", "HTTPMessages", "Processes", "Secrets", "YAML",
                "JSONTree", "Digests", "Timekeeping",
            ]),

        room(
            "MetricsSources", on: ["HTTPMessages", "JSONTree", "Secrets", "Timekeeping", "Digests"]),

        // Floor 4.
        room(
            "IstioRoutes",
            on: ["CanaryEngine", "KubernetesAPI", "Manifests", "JSONTree", "Timekeeping"]),
        room(
            "Workloads",
            on: [
                "CanaryEngine", "Digests", "HTTPMessages", "KubernetesAPI", "Manifests", "JSONTree",
                "Timekeeping",
            ]),
        room(
            "TestHooks",
            on: [
                "CanaryEngine", "Processes", "Secrets", "HTTPMessages", "JSONTree", "Timekeeping",
                "Digests",
            ]),
        room("MetricsGate", on: ["CanaryEngine", "MetricsSources", "Statistics"]),
        room(
            "FlowFiles",
            on: [
                "CanaryEngine", "Manifests", "HTTPMessages", "JSONTree", "YAML", "TestHooks",
                "MetricsGate", "MetricsSources", "Secrets",
            ]),

        room(
            "ClusterJournal",
            on: ["Journal", "Digests", "KubernetesAPI", "Manifests", "JSONTree", "Timekeeping"]),

        // Floor 5.
        room(
            "Voyage",
            on: [
                "CanaryEngine", "Chronicle", "Journal", "IstioRoutes", "Workloads", "TestHooks",
                "MetricsGate", "MetricsSources", "Secrets", "FlowFiles", "KubernetesAPI",
                "Manifests", "HTTPMessages",
                "JSONTree", "YAML", "Timekeeping", "Digests",
            ]),
        room(
            "Drafting",
            on: [
                "IstioRoutes", "Workloads", "KubernetesAPI", "Manifests", "JSONTree", "YAML",
                "Timekeeping",
            ]),
        room(
            "Checkup",
            on: [
                "Voyage", "FlowFiles", "IstioRoutes", "MetricsGate", "MetricsSources",
                "KubernetesAPI",
                "Manifests", "JSONTree", "Timekeeping",
            ]),
        room(
            "Auditor",
            on: ["CanaryEngine", "Chronicle", "Journal", "Manifests", "JSONTree"]),

        room("Crossing", on: ["JSONTree", "YAML"]),
        room(
            "Retelling",
            on: [
                "CanaryEngine", "Chronicle", "FlowFiles", "JSONTree", "Manifests", "Timekeeping",
                "Voyage",
            ]),

        // Beside the roof: everything together, in the Lab.
        room(
            "Rehearsal",
            on: [
                "CanaryEngine", "Chronicle", "Journal", "Voyage", "Auditor", "FlowFiles", "Lab",
                "KubernetesAPI", "Manifests", "HTTPMessages", "Processes", "JSONTree",
                "Timekeeping", "ClusterJournal", "Diagrams",
            ]),

        room(
            "Foresight",
            on: [
                "CanaryEngine", "Chronicle", "Journal", "ClusterJournal", "Voyage", "FlowFiles",
                "Lab", "KubernetesAPI", "Manifests", "HTTPMessages", "Processes", "JSONTree",
                "Timekeeping", "TestHooks", "MetricsGate", "Digests", "Diagrams",
            ]),

        room(
            "WorstDay",
            on: [
                "GateTrials", "CanaryEngine", "Secrets", "Chronicle", "Rehearsal", "Foresight",
                "FlowFiles",
                "Lab",
                "MetricsSources",
                "Voyage", "HTTPMessages", "Manifests", "JSONTree", "MetricsGate", "TestHooks",
                "Timekeeping",
            ]),

        room("GateTrials", on: ["CanaryEngine", "MetricsGate", "Statistics", "Lab"]),

        // Beside the roof, too: real parts instead of the Lab.
        room(
            "RealRig",
            on: [
                "CanaryEngine", "Chronicle", "Journal", "ClusterJournal", "Auditor",
                "KubernetesAPI", "Manifests", "HTTPClient", "HTTPServer", "HTTPMessages",
                "Processes", "JSONTree", "YAML", "Timekeeping",
            ]),

        // The roof.
        .executableTarget(
            name: "theseus",
            dependencies: [
                "CanaryEngine", "Chronicle", "Journal", "ClusterJournal", "Voyage", "Checkup",
                "Diagrams", "Drafting", "Foresight",
                "FlowFiles", "IstioRoutes", "Workloads", "Lab", "KubernetesAPI", "ClusterAccess",
                "Manifests", "HTTPClient", "HTTPServer", "HTTPMessages", "Processes",
                "MetricsGate", "MetricsSources", "Secrets", "Crossing", "Rehearsal", "Retelling",
                "WorstDay", "GateTrials",
                "JSONTree", "YAML",
                "Timekeeping",
            ],
            swiftSettings: house),

        .executableTarget(
            name: "theseus-sweep",
            dependencies: ["Rehearsal", "Lab", "GateTrials", "FlowFiles", "CanaryEngine"],
            path: "Sources/SweepCommand", swiftSettings: house),

        .executableTarget(
            name: "theseus-rig", dependencies: ["RealRig", "Processes", "Timekeeping"],
            path: "Sources/RigCommand", swiftSettings: house),

        // The proofs.
        .target(name: "Golden", path: "Tests/Golden", swiftSettings: house),
        .target(name: "TLSFront", path: "Tests/TLSFront", swiftSettings: house),
        tests("CanaryEngineTests", of: ["CanaryEngine", "Golden"], data: ["Golden"]),
        tests("JSONTreeTests", of: ["JSONTree"]),
        tests("StatisticsTests", of: ["Statistics"], data: ["Reference"]),
        tests("YAMLTests", of: ["YAML", "JSONTree"]),
        tests("DigestsTests", of: ["Digests"]),
        .executableTarget(
            name: "look-up-probe", dependencies: ["HTTPClient", "HTTPServer", "HTTPMessages"],
            path: "Tests/LookUpProbe", swiftSettings: house),
        tests(
            "HTTPClientTests",
            of: [
                "HTTPClient", "HTTPServer", "HTTPMessages", "JSONTree", "TLSFront", "look-up-probe",
            ]),
        tests("HTTPServerTests", of: ["HTTPServer", "HTTPMessages"]),
        .executableTarget(
            name: "guard-probe", dependencies: ["Processes"], path: "Tests/GuardProbe",
            swiftSettings: house),
        tests("ProcessesTests", of: ["Processes", "Timekeeping", "guard-probe"]),
        .target(
            name: "CSQLiteFaults", dependencies: ["CSQLite"], path: "Tests/CSQLiteFaults"),
        tests(
            "JournalTests",
            of: [
                "Journal", "Digests", "CSQLiteFaults", "ClusterJournal", "KubernetesAPI", "Lab",
                "Manifests", "HTTPMessages", "JSONTree", "Timekeeping",
            ],
            data: ["Histories"]),
        tests(
            "ChronicleTests", of: ["Chronicle", "CanaryEngine", "Journal", "JSONTree", "Golden"],
            data: ["Golden"]),
        tests("ManifestsTests", of: ["Manifests", "JSONTree"]),
        tests(
            "KubernetesAPITests",
            of: ["KubernetesAPI", "Manifests", "Lab", "HTTPMessages", "JSONTree", "Timekeeping"]),
        tests(
            "ClusterAccessTests",
            of: [
                "ClusterAccess", "KubernetesAPI", "HTTPClient", "HTTPServer", "HTTPMessages",
                "Processes", "Secrets", "YAML", "JSONTree", "Digests", "Timekeeping", "TLSFront",
                "guard-probe",
            ]),
        tests(
            "LabTests", of: ["Lab", "Manifests", "HTTPMessages", "JSONTree", "Timekeeping", "YAML"]),
        tests(
            "IstioRoutesTests",
            of: [
                "IstioRoutes", "CanaryEngine", "KubernetesAPI", "Lab", "Manifests", "HTTPMessages",
                "JSONTree", "Timekeeping", "YAML",
            ]),
        tests(
            "WorkloadsTests",
            of: [
                "Workloads", "CanaryEngine", "KubernetesAPI", "Lab", "Manifests", "HTTPMessages",
                "JSONTree", "Timekeeping", "YAML",
            ]),
        tests(
            "TestHooksTests",
            of: [
                "TestHooks", "CanaryEngine", "Digests", "Lab", "Processes", "Secrets",
                "HTTPMessages", "HTTPClient", "HTTPServer", "JSONTree", "Timekeeping",
                "guard-probe",
            ]),
        tests("SecretsTests", of: ["Secrets", "Processes", "Timekeeping"]),
        tests(
            "MetricsSourcesTests",
            of: [
                "MetricsSources", "Secrets", "Digests", "HTTPClient", "HTTPServer", "HTTPMessages",
                "JSONTree", "Processes", "Timekeeping", "TLSFront",
            ]),
        tests(
            "MetricsGateTests",
            of: [
                "MetricsGate", "MetricsSources", "Secrets", "CanaryEngine", "Lab", "HTTPClient",
                "HTTPServer", "HTTPMessages", "Processes", "JSONTree", "Timekeeping",
            ]),
        tests(
            "FlowFilesTests",
            of: [
                "FlowFiles", "CanaryEngine", "Manifests", "HTTPMessages", "JSONTree", "TestHooks",
                "MetricsGate", "MetricsSources", "Secrets", "YAML",
            ]),
        tests(
            "ForesightTests",
            of: [
                "Foresight", "Rehearsal", "CanaryEngine", "Chronicle", "ClusterJournal",
                "FlowFiles",
                "HTTPMessages", "JSONTree", "Journal", "KubernetesAPI", "Lab", "Manifests",
                "Timekeeping", "Voyage", "YAML", "Diagrams", "Golden", "Processes",
            ],
            data: ["Golden"]),
        tests(
            "RetellingTests",
            of: [
                "Retelling", "CanaryEngine", "Chronicle", "FlowFiles", "Lab", "Rehearsal",
                "Secrets", "TestHooks", "Voyage", "Golden",
            ],
            data: ["Golden"]),
        tests(
            "CrossingTests",
            of: [
                "Crossing", "CanaryEngine", "FlowFiles", "Foresight", "HTTPMessages", "JSONTree",
                "KubernetesAPI", "Lab", "Manifests", "MetricsGate", "MetricsSources", "Processes",
                "Voyage", "YAML", "Golden",
            ],
            data: ["Golden", "Resources"]),
        tests(
            "WorstDayTests",
            of: [
                "WorstDay", "GateTrials", "Rehearsal", "CanaryEngine", "Chronicle", "FlowFiles",
                "Lab",
            ],
            data: ["Flows"]),
        tests("GateTrialsTests", of: ["GateTrials", "CanaryEngine", "MetricsGate", "Statistics"]),
        tests(
            "RehearsalTests",
            of: [
                "Rehearsal", "Lab", "CanaryEngine", "Chronicle", "Diagrams", "Digests", "JSONTree",
                "Manifests",
            ]),
        tests(
            "AuditorTests",
            of: ["Auditor", "CanaryEngine", "Chronicle", "Journal", "Manifests", "JSONTree"]),
        tests(
            "VoyageTests",
            of: [
                "Voyage", "Rehearsal", "CanaryEngine", "Chronicle", "FlowFiles", "HTTPMessages",
                "IstioRoutes", "MetricsGate",
                "JSONTree", "Journal", "KubernetesAPI", "Lab", "Manifests", "Processes",
                "Timekeeping", "YAML",
            ]),
        tests(
            "DraftingTests",
            of: [
                "Drafting", "FlowFiles", "JSONTree", "KubernetesAPI", "Lab", "Manifests",
                "TestHooks",
            ]),
        tests(
            "CheckupTests",
            of: [
                "Checkup", "Voyage", "Rehearsal", "FlowFiles", "HTTPMessages", "JSONTree",
                "KubernetesAPI", "Lab", "Manifests", "Processes",
            ]),
        tests(
            "TheseusTests",
            of: [
                "theseus", "HTTPClient", "HTTPServer", "HTTPMessages", "JSONTree", "Golden",
                "TLSFront",
            ],
            data: ["Golden"]),
        tests("RealRigTests", of: ["RealRig", "Auditor", "Manifests", "JSONTree", "YAML"]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "CanaryEngine", "FlowFiles", "Crossing", "ClusterAccess", "MetricsGate",
                "MetricsSources", "Chronicle", "Journal", "Lab", "HTTPMessages", "Processes",
                "JSONTree",
                "TestHooks", "Timekeeping",
            ],
            path: "Tests/FuzzTargets", swiftSettings: house),
        tests("FuzzTests", of: ["FuzzTargets", "Journal"], data: ["Corpus"]),
        tests("HouseTests", of: ["Golden"], data: ["Golden"]),
    ]
)
