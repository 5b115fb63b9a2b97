internal import JSONTree
internal import Manifests

/// What does not stop a run, but should be known before it begins.
extension Surveying {
    func warnings(
        of touched: [KubernetesObject], _ found: [FoundRoute], under ruling: Ruling?, seesAll: Bool
    ) -> [String] {
        var warnings = sniffedPorts(found) + lopsidedRules
        for rule in policies(under: ruling) {
            let name = IstioRouter.reference(rule.object)
            warnings.append(
                "\(name) balances by consistentHash (\(rule.place)): weights divide requests"
                    + " before the hash does, so a user may meet both versions by turns; the step"
                    + " 'sticky' keeps users where they are")
        }
        if !seesAll {
            warnings.append(
                "VirtualServices and DestinationRules of other namespaces may not be listed: a"
                    + " route there to \(scope.host) would go unseen, and lead to both versions")
        }
        for object in touched {
            guard let steward = Steward(of: object) else { continue }
            let setting = ForeignHand(on: object).stewardsSetting.map { ": \($0)" } ?? ""
            warnings.append(
                "\(IstioRouter.reference(object)) is kept by \(steward), which may undo the"
                    + " weights\(setting)")
        }
        return warnings
    }

    /// The places at which a rule that holds for one of the versions balances by a hash.
    private func policies(under ruling: Ruling?) -> [(object: KubernetesObject, place: String)] {
        let own = rules.filter { rule in
            host(of: rule).map { scope.versionHosts != nil && scope.hosts.contains($0) } == true
        }
        return ([ruling?.object].compactMap(\.self) + own).flatMap { rule in
            hashedPlaces(of: rule).map { (rule, $0) }
        }
    }

    /// A rule that holds for stable's own host alone: the candidate gets none of its policy.
    private var lopsidedRules: [String] {
        guard scope.versionHosts != nil else { return [] }
        func rule(for host: MeshHost) -> KubernetesObject? {
            rules.first {
                self.host(of: $0)?.covers(host) == true && $0.spec["trafficPolicy"] != nil
            }
        }
        let (stable, candidate) = (scope.hosts.stable, scope.hosts.candidate)
        guard let found = rule(for: stable), rule(for: candidate) == nil else { return [] }
        return [
            "\(IstioRouter.reference(found)) has a policy for \(stable) alone: give \(candidate) a"
                + " rule like it, or users of the candidate go without"
        ]
    }

    /// Where the policies that hold for the two versions balance by a hash.
    private func hashedPlaces(of rule: KubernetesObject) -> [String] {
        var places = hashedPlaces(in: rule.spec["trafficPolicy"], at: "trafficPolicy")
        for subset in SubsetEdit.subsets(of: rule) {
            let version = subset.at("labels", scope.versionLabel)?.text
            guard version == scope.stableVersion || version == scope.candidateVersion else {
                continue
            }
            places += hashedPlaces(
                in: subset["trafficPolicy"],
                at: "subset \(subset["name"]?.text ?? ""), trafficPolicy")
        }
        return places
    }

    private func hashedPlaces(in policy: JSONTree?, at place: String) -> [String] {
        guard let policy else { return [] }
        var places: [String] = []
        if policy.at("loadBalancer", "consistentHash") != nil {
            places.append("\(place).loadBalancer")
        }
        for (number, port) in (policy["portLevelSettings"]?.items ?? []).enumerated()
        where port.at("loadBalancer", "consistentHash") != nil {
            places.append("\(place).portLevelSettings[\(number)].loadBalancer")
        }
        return places
    }
}
