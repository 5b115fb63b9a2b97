internal import JSONTree
internal import YAML

/// The steps of a flow: its own, or its template's with what the flow changes in them.
///
/// A step is found by its `name`; one without is called by its kind, and where the kind stands
/// there several times the second is `bake-2`, the third `bake-3`. Names of the template's steps
/// hold through all changes. Works on places, for the values are filled in later.
struct AdjustedSteps {
    private enum Origin: Hashable {
        case template(Int)
        /// A path in the flow's own file.
        case own([YAMLStep])
    }

    private struct Entry {
        var name: String
        /// As somebody wrote it: only such a name can be found again where it was put in.
        var isNamed: Bool
        var origin: Origin
    }

    private(set) var faults: [FlowError] = []
    /// Places of the template's steps that nobody uses.
    let dropped: Set<Int>
    private let entries: [Entry]
    private let hasTemplate: Bool

    init(own: FlowField, template: FlowField?) {
        hasTemplate = template != nil && own.at("spec", "steps") == nil
        let steps = (template ?? own).at("spec", "steps")?.items ?? []
        guard hasTemplate else {
            entries = []
            dropped = []
            faults = Self.doubles(in: own.at("spec", "steps")?.items ?? [])
            if let adjust = own.at("spec", "adjust"), own.at("spec", "template") == nil {
                faults.append(
                    adjust.keyError(
                        .contradiction, "\"adjust\" changes a template's steps, and here is none",
                        do: "change the steps themselves, or name a template"))
            }
            return
        }
        var adjusting = Adjusting(entries: Self.entries(of: steps))
        for change in own.at("spec", "adjust")?.items ?? [] { adjusting.hear(change) }
        faults = Self.doubles(in: steps) + adjusting.faults
        entries = adjusting.entries
        let kept = Set(adjusting.entries.map(\.origin))
        dropped = Set(steps.indices.filter { !kept.contains(.template($0)) })
    }

    func fields(own: FlowField, template: FlowField?) -> [FlowField] {
        guard hasTemplate, let template else { return own.at("spec", "steps")?.items ?? [] }
        let steps = template.at("spec", "steps")?.items ?? []
        return entries.compactMap { entry in
            switch entry.origin {
            case .template(let index): steps.indices.contains(index) ? steps[index] : nil
            case .own(let path): own.at(path: path)
            }
        }
    }

    private static func entries(of steps: [FlowField]) -> [Entry] {
        var count: [String: Int] = [:]
        return steps.enumerated().map { index, field in
            let kind = field.stepKind ?? "step"
            count[kind, default: 0] += 1
            let ordinal = count[kind] ?? 1
            let usual = ordinal == 1 ? kind : "\(kind)-\(ordinal)"
            return Entry(
                name: field.stepName ?? usual, isNamed: field.stepName != nil,
                origin: .template(index))
        }
    }

    private static func doubles(in steps: [FlowField]) -> [FlowError] {
        let entries = entries(of: steps)
        return entries.enumerated().compactMap { index, entry in
            let isTaken = entries.prefix(index).contains { $0.name == entry.name }
            guard isTaken, entry.isNamed else { return nil }
            return (steps[index]["name"] ?? steps[index]).double(entry.name)
        }
    }

    /// One change after the other.
    private struct Adjusting {
        var entries: [Entry]
        var faults: [FlowError] = []
        /// Names that somebody dropped, and where.
        private var gone: [(name: String, place: String)] = []

        init(entries: [Entry]) { self.entries = entries }

        mutating func hear(_ change: FlowField) {
            guard change.node.members != nil else { return }
            if let field = change["replace"] {
                guard let step = companion("with", "replace", change),
                    let place = place(field)
                else { return }
                let old = entries[place].name
                entries.remove(at: place)
                add(step, at: place, else: old)
            } else if let field = change["before"] ?? change["after"] {
                let word = change["before"] == nil ? "after" : "before"
                guard let steps = companion("insert", word, change), var place = place(field)
                else { return }
                if word == "after" { place += 1 }
                for step in steps.items {
                    add(step, at: place, else: nil)
                    place += 1
                }
            } else if let field = change["drop"], let place = place(field) {
                gone.append((entries[place].name, change.path.pathText))
                entries.remove(at: place)
            }
            refuse(change)
        }

