internal import FlowFiles
internal import Foresight
internal import JSONTree
internal import Lab
internal import Voyage
internal import YAML

/// `theseus rbac FLOW`: the least Role that a deploy of it needs, as the cluster is now.
///
/// From the same table that deploy asks the API server about before it begins.
struct RbacCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let (flow, source) = try request.flow()
        let subject = try subject(flow.target.namespace)
        var terms = Departure.Terms()
        if request.has("--stable-unhealthy") { terms.unfitStable = Environment.person }
        terms.remembersInCluster = try Logbook.mayBeInCluster(request)
        let lookout = Lookout()
        guard request.value("--cluster") == "lab" else {
            let ground = try await Ground.cluster(request, by: lookout.through)
            return try await say(flow, source, terms, ground, subject)
        }
        let turnable = TurnableWorld()
        let ground = try Ground.lab(
            try LabWorlds.world(nil), LabClock(turnable), by: lookout.through)
        let chosen = terms
        return try turnable.run { try await say(flow, source, chosen, ground, subject) }
    }

    private func say(
        _ flow: Flow, _ source: FlowSource, _ terms: Departure.Terms, _ ground: Ground,
        _ subject: RoleSheet.Subject?
    ) async throws -> ExitCode {
        let prospect = try await prospect(flow, source, terms, ground)
        let sheet = RoleSheet(
            prospect.rights, name: "theseus-\(flow.target.service)", for: subject)
        if request.wantsJSON {
            let list: JSONTree = [
                "apiVersion": "v1", "kind": "List", "items": .array(sheet.objects),
            ]
            Terminal.say(JSONWriter.text(of: list))
            return .done
        }
        Terminal.say(
            "# The least that `theseus deploy` needs to bring out \(prospect.charter.target),")
        Terminal.say("# as flow \(flow.name) and the cluster are now.")
        if flow.hasJobs || flow.readsPodLogs {
            Terminal.say("# Used where it is given: get on pods/log, for what pods and Jobs wrote.")
        }
        Terminal.say("# Used where it is given: watch on pods, for fewer and quicker looks.")
        if terms.remembersInCluster {
            Terminal.say("# Used where it is given: delete on configmaps, to remove old runs.")
        }
        var text = YAMLWriter.text(ofDocuments: sheet.objects)
        while text.hasSuffix("\n") { text.removeLast() }
        Terminal.say(text)
        return .done
    }

    /// Amid a run's own objects, as that run would look at them.
    private func prospect(
        _ flow: Flow, _ source: FlowSource, _ terms: Departure.Terms, _ ground: Ground
    ) async throws -> Departure.Prospect {
        func look(as run: String) async throws -> Departure.Prospect {
            try await Departure(rig: ground.rig, run: run, terms: terms)
                .prospect(flow, from: source, forOthers: true)
        }
        do {
            let found = try await look(as: Forecast.run)
            await Bystander.warn(of: flow, on: ground.rig)
            return found
        } catch let error as VoyageError {
            guard let run = error.holder else { throw error }
            let found = try await look(as: run)
            Bystander.warn(of: run, on: flow.target, Bystander.mayMove)
            return found
        }
    }

    private func subject(_ namespace: String) throws(UsageError) -> RoleSheet.Subject? {
        switch (request.value("--service-account"), request.value("--user")) {
        case (nil, nil): return nil
        case (nil, let user?): return .user(user)
        case (let account?, nil):
            let parts = account.split(separator: ":", omittingEmptySubsequences: false)
                .map(String.init)
            guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
                throw UsageError(
                    .malformed("--service-account", account, "NAME or NAMESPACE:NAME"),
                    command: request.command)
            }
            return parts.count == 1
                ? .serviceAccount(namespace: namespace, name: account)
                : .serviceAccount(namespace: parts[0], name: parts[1])
        case (let account?, _?):
            throw UsageError(
                .malformed("--service-account", account, "one of the two: an account, or --user"),
                command: request.command)
        }
    }
}
