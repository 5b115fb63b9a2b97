/// The members of a JSON object, in order; looked up one after the other, since they are few.
package struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: JSONTree

        package init(key: String, value: JSONTree) {
            self.key = key
            self.value = value
        }
    }

    package private(set) var ordered: [Member]

    package init() { ordered = [] }

    /// Members whose keys are known to differ.
    init(ordered: [Member]) { self.ordered = ordered }

    /// Keys must differ; of equal ones the first is found.
    package init(_ members: [(String, JSONTree)]) {
        ordered = members.map { Member(key: $0.0, value: $0.1) }
    }

    /// The same after members of ours, whose keys it does not have.
    package init(_ members: [(String, JSONTree)], before rest: JSONObject) {
        ordered = []
        ordered.reserveCapacity(members.count + rest.count)
        for (key, value) in members { ordered.append(Member(key: key, value: value)) }
        ordered += rest.ordered
    }

    package init(dictionaryLiteral members: (String, JSONTree)...) { self.init(members) }

    package subscript(key: String) -> JSONTree? {
        get { place(of: key).map { ordered[$0].value } }
        set {
            if let index = place(of: key) {
                if let newValue {
                    ordered[index].value = newValue
                } else {
                    ordered.remove(at: index)
                }
            } else if let newValue {
                ordered.append(Member(key: key, value: newValue))
            }
        }
    }

    /// Sets or takes away what stands at a path of at least one key, without copying what is beside.
    mutating func set(_ value: JSONTree?, along path: ArraySlice<String>) {
        guard let key = path.first else { return }
        let rest = path.dropFirst()
        if rest.isEmpty {
            self[key] = value
        } else if let index = place(of: key) {
            ordered[index].value.set(value, along: rest)
        } else if value != nil {
            var child = JSONTree.object(JSONObject())
            child.set(value, along: rest)
            ordered.append(Member(key: key, value: child))
        }
    }

    /// Where the member of that key stands.
    ///
    /// Short keys, which most are, are equal where their words are; the others' letters are looked at.
    func place(of key: String) -> Int? {
        let members = ordered.span
        for index in members.indices where members[index].key._isIdentical(to: key) {
            return index
        }
        let length = key.utf8.count
        for index in members.indices
        where members[index].key.utf8.count == length && members[index].key == key {
            return index
        }
        return nil
    }

    package var keys: [String] { ordered.map(\.key) }
}

extension JSONObject: RandomAccessCollection {
    package var startIndex: Int { ordered.startIndex }
    package var endIndex: Int { ordered.endIndex }
    package subscript(index: Int) -> Member { ordered[index] }
}
