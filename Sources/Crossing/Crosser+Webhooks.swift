internal import JSONTree
internal import YAML

/// Flagger's webhooks: a test of each, called at the moment at which Flagger calls it.
extension Crosser {
    mutating func crossWebhooks(_ analysis: ForeignField?) -> CanaryHooks {
        var hooks = CanaryHooks()
        for hook in analysis?["webhooks"]?.items ?? [] {
            let kind = take(hook, "type")?.text ?? "rollout"
            guard kind != "rollback" else {
                leave(
                    hook, "a run goes home when somebody asks for it, not when a server says so",
                    do: "let that server call `theseus abort SERVICE`")
                continue
            }
            let own = take(hook, "name")?.text ?? kind
            let name = freeName(own, else: "\(kind)-\(own)")
            let limit = kind == "rollout" ? analysis?["threshold"]?.whole ?? 1 : 1
            guard makeTest(hook, name, isAsked: kind.hasPrefix("confirm-"), limit) else { continue }
            place(hook, name, kind, &hooks)
        }
        return hooks
    }

    private mutating func place(
        _ hook: ForeignField, _ name: String, _ kind: String, _ hooks: inout CanaryHooks
    ) {
        switch kind {
        case "confirm-rollout": draft.hook("start", name)
        case "pre-rollout": hooks.before.append(name)
        case "confirm-traffic-increase": draft.hook("beforeWeight", name)
        case "confirm-promotion": draft.hook("beforePromotion", name)
        case "post-rollout":
            draft.hook("promoted", name)
            draft.hook("rolledBack", name)
        case "event":
            for moment in ["promoted", "rolledBack", "personNeeded"] { draft.hook(moment, name) }
            remark(
                hook, "not every event is told, but how a run ended",
                do: "add - notify: \(name) where it shall be told more")
        default: hooks.during.append(name)
        }
    }

    /// Writes the test; false: nothing could be made of it.
    private mutating func makeTest(
        _ hook: ForeignField, _ name: String, isAsked: Bool, _ threshold: Int
    ) -> Bool {
        let limit = hook["timeout"]?.milliseconds
        if let timeout = hook["timeout"] { ledger.carry(timeout) }
        let metadata = hook["metadata"]
        var comments: [String] = []
        var tree: JSONTree
        if let command = metadata?["cmd"]?.text {
            guard let shell = shell(command, metadata) else { return leaveHook(hook) }
            tree = ["shell": .string(shell)]
            if let limit { tree["timeout"] = .string(TimeSpan.text(max(1000, limit))) }
            for key in ["cmd", "type", "logCmdOutput"] { take(metadata, key) }
            take(hook, "url")
            remark(
                hook, "its command runs where theseus runs, not in the load tester's pod",
                do:
                    "see that the program is there, and that it calls the gateway, with the headers in"
                    + " $THESEUS_DARK_HEADERS: Flagger's -canary Service goes with Flagger"
            )
            comments.append("it ran in Flagger's load tester")
            leaveRest(metadata)
        } else {
            guard let url = take(hook, "url")?.text else { return leaveHook(hook) }
            var webhook: JSONTree = ["url": .string(Self.plain(url))]
            if url.hasPrefix("http://") {
                webhook["plain"] = true
                comments.append("plain: true, since its address is not https")
            }
            if let limit { webhook["patience"] = .string(TimeSpan.text(max(1000, limit))) }
            tree = ["webhook": webhook]
            if let metadata {
                leave(
                    metadata, "the body is Theseus's own (docs/TESTS.md)",
                    do: "put what the server must know into the address")
            }
        }
        setRetries(hook, &tree, isAsked: isAsked, threshold, &comments)
        draft.tests.append(.init(name: name, tree: tree, comments: comments))
        return true
    }

    private mutating func setRetries(
        _ hook: ForeignField, _ tree: inout JSONTree, isAsked: Bool, _ threshold: Int,
        _ comments: inout [String]
    ) {
        // So many failing calls in a row as there are tries end a bake.
        let times = max(take(hook, "retries")?.whole ?? 0, min(threshold, 100) - 1)
        guard isAsked else {
            if times > 0 { tree["retries"] = .integer(min(100, times)) }
            return
        }
        tree["retries"] = ["times": 100, "wait": "10s", "longestWait": "15m", "within": "24h"]
        comments.append("asked until it says yes, for 24h at most")
        remark(
            hook["type"], "nobody waits for ever: what does not say yes within 24h ends the run",
            do: "set retries.within, or write - approve: {timeout: 24h} instead")
    }

    /// Kinds of load testers' tasks that are a command line.
    private func shell(_ command: String, _ metadata: ForeignField?) -> String? {
        switch metadata?["type"]?.text {
        case nil, "", "cmd", "bash": Self.plain(command)
        case "helm": "helm \(Self.plain(command))"
        case "helmv3": "helm \(Self.plain(command))"
        default: nil
        }
    }

    private mutating func leaveHook(_ hook: ForeignField) -> Bool {
        leave(
            hook, "what it starts is the load tester's alone",
            do: "write a test with command: that does the same, and name it in a step or hook")
        return false
    }

    private mutating func leaveRest(_ metadata: ForeignField?) {
        for member in metadata?.members ?? []
        where !["cmd", "type", "logCmdOutput"].contains(member.name) {
            leave(member.field, "it is the load tester's alone", do: "write it into the command")
        }
    }
}
