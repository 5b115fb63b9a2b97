extension Step {
    /// The step in the words of the flow file.
    package var name: String {
        switch self {
        case .backup: "backup"
        case .deploy: "deploy"
        case .route: "route"
        case .reach: "reach"
        case .test(let call): "test \(call.name)"
        case .tests(let calls): "tests \(calls.map(\.name).joined(separator: ", "))"
        case .notify(let call): "notify \(call.name)"
        case .autoscale: "autoscale"
        case .scale(let part): "scale \(part.percent)%"
        case .drill: "drill"
        case .weight(let weight): "weight \(weight.percent)"
        case .mirror(let part): "mirror \(part.percent)"
        case .sticky: "sticky"
        case .bake: "bake"
        case .gate(let name): "gate \(name)"
        case .approve: "approve"
        case .pause: "pause"
        case .shrink: "shrink"
        case .retire: "retire"
        }
    }
}
