internal import JSONTree
internal import YAML

/// Flagger's schedule: weights, iterations, copies, cookies.
extension Crosser {
    /// Tests by the moment at which Flagger calls them.
    struct CanaryHooks {
        var before: [String] = []
        var during: [String] = []
    }

    mutating func crossSchedule(
        _ canary: ForeignField, _ analysis: ForeignField?, gates: [String], hooks: CanaryHooks
    ) {
        let seconds = take(canary, "spec", "progressDeadlineSeconds")?.whole ?? 600
        let interval = take(analysis, "interval")?.milliseconds ?? 60_000
        let weights = weights(analysis)
        let isDarkless = draft.routes.first?["tcp"] != nil
        draft.step("backup")
        draft.step("deploy", ["deadline": .string(TimeSpan.text(seconds: seconds))])
        if let scaler = canary.at("spec", "autoscalerRef") {
            for key in ["apiVersion", "kind", "name"] { take(scaler, key) }
            draft.step("autoscale")
        }
        let isSplit = !weights.isEmpty && analysis?["match"] == nil
        if !isDarkless {
            setDark(isSplit ? [] : darkBlocks(analysis))
            draft.step("route")
            draft.step("reach")
        }
        for test in hooks.before { draft.step("test", .string(test)) }
        copy(analysis, interval, isDarkless)
        if !isDarkless { stick(analysis) }
        if isSplit {
            for weight in weights {
                draft.step("weight", .integer(weight))
                bake(interval, gates: gates, tests: hooks.during)
            }
        } else {
            iterate(analysis, interval, gates, hooks)
        }
        if weights.last != 100, isSplit {
            draft.step("weight", 100, "Flagger promotes here: it copies the candidate over stable")
            bake(
                interval, gates: gates, tests: hooks.during,
                "stable stands by: the last look before there is no way back")
        }
        draft.step("retire")
    }

    /// The weights on the way up, each greater than the one before.
    private mutating func weights(_ analysis: ForeignField?) -> [Int] {
        var weights: [Int] = []
        let top = take(analysis, "maxWeight")?.whole
        if let list = take(analysis, "stepWeights") {
            for weight in list.items.compactMap(\.whole) {
                if weight > (weights.last ?? 0), weight <= 100 {
                    weights.append(weight)
                } else {
                    remark(list, "weights only rise: \(weight) was left out", do: "check them")
                }
            }
            take(analysis, "stepWeight")
            return weights
        }
        guard let step = take(analysis, "stepWeight")?.whole, step > 0 else { return [] }
        let last = min(100, top ?? 100)
        for weight in stride(from: step, to: last, by: step) { weights.append(weight) }
        if weights.last != last { weights.append(last) }
        return weights
    }

    /// So many checks, without weights: blue-green, or A/B.
    private mutating func iterate(
        _ analysis: ForeignField?, _ interval: Int, _ gates: [String], _ hooks: CanaryHooks
    ) {
        let iterations = take(analysis, "iterations")?.whole ?? 10
        let length = TimeSpan.times(interval, iterations)
        if !hooks.during.isEmpty {
            bake(length, gates: [], tests: hooks.during, "Flagger's iterations, in the dark")
        } else if analysis?["match"] != nil {
            draft.step(
                "pause", .string(TimeSpan.text(length)),
                "for so long only matched users meet the candidate")
        }
        draft.step("weight", 100)
        guard !gates.isEmpty else { return }
        remark(
            analysis?["iterations"] ?? analysis,
            "before the first weight there are no users to judge by: the gates look on behind weight: 100",
            do: "add - weight: 1 and a bake with them before, so that few users meet it first")
        bake(length, gates: gates, tests: [])
    }

    // MARK: Who meets it first

    private mutating func darkBlocks(_ analysis: ForeignField?) -> [JSONTree] {
        guard let match = take(analysis, "match") else { return [] }
        var blocks: [JSONTree] = []
        for item in match.items {
            var block: JSONTree = .object([:])
            for key in ["headers", "queryParams", "uri", "method", "authority", "sourceLabels"] {
                guard let value = item[key] else { continue }
                block[key] = suffixes(value)
            }
            for member in item.members where block[member.name] == nil {
                leave(member.field, "no request of a test can be made to meet it", do: "nothing")
            }
            blocks.append(block)
        }
        remark(
            match,
            "whom the match lets through meets the candidate until the end; nobody is divided"
                + " by chance", do: "nothing; the dark route goes at the promotion")
        let canBeMet = blocks.contains { block in
            (block.members ?? [:]).allSatisfy { ["headers", "queryParams"].contains($0.key) }
        }
        if !canBeMet {
            blocks.append(["headers": ["x-canary": ["exact": "1"]]])
            ask(
                "spec.dark.match", "no request of a test can meet what the Canary matches",
                do: "keep the header x-canary: 1, which was added for tests, or write another")
        }
        return blocks
    }

    /// Istio knows exact, prefix and regex; `suffix: x` is a regular expression.
    private func suffixes(_ field: ForeignField) -> JSONTree {
        guard let members = field.tree.members else { return field.tree }
        return .object(
            JSONObject(
                members.map { member in
                    guard let suffix = member.value["suffix"]?.text else {
                        return (member.key, member.value)
                    }
                    return (member.key, ["regex": .string(".*\(Self.escaped(suffix))$")])
                }))
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for letter in text {
            if "\\.+*?()|[]{}^$".contains(letter) { escaped += "\\" }
            escaped.append(letter)
        }
        return escaped
    }

    private mutating func copy(_ analysis: ForeignField?, _ interval: Int, _ isDarkless: Bool) {
        guard let mirror = take(analysis, "mirror") else {
            if let weight = analysis?["mirrorWeight"] {
                leave(
                    weight, "there is no mirror: true beside it",
                    do: "add - mirror: N behind - reach")
            }
            return
        }
        let percent = take(analysis, "mirrorWeight")?.whole ?? 100
        guard mirror.flag == true, !isDarkless, 1...100 ~= percent else { return }
        draft.step("mirror", .integer(percent))
        draft.step(
            "pause", .string(TimeSpan.text(interval)),
            "copies of users' requests meet the candidate")
    }

    private mutating func stick(_ analysis: ForeignField?) {
        guard let affinity = analysis?["sessionAffinity"], let cookie = affinity["cookieName"],
            let name = cookie.text
        else { return }
        let isName =
            name.utf8.count <= 64
            && name.utf8.allSatisfy {
                0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x2D
                    || $0 == 0x5F
            }
        guard isName, !name.isEmpty else {
            return leave(
                cookie, "a cookie's name is made of letters, digits, - and _ here",
                do: "add - sticky: {cookie: NAME, ttl: 1h} behind - reach")
        }
        ledger.carry(cookie)
        let age = take(affinity, "maxAge")?.whole ?? 86_400
        draft.step(
            "sticky", ["cookie": .string(name), "ttl": .string(TimeSpan.text(seconds: age))])
    }
}
