internal import JSONTree
internal import YAML

/// Makes a flow of one resource and those that it names.
struct Crosser {
    let objects: [ForeignObject]
    let root: Int
    var ledger = Ledger()
    var draft = FlowDraft()
    /// Objects that were looked into, in order.
    var opened: [Int]
    /// What became of the metrics of an analysis, by its template and its arguments.
    var judged: [String: [JudgedMetric]] = [:]
    /// What became of a Job, by all that it says: arguments of others in its template change nothing.
    var jobs: [String: JudgedMetric] = [:]

    init(objects: [ForeignObject], root: Int) {
        self.objects = objects
        self.root = root
        opened = [root]
        settleHead(of: field(root))
    }

    // MARK: Objects and fields

    func field(_ object: Int) -> ForeignField {
        let node = objects[object].node
        return ForeignField(object: object, path: [], node: node, place: node.place)
    }

    /// Looks for one of the objects that came along.
    mutating func open(_ kind: String, _ name: String, in namespace: String? = nil)
        -> ForeignField?
    {
        let found = objects.indices.first { index in
            let object = objects[index]
            guard object.kind == kind, object.name == name else { return false }
            return namespace == nil || object.namespace == nil || object.namespace == namespace
        }
        guard let found else { return nil }
        if !opened.contains(found) {
            opened.append(found)
            settleHead(of: field(found))
        }
        return field(found)
    }

    private mutating func settleHead(of object: ForeignField) {
        for field in [
            object["apiVersion"], object["kind"], object.at("metadata", "name"),
            object.at("metadata", "namespace"),
        ] {
            if let field { ledger.carry(field) }
        }
    }

    /// The value behind a path of keys; its meaning comes along.
    @discardableResult
    mutating func take(_ field: ForeignField?, _ keys: String...) -> ForeignField? {
        var here = field
        for key in keys { here = here?[key] }
        if let here { ledger.carry(here) }
        return here
    }

    // MARK: Notes

    mutating func leave(_ field: ForeignField?, _ why: String, do remedy: String) {
        note(.left, field, why, remedy)
    }

    mutating func change(_ field: ForeignField?, _ why: String, do remedy: String) {
        note(.changed, field, why, remedy)
    }

    /// A difference that lies in a field, whose parts are dealt with one by one.
    mutating func remark(_ field: ForeignField?, _ why: String, do remedy: String) {
        note(.changed, field, why, remedy, settles: false)
    }

    private mutating func note(
        _ kind: CrossingNote.Kind, _ field: ForeignField?, _ why: String, _ remedy: String,
        settles: Bool = true
    ) {
        guard let field else { return }
        if settles {
            if kind == .left { ledger.settle(field) } else { ledger.carry(field) }
        }
        ledger.add(
            CrossingNote(
                kind: kind, object: objects[field.object].title, file: objects[field.object].file,
                line: field.place.line, path: field.path.pathText, why: why, remedy: remedy))
    }

    /// A place in the flow that a person must fill.
    mutating func ask(_ path: String, _ why: String, do remedy: String) {
        ledger.add(
            CrossingNote(
                kind: .fillIn, object: "the flow", file: nil, line: nil, path: path, why: why,
                remedy: remedy))
    }

    // MARK: What is left over

    /// Names every field that nobody dealt with.
    mutating func nameWhatIsLeft() {
        for object in opened { nameRest(field(object)) }
        for index in objects.indices where !opened.contains(index) { nameObject(index) }
    }

    private mutating func nameRest(_ field: ForeignField) {
        guard !ledger.isSettled(field), !field.node.isNull else { return }
        let kind = objects[field.object].kind
        let pattern = FateTable.pattern(field.path)
        if let fate = FateTable.fate(of: kind, pattern) {
            return leave(field, fate.why, do: fate.remedy)
        }
        let inside = field.members.map(\.field) + field.items
        if !inside.isEmpty, ledger.isOpened(field) || FateTable.hasInside(of: kind, pattern) {
            for part in inside { nameRest(part) }
        } else if field.node.items?.isEmpty == true {
            // An empty list says nothing.
            ledger.carry(field)
        } else {
            leave(
                field, "the import knows no such field",
                do: "look up what it does, and see docs/IMPORT.md for what a flow can say")
        }
    }

    private mutating func nameObject(_ index: Int) {
        let object = field(index)
        switch objects[index].kind {
        case "Rollout" where objects[index].isRelease, "Canary" where objects[index].isRelease:
            leave(
                object, "one flow is made of one release",
                do: "import it by itself: --name \(objects[index].name)")
        case "AnalysisTemplate", "ClusterAnalysisTemplate", "MetricTemplate":
            leave(
                object, "\(objects[root].title) does not name it",
                do: "nothing, if it belongs to another release")
        case "HorizontalPodAutoscaler", "ScaledObject":
            leave(
                object,
                "an autoscaler belongs to the candidate's manifest, or is cloned from stable's",
                do: "let scaleTargetRef name the Deployment, and add - autoscale after - deploy")
        case "AlertProvider":
            leave(
                object, "Theseus alerts nobody by itself",
                do: "write a test with webhook: or command:, and name it under hooks")
        case "AnalysisRun", "Experiment":
            leave(object, "it tells what once was done", do: "nothing")
        default:
            leave(
                object, "the import does not read it",
                do: "put it into the manifest if it belongs to the candidate alone, else apply it"
                    + " yourself")
        }
    }

    // MARK: Names

    /// A name that no test or gate has yet.
    func freeName(_ name: String, else longer: String) -> String {
        let taken = Set((draft.tests + draft.gates).map(\.name))
        if !taken.contains(name) { return name }
        if !taken.contains(longer) { return longer }
        return (2...1000).lazy.map { "\(longer)-\($0)" }.first { !taken.contains($0) } ?? longer
    }

    /// Text in which no `${` is one of ours.
    static func plain(_ text: String) -> String { text.replacing("${", with: "$${") }
}

/// What became of one metric.
struct JudgedMetric: Hashable {
    var name: String
    var isTest = false
    /// Milliseconds between two looks; nil: it is looked at once.
    var interval: Int?
    var count: Int?
    var delay: Int?
    var isWatchOnly = false

    /// How long all its looks take, in milliseconds.
    var length: Int? {
        guard let interval, let count else { return nil }
        return TimeSpan.times(interval, count)
    }
}
