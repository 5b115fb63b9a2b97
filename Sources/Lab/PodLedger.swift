internal import JSONTree
internal import Manifests

/// What kubelets and kube-state-metrics tell of pods' containers.
///
/// As closed forms of the time, so that any moment of the past can be asked about.
struct PodLedger: Sendable {
    enum Measure: Hashable, Sendable, CaseIterable {
        case processor, memory, processorLimit, memoryLimit, restarts

        var metric: String {
            switch self {
            case .processor: "container_cpu_usage_seconds_total"
            case .memory: "container_memory_working_set_bytes"
            case .processorLimit, .memoryLimit: "kube_pod_container_resource_limits"
            case .restarts: "kube_pod_container_status_restarts_total"
            }
        }

        /// The labels beside those of the container.
        var labels: [SeriesLabels.Label] {
            switch self {
            case .processor, .memory, .restarts: []
            case .processorLimit:
                [.init(name: "resource", value: "cpu"), .init(name: "unit", value: "core")]
            case .memoryLimit:
                [.init(name: "resource", value: "memory"), .init(name: "unit", value: "byte")]
            }
        }
    }

    fileprivate struct Container: Sendable {
        let labels: [SeriesLabels.Label]
        /// Which part of its limits it uses, all the time.
        let saturation: Double
        /// In cores and in bytes; nil where it has none.
        let processorLimit: Double?
        let memoryLimit: Double?
        /// In milliseconds of the world's time.
        let born: Int
        var gone: Int?
        /// Since when it has begun anew so often, oldest first.
        var restarts: [(since: Int, count: Int)] = []
    }

    private var containers: [Container] = []
    /// The containers of the pods that are there.
    private var present: [LabCluster.Key: Range<Int>] = [:]

    /// How many there were; grows only.
    var count: Int { containers.count }

    /// Takes in a version of a pod.
    mutating func notice(_ pod: KubernetesObject, saturation: Double, at now: Int) {
        let statuses = pod.status["containerStatuses"]?.items ?? []
        let key = LabCluster.Key(namespace: pod.namespace, name: pod.name)
        guard let places = present[key] else {
            let items = pod.spec["containers"]?.items ?? []
            present[key] = containers.count..<(containers.count + items.count)
            containers += items.map { Container($0, of: pod, saturation: saturation, born: now) }
            return
        }
        for (place, status) in zip(places, statuses) {
            let count = status["restartCount"]?.whole ?? 0
            if count != containers[place].restarts.last?.count ?? 0 {
                containers[place].restarts.append((now, count))
            }
        }
    }

    /// The pod is gone.
    mutating func forget(_ pod: ObjectReference, at now: Int) {
        let key = LabCluster.Key(namespace: pod.namespace, name: pod.name)
        for place in present.removeValue(forKey: key) ?? 0..<0 { containers[place].gone = now }
    }

    func labels(of place: Int) -> [SeriesLabels.Label] { containers[place].labels }

    /// In milliseconds of the world's time.
    func born(_ place: Int) -> Int { containers[place].born }

    /// The measures that are told of a container at all.
    func measures(of place: Int) -> [Measure] {
        Measure.allCases.filter { sample($0, of: place, at: containers[place].born) != nil }
    }

    /// nil before the container's time and after it.
    func sample(_ measure: Measure, of place: Int, at moment: Int) -> Double? {
        let container = containers[place]
        guard container.born <= moment, container.gone.map({ moment < $0 }) ?? true else {
            return nil
        }
        switch measure {
        case .processor:
            let seconds = Double(moment - container.born) / 1000
            return seconds * (container.processorLimit ?? 1) * container.saturation
        case .memory: return (container.memoryLimit ?? Double(1 << 30)) * container.saturation
        case .processorLimit: return container.processorLimit
        case .memoryLimit: return container.memoryLimit
        case .restarts:
            return Double(container.restarts.last { $0.since <= moment }?.count ?? 0)
        }
    }
}

extension PodLedger.Container {
    fileprivate init(
        _ tree: JSONTree, of pod: KubernetesObject, saturation: Double, born: Int
    ) {
        let name = tree["name"]?.text ?? ""
        let labels = [("container", name), ("namespace", pod.namespace), ("pod", pod.name)]
        self.init(
            labels: labels.map { .init(name: $0.0, value: $0.1) }, saturation: saturation,
            processorLimit: Self.quantity(tree.at("resources", "limits")?["cpu"]),
            memoryLimit: Self.quantity(tree.at("resources", "limits")?["memory"]), born: born)
    }

    /// `500m`, `0.5`, `64Mi`, `1e9`.
    private static func quantity(_ tree: JSONTree?) -> Double? {
        guard let text = tree?.text else { return tree?.decimal }
        let unit = String(text.reversed().prefix { $0.isLetter }.reversed())
        if let whole = Double(text) { return whole }
        return units[unit].flatMap { size in Double(text.dropLast(unit.count)).map { $0 * size } }
    }

    private static let units = [
        "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1024, "Mi": 1_048_576,
        "Gi": 1_073_741_824, "Ti": 1_099_511_627_776,
    ]
}
