internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// What a story showed.
package struct StoryReport: Sendable {
    package var name: String
    package var seconds: Double = 0
    /// What was measured, in a few words.
    package var numbers: [String] = []
    /// What is wrong; empty is right.
    package var complaints: [String] = []
    package var line: String {
        let length = "\((seconds * 10).rounded() / 10) s"
        let head = complaints.isEmpty ? "ok      " : "FAILED  "
        let told = numbers.isEmpty ? "" : ": " + numbers.joined(separator: ", ")
        return ([head + "\(name) (\(length))\(told)"] + complaints.map { "          \($0)" })
            .joined(separator: "\n")
    }

    package init(name: String) { self.name = name }

    mutating func expect(_ holds: Bool, _ complaint: @autoclosure () -> String) {
        if !holds { complaints.append(complaint()) }
    }
}

/// Something that must hold, told with real parts.
package struct Story: Sendable {
    package let name: String
    let tell: @Sendable (Rig, inout StoryReport) async throws -> Void

    init(
        _ name: String, _ tell: @escaping @Sendable (Rig, inout StoryReport) async throws -> Void
    ) {
        self.name = name
        self.tell = tell
    }

    /// Plays it; whatever is thrown is a complaint.
    package func play(on rig: Rig) async -> StoryReport {
        var report = StoryReport(name: name)
        var rig = rig
        rig.stages = StageBook()
        let start = rig.time.now
        do {
            try await tell(rig, &report)
        } catch {
            report.complaints.append("\(error)")
        }
        for stage in await rig.stages.stages { await stage.strike() }
        report.seconds = (rig.time.now - start) / .seconds(1)
        return report
    }
}

/// Where a delivery ended.
enum StoryEnd: Hashable, Sendable {
    case promoted
    case rolledBack

    /// The binary's exit code.
    var code: Int { self == .promoted ? 0 : 1 }
}

extension StoryStage {
    /// What must be true of the cluster after a run has ended so, in words where it is not.
    func check(
        _ end: StoryEnd, run: String, stable: StageObjects.Version,
        candidate: StageObjects.Version, meddled: Bool = false, _ report: inout StoryReport
    ) async throws {
        let old = "\(objects.service)-\(stable.name)"
        let new = "\(objects.service)-\(candidate.name)"
        let (stays, goes) = end == .promoted ? (new, old) : (old, new)
        report.expect(
            try await object(.deployment, stays) != nil, "Deployment \(stays) is gone")
        report.expect(
            try await object(.deployment, goes) == nil, "Deployment \(goes) is still there")
        let found = try await rig.cluster.client.list(.virtualService, namespace: namespace).items
        for route in found {
            report.expect(isWhole(route), "the stored weights of \(route.name) are not 100")
        }
        if end == .rolledBack {
            for (place, spec) in routes {
                let now = try await rig.cluster.client.get(place)
                report.expect(
                    now?.spec.canonical == spec.canonical, "\(place) is not as it was")
            }
            let before = routes.keys.filter {
                $0.namespace == namespace && $0.kind == .virtualService
            }.count
            report.expect(
                found.count == before, "\(found.count) VirtualServices, where \(before) were")
            let rule = try await object(.destinationRule, objects.service)
            report.expect(
                rule == nil || routes[objects.rulePlace] != nil,
                "a DestinationRule was left behind")
        }
        let findings = try await audit(run, meddled: meddled)
        report.complaints += findings.prefix(6).map { "audit: \($0)" }
        if findings.count > 6 { report.complaints.append("audit: \(findings.count) in all") }
    }

    private func isWhole(_ route: KubernetesObject) -> Bool {
        (route.spec["http"]?.items ?? []).allSatisfy { http in
            let entries = http["route"]?.items ?? []
            if entries.count == 1, entries[0]["weight"] == nil { return true }
            return entries.reduce(0) { $0 + ($1["weight"]?.whole ?? 0) } == 100
        }
    }
}
