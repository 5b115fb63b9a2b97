internal import CanaryEngine
internal import FlowFiles
internal import IstioRoutes
internal import KubernetesAPI
internal import Timekeeping

/// What other people may do to the routes behind a run's back, and it must not be surprised by.
extension ShipCrew {
    /// Puts back what users at stable rest on, where somebody took it away; a sentence for each thing.
    ///
    /// Where that cannot be the way home goes on: at its end the routes are unpinned, and need none of it.
    ///
    /// In closing nobody is to come back to stable: there its pods are left as they are.
    func mend(isPinned: Bool) async throws -> [String] {
        guard charter.removal == nil else { return [] }
        let routes = try await unhindered { try await router.mend(includingMade: isPinned) }
        guard isGoingHome else { return routes }
        return try await routes + unhindered { try await upholdStable() }
    }

    func unhindered(_ mend: () async throws -> [String]) async throws -> [String] {
        do {
            return try await mend()
        } catch let error as CancellationError {
            throw error
        } catch let error as KubernetesError where error.isFenced {
            throw error
        } catch {
            guard let why = setback(error) else { throw error }
            return ["what users of stable rest on could not be put back: \(why.reason)"]
        }
    }

    /// Before stable may go: no route that the run does not move leads there.
    func requireStableLeft() async throws {
        guard charter.removal == nil, charter.stable != nil, flow.plan.steps.contains(.retire),
            try await !isStableKept()
        else { return }
        try await router.requireStableLeft()
    }

    /// A run that has weight out looks at its candidate as well; in the dark, at the routes alone.
    func watchRoutes() async throws {
        while true {
            try await rig.time.sleep(for: rig.pace.watch)
            try await requireWritten()
            try await requireStable(pods: nil)
        }
    }
}

extension KubernetesError {
    fileprivate var isFenced: Bool { if case .fenced = code { true } else { false } }
}
