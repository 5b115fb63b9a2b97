internal import YAML

/// The fields that have no counterpart in a flow, each with its reason.
struct Fate {
    /// `spec.steps[].plugin`.
    let pattern: String
    let why: String
    let remedy: String

    init(_ pattern: String, _ why: String, do remedy: String = "nothing") {
        self.pattern = pattern
        self.why = why
        self.remedy = remedy
    }
}

enum FateTable {
    /// A path in which all items of a list are alike.
    static func pattern(_ path: [YAMLStep]) -> String {
        var text = ""
        for step in path {
            switch step {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index: text += "[]"
            }
        }
        return text
    }

    static func fate(of kind: String, _ pattern: String) -> Fate? {
        fates(of: kind).first { $0.pattern == pattern }
    }

    /// Whether something inside a field has a fate of its own.
    static func hasInside(of kind: String, _ pattern: String) -> Bool {
        fates(of: kind).contains {
            $0.pattern.hasPrefix("\(pattern).") || $0.pattern.hasPrefix("\(pattern)[")
                || pattern.isEmpty
        }
    }

    private static func fates(of kind: String) -> [Fate] {
        switch kind {
        case "Rollout": rollout + everywhere
        case "AnalysisTemplate", "ClusterAnalysisTemplate": analysisTemplate + everywhere
        case "Canary": canary + everywhere
        case "MetricTemplate": metricTemplate + everywhere
        default: everywhere
        }
    }

    private static let everywhere =
        [
            Fate("status", "it is what the controller saw"),
            Fate("metadata.labels", "a flow keeps labels of its own", do: "write metadata.labels"),
            Fate(
                "metadata.annotations", "a flow keeps annotations of its own",
                do: "write metadata.annotations"),
        ]
        + [
            "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields",
            "selfLink",
            "ownerReferences", "finalizers", "generateName", "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ].map { Fate("metadata.\($0)", "it is the API server's own") }
}
