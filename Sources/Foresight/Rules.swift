package import KubernetesAPI

/// Rights as the rules of Roles: verbs on one kind, in one namespace.
package struct Rules: Sendable {
    package struct Rule: Hashable, Sendable, CustomStringConvertible {
        package let namespace: String
        package let group: String
        package let resource: String
        /// The objects that it is about; empty: all.
        package var names: [String]
        package var verbs: [String]

        /// As `demo: deployments.apps: get, list`.
        package var description: String {
            let kind = group.isEmpty ? resource : "\(resource).\(group)"
            let whose = names.isEmpty ? "" : " \(names.joined(separator: ", "))"
            return "\(namespace): \(kind)\(whose): \(verbs.joined(separator: ", "))"
        }
    }

    /// In the order in which their rights come.
    package private(set) var all: [Rule] = []

    /// A right on one object is left out where the same is given on all.
    package init(_ rights: [AccessRight]) {
        for right in rights {
            let isGivenAnyway = rights.contains {
                $0.name == nil && right.name != nil && $0.verb == right.verb
                    && $0.group == right.group && $0.resource == right.resource
                    && $0.namespace == right.namespace
            }
            guard !isGivenAnyway else { continue }
            let names = right.name.map { [$0] } ?? []
            let place = all.firstIndex {
                $0.namespace == right.namespace && $0.group == right.group
                    && $0.resource == right.resource && $0.names == names
            }
            if let place {
                all[place].verbs.append(right.verb)
            } else {
                all.append(
                    Rule(
                        namespace: right.namespace, group: right.group, resource: right.resource,
                        names: names, verbs: [right.verb]))
            }
        }
    }
}
