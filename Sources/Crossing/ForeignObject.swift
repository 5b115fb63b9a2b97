internal import JSONTree
internal import YAML

/// One resource in one of the files.
struct ForeignObject {
    let file: String
    let node: YAMLNode

    var kind: String { node["kind"]?.scalar?.text ?? "" }
    var name: String { node.at("metadata", "name")?.scalar?.text ?? "" }
    var namespace: String? { node.at("metadata", "namespace")?.scalar?.text }
    /// `argoproj.io` of `argoproj.io/v1alpha1`.
    var group: String {
        let version = node["apiVersion"]?.scalar?.text ?? ""
        return version.contains("/") ? String(version.prefix { $0 != "/" }) : ""
    }
    var title: String { name.isEmpty ? kind : "\(kind) \(name)" }

    /// Whether a flow can be made of it.
    var isRelease: Bool {
        kind == "Rollout" && group == "argoproj.io" || kind == "Canary" && group == "flagger.app"
    }

    /// All resources of a file; what stands in a List is taken out of it.
    static func all(in file: ForeignFile) throws(CrossingError) -> [ForeignObject] {
        let documents: [YAMLNode]
        do throws(YAMLError) {
            documents = try YAMLReader.documents(of: file.bytes, file: file.name)
        } catch {
            throw CrossingError(error, file: file.name)
        }
        var objects: [ForeignObject] = []
        for document in documents where document.members != nil {
            let kind = document["kind"]?.scalar?.text ?? ""
            let nodes =
                kind.hasSuffix("List") && document["items"] != nil
                ? document["items"]?.items ?? [] : [document]
            objects += nodes.map { ForeignObject(file: file.name, node: $0) }
        }
        return objects
    }
}

/// One value of a resource, and the way to it.
struct ForeignField {
    /// Which of the objects.
    let object: Int
    let path: [YAMLStep]
    let node: YAMLNode
    /// The key or the item that leads to it.
    let place: YAMLPlace

    /// The value behind a key; nil where there is none, or nothing behind it.
    subscript(key: String) -> ForeignField? { members.first { $0.name == key }?.field }

    func at(_ keys: String...) -> ForeignField? {
        var here: ForeignField? = self
        for key in keys { here = here?[key] }
        return here
    }

    /// Members that have a value, in the order of the file.
    var members: [(name: String, field: ForeignField)] {
        (node.members ?? []).filter { !$0.value.isNull }.map { member in
            (
                member.key,
                ForeignField(
                    object: object, path: path + [.key(member.key)], node: member.value,
                    place: member.place)
            )
        }
    }

    var items: [ForeignField] {
        (node.items ?? []).enumerated().map { index, item in
            ForeignField(
                object: object, path: path + [.index(index)], node: item, place: item.place)
        }
    }

    /// As written, whether it looks like a number or not.
    var text: String? { node.isNull ? nil : node.scalar?.text }
    var whole: Int? { node.scalar?.value.whole ?? text.flatMap { Int($0) } }
    var decimal: Double? { node.scalar?.value.decimal ?? text.flatMap { Double($0) } }
    var flag: Bool? { node.scalar?.value.flag ?? text.flatMap { Bool($0) } }
    /// `5m`, or whole seconds.
    var milliseconds: Int? { text.flatMap(TimeSpan.milliseconds) }
    var tree: JSONTree { node.tree }
    var texts: [String] { items.compactMap(\.text) }
    /// Nothing is in it.
    var isEmpty: Bool { node.members?.isEmpty ?? node.items?.isEmpty ?? false }
}

/// Durations as other tools and as flows write them.
enum TimeSpan {
    private static let units: [(name: String, milliseconds: Double)] = [
        ("ms", 1), ("h", 3_600_000), ("min", 60_000), ("m", 60_000), ("s", 1000),
    ]

    /// `1h30m`, `1.5h`, `90s`, `10` (seconds); nil for what is none, or longer than three years.
    static func milliseconds(_ text: String) -> Int? {
        if let seconds = Int(text) { return 0...100_000_000 ~= seconds ? seconds * 1000 : nil }
        var rest = text[...]
        var sum = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let count = Double(digits), letters.count > 0,
                let unit = units.first(where: { $0.name == letters })
            else { return nil }
            sum += count * unit.milliseconds
        }
        return sum <= 100_000_000_000 ? Int(sum.rounded()) : nil
    }

    /// So many such stretches, of at least one and at most three years.
    static func times(_ milliseconds: Int, _ count: Int) -> Int {
        let whole = milliseconds.multipliedReportingOverflow(by: max(1, count))
        return whole.overflow ? 100_000_000_000 : min(whole.partialValue, 100_000_000_000)
    }

    /// So many seconds, of at least one and at most three years.
    static func text(seconds: Int) -> String { text(min(max(1, seconds), 100_000_000) * 1000) }

    /// As a flow writes it: `1h30m`.
    static func text(_ milliseconds: Int) -> String {
        var rest = milliseconds
        var text = ""
        for (unit, length) in [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] {
            if rest >= length { text += "\(rest / length)\(unit)" }
            rest %= length
        }
        return text.isEmpty ? "0s" : text
    }
}
