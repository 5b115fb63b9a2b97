internal import Auditor
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Synchronization
internal import Timekeeping

/// A delivery under users, amid whose bake somebody does something by hand: it comes home, and whatever
/// users at stable rest on stands again before anybody is led there.
struct MeddledTale: Sendable {
    let namespace: String
    let deed: Deed
    var flow = StageFlow()
    var setting = StoryStage.Setting()

    private var run: String { namespace }

    /// The step of `StageFlow.oneBake` that is the bake.
    private static let bake = 4

    /// The mesh's stand-in and Envoy hear of a change so late at most, on a busy machine too.
    private static let lag = 5000

    func tell(on rig: Rig, _ report: inout StoryReport) async throws {
        let stage = try await StoryStage.set(rig, namespace, setting)
        try stage.write(Stories.v2, flow)
        let moment = Moment()
        let (result, counts) = await stage.among(40) { [self] in
            try await beside([
                {
                    try await stage.awaitStep(Self.bake, of: run)
                    try await rig.time.sleep(for: .seconds(1))
                    moment.date = rig.time.date
                    try await deed.does(stage, run)
                }
            ]) { try await stage.theseus("deploy", "flow.yaml", "--run-id", run) }
        }
        let ending = try result.get()
        report.expect(
            ending.code == StoryEnd.rolledBack.code,
            "exit \(ending.code ?? -9), not 1:\n\(ending.output.suffix(1500))")
        report.expect(
            deed.says.map(ending.output.contains) ?? true,
            "it never said '\(deed.says ?? "")':\n\(ending.output.suffix(1500))")
        let history = try await stage.told()
        let course = moment.date.map { Course(history, after: $0, deed, stage.objects) }
        guard let course, let home = course.home else {
            report.complaints.append("nobody was led home after what was done")
            for count in counts { count.tell(&report) }
            return
        }
        judge(course, home, counts, &report)
        try await judgeEnd(stage, &report)
    }

    private func judge(
        _ course: Course, _ home: StoredObject, _ counts: [UserLoad.Count],
        _ report: inout StoryReport
    ) {
        let length = { (date: Int) in "\(Double(date - course.start) / 1000) s" }
        if deed.restored != nil {
            if let stood = course.stood {
                report.numbers.append("stood again after \(length(stood.date))")
                report.expect(
                    stood.revision <= home.revision,
                    "users were led to stable before what they rest on stood again")
            } else {
                report.complaints.append("what was taken away never stood again")
            }
        }
        report.numbers.append("home after \(length(home.date))")
        // Who asks a mesh that leads nowhere is lost; nobody is before, or once it leads home.
        let outage = course.start..<(deed.cutsUsersOff ? home.date + Self.lag : course.start)
        for count in counts {
            count.tell(&report, outage: outage)
            let last = count.lastMet[Stories.v2.name] ?? 0
            report.expect(last > 0, "nobody ever met the candidate")
            report.expect(
                deed == .stranger || last <= home.date + Self.lag,
                "somebody met the candidate \(last - home.date) ms after the routes led home")
        }
    }

    private func judgeEnd(_ stage: StoryStage, _ report: inout StoryReport) async throws {
        if deed == .otherRoute {
            try await stage.remove(KubernetesObject(deed.other(stage.objects)))
        }
        try await stage.check(
            .rolledBack, run: run, stable: setting.stable, candidate: Stories.v2,
            meddled: deed.breaksObjects, &report)
        let stable = try await stage.object(.deployment, "shop-\(setting.stable.name)")
        report.expect(
            stable?.spec["replicas"]?.whole == setting.stable.replicas
                && stable?.status["availableReplicas"]?.whole == setting.stable.replicas,
            "stable has \(stable?.status["availableReplicas"]?.whole ?? 0) pods")
        let verified = try await stage.theseus("verify", run)
        report.expect(
            verified.code == 0, "verify: exit \(verified.code ?? -9)\n\(verified.output)")
    }

    /// When it was done.
    private final class Moment: Sendable {
        private let held = Mutex<Int?>(nil)

        var date: Int? {
            get { held.withLock { $0 } }
            set { held.withLock { $0 = newValue } }
        }
    }

    /// What the run did about it.
    private struct Course: Sendable {
        let start: Int
        /// The first version of ours by which what was taken away stands again.
        let stood: StoredObject?
        /// The first one by which all users are at stable.
        let home: StoredObject?

        init(
            _ history: [StoredObject], after start: Int, _ deed: Deed, _ objects: StageObjects
        ) {
            self.start = start
            let ours = history.filter { $0.date >= start && $0.manager == "theseus" }
            stood = ours.first { stored in
                stored.reference.kind == deed.restored
                    && stored.object.map { deed.isWhole($0, objects) } ?? false
            }
            home = ours.first { stored in
                stored.reference.kind == .virtualService
                    && stored.object.map(Deed.leadsToStable) ?? false
            }
        }
    }
}
