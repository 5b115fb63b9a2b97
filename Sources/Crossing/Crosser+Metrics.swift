internal import JSONTree
internal import YAML

/// Argo's metrics: a gate or a test of each.
extension Crosser {
    /// What becomes of one metric; nil: nothing that a step could name.
    mutating func judge(
        _ metric: ForeignField, of template: String, _ values: [String: AnalysisArgument],
        dry: [String]
    ) -> JudgedMetric? {
        let own = take(metric, "name")?.text ?? template
        let name = freeName(own, else: "\(template)-\(own)")
        var found = JudgedMetric(name: name)
        found.interval = span("interval", metric, values)
        found.delay = span("initialDelay", metric, values)
        found.count = take(metric, "count")?.whole
        if found.interval == nil { found.count = 1 }
        found.isWatchOnly = dry.contains { Self.matches($0, own) }
        if let limit = metric["inconclusiveLimit"] {
            leave(limit, "no answer is inconclusive: it is good, bad, or not enough", do: "nothing")
        }
        guard let provider = metric["provider"] else { return nil }
        if let job = provider["job"] {
            found.isTest = true
            return makeJob(job, metric, values, found)
        }
        if let web = provider["web"], let test = makeRequest(web, metric, values, found) {
            return test
        }
        guard let question = question(provider, values) else {
            closeConditions(metric)
            return nil
        }
        return gate(metric, question, found, own: "\(template), \(own)")
    }

    private mutating func span(
        _ key: String, _ metric: ForeignField, _ values: [String: AnalysisArgument]
    ) -> Int? {
        guard let field = metric[key], let text = field.text else { return nil }
        let filled = filled(text, values)
        guard filled.fault == nil, let span = TimeSpan.milliseconds(filled.text), span > 0 else {
            leave(field, filled.fault ?? "it is no length of time", do: "set every: of the gate")
            return nil
        }
        ledger.carry(field)
        return span
    }

