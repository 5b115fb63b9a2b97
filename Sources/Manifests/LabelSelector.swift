package import JSONTree

/// Which pods an object means, by their labels.
///
/// All parts must hold. One without parts matches everything, as the API has it for the selectors
/// of Deployments and PodDisruptionBudgets; `init(service:)` knows that a Service's does not.
package struct LabelSelector: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case equal(String, String)
        case isOne(String, of: [String])
        case isNone(String, of: [String])
        case exists(String)
        case absent(String)
        /// An operator that we do not know: matches nothing.
        case unknown
    }

    package let parts: [Part]

    package init(_ parts: [Part]) { self.parts = parts }

    /// `{matchLabels, matchExpressions}`; nil where there is no selector at all.
    package init?(_ tree: JSONTree?) {
        guard let tree, tree != .null else { return nil }
        parts =
            Self.equalities(tree["matchLabels"])
            + (tree["matchExpressions"]?.items ?? []).map(Self.part)
    }

    /// A Service's selector, a plain map; nil where it selects nothing, as an empty one does.
    package init?(service: KubernetesObject) {
        let equalities = Self.equalities(service.tree.at("spec", "selector"))
        guard !equalities.isEmpty else { return nil }
        parts = equalities
    }

    /// Whether an object with these labels is meant.
    package func matches(_ labels: JSONTree?) -> Bool {
        parts.allSatisfy { part in
            switch part {
            case .equal(let key, let value): labels?[key]?.text == value
            case .isOne(let key, let values): labels?[key]?.text.map(values.contains) ?? false
            case .isNone(let key, let values): !(labels?[key]?.text.map(values.contains) ?? false)
            case .exists(let key): labels?[key] != nil
            case .absent(let key): labels?[key] == nil
            case .unknown: false
            }
        }
    }

    /// The parts that a list call can ask for; the rest must be looked at afterwards.
    package var equalities: [(String, String)] {
        parts.compactMap { part in
            if case .equal(let key, let value) = part { (key, value) } else { nil }
        }
    }

    private static func equalities(_ map: JSONTree?) -> [Part] {
        (map?.members?.ordered ?? []).map { .equal($0.key, $0.value.text ?? "") }
    }

    private static func part(_ expression: JSONTree) -> Part {
        let key = expression["key"]?.text ?? ""
        let values = (expression["values"]?.items ?? []).compactMap(\.text)
        return switch expression["operator"]?.text {
        case "In": .isOne(key, of: values)
        case "NotIn": .isNone(key, of: values)
        case "Exists": .exists(key)
        case "DoesNotExist": .absent(key)
        default: .unknown
        }
    }
}
