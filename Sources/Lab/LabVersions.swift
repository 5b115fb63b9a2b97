internal import JSONTree
internal import Manifests

/// The same object in the several versions in which the API server serves it.
enum LabVersions {
    static func isCustom(_ resource: LabResource) -> Bool {
        resource.group == "networking.istio.io" || resource.group == "keda.sh"
    }

    /// The stored object as the caller's version has it.
    static func present(_ object: KubernetesObject, _ call: LabCall) -> JSONTree {
        guard call.version != call.resource.versions[0] else { return object.tree }
        var tree = object.tree
        tree["apiVersion"] = .string(call.apiVersion)
        if call.kind == LabCatalog.autoscalers, call.version == "v1" {
            tree.change("spec", toFirst)
        }
        return tree
    }

    /// What the caller sent, as the store has it; refused where it says that it is something else.
    static func stored(_ given: JSONTree, _ call: LabCall) throws(LabRefusal) -> JSONTree {
        guard given.members != nil else { throw .badRequest("the body is no object") }
        let resource = call.resource
        let apiVersion = given["apiVersion"]?.text
        let kind = given["kind"]?.text
        if let apiVersion, apiVersion != call.apiVersion {
            throw .badRequest(
                "the API version in the data (\(apiVersion)) does not match the expected API version"
                    + " (\(call.apiVersion))")
        }
        if let kind, kind != resource.kind {
            throw .badRequest(
                "\(resource.kind) in version \"\(call.version)\" cannot be handled as a"
                    + " \(resource.kind): no kind \"\(kind)\" is expected here")
        }
        var tree = given
        if apiVersion == nil || call.version != resource.versions[0] {
            tree["apiVersion"] = .string(resource.storedAPIVersion)
        }
        if kind == nil { tree["kind"] = .string(resource.kind) }
        if call.kind == LabCatalog.autoscalers, call.version == "v1" {
            tree.change("spec", toSecond)
        }
        return tree
    }

    /// autoscaling/v2 -> v1: the CPU metric has a field of its own.
    private static func toFirst(_ spec: inout JSONTree) {
        let cpu = spec["metrics"]?.items?.first { $0.at("resource", "name") == "cpu" }
        if let goal = cpu?.at("resource", "target", "averageUtilization") {
            spec["targetCPUUtilizationPercentage"] = goal
        }
        spec["metrics"] = nil
    }

    private static func toSecond(_ spec: inout JSONTree) {
        guard let goal = spec["targetCPUUtilizationPercentage"] else { return }
        spec["targetCPUUtilizationPercentage"] = nil
        spec["metrics"] = [
            [
                "resource": [
                    "name": "cpu", "target": ["averageUtilization": goal, "type": "Utilization"],
                ],
                "type": "Resource",
            ]
        ]
    }
}