        private mutating func add(_ step: FlowField, at place: Int, else old: String?) {
            if let name = step.stepName, entries.contains(where: { $0.name == name }) {
                faults.append((step["name"] ?? step).double(name))
            }
            entries.insert(
                Entry(
                    name: step.stepName ?? old ?? "", isNamed: step.stepName != nil || old != nil,
                    origin: .own(step.path)), at: place)
        }

        private mutating func companion(_ key: String, _ word: String, _ change: FlowField)
            -> FlowField?
        {
            if let field = change[key] { return field }
            let aim =
                key == "with" ? "with: and the step that takes its place" : "insert: and a list"
            faults.append(
                change.keyError(
                    .missingKey, "\(change.name) says \"\(word)\", and not \"\(key)\"",
                    do: "add \(aim)"))
            return nil
        }

        /// `with` and `insert` go with one word each.
        private mutating func refuse(_ change: FlowField) {
            for (key, words) in [("with", ["replace"]), ("insert", ["before", "after"])] {
                guard let field = change[key], !words.contains(where: { change[$0] != nil })
                else { continue }
                faults.append(
                    field.keyError(
                        .contradiction, "\"\(key)\" goes with \(words.list) alone",
                        do: "take \(key) away, or write \(words.list) in front of it"))
            }
        }

        private mutating func place(_ field: FlowField) -> Int? {
            guard let name = field.text else { return nil }
            if let place = entries.firstIndex(where: { $0.name == name && !name.isEmpty }) {
                return place
            }
            if let change = gone.first(where: { $0.name == name }) {
                faults.append(
                    field.error(
                        .unknownName, "step \"\(name)\" was dropped by \(change.place)",
                        do: "change it instead of dropping it, or name another step"))
            } else {
                faults.append(
                    field.error(
                        .unknownName, "the template has no step \"\(ShapeCheck.short(name))\"",
                        do: NearestName.suggestion(
                            for: name, among: entries.map(\.name).filter { !$0.isEmpty },
                            none: "take it away")))
            }
            return nil
        }
    }
}

extension FlowField {
    /// What somebody calls a step.
    var stepName: String? { self["name"]?.text }

    /// A step's members without its name.
    var stepMembers: [(name: String, field: FlowField)] { members.filter { $0.name != "name" } }

    /// The word that says what a step does, where there is one.
    fileprivate var stepKind: String? {
        if let word = text { return word }
        let members = stepMembers
        return members.count == 1 ? members[0].name : nil
    }

    fileprivate func double(_ name: String) -> FlowError {
        error(
            .contradiction, "two steps are called \"\(ShapeCheck.short(name))\"",
            do: "give one of them another name")
    }

    func at(path: [YAMLStep]) -> FlowField? {
        var here: FlowField? = self
        for step in path {
            switch step {
            case .key(let key): here = here?[key]
            case .index(let index):
                let items = here?.items ?? []
                here = items.indices.contains(index) ? items[index] : nil
            }
        }
        return here
    }

    /// A template without some of its steps: a bare word stands in the place of each, so that the
    /// others keep their numbers, and nothing of it is filled, checked or read.
    func withoutSteps(_ dropped: Set<Int>) -> FlowField {
        guard !dropped.isEmpty else { return self }
        let word = YAMLScalar(value: .string("backup"), text: "backup", isPlain: true)
        func thinned(_ steps: YAMLNode) -> YAMLNode {
            let items = (steps.items ?? []).enumerated().map { index, item in
                dropped.contains(index) ? YAMLNode(.scalar(word), at: item.place) : item
            }
            return YAMLNode(.sequence(items), at: steps.place)
        }
        func changed(_ node: YAMLNode, _ key: String, _ change: (YAMLNode) -> YAMLNode) -> YAMLNode
        {
            let members = (node.members ?? []).map { member in
                member.key == key
                    ? YAMLMember(key: key, place: member.place, value: change(member.value))
                    : member
            }
            return YAMLNode(.mapping(members), at: node.place)
        }
        let document = changed(node, "spec") { spec in changed(spec, "steps", thinned) }
        return FlowField(file: file, document: document)
    }
}
