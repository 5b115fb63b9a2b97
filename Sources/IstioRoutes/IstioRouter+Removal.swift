internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// The edits by which the candidate leaves the routes for good; each safe to repeat.
extension IstioRouter {
    /// Leads every route to stable alone, in one write for each VirtualService.
    ///
    /// `holds` is asked ahead of every attempt to write: whether stable can carry everybody.
    package func handOver(while holds: (@Sendable () async throws -> Void)? = nil) async throws {
        let survey = try await survey()
        try await require(survey.stable)
        for reference in survey.virtualServices {
            let record = survey.record(of: reference, run: scope.run)
            let written = try await writer.change(
                reference, mustBeSealed: true, before: holds
            ) { RouteEdit(record).handedOver($0) }
            if written == nil { throw Self.gone(reference) }
        }
        if let routes = survey.routesToMake(for: scope) {
            try await holds?()
            _ = try await writer.create(routes, as: scope.virtualServices)
        }
    }

    /// Takes the routes away that an ended run left behind, and that led to the candidate alone:
    /// since users were handed over they lead to stable.
    package func removeLeftRoutes() async throws {
        let survey = try await survey()
        let own = [survey.candidate, survey.stable]
        for object in try await managed() {
            let domain = scope.clusterDomain
            _ = try await writer.change(Self.reference(object)) { object in
                let reading = RouteReading(object, domain: domain)
                let kept = reading.http.filter { route in
                    let list = reading.destinations(of: route) ?? []
                    let isLeft =
                        LeftRoute.isOne(route) && !list.isEmpty
                        && list.allSatisfy { destination in
                            own.contains { $0.means(destination.host, destination.subset) }
                        }
                    return !isLeft
                }
                guard kept.count != reading.http.count else { return object }
                var object = object
                object.tree.set(.array(kept), at: "spec", "http")
                return object
            }
        }
    }

    /// Takes the candidate's subsets away, whoever added them, unless `onlyOwn`: a tool that keeps
    /// the rule would bring them back.
    package func retireCandidateSubset(onlyOwn: Bool = false) async throws {
        guard !onlyOwn, let rule = try await rule() else { return }
        let edit = SubsetEdit(run: scope.run)
        for entry in SubsetEdit.subsets(of: rule)
        where entry.at("labels", scope.versionLabel)?.text == scope.candidateVersion {
            guard let name = entry["name"]?.text else { continue }
            try await requireUnnamed(subset: name)
            let subset = VersionSubset(name: name, tree: entry)
            _ = try await writer.change(Self.reference(rule)) { edit.retiring(subset, from: $0) }
        }
    }

    /// Takes our marks from everything, and what we added to the rule as far as no route needs it.
    package func tidyRemoval() async throws {
        if let rule = try await rule(), let record = RuleRecord(on: rule), record.run == scope.run {
            do {
                for name in record.added { try await requireUnnamed(subset: name) }
                return try await tidyHome()
            } catch is Setback {
                // A route leads to stable by that name now.
            }
        }
        try await tidy()
    }
}
