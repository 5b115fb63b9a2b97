import JSONTree

/// Holds a value against a JSON Schema: the keywords that ours uses, and no others.
struct SchemaCheck {
    let root: JSONTree
    /// Keywords that nobody here knows: a schema with one is not checked, whatever is said of it.
    private(set) var unknown: Set<String> = []

    init(_ root: JSONTree) { self.root = root }

    mutating func faults(_ value: JSONTree, _ schema: JSONTree? = nil, at path: String = "$")
        -> [String]
    {
        let schema = schema ?? root
        var faults: [String] = []
        for member in schema.members ?? [:] {
            faults += self.faults(value, member.key, member.value, schema, path)
        }
        return faults
    }

    private mutating func faults(
        _ value: JSONTree, _ key: String, _ rule: JSONTree, _ schema: JSONTree, _ path: String
    ) -> [String] {
        switch key {
        case "$schema", "$defs", "title", "description", "default": return []
        case "$ref":
            let name = rule.text?.split(separator: "/").last.map(String.init) ?? ""
            guard let target = root.at("$defs", name) else { return ["\(path): no \(name)"] }
            return faults(value, target, at: path)
        case "type":
            let types = rule.items?.compactMap(\.text) ?? [rule.text ?? ""]
            return types.contains { Self.isOf($0, value) } ? [] : ["\(path): not \(types)"]
        case "enum": return rule.items?.contains(value) == true ? [] : ["\(path): not of the list"]
        case "pattern":
            guard let text = value.text else { return [] }
            guard let pattern = try? Regex(rule.text ?? "") else { return ["\(path): no pattern"] }
            return text.contains(pattern) ? [] : ["\(path): \(text) does not fit"]
        case "minimum":
            return (value.decimal ?? .infinity) >= (rule.decimal ?? 0)
                ? [] : ["\(path): too little"]
        case "maximum":
            return (value.decimal ?? 0) <= (rule.decimal ?? 0) ? [] : ["\(path): too much"]
        case "required":
            guard let members = value.members else { return [] }
            return (rule.items ?? []).compactMap(\.text).filter { members[$0] == nil }.map {
                "\(path): no \($0)"
            }
        case "properties":
            var found: [String] = []
            for member in value.members ?? [:] {
                guard let inner = rule[member.key] else { continue }
                found += faults(member.value, inner, at: "\(path).\(member.key)")
            }
            return found
        case "additionalProperties":
            let odd = (value.members ?? [:]).filter { schema["properties"]?[$0.key] == nil }
            if rule == .bool(false) { return odd.map { "\(path): unknown \($0.key)" } }
            return odd.reduce(into: []) {
                $0 += faults($1.value, rule, at: "\(path).\($1.key)")
            }
        case "items":
            return (value.items ?? []).enumerated().reduce(into: []) {
                $0 += faults($1.element, rule, at: "\(path)[\($1.offset)]")
            }
        case "anyOf", "oneOf":
            var each: [[String]] = []
            for rule in rule.items ?? [] { each.append(faults(value, rule, at: path)) }
            let fitting = each.count { $0.isEmpty }
            if fitting == 1 || fitting > 1 && key == "anyOf" { return [] }
            // What comes closest says most.
            return fitting > 1
                ? ["\(path): \(fitting) of oneOf"] : each.max { $0.count > $1.count } ?? []
        case "not": return faults(value, rule, at: path).isEmpty ? ["\(path): fits not"] : []
        default:
            unknown.insert(key)
            return []
        }
    }

    private static func isOf(_ type: String, _ value: JSONTree) -> Bool {
        switch type {
        case "null": value == .null
        case "boolean": value.flag != nil
        case "integer": value.whole != nil
        case "number": value.decimal != nil
        case "string": value.text != nil
        case "array": value.items != nil
        case "object": value.members != nil
        default: false
        }
    }
}
