/// What an account must be allowed for one call, as a rule of a Role has it.
package struct AccessRight: Hashable, Sendable, CustomStringConvertible {
    package let verb: String
    /// Empty for the core group.
    package let group: String
    package let resource: String
    /// Empty for what lives in no namespace, or in all of them.
    package let namespace: String
    /// The one object that it is about; nil: any.
    package var name: String?

    package init(
        verb: String, group: String, resource: String, namespace: String, name: String? = nil
    ) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.namespace = namespace
        self.name = name
    }

    /// The rule itself, ready to be pasted.
    package var description: String {
        let group = group.isEmpty ? "\"\"" : group
        return "{apiGroups: [\(group)], resources: [\(resource)], verbs: [\(verb)]}"
    }

    var remedy: String {
        let role = namespace.isEmpty ? "its ClusterRole" : "its Role in \(namespace)"
        return "add to \(role): \(self)"
    }
}
