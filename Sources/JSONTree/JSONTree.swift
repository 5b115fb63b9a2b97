// JSONTree — JSON as a value, with a strict reader and a quick writer of its own.
//
// Read in this order:
//   JSONTree      one JSON value, and how to walk and change it
//   JSONTree+Sameness    which trees are equal
//   JSONObject    members in the order in which they were written
//   JSONPath      the way to values inside a tree
//   JSONReader    bytes -> tree
//   JSONError     what is wrong with the bytes, in which line and column
//   JSONWriter    tree -> bytes, in the given or in canonical order
//
// Imports nothing but the standard library.

/// One JSON value; integers stay exact and objects keep the order of their keys.
package enum JSONTree: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object(JSONObject)
}

extension JSONTree {
    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var whole: Int? { if case .integer(let whole) = self { whole } else { nil } }
    package var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    package var items: [JSONTree]? { if case .array(let items) = self { items } else { nil } }
    package var members: JSONObject? {
        if case .object(let members) = self { members } else { nil }
    }

    /// Any number, whole or not.
    package var decimal: Double? {
        switch self {
        case .integer(let whole): Double(whole)
        case .number(let number): number
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// The member of an object; nil where there is none or this is no object.
    ///
    /// Setting makes an object of whatever stood here; setting nil takes the member away.
    package subscript(key: String) -> JSONTree? {
        get {
            guard case .object(let members) = self, let place = members.place(of: key) else {
                return nil
            }
            return members.ordered[place].value
        }
        set { set(newValue, along: [key]) }
    }

    package func at(_ key: String) -> JSONTree? { self[key] }

    /// Walks down a path of keys; two steps and three, which is most of what is walked, need no list.
    package func at(_ first: String, _ second: String) -> JSONTree? {
        guard case .object(let members) = self, let place = members.place(of: first),
            case .object(let below) = members.ordered[place].value
        else { return nil }
        return below[second]
    }

    package func at(_ first: String, _ second: String, _ third: String) -> JSONTree? {
        guard case .object(let members) = self, let place = members.place(of: first) else {
            return nil
        }
        return members.ordered[place].value.at(second, third)
    }

    package func at(
        _ first: String, _ second: String, _ third: String, _ fourth: String, _ rest: String...
    ) -> JSONTree? {
        at(first, second, third)?[fourth]?.at(rest)
    }

    package func at(_ path: [String]) -> JSONTree? { at(path[...]) }

    package func at(_ path: ArraySlice<String>) -> JSONTree? {
        var here: JSONTree? = self
        for key in path { here = here?[key] }
        return here
    }

    /// Sets (or, with nil, takes away) what stands at a path; makes the objects on the way.
    package mutating func set(_ value: JSONTree?, at path: String...) {
        set(value, along: path[...])
    }

    package mutating func set(_ value: JSONTree?, along path: ArraySlice<String>) {
        guard !path.isEmpty else {
            self = value ?? .null
            return
        }
        // Nothing to take away: what others share with us need not be copied.
        if value == nil, at(path) == nil { return }
        guard case .object(var members) = self else {
            var made = JSONObject()
            made.set(value, along: path)
            self = .object(made)
            return
        }
        self = .null  // leaves `members` as the only owner, so that it is changed in place
        members.set(value, along: path)
        self = .object(members)
    }

    /// The same value with the keys of every object sorted: equal trees, however they were written.
    package var canonical: JSONTree {
        switch self {
        case .null, .bool, .integer, .number, .string: self
        case .array(let items): .array(items.map(\.canonical))
        case .object(let members):
            .object(
                JSONObject(
                    members.map { ($0.key, $0.value.canonical) }.sorted { $0.0 < $1.0 }))
        }
    }
}

/// Literals: `["name": "a", "ports": [80], "note": nil]`.
///
/// A bare `nil` is `.null` wherever a `JSONTree` is wanted: `let it = found ? tree : nil` is a tree,
/// `let it: JSONTree? = …` is not. Write the type.
extension JSONTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral whole: Int) { self = .integer(whole) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
    package init(floatLiteral number: Double) { self = .number(number) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral items: JSONTree...) { self = .array(items) }
    package init(dictionaryLiteral members: (String, JSONTree)...) {
        self = .object(JSONObject(members))
    }
}
