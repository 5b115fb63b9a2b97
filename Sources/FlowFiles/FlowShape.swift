/// What may stand behind a key.
indirect enum FlowShape: Sendable {
    case text
    /// A name as Kubernetes takes it.
    case name
    /// `http://…` or `https://…`.
    case address
    case whole(ClosedRange<Int>)
    case decimal
    case flag
    /// More than nothing.
    case duration
    case percentage
    /// A percentage by which something may rise, or fall (`-10%`).
    case change
    /// Bytes.
    case size
    /// One of these words.
    case words([String])
    /// `200`, `200-299` or `2xx`.
    case statuses
    case texts
    /// Any keys; the values are text.
    case textMap
    /// Nothing may follow.
    case nothing
    /// Whatever there is.
    case anything
    /// A value, nothing yet, or what the value may be.
    case parameter
    /// Where a secret is found; never the secret.
    case secret
    case part(FlowPart)
    /// Names of the writer's choosing, each with such a value.
    case named(FlowShape)
    case list(FlowShape)
    /// A word, or a mapping or list.
    case either(FlowShape, FlowShape)
    case steps
    case step
}

/// A key, what may stand behind it, and what it is for.
struct FlowKey: Sendable {
    let name: String
    let shape: FlowShape
    let isRequired: Bool
    /// What holds where nothing is written, as one would write it.
    let usual: String?
    /// What may stand behind it in a later version only, and what to do until then.
    let later: Later?
    /// One sentence.
    let summary: String

    init(
        _ name: String, _ shape: FlowShape, isRequired: Bool = false,
        default usual: String? = nil, later: Later? = nil, _ summary: String
    ) {
        self.name = name
        self.shape = shape
        self.isRequired = isRequired
        self.usual = usual
        self.later = later
        self.summary = summary
    }

    /// A word or key of a later version.
    struct Later: Sendable {
        let name: String
        let suggestion: String
    }
}

extension FlowKey {
    /// What it is for, as the end of a sentence.
    var aim: String {
        let words = summary.hasSuffix(".") ? summary.dropLast() : summary[...]
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}

/// The keys of one mapping.
struct FlowPart: Sendable {
    let keys: [FlowKey]
    /// Exactly one of these must be there.
    let oneOf: [String]

    init(_ keys: [FlowKey], oneOf: [String] = []) {
        self.keys = keys
        self.oneOf = oneOf
    }
}

/// One kind of step.
struct StepKey: Sendable {
    let name: String
    /// What stands behind it.
    let shape: FlowShape
    /// May stand alone: `- backup`.
    let isBare: Bool
    let summary: String

    init(_ name: String, _ shape: FlowShape, isBare: Bool = false, _ summary: String) {
        self.name = name
        self.shape = shape
        self.isBare = isBare
        self.summary = summary
    }
}

extension FlowShape {
    /// In words: "… must be a duration".
    var wish: String {
        switch self {
        case .text, .parameter: "text"
        case .name: "a name of a-z, 0-9, '-' and '.'"
        case .address: "an address that begins with http:// or https://"
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .decimal: "a number"
        case .flag: "true or false"
        case .duration: "a duration above 0"
        case .percentage: "a percentage"
        case .change: "a percentage, with a minus where less is worse"
        case .size: "a size"
        case .words(let words): words.count == 1 ? words[0] : "one of \(words.list)"
        case .statuses: "a status or a range of them"
        case .texts: "a list of texts"
        case .textMap: "a mapping of texts"
        case .nothing: "nothing"
        case .anything: "something"
        case .secret: "the place of a secret"
        case .part, .named: "a mapping"
        case .list, .steps: "a list"
        case .step: "a step"
        case .either(let word, let rest): "\(word.wish) or \(rest.wish)"
        }
    }

    /// How to write one.
    var example: String {
        switch self {
        case .text, .textMap, .anything, .parameter: "write a text there"
        case .name: "write the name as kubectl shows it"
        case .address: "write for example http://prometheus.istio-system:9090"
        case .whole(let range):
            range.upperBound == 100
                ? "write for example 50" : "write for example 3"
        case .decimal: "write for example 0.01"
        case .flag: "write true or false, without quotes"
        case .duration: "write for example 500ms, 30s, 5m or 1h30m"
        case .percentage: "write for example 20%"
        case .change: "write for example 20%, or -10% for a number that may fall so much"
        case .size: "write for example 512Mi or 2Gi"
        case .words(let words): "write \(words.list)"
        case .statuses: "write for example 200, 200-299 or 2xx"
        case .texts: "write for example [one, two]"
        case .nothing: "take away what stands behind it"
        case .secret: "write {env: NAME}, {file: PATH} or {command: [PROGRAM]}"
        case .part(let part): "keys here are: \(part.keys.map(\.name).joined(separator: ", "))"
        case .named: "write names, and behind each what it means"
        case .list: "write a list: one item a line, each after '- '"
        case .steps: "write one step a line, each after '- '"
        case .step: "write for example {weight: 25}"
        case .either(let word, _): word.example
        }
    }
}

extension [String] {
    /// `a, b or c`.
    var list: String {
        guard let last, count > 1 else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) or \(last)"
    }
}
