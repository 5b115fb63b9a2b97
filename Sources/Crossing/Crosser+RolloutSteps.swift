internal import JSONTree
internal import YAML

/// Argo Rollouts' canary: its steps, one after the other.
extension Crosser {
    /// Where the steps stand.
    private struct March {
        var weight = 0
        /// The share of stable's size that the candidate was scaled to.
        var size = 0
        /// What looks on in the background, and from which step on.
        var watch: [JudgedMetric] = []
        var watchFrom = 0
        /// Gates that were asked for before there were users.
        var waiting: [JudgedMetric] = []
        /// The greatest weight at which the background analysis looked on.
        var looked = 0
        /// Of how many parts a weight is.
        var whole = 100

        func gates(at step: Int) -> [String] {
            step >= watchFrom ? watch.filter { !$0.isTest }.map(\.name) : []
        }
        func tests(at step: Int) -> [String] {
            step >= watchFrom ? watch.filter(\.isTest).map(\.name) : []
        }
    }

    mutating func crossSteps(_ canary: ForeignField?, deadline: String) {
        let steps = canary?["steps"]?.items ?? []
        if canary?.at("trafficRouting", "istio") == nil {
            remark(
                canary,
                "weights were shares of pods there; here they are shares of requests, in Istio's"
                    + " routes", do: "see that the Service's clients and pods are on the mesh")
        }
        let headers = steps.flatMap { darkBlocks($0["setHeaderRoute"]) }
        draft.step("backup")
        draft.step("deploy", ["deadline": .string(deadline)])
        if !isWithoutHTTP {
            setDark(headers)
            draft.step("route")
            draft.step("reach")
        }
        for step in steps { mirror(step["setMirrorRoute"], before: steps) }
        if let routes = canary?.at("trafficRouting", "managedRoutes") { ledger.carry(routes) }
        var march = March()
        if let whole = take(canary, "trafficRouting", "maxTrafficWeight")?.whole, whole > 0 {
            march.whole = whole
        }
        if let background = canary?["analysis"] {
            march.watchFrom = take(background, "startingStep")?.whole ?? 0
            march.watch = analysis(background)
            if march.watch.contains(where: {
                $0.delay != nil || $0.interval != nil && $0.count != nil
            }) {
                remark(
                    background,
                    "in every bake its gates look on from the first moment to the last:"
                        + " initialDelay and count say nothing there",
                    do: "nothing; a gate waits for its samples")
            }
        }
        for (index, step) in steps.enumerated() { cross(step, index, &march) }
        end(canary, &march, last: steps.count)
    }

    private mutating func cross(_ step: ForeignField, _ index: Int, _ march: inout March) {
        if let weight = step["setWeight"] { rise(weight, &march) }
        if let pause = step["pause"] { rest(pause, index, &march) }
        if let analysis = step["analysis"] { look(analysis, &march) }
        if let scale = step["setCanaryScale"] { self.scale(scale, &march) }
        if let header = step["setHeaderRoute"] {
            if header["match"] == nil {
                change(
                    header, "the dark route goes by itself, at the promotion or on the way home",
                    do: "nothing")
            } else if march.weight > 0 {
                change(
                    header, "the dark route stands from the step route on, before any user",
                    do: "nothing, if matched requests may meet the candidate earlier")
            }
        }
    }

    private mutating func scale(_ scale: ForeignField, _ march: inout March) {
        if scale["matchTrafficWeight"]?.flag == true { return ledger.carry(scale) }
        if let share = scale["weight"], let percent = share.whole,
            percent > max(march.weight, march.size), percent <= 100
        {
            ledger.carry(share)
            march.size = percent
            return draft.step("scale", ["candidate": .string("\(percent)%")])
        }
        leave(
            scale,
            "a size is a share of stable's pods, and only rises; before each weight the candidate"
                + " grows to that weight's share",
            do: "nothing, or add - scale: {candidate: 50%} where it stood, with your share")
    }

    private mutating func rise(_ field: ForeignField, _ march: inout March) {
        guard let parts = field.whole, -1_000_000...1_000_000 ~= parts else { return }
        let exact = Double(parts) * 100 / Double(march.whole)
        let weight = Int(exact.rounded())
        if Double(weight) != exact {
            change(
                field,
                "a weight is a whole part of 100: \(parts) of \(march.whole) became \(weight)",
                do: "check it")
        }
        if weight == 0, march.weight == 0 { return ledger.carry(field) }
        guard weight > march.weight, weight <= 100 else {
            return leave(
                field, "weights only rise, until the run goes home", do: "leave it out, or reorder")
        }
        ledger.carry(field)
        march.weight = weight
        draft.step("weight", .integer(weight))
        guard !march.waiting.isEmpty else { return }
        let length = march.waiting.compactMap(\.length).max() ?? 300_000
        bake(
            length, gates: march.waiting.map(\.name), tests: [],
            "moved here: gates need users")
        march.waiting = []
    }

