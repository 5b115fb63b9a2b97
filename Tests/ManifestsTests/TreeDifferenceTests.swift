import JSONTree
import Manifests
import Testing

struct TreeDifferenceTests {
    struct Pair: Sendable {
        let before: JSONTree?
        let after: JSONTree?
        let sentences: [String]
    }

    @Test(arguments: [
        Pair(before: ["a": 1, "b": 2], after: ["b": 2, "a": 1], sentences: []),
        Pair(before: ["a": 1], after: ["a": 1.0], sentences: []),
        Pair(before: ["a": 1], after: ["a": 2], sentences: ["spec.a was 1, is 2"]),
        Pair(before: ["a": 1], after: [:], sentences: ["spec.a was 1, is gone"]),
        Pair(
            before: ["a": true], after: ["a": true, "b": ["c": "x"]],
            sentences: ["spec.b is new: {c}"]),
        Pair(
            before: ["l": [1, 2]], after: ["l": [1, 3, 4]],
            sentences: ["spec.l[1] was 2, is 3", "spec.l[2] is new: 4"]),
        Pair(before: ["a": "x"], after: ["a": nil], sentences: ["spec.a was \"x\", is null"]),
        Pair(before: ["a": [1]], after: ["a": 1.5], sentences: ["spec.a was a list of 1, is 1.5"]),
        Pair(before: nil, after: [:], sentences: ["spec is new: {}"]),
    ])
    func finds(_ pair: Pair) {
        let found = TreeDifference.between(pair.before, pair.after, at: "spec")
        #expect(found.map(\.description) == pair.sentences)
    }

    struct Question: Sendable {
        let small: JSONTree
        let large: JSONTree?
        let isWithin: Bool
    }

    @Test(arguments: [
        Question(small: ["a": 1], large: ["a": 1, "b": 2], isWithin: true),
        Question(small: ["a": 1, "b": 2], large: ["a": 1], isWithin: false),
        Question(small: ["a": [["b": 1]]], large: ["a": [["b": 1, "c": 2]]], isWithin: true),
        Question(small: ["a": [1]], large: ["a": [1, 2]], isWithin: false),
        Question(small: ["a": [:], "b": nil, "c": []], large: [:], isWithin: true),
        Question(small: ["a": ["b": [:]]], large: nil, isWithin: true),
        Question(small: ["a": nil], large: ["a": 3], isWithin: true),
        Question(small: ["a": ""], large: [:], isWithin: false),
        Question(small: ["a": 2], large: ["a": 2.0], isWithin: true),
        Question(small: ["a": "2"], large: ["a": 2], isWithin: false),
    ])
    func fits(_ question: Question) {
        #expect(question.small.isWithin(question.large) == question.isWithin)
    }
}
