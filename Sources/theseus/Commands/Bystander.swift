internal import FlowFiles
internal import KubernetesAPI
internal import Voyage

/// What commands that only look say while a run holds the target: they change nothing, so
/// nobody holds them off, and what they show may have moved when it ends.
enum Bystander {
    static func warn(of run: String, on target: FlowTarget, _ what: String) {
        Terminal.complain(
            "warning: run \(run) holds \(target.namespace)/\(target.service) now: \(what)")
    }

    /// Looks whether there is one; who may not read the Lease is told nothing.
    static func warn(of flow: Flow, on rig: Rig) async {
        if let run = (try? await TargetLease.driver(of: flow.target, on: rig)) ?? nil {
            warn(of: run, on: flow.target, mayMove)
        }
    }

    static let mayMove = "what is shown here may move"
}

extension VoyageError {
    /// The run whose marks are in the way.
    var holder: String? {
        if case .held(let run, _) = code { run } else { nil }
    }
}
