internal import JSONTree
internal import Manifests

/// Which objects are meant: by labels, and by the few fields that the API server knows.
struct LabSelector: Sendable {
    private enum Condition: Sendable {
        case equals(String, String)
        case differs(String, String)
        case isIn(String, [String])
        case isNotIn(String, [String])
        case exists(String)
        case isMissing(String)
    }

    private var labels: [Condition] = []
    private var fields: [Condition] = []

    var isEverything: Bool { labels.isEmpty && fields.isEmpty }

    /// Reads the two query values of a list or watch.
    init(labels: String?, fields: String?) throws(LabRefusal) {
        self.labels = try Self.known(labels)
        self.fields = try Self.known(fields)
        for condition in self.fields {
            switch condition {
            case .equals, .differs: continue
            case .isIn, .isNotIn, .exists, .isMissing:
                throw .badRequest("invalid field selector: \(fields ?? "")")
            }
        }
    }

    private static func known(_ text: String?) throws(LabRefusal) -> [Condition] {
        guard let text, !text.isEmpty else { return [] }
        return try readings.meaning(of: text, or: conditions)
    }

    private static let readings = Readings<[Condition]>()

    /// Reads a selector object: `matchLabels` and `matchExpressions`.
    init(_ tree: JSONTree?) {
        for member in tree?["matchLabels"]?.members ?? [:] {
            labels.append(.equals(member.key, member.value.text ?? ""))
        }
        for expression in tree?["matchExpressions"]?.items ?? [] {
            let key = expression["key"]?.text ?? ""
            let values = (expression["values"]?.items ?? []).compactMap(\.text)
            switch expression["operator"]?.text {
            case "In": labels.append(.isIn(key, values))
            case "NotIn": labels.append(.isNotIn(key, values))
            case "Exists": labels.append(.exists(key))
            case "DoesNotExist": labels.append(.isMissing(key))
            default: labels.append(.isIn(key, []))
            }
        }
    }

    /// Labels that must all be equal, as a Service's selector has them.
    init(equal tree: JSONTree?) {
        for member in tree?.members ?? [:] {
            labels.append(.equals(member.key, member.value.text ?? ""))
        }
    }

    func matches(_ object: KubernetesObject) -> Bool {
        if isEverything { return true }
        let worn = labels.isEmpty ? nil : object.tree.at("metadata", "labels")
        return labels.allSatisfy { Self.holds($0) { worn?[$0]?.text } }
            && fields.allSatisfy { condition in
                Self.holds(condition) {
                    object.tree.at($0.split(separator: ".").map(String.init))?.text ?? ""
                }
            }
    }

    /// Whether labels that an object is going to have would match.
    func matches(labels worn: JSONTree?) -> Bool {
        labels.allSatisfy { Self.holds($0) { worn?[$0]?.text } }
    }

    private static func holds(_ condition: Condition, _ value: (String) -> String?) -> Bool {
        switch condition {
        case .equals(let key, let wanted): value(key) == wanted
        case .differs(let key, let unwanted): value(key) != unwanted
        case .isIn(let key, let wanted): value(key).map(wanted.contains) ?? false
        case .isNotIn(let key, let unwanted): value(key).map { !unwanted.contains($0) } ?? true
        case .exists(let key): value(key) != nil
        case .isMissing(let key): value(key) == nil
        }
    }

    private static func conditions(_ text: String) throws(LabRefusal) -> [Condition] {
        var found: [Condition] = []
        for part in split(text) {
            found.append(try condition(part.trimmed))
        }
        return found
    }

    /// Splits at commas outside of parentheses.
    private static func split(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var start = text.startIndex
        for index in text.utf8.indices {
            switch text.utf8[index] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                parts.append(text[start..<index])
                start = text.utf8.index(after: index)
            default: break
            }
        }
        parts.append(text[start...])
        return parts.filter { !$0.trimmed.isEmpty }
    }

    private static func condition(_ text: Substring) throws(LabRefusal) -> Condition {
        if let open = text.utf8.firstIndex(of: UInt8(ascii: "(")), text.hasSuffix(")") {
            let words = text[..<open].split(separator: " ")
            let values = text[text.index(after: open)...].dropLast().split(separator: ",")
                .map { String($0.trimmed) }
            switch (words.count, words.last) {
            case (2, "in"): return .isIn(String(words[0]), values)
            case (2, "notin"): return .isNotIn(String(words[0]), values)
            default: throw .badRequest("unable to parse requirement: \(text)")
            }
        }
        if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
            var key = text[..<equals]
            var value = text[text.utf8.index(after: equals)...]
            let differs = key.utf8.last == UInt8(ascii: "!")
            if differs {
                key = key.dropLast()
            } else if value.utf8.first == UInt8(ascii: "=") {
                value.removeFirst()
            }
            let name = String(key.trimmed)
            let text = String(value.trimmed)
            return differs ? .differs(name, text) : .equals(name, text)
        }
        if text.hasPrefix("!") { return .isMissing(String(text.dropFirst().trimmed)) }
        guard !text.contains(" ") else {
            throw .badRequest("unable to parse requirement: \(text)")
        }
        return .exists(String(text))
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = self
        while rest.utf8.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
        while rest.utf8.last == UInt8(ascii: " ") { rest = rest.dropLast() }
        return rest
    }
}
