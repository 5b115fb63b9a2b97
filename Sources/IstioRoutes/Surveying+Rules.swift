internal import JSONTree
internal import Manifests

/// The DestinationRule that is in effect for the service, or the one that must be made.
struct Ruling {
    let reference: ObjectReference
    let object: KubernetesObject
    let isMissing: Bool
}

/// The two versions as subsets of one host.
package struct VersionSubsets: Hashable, Sendable {
    package let stable: VersionSubset
    package let candidate: VersionSubset
}

extension Surveying {
    /// A host that no version has: where there is no stable yet, its subset selects nobody.
    static let nobody = "theseus-nobody"

    func host(of rule: KubernetesObject) -> MeshHost? {
        rule.spec["host"]?.text.map {
            MeshHost($0, from: rule.namespace, domain: scope.clusterDomain)
        }
    }

    private func rulesHere(_ isMeant: (MeshHost) -> Bool, in namespace: String)
        -> [KubernetesObject]
    {
        rules.filter { $0.namespace == namespace && host(of: $0).map(isMeant) == true }
    }

    /// nil where the versions have hosts of their own: no route of the run asks a rule.
    ///
    /// Istio asks the client's namespace first, then the service's, then the root namespace; in
    /// each the most specific host wins, and rules of one host in one namespace are merged.
    func ruling() throws(RouteRefusal) -> Ruling? {
        guard scope.versionHosts == nil else { return nil }
        let own = rulesHere({ $0 == scope.host }, in: scope.namespace)
        if own.count > 1 {
            throw RouteRefusal(.ruledTwice(other: place(of: own[1])), at: place(of: own[0]))
        }
        for rule in rules
        where rule.namespace != scope.namespace && rule.namespace != scope.rootNamespace {
            if let host = host(of: rule), host.covers(scope.host) {
                throw RouteRefusal(.ruleShadowed(host: host.name), at: place(of: rule))
            }
        }
        if let rule = own.first {
            if rule.spec["workloadSelector"] != nil || Self.isHidden(rule) {
                throw RouteRefusal(.hidden, at: place(of: rule))
            }
            return Ruling(reference: IstioRouter.reference(rule), object: rule, isMissing: false)
        }
        let reference = try freeName(scope.destinationRules, among: rules)
        return Ruling(reference: reference, object: newRule(named: reference), isMissing: true)
    }

    private func place(of rule: KubernetesObject) -> String {
        "\(IstioRouter.reference(rule))"
    }

    /// The rule for a service that has none of its own: what was in effect until now, copied, since
    /// an exact host hides every wildcard and everything in the root namespace.
    private func newRule(named reference: ObjectReference) -> KubernetesObject {
        let root = scope.rootNamespace
        let inEffect =
            wildcards(in: scope.namespace)
            ?? rulesHere({ $0 == scope.host }, in: root).first ?? wildcards(in: root)
        var spec = JSONTree.object(JSONObject([("host", .string(scope.service))]))
        for member in inEffect?.spec.members ?? [:]
        where !["host", "workloadSelector", "exportTo"].contains(member.key) {
            spec[member.key] = member.value
        }
        let hadList = spec["subsets"] != nil
        let tree: JSONTree = [
            "apiVersion": .string(scope.destinationRules.apiVersion),
            "kind": .string(ResourceKind.destinationRule.kind),
            "metadata": [
                "name": .string(reference.name), "namespace": .string(reference.namespace),
            ],
            "spec": spec,
        ]
        let record = RuleRecord(run: scope.run, hadList: hadList, isOurObject: true)
        return record.written(on: KubernetesObject(tree))
    }

    /// The most specific wildcard rule of a namespace that covers the service.
    private func wildcards(in namespace: String) -> KubernetesObject? {
        rulesHere({ $0.isWildcard && $0.covers(scope.host) }, in: namespace).max {
            (host(of: $0)?.name.count ?? 0) < (host(of: $1)?.name.count ?? 0)
        }
    }

    // MARK: Subsets

    /// What the two versions are called, after every route was understood under the rule; nil
    /// where they have hosts of their own.
    func subsets(of routes: [FoundRoute], under ruling: Ruling?) throws(RouteRefusal)
        -> VersionSubsets?
    {
        guard let ruling else {
            for route in routes { _ = try pinnedSubset(of: route, under: nil) }
            return nil
        }
        var pinned: String?
        for route in routes {
            guard let here = try pinnedSubset(of: route, under: ruling) else { continue }
            if let pinned, pinned != here {
                throw RouteRefusal(
                    .differentSubsets(first: pinned, second: here), at: route.words)
            }
            pinned = here
        }
        let stable = try stableSubset(called: pinned, under: ruling)
        if scope.isRemoval, let leaving = try leavingSubset(of: routes, under: ruling) {
            return VersionSubsets(stable: stable, candidate: leaving)
        }
        return VersionSubsets(
            stable: stable, candidate: try candidateSubset(beside: stable, under: ruling))
    }

    /// What the version that goes is called where users meet it, else in the rule; whatever other
    /// labels somebody gave it.
    private func leavingSubset(of routes: [FoundRoute], under ruling: Ruling)
        throws(RouteRefusal) -> VersionSubset?
    {
        let entries = SubsetEdit.subsets(of: ruling.object).filter {
            $0.at("labels", scope.versionLabel)?.text == scope.candidateVersion
        }
        var leaving: VersionSubset?
        for route in routes {
            for destination in route.reading.destinations(of: route.route) ?? []
            where destination.host == scope.host {
                guard let name = destination.subset,
                    let entry = entries.first(where: { $0["name"]?.text == name })
                else { continue }
                if let leaving, leaving.name != name {
                    throw RouteRefusal(
                        .differentSubsets(first: leaving.name, second: name), at: route.words)
                }
                leaving = VersionSubset(name: name, tree: entry)
            }
        }
        if let leaving { return leaving }
        return entries.first.flatMap { entry in
            entry["name"]?.text.map { VersionSubset(name: $0, tree: entry) }
        }
    }

