internal import HTTPMessages
internal import JSONTree
internal import Manifests

/// Objects as rows for people: what `kubectl get` prints.
struct LabTable: Sendable {
    let call: LabCall

    /// nil: the caller wants objects.
    static func asked(by request: HTTPRequest, _ call: LabCall) -> LabTable? {
        guard let accept = request.headers["Accept"], accept.contains("as=Table") else {
            return nil
        }
        return LabTable(call: call)
    }

    func tree(of objects: [KubernetesObject], at version: String, _ now: Int) -> JSONTree {
        [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1",
            "metadata": ["resourceVersion": .string(version)],
            "columnDefinitions": [["name": "Name", "type": "string", "format": "name"]],
            "rows": .array(
                objects.map { ["cells": [.string($0.name)], "object": $0.tree] }),
        ]
    }
}