    /// Whether a regular expression fits, as Argo looks for it: anywhere in the name.
    private static func matches(_ pattern: String, _ name: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return pattern == name }
        return name.firstMatch(of: regex) != nil
    }

    // MARK: Gates

    /// A question to a source, with what must be said above the gate.
    struct Question {
        /// `prometheus:`, or `source:` and `query:`.
        var members: [(String, JSONTree)]
        /// Only a query in PromQL can be made into one number of several.
        var query: String
        var isPromQL: Bool
        /// Why it cannot be asked as it is.
        var fault: String?
    }

    private mutating func gate(
        _ metric: ForeignField, _ question: Question, _ found: JudgedMetric, own: String
    ) -> JudgedMetric? {
        var comments = [own]
        var entry = FlowDraft.Entry(name: found.name, tree: .object([:]))
        let bounds = bounds(metric, &comments)
        var members = question.members
        if let fold = bounds?.fold {
            guard question.isPromQL else {
                comments.append("the condition asks for several numbers; the query must give one")
                entry.isOff = true
                return put(entry, members, nil, comments, metric, found)
            }
            members = [("prometheus", ["query": .string("\(fold)(\(question.query.trimmed))")])]
            if question.members.first?.0 == "source" {
                members = [
                    question.members[0], ("query", .string("\(fold)(\(question.query.trimmed))")),
                ]
            }
            comments.append("of several numbers the \(fold) speaks for all")
        }
        if let fault = question.fault { comments.append("cannot be asked yet: \(fault)") }
        entry.isOff = bounds == nil || question.fault != nil
        return put(entry, members, bounds, comments, metric, found)
    }

    private mutating func put(
        _ entry: FlowDraft.Entry, _ members: [(String, JSONTree)], _ bounds: Condition?,
        _ comments: [String], _ metric: ForeignField, _ found: JudgedMetric
    ) -> JudgedMetric? {
        var entry = entry
        var tree = JSONTree.object(JSONObject(members))
        if let low = bounds?.minimum { tree["min"] = Self.number(low) }
        if let high = bounds?.maximum { tree["max"] = Self.number(high) }
        if let interval = found.interval {
            tree["every"] = .string(TimeSpan.text(max(1000, interval)))
        }
        let isBlind = limit(metric, found, &tree)
        if found.isWatchOnly || isBlind { tree["watchOnly"] = true }
        entry.tree = tree
        entry.comments = comments
        if entry.isOff, bounds == nil { entry.comments.append("give it min: or max:") }
        draft.gates.append(entry)
        if entry.isOff {
            remarkLeft(metric, comments.dropFirst().joined(separator: "; "))
            return nil
        }
        var found = found
        found.isWatchOnly = found.isWatchOnly || isBlind
        return found
    }

    private mutating func remarkLeft(_ metric: ForeignField, _ why: String) {
        ledger.add(
            CrossingNote(
                kind: .left, object: objects[metric.object].title,
                file: objects[metric.object].file,
                line: metric.place.line, path: metric.path.pathText,
                why: "its gate stands in the flow as a comment: \(why)",
                remedy:
                    "complete it, take the # away, and name it in the bakes where it shall look on")
        )
    }

    /// `failureLimit`; whether it says that nothing fails.
    private mutating func limit(
        _ metric: ForeignField, _ found: JudgedMetric, _ tree: inout JSONTree
    ) -> Bool {
        guard let field = metric["failureLimit"] else { return false }
        guard let limit = field.whole.map({ min($0, 999) }) else {
            leave(field, "it is no number", do: "set failures: of the gate")
            return false
        }
        guard limit >= 0 else {
            change(
                field, "a limit below 0 lets nothing fail",
                do: "take watchOnly away where it shall decide")
            return true
        }
        ledger.carry(field)
        if limit > 0 {
            let of = max(limit + 1, min(1000, found.count ?? 1000))
            tree["failures"] = ["count": .integer(limit + 1), "of": .integer(of)]
        }
        return false
    }

    static func number(_ number: Double) -> JSONTree {
        number == number.rounded() && abs(number) < 1e15 ? .integer(Int(number)) : .number(number)
    }

    // MARK: Conditions

    /// The bounds that the conditions come to; nil where they are none.
    private mutating func bounds(_ metric: ForeignField, _ comments: inout [String]) -> Condition? {
        let success = metric["successCondition"]
        let failure = metric["failureCondition"]
        guard success != nil || failure != nil else {
            comments.append("it has no condition: the controller lets every answer pass")
            return nil
        }
        var good: Condition?
        if let success, let text = success.text?.trimmed {
            comments.append("good: \(text)")
            good = Condition(text, isGood: true)
            settle(success, good)
            guard good != nil else { return unreadable(failure, &comments) }
        }
        if let failure, let text = failure.text?.trimmed {
            comments.append("bad: \(text)")
            let rest = Condition(text, isGood: false)
            if let good {
                // Who is not good is bad: what lies between the two would be neither, there.
                compare(failure, good, rest)
                remember(good, &comments)
                return good
            }
            settle(failure, rest)
            good = rest
        }
        guard let good else { return unreadable(nil, &comments) }
        remember(good, &comments)
        return good
    }

    private mutating func unreadable(_ other: ForeignField?, _ comments: inout [String])
        -> Condition?
    {
        if let other { settle(other, nil) }
        comments.append("this is no comparison of one number with another")
        return nil
    }

    private mutating func settle(_ field: ForeignField, _ bounds: Condition?) {
        if bounds != nil { return ledger.carry(field) }
        leave(
            field, "only comparisons of one number become min and max",
            do: "let the query do the sums, and give the gate min: or max:")
    }

    private mutating func compare(_ field: ForeignField, _ good: Condition, _ rest: Condition?) {
        if let rest, rest.minimum == good.minimum, rest.maximum == good.maximum {
            return ledger.carry(field)
        }
        change(
            field,
            "what is neither good nor bad is inconclusive there, and the rollout pauses; here"
                + " it fails", do: "widen the bound, or write failures: {consecutive: 3}")
    }

    private func remember(_ bounds: Condition, _ comments: inout [String]) {
        if bounds.isStrict { comments.append("the bound itself is good here") }
        if bounds.allowsNothing { comments.append("an empty answer is not enough evidence here") }
    }

    /// Conditions of a metric that no gate is made of.
    private mutating func closeConditions(_ metric: ForeignField) {
        for key in ["successCondition", "failureCondition", "failureLimit"] {
            leave(metric[key], "its question could not be carried over", do: "nothing")
        }
    }
}
