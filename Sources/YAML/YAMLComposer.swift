internal import JSONTree

/// Makes nodes of events: resolves aliases and words, and keeps to the limits.
///
/// Works with a stack of its own instead of calling itself, so that a deep text costs memory and
/// not the thread's stack.
struct YAMLComposer: ~Copyable {
    private var parser: YAMLParser
    /// The documents that are whole.
    private var documents: [YAMLNode] = []
    /// The collections that are open, outermost first.
    private var open: [OpenCollection] = []
    /// The anchors of this document; nil for one whose collection is still open.
    ///
    /// Never iterated.
    private var anchors: [String: Anchored?] = [:]
    private var nodes = 0

    init(_ bytes: [UInt8]) { parser = YAMLParser(bytes) }

    /// Reads to the end.
    consuming func compose() throws(YAMLFault) -> [YAMLNode] {
        while true {
            let event = try parser.next()
            switch event.kind {
            case .streamEnd: return documents
            case .documentStart: anchors = [:]
            case .streamStart, .documentEnd: continue
            case .alias(let name): try put(try alias(name, at: event.place), at: event.place)
            case .scalar(let text, let isPlain, let properties):
                try scalar(text, isPlain, properties, at: event.place)
            case .sequenceStart(let properties):
                try begin(.sequence, properties, at: event.place)
            case .mappingStart(let properties):
                try begin(.mapping, properties, at: event.place)
            case .sequenceEnd, .mappingEnd: try end()
            }
        }
    }

    private mutating func scalar(
        _ text: String, _ isPlain: Bool, _ properties: YAMLProperties, at place: YAMLPlace
    ) throws(YAMLFault) {
        let isBare = isPlain && properties.tag == nil
        if isBare, text == "<<", open.last?.wantsKey == true {
            throw YAMLFault(.mergeKey, at: place)
        }
        try count(1, at: place)
        let scalar = try YAMLScalar(text, isPlain: isPlain, tag: properties.tag, at: place)
        // What stands between two `---` with nothing but comments is no document.
        if isBare, text.isEmpty, properties.anchor == nil, open.isEmpty { return }
        let whole = Anchored(node: YAMLNode(.scalar(scalar), at: place), nodes: 1, height: 0)
        if let name = properties.anchor { anchors[name] = .some(whole) }
        try put(whole, at: place)
    }

    private mutating func begin(
        _ kind: OpenCollection.Kind, _ properties: YAMLProperties, at place: YAMLPlace
    ) throws(YAMLFault) {
        if open.last?.wantsKey == true { throw YAMLFault(.keyIsNotText, at: place) }
        guard open.count < YAMLReader.depthLimit else {
            throw YAMLFault(.tooDeep(limit: YAMLReader.depthLimit), at: place)
        }
        if let tag = properties.tag.map(YAMLScalar.short), tag != "!", tag != kind.rawValue {
            throw YAMLFault(.unknownTag, at: place)
        }
        if let name = properties.anchor { anchors[name] = .some(nil) }
        let before = nodes
        try count(1, at: place)
        open.append(
            OpenCollection(kind, at: place, anchor: properties.anchor, nodesBefore: before))
    }

    private mutating func end() throws(YAMLFault) {
        guard let closed = open.popLast() else { return }
        let whole = Anchored(
            node: closed.node, nodes: nodes - closed.nodesBefore, height: closed.height + 1)
        if let name = closed.anchor { anchors[name] = .some(whole) }
        try put(whole, at: closed.place)
    }

    /// Gives a value to the collection that is open, as an item, key or member; else it is a
    /// document.
    private mutating func put(_ whole: Anchored, at place: YAMLPlace) throws(YAMLFault) {
        if open.isEmpty {
            documents.append(whole.node)
        } else {
            try open[open.count - 1].take(whole, at: place)
        }
    }

    private mutating func alias(
        _ name: String, at place: YAMLPlace
    ) throws(YAMLFault) -> Anchored {
        guard let entry = anchors[name] else { throw YAMLFault(.unknownAlias, at: place) }
        guard let named = entry else { throw YAMLFault(.endlessAlias, at: place) }
        try count(named.nodes, at: place)
        guard open.count + named.height <= YAMLReader.depthLimit else {
            throw YAMLFault(.tooDeep(limit: YAMLReader.depthLimit), at: place)
        }
        return Anchored(
            node: YAMLNode(named.node.content, at: place), nodes: named.nodes,
            height: named.height)
    }

