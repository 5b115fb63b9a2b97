internal import HTTPServer
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// The cluster's one node: gives every pod an address and a real server behind it.
///
/// The API server refuses loopback addresses in Endpoints; so a pod that is said to be at
/// `10.a.b.c` is really at `127.a.b.c`.
actor NodeAgent {
    static let node = "rig-node"

    /// A pod that has a place here.
    private struct Tenant {
        var server: PodServer?
        var address: String
        let started: Duration
        let behaviour: PodBehaviour
        var reported: PodReport?
        /// When it was told to end.
        var ending: Duration?
        var restarts = 0
    }

    private let cluster: RigCluster
    private let mirror: ClusterMirror
    private let directory: PodDirectory
    private let time: any Timekeeper
    private var tenants: [String: Tenant] = [:]
    /// Of pods that are gone: what they saw.
    private var late = 0
    private let street = Int.random(in: 16...250)
    private var lastHouse = 1

    init(
        cluster: RigCluster, mirror: ClusterMirror, directory: PodDirectory,
        time: any Timekeeper
    ) {
        self.cluster = cluster
        self.mirror = mirror
        self.directory = directory
        self.time = time
    }

    /// Requests that reached a program after it had ended.
    var lateRequests: Int { late + tenants.values.reduce(0) { $0 + ($1.server?.count.late ?? 0) } }

    /// Makes the node, then looks after pods until called off.
    func run() async throws {
        try await cluster.create([
            ["apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(Self.node)]]
        ])
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                for pod in await mirror.all(.pod) {
                    if let server = await care(for: pod) {
                        group.addTask { await server.serve() }
                    }
                }
                await bury()
                try await time.sleep(for: .milliseconds(25))
            }
        }
    }

    /// The next thing that this pod needs; a server that now must be served.
    private func care(for pod: KubernetesObject) async -> PodServer? {
        guard let tenant = tenants[pod.uid] else { return await moveIn(pod) }
        if pod.isBeingDeleted {
            await moveOut(pod, tenant)
        } else {
            await report(pod, tenant)
        }
        return nil
    }

    private func moveIn(_ pod: KubernetesObject) async -> PodServer? {
        if pod.isBeingDeleted {
            await remove(pod)
            return nil
        }
        if pod.spec["nodeName"] == nil {
            let path = ResourceKind.pod.path(namespace: pod.namespace, name: pod.name)
            let answer = try? await cluster.send(
                "POST", "\(path)/binding",
                [
                    "apiVersion": "v1", "kind": "Binding",
                    "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)],
                    "target": ["kind": "Node", "name": .string(Self.node)],
                ])
            guard answer?.status == 201 else { return nil }
        }
        let behaviour = PodBehaviour(pod)
        var tenant = Tenant(address: "", started: time.now, behaviour: behaviour)
        if !behaviour.crashes, !behaviour.isUnpullable {
            guard let server = house(pod, behaviour) else { return nil }
            tenant.server = server
        } else {
            lastHouse += 1
        }
        tenant.address = "10.\(street).\(lastHouse / 250).\(lastHouse % 250 + 1)"
        directory.add(pod, at: "127" + tenant.address.dropFirst(2), port: behaviour.port)
        tenants[pod.uid] = tenant
        await report(pod, tenant)
        return tenant.server
    }

    /// A server on the next free address.
    private func house(_ pod: KubernetesObject, _ behaviour: PodBehaviour) -> PodServer? {
        for _ in 0..<20 {
            lastHouse += 1
            let address = "127.\(street).\(lastHouse / 250).\(lastHouse % 250 + 1)"
            let version = pod.label("version") ?? ""
            if let server = try? PodServer(
                address: address, name: pod.name, version: version, behaviour: behaviour,
                time: time)
            {
                return server
            }
        }
        return nil
    }

    private func report(_ pod: KubernetesObject, _ tenant: Tenant) async {
        let age = time.now - tenant.started
        let behaviour = tenant.behaviour
        let report: PodReport
        if behaviour.isUnpullable {
            report = .unpullable
        } else if let length = behaviour.runsFor, age >= .milliseconds(length) {
            report = .ended(code: behaviour.exitCode)
        } else if behaviour.crashes {
            report = .crashing(restarts: min(5, Int(age / .seconds(1)) + 1))
        } else {
            let isReady =
                behaviour.readyAfter >= 0 && age >= .milliseconds(behaviour.readyAfter)
            report = isReady ? .ready : .starting
        }
        guard tenant.reported != report else { return }
        let path = ResourceKind.pod.path(namespace: pod.namespace, name: pod.name)
        let status = report.status(
            of: pod, address: tenant.address, date: CivilTime(time.date).text())
        let answer = try? await cluster.send(
            "PATCH", "\(path)/status", ["status": status],
            type: "application/merge-patch+json")
        if let answer, (200..<300).contains(answer.status) { tenants[pod.uid]?.reported = report }
    }

    /// As a kubelet ends a pod: `preStop`, then no new requests, then those in flight.
    private func moveOut(_ pod: KubernetesObject, _ tenant: Tenant) async {
        guard let ending = tenant.ending else {
            tenants[pod.uid]?.ending = time.now
            return
        }
        let waited = time.now - ending
        let grace = pod.tree.at("metadata", "deletionGracePeriodSeconds")?.whole ?? 30
        let isOver = waited >= .seconds(grace)
        guard waited >= .milliseconds(tenant.behaviour.preStop) || isOver else { return }
        if let server = tenant.server {
            server.end()
            guard server.count.inFlight == 0 || isOver else { return }
        }
        await remove(pod)
    }

    private func remove(_ pod: KubernetesObject) async {
        let path = ResourceKind.pod.path(namespace: pod.namespace, name: pod.name)
        _ = try? await cluster.send(
            "DELETE", path,
            [
                "apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0,
                "preconditions": ["uid": .string(pod.uid)],
            ])
    }

    /// Closes the servers whose pods are gone.
    private func bury() async {
        let there = Set(await mirror.all(.pod).map(\.uid))
        for (uid, tenant) in tenants where !there.contains(uid) {
            // The mirror lags: one that was just given a place is no corpse.
            guard tenant.ending != nil || time.now - tenant.started > .seconds(5) else { continue }
            late += tenant.server?.count.late ?? 0
            tenant.server?.stop()
            tenants[uid] = nil
        }
    }
}
