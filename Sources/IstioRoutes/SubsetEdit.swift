package import JSONTree
package import Manifests

/// One version's subset: its name, and how it stands in a DestinationRule.
package struct VersionSubset: Hashable, Sendable {
    package var name: String
    /// The whole entry, policy included.
    package var tree: JSONTree

    package init(name: String, tree: JSONTree) {
        self.name = name
        self.tree = tree
    }

    /// A subset name must be a DNS label; a label's value need not.
    package static func name(for version: String) -> String {
        let label = DNSLabel.text(of: version, longest: 63)
        return label.isEmpty ? "version" : label
    }

    package var labels: JSONTree { tree["labels"] ?? .object([:]) }

    /// Whether an entry has this name and selects the same pods; its policy may be another.
    func means(_ entry: JSONTree) -> Bool {
        entry["name"]?.text == name
            && (entry["labels"] ?? .object([:])).canonical == labels.canonical
    }
}

/// Turns what people call things into what DNS allows.
enum DNSLabel {
    static func text(of name: String, longest: Int) -> String {
        var label = ""
        for scalar in name.lowercased().unicodeScalars {
            if ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) {
                label.unicodeScalars.append(scalar)
            } else if !label.isEmpty, label.last != "-" {
                label.append("-")
            }
        }
        var cut = label.prefix(max(longest, 0))
        while cut.last == "-" { cut.removeLast() }
        return String(cut)
    }
}

/// The edits of one DestinationRule, for one run.
package struct SubsetEdit: Sendable {
    package let run: String

    package init(run: String) { self.run = run }

    package static func subsets(of rule: KubernetesObject) -> [JSONTree] {
        rule.spec["subsets"]?.items ?? []
    }

    package static func has(_ subset: VersionSubset, in rule: KubernetesObject) -> Bool {
        subsets(of: rule).contains { subset.means($0) }
    }

    package static func has(_ name: String, in rule: KubernetesObject) -> Bool {
        subsets(of: rule).contains { $0["name"]?.text == name }
    }

    /// The run's record on the rule; a new one where there is none.
    func record(on rule: KubernetesObject) -> RuleRecord {
        if let record = RuleRecord(on: rule), record.run == run { return record }
        return RuleRecord(run: run, hadList: rule.spec["subsets"] != nil)
    }

    /// Adds a subset and notes that it is ours; one that is there with the same labels is left
    /// alone, and stays theirs.
    package func adding(_ subset: VersionSubset, to rule: KubernetesObject)
        throws(RouteRefusal) -> KubernetesObject
    {
        let present = Self.subsets(of: rule)
        if let entry = present.first(where: { $0["name"]?.text == subset.name }) {
            if subset.means(entry) { return rule }
            let place = IstioRouter.reference(rule)
            throw RouteRefusal(
                .subsetTaken(subset: subset.name, labels: Self.shown(entry["labels"])),
                at: "\(place)")
        }
        var record = record(on: rule)
        record.added.append(subset.name)
        var rule = rule
        rule.tree.set(.array(present + [subset.tree]), at: "spec", "subsets")
        return record.written(on: rule)
    }

    /// Makes a subset stand that somebody took away, or that means other pods by now: its labels go back,
    /// whatever else they wrote into it stays.
    ///
    /// One that stood before the run is not noted as ours.
    func standing(_ subset: VersionSubset, isTheirs: Bool, in rule: KubernetesObject)
        -> KubernetesObject
    {
        var present = Self.subsets(of: rule)
        var rule = rule
        if let place = present.firstIndex(where: { $0["name"]?.text == subset.name }) {
            if subset.means(present[place]) { return rule }
            present[place]["labels"] = subset.labels
            rule.tree.set(.array(present), at: "spec", "subsets")
            return rule
        }
        var record = record(on: rule)
        rule.tree.set(.array(present + [subset.tree]), at: "spec", "subsets")
        if isTheirs || record.added.contains(subset.name) { return rule }
        record.added.append(subset.name)
        return record.written(on: rule)
    }

    /// Takes a subset away that the run added; another's of the same name stays.
    package func removing(_ name: String, from rule: KubernetesObject) -> KubernetesObject {
        guard var record = RuleRecord(on: rule), record.run == run,
            record.added.contains(name)
        else { return rule }
        record.added.removeAll { $0 == name }
        let kept = Self.subsets(of: rule).filter { $0["name"]?.text != name }
        var rule = rule
        rule.tree.set(
            kept.isEmpty && !record.hadList ? nil : .array(kept), at: "spec", "subsets")
        let isOver = record.added.isEmpty && !record.isOurObject
        return isOver ? Self.forgotten(rule) : record.written(on: rule)
    }

    /// Takes the old version's subset away for good, whoever added it, where it selects exactly
    /// the pods that `labels` name.
    package func retiring(_ subset: VersionSubset, from rule: KubernetesObject) -> KubernetesObject
    {
        let present = Self.subsets(of: rule)
        let kept = present.filter { !subset.means($0) }
        guard kept.count != present.count else { return rule }
        var rule = rule
        rule.tree.set(.array(kept), at: "spec", "subsets")
        guard var record = RuleRecord(on: rule), record.run == run else { return rule }
        record.added.removeAll { $0 == subset.name }
        return record.written(on: rule)
    }

    /// Takes our notes off; the subsets stay.
    package static func forgotten(_ rule: KubernetesObject) -> KubernetesObject {
        guard rule.annotation(RuleRecord.annotation) != nil else { return rule }
        var rule = rule
        rule.annotate(RuleRecord.annotation, nil)
        return rule
    }

    static func shown(_ labels: JSONTree?) -> String {
        let pairs = (labels?.members ?? [:]).map { "\($0.key)=\($0.value.text ?? "?")" }
        return pairs.isEmpty ? "none" : pairs.joined(separator: ", ")
    }
}
