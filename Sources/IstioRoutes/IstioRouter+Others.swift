internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// What a run that comes back finds on its routes, where others may have gone on meanwhile.
extension IstioRouter {
    /// Whether anything of this run's stands on its routes or its rule.
    package func isMarked() async throws -> Bool {
        for reference in known {
            guard let object = try await read(reference) else { continue }
            if Self.run(of: object) == scope.run || object.seal?.run == scope.run { return true }
        }
        return false
    }

    /// What says that the routes serve another run, or what another one promoted; nil where nothing does.
    ///
    /// For a run that has left no mark: only routes that lead to the service without a version, or to
    /// stable, are as they were before it.
    package func servesOthers() async throws -> String? {
        for reference in known {
            guard let object = try await read(reference) else { continue }
            if let other = Self.run(of: object) ?? object.seal?.run, other != scope.run {
                return "\(reference) carries marks of run \(other)"
            }
        }
        let bare = try await bareRecord()
        for object in try await managed() {
            let edit = RouteEdit(makeshiftRecord(of: object, bare.stable, bare.candidate))
            let reading = RouteReading(object, domain: scope.clusterDomain)
            if edit.isWithoutStable(object) {
                return "\(reading.place) leads to \(bare.candidate) alone"
            }
            let strays = reading.places.flatMap { reading.destinations(of: reading[$0]) ?? [] }
                .filter { edit.record.side(of: $0.host, $0.subset) == .stray && $0.weight > 0 }
            if let other = strays.lazy.compactMap(\.subset).first {
                return "\(reading.place) leads to subset \(other)"
            }
        }
        return nil
    }

    private static func run(of object: KubernetesObject) -> String? {
        RouteRecord(on: object)?.run ?? RuleRecord(on: object)?.run
    }
}
