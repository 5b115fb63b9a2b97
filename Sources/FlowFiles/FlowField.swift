internal import JSONTree
internal import TestHooks
internal import YAML

/// One value of a flow file, and the way to it.
///
/// Its readings are nil for a value of another type: the shape check has said so already.
struct FlowField {
    let file: String
    let path: [YAMLStep]
    let node: YAMLNode
    /// The key or the item that leads to it.
    let opening: YAMLPlace

    init(file: String, document: YAMLNode) {
        self.init(file: file, path: [], node: document, opening: document.place)
    }

    private init(file: String, path: [YAMLStep], node: YAMLNode, opening: YAMLPlace) {
        self.file = file
        self.path = path
        self.node = node
        self.opening = opening
    }

    /// Where a person should look for what is wrong with it.
    var place: YAMLPlace { node.scalar == nil || node.isNull ? opening : node.place }

    /// Members in the order of the file; empty for what is no mapping.
    var members: [(name: String, field: FlowField)] {
        (node.members ?? []).map { member in
            (
                member.key,
                FlowField(
                    file: file, path: path + [.key(member.key)], node: member.value,
                    opening: member.place)
            )
        }
    }

    var items: [FlowField] {
        (node.items ?? []).enumerated().map { index, item in
            FlowField(
                file: file, path: path + [.index(index)], node: item, opening: item.place)
        }
    }

    subscript(key: String) -> FlowField? { members.first { $0.name == key }?.field }

    func at(_ keys: String...) -> FlowField? {
        var here: FlowField? = self
        for key in keys { here = here?[key] }
        return here
    }

    var names: [String] { members.map(\.name) }

    /// The last part of its path, for sentences.
    var name: String {
        switch path.last {
        case .key(let key): "\"\(key)\""
        case .index, nil: path.isEmpty ? "the file" : path.pathText
        }
    }

    /// Text, also where it looks like a number: as it was written.
    var text: String? {
        guard let scalar = node.scalar, scalar.value != .null else { return nil }
        return scalar.text
    }
    var whole: Int? { node.scalar?.value.whole }
    var decimal: Double? { node.scalar?.value.decimal }
    var flag: Bool? { node.scalar?.value.flag }
    var duration: Duration? { text.flatMap(DurationText.duration) }
    var share: Double? { text.flatMap(DurationText.share) }
    /// A share with its sign.
    var change: Double? {
        guard let text else { return nil }
        guard text.hasPrefix("-") || text.hasPrefix("+") else { return DurationText.share(text) }
        let share = DurationText.share(String(text.dropFirst()))
        return text.hasPrefix("-") ? share.map { -$0 } : share
    }
    var size: Int? { text.flatMap(SizeText.bytes) }
    var texts: [String]? {
        guard node.items != nil else { return nil }
        return items.compactMap(\.text)
    }

    /// What kind of value stands here, in words.
    var kind: String {
        switch node.content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar):
            switch scalar.value {
            case .null: "nothing"
            case .bool: "true or false"
            case .integer, .number: "a number"
            case .string, .array, .object: "text"
            }
        }
    }

    func error(
        _ code: FlowError.Code, _ what: String, do suggestion: String, hidesLine: Bool = false
    ) -> FlowError {
        FlowError(
            code, what, file: file, place: place, path: path.pathText, suggestion: suggestion,
            hidesLine: hidesLine)
    }

    /// As `error`, at the key that leads here.
    func keyError(_ code: FlowError.Code, _ what: String, do suggestion: String) -> FlowError {
        FlowError(
            code, what, file: file, place: opening, path: path.pathText, suggestion: suggestion)
    }
}
