internal import JSONTree
internal import Manifests

/// What the manifest's autoscaler will not do.
extension FlowLint {
    mutating func lookAtAutoscalers() {
        guard let field = document.own.at("spec", "target", "manifest") else { return }
        let deployment = flow.target.manifest.first { $0.kind == "Deployment" }?.name
        for object in flow.target.manifest where object.kind == "HorizontalPodAutoscaler" {
            let least = object.spec["minReplicas"]?.whole ?? 1
            if let most = object.spec["maxReplicas"]?.whole, least > most {
                warn(
                    .autoscalerRange,
                    "autoscaler \"\(object.name)\" has minReplicas \(least) above maxReplicas \(most)",
                    at: field, do: "mend the manifest: the API server refuses it so")
            }
            let target = object.spec.at("scaleTargetRef", "name")?.text
            if let target, let deployment, target != deployment {
                warn(
                    .autoscalerTarget,
                    "autoscaler \"\(object.name)\" scales \"\(target)\", and the candidate is"
                        + " \"\(deployment)\"", at: field,
                    do: "let scaleTargetRef name the candidate's Deployment")
            }
        }
    }
}
