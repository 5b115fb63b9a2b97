package import JSONTree

/// Line and column in a YAML text; both start at 1 and count characters.
package struct YAMLPlace: Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package var description: String { "\(line):\(column)" }
}

/// One value of a YAML document, and where it stands.
///
/// An alias is replaced by what it names: the copy stands where the alias stood, and what is
/// inside it where it was written.
package struct YAMLNode: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLMember])
    }

    package let content: Content
    package let place: YAMLPlace

    package init(_ content: Content, at place: YAMLPlace) {
        self.content = content
        self.place = place
    }
}

/// A value without parts: what it means, and how it was written.
package struct YAMLScalar: Hashable, Sendable {
    /// Null, a flag, a number or a string.
    package let value: JSONTree
    /// As written, without quotes: `1.10` where `value` is 1.1.
    package let text: String
    /// Written without quotes, so that its meaning came from its looks.
    package let isPlain: Bool

    package init(value: JSONTree, text: String, isPlain: Bool) {
        self.value = value
        self.text = text
        self.isPlain = isPlain
    }
}

/// A key of a mapping, where it stands, and what it stands for.
package struct YAMLMember: Hashable, Sendable {
    package let key: String
    package let place: YAMLPlace
    package let value: YAMLNode

    package init(key: String, place: YAMLPlace, value: YAMLNode) {
        self.key = key
        self.place = place
        self.value = value
    }
}

extension YAMLNode {
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }
    package var items: [YAMLNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }
    package var members: [YAMLMember]? {
        if case .mapping(let members) = content { members } else { nil }
    }
    package var isNull: Bool { scalar?.value == .null }

    /// The same value without its places.
    package var tree: JSONTree {
        switch content {
        case .scalar(let scalar): scalar.value
        case .sequence(let items): .array(items.map(\.tree))
        case .mapping(let members):
            .object(JSONObject(members.map { ($0.key, $0.value.tree) }))
        }
    }

    package func member(_ key: String) -> YAMLMember? { members?.first { $0.key == key } }

    package subscript(key: String) -> YAMLNode? { member(key)?.value }

    package subscript(step: YAMLStep) -> YAMLNode? {
        switch step {
        case .key(let key): self[key]
        case .index(let index):
            if let items, items.indices.contains(index) { items[index] } else { nil }
        }
    }

    /// Walks down a path: `flow.at("spec", "steps", 3, "weight")`.
    package func at(_ path: YAMLStep...) -> YAMLNode? { at(path) }

    package func at(_ path: some Sequence<YAMLStep>) -> YAMLNode? {
        var here: YAMLNode? = self
        for step in path { here = here?[step] }
        return here
    }

    /// Where a person should look for `path`: at the key that leads to it, or at the item; where
    /// the path ends early, at the deepest part of it that is there.
    package func place(of path: some Sequence<YAMLStep>) -> YAMLPlace {
        var here = self
        var found = place
        for step in path {
            guard let next = here[step] else { return found }
            if case .key(let key) = step, let member = here.member(key) {
                found = member.place
            } else {
                found = next.place
            }
            here = next
        }
        return found
    }
}
