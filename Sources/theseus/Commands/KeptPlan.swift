internal import FlowFiles
internal import Foresight
internal import JSONTree
internal import KubernetesAPI
internal import Voyage

/// `--plan FILE`: what a deploy is to carry out, and how it sees that this is still what it would do.
struct KeptPlan: Sendable {
    private let file: PlanFile
    private let path: String

    /// nil where no plan is given.
    ///
    /// What the flow is made from stands in the plan: nothing beside it may say otherwise.
    init?(_ request: CommandRequest) throws {
        guard let path = request.value("--plan") else { return nil }
        if let operand = request.operand {
            throw UsageError(
                .accompanied("--plan", operand, "without a flow: the plan has its own"),
                command: request.command)
        }
        for option in ["--image", "--manifest", "--set", "--namespace", "--stable-unhealthy"]
        where request.has(option) {
            throw UsageError(
                .accompanied("--plan", option, "alone: it is part of what was planned"),
                command: request.command)
        }
        let bytes = try Files.read(path)
        guard let tree = try? JSONReader.tree(of: bytes) else {
            throw ForesightError(.noPlan("it is no JSON"), place: path)
        }
        file = try PlanFile(tree: tree, place: path)
        self.path = path
    }

    var flow: Flow { file.charter.flow }
    var source: FlowSource { file.charter.source }
    var unfitStable: String? { file.unfitStable }

    /// Before the survey: files and objects are what they were.
    func check(on ground: Ground) async throws {
        let cluster = ground.rig.cluster
        try file.check(version: Dispatch.version, server: cluster.server, place: path)
        let client = cluster.patient(for: ground.rig.pace.patience)
        let changed =
            try file.changedFiles(readFile: Files.read, programs: Files.program)
            + (try await file.changedObjects(in: client))
        try refuse(changed)
    }

    /// Behind the survey: it found what the plan's found.
    func check(_ charter: RunCharter) throws { try refuse(file.changes(in: charter)) }

    private func refuse(_ changed: [String]) throws(ForesightError) {
        guard changed.isEmpty else { throw ForesightError(.changed(changed), place: path) }
    }
}
