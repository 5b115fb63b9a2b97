internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

extension IstioRouter {
    /// Promotion: takes stable's destination, which has weight 0, off every route.
    ///
    /// `holds` is asked ahead of every attempt to write, and what it throws ends the way there.
    package func dropStable(
        while holds: (@Sendable () async throws -> Void)? = nil
    ) async throws {
        for object in try await managed() {
            _ = try await writer.change(
                Self.reference(object), seen: object, before: holds
            ) { object in
                guard let edit = RouteEdit(of: object, run: scope.run) else { return object }
                for (route, state) in edit.states(in: object) {
                    guard let state, state.strays == 0, state.candidate != nil,
                        (state.stable ?? 0) == 0
                    else {
                        throw Setback(
                            .foreignEdit,
                            "\(Self.reference(object)), \(route.key.words):"
                                + " \(state?.words ?? "the route is gone or illegible"), where"
                                + " the candidate should have all;"
                                + " \(ForeignHand(on: object).sentence)")
                    }
                }
                return edit.withoutStable(object)
            }
        }
    }

    /// Throws where somebody led users to stable again since it was dropped: its pods are all that
    /// answers them.
    package func requireStableUnnamed() async throws {
        var stable = try await bareRecord().stable
        for object in try await managed() {
            if let record = RouteRecord(on: object) { stable = record.stable }
        }
        try await requireUnnamed(stable, atLeast: 1, blaming: true)
    }

    /// Promotion: takes the old version's subset away; no route may name it.
    ///
    /// Whoever added it, unless `onlyOwn`: where a GitOps tool keeps the rule, a subset that stood
    /// in it before the run is the tool's, and would come back.
    package func removeStableSubset(onlyOwn: Bool = false) async throws {
        guard let rule = try await rule() else { return }
        let version = scope.stableVersion ?? Surveying.nobody
        // By the name that the routes were pinned to, too: somebody may have given it other labels.
        let records = try await managed().compactMap { RouteRecord(on: $0) }
        let pinned = records.filter { $0.run == scope.run }.compactMap(\.stable.subset)
        let entries = SubsetEdit.subsets(of: rule).filter { entry in
            entry.at("labels", scope.versionLabel)?.text == version
                || entry["name"]?.text.map(pinned.contains) ?? false
        }
        let edit = SubsetEdit(run: scope.run)
        for entry in entries {
            guard let name = entry["name"]?.text else { continue }
            if onlyOwn {
                guard edit.record(on: rule).added.contains(name) else { continue }
                try await requireUnnamed(subset: name)
                _ = try await writer.change(Self.reference(rule)) {
                    edit.removing(name, from: $0)
                }
                continue
            }
            try await requireUnnamed(subset: name)
            let subset = VersionSubset(name: name, tree: entry)
            _ = try await writer.change(Self.reference(rule)) { edit.retiring(subset, from: $0) }
        }
    }
}
