package import CanaryEngine
internal import FlowFiles
internal import IstioRoutes
internal import JSONTree
package import Journal
package import KubernetesAPI
internal import Manifests
internal import MetricsGate
internal import TestHooks
internal import Timekeeping
internal import Workloads

/// The crew of a real run: routes, workloads, tests and gates of one service in one cluster.
package struct ShipCrew: Crew {
    let charter: RunCharter
    let rig: Rig
    let bridge: Bridge
    let store: any JournalStore
    let writer: SealedWriter
    let router: IstioRouter
    let keeper: WorkloadKeeper
    let underWay = TestsUnderWay()
    let stableMemory = StableMemory()
    let lookMemory = LookMemory()
    /// Told once when an object says that a newer holder has the run.
    let onFenced: @Sendable (String) -> Void

    package init(
        charter: RunCharter, rig: Rig, bridge: Bridge, store: any JournalStore,
        observe: (@Sendable (WriteNote) -> Void)? = nil,
        onFenced: @escaping @Sendable (String) -> Void
    ) throws {
        let run = charter.run
        self.charter = charter
        self.rig = rig
        self.bridge = bridge
        self.store = store
        self.onFenced = onFenced
        let writer = SealedWriter(
            client: rig.cluster, time: rig.time,
            seal: {
                let head = bridge.head
                return WriteSeal(
                    run: run, epoch: bridge.state.epoch, head: "\(head.sequence):\(head.hash)")
            }, observe: observe)
        self.writer = writer
        router = IstioRouter(
            scope: charter.routeScope, writer: writer, known: charter.routes,
            backup: { [lookMemory] in try await Self.copies(bridge, store, lookMemory).routes })
        keeper = WorkloadKeeper(
            scope: try charter.workloadScope, writer: writer, time: rig.time,
            poll: rig.pace.poll)
    }

    var flow: Flow { charter.flow }
    var limits: Limits { flow.plan.limits }

    package func carryOut(_ order: Order, tell: @escaping @Sendable (Fact) -> Void) async {
        do {
            switch order.work {
            case .carryOut(let leg):
                try await restBefore(order)
                tell(try await insistingOn(leg, order, tell))
            case .watch(let gate): try await watch(gate, order.id, tell)
            case .watchCandidate: try await watchCandidate(order.id, tell)
            case .test(let call, let round):
                tell(.tested(order.id, try await test(call, round: round, order)))
            case .wait: break
            }
        } catch is CancellationError {
            // Called off: nothing came of it.
        } catch {
            guard !Task.isCancelled else { return }
            if let setback = setback(error) { tell(.failed(order.id, setback)) }
        }
    }

    /// On the way home and in closing a leg that failed is tried again after a little rest.
    private func restBefore(_ order: Order) async throws {
        guard order.id.attempt > 0, order.id.course != .forward else { return }
        try await rig.time.sleep(for: .seconds(1 << min(order.id.attempt, 3)))
    }

    /// What the machine must hear of an error; nil where the run is no longer ours to speak for.
    func setback(_ error: any Error) -> Setback? {
        switch error {
        case let setback as Setback: return setback
        case let error as KubernetesError: return setback(error)
        case let refusal as WorkloadRefusal: return Setback(.denied, Self.firstLine(refusal))
        case let refusal as RouteRefusal: return Setback(.foreignEdit, Self.firstLine(refusal))
        case let error as HookError: return Setback(.testFailed, Self.firstLine(error))
        case let error as JournalError: return Setback(.fault, Self.firstLine(error))
        default: return Setback(.fault, "\(error)")
        }
    }

    private func setback(_ error: KubernetesError) -> Setback? {
        let text = "\(error.place): \(error.detail)"
        switch error.code {
        case .fenced(let run) where run == charter.run:
            onFenced(text)
            return nil
        case .fenced, .conflict: return Setback(.foreignEdit, text)
        case .unauthorized, .forbidden, .invalid: return Setback(.denied, text)
        case .notFound, .gone, .tooMany, .unavailable, .undecodable:
            return Setback(.fault, text)
        }
    }

    private static func firstLine(_ error: some CustomStringConvertible) -> String {
        String(error.description.prefix { $0 != "\n" })
    }

    // MARK: The backup

    /// What the run copied before its first write.
    struct Copies: Sendable {
        var workloads: WorkloadBackup
        var routes: [KubernetesObject]
    }

    func copies() async throws -> Copies { try await Self.copies(bridge, store, lookMemory) }

    private static func copies(
        _ bridge: Bridge, _ store: any JournalStore, _ memory: LookMemory
    ) async throws -> Copies {
        let missing = Setback(.fault, "the backup is not in the journal")
        guard let digest = bridge.state.backup?.digest else { throw missing }
        if let copies = memory.copies(digest) { return copies }
        guard let bytes = try await store.blob(digest) else { throw missing }
        let tree = try JSONReader.tree(of: bytes)
        guard let workloads = tree["workloads"].flatMap(WorkloadBackup.init(tree:)),
            let routes = tree["routes"]?.items
        else { throw Setback(.fault, "the backup \(digest) cannot be read") }
        let copies = Copies(workloads: workloads, routes: routes.map(KubernetesObject.init))
        memory.keep(copies, as: digest)
        return copies
    }

    func backUp() async throws -> Backup {
        let workloads =
            charter.removal == nil
            ? try await keeper.backUp(isFirstRelease: flow.plan.isFirstRelease)
            : try await backUpRemoval()
        let routes = try await router.backUp()
        let tree: JSONTree = [
            "workloads": workloads.tree, "routes": .array(routes.map(\.tree)),
        ]
        let digest = try await store.keep(JSONWriter.bytes(of: tree))
        return Backup(digest: digest, stableReady: workloads.stableReady)
    }

    /// Until the first seal another run may come and go: then what we copied is not what is there.
    private func requireUnmoved() async throws {
        let copies = try await copies().routes
        for reference in charter.routes {
            guard let object = try await writer.client.patiently({ try await $0.get(reference) }),
                object.seal?.run != charter.run
            else { continue }
            let copy = copies.first {
                $0.kind == object.kind && $0.namespace == object.namespace
                    && $0.name == object.name
            }
            guard let copy, copy.spec.isSame(as: object.spec) else {
                throw Setback(
                    .foreignEdit, "\(reference) was changed after it was copied: deploy again")
            }
        }
    }

    /// Puts our seal on everything that the run may write and that is there.
    package func claimAll() async throws {
        let isClosing = if case .closing = bridge.state.course { true } else { false }
        if bridge.state.begun <= 1, !isClosing { try await requireUnmoved() }
        let routes = charter.routes
        for reference in routes where reference.kind.isSame(as: .virtualService) {
            _ = try await writer.claim(reference)
        }
        for reference in routes where !reference.kind.isSame(as: .virtualService) {
            _ = try await writer.claim(reference)
        }
        try await keeper.claimAll()
    }

    package func emergencyHome() async -> String {
        guard bridge.state.backup != nil else { return "nothing had been changed" }
        var mayCopy = false
        switch bridge.state.course {
        case .closing where charter.removal != nil:
            return "the removal was decided: traffic stays where it is"
        case .closing, .promoted: return "promotion was decided: traffic stays on the candidate"
        case .advancing, .asking, .paused:
            mayCopy = flow.plan.steps.prefix(bridge.state.begun).contains {
                if case .mirror = $0 { true } else { false }
            }
        case .returning, .rolledBack, .personNeeded: break
        }
        // Once home, an edit of what was tidied already would only pin it again.
        let isOut =
            flow.plan.hasShifted(begun: bridge.state.begun) && bridge.state.weight > .none
        guard isOut || mayCopy else { return "no weight was out" }
        do {
            return try await within(limits.home, by: rig.time) {
                try await insisting(within: limits.home, since: bridge.clock) {
                    try await bringHome()
                }
            }
        } catch {
            let why = setback(error)?.reason ?? "fenced"
            return "traffic could not be brought home: \(why); \(kept)"
        }
    }
}
