internal import JSONTree

/// Makes nodes of events: resolves aliases and words, and keeps to the limits.
struct YAMLComposer: ~Copyable {
    private var parser: YAMLParser
    /// The anchors of this document; looked up, never iterated.
    private var anchors: [String: Anchored?] = [:]
    private var nodes = 0

    /// What an anchor names, and what an alias of it costs.
    private struct Anchored {
        let node: YAMLNode
        let nodes: Int
        let height: Int
    }

    /// A node and how many collections stand inside each other in it, itself included.
    private struct Composed {
        let node: YAMLNode
        let height: Int
    }

    init(_ bytes: [UInt8]) { parser = YAMLParser(bytes) }

    mutating func documents() throws(YAMLFault) -> [YAMLNode] {
        var documents: [YAMLNode] = []
        while true {
            let event = try parser.next()
            switch event.kind {
            case .streamEnd: return documents
            case .documentStart:
                anchors = [:]
                let first = try parser.next()
                let isEmpty =
                    if case .scalar("", isPlain: true, let properties) = first.kind {
                        properties.tag == nil && properties.anchor == nil
                    } else {
                        false
                    }
                let document = try node(first, depth: 0).node
                if !isEmpty { documents.append(document) }
            case .streamStart, .documentEnd, .alias, .scalar, .sequenceStart, .sequenceEnd,
                .mappingStart, .mappingEnd:
                continue
            }
        }
    }

    private mutating func node(
        _ event: YAMLEvent, depth: Int
    ) throws(YAMLFault) -> Composed {
        try count(1, at: event.place)
        switch event.kind {
        case .alias(let name): return try alias(name, at: event.place, depth: depth)
        case .scalar(let text, let isPlain, let properties):
            let scalar = try YAMLScalar(
                text, isPlain: isPlain, tag: properties.tag, at: event.place)
            let node = YAMLNode(.scalar(scalar), at: event.place)
            if let name = properties.anchor {
                anchors[name] = .some(Anchored(node: node, nodes: 1, height: 0))
            }
            return Composed(node: node, height: 0)
        case .sequenceStart(let properties):
            return try collection(properties, "seq", event.place, depth) {
                (composer, height) throws(YAMLFault) in
                try composer.sequence(depth: depth, &height)
            }
        case .mappingStart(let properties):
            return try collection(properties, "map", event.place, depth) {
                (composer, height) throws(YAMLFault) in
                try composer.mapping(depth: depth, &height)
            }
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw YAMLFault(.syntax("a value is missing"), at: event.place)
        }
    }

    private mutating func collection(
        _ properties: YAMLProperties, _ kind: String, _ place: YAMLPlace, _ depth: Int,
        _ read: (inout YAMLComposer, _ height: inout Int) throws(YAMLFault) -> YAMLNode.Content
    ) throws(YAMLFault) -> Composed {
        guard depth < YAMLReader.depthLimit else {
            throw YAMLFault(.tooDeep(limit: YAMLReader.depthLimit), at: place)
        }
        if let tag = properties.tag, tag != "!", tag != YAMLScalar.tagPrefix + kind {
            throw YAMLFault(.unknownTag(YAMLScalar.short(tag)), at: place)
        }
        let before = nodes
        if let name = properties.anchor { anchors[name] = .some(nil) }
        var height = 0
        let node = YAMLNode(try read(&self, &height), at: place)
        if let name = properties.anchor {
            anchors[name] = .some(
                Anchored(node: node, nodes: nodes - before + 1, height: height + 1))
        }
        return Composed(node: node, height: height + 1)
    }

    private mutating func sequence(
        depth: Int, _ height: inout Int
    ) throws(YAMLFault) -> YAMLNode.Content {
        var items: [YAMLNode] = []
        while true {
            let event = try parser.next()
            if case .sequenceEnd = event.kind { return .sequence(items) }
            let item = try node(event, depth: depth + 1)
            height = max(height, item.height)
            items.append(item.node)
        }
    }

    private mutating func mapping(
        depth: Int, _ height: inout Int
    ) throws(YAMLFault) -> YAMLNode.Content {
        var members: [YAMLMember] = []
        var seen: Set<String> = []
        while true {
            let event = try parser.next()
            if case .mappingEnd = event.kind { return .mapping(members) }
            let key = try key(event)
            guard seen.insert(key).inserted else {
                throw YAMLFault(.duplicateKey(key), at: event.place)
            }
            let value = try node(try parser.next(), depth: depth + 1)
            height = max(height, value.height)
            members.append(YAMLMember(key: key, place: event.place, value: value.node))
        }
    }

    private mutating func key(_ event: YAMLEvent) throws(YAMLFault) -> String {
        switch event.kind {
        case .scalar("<<", isPlain: true, let properties) where properties.tag == nil:
            throw YAMLFault(.mergeKey, at: event.place)
        case .scalar, .alias:
            guard let text = try node(event, depth: 0).node.scalar?.value.text else {
                throw YAMLFault(.keyIsNotText, at: event.place)
            }
            return text
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceStart, .sequenceEnd,
            .mappingStart, .mappingEnd:
            throw YAMLFault(.keyIsNotText, at: event.place)
        }
    }

    private mutating func alias(
        _ name: String, at place: YAMLPlace, depth: Int
    ) throws(YAMLFault) -> Composed {
        guard let entry = anchors[name] else { throw YAMLFault(.unknownAlias(name), at: place) }
        guard let named = entry else { throw YAMLFault(.endlessAlias(name), at: place) }
        try count(named.nodes - 1, at: place)
        guard depth + named.height <= YAMLReader.depthLimit else {
            throw YAMLFault(.tooDeep(limit: YAMLReader.depthLimit), at: place)
        }
        return Composed(node: YAMLNode(named.node.content, at: place), height: named.height)
    }

    private mutating func count(_ more: Int, at place: YAMLPlace) throws(YAMLFault) {
        nodes += more
        guard nodes <= YAMLReader.nodeLimit else {
            throw YAMLFault(.tooManyNodes(limit: YAMLReader.nodeLimit), at: place)
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
        default: throw YAMLFault(.unknownTag(tag), at: place)
        }
    }

    private static func meaning(of text: String, at place: YAMLPlace) throws(YAMLFault) -> JSONTree
    {
        switch YAMLSchema.meaning(of: text) {
        case .value(let value): return value
        case .unusable: throw YAMLFault(.unusableNumber(text), at: place)
        }
    }
}