    private mutating func rest(_ pause: ForeignField, _ index: Int, _ march: inout March) {
        let gates = march.weight > 0 ? march.gates(at: index) : []
        let tests = march.tests(at: index)
        if !gates.isEmpty { march.looked = march.weight }
        guard let duration = pause["duration"] else {
            if !gates.isEmpty {
                remark(
                    pause, "no gate looks on while a person is asked: a bake was added before that",
                    do: "set its length")
                bake(300_000, gates: gates, tests: tests, "added: the gates look on here")
            }
            change(
                pause, "nobody waits for ever: who is not answered in 24h goes home",
                do: "set the timeout of the step approve; `theseus approve` goes on")
            return draft.step("approve", ["timeout": "24h"])
        }
        guard let length = duration.milliseconds, length > 0 else {
            return leave(duration, "it is no length of time", do: "add - pause: 5m where it stood")
        }
        ledger.carry(duration)
        bake(length, gates: gates, tests: tests)
    }

    /// An analysis that is a step.
    private mutating func look(_ field: ForeignField, _ march: inout March) {
        let metrics = analysis(field)
        let delay = metrics.compactMap(\.delay).max()
        if let delay { draft.step("pause", .string(TimeSpan.text(delay))) }
        let repeated = metrics.filter { $0.interval != nil && $0.count != 1 || $0.isWatchOnly }
        let single = metrics.filter { !repeated.contains($0) }
        for metric in single where metric.isTest { draft.step("test", .string(metric.name)) }
        let tests = repeated.filter(\.isTest).map(\.name)
        let gates = repeated.filter { !$0.isTest }
        let length = repeated.compactMap(\.length).max() ?? 60_000
        guard march.weight == 0 else {
            for metric in single where !metric.isTest { draft.step("gate", .string(metric.name)) }
            if !repeated.isEmpty { bake(length, gates: gates.map(\.name), tests: tests) }
            return
        }
        if !tests.isEmpty { bake(length, gates: [], tests: tests) }
        let early = metrics.filter { !$0.isTest }
        if !early.isEmpty {
            remark(
                field,
                "before the first weight there are no users to judge by: its gates look on behind"
                    + " it", do: "let a test look here, or begin with a small weight")
            march.waiting += early
        }
    }

    // MARK: The end

    private mutating func end(_ canary: ForeignField?, _ march: inout March, last: Int) {
        if march.weight < 100 {
            march.weight = 100
            draft.step("weight", 100, "the controller's last step, which is not written there")
            if !march.waiting.isEmpty {
                bake(
                    march.waiting.compactMap(\.length).max() ?? 300_000,
                    gates: march.waiting.map(\.name), tests: [], "moved here: gates need users")
            }
        }
        let gates = march.gates(at: max(last, march.watchFrom))
        if !gates.isEmpty, march.looked < march.weight {
            remark(
                canary?["analysis"],
                "no pause stands behind the last weight, in which it could look on: a bake was added"
                    + " there, while there is a way back", do: "set its length")
            bake(
                300_000, gates: gates, tests: march.tests(at: last), "added: the gates look on here"
            )
        }
        wait(canary)
        draft.step("retire")
    }

    /// Between the last weight and the end of the old version.
    mutating func wait(_ strategy: ForeignField?) {
        guard let seconds = take(strategy, "scaleDownDelaySeconds")?.whole, seconds > 0 else {
            return
        }
        draft.step(
            "pause", .string(TimeSpan.text(seconds: seconds)),
            "scaleDownDelaySeconds: until here `abort` works")
    }

    // MARK: Routes by header, and copies

    private mutating func darkBlocks(_ field: ForeignField?) -> [JSONTree] {
        guard let field, let match = field["match"] else { return [] }
        ledger.carry(field)
        return match.items.compactMap { item in
            guard let name = item["headerName"]?.text, let value = item["headerValue"] else {
                return nil
            }
            return ["headers": .object([name.lowercased(): value.tree])]
        }
    }

    private mutating func mirror(_ field: ForeignField?, before steps: [ForeignField]) {
        guard let field else { return }
        let place = field.path.compactMap { if case .index(let index) = $0 { index } else { nil } }
            .first
        let isLate = steps.prefix(place ?? 0).contains { ($0["setWeight"]?.whole ?? 0) > 0 }
        guard let percent = field["percentage"]?.whole ?? (field["match"] == nil ? nil : 100) else {
            return change(field, "the first weight ends the copying by itself", do: "nothing")
        }
        guard !isLate, !isWithoutHTTP, 1...100 ~= percent else {
            return leave(
                field, "copies are made only before the first weight, on HTTP routes",
                do: "add - mirror: \(percent) before it, if copies before users are good enough")
        }
        for key in ["name", "percentage"] { take(field, key) }
        if let match = field["match"] {
            leave(
                match, "mirror copies of all requests on the run's routes",
                do: "nothing, or leave"
                    + " - mirror out if some of them are not safe twice")
        }
        if !draft.steps.contains(where: { $0.tree["mirror"] != nil }) {
            draft.step("mirror", .integer(percent))
        }
    }
}
