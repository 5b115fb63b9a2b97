internal import HTTPMessages
internal import JSONTree
internal import Manifests

/// Objects as rows for people: what `kubectl get` prints.
struct LabTable: Sendable {
    struct Column: Sendable {
        let name: String
        var isWide = false
        let cell: @Sendable (KubernetesObject) -> JSONTree
    }

    let call: LabCall
    let includes: String

    /// nil: the caller wants objects.
    static func asked(by request: HTTPRequest, _ call: LabCall) -> LabTable? {
        guard let accept = request.headers["Accept"], accept != "application/json",
            accept.contains("as=Table")
        else {
            return nil
        }
        return LabTable(call: call, includes: call.address.value("includeObject") ?? "Metadata")
    }

    /// `now` in milliseconds since 1970, for the ages.
    func tree(of objects: [KubernetesObject], at version: String, _ now: Int) -> JSONTree {
        let columns = LabColumns.columns(of: call.kind)
        let name: JSONTree = [
            "name": "Name", "type": "string", "format": "name", "priority": 0,
            "description": "the object's name",
        ]
        let definitions =
            [name] + columns.filter { !$0.isWide }.map(Self.definition)
            + [Self.age] + columns.filter(\.isWide).map(Self.definition)
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1",
            "metadata": ["resourceVersion": .string(version)],
            "columnDefinitions": .array(definitions),
            "rows": .array(objects.map { row($0, columns, now) }),
        ]
    }

    private static func definition(_ column: Column) -> JSONTree {
        [
            "name": .string(column.name), "type": "string", "format": "",
            "priority": .integer(column.isWide ? 1 : 0), "description": "",
        ]
    }

    private static let age: JSONTree = [
        "name": "Age", "type": "string", "format": "", "priority": 0, "description": "",
    ]

    private func row(_ object: KubernetesObject, _ columns: [Column], _ now: Int) -> JSONTree {
        let born = object.tree.at("metadata", "creationTimestamp")?.text.flatMap(LabDate.parse)
        let age = born.map { Self.age(now - $0) } ?? "<unknown>"
        let cells =
            [.string(object.name)] + columns.filter { !$0.isWide }.map { $0.cell(object) }
            + [.string(age)] + columns.filter(\.isWide).map { $0.cell(object) }
        var row: JSONTree = ["cells": .array(cells)]
        switch includes {
        case "None": break
        case "Object": row["object"] = LabVersions.present(object, call)
        default:
            row["object"] = [
                "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
                "metadata": object.tree["metadata"] ?? [:],
            ]
        }
        return row
    }

    /// An age as short as people like it: `42s`, `3m7s`, `12m`, `5h3m`, `2d1h`, `9d`.
    static func age(_ milliseconds: Int) -> String {
        let seconds = max(0, milliseconds / 1000)
        let minutes = seconds / 60
        let hours = minutes / 60
        let days = hours / 24
        func two(_ large: Int, _ unit: String, _ small: Int, _ part: String) -> String {
            small == 0 ? "\(large)\(unit)" : "\(large)\(unit)\(small)\(part)"
        }
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600: return two(minutes, "m", seconds % 60, "s")
        case ..<10_800: return "\(minutes)m"
        case ..<28_800: return two(hours, "h", minutes % 60, "m")
        case ..<172_800: return "\(hours)h"
        case ..<691_200: return two(days, "d", hours % 24, "h")
        default: return "\(days)d"
        }
    }
}
