internal import CanaryEngine
internal import HTTPMessages
internal import JSONTree
internal import TestHooks
internal import YAML

/// Tests.
extension FlowReading {
    mutating func readTests(_ flow: inout Flow, programs: (String) -> ProgramFile) {
        for (name, field) in document.named("tests") {
            let kind = kind(name, field, flow, programs: programs)
            calls[name] = call(name, field, kind, flow)
            guard let kind else { continue }
            refuseForeign(in: field)
            let named = (field["tolerance"]?.members ?? []).compactMap { member in
                member.field.change.map { BaselineRule.Tolerance(member.name, $0) }
            }
            flow.tests.append(
                TestSpec(
                    name, kind, tolerance: field["tolerance"]?.share ?? 0.2,
                    higherIsBetter: field["higherIsBetter"]?.texts ?? [], tolerances: named))
        }
    }

    private func call(
        _ name: String, _ field: FlowField, _ kind: TestSpec.Kind?, _ flow: Flow
    ) -> TestCall {
        let retries = field["retries"]
        // Gates look away from a scrape before such a test to a scrape behind it.
        let rest =
            kind?.mayHideRequests == true ? max(.seconds(30), flow.scrape * 8) : nil
        var call = TestCall(
            name, timeout: field["timeout"]?.duration ?? .seconds(300),
            attempts: (retries?.whole ?? retries?["times"]?.whole ?? 0) + 1,
            repetition: repetition(field), wait: retries?["wait"]?.duration ?? .zero,
            budget: retries?["within"]?.duration, every: field["every"]?.duration ?? rest)
        if let longest = retries?["longestWait"]?.duration { call.longestWait = longest }
        return call
    }

    private func repetition(_ field: FlowField) -> Repetition {
        switch field["repeat"]?.text {
        case "safe": .repeatable
        case "once": .atMostOnce
        default: .atLeastOnce
        }
    }

    private mutating func kind(
        _ name: String, _ field: FlowField, _ flow: Flow, programs: (String) -> ProgramFile
    ) -> TestSpec.Kind? {
        if let command = field["command"] {
            return arguments(command, programs: programs).map { .command(self.command($0, field)) }
        }
        if let shell = field["shell"]?.text {
            return .command(command(["/bin/sh", "-c", shell], field))
        }
        if let webhook = field["webhook"] {
            return self.webhook(webhook, in: field).map(TestSpec.Kind.webhook)
        }
        if let tcp = field["tcp"] { return talk(tcp, in: field).map(TestSpec.Kind.tcp) }
        if let ssh = field["ssh"] { return self.ssh(ssh, in: field).map(TestSpec.Kind.ssh) }
        if let job = field["job"] { return self.job(job, in: field).map(TestSpec.Kind.job) }
        if let http = field["http"] { return load(http, name, flow).map(TestSpec.Kind.http) }
        return nil
    }

    /// Keys that mean something for other kinds of tests only.
    private mutating func refuseForeign(in field: FlowField) {
        guard let kind = FlowKeys.testKinds.first(where: { field[$0] != nil }) else { return }
        let isCommand = kind == "command" || kind == "shell"
        func refuse(_ key: String, _ what: String) {
            guard let foreign = field[key] else { return }
            faults.append(
                foreign.keyError(
                    .contradiction,
                    "\(kind == "http" || kind == "ssh" ? "an" : "a") \(kind) test"
                        + " has no \(what)", do: "take \(key) away"))
        }
        if !isCommand, kind != "ssh" { refuse("env", "environment") }
        if !isCommand {
            refuse("limits", "limits")
            refuse("results", "results")
        }
        if kind == "http" { refuse("requests", "such key") }
    }

    /// There must be a dark match, and a request that meets it.
    mutating func requireDark(at field: FlowField, for user: String, _ flow: Flow) {
        guard !flow.dark.isEmpty else {
            faults.append(
                field.keyError(
                    .contradiction, "\(user) needs a dark match",
                    do: "add spec.dark.match: which requests meet the candidate"))
            return
        }
        guard flow.darkExample == nil, let match = document["dark"]?["match"],
            match.items.allSatisfy({ !($0.node.members ?? []).isEmpty })
        else { return }
        do throws(HookError) {
            _ = try DarkExample.derive(from: .array(flow.dark))
        } catch {
            faults.append(
                match.keyError(
                    .contradiction, error.reason,
                    do: "give the headers of a request that does as spec.dark.example"))
        }
    }
}
