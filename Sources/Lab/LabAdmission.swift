internal import JSONTree
internal import Manifests

/// What the API server and Istio's webhook refuse to store.
enum LabAdmission {
    typealias Cause = LabRefusal.Cause

    static func check(_ tree: JSONTree, over old: JSONTree?, kind: Int) throws(LabRefusal) {
        let resource = LabCatalog.all[kind]
        let name = tree.at("metadata", "name")?.text ?? ""
        let causes: [Cause]
        switch kind {
        case LabCatalog.deployments, LabCatalog.replicaSets: causes = workload(tree, over: old)
        case LabCatalog.pods:
            causes = containers(tree["spec"]?["containers"], at: "spec.containers")
        case LabCatalog.autoscalers: causes = autoscaler(tree["spec"] ?? [:])
        case LabCatalog.services: causes = service(tree, over: old)
        case LabCatalog.configMaps: causes = configMap(tree, over: old)
        case LabCatalog.virtualServices:
            try istio(virtualService(tree["spec"] ?? [:]))
            return
        case LabCatalog.destinationRules:
            try istio(destinationRule(tree["spec"] ?? [:]))
            return
        default: causes = []
        }
        if !causes.isEmpty { throw .invalid(resource, name, causes) }
    }

    static func checkName(_ name: String, _ resource: LabResource) throws(LabRefusal) {
        let isWord = !name.isEmpty && name.utf8.count <= 253
        let isPlain = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
        }
        let ends = [name.first, name.last]
        guard isWord, isPlain, !ends.contains("-"), !ends.contains(".") else {
            throw .invalid(
                resource, name,
                [
                    Cause(
                        reason: "FieldValueInvalid",
                        message: "Invalid value: \"\(name)\": a lowercase RFC 1123 subdomain must"
                            + " consist of lower case alphanumeric characters, '-' or '.', and"
                            + " must start and end with an alphanumeric character",
                        field: "metadata.name")
                ])
        }
    }

    private static func required(_ field: String, _ why: String = "") -> Cause {
        Cause(
            reason: "FieldValueRequired",
            message: "Required value" + (why.isEmpty ? "" : ": \(why)"), field: field)
    }

    private static func invalid(_ field: String, _ value: String, _ why: String) -> Cause {
        Cause(
            reason: "FieldValueInvalid", message: "Invalid value: \(value): \(why)", field: field)
    }

    private static func invalid(_ field: String, _ value: JSONTree, _ why: String) -> Cause {
        invalid(field, String(decoding: JSONWriter.bytes(of: value), as: UTF8.self), why)
    }

    private static func workload(_ tree: JSONTree, over old: JSONTree?) -> [Cause] {
        var causes: [Cause] = []
        let spec = tree["spec"] ?? [:]
        if let replicas = spec["replicas"]?.whole, replicas < 0 {
            causes.append(
                invalid("spec.replicas", "\(replicas)", "must be greater than or equal to 0"))
        }
        let selector = spec["selector"]
        if selector?.members?.isEmpty ?? true {
            causes.append(required("spec.selector"))
        } else if !LabSelector(selector).matches(labels: spec.at("template", "metadata", "labels"))
        {
            causes.append(
                invalid(
                    "spec.template.metadata.labels",
                    spec.at("template", "metadata", "labels") ?? .null,
                    "`selector` does not match template `labels`"))
        }
        if let former = old?.at("spec", "selector"), !former.isSame(as: selector ?? .null) {
            causes.append(invalid("spec.selector", selector ?? .null, "field is immutable"))
        }
        return causes
            + containers(
                spec.at("template", "spec", "containers"), at: "spec.template.spec.containers")
    }

    private static func containers(_ list: JSONTree?, at field: String) -> [Cause] {
        guard let items = list?.items, !items.isEmpty else { return [required(field)] }
        var causes: [Cause] = []
        var names: [String] = []
        for (place, item) in items.enumerated() {
            let name = item["name"]?.text ?? ""
            if name.isEmpty { causes.append(required("\(field)[\(place)].name")) }
            if item["image"]?.text?.isEmpty ?? true {
                causes.append(required("\(field)[\(place)].image"))
            }
            if names.contains(name) {
                causes.append(
                    Cause(
                        reason: "FieldValueDuplicate", message: "Duplicate value: \"\(name)\"",
                        field: "\(field)[\(place)].name"))
            }
            names.append(name)
        }
        return causes
    }

    private static func autoscaler(_ spec: JSONTree) -> [Cause] {
        var causes: [Cause] = []
        let least = spec["minReplicas"]?.whole ?? 1
        let most = spec["maxReplicas"]?.whole
        if least < 1 {
            causes.append(
                invalid("spec.minReplicas", "\(least)", "must be greater than or equal to 1"))
        }
        if let most, most < 1 {
            causes.append(invalid("spec.maxReplicas", "\(most)", "must be greater than 0"))
        } else if let most, most < least {
            causes.append(
                invalid(
                    "spec.maxReplicas", "\(most)",
                    "must be greater than or equal to `minReplicas`"))
        } else if most == nil {
            causes.append(required("spec.maxReplicas"))
        }
        if spec.at("scaleTargetRef", "kind")?.text?.isEmpty ?? true {
            causes.append(required("spec.scaleTargetRef.kind"))
        }
        if spec.at("scaleTargetRef", "name")?.text?.isEmpty ?? true {
            causes.append(required("spec.scaleTargetRef.name"))
        }
        return causes
    }

    private static func service(_ tree: JSONTree, over old: JSONTree?) -> [Cause] {
        var causes: [Cause] = []
        let spec = tree["spec"] ?? [:]
        if spec["type"] != "ExternalName", spec["clusterIP"] != "None",
            spec["ports"]?.items?.isEmpty ?? true
        {
            causes.append(required("spec.ports"))
        }
        if let former = old?.at("spec", "clusterIP"), former != spec["clusterIP"] {
            causes.append(
                invalid(
                    "spec.clusterIPs[0]", "\(spec["clusterIP"]?.text ?? "")",
                    "may not change once set"))
        }
        return causes
    }

    /// At most 1 MiB of content, and none of it changes any more once it is said to be immutable.
    private static func configMap(_ tree: JSONTree, over old: JSONTree?) -> [Cause] {
        var causes: [Cause] = []
        let texts = (tree["data"]?.members ?? [:]).map { $0.value.text?.utf8.count ?? 0 }
        let bytes = (tree["binaryData"]?.members ?? [:]).map {
            (($0.value.text ?? "").utf8.prefix { $0 != UInt8(ascii: "=") }.count) * 3 / 4
        }
        if (texts + bytes).reduce(0, +) > 1_048_576 {
            causes.append(
                Cause(
                    reason: "FieldValueTooLong",
                    message: "Too long: must have at most 1048576 bytes", field: ""))
        }
        guard old?["immutable"] == true else { return causes }
        for (field, value) in [
            ("immutable", tree["immutable"]), ("data", tree["data"]),
            ("binaryData", tree["binaryData"]),
        ] where !(value ?? .null).isSame(as: old?[field] ?? .null) {
            causes.append(
                Cause(
                    reason: "FieldValueForbidden",
                    message: "Forbidden: field is immutable when `immutable` is set", field: field))
        }
        return causes
    }

    // MARK: Istio's webhook

    private static func istio(_ complaint: String?) throws(LabRefusal) {
        guard let complaint else { return }
        throw LabRefusal(
            status: 400, reason: "",
            message: "admission webhook \"validation.istio.io\" denied the request: "
                + "configuration is invalid: \(complaint)")
    }

    private static func virtualService(_ spec: JSONTree) -> String? {
        let http = spec["http"]?.items ?? []
        if http.isEmpty, spec["tcp"]?.items?.isEmpty ?? true, spec["tls"]?.items?.isEmpty ?? true {
            return "http, tcp or tls must be provided in virtual service"
        }
        for route in http {
            let destinations = route["route"]?.items ?? []
            let others = ["redirect", "directResponse", "delegate"].filter { route[$0] != nil }
            if destinations.isEmpty, others.isEmpty {
                return "HTTP route, redirect or direct_response is required"
            }
            if !destinations.isEmpty, others.contains("redirect") {
                return "HTTP route cannot contain both route and redirect"
            }
            for destination in destinations
            where destination.at("destination", "host")?.text?.isEmpty ?? true {
                return "destination host is required"
            }
            let weights = destinations.map { $0["weight"]?.whole ?? 0 }
            if let negative = weights.first(where: { $0 < 0 }) { return "weight \(negative) < 0" }
            if weights.count > 1, weights.reduce(0, +) == 0 {
                return "total destination weight = 0"
            }
        }
        return nil
    }

    private static func destinationRule(_ spec: JSONTree) -> String? {
        if spec["host"]?.text?.isEmpty ?? true { return "host is required" }
        var names: [String] = []
        for subset in spec["subsets"]?.items ?? [] {
            guard let name = subset["name"]?.text, !name.isEmpty else {
                return "subset name is required"
            }
            if names.contains(name) { return "duplicate subset name: \(name)" }
            names.append(name)
        }
        return nil
    }
}
