/// What one key or step of a flow is for, as `theseus explain` tells it: from the table of keys.
package struct FlowExplanation: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package let name: String
        /// What may stand behind it, in a word or two.
        package let type: String
        package let isRequired: Bool
        /// What holds where nothing is written.
        package let usual: String?
        package let summary: String
    }

    /// What was asked for and is not there.
    package struct Unknown: Error {
        package let name: String
        /// Where it was looked for: `bake`, `spec.gates`; empty for the file.
        package let place: String
        package let known: [String]

        /// The closest of what is there.
        package var nearest: String? { NearestName.of(name, among: known) }
    }

    /// The first words of paths.
    package static let topics =
        FlowKeys.steps.map(\.name) + FlowKeys.file.keys.map(\.name)
        + FlowKeys.spec.keys.map(\.name).filter { name in
            !FlowKeys.steps.contains { $0.name == name }
        }

    package let path: String
    package let itself: Row
    /// What stands inside it, in the order of the table.
    package let rows: [Row]
    /// Exactly one of these must be there.
    package let oneOf: [String]
    /// Another thing of the same name.
    package var namesake: String? {
        FlowKeys.spec.keys.contains { $0.name == path } ? "spec.\(path)" : nil
    }

    /// Its members have names of the writer's choosing.
    package let isNamed: Bool

    /// `bake`, `bake.maxFor`, `spec.gates.errorRatio`, `gates`; empty: the file itself.
    ///
    /// A step comes before a key of spec with its name. Names of the writer's choosing are left out,
    /// as numbers of items are: `spec.tests.http`.
    package static func of(_ path: String) throws(Unknown) -> FlowExplanation {
        let words = path.split(separator: ".").map { word in
            String(word.prefix { $0 != "[" })
        }
        guard let first = words.first else {
            return FlowExplanation("", FlowKey("", .part(FlowKeys.file), "A flow file."))
        }
        if let step = FlowKeys.steps.first(where: { $0.name == first }) {
            return try descend(step.asKey, first, words.dropFirst())
        }
        for (part, prefix) in [(FlowKeys.file, ""), (FlowKeys.spec, "spec.")] {
            guard let key = part.keys.first(where: { $0.name == first }) else { continue }
            return try descend(key, prefix + first, words.dropFirst())
        }
        throw Unknown(name: first, place: "", known: topics)
    }

    private static func descend(
        _ key: FlowKey, _ path: String, _ rest: ArraySlice<String>
    ) throws(Unknown) -> FlowExplanation {
        guard let next = rest.first else { return FlowExplanation(path, key) }
        let keys = key.shape.inside
        guard let inner = keys.first(where: { $0.name == next }) else {
            // Somebody's own name, as the paths of errors have them.
            let behind = rest.dropFirst().first
            if key.shape.isNamed, keys.contains(where: { $0.name == behind }) {
                return try descend(key, path, rest.dropFirst())
            }
            throw Unknown(name: next, place: path, known: keys.map(\.name))
        }
        return try descend(inner, "\(path).\(next)", rest.dropFirst())
    }

    private init(_ path: String, _ key: FlowKey) {
        self.path = path
        itself = Row(key)
        rows = key.shape.inside.map(Row.init)
        oneOf = key.shape.choice
        isNamed = key.shape.isNamed
    }
}

extension FlowExplanation.Row {
    fileprivate init(_ key: FlowKey) {
        self.init(
            name: key.name, type: key.shape.word, isRequired: key.isRequired, usual: key.usual,
            summary: key.summary)
    }
}

extension StepKey {
    fileprivate var asKey: FlowKey { FlowKey(name, shape, summary) }
}

extension FlowShape {
    /// The keys that may stand inside, whatever names or numbers lead there.
    var inside: [FlowKey] {
        switch self {
        case .part(let part): part.keys
        case .named(let inner), .list(let inner): inner.inside
        case .either(let word, let rest): word.inside + rest.inside
        case .parameter: FlowKeys.parameter.keys
        case .secret: FlowKeys.secret.keys
        case .steps, .step:
            [FlowKey("name", .name, "What the step is called, for spec.adjust of who uses it.")]
                + FlowKeys.steps.map(\.asKey)
        case .text, .name, .address, .whole, .decimal, .flag, .duration, .percentage, .change,
            .size, .words, .statuses, .texts, .textMap, .nothing, .anything:
            []
        }
    }

    fileprivate var choice: [String] {
        switch self {
        case .part(let part): part.oneOf
        case .named(let inner), .list(let inner): inner.choice
        case .either(let word, let rest): word.choice + rest.choice
        case .secret: FlowKeys.secret.oneOf
        default: []
        }
    }

    fileprivate var isNamed: Bool {
        switch self {
        case .named, .textMap: true
        case .list(let inner): inner.isNamed
        case .either(let word, let rest): word.isNamed || rest.isNamed
        default: false
        }
    }

    /// What may stand there, in a word or two.
    var word: String {
        switch self {
        case .text: "text"
        case .name: "name"
        case .address: "address"
        case .whole(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .decimal: "number"
        case .flag: "true or false"
        case .duration: "duration"
        case .percentage, .change: "percentage"
        case .size: "size"
        case .words(let words): words.list
        case .statuses: "statuses"
        case .texts: "list of texts"
        case .textMap: "texts by name"
        case .nothing: "nothing"
        case .anything: "anything"
        case .parameter: "value, or keys"
        case .secret: "place of a secret"
        case .part: "keys"
        case .named(let inner): "\(inner.word), by name"
        case .list(let inner): "list of \(inner.word)"
        case .either(let word, let rest): "\(word.word), or \(rest.word)"
        case .steps: "list of steps"
        case .step: "step"
        }
    }
}
