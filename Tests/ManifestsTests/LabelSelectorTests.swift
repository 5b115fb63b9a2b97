import JSONTree
import Manifests
import Testing

struct LabelSelectorTests {
    struct Question: Sendable {
        let selector: JSONTree
        let labels: JSONTree?
        let matches: Bool
    }

    @Test(arguments: [
        Question(selector: [:], labels: nil, matches: true),
        Question(
            selector: ["matchLabels": ["a": "1"]], labels: ["a": "1", "b": "2"], matches: true),
        Question(selector: ["matchLabels": ["a": "1"]], labels: ["a": "2"], matches: false),
        Question(selector: ["matchLabels": ["a": "1"]], labels: nil, matches: false),
        Question(
            selector: [
                "matchExpressions": [["key": "a", "operator": "In", "values": ["1", "2"]]]
            ],
            labels: ["a": "2"], matches: true),
        Question(
            selector: ["matchExpressions": [["key": "a", "operator": "In", "values": ["1"]]]],
            labels: [:], matches: false),
        Question(
            selector: ["matchExpressions": [["key": "a", "operator": "NotIn", "values": ["1"]]]],
            labels: [:], matches: true),
        Question(
            selector: ["matchExpressions": [["key": "a", "operator": "NotIn", "values": ["1"]]]],
            labels: ["a": "1"], matches: false),
        Question(
            selector: ["matchExpressions": [["key": "a", "operator": "Exists"]]],
            labels: ["a": ""], matches: true),
        Question(
            selector: ["matchExpressions": [["key": "a", "operator": "DoesNotExist"]]],
            labels: ["a": ""], matches: false),
        Question(
            selector: ["matchExpressions": [["key": "a", "operator": "Like"]]],
            labels: ["a": "1"], matches: false),
        Question(
            selector: [
                "matchLabels": ["a": "1"],
                "matchExpressions": [["key": "b", "operator": "Exists"]],
            ], labels: ["a": "1"], matches: false),
    ])
    func asks(_ question: Question) {
        #expect(LabelSelector(question.selector)?.matches(question.labels) == question.matches)
    }

    @Test func noSelectorIsNone() {
        #expect(LabelSelector(nil as JSONTree?) == nil)
        #expect(LabelSelector(JSONTree.null) == nil)
    }

    @Test func aServiceWithoutSelectorSelectsNothing() {
        #expect(LabelSelector(service: KubernetesObject(["spec": [:]])) == nil)
        #expect(LabelSelector(service: KubernetesObject(["spec": ["selector": [:]]])) == nil)
        let service = KubernetesObject(["spec": ["selector": ["app": "demo"]]])
        #expect(LabelSelector(service: service)?.matches(["app": "demo", "x": "y"]) == true)
    }
}