    private mutating func count(_ more: Int, at place: YAMLPlace) throws(YAMLFault) {
        nodes += more
        guard nodes <= YAMLReader.nodeLimit else {
            throw YAMLFault(.tooManyNodes(limit: YAMLReader.nodeLimit), at: place)
        }
    }
}

/// A value that is whole, and what an alias of it costs.
private struct Anchored {
    let node: YAMLNode
    let nodes: Int
    /// How many collections stand inside each other in it, itself included.
    let height: Int
}

/// A sequence or mapping whose end has not been read.
private struct OpenCollection {
    enum Kind: String {
        case sequence = "!!seq"
        case mapping = "!!map"
    }

    let kind: Kind
    let place: YAMLPlace
    let anchor: String?
    let nodesBefore: Int
    /// Of the highest value in it.
    private(set) var height = 0
    private var items: [YAMLNode] = []
    private var members: [YAMLMember] = []
    private var seen: Set<String> = []
    /// The key whose value comes next.
    private var key: (text: String, place: YAMLPlace)?

    init(_ kind: Kind, at place: YAMLPlace, anchor: String?, nodesBefore: Int) {
        self.kind = kind
        self.place = place
        self.anchor = anchor
        self.nodesBefore = nodesBefore
    }

    var wantsKey: Bool { kind == .mapping && key == nil }

    var node: YAMLNode {
        YAMLNode(kind == .sequence ? .sequence(items) : .mapping(members), at: place)
    }

    mutating func take(_ whole: Anchored, at place: YAMLPlace) throws(YAMLFault) {
        height = max(height, whole.height)
        if kind == .sequence {
            items.append(whole.node)
        } else if let key {
            members.append(YAMLMember(key: key.text, place: key.place, value: whole.node))
            self.key = nil
        } else {
            guard let text = whole.node.scalar?.value.text else {
                throw YAMLFault(.keyIsNotText, at: place)
            }
            guard seen.insert(text).inserted else {
                throw YAMLFault(.duplicateKey(text), at: place)
            }
            key = (text, place)
        }
    }
}

extension YAMLScalar {
    fileprivate static let tagPrefix = "tag:yaml.org,2002:"

    /// `!!str` for `tag:yaml.org,2002:str`: as people write it.
    fileprivate static func short(_ tag: String) -> String {
        tag.hasPrefix(tagPrefix) ? "!!" + tag.dropFirst(tagPrefix.count) : tag
    }

    /// Gives a scalar its meaning: by its tag, by its quotes, or by its looks.
    fileprivate init(
        _ text: String, isPlain: Bool, tag: String?, at place: YAMLPlace
    ) throws(YAMLFault) {
        let value: JSONTree
        switch (tag.map(Self.short), isPlain) {
        case (nil, false), ("!", _), ("!!str", _): value = .string(text)
        case (nil, true): value = try Self.meaning(of: text, at: place)
        case (let tag?, _): value = try Self.value(of: text, as: tag, at: place)
        }
        self.init(value: value, text: text, isPlain: isPlain)
    }

    private static func value(
        of text: String, as tag: String, at place: YAMLPlace
    ) throws(YAMLFault) -> JSONTree {
        let value = try meaning(of: text, at: place)
        switch (tag, value) {
        case ("!!null", .null), ("!!bool", .bool), ("!!int", .integer), ("!!float", .number):
            return value
        case ("!!float", .integer(let whole)): return .number(Double(whole))
        case ("!!null", _), ("!!bool", _), ("!!int", _), ("!!float", _):
            throw YAMLFault(.tagDoesNotFit(tag), at: place)
        default: throw YAMLFault(.unknownTag, at: place)
        }
    }

    private static func meaning(of text: String, at place: YAMLPlace) throws(YAMLFault) -> JSONTree
    {
        switch YAMLSchema.meaning(of: text) {
        case .value(let value): return value
        case .unusable: throw YAMLFault(.unusableNumber, at: place)
        }
    }
}
