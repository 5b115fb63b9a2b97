internal import JSONTree
package import Manifests

/// What stands on a DestinationRule while subsets of a run are in it.
package struct RuleRecord: Hashable, Sendable {
    package var run: String
    /// The names of the subsets that the run added.
    package var added: [String]
    /// Whether the rule had a list of subsets before, be it an empty one.
    package var hadList: Bool
    /// The run made this DestinationRule.
    package var isOurObject: Bool

    package static let annotation = "theseus.dev/subsets"

    package init(
        run: String, added: [String] = [], hadList: Bool = true, isOurObject: Bool = false
    ) {
        self.run = run
        self.added = added
        self.hadList = hadList
        self.isOurObject = isOurObject
    }

    /// The record on an object; nil where there is none, or one that cannot be read.
    package init?(on object: KubernetesObject) {
        guard let text = object.annotation(Self.annotation),
            let tree = try? JSONReader.tree(of: Array(text.utf8)),
            let run = tree["run"]?.text, let added = tree["added"]?.items
        else { return nil }
        self.init(
            run: run, added: added.compactMap(\.text), hadList: tree["list"]?.flag ?? true,
            isOurObject: tree["created"]?.flag ?? false)
    }

    package var text: String {
        var tree: JSONTree = [
            "run": .string(run), "added": .array(added.map(JSONTree.string)),
            "list": .bool(hadList),
        ]
        if isOurObject { tree["created"] = true }
        return JSONWriter.text(of: tree)
    }

    func written(on object: KubernetesObject) -> KubernetesObject {
        var object = object
        object.annotate(Self.annotation, text)
        return object
    }
}
