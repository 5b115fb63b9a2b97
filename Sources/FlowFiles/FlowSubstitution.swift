internal import JSONTree
internal import MetricsGate
internal import YAML

/// Puts parameters where a flow says `${name}`; `$${` stands for `${`.
///
/// Strict: a name that nobody declared is a fault, so that no `${…}` gets anywhere unnoticed.
struct FlowSubstitution {
    struct Value {
        let name: String
        /// nil: declared, but not given.
        let scalar: YAMLScalar?
        /// Goes on in its place once that was told.
        let standIn: YAMLScalar?
    }

    private(set) var faults: [FlowError] = []
    /// Names that something asked for.
    private(set) var used: Set<String> = []
    private let file: String
    private let values: [Value]
    /// Who should have given the values of a template; nil for a flow's own.
    private let user: FlowField?

    init(file: String, values: [Value], for user: FlowField? = nil) {
        self.file = file
        self.values = values
        self.user = user
    }

    /// The whole file, filled; the parameters themselves and the names of things stay.
    mutating func fill(_ document: YAMLNode) -> YAMLNode { fill(document, [], document.place) }

    private mutating func fill(_ node: YAMLNode, _ path: [YAMLStep], _ opening: YAMLPlace)
        -> YAMLNode
    {
        if path == ["spec", "parameters"] { return node }
        switch node.content {
        case .scalar(let scalar):
            guard scalar.text.utf8.contains(0x24) else { return node }
            return YAMLNode(.scalar(filled(scalar, path, node.place)), at: node.place)
        case .sequence(let items):
            var filled: [YAMLNode] = []
            for (index, item) in items.enumerated() {
                filled.append(fill(item, path + [.index(index)], item.place))
            }
            return YAMLNode(.sequence(filled), at: node.place)
        case .mapping(let members):
            var filled: [YAMLMember] = []
            for member in members {
                let value = fill(member.value, path + [.key(member.key)], member.place)
                filled.append(YAMLMember(key: member.key, place: member.place, value: value))
            }
            return YAMLNode(.mapping(filled), at: node.place)
        }
    }

    private mutating func filled(_ scalar: YAMLScalar, _ path: [YAMLStep], _ place: YAMLPlace)
        -> YAMLScalar
    {
        let parts = Self.parts(of: scalar.text)
        for case .placeholder(let name) in parts { used.insert(name) }
        if parts.count == 1, case .placeholder(let name) = parts[0],
            let value = values.first(where: { $0.name == name })
        {
            if let scalar = value.scalar { return scalar }
            if let standIn = value.standIn {
                missing(name, path, place)
                return standIn
            }
        }
        var text = ""
        for part in parts {
            switch part {
            case .words(let words): text += words
            case .open:
                let problem = "\"${\" without \"}\""
                faults.append(fault(problem, "close it, or write $${ for a plain ${", path, place))
            case .placeholder(let name):
                if let scalar = values.first(where: { $0.name == name })?.scalar {
                    text += scalar.text
                } else if Self.isQuery(path), GateSpec.placeholders.contains(name) {
                    text += "${\(name)}"
                } else {
                    text += "${\(name)}"
                    missing(name, path, place)
                }
            }
        }
        return YAMLScalar(value: .string(text), text: text, isPlain: false)
    }

    private mutating func missing(_ name: String, _ path: [YAMLStep], _ place: YAMLPlace) {
        if values.contains(where: { $0.name == name }) {
            let remedy = "give it under spec.parameters, or with --set \(name)=…"
            let what = "the template needs parameter \"\(name)\""
            let fault =
                user?.error(.parameter, what, do: remedy)
                ?? fault("parameter \"\(name)\" has no value", remedy, path, place)
            // Of a template's many places one is enough: what is told is where it is filled.
            if user == nil || !faults.contains(fault) { faults.append(fault) }
            return
        }
        let known = values.map(\.name) + (Self.isQuery(path) ? GateSpec.placeholders : [])
        faults.append(
            fault(
                "unknown parameter \"\(ShapeCheck.short(name))\"",
                NearestName.suggestion(
                    for: name, among: known,
                    none: "declare it under spec.parameters, or write $${ for a plain ${"),
                path, place))
    }

    private func fault(
        _ what: String, _ suggestion: String, _ path: [YAMLStep], _ place: YAMLPlace
    ) -> FlowError {
        FlowError(
            .parameter, what, file: file, place: place, path: path.pathText,
            suggestion: suggestion)
    }

    /// Queries have placeholders of their own.
    private static func isQuery(_ path: [YAMLStep]) -> Bool {
        guard path.count >= 4, path[1] == "gates" else { return false }
        return path.count == 5 && path[3] == "prometheus"
            || path.count == 7 && path[3] == "distributions" && path[6] == "query"
            || path.count == 4 && (path[3] == "query" || path[3] == "samplesQuery")
    }

    private enum Part {
        case words(String)
        case placeholder(String)
        /// A `${` that nothing closes.
        case open
    }

    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var words = ""
        var rest = text[...]
        while let first = rest.first {
            if rest.hasPrefix("$${") {
                words += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else { return parts + [.open] }
                if !words.isEmpty { parts.append(.words(words)) }
                words = ""
                parts.append(.placeholder(String(rest.dropFirst(2)[..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                words.append(first)
                rest = rest.dropFirst()
            }
        }
        return words.isEmpty ? parts : parts + [.words(words)]
    }
}