    /// Checks one route's destinations; gives the subset that stable has on it, if it has one.
    private func pinnedSubset(of found: FoundRoute, under ruling: Ruling?) throws(RouteRefusal)
        -> String?
    {
        guard let list = found.reading.destinations(of: found.route) else {
            throw RouteRefusal(.unreadable(part: "the list 'route'"), at: found.words)
        }
        let sum = list.reduce(0) { $0 + $1.weight }
        guard sum == 100 else { throw RouteRefusal(.sumIsNot100(sum: sum), at: found.words) }
        var homes: [RouteDestination] = []
        var foreign = 0
        var candidates = 0
        for destination in list {
            if !scope.hosts.contains(destination.host) {
                foreign += destination.weight
            } else if try isCandidates(destination, found, under: ruling) {
                candidates += 1
            } else {
                homes.append(destination)
            }
        }
        let isAlone = scope.isRemoval && homes.isEmpty && candidates == 1
        guard homes.count == 1 || isAlone, candidates <= 1 else {
            throw RouteRefusal(
                homes.isEmpty
                    ? .leadsElsewhere(service: scope.service)
                    : .twoDestinations(service: scope.service), at: found.words)
        }
        guard WeightPool(foreign: foreign) != nil else {
            throw RouteRefusal(.poolTooSmall(foreign: foreign), at: found.words)
        }
        return homes.first?.subset
    }

    /// Whether a destination of the service is the candidate's (and then has no weight), or
    /// stable's; refuses every other.
    private func isCandidates(
        _ destination: RouteDestination, _ found: FoundRoute, under ruling: Ruling?
    ) throws(RouteRefusal) -> Bool {
        guard let ruling else { return try isAtCandidatesHost(destination, found) }
        guard let name = destination.subset else { return false }
        let entries = SubsetEdit.subsets(of: ruling.object)
        guard let entry = entries.first(where: { $0["name"]?.text == name }) else {
            throw RouteRefusal(.unknownSubset(subset: name), at: found.words)
        }
        let version = entry.at("labels", scope.versionLabel)?.text
        if version == scope.candidateVersion {
            try requireIdle(destination, found)
            return true
        }
        guard version != nil, version == scope.stableVersion else {
            throw RouteRefusal(
                .foreignVersion(subset: name, version: version ?? "no \(scope.versionLabel)"),
                at: found.words)
        }
        return false
    }

    private func isAtCandidatesHost(
        _ destination: RouteDestination, _ found: FoundRoute
    ) throws(RouteRefusal) -> Bool {
        if let subset = destination.subset {
            throw RouteRefusal(
                .subsetOfHost(host: destination.host.name, subset: subset), at: found.words)
        }
        guard destination.host == scope.hosts.candidate else { return false }
        try requireIdle(destination, found)
        return true
    }

    private func requireIdle(
        _ destination: RouteDestination, _ found: FoundRoute
    ) throws(RouteRefusal) {
        guard destination.weight == 0 || scope.isRemoval else {
            throw RouteRefusal(.candidateHasTraffic(weight: destination.weight), at: found.words)
        }
    }

    private func stableSubset(called pinned: String?, under ruling: Ruling) throws(RouteRefusal)
        -> VersionSubset
    {
        let entries = SubsetEdit.subsets(of: ruling.object)
        if let pinned, let entry = entries.first(where: { $0["name"]?.text == pinned }) {
            return VersionSubset(name: pinned, tree: entry)
        }
        let version = scope.stableVersion ?? Self.nobody
        var template: JSONTree = ["name": "", "labels": [:]]
        if scope.isRemoval {
            func subset(of version: String) -> JSONTree? {
                entries.first { $0.at("labels", scope.versionLabel)?.text == version }
            }
            // Whatever other labels it was given, it means who stays.
            if let entry = subset(of: version), let name = entry["name"]?.text {
                return VersionSubset(name: name, tree: entry)
            }
            // Who comes in place of the candidate gets its policy, too.
            template = subset(of: scope.candidateVersion) ?? template
        }
        template.set(.string(version), at: "labels", scope.versionLabel)
        return try subset(like: template, for: version, under: ruling)
    }

    private func candidateSubset(beside stable: VersionSubset, under ruling: Ruling)
        throws(RouteRefusal) -> VersionSubset
    {
        var twin = stable.tree
        twin.set(.string(scope.candidateVersion), at: "labels", scope.versionLabel)
        let subset = try subset(like: twin, for: scope.candidateVersion, under: ruling)
        guard subset.name != stable.name else {
            throw RouteRefusal(.sameSubset(subset: subset.name), at: "\(ruling.reference)")
        }
        return subset
    }

    /// The subset with the template's labels: the one that is there, or a new one under its
    /// version's name.
    private func subset(like template: JSONTree, for version: String, under ruling: Ruling)
        throws(RouteRefusal) -> VersionSubset
    {
        let entries = SubsetEdit.subsets(of: ruling.object)
        let labels = template["labels"]?.canonical
        if let entry = entries.first(where: { $0["labels"]?.canonical == labels }),
            let name = entry["name"]?.text
        {
            return VersionSubset(name: name, tree: entry)
        }
        let name = VersionSubset.name(for: version)
        if let taken = entries.first(where: { $0["name"]?.text == name }) {
            throw RouteRefusal(
                .subsetTaken(subset: name, labels: SubsetEdit.shown(taken["labels"])),
                at: "\(ruling.reference)")
        }
        var tree = template
        tree["name"] = .string(name)
        return VersionSubset(name: name, tree: tree)
    }
}
