package import JSONTree

/// One place at which two trees differ.
package struct TreeDifference: Hashable, Sendable, CustomStringConvertible {
    /// Where: `spec.template.spec.containers[0].image`.
    package let path: String
    /// nil: there was nothing.
    package let before: JSONTree?
    /// nil: there is nothing any more.
    package let after: JSONTree?

    /// Everything that differs, in the order in which it stands; the order of keys does not count.
    package static func between(
        _ before: JSONTree?, _ after: JSONTree?, at path: String = ""
    ) -> [TreeDifference] {
        if before == after { return [] }
        switch (before, after) {
        case (.object(let old), .object(let new)):
            let keys = old.keys + new.keys.filter { old[$0] == nil }
            return keys.flatMap { key in
                between(old[key], new[key], at: path.isEmpty ? key : "\(path).\(key)")
            }
        case (.array(let old), .array(let new)):
            return (0..<max(old.count, new.count)).flatMap { index in
                between(
                    old.dropFirst(index).first, new.dropFirst(index).first,
                    at: "\(path)[\(index)]")
            }
        case (let old?, let new?) where old.decimal != nil && old.decimal == new.decimal:
            return []  // 1 and 1.0
        default:
            return [TreeDifference(path: path, before: before, after: after)]
        }
    }

    package var description: String {
        switch (before.map(Self.shown), after.map(Self.shown)) {
        case (let before?, let after?): "\(path) was \(before), is \(after)"
        case (let before?, nil): "\(path) was \(before), is gone"
        case (nil, let after?): "\(path) is new: \(after)"
        case (nil, nil): path
        }
    }

    private static func shown(_ tree: JSONTree) -> String {
        switch tree {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .integer(let whole): "\(whole)"
        case .number(let number): "\(number)"
        case .string(let text): text.count > 80 ? "\"\(text.prefix(80))…\"" : "\"\(text)\""
        case .array(let items): "a list of \(items.count)"
        case .object(let members): "{\(members.keys.joined(separator: ", "))}"
        }
    }
}

extension JSONTree {
    /// Whether `larger` says all that this tree says, and perhaps more: a manifest and the object
    /// that the API server made of it, which carries defaults besides.
    ///
    /// Lists must be as long. What a manifest leaves empty may be missing in the object, and its
    /// null says nothing.
    package func isWithin(_ larger: JSONTree?) -> Bool {
        switch (self, larger) {
        case (.object(let mine), .object(let theirs)):
            mine.allSatisfy { $0.value.isWithin(theirs[$0.key]) }
        case (.array(let mine), .array(let theirs)):
            mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.isWithin($1) }
        case (.null, _): true
        case (_, nil): isEmpty
        default: self == larger || (decimal != nil && decimal == larger?.decimal)
        }
    }

    private var isEmpty: Bool {
        switch self {
        case .null: true
        case .array(let items): items.isEmpty
        case .object(let members): members.allSatisfy { $0.value.isEmpty }
        case .bool, .integer, .number, .string: false
        }
    }
}
